package imports

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
)

func lockedVillage(do []byte) ([]string, error) {
	d, err := unmarshal[personDo](do)
	return []string{d.Village}, err
}

// applyPerson brings a row in: it is matched once more, since others work on people, too.
func (a *Area) applyPerson(tx *db.Tx, by access.Actor, raw []byte) error {
	do, err := unmarshal[personDo](raw)
	if err != nil {
		return err
	}
	if do.Target.IsZero() {
		return a.addPerson(tx, by, do)
	}
	if err := tx.Lock("persons", do.Target); err != nil {
		return err
	}
	now, err := knownWhere(tx, "p.id = ?", do.Target)
	if err != nil {
		return err
	}
	if len(now) != 1 || now[0].details() != do.Was || now[0].Phone != do.WasPhone || now[0].Life != do.WasLife {
		return fail.Conflict("imports.fault_meanwhile")
	}
	return a.changePerson(tx, by, do)
}

// changePerson makes a person what the row says: a move is dated, so that the history stays, what was missing is filled in.
func (a *Area) changePerson(tx *db.Tx, by access.Actor, do personDo) error {
	if err := settleHamlet(tx, by, &do); err != nil {
		return err
	}
	if do.Life != "" && !do.Life.Left() { // first, since one who has left can not be enrolled
		if err := setLife(tx, by, do, do.Target); err != nil {
			return err
		}
	}
	now, was := do.Details, do.Was
	if now.Village != was.Village || now.VillageGroup != was.VillageGroup || now.Branch != was.Branch || now.Group != was.Group {
		_, err := people.Transfer(tx, by, people.TransferInput{Person: do.Target, Village: now.Village, VillageGroup: now.VillageGroup, Branch: now.Branch, Group: now.Group})
		if err != nil {
			return err
		}
		was.Village, was.VillageGroup, was.Branch, was.Group = now.Village, now.VillageGroup, now.Branch, now.Group
	}
	if now != was {
		if _, err := people.Edit(tx, by, people.EditInput{Person: do.Target, Details: now}); err != nil {
			return err
		}
	}
	if err := setStanding(tx, by, do); err != nil {
		return err
	}
	if err := a.rest(tx, by, do, do.Target); err != nil || !do.Life.Left() {
		return err
	}
	return setLife(tx, by, do, do.Target)
}

func setLife(tx *db.Tx, by access.Actor, do personDo, person people.PersonID) error {
	_, err := people.SetLife(tx, by, people.SetLifeInput{Person: person, State: do.Life, Since: do.LifeSince})
	return err
}

// setStanding gives the standing from its day on; one that began later, such as the day of an earlier list, is corrected.
func setStanding(tx *db.Tx, by access.Actor, do personDo) error {
	if do.Standing == "" {
		return nil
	}
	days := []date.Date{do.Since}
	if !do.Since.IsZero() && do.WasSince.After(do.Since) {
		days = append(days, do.WasSince)
	}
	for _, day := range days {
		if _, err := people.SetStanding(tx, by, people.SetStandingInput{Person: do.Target, Standing: do.Standing, Since: day}); err != nil {
			return err
		}
	}
	return nil
}

// rest keeps the number, household and exemption, and puts the person on the roster.
func (a *Area) rest(tx *db.Tx, by access.Actor, do personDo, person people.PersonID) error {
	if do.Home != (homeText{}) {
		if err := people.Settle(tx, by, people.SettleInput{Person: person, Village: do.Details.Village, Code: do.Home.Code, Name: do.Home.Name}); err != nil {
			return err
		}
	}
	if e := do.Exempt; e != (exemption{}) {
		if _, err := people.Exempt(tx, by, people.ExemptInput{Person: person, ApprovedBy: e.By, Since: e.Since, Until: e.Until}); err != nil {
			return err
		}
	}
	if err := giveOffices(tx, by, do, person); err != nil {
		return err
	}
	if do.Phone != "" {
		if _, err := a.people.SetPhone(tx, by, people.SetPhoneInput{Person: person, Phone: do.Phone}); err != nil {
			return err
		}
	}
	if do.Site.IsZero() {
		return nil
	}
	if _, err := people.Enrol(tx, by, people.EnrolInput{Site: do.Site, Person: person}); err != nil {
		return err
	}
	return leaveSchools(tx, by, person, do.Leave)
}

func (a *Area) addPerson(tx *db.Tx, by access.Actor, do personDo) error {
	named, err := knownWhere(tx, "p.name = ? AND (p.village_id = ? OR p.branch_id = ? OR p.phone_index = ? AND p.phone_index <> '')",
		do.Details.Name, do.Details.Village, do.Details.Branch, do.Index)
	if err != nil {
		return err
	}
	if same, _ := matches(named, do); len(same) > 0 {
		return fail.Conflict("imports.fault_added_meanwhile")
	}
	if err := settleHamlet(tx, by, &do); err != nil {
		return err
	}
	v, err := people.Add(tx, by, people.AddInput{Details: do.Details, Standing: do.Standing, Since: do.Since})
	if err != nil {
		return err
	}
	if err := a.rest(tx, by, do, v.ID); err != nil || do.Life == "" {
		return err
	}
	return setLife(tx, by, do, v.ID)
}

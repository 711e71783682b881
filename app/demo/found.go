package demo

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/privacy"
)

// foundUnits makes both trees and the schools. Province and prefecture are above the county's installation.
func (f *filler) foundUnits() error {
	return f.write(func(tx *db.Tx) error {
		kinds := map[string]org.Kind{CountyUnit: org.County, Township: org.Township, Village: org.Village}
		for _, d := range f.c.Divisions {
			kind, ok := kinds[d.Level]
			if !ok {
				continue
			}
			parent := org.UnitID{}
			if kind != org.County {
				parent = f.unit(org.Administrative, f.c.Divisions[d.Parent].Code).ID
			}
			if err := f.addUnit(tx, org.Administrative, kind, d.Code, d.Name, parent); err != nil {
				return err
			}
		}
		for _, p := range f.c.Parties {
			parent := org.UnitID{}
			if p.Parent != None {
				parent = f.unit(org.Party, f.c.Parties[p.Parent].Code).ID
			}
			if err := f.addUnit(tx, org.Party, org.Kind(p.Level), p.Code, p.Name, parent); err != nil {
				return err
			}
		}
		for i, g := range f.c.Groups {
			if err := f.addHamlet(tx, i, g); err != nil {
				return err
			}
		}
		return f.foundSites(tx)
	})
}

// addHamlet adds a villagers' group, which gets the next code of its village.
func (f *filler) addHamlet(tx *db.Tx, i int, g VillageGroup) error {
	village := f.unit(org.Administrative, f.c.Divisions[g.Village].Code).ID
	u, err := org.AddUnit(tx, by, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: g.Name, Parent: village})
	if err != nil {
		return fmt.Errorf("group %s: %w", g.Name, err)
	}
	f.hamlets[i] = u.ID
	return nil
}

func (f *filler) addUnit(tx *db.Tx, tree org.Tree, kind org.Kind, code, name string, parent org.UnitID) error {
	u, err := org.AddUnit(tx, by, org.AddUnitInput{Tree: tree, Kind: kind, Code: code, Name: name, Parent: parent})
	if err != nil {
		return fmt.Errorf("unit %s %s: %w", code, name, err)
	}
	f.units[string(tree)+code] = u
	return nil
}

func (f *filler) foundSites(tx *db.Tx) error {
	for _, s := range f.c.Sites {
		view, err := org.AddSite(tx, by, org.AddSiteInput{
			Village: f.unit(org.Administrative, f.c.Divisions[s.Village].Code).ID, Code: s.Code, Name: s.Name,
			Branch: f.unit(org.Party, f.c.Parties[s.Branch].Code).ID, Plaque: s.Plaque, LicensedOn: s.Licensed,
			Address: s.Address, Equipment: equipment(s.Equipment), Network: s.Network, VillageGroup: f.hamlets[s.Group],
		})
		if err != nil {
			return fmt.Errorf("school %s: %w", s.Code, err)
		}
		f.sites = append(f.sites, view.ID)
	}
	return nil
}

// equipment is a school's list in one line.
func equipment(list []Equipment) string {
	out := ""
	for _, e := range list {
		if out != "" {
			out += "、"
		}
		out += fmt.Sprintf("%s %s ×%d", e.Name, e.Spec, e.Quantity)
	}
	return out
}

const peoplePerUnit = 500

// foundPeople makes everybody, puts them on their rosters, and gives the schools hosts and heads. Who joins a
// roster later does so in [filler.live].
func (f *filler) foundPeople() error {
	f.people = make([]people.PersonID, len(f.c.People))
	for from := 0; from < len(f.c.People); from += peoplePerUnit {
		f.progress("demo.people", 0.02+0.33*float64(from)/float64(len(f.c.People)))
		err := f.write(func(tx *db.Tx) error { return f.addPersons(tx, from, min(from+peoplePerUnit, len(f.c.People))) })
		if err != nil {
			return err
		}
	}
	if err := f.foundOffices(); err != nil {
		return err
	}
	return f.inBatches(len(f.c.Sites), 100, func(tx *db.Tx, i int) error {
		s := f.c.Sites[i]
		for _, a := range []people.AssignInput{
			{Site: f.sites[i], Post: people.Host, Person: f.people[s.Host]},
			{Site: f.sites[i], Post: people.Head, Person: f.people[s.Head]},
		} {
			if _, err := people.Assign(tx, by, a); err != nil {
				return fmt.Errorf("post at %s: %w", s.Code, err)
			}
		}
		return nil
	})
}

// foundOffices gives the party's bodies their secretaries, committees and group leaders, who hold their offices since before
// the history begins.
func (f *filler) foundOffices() error {
	var terms []people.GiveOfficeInput
	since := f.c.HistoryFrom.AddDays(-90)
	for _, p := range f.c.Parties {
		if p.Secretary == None {
			continue
		}
		office := people.Secretary
		if p.Level == PartyGroup {
			office = people.GroupLeader
		}
		terms = append(terms, people.GiveOfficeInput{Person: f.people[p.Secretary], Unit: f.unit(org.Party, p.Code).ID, Office: office, Since: since})
	}
	charges, taken := []people.Office{people.Organisation, people.Propaganda}, map[int]int{}
	for i, p := range f.c.People {
		if p.Office == OfficeCommittee {
			branch := f.c.branchOf(p.Party)
			terms = append(terms, people.GiveOfficeInput{Person: f.people[i], Unit: f.unit(org.Party, f.c.Parties[branch].Code).ID, Office: charges[taken[branch]%2], Since: since})
			taken[branch]++
		}
	}
	return f.inBatches(len(terms), peoplePerUnit, func(tx *db.Tx, i int) error {
		if _, err := people.GiveOffice(tx, by, terms[i]); err != nil {
			return fmt.Errorf("office: %w", err)
		}
		return nil
	})
}

// addPersons brings people in as a township's list does.
func (f *filler) addPersons(tx *db.Tx, from, to int) error {
	in := make([]people.Entrant, 0, to-from)
	for _, p := range f.c.People[from:to] {
		in = append(in, f.entrant(p))
	}
	admitted, err := f.People.AddMany(tx, by, in)
	if err != nil {
		return err
	}
	for i, a := range admitted {
		p := f.c.People[from+i]
		if a.Refused != nil {
			return fmt.Errorf("person %s: %w", p.Key, a.Refused)
		}
		f.people[from+i] = a.ID
		if e := p.Exempt; e != nil {
			if _, err := people.Exempt(tx, by, people.ExemptInput{Person: a.ID, ApprovedBy: e.By, Since: e.From, Until: e.Until}); err != nil {
				return fmt.Errorf("exemption of %s: %w", p.Key, err)
			}
		}
	}
	return nil
}

func (f *filler) entrant(p Person) people.Entrant {
	in := people.Entrant{AddInput: people.AddInput{
		Details: people.Details{
			Name: p.Name, Gender: people.Gender(p.Gender), BirthYear: p.BirthYear,
			Village: f.unit(org.Administrative, f.c.Divisions[p.Village].Code).ID, VillageGroup: f.hamlets[p.Group], Mobile: p.Mobile,
		},
		Standing: people.Standing(p.Standing),
	}}
	if p.Party != None {
		unit := f.unit(org.Party, f.c.Parties[p.Party].Code)
		if unit.Kind == org.Group {
			in.Group = unit.ID
		} else {
			in.Branch = unit.ID
		}
	}
	if !p.RosterFrom.After(f.c.HistoryFrom) {
		in.Site, in.SiteDay = f.sites[p.Site], p.RosterFrom
	}
	return in
}

func (f *filler) enrol(tx *db.Tx, i int, since date.Date) error {
	p := f.c.People[i]
	if _, err := people.Enrol(tx, by, people.EnrolInput{Site: f.sites[p.Site], Person: f.people[i], Since: since}); err != nil {
		return fmt.Errorf("roster place of %s: %w", p.Key, err)
	}
	return nil
}

// foundAccounts makes the sign-ins with one role each, and the cards. A role for a time is given when the history has
// been lived (sendTeams): no term reaches from the first day to today.
func (f *filler) foundAccounts() error {
	f.accounts = make([]accounts.AccountID, len(f.c.Accounts))
	var cards []accounts.DemoCard
	err := f.inBatches(len(f.c.Accounts), 200, func(tx *db.Tx, i int) error {
		a := f.c.Accounts[i]
		in := accounts.AddInput{Username: a.Username, Name: a.Name}
		if a.Person != None {
			in.Person = f.people[a.Person]
		}
		v, err := accounts.Add(tx, by, in)
		if err != nil {
			return fmt.Errorf("account %s: %w", a.Username, err)
		}
		f.accounts[i] = v.ID
		unit, name := f.place(a)
		if a.Until.IsZero() {
			if _, err := accounts.Grant(tx, by, accounts.GrantInput{Account: v.ID, Role: access.Role(a.Role), Unit: unit}); err != nil {
				return fmt.Errorf("grant of %s: %w", a.Username, err)
			}
		}
		if committee := f.committee(a); !committee.IsZero() {
			if _, err := accounts.Grant(tx, by, accounts.GrantInput{Account: v.ID, Role: access.Role(a.Role), Unit: committee}); err != nil {
				return fmt.Errorf("grant of %s on the party's side: %w", a.Username, err)
			}
		}
		if err := agree(tx, v.ID); err != nil {
			return fmt.Errorf("consent of %s: %w", a.Username, err)
		}
		if a.Card != "" {
			cards = append(cards, accounts.DemoCard{Role: access.Role(a.Card), Account: v.ID, Who: a.Name + " · " + name})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.write(func(tx *db.Tx) error { return accounts.SetDemoCards(tx, by, inOrder(cards)) })
}

// agree lets an account have read the notice of privacy, as everybody does after the first sign-in.
func agree(tx *db.Tx, account accounts.AccountID) error {
	who, _, err := accounts.Actor(tx, account)
	if err == nil {
		_, err = privacy.Agree(tx, who, privacy.AnswerInput{Version: 1})
	}
	return err
}

// place is the unit that an account's role is held on, and its name.
func (f *filler) place(a Account) (org.UnitID, string) {
	if a.Site != None {
		return org.SiteUnit(f.sites[a.Site]), f.c.Sites[a.Site].Name
	}
	for _, tree := range []org.Tree{org.Administrative, org.Party} {
		if u := f.unit(tree, a.Unit); !u.ID.IsZero() && (tree == org.Party) == (a.Role == RoleSecretary || a.Role == RoleGroupLeader) {
			return u.ID, u.Name
		}
	}
	return org.UnitID{}, ""
}

// committee is the party's counterpart of an office's unit: whoever serves the county or a township
// serves its committee. Zero for all other roles.
func (f *filler) committee(a Account) org.UnitID {
	digits := map[string]int{RoleCounty: 6, RoleAuditor: 6, RoleTownshipAdmin: 9, RoleTownship: 9}[a.Role]
	if digits == 0 || len(a.Unit) < digits {
		return org.UnitID{}
	}
	return f.unit(org.Party, "p"+a.Unit[:digits]).ID
}

// inOrder sorts the cards as the roles stand in the permission table.
func inOrder(cards []accounts.DemoCard) []accounts.DemoCard {
	out := make([]accounts.DemoCard, 0, len(cards))
	for _, role := range access.Roles {
		for _, c := range cards {
			if c.Role == role {
				out = append(out, c)
			}
		}
	}
	return out
}

package privacy

import (
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
	"huotang/models/settings"
)

// goneName stands where the name of a guest stood who was never attached to a person.
const goneName = "…"

// ProposedView is a person who has been dead or away for good for longer than the register keeps such: the county may erase him so that
// totals stay right. Nothing is done by itself.
type ProposedView struct {
	Person  access.PersonID `json:"person"`
	Name    string          `json:"name"`
	Village string          `json:"village"`
	Life    people.Life     `json:"life"`
	GoneOn  date.Date       `json:"gone_on"`
}

// ProposedInput is empty.
type ProposedInput struct{}

// proposedMost is the most persons in one answer; those erased make room for the next.
const proposedMost = 200

// Proposed lists the persons whose time is over by the settings of "people_dead" and "people_moved", in the order of names.
// Permission: PrivacyErase.
func Proposed(tx *db.Tx, by access.Actor, _ ProposedInput) (db.Page[ProposedView], error) {
	page := db.Page[ProposedView]{Items: []ProposedView{}}
	if err := by.RequireAnywhere(access.PrivacyErase); err != nil {
		return page, err
	}
	for _, r := range rules {
		if !r.propose {
			continue
		}
		found, err := settings.Get(tx, r.setting(), tx.Today())
		if err != nil {
			return page, err
		}
		list, err := proposed(tx, by.Visible(access.PrivacyErase), r, max(found.Value, r.least))
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, list...)
	}
	slices.SortStableFunc(page.Items, func(a, b ProposedView) int { return compareNames(a, b) })
	page.Items = page.Items[:min(len(page.Items), proposedMost)]
	return page, nil
}

func compareNames(a, b ProposedView) int {
	switch {
	case a.Name < b.Name:
		return -1
	case a.Name > b.Name:
		return 1
	}
	return slices.Compare(a.Person[:], b.Person[:])
}

// proposed lists those of one kind, without whoever is erased or waits for it.
func proposed(tx *db.Tx, scope access.Scope, r rule, days int) ([]ProposedView, error) {
	life := map[Kind]people.Life{"people_dead": people.Dead, "people_moved": people.Moved}[r.kind]
	cond, args := db.PathRange("v.path", scope)
	args = append([]any{tx.Today().AddDays(-days), life}, args...)
	return db.Ask[ProposedView](tx, "SELECT p.id AS person, p.name, v.name AS village, l.state AS life, p.gone_on FROM persons p JOIN units v ON v.id = p.village_id "+
		"JOIN life_states l ON l.person_id = p.id AND l.since = (SELECT MAX(n.since) FROM life_states n WHERE n.person_id = p.id) "+
		"WHERE p.merged_into IS NULL AND p.gone_on < ? AND l.state = ? AND l.confirmed_at IS NOT NULL AND "+cond+
		" AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.person_id = p.id AND e.undone_at IS NULL) ORDER BY p.name, p.id LIMIT 500", args...)
}

// AskErasuresInput names proposed persons.
type AskErasuresInput struct {
	Persons []access.PersonID `json:"persons" form:"persons"`
}

// AskedErasures says how many erasures wait now.
type AskedErasures struct {
	Count int `json:"count"`
}

// AskErasures plans the erasure of several persons who are proposed, all or none, each as [AskErasure] does with the basis that
// there is no need any more; each can be taken back while it waits. Conflict for who is not among those proposed. Locks the persons.
// Permission: PrivacyErase on each person.
func AskErasures(tx *db.Tx, by access.Actor, in AskErasuresInput) (AskedErasures, error) {
	if err := by.RequireAnywhere(access.PrivacyErase); err != nil {
		return AskedErasures{}, err
	}
	var c fail.Check
	c.If(len(in.Persons) == 0, "persons", "people.choose_some")
	c.If(len(in.Persons) > proposedMost, "persons", "input.range", 1, proposedMost)
	if err := c.Err(); err != nil {
		return AskedErasures{}, err
	}
	list, err := Proposed(tx, by, ProposedInput{})
	if err != nil {
		return AskedErasures{}, err
	}
	names := map[access.PersonID]string{}
	for _, p := range list.Items {
		names[p.Person] = p.Name
	}
	who := slices.Clone(in.Persons)
	slices.SortFunc(who, func(a, b access.PersonID) int { return slices.Compare(a[:], b[:]) })
	out := AskedErasures{}
	for _, person := range slices.Compact(who) {
		name, ok := names[person]
		if !ok {
			if _, err := requireErase(tx, by, person); err != nil {
				return AskedErasures{}, err
			}
			return AskedErasures{}, fail.Conflict("privacy.not_proposed")
		}
		if _, err := AskErasure(tx, by, AskErasureInput{Person: person, Basis: NoNeed, Name: name}); err != nil {
			return AskedErasures{}, err
		}
		out.Count++
	}
	return out, nil
}

// Package peopletest builds persons and rosters for tests, through people's own ops.
package peopletest

import (
	"bytes"
	"testing"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/seal"
)

// Area makes people's area with keys of its own and without parts from above.
func Area(t testing.TB) *people.Area {
	t.Helper()
	return people.New(Ring(t))
}

// Ring is the ring of [Area].
func Ring(t testing.TB) *seal.Ring {
	t.Helper()
	ring, err := seal.New(bytes.Repeat([]byte{5}, 32), bytes.Repeat([]byte{6}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// Person says what matters of a person to a test; the rest is filled in.
type Person struct {
	Name     string          // "" gives 杨秀英
	Standing people.Standing // "" gives full
	Since    date.Date       // of standing and roster place; zero gives orgtest.LicensedOn
	Village  org.UnitID      // zero gives the tree's Village
	Branch   org.UnitID
	Group    org.UnitID
	Site     org.SiteID // zero for no roster
	Post     people.Post
	Mobile   bool
}

// Add makes a person with a place on the roster of the site and a post there, where they are given.
func Add(t testing.TB, e *dbtest.Env, tree orgtest.Tree, p Person) people.PersonID {
	t.Helper()
	var made people.PersonID
	e.Do(t, func(tx *db.Tx) error {
		var err error
		made, err = add(tx, tree, p)
		return err
	})
	return made
}

func add(tx *db.Tx, tree orgtest.Tree, p Person) (people.PersonID, error) {
	if p.Name == "" {
		p.Name = "杨秀英"
	}
	if p.Standing == "" {
		p.Standing = people.Full
	}
	if p.Since.IsZero() {
		p.Since = orgtest.LicensedOn
	}
	if p.Village.IsZero() {
		p.Village = tree.Village.ID
	}
	v, err := people.Add(tx, orgtest.By, people.AddInput{
		Details: people.Details{
			Name: p.Name, Gender: people.Female, BirthYear: 1968, Village: p.Village, Branch: p.Branch, Group: p.Group, Mobile: p.Mobile,
		},
		Standing: p.Standing, Since: p.Since,
	})
	if err == nil && !p.Site.IsZero() {
		_, err = people.Enrol(tx, orgtest.By, people.EnrolInput{Site: p.Site, Person: v.ID, Since: p.Since})
	}
	if err == nil && p.Post != "" {
		_, err = people.Assign(tx, orgtest.By, people.AssignInput{Site: p.Site, Post: p.Post, Person: v.ID, Since: p.Since})
	}
	return v.ID, err
}

const (
	surnames = "王李张杨罗字周毕段茶"
	given    = "秀兰、建国、桂芬、文学、丽琼、正祥、春梅、老三、玉珍、朝明"
)

// Roster fills a school's roster: first those due, all full members, then villagers. The first one due
// is host and head. The first hundred names are all different.
func Roster(t testing.TB, e *dbtest.Env, tree orgtest.Tree, school org.School, due, villagers int) (members, others []people.PersonID) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		members, others = nil, nil
		for i := range due + villagers {
			p := Person{Name: name(i), Standing: people.Full, Village: school.ParentID, Site: school.ID}
			if i >= due {
				p.Standing = people.Villager
			}
			made, err := add(tx, tree, p)
			if err != nil {
				return err
			}
			if i < due {
				members = append(members, made)
			} else {
				others = append(others, made)
			}
		}
		return posts(tx, school.ID, members)
	})
	return members, others
}

func posts(tx *db.Tx, site org.SiteID, members []people.PersonID) error {
	if len(members) == 0 {
		return nil
	}
	for _, post := range []people.Post{people.Host, people.Head} {
		in := people.AssignInput{Site: site, Post: post, Person: members[0], Since: orgtest.LicensedOn}
		if _, err := people.Assign(tx, orgtest.By, in); err != nil {
			return err
		}
	}
	return nil
}

// name makes a hundred different names.
func name(i int) string {
	s, g := []rune(surnames), []rune(given)
	n := i % 100
	return string(s[n%10]) + string(g[(n/10)*3:(n/10)*3+2])
}

package demo

import (
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// settle adds what the village keeps of its people beside the rosters, as of today: numbers of the hosts, households of the
// demo's village, and who is away. The demo's own school stays as it is, so that tonight's roll is the one of the story.
func (f *filler) settle() error {
	for _, step := range []func() error{f.numbers, f.households, f.away, f.equip, f.licences, f.sendTeams, f.soon, f.calls, f.meetSoon} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sendTeams gives the roles that are for a time, from today.
func (f *filler) sendTeams() error {
	return f.write(func(tx *db.Tx) error {
		for i, a := range f.c.Accounts {
			if a.Until.IsZero() {
				continue
			}
			unit, _ := f.place(a)
			in := accounts.GrantInput{Account: f.accounts[i], Role: access.Role(a.Role), Unit: unit, Until: a.Until}
			if _, err := accounts.Grant(tx, by, in); err != nil {
				return fmt.Errorf("grant of %s: %w", a.Username, err)
			}
		}
		return nil
	})
}

// numbers gives the hosts, and everybody of the demo's village with an even place on his roster, numbers that nobody has.
func (f *filler) numbers() error {
	home := f.c.Sites[f.c.DemoSite].Village
	var who []int
	for i, p := range f.c.People {
		host, _ := f.c.hands(p.Site, f.c.Today)
		if host == i || f.c.Sites[p.Site].Host == i || p.Village == home && i%2 == 0 {
			who = append(who, i)
		}
	}
	return f.inBatches(len(who), peoplePerUnit, func(tx *db.Tx, n int) error {
		_, err := f.People.SetPhone(tx, by, people.SetPhoneInput{Person: f.people[who[n]], Phone: fmt.Sprintf("1990000%04d", n%10000)})
		if err != nil {
			return fmt.Errorf("number of %s: %w", f.c.People[who[n]].Key, err)
		}
		return nil
	})
}

const perHousehold = 3

// households puts the people of the demo's village together by surname, a few to each.
func (f *filler) households() error {
	home := f.c.Sites[f.c.DemoSite].Village
	village := f.unit(org.Administrative, f.c.Divisions[home].Code).ID
	return f.write(func(tx *db.Tx) error {
		houses, same, order := map[string][]int{}, map[string]int{}, []string{}
		for i, p := range f.c.People {
			if p.Village != home || i%4 == 3 {
				continue
			}
			surname := string([]rune(p.Name)[:1])
			key := fmt.Sprint(surname, same[surname]/perHousehold)
			if houses[key] == nil {
				order = append(order, key)
			}
			same[surname]++
			houses[key] = append(houses[key], i)
		}
		for _, key := range order {
			in := people.AddHouseholdInput{Village: village, Name: f.c.People[houses[key][0]].Name}
			for _, i := range houses[key] {
				in.Persons = append(in.Persons, f.people[i])
			}
			if _, err := people.AddHousehold(tx, by, in); err != nil {
				return fmt.Errorf("household %s: %w", key, err)
			}
		}
		return nil
	})
}

// leavesEvery is how many people stand between two who are away.
const leavesEvery = 150

// away lets a few of those who work elsewhere be away from today, and hosts of the demo's village note one more each, for the
// village to confirm.
func (f *filler) away() error {
	return f.write(func(tx *db.Tx) error {
		for i, p := range f.c.People {
			if i%leavesEvery != 0 || p.Site == f.c.DemoSite || f.holds(i) {
				continue
			}
			if _, err := people.SetLife(tx, by, people.SetLifeInput{Person: f.people[i], State: people.Away}); err != nil {
				return fmt.Errorf("absence of %s: %w", p.Key, err)
			}
		}
		hosts := f.hosts()
		for site, s := range f.c.Sites {
			if s.Village != f.c.Sites[f.c.DemoSite].Village || site == f.c.DemoSite {
				continue
			}
			if err := f.note(tx, site, hosts); err != nil {
				return err
			}
		}
		return nil
	})
}

// holds reports whether somebody is host or head of his school, or was.
func (f *filler) holds(person int) bool {
	site := f.c.People[person].Site
	host, head := f.c.hands(site, f.c.Today)
	return slices.Contains([]int{f.c.Sites[site].Host, f.c.Sites[site].Head, host, head}, person)
}

// note lets a host say of the last on his roster that he is away.
func (f *filler) note(tx *db.Tx, site int, hosts map[int]int) error {
	account, ok := hosts[site]
	if !ok {
		return nil
	}
	host, err := f.actor(tx, account)
	if heir, handed := f.heirs[site]; handed {
		host, err = heir, nil
	}
	if err != nil {
		return err
	}
	last := f.c.roster[site][len(f.c.roster[site])-1]
	_, err = people.NoteAway(tx, host, people.NoteAwayInput{Site: f.sites[site], Person: f.people[last], State: people.Away})
	if err != nil {
		return fmt.Errorf("note at %s: %w", f.c.Sites[site].Code, err)
	}
	return nil
}

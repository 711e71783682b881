package demo

import (
	"fmt"
	"slices"

	"huotang/models/date"
)

// The roles of the accounts, in the words of the permission table.
const (
	RoleCounty        = "county"
	RoleAuditor       = "auditor"
	RoleTownshipAdmin = "township_admin"
	RoleTownship      = "township"
	RoleVillage       = "village"
	RoleSecretary     = "secretary"
	RoleGroupLeader   = "group_leader"
	RoleHost          = "host"
	RoleHead          = "head"
	RoleResident      = "resident"
	RoleLecturer      = "lecturer"
	RoleCadre         = "cadre"
	RoleDelegate      = "delegate"
	RoleTrainee       = "trainee"
)

// Account is a sign-in with one role. No person has two.
type Account struct {
	Username string
	Name     string
	Role     string
	Unit     string    // code of the division, party unit or school that the role is held on
	Person   int       // index into People; None for officials, who are on no roster
	Site     int       // the school of a host, head or trainee; else None
	Card     string    // which card of the demo's sign-in page it stands on, "" for most
	Until    date.Date // last day of the role; zero for no end
}

// Lecturer teaches courses; some have an account to write them.
type Lecturer struct {
	Key     string
	Name    string
	Title   string
	Account int // index into Accounts, or None
}

const (
	headAccounts  = 6
	demoTrainees  = 12 // of the demo's school
	otherTrainees = 18
	countyCode    = "530921000000"
	residentDays  = 300 // that a resident team still stays
)

// plantAccounts makes the sign-ins: county, auditor, two clerks for each township, a
// village clerk and a secretary for each township, every host, a few heads,
// lecturers and trainees, and one of each other role around the demo's school.
func (c *County) plantAccounts(src *content) {
	c.addOfficial(src, "county", RoleCounty, countyCode, "county")
	c.addOfficial(src, "county.reviewer", RoleCounty, countyCode, "")
	c.addOfficial(src, "auditor", RoleAuditor, countyCode, "auditor")
	for _, t := range c.townships {
		c.plantTownshipAccounts(src, t)
	}
	c.plantLecturers(src)
	for i, s := range c.Sites {
		card := ""
		if i == c.DemoSite {
			card = "host"
		}
		c.addPerson("h"+s.Code, RoleHost, s.Code, s.Host, card)
	}
	c.plantSecretaries()
	c.plantGroupLeader()
	c.plantHeads()
	c.plantTrainees()
}

// plantTownshipAccounts makes a township's clerk, its second clerk who reviews, and
// the clerk of one of its villages. The demo's school lies in the carded ones.
func (c *County) plantTownshipAccounts(src *content, township int) {
	t := c.Divisions[township]
	demo := c.Sites[c.DemoSite]
	village := c.villages[slices.IndexFunc(c.villages, func(v int) bool { return c.townshipOf(v) == township })]
	clerk, villageClerk := "", ""
	if township == demo.Township {
		clerk, villageClerk, village = "township", "village", demo.Village
		c.plantVisitors(src, t.Slug, t.Code, c.Divisions[village].Code)
	}
	c.addOfficial(src, t.Slug+".clerk", RoleTownship, t.Code, clerk)
	c.addOfficial(src, t.Slug+".reviewer", RoleTownship, t.Code, "")
	code := c.Divisions[village].Code
	c.addOfficial(src, "v"+code, RoleVillage, code, villageClerk)
}

// plantVisitors makes an account for each of the roles that come to the demo's village from outside, and for the admin
// of its township.
func (c *County) plantVisitors(src *content, slug, township, village string) {
	c.addOfficial(src, slug+".admin", RoleTownshipAdmin, township, RoleTownshipAdmin)
	c.addOfficial(src, "r"+village, RoleResident, village, RoleResident)
	c.Accounts[len(c.Accounts)-1].Until = c.Today.AddDays(residentDays)
	c.addOfficial(src, "d"+village, RoleCadre, village, RoleCadre)
	c.addOfficial(src, slug+".delegate", RoleDelegate, township, RoleDelegate)
}

// addOfficial makes an account for someone who is on no roster, with a name of the county.
func (c *County) addOfficial(src *content, username, role, unit, card string) {
	d := c.dice("official", username)
	name := c.namesOf(src, c.Sites[c.DemoSite].Village).full(d, pick(d, []string{Male, Female}), c.Today.Year()-d.between(26, 52))
	c.Accounts = append(c.Accounts, Account{
		Username: username, Name: name, Role: role, Unit: unit, Person: None, Site: None, Card: card,
	})
}

// addPerson makes an account for someone on a roster.
func (c *County) addPerson(username, role, unit string, person int, card string) {
	p := c.People[person]
	site := p.Site
	if role == RoleSecretary || role == RoleGroupLeader {
		site = None
	}
	c.Accounts = append(c.Accounts, Account{
		Username: username, Name: p.Name, Role: role, Unit: unit, Person: person, Site: site, Card: card,
	})
}

func (c *County) plantLecturers(src *content) {
	for i, r := range src.lecturers {
		l := Lecturer{Key: r["key"], Name: r["name"], Title: r["title"], Account: None}
		if r["account"] == "yes" {
			card := ""
			if c.accountWith(RoleLecturer) == None {
				card = RoleLecturer
			}
			l.Account = len(c.Accounts)
			c.Accounts = append(c.Accounts, Account{
				Username: fmt.Sprintf("lecturer.%02d", i+1), Name: l.Name, Role: RoleLecturer,
				Unit: countyCode, Person: None, Site: None, Card: card,
			})
		}
		c.Lecturers = append(c.Lecturers, l)
	}
}

// plantSecretaries makes an account for the secretary of the demo's branch and of
// the first village branch of each other township.
func (c *County) plantSecretaries() {
	demo := c.Sites[c.DemoSite]
	for _, t := range c.townships {
		branch, card := demo.Branch, "secretary"
		if t != demo.Township {
			first := slices.IndexFunc(c.Sites, func(s Site) bool { return s.Township == t })
			branch, card = c.Sites[first].Branch, ""
		}
		p := c.Parties[branch]
		c.addPerson("s"+p.Code[1:], RoleSecretary, p.Code, p.Secretary, card)
	}
}

// plantGroupLeader makes an account for somebody of the demo school's party group, who leads it in the demo.
func (c *County) plantGroupLeader() {
	demo := c.Sites[c.DemoSite]
	for _, p := range slices.Backward(c.roster[c.DemoSite]) {
		if c.mayStudy(p) && c.People[p].Party == demo.Party {
			group := c.Parties[demo.Party]
			c.addPerson("g"+group.Code[1:], RoleGroupLeader, group.Code, p, RoleGroupLeader)
			return
		}
	}
}

// plantHeads makes accounts for the first heads who have none yet.
func (c *County) plantHeads() {
	made := 0
	for _, s := range c.Sites {
		if made == headAccounts {
			return
		}
		if c.accountOf(s.Head) == None {
			card := ""
			if made == 0 {
				card = RoleHead
			}
			c.addPerson("x"+s.Code, RoleHead, s.Code, s.Head, card)
			made++
		}
	}
}

// plantTrainees makes accounts for members of the demo's school, the most regular of
// them on the card, and for one member of some schools across the county.
func (c *County) plantTrainees() {
	made, best := 0, None
	for _, p := range c.roster[c.DemoSite] {
		if made == demoTrainees || !c.mayStudy(p) {
			continue
		}
		c.addTrainee(p)
		made++
		if best == None || c.regularity(p) > c.regularity(c.Accounts[best].Person) {
			best = len(c.Accounts) - 1
		}
	}
	c.Accounts[best].Card = "trainee"
	step := len(c.Sites) / otherTrainees
	for i := range otherTrainees {
		for _, p := range c.roster[step/2+i*step] {
			if c.mayStudy(p) {
				c.addTrainee(p)
				break
			}
		}
	}
}

func (c *County) addTrainee(person int) {
	p := c.People[person]
	site := c.Sites[p.Site].Code
	c.addPerson("t"+site+"."+p.Key[len(p.Key)-2:], RoleTrainee, site, person, "")
}

// mayStudy is a full member at home who has no account yet.
func (c *County) mayStudy(person int) bool {
	p := c.People[person]
	return p.Standing == Full && !p.Mobile && p.Exempt == nil && c.accountOf(person) == None
}

// accountOf gives the account of a person, None when there is none.
func (c *County) accountOf(person int) int {
	return slices.IndexFunc(c.Accounts, func(a Account) bool { return a.Person == person })
}

// accountWith gives the first account of a role, None when there is none.
func (c *County) accountWith(role string) int {
	return slices.IndexFunc(c.Accounts, func(a Account) bool { return a.Role == role })
}

// account gives the account with the user name, None when there is none.
func (c *County) account(username string) int {
	return slices.IndexFunc(c.Accounts, func(a Account) bool { return a.Username == username })
}

// Carded gives the account on a card of the sign-in page, by the role's word; false for any other word.
func (c *County) Carded(card string) (Account, bool) {
	i := slices.IndexFunc(c.Accounts, func(a Account) bool { return card != "" && a.Card == card })
	if i == None {
		return Account{}, false
	}
	return c.Accounts[i], true
}

package demo

import (
	"fmt"

	"huotang/models/date"
)

// The political standings.
const (
	Full         = "full"
	Probationary = "probationary"
	Applicant    = "applicant"
	Villager     = "villager"
)

// The offices that a person may hold in a branch.
const (
	OfficeSecretary = "secretary"
	OfficeCommittee = "committee"
)

// Person stands on the roster of exactly one school.
type Person struct {
	Key        string // school code, dash, number on the roster: unique and stable
	Name       string // unique on its roster, not in the county
	Gender     string
	BirthYear  int
	Standing   string
	Office     string // in his branch, "" for most
	Party      int    // affiliation: party group or branch, index into Parties; None for villagers
	Group      int    // villagers' group he lives in, index into Groups
	Village    int    // index into Divisions
	Site       int    // the school whose roster he is on
	RosterFrom date.Date
	Mobile     bool // 流动党员: works away most of the year
	Exempt     *Exemption
}

// Exemption frees an old member from the study requirement. It says nothing of health.
type Exemption struct {
	By    string // who approved
	From  date.Date
	Until date.Date // may lie after today
}

// Due reports whether the person is expected at the school's activities (应到);
// applicants and villagers come as observers.
func (p *Person) Due() bool { return p.Standing == Full || p.Standing == Probationary }

// exemptOn reports whether the exemption holds on the day.
func (p *Person) exemptOn(day date.Date) bool {
	return p.Exempt != nil && !day.Before(p.Exempt.From) && !day.After(p.Exempt.Until)
}

const (
	smallestRoster = 8
	largestRoster  = 40
	settled        = 4 // the first on a roster: host, head and two members at home
	passingPerSite = 4
	leastPeople    = 11940 // the sum of all rosters; the seed adds up to 120
)

// plantPeople fills the roster of each school. The first on a roster is the host;
// the second is the head wherever the host is not.
func (c *County) plantPeople(src *content) {
	c.roster = make([][]int, len(c.Sites))
	c.passing = make([][]string, len(c.Sites))
	prepared := map[int]names{}
	for i, size := range c.rosterSizes() {
		village := c.Sites[i].Village
		if _, ok := prepared[village]; !ok {
			prepared[village] = c.namesOf(src, village)
		}
		c.plantRoster(i, size, prepared[village])
	}
}

// rosterSizes draws 8 to 40 for each school, mean about 20, then moves single
// places until the sum is the county's; the demo's school keeps a size that fits a phone.
func (c *County) rosterSizes() []int {
	want := leastPeople + c.dice("people").IntN(121)
	sizes := make([]int, len(c.Sites))
	sum := 0
	for i, s := range c.Sites {
		d := c.dice("roster size", s.Code)
		sizes[i] = min(max(int(20.4+6.2*d.NormFloat64()), smallestRoster), largestRoster)
		if i == c.DemoSite {
			sizes[i] = 24
		}
		sum += sizes[i]
	}
	order := c.dice("roster order").Perm(len(sizes))
	for sum != want {
		for _, i := range order {
			switch {
			case i == c.DemoSite || sum == want:
			case sum < want && sizes[i] < largestRoster:
				sizes[i]++
				sum++
			case sum > want && sizes[i] > smallestRoster:
				sizes[i]--
				sum--
			}
		}
	}
	return sizes
}

func (c *County) plantRoster(site, size int, from names) {
	taken := make(map[string]bool, size)
	for n := range size {
		p := c.person(site, n, from, taken)
		taken[p.Name] = true
		c.roster[site] = append(c.roster[site], len(c.People))
		c.People = append(c.People, p)
	}
	c.passing[site] = c.neighbours(site, from, taken)
	s := &c.Sites[site]
	s.Host, s.Head = c.roster[site][0], c.roster[site][1]
	if site != c.DemoSite && c.People[s.Host].Due() && c.dice("head", s.Code).chance(0.45) {
		s.Head = s.Host
	}
}

// person draws the n-th of a roster, with a name that is not taken.
func (c *County) person(site, n int, from names, taken map[string]bool) Person {
	s := c.Sites[site]
	p := Person{
		Key:     fmt.Sprintf("%s-%02d", s.Code, n+1),
		Party:   None,
		Group:   s.Group,
		Village: s.Village,
		Site:    site,
	}
	d := c.dice("person", p.Key)
	p.Standing = standing(d, n, site == c.DemoSite)
	p.BirthYear = c.Today.Year() - age(d, n, p.Standing)
	p.Gender = gender(d, p.Standing)
	for p.Name == "" || taken[p.Name] {
		p.Name = from.full(d, p.Gender, p.BirthYear)
	}
	if d.chance(0.2) {
		p.Group = c.neighbourGroup(d, s.Group)
	}
	p.Party = c.affiliation(d, n, site, p.Standing)
	p.RosterFrom = c.joined(d, n, s.Licensed)
	c.circumstances(d, n, &p)
	return p
}

// standing draws by place on the roster: the host is mostly a member, the next three
// always are, so that every branch has a secretary.
func standing(d dice, n int, demo bool) string {
	switch {
	case n > 0 && n < settled || demo && n < 6:
		return Full
	case n == 0:
		return []string{Full, Applicant, Villager}[d.weighted(88, 4, 8)]
	}
	return []string{Full, Probationary, Applicant, Villager}[d.weighted(56, 4, 9, 31)]
}

// age draws by part: hosts mostly 50 to 70, heads of working age, applicants young,
// members older than the village.
func age(d dice, n int, standing string) int {
	switch {
	case n == 0 && d.chance(0.85):
		return d.between(50, 70)
	case n < settled:
		return d.between(34, 58)
	case standing == Applicant || standing == Probationary:
		return d.between(21, 45)
	case standing == Villager:
		return d.between(22, 74)
	}
	return []int{d.between(24, 39), d.between(40, 59), d.between(60, 74), d.between(75, 88)}[d.weighted(20, 42, 28, 10)]
}

// gender draws women for 28 of 100 members, as is usual, and half of the others.
func gender(d dice, standing string) string {
	women := 0.5
	if standing == Full || standing == Probationary {
		women = 0.28
	}
	if d.chance(women) {
		return Female
	}
	return Male
}

// neighbourGroup draws another group of the same village.
func (c *County) neighbourGroup(d dice, home int) int {
	village := c.Groups[home].Village
	first, last := home, home
	for first > 0 && c.Groups[first-1].Village == village {
		first--
	}
	for last < len(c.Groups)-1 && c.Groups[last+1].Village == village {
		last++
	}
	return d.between(first, last)
}

// affiliation places members in the school's party group, a few of them in a branch
// of an industry or an office, and applicants in the village branch. The fourth on
// the township's first rosters goes elsewhere too, so that none of those is empty.
func (c *County) affiliation(d dice, n, site int, standing string) int {
	s := c.Sites[site]
	elsewhere := c.elsewhere[s.Township]
	switch {
	case standing == Villager:
		return None
	case standing == Applicant:
		return s.Branch
	case n == settled-1 && c.placeInTownship(site) < len(elsewhere):
		return elsewhere[c.placeInTownship(site)]
	case n >= settled && d.chance(0.06):
		return elsewhere[d.weighted(1, 2, 2)]
	}
	return s.Party
}

// placeInTownship counts the township's schools before this one.
func (c *County) placeInTownship(site int) int {
	n := 0
	for n < site && c.Sites[site-n-1].Township == c.Sites[site].Township {
		n++
	}
	return n
}

// joined is the licence date, or for a few who came later a day of the history.
func (c *County) joined(d dice, n int, licensed date.Date) date.Date {
	if n > 5 && d.chance(0.05) {
		return c.HistoryFrom.AddDays(d.IntN(c.HistoryTo.Sub(c.HistoryFrom)))
	}
	return licensed
}

// circumstances marks members who work away and old members who are exempt.
func (c *County) circumstances(d dice, n int, p *Person) {
	if !p.Due() || n < settled {
		return
	}
	old := c.Today.Year() - p.BirthYear
	switch {
	case old < 50 && d.chance(0.13):
		p.Mobile = true
	case old >= 78 && d.chance(0.75), old >= 70 && d.chance(0.12):
		from := c.HistoryFrom.AddDays(-d.between(20, 400))
		by := c.Divisions[c.townshipOf(p.Village)].Name + "党委"
		p.Exempt = &Exemption{By: by, From: from, Until: date.New(c.Today.Year()+d.between(1, 3), 12, 31)}
	}
}

// neighbours names people who are on no roster and come to this school now and then.
func (c *County) neighbours(site int, from names, taken map[string]bool) []string {
	d := c.dice("neighbours", c.Sites[site].Code)
	var out []string
	for len(out) < passingPerSite {
		name := from.full(d, pick(d, []string{Male, Female}), c.Today.Year()-d.between(20, 70))
		if !taken[name] {
			taken[name] = true
			out = append(out, name)
		}
	}
	return out
}

// regularity is how often a person usually comes, by standing.
func (c *County) regularity(i int) float64 {
	p := &c.People[i]
	u := c.dice("regularity", p.Key).Float64()
	switch p.Standing {
	case Full, Probationary:
		return 0.45 + 0.38*u
	case Applicant:
		return 0.45 + 0.35*u
	}
	return 0.17 + 0.34*u
}

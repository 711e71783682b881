package demo

import (
	"cmp"
	"fmt"
	"slices"

	"huotang/models/date"
)

// How a school reaches the network.
const (
	NetworkBroadband = "broadband"
	NetworkWeak4G    = "mobile_weak"
	NetworkNone      = "none"
)

// Site is a family school.
type Site struct {
	Code      string // village code and two digits
	Name      string // unique in the county: 安石村王家院家庭党校
	Township  int    // index into Divisions
	Village   int    // index into Divisions
	Group     int    // index into Groups
	Branch    int    // the branch that runs it, index into Parties
	Party     int    // the party group of its members, index into Parties
	Plaque    string // number on the plaque, unique
	Licensed  date.Date
	Address   string
	Host      int // index into People
	Head      int // index into People, often the host
	Network   string
	Equipment []Equipment
}

// Equipment is a line of the school's register.
type Equipment struct {
	Kind     string // television, disc_player, speaker, radio
	Name     string
	Spec     string
	Quantity int
	Bought   date.Date
}

const (
	fewestPerVillage = 2
	mostPerVillage   = 5
	sparePerVillage  = 2 // villagers' groups without a school
)

// plantSites spreads the 583 schools over the villages and equips each.
func (c *County) plantSites(src *content) {
	counts := c.siteCounts()
	for i, village := range c.villages {
		groups := c.plantGroups(src, village, counts[i]+sparePerVillage)
		for n := range counts[i] {
			c.plantSite(village, groups[n], n+1)
		}
	}
	c.numberPlaques()
	c.DemoSite = slices.IndexFunc(c.Sites, func(s Site) bool {
		return c.Divisions[s.Village].Code == demoVillage
	})
	c.Sites[c.DemoSite].Network = NetworkWeak4G // a network, so that a lesson plays there
	c.SilentSite = len(c.Sites) - 1             // of the last township, far from the demo's
	c.LatestSite = c.SilentSite - 1
}

// siteCounts draws 2 to 5 schools for each village, then moves single ones until
// the sum is [SiteCount].
func (c *County) siteCounts() []int {
	counts := make([]int, len(c.villages))
	sum := 0
	for i, village := range c.villages {
		d := c.dice("site count", c.Divisions[village].Code)
		counts[i] = fewestPerVillage + d.weighted(24, 48, 20, 8)
		sum += counts[i]
	}
	order := c.dice("site count order").Perm(len(counts))
	for sum != SiteCount {
		for _, i := range order {
			switch {
			case sum < SiteCount && counts[i] < mostPerVillage:
				counts[i]++
				sum++
			case sum > SiteCount && counts[i] > fewestPerVillage:
				counts[i]--
				sum--
			}
		}
	}
	return counts
}

func (c *County) plantSite(village, group, n int) {
	v := c.Divisions[village]
	code := fmt.Sprintf("%s%02d", v.Code, n)
	d := c.dice("site", code)
	licensed := c.licenceDate(d)
	s := Site{
		Code:     code,
		Name:     v.Short + c.Groups[group].Name + "家庭党校",
		Township: c.townshipOf(village),
		Village:  village,
		Group:    group,
		Licensed: licensed,
		Address:  c.address(group, d.between(1, 68)),
		Network:  pick(d, []string{NetworkBroadband, NetworkBroadband, NetworkBroadband, NetworkWeak4G, NetworkWeak4G, NetworkNone}),
	}
	s.Equipment = equip(d, licensed)
	c.Sites = append(c.Sites, s)
}

// licenceDate draws from 2019 to 2024, always before the history begins, so that
// every school has its 24 months of activity days.
func (c *County) licenceDate(d dice) date.Date {
	last := date.New(2024, 12, 20)
	if limit := c.HistoryFrom.AddDays(-30); limit.Before(last) {
		last = limit
	}
	first := date.New(2019, 3, 1)
	if limit := last.AddDays(-4 * 365); limit.Before(first) {
		first = limit
	}
	return first.AddDays(d.IntN(last.Sub(first) + 1))
}

// equip lists what came with the plaque: always a television and a disc player.
func equip(d dice, licensed date.Date) []Equipment {
	bought := licensed.AddDays(-d.between(3, 20))
	out := []Equipment{
		{Kind: "television", Name: "电视机", Spec: pick(d, []string{"32英寸", "43英寸", "50英寸"}), Quantity: 1, Bought: bought},
		{Kind: "disc_player", Name: "影碟机", Spec: pick(d, []string{"带优盘口", "标准"}), Quantity: 1, Bought: bought},
	}
	if d.chance(0.35) {
		out = append(out, Equipment{Kind: "speaker", Name: "移动音箱", Spec: "带话筒", Quantity: 1, Bought: bought.AddDays(d.IntN(4))})
	}
	if d.chance(0.2) {
		out = append(out, Equipment{Kind: "radio", Name: "收音机", Spec: "调频调幅", Quantity: d.between(1, 2), Bought: bought})
	}
	return out
}

// numberPlaques counts through each year in the order of the licences.
func (c *County) numberPlaques() {
	order := make([]int, len(c.Sites))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(c.Sites[a].Licensed.Compare(c.Sites[b].Licensed), cmp.Compare(c.Sites[a].Code, c.Sites[b].Code))
	})
	next := map[int]int{}
	for _, i := range order {
		year := c.Sites[i].Licensed.Year()
		next[year]++
		c.Sites[i].Plaque = fmt.Sprintf("凤党校〔%d〕第%04d号", year, next[year])
	}
}

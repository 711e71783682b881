package demo

import (
	"fmt"
	"strings"
)

// The levels of a party unit.
const (
	CountyCommittee   = "county_committee"
	TownshipCommittee = "township_committee"
	GeneralBranch     = "general_branch"
	Branch            = "branch"
	PartyGroup        = "group"
)

// The kinds of branch that are not of one village.
const (
	OfficeBranch   = "office"   // 机关党支部
	IndustryBranch = "industry" // 产业协会党支部, crosses villages
)

// PartyUnit is a unit of the party tree. Code is the demo's own and unique.
type PartyUnit struct {
	Code      string
	Name      string
	Level     string
	Kind      string // of branches that are not a village's, else ""
	Parent    int    // index into Parties
	Division  int    // where it sits, index into Divisions
	Secretary int    // index into People; None for committees, whose people are on no roster
}

// plantParties builds the tree and gives each school its branch and party group.
func (c *County) plantParties(src *content) {
	root := c.addParty(PartyUnit{Code: "p530921", Name: "中共凤庆县委员会", Level: CountyCommittee, Parent: None, Division: c.Divisions[c.townships[0]].Parent})
	c.elsewhere = map[int][]int{}
	committees := map[int]int{}
	for _, t := range c.townships {
		committees[t] = c.plantCommittee(src, root, t)
	}
	sites := map[int][]int{}
	for i, s := range c.Sites {
		sites[s.Village] = append(sites[s.Village], i)
	}
	for _, village := range c.villages {
		c.plantGeneralBranch(committees[c.townshipOf(village)], village, sites[village])
	}
}

func (c *County) addParty(p PartyUnit) int {
	p.Secretary = None
	c.Parties = append(c.Parties, p)
	return len(c.Parties) - 1
}

// plantCommittee adds a township committee with its office branch and the branches
// of the township's industries.
func (c *County) plantCommittee(src *content, root, township int) int {
	t := c.Divisions[township]
	code := "p" + t.Code[:9]
	committee := c.addParty(PartyUnit{Code: code, Name: "中共凤庆县" + t.Name + "委员会", Level: TownshipCommittee, Parent: root, Division: township})
	office := c.addParty(PartyUnit{Code: code + ".j1", Name: t.Name + "机关党支部", Level: Branch, Kind: OfficeBranch, Parent: committee, Division: township})
	c.elsewhere[township] = []int{office}
	for i, industry := range strings.Split(src.townships[t.Code]["industries"], "|") {
		branch := c.addParty(PartyUnit{
			Code: fmt.Sprintf("%s.c%d", code, i+1), Name: t.Name + industry + "党支部",
			Level: Branch, Kind: IndustryBranch, Parent: committee, Division: township,
		})
		c.elsewhere[township] = append(c.elsewhere[township], branch)
	}
	return committee
}

// plantGeneralBranch adds a village's general branch, one to three branches, and a
// party group for each of the village's schools.
func (c *County) plantGeneralBranch(committee, village int, sites []int) {
	v := c.Divisions[village]
	code := "p" + v.Code
	general := c.addParty(PartyUnit{Code: code, Name: v.Short + "党总支", Level: GeneralBranch, Parent: committee, Division: village})
	n := min(len(sites), c.dice("branches", v.Code).between(1, 3))
	branches := make([]int, n)
	for i := range branches {
		branches[i] = c.addParty(PartyUnit{
			Code: fmt.Sprintf("%s.%d", code, i+1), Name: v.Short + ordinal(i, n) + "党支部",
			Level: Branch, Parent: general, Division: village,
		})
	}
	for i, site := range sites {
		s := &c.Sites[site]
		s.Branch = branches[i%n]
		s.Party = c.addParty(PartyUnit{
			Code: fmt.Sprintf("%s.%s", c.Parties[s.Branch].Code, s.Code[len(s.Code)-2:]), Name: c.Groups[s.Group].Name + "党小组",
			Level: PartyGroup, Parent: s.Branch, Division: village,
		})
	}
}

// ordinal numbers the branches of a village; an only branch needs no number.
func ordinal(i, n int) string {
	if n == 1 {
		return ""
	}
	return "第" + string([]rune("一二三")[i])
}

// branchOf gives the branch of a branch or party group.
func (c *County) branchOf(party int) int {
	if c.Parties[party].Level == PartyGroup {
		return c.Parties[party].Parent
	}
	return party
}

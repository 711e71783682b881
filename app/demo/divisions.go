package demo

import (
	"fmt"
	"strings"
)

// The levels of a division.
const (
	Province   = "province"
	Prefecture = "prefecture"
	CountyUnit = "county"
	Township   = "township"
	Village    = "village"
)

// Division is a unit of the administrative tree with its official code.
type Division struct {
	Code   string
	Name   string // as in the official list: 安石村委会
	Short  string // as people say it: 安石村; the name itself above the village
	Level  string
	Parent int    // index into Divisions
	Slug   string // the word for user names, of townships only
}

// VillageGroup is a villagers' group (村民小组). It has no official code; its name
// is unique in its village.
type VillageGroup struct {
	Village int // index into Divisions
	Name    string
}

// demoVillage and demoGroup place the school of the sign-in cards.
const (
	demoVillage = "530921101202"
	demoGroup   = "王家院"
)

// plantDivisions takes the tree from the official list, which names parents first.
func (c *County) plantDivisions(src *content) {
	index := map[string]int{}
	for i, r := range src.divisions {
		parent, ok := index[r["parent_code"]]
		if !ok {
			parent = None
		}
		index[r["code"]] = i
		c.Divisions = append(c.Divisions, Division{
			Code:   r["code"],
			Name:   r["name"],
			Short:  strings.TrimSuffix(r["name"], "委会"),
			Level:  r["level"],
			Parent: parent,
			Slug:   src.townships[r["code"]]["slug"],
		})
		switch r["level"] {
		case Township:
			c.townships = append(c.townships, i)
		case Village:
			c.villages = append(c.villages, i)
		}
	}
}

// plantGroups names n villagers' groups of a village and gives their indexes.
func (c *County) plantGroups(src *content, village, n int) []int {
	v := c.Divisions[village]
	d := c.dice("groups", v.Code)
	taken := map[string]bool{}
	out := make([]int, 0, n)
	add := func(name string) {
		if taken[name] {
			return
		}
		taken[name] = true
		out = append(out, len(c.Groups))
		c.Groups = append(c.Groups, VillageGroup{Village: village, Name: name})
	}
	if v.Code == demoVillage {
		add(demoGroup)
	}
	for len(out) < n {
		add(groupName(src, d, strings.HasSuffix(v.Name, "社区")))
	}
	return out
}

// groupName draws a street in town, else a family's hamlet or a place.
func groupName(src *content, d dice, town bool) string {
	if town {
		return pick(d, src.groups["town"])
	}
	if d.chance(0.35) {
		han := src.surnames["han"]
		return han.names[d.weighted(han.weights...)] + "家" + pick(d, src.groups["suffix"])
	}
	return pick(d, src.groups["place"])
}

// townshipOf gives the township of a village unit.
func (c *County) townshipOf(village int) int { return c.Divisions[village].Parent }

// address writes a postal address down to the house.
func (c *County) address(group, house int) string {
	v := c.Divisions[c.Groups[group].Village]
	t := c.Divisions[v.Parent]
	return fmt.Sprintf("凤庆县%s%s%s%d号", t.Name, v.Short, c.Groups[group].Name, house)
}

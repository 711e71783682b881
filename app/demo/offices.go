package demo

// appoint gives each branch a secretary and up to two committee members from those
// who belong to it and host no school, and each general branch and party group a leader.
func (c *County) appoint() {
	members := map[int][]int{}
	for i := range c.People {
		p := &c.People[i]
		if p.Standing == Full && !p.Mobile && p.Exempt == nil && c.Sites[p.Site].Host != i {
			branch := c.branchOf(p.Party)
			members[branch] = append(members[branch], i)
		}
	}
	for i := range c.Parties {
		if c.Parties[i].Level == Branch {
			c.elect(i, members[i])
		}
	}
	c.appointLeaders()
}

// elect prefers members of 32 to 60 years.
func (c *County) elect(branch int, members []int) {
	d := c.dice("elect", c.Parties[branch].Code)
	d.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	var able, others []int
	for _, m := range members {
		if old := c.Today.Year() - c.People[m].BirthYear; old >= 32 && old <= 60 {
			able = append(able, m)
		} else {
			others = append(others, m)
		}
	}
	for i, m := range append(able, others...) {
		switch {
		case i == 0:
			c.Parties[branch].Secretary = m
			c.People[m].Office = OfficeSecretary
		case i <= 2 && len(members) >= 7:
			c.People[m].Office = OfficeCommittee
		}
	}
}

// appointLeaders lets the first branch's secretary lead the general branch, and the
// head of a school its party group.
func (c *County) appointLeaders() {
	for i := range c.Parties {
		p := &c.Parties[i]
		if p.Level == Branch && p.Kind == "" && c.Parties[p.Parent].Secretary == None {
			c.Parties[p.Parent].Secretary = p.Secretary
		}
	}
	for _, s := range c.Sites {
		c.Parties[s.Party].Secretary = s.Head
	}
}

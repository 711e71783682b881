package demo

// names draws invented names for the people of one place.
type names struct {
	src    *content
	mix    []int         // weights of the peoples, in their order
	family weightedNames // the surnames common in this place
}

// peoples are the name lists that a township mixes, Han first.
func peoples() []string { return []string{"han", "yi", "bai", "hui", "dai", "miao"} }

// The generations whose given names differ.
const (
	cohortOld    = "old"
	cohortMiddle = "middle"
	cohortYoung  = "young"
)

// The genders as the project stores them.
const (
	Male   = "male"
	Female = "female"
)

const (
	familyShare = 0.55  // people of a village who bear one of its common surnames
	rareShare   = 0.012 // people whose given name has a rare character
)

// namesOf prepares the names of a village: the mix of its township, and five
// surnames that half of the village bears.
func (c *County) namesOf(src *content, village int) names {
	n := names{src: src, mix: src.mixes[c.Divisions[c.townshipOf(village)].Code]}
	d := c.dice("family names", c.Divisions[village].Code)
	for i := range 5 {
		n.family.names = append(n.family.names, n.anySurname(d))
		n.family.weights = append(n.family.weights, 5-i)
	}
	return n
}

// anySurname draws from the township's mix.
func (n names) anySurname(d dice) string {
	list := n.src.surnames[peoples()[d.weighted(n.mix...)]]
	return list.names[d.weighted(list.weights...)]
}

// full draws a whole name for a person.
func (n names) full(d dice, gender string, born int) string {
	surname := ""
	if d.chance(familyShare) {
		surname = n.family.names[d.weighted(n.family.weights...)]
	} else {
		surname = n.anySurname(d)
	}
	if d.chance(rareShare) {
		return surname + pick(d, n.src.given["rare."+gender+".whole"])
	}
	key := cohort(born) + "." + gender
	first := pick(d, n.src.given[key+".first"])
	second := pick(d, n.src.given[key+".second"])
	for second == first {
		second = pick(d, n.src.given[key+".second"])
	}
	return surname + first + second
}

func cohort(born int) string {
	switch {
	case born < 1962:
		return cohortOld
	case born < 1986:
		return cohortMiddle
	}
	return cohortYoung
}

package demo

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"huotang/models/date"
)

// Curriculum is what the county or a township planned for one calendar year.
type Curriculum struct {
	Owner     int // index into Divisions
	Year      int
	Title     string
	Author    int       // index into Accounts
	Published date.Date // in the December before
	Items     []CurriculumItem
}

// CurriculumItem is a lesson planned for a month. No lesson stands twice in what one
// township is given in a year.
type CurriculumItem struct {
	Month    time.Month
	Lesson   int // index into Lessons
	Required bool
}

// townMonth is a month as one township plans it.
type townMonth struct {
	township int
	month    date.Month
}

// plantCurricula plans every calendar year that the history touches and the current one.
func (c *County) plantCurricula() {
	c.taught = map[townMonth][]CurriculumItem{}
	county := c.Divisions[c.townships[0]].Parent
	for year := c.HistoryFrom.Year(); year <= c.Today.Year(); year++ {
		used := map[int]bool{}
		whole := c.curriculum(county, year, 20)
		whole.Items = c.countyItems(county, year, used)
		c.publish(whole, c.townships)
		for i, t := range c.townships {
			own := c.curriculum(t, year, 22+i%6)
			own.Items = c.townshipItems(county, t, year, used)
			c.publish(own, []int{t})
		}
	}
}

func (c *County) curriculum(owner, year, day int) Curriculum {
	author := c.account("county")
	if slug := c.Divisions[owner].Slug; slug != "" {
		author = c.account(slug + ".clerk")
	}
	return Curriculum{
		Owner: owner, Year: year, Author: author, Published: date.New(year-1, time.December, day),
		Title: fmt.Sprintf("%s%d年家庭党校学习安排", c.Divisions[owner].Name, year),
	}
}

// publish notes what each of the townships is to teach in each month.
func (c *County) publish(cur Curriculum, townships []int) {
	c.Curricula = append(c.Curricula, cur)
	for _, t := range townships {
		for _, item := range cur.Items {
			key := townMonth{t, date.NewMonth(cur.Year, item.Month)}
			c.taught[key] = append(c.taught[key], item)
		}
	}
}

// countyItems plans for each month a required lesson and an elective skill. One of the two in the current month is a video,
// so that there is something to play on whatever day the demo is looked at.
func (c *County) countyItems(county, year int, used map[int]bool) []CurriculumItem {
	d := c.dice("curriculum", fmt.Sprint(year))
	required := c.deck(d, func(l Course) bool { return l.Owner == county && l.Task != TaskSkill })
	skills := c.deck(d, func(l Course) bool { return l.Owner == county && l.Task == TaskSkill })
	showing := None
	if year == c.Today.Year() {
		all := slices.Concat(required, skills)
		showing = c.draw(slices.DeleteFunc(all, func(l int) bool { return c.Lessons[l].Video == "" }), used, c.Today.Month().Of())
	}
	take := func(deck []int, m time.Month) int {
		if m == c.Today.Month().Of() && slices.Contains(deck, showing) {
			return showing
		}
		return c.draw(deck, used, m)
	}
	var items []CurriculumItem
	for m := time.January; m <= time.December; m++ {
		items = append(items,
			CurriculumItem{Month: m, Lesson: take(required, m), Required: true},
			CurriculumItem{Month: m, Lesson: take(skills, m)})
	}
	return items
}

// townshipItems plans one more lesson for each month from the township's own courses
// and from what the county left. The county's used lessons are not changed.
func (c *County) townshipItems(county, township, year int, used map[int]bool) []CurriculumItem {
	mine := make(map[int]bool, len(used))
	for l := range used {
		mine[l] = true
	}
	d := c.dice("curriculum", c.Divisions[township].Code, fmt.Sprint(year))
	deck := c.deck(d, func(l Course) bool { return l.Owner == county || l.Owner == township })
	slices.SortStableFunc(deck, func(a, b int) int { // its own courses first
		return cmp.Compare(c.Courses[c.Lessons[b].Course].Owner, c.Courses[c.Lessons[a].Course].Owner)
	})
	var items []CurriculumItem
	for m := time.January; m <= time.December; m++ {
		items = append(items, CurriculumItem{Month: m, Lesson: c.draw(deck, mine, m), Required: d.chance(0.4)})
	}
	return items
}

// deck shuffles the lessons of the courses that fit, the videos on top, and deals
// them in rounds: one of each course, then the next of each.
func (c *County) deck(d dice, fits func(Course) bool) []int {
	var out []int
	for i, l := range c.Lessons {
		if fits(c.Courses[l.Course]) {
			out = append(out, i)
		}
	}
	d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Compare(c.Lessons[b].Video, c.Lessons[a].Video)
	})
	round, dealt := map[int]int{}, map[int]int{}
	for _, l := range out {
		round[l] = dealt[c.Lessons[l].Course]
		dealt[c.Lessons[l].Course]++
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(round[a], round[b]) })
	return out
}

// draw takes the first unused lesson that is in season, else one without a season,
// else any, and marks it used. The deck must not be used up.
func (c *County) draw(deck []int, used map[int]bool, m time.Month) int {
	always, other := None, None
	for _, l := range deck {
		switch months := c.Lessons[l].Months; {
		case used[l]:
		case slices.Contains(months, m):
			used[l] = true
			return l
		case len(months) == 0 && always == None:
			always = l
		case other == None:
			other = l
		}
	}
	if always == None {
		always = other
	}
	used[always] = true
	return always
}

package calendar

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/settings"
)

// Season is a part of every year in which people have little time, or roads are bad.
type Season struct {
	Code string `json:"code"` // HintFarm or HintRain
	Name string `json:"name"`
	From string `json:"from"` // "03-01"
	To   string `json:"to"`
}

func (s Season) on(day date.Date) bool {
	d := day.String()[len("2006-"):]
	if s.From <= s.To {
		return s.From <= d && d <= s.To
	}
	return d >= s.From || d <= s.To
}

// Festival is a day of the lunar year.
type Festival struct {
	Name  string `json:"name"`
	Month int    `json:"month"`
	Day   int    `json:"day"`
}

// Seasons are the seasons and festivals of a place.
type Seasons struct {
	Seasons   []Season   `json:"seasons"`
	Festivals []Festival `json:"festivals"`
}

// Tobacco and rice differ from valley to valley: townships enter theirs.
var seasonsKey = settings.Key[Seasons]{Name: "calendar.seasons", Default: Seasons{
	Seasons: []Season{
		{HintFarm, "春茶", "03-01", "04-30"}, {HintFarm, "核桃", "08-20", "09-30"}, {HintRain, "", "06-01", "09-30"},
	},
	Festivals: []Festival{{"火把节", 6, 24}},
}}

// SeasonCodes lists what a season may be.
var SeasonCodes = []string{HintFarm, HintRain}

// The most seasons and festivals that a place has, and the longest name of one.
const (
	MostSeasons = 12
	mostName    = 20
)

// SetSeasonsInput enters the seasons and festivals of a township, or of a county for the townships that entered none.
type SetSeasonsInput struct {
	Unit      org.UnitID `path:"unit" json:"-"`
	Seasons   []Season   `json:"seasons"` // From and To as 03-01, 3-1, 3.1 or 3月1日
	Festivals []Festival `json:"festivals"`
	Inherit   bool       `json:"inherit"` // of a township: those of the county again; the lists are left aside
}

// SeasonsView are the seasons and festivals that hold for a unit.
type SeasonsView struct {
	Unit org.UnitID `json:"unit"`
	Name string     `json:"name"`
	Kind org.Kind   `json:"kind"`
	Seasons
	Own bool `json:"own"` // entered for this very unit
}

// ownSeasons are the entry of a unit; one that inherits has been taken back.
type ownSeasons struct {
	Seasons
	Inherit bool `json:"inherit,omitempty"`
}

var monthDay = regexp.MustCompile(`^(\d{1,2})(?:[-./]|月)(\d{1,2})日?$`)

// parseSeasonDay reads a day of every year: 03-01, 3.1, 3月1日. It gives "" for what is none; 02-29 is one.
func parseSeasonDay(s string) string {
	m := monthDay.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return ""
	}
	out := fmt.Sprintf("%02s-%02s", m[1], m[2])
	if _, err := date.Parse("2000-" + out); err != nil { // a leap year
		return ""
	}
	return out
}

func (in SetSeasonsInput) check(c *fail.Check) Seasons {
	out := Seasons{Seasons: []Season{}, Festivals: []Festival{}}
	for i, s := range in.Seasons {
		at := strconv.Itoa(i)
		if s.Name == "" && s.From == "" && s.To == "" {
			continue
		}
		least := 1
		if s.Code == HintRain {
			least = 0 // 雨季 says it
		}
		s.Name = c.Text("season_name_"+at, s.Name, least, mostName)
		c.If(!slices.Contains(SeasonCodes, s.Code), "season_code_"+at, "input.choice")
		from, to := parseSeasonDay(s.From), parseSeasonDay(s.To)
		c.If(from == "", "season_from_"+at, "calendar.season_day")
		c.If(to == "", "season_to_"+at, "calendar.season_day")
		s.From, s.To = from, to
		out.Seasons = append(out.Seasons, s)
	}
	for i, f := range in.Festivals {
		at := strconv.Itoa(i)
		if f == (Festival{}) {
			continue
		}
		f.Name = c.Text("festival_name_"+at, f.Name, 1, mostName)
		c.Range("festival_month_"+at, f.Month, 1, 12)
		c.Range("festival_day_"+at, f.Day, 1, 30)
		out.Festivals = append(out.Festivals, f)
	}
	c.If(len(out.Seasons) > MostSeasons, "seasons", "calendar.seasons_many", MostSeasons)
	c.If(len(out.Festivals) > MostSeasons, "festivals", "calendar.seasons_many", MostSeasons)
	slices.SortStableFunc(out.Seasons, func(a, b Season) int { return cmp.Compare(a.From, b.From) })
	slices.SortStableFunc(out.Festivals, func(a, b Festival) int { return cmp.Or(a.Month-b.Month, a.Day-b.Day) })
	return out
}

// SetSeasons enters them from today on; entries without anything in them are left out. The faults of a season are named after its place in the list: "season_from_0".
// Permission: CalendarRule on the unit.
func SetSeasons(tx *db.Tx, by access.Actor, in SetSeasonsInput) (SeasonsView, error) {
	u, err := org.LockUnit(tx, in.Unit)
	if err != nil {
		return SeasonsView{}, err
	}
	if err := by.Require(access.CalendarRule, u.Path); err != nil {
		return SeasonsView{}, err
	}
	var c fail.Check
	c.If(u.Kind != org.Township && u.Kind != org.County, "unit", "calendar.not_a_township")
	v := ownSeasons{Inherit: in.Inherit}
	if !in.Inherit {
		v.Seasons = in.check(&c)
	}
	if err := c.Err(); err != nil {
		return SeasonsView{}, err
	}
	key := settings.Key[ownSeasons]{Name: seasonsKey.Name}
	if err := settings.Put(tx, by, key, settings.Unit(u.ID), tx.Today(), v); err != nil {
		return SeasonsView{}, err
	}
	return readSeasons(tx, u)
}

// GetSeasons reads what holds for a unit. Permission: CalendarSee on it.
func GetSeasons(tx *db.Tx, by access.Actor, in GetRuleInput) (SeasonsView, error) {
	u, err := org.FindUnit(tx, in.Unit)
	if err != nil {
		return SeasonsView{}, err
	}
	if err := by.Require(access.CalendarSee, u.Path); err != nil {
		return SeasonsView{}, err
	}
	return readSeasons(tx, u)
}

func readSeasons(tx *db.Tx, u org.Unit) (SeasonsView, error) {
	chain, err := org.Chain(tx, u.ID)
	if err != nil {
		return SeasonsView{}, err
	}
	s, of, err := seasonsOf(tx, chain)
	return SeasonsView{u.ID, u.Name, u.Kind, s, of == u.ID}, err
}

// seasonsOf are what holds for the first unit of a chain, with the unit that entered it; the zero ID where nobody did.
func seasonsOf(tx *db.Tx, chain []org.Unit) (Seasons, org.UnitID, error) {
	key := settings.Key[ownSeasons]{Name: seasonsKey.Name}
	for _, u := range chain {
		f, err := settings.Get(tx, key, tx.Today(), settings.Unit(u.ID))
		if err != nil {
			return Seasons{}, org.UnitID{}, err
		}
		if f.Unit == settings.Unit(u.ID) && !f.Value.Inherit {
			return f.Value.Seasons, u.ID, nil
		}
	}
	return seasonsKey.Default, org.UnitID{}, nil
}

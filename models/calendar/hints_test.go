package calendar_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	lunar "github.com/6tail/lunar-go/calendar"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// The four families of market days over a year, against what enumerating the days by other means gives.
func TestMarketFamilies(t *testing.T) {
	for d := day("2026-01-01"); d.Year() == 2026; d = d.AddDays(1) {
		week := (int(d.Weekday()) + 6) % 7 // 0 Monday
		last := d.String()[9:]
		words := []rune(calendar.LunarOf(d))
		end := string(words[len(words)-1:])
		zhi := lunar.NewSolarFromYmd(d.Year(), int(d.Month().Of()), d.Day()).GetLunar().GetDayZhi()
		for _, c := range []struct {
			m    calendar.Market
			want bool
		}{
			{calendar.Market{Kind: calendar.MarketDigits, Values: []int{1, 5, 8}}, slices.Contains([]string{"1", "5", "8"}, last)},
			{calendar.Market{Kind: calendar.MarketDigits, Values: []int{10}}, last == "0"},
			{calendar.Market{Kind: calendar.MarketLunar, Values: []int{3, 8}}, end == "三" || end == "八"},
			{calendar.Market{Kind: calendar.MarketWeekdays, Values: []int{2, 7}}, week == 1 || week == 6},
			{calendar.Market{Kind: calendar.MarketZodiac, Values: []int{0, 6}}, zhi == "子" || zhi == "午"},
			{calendar.Market{Kind: calendar.MarketZodiac, Values: []int{1, 5, 9}}, strings.Contains("丑巳酉", zhi)},
			{calendar.Market{}, false},
		} {
			if got := c.m.On(d); got != c.want {
				t.Fatalf("%s (%s) by %+v: %v", d, calendar.LunarOf(d), c.m, got)
			}
		}
	}
}

// A day's hints say why, and which later day is better; offices see them, the host does not.
func TestHints(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk, host := orgtest.As(access.Township, tree.Township.Path), orgtest.As(access.Host, tree.Site.Path)
		set := func(kind calendar.MarketKind, values ...int) error {
			return write(e, func(tx *db.Tx) error {
				_, err := calendar.SetMarket(tx, clerk, calendar.SetMarketInput{Unit: tree.Township.ID, Market: kind, Values: values})
				return err
			})
		}
		wantFault(t, set(calendar.MarketZodiac, 0, 5), "values", "calendar.market_zodiac")
		wantFault(t, set(calendar.MarketWeekdays, 8), "values", "calendar.market_values")
		wantFault(t, set(calendar.MarketDigits), "values", "calendar.market_values")
		if err := set(calendar.MarketDigits, 8, 9); err != nil {
			t.Fatal(err)
		}
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		nov := calendartest.Day(t, e, tree.Site.ID, month("2026-11"))
		look := func(by access.Actor, on date.Date) (v calendar.HintsView, err error) {
			err = write(e, func(tx *db.Tx) (err error) {
				v, err = looked(tx, by, calendar.HintsInput{ID: nov.ID, On: on})
				return err
			})
			return v, err
		}
		v, err := look(clerk, date.Date{})
		if err != nil || len(v.Hints) != 1 || v.Hints[0] != (calendar.Hint{Code: calendar.HintMarket, Better: day("2026-11-30")}) || v.Lunar != "十月二十" {
			t.Errorf("%+v %v", v, err)
		}
		v, err = look(clerk, day("2026-08-06")) // 火把节, in the rainy season
		if err != nil || !slices.Equal(v.Hints, []calendar.Hint{
			{Code: calendar.HintFestival, Arg: "火把节", Better: day("2026-11-23")}, // today: what is past cannot be moved to
			{Code: calendar.HintRain, Better: day("2026-11-23")},
		}) {
			t.Errorf("%+v %v", v, err)
		}
		if v, err = look(clerk, day("2026-12-20")); err != nil || len(v.Hints) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := look(host, date.Date{}); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the host reads hints: %v", err)
		}
		if _, err := look(orgtest.As(access.Village, tree.Village.Path), date.Date{}); err != nil {
			t.Errorf("the village: %v", err)
		}
	})
}

// looked are the hints of a day as an op of a higher area gives them.
func looked(tx *db.Tx, by access.Actor, in calendar.HintsInput, causes ...calendar.Cause) (calendar.HintsView, error) {
	d, _, on, err := calendar.Looked(tx, by, in)
	if err != nil {
		return calendar.HintsView{}, err
	}
	hints, err := calendar.Look(tx, []calendar.Asked{{Day: d, On: on, Causes: causes}})
	if err != nil {
		return calendar.HintsView{}, err
	}
	return calendar.HintsView{On: on, Lunar: calendar.LunarOf(on), Hints: hints[0]}, nil
}

// Whatever speaks against a day, wherever it was moved before and on whichever date it is looked at: a date that is offered as better
// is one to which the day can be moved, is no holiday, has not the hint, and has none that was not there.
func TestBetterDatesAreAccepted(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	clerk := orgtest.As(access.Township, tree.Township.Path)
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.LoadYear(tx, orgtest.By, calendar.YearInput{Year: 2026})
		return err
	})
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.PutDay(tx, orgtest.By, calendar.PutDayInput{Day: day("2027-01-01"), Until: day("2027-01-06"), Kind: calendar.Holiday, Name: "元旦"})
		return err
	})
	calendartest.Rule(t, e, tree.Township.ID, calendar.Rule{Kind: calendar.OnDigit, Digit: 6, Holiday: calendar.NextWorkingDay})
	offered := 0
	for range 300 {
		set(t, e, clerk, tree.Township.ID, r)
		var all []calendar.DayView
		e.See(t, func(tx *db.Tx) error {
			for _, year := range []int{2026, 2027} {
				page, err := calendar.ListDays(tx, clerk, calendar.DaysInput{Site: tree.Site.ID, Year: year})
				if err != nil {
					return err
				}
				all = append(all, page.Items...)
			}
			return nil
		})
		d := all[r.IntN(len(all))]
		on := d.PlannedOn.AddDays(r.IntN(50) - 25)
		weekly := func(on date.Date) []calendar.Hint { // as a higher area would
			if on.Weekday() == 3 {
				return []calendar.Hint{{Code: "held"}}
			}
			return nil
		}
		var v calendar.HintsView
		e.See(t, func(tx *db.Tx) (err error) {
			v, err = looked(tx, clerk, calendar.HintsInput{ID: d.ID, On: on}, weekly)
			return err
		})
		for _, h := range v.Hints {
			if h.Better.IsZero() {
				continue
			}
			offered++
			err := write(e, func(tx *db.Tx) error {
				_, err := calendar.Move(tx, clerk, calendar.MoveInput{ID: d.ID, To: h.Better})
				return err
			})
			if err != nil {
				t.Fatalf("%s of %s, ruled %s, looked at on %s: %s is offered for %+v and refused: %v", d.State, d.Month, d.RuledOn, on, h.Better, h, err)
			}
			if !h.Better.After(on) || h.Better.Year() == 2027 && h.Better.Month().Of() == 1 && h.Better.Day() <= 6 {
				t.Fatalf("%s after %s", h.Better, on)
			}
			e.See(t, func(tx *db.Tx) error {
				now, err := looked(tx, clerk, calendar.HintsInput{ID: d.ID, On: h.Better}, weekly)
				for _, n := range now.Hints {
					same := func(o calendar.Hint) bool { return o.Code == n.Code && o.Arg == n.Arg }
					if same(h) || !slices.ContainsFunc(v.Hints, same) {
						t.Fatalf("%s has %+v, %s is offered and has %+v", on, v.Hints, h.Better, n)
					}
				}
				return err
			})
		}
	}
	if offered < 40 {
		t.Errorf("only %d dates were offered", offered)
	}
}

// set enters market days and seasons at random.
func set(t *testing.T, e *dbtest.Env, by access.Actor, town org.UnitID, r *rand.Rand) {
	t.Helper()
	market := []calendar.SetMarketInput{
		{Market: calendar.MarketDigits, Values: []int{1 + r.IntN(5), 6 + r.IntN(5)}},
		{Market: calendar.MarketLunar, Values: []int{1 + r.IntN(10)}},
		{Market: calendar.MarketWeekdays, Values: []int{1 + r.IntN(7)}},
		{Market: calendar.MarketZodiac, Values: []int{r.IntN(6)}},
		{},
	}[r.IntN(5)]
	market.Unit = town
	from, to := day("2026-11-01").AddDays(r.IntN(100)), day("2026-11-01").AddDays(r.IntN(100))
	e.Do(t, func(tx *db.Tx) error {
		if _, err := calendar.SetMarket(tx, by, market); err != nil {
			return err
		}
		_, err := calendar.SetSeasons(tx, by, calendar.SetSeasonsInput{
			Unit: town, Seasons: []calendar.Season{{Code: calendar.HintFarm, Name: "烤烟", From: from.String()[5:], To: to.String()[5:]}},
			Festivals: []calendar.Festival{{Name: "冬至", Month: 10 + r.IntN(3), Day: 1 + r.IntN(30)}},
		})
		return err
	})
}

// Seasons are entered as people write days, in the order of the year; a township that entered none has the county's, and can have them again.
func TestSeasons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		county, clerk := orgtest.As(access.County, tree.County.Path), orgtest.As(access.Township, tree.Township.Path)
		put := func(by access.Actor, in calendar.SetSeasonsInput) (v calendar.SeasonsView, err error) {
			err = write(e, func(tx *db.Tx) (err error) { v, err = calendar.SetSeasons(tx, by, in); return err })
			return v, err
		}
		get := func(unit org.UnitID) (v calendar.SeasonsView) {
			e.See(t, func(tx *db.Tx) (err error) {
				v, err = calendar.GetSeasons(tx, clerk, calendar.GetRuleInput{Unit: unit})
				return err
			})
			return v
		}
		if v := get(tree.Township.ID); v.Own || len(v.Seasons.Seasons) != 3 || v.Festivals[0].Name != "火把节" {
			t.Errorf("before anybody entered any: %+v", v)
		}
		farm := func(name, from, to string) calendar.Season {
			return calendar.Season{Code: calendar.HintFarm, Name: name, From: from, To: to}
		}
		_, err := put(county, calendar.SetSeasonsInput{Unit: tree.County.ID, Seasons: []calendar.Season{farm("栽秧", "5月1日", "6.10")}})
		if err != nil {
			t.Fatal(err)
		}
		if v := get(tree.Township.ID); v.Own || len(v.Seasons.Seasons) != 1 || v.Seasons.Seasons[0] != farm("栽秧", "05-01", "06-10") || len(v.Festivals) != 0 {
			t.Errorf("the county's: %+v", v)
		}
		v, err := put(clerk, calendar.SetSeasonsInput{Unit: tree.Township.ID, Seasons: []calendar.Season{
			farm("采茶", "3-1", "04-30"), farm("过年", "12/20", "1月10日"), {Code: calendar.HintRain, From: "02-29", To: "6-30"},
		}})
		if err != nil || !v.Own || v.Seasons.Seasons[0].From != "02-29" || v.Seasons.Seasons[1].From != "03-01" || v.Seasons.Seasons[2] != farm("过年", "12-20", "01-10") {
			t.Errorf("%+v %v", v, err)
		}
		e.See(t, func(tx *db.Tx) error { // over the year's end
			o, err := calendar.OutlookOf(tx, tree.Township.ID, month("2027-01"), month("2027-01"))
			if h := o.At(day("2027-01-10")); len(h) != 1 || h[0].Arg != "过年" || len(o.At(day("2027-01-11"))) != 0 {
				t.Errorf("%+v", h)
			}
			return err
		})
		if v, err = put(clerk, calendar.SetSeasonsInput{Unit: tree.Township.ID, Inherit: true}); err != nil || v.Own || v.Seasons.Seasons[0].Name != "栽秧" {
			t.Errorf("the county's again: %+v %v", v, err)
		}
		for field, in := range map[string]calendar.SetSeasonsInput{
			"season_from_0":    {Seasons: []calendar.Season{farm("烤烟", "2-30", "3-1")}},
			"season_to_1":      {Seasons: []calendar.Season{farm("烤烟", "2-3", "3-1"), farm("甘蔗", "12-1", "立春")}},
			"season_name_0":    {Seasons: []calendar.Season{farm(" ", "2-3", "3-1")}},
			"season_code_0":    {Seasons: []calendar.Season{{Code: "market", Name: "街", From: "2-3", To: "3-1"}}},
			"seasons":          {Seasons: slices.Repeat([]calendar.Season{farm("烤烟", "2-3", "3-1")}, 13)},
			"festival_day_0":   {Festivals: []calendar.Festival{{Name: "节", Month: 1, Day: 31}}},
			"festival_month_0": {Festivals: []calendar.Festival{{Name: "节", Month: 13, Day: 1}}},
			"festival_name_0":  {Festivals: []calendar.Festival{{Month: 1, Day: 1}}},
		} {
			in.Unit = tree.Township.ID
			_, err := put(clerk, in)
			var f *fail.Error
			if f, _ = fail.As(err); f == nil || !slices.ContainsFunc(f.Fields, func(x fail.Field) bool { return x.Name == field }) {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := put(orgtest.As(access.Host, tree.Site.Path), calendar.SetSeasonsInput{Unit: tree.Township.ID}); fail.KindOf(err) != fail.ForbiddenAct && fail.KindOf(err) != fail.Missing {
			t.Errorf("a host: %v", err)
		}
	})
}

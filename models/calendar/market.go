package calendar

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/settings"
)

// MarketKind is how a township's market days come round.
type MarketKind string

// The families of rules in use. Zodiac days come every 12 days, in pairs 6 and in triples 4 days apart.
const (
	MarketDigits   MarketKind = "digits"   // 逢1、5、8 of the Gregorian month
	MarketLunar    MarketKind = "lunar"    // the same of the lunar month
	MarketWeekdays MarketKind = "weekdays" // 1 Monday to 7 Sunday
	MarketZodiac   MarketKind = "zodiac"   // branches, 0 = 子 to 11 = 亥
)

// Market is a township's rule for its market days; the zero Market is "not entered".
type Market struct {
	Kind   MarketKind `json:"kind,omitempty"`
	Values []int      `json:"values,omitempty"`
}

// branch is the day's earthly branch, 0 = 子.
func branch(day date.Date) int {
	const cycle, atEpoch = 12, 5
	return ((day.Sub(date.New(1970, time.January, 1))+atEpoch)%cycle + cycle) % cycle
}

// On reports a market day.
func (m Market) On(day date.Date) bool {
	switch m.Kind {
	case MarketDigits:
		return hasDigit(m.Values, day.Day())
	case MarketLunar:
		_, n := lunarOf(day)
		return hasDigit(m.Values, n)
	case MarketWeekdays:
		return slices.Contains(m.Values, (int(day.Weekday())+6)%7+1)
	case MarketZodiac:
		return slices.Contains(m.Values, branch(day))
	}
	return false
}

// hasDigit reports a day of a month that ends in one of the digits; 0 and 10 both mean 逢十.
func hasDigit(digits []int, day int) bool {
	return slices.ContainsFunc(digits, func(d int) bool { return d%10 == day%10 })
}

// check notes what is wrong with the rule.
func (m Market) check(c *fail.Check) Market {
	low, high := 1, 10
	switch m.Kind {
	case "":
		return Market{}
	case MarketDigits, MarketLunar:
	case MarketWeekdays:
		high = 7
	case MarketZodiac:
		low, high = 0, 11
	default:
		c.Add("market", "input.choice")
		return m
	}
	values := slices.Clone(m.Values)
	slices.Sort(values)
	values = slices.Compact(values)
	c.If(len(values) == 0 || values[0] < low || values[len(values)-1] > high, "values", "calendar.market_values")
	if m.Kind == MarketZodiac && len(values) > 0 {
		even := len(values) <= 3
		for i, v := range values {
			even = even && v == values[0]+i*12/len(values)
		}
		c.If(!even, "values", "calendar.market_zodiac")
	}
	return Market{m.Kind, values}
}

var marketKey = settings.Key[Market]{Name: "calendar.market"}

// SetMarketInput enters a township's market days.
type SetMarketInput struct {
	Unit   org.UnitID `path:"unit" json:"-"`
	Market MarketKind `json:"market" form:"market"` // "" takes them out
	Values []int      `json:"values" form:"values"`
}

// MarketView is a township's market days.
type MarketView struct {
	Unit   org.UnitID  `json:"unit"`
	Market Market      `json:"market"`
	Next   []date.Date `json:"next"` // the next five, for the eye to check
}

// SetMarket enters a township's market days from today on. Permission: CalendarRule on the township.
func SetMarket(tx *db.Tx, by access.Actor, in SetMarketInput) (MarketView, error) {
	u, err := findRuled(tx, in.Unit, true)
	if err != nil {
		return MarketView{}, err
	}
	if err := by.Require(access.CalendarRule, u.paths...); err != nil {
		return MarketView{}, err
	}
	var c fail.Check
	c.If(u.unit.Kind != org.Township, "unit", "calendar.not_a_township")
	m := Market{in.Market, in.Values}.check(&c)
	if err := c.Err(); err != nil {
		return MarketView{}, err
	}
	if err := settings.Put(tx, by, marketKey, settings.Unit(in.Unit), tx.Today(), m); err != nil {
		return MarketView{}, err
	}
	return marketView(tx, u.unit.ID)
}

// GetMarket reads a township's market days. Permission: CalendarSee on the township.
func GetMarket(tx *db.Tx, by access.Actor, in GetRuleInput) (MarketView, error) {
	u, err := findRuled(tx, in.Unit, false)
	if err != nil {
		return MarketView{}, err
	}
	if err := by.Require(access.CalendarSee, u.paths...); err != nil {
		return MarketView{}, err
	}
	return marketView(tx, u.township.ID)
}

func marketView(tx *db.Tx, township org.UnitID) (MarketView, error) {
	o, err := OutlookOf(tx, township, tx.Today().Month(), tx.Today().Month())
	v := MarketView{Unit: township, Market: o.market, Next: []date.Date{}}
	for d := tx.Today(); d.Sub(tx.Today()) < 60 && len(v.Next) < 5; d = d.AddDays(1) {
		if o.market.On(d) {
			v.Next = append(v.Next, d)
		}
	}
	return v, err
}

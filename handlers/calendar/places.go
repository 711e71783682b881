package calendar

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// placePage are the market days and the seasons of a township; of a county the seasons.
type placePage struct {
	base
	Seasons   calendar.SeasonsView
	Market    *calendar.MarketView // nil for a county
	MaySet    bool
	Kinds     []web.Option
	Values    []valueList
	Codes     []web.Option
	Rows      []string // the numbers of the rows of seasons and of festivals
	LunarDays []web.Option
	Months    []web.Option
}

// valueList is what can be chosen of one family of market days.
type valueList struct {
	Name    string
	Label   string
	Options []web.Option
}

var marketKinds = []calendar.MarketKind{"none", calendar.MarketDigits, calendar.MarketLunar, calendar.MarketWeekdays, calendar.MarketZodiac}

func showPlace(r *web.Request) error {
	var in calendar.GetRuleInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderPlace(r, in.Unit, nil)
}

// renderPlace shows the page; form is one that was sent, of either half.
func renderPlace(r *web.Request, unit org.UnitID, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	var page placePage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Seasons, err = calendar.GetSeasons(tx, by, calendar.GetRuleInput{Unit: unit}); err != nil {
			return err
		}
		u, err := org.FindUnit(tx, unit)
		if err != nil {
			return err
		}
		page.MaySet = by.Can(access.CalendarRule, u.Path)
		switch u.Kind {
		case org.County:
		case org.Township:
			v, err := calendar.GetMarket(tx, by, calendar.GetRuleInput{Unit: unit})
			page.Market = &v
			return err
		default:
			return fail.NotFound("calendar.no_rule_unit")
		}
		return nil
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("calendar.place_title", page.Seasons.Name), "rules"}
	page.choose()
	page.Form = web.Form{Values: page.values()}
	if form != nil {
		if form.Values.Has("market") { // of a box that is not ticked nothing is sent
			for _, l := range page.Values {
				delete(page.Form.Values, l.Name)
			}
		}
		for name, values := range form.Values { // the other half of the page stays as it is kept
			page.Form.Values[name] = values
		}
		form.Values = page.Form.Values
		page.Form = *form
	}
	return r.Render("calendar/place", page)
}

// FieldLabel names a field of a row in the summary of errors, with the number of its row.
func (p placePage) FieldLabel(name string) string {
	at := strings.LastIndexByte(name, '_')
	n, err := strconv.Atoi(name[at+1:])
	if err != nil || at < 0 {
		return p.Base.FieldLabel(name)
	}
	return p.T("calendar."+name[:at]) + " " + strconv.Itoa(n+1) + p.T("layout.colon")
}

func (p *placePage) choose() {
	p.Kinds = options(p.Base, "calendar.market_kind_", marketKinds...)
	p.Codes = options(p.Base, "calendar.hint.", calendar.SeasonCodes...)
	p.Codes[1].Label = p.T("calendar.season_rain")
	number := func(name, label, prefix string, from, to int) {
		l := valueList{Name: name, Label: p.T(label)}
		for n := from; n <= to; n++ {
			l.Options = append(l.Options, web.Option{Value: strconv.Itoa(n), Label: p.T(prefix + strconv.Itoa(n))})
		}
		p.Values = append(p.Values, l)
	}
	number(string(calendar.MarketDigits), "calendar.market_which_digits", "calendar.digit_", 1, calendar.LastDigit)
	number(string(calendar.MarketLunar), "calendar.market_which_lunar", "calendar.lunar_digit_", 1, calendar.LastDigit)
	number(string(calendar.MarketWeekdays), "calendar.market_which_weekdays", "calendar.weekday_", 1, 7)
	number(string(calendar.MarketZodiac), "calendar.market_which_zodiac", "calendar.zodiac_", 0, 11)
	for i := range calendar.MostSeasons {
		if i < len(p.Seasons.Seasons.Seasons)+2 || i < len(p.Seasons.Festivals)+2 {
			p.Rows = append(p.Rows, strconv.Itoa(i))
		}
	}
	p.LunarDays, p.Months = []web.Option{{}}, []web.Option{{}}
	for n := 1; n <= 30; n++ {
		p.LunarDays = append(p.LunarDays, web.Option{Value: strconv.Itoa(n), Label: p.lunar(calendar.LunarDay, n)})
	}
	for n := 1; n <= 12; n++ {
		p.Months = append(p.Months, web.Option{Value: strconv.Itoa(n), Label: p.lunar(calendar.LunarMonth, n)})
	}
}

// values are those of both forms, as they are kept.
func (p *placePage) values() url.Values {
	v := url.Values{"market": {"none"}}
	if p.Market != nil && p.Market.Market.Kind != "" {
		v.Set("market", string(p.Market.Market.Kind))
		for _, n := range p.Market.Market.Values {
			v.Add(string(p.Market.Market.Kind), strconv.Itoa(n))
		}
	}
	for _, at := range p.Rows {
		v.Set("season_code_"+at, calendar.HintFarm)
	}
	for i, s := range p.Seasons.Seasons.Seasons {
		at := strconv.Itoa(i)
		v.Set("season_code_"+at, s.Code)
		v.Set("season_name_"+at, s.Name)
		v.Set("season_from_"+at, p.MonthDay(s.From))
		v.Set("season_to_"+at, p.MonthDay(s.To))
	}
	for i, f := range p.Seasons.Festivals {
		at := strconv.Itoa(i)
		v.Set("festival_name_"+at, f.Name)
		v.Set("festival_month_"+at, strconv.Itoa(f.Month))
		v.Set("festival_day_"+at, strconv.Itoa(f.Day))
	}
	return v
}

// MonthDay says a day of every year, 03-01, as people write it.
func (b base) MonthDay(s string) string {
	d, err := date.Parse("2000-" + s)
	if err != nil {
		return s
	}
	return b.T("calendar.month_day", int(d.Month().Of()), d.Day())
}

// SeasonText says a season: 春茶 3月1日至4月30日.
func (b base) SeasonText(s calendar.Season) string {
	name := s.Name
	if name == "" {
		name = b.T("calendar.season_" + s.Code)
	}
	return name + " " + b.T("calendar.from_until", b.MonthDay(s.From), b.MonthDay(s.To))
}

// lunar writes a number of the lunar year in Chinese, where the page is.
func (b base) lunar(write func(int) string, n int) string {
	if b.Lang == lang.Chinese {
		return write(n)
	}
	return strconv.Itoa(n)
}

// LunarText says when a festival is: 农历六月廿四.
func (b base) LunarText(f calendar.Festival) string {
	return b.T("calendar.lunar_date", b.lunar(calendar.LunarMonth, f.Month), b.lunar(calendar.LunarDay, f.Day))
}

// MarketText says how market days come round.
func (b base) MarketText(m calendar.Market) string {
	if m.Kind == "" {
		return b.T("calendar.market_kind_none")
	}
	prefix := map[calendar.MarketKind]string{
		calendar.MarketDigits: "calendar.digit_", calendar.MarketLunar: "calendar.lunar_digit_", calendar.MarketWeekdays: "calendar.weekday_", calendar.MarketZodiac: "calendar.zodiac_",
	}[m.Kind]
	s := b.T("calendar.market_kind_" + string(m.Kind))
	for i, n := range m.Values {
		sep := b.T("calendar.comma")
		if i == 0 {
			sep = b.T("layout.colon")
		}
		s += sep + b.T(prefix+strconv.Itoa(n))
	}
	return s
}

// marketForm has the choices of each family; those of the chosen one count.
type marketForm struct {
	calendar.SetMarketInput
	Digits   []int `form:"digits"`
	Lunar    []int `form:"lunar"`
	Weekdays []int `form:"weekdays"`
	Zodiac   []int `form:"zodiac"`
}

func setMarket(r *web.Request) error {
	var in marketForm
	err := r.Bind(&in)
	if err == nil {
		switch in.Market {
		case "none":
			in.Market = ""
		case calendar.MarketDigits:
			in.Values = in.Digits
		case calendar.MarketLunar:
			in.Values = in.Lunar
		case calendar.MarketWeekdays:
			in.Values = in.Weekdays
		case calendar.MarketZodiac:
			in.Values = in.Zodiac
		default:
			in.Market = "unknown" // told by the op
		}
		_, err = web.Do(r, calendar.SetMarket, in.SetMarketInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderPlace(r, in.Unit, &f) })
	}
	return r.SeeNote("/calendar/places/"+in.Unit.String(), "calendar.market_kept")
}

// seasonsForm is the half of the page with seasons and festivals; its rows are read by number.
type seasonsForm struct {
	calendar.SetSeasonsInput
	Act string `form:"act"` // "inherit": those of the county again
}

func setSeasons(r *web.Request) error {
	var in seasonsForm
	err := r.Bind(&in)
	if err == nil {
		in.Inherit = in.Act == "inherit"
		if err = in.rows(r.Form()); err == nil {
			_, err = web.Do(r, calendar.SetSeasons, in.SetSeasonsInput)
		}
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderPlace(r, in.Unit, &f) })
	}
	return r.SeeNote("/calendar/places/"+in.Unit.String(), "calendar.seasons_kept")
}

// rows reads the rows of the form.
func (in *seasonsForm) rows(v url.Values) error {
	var c fail.Check
	number := func(name string) int {
		if v.Get(name) == "" {
			return 0
		}
		n, err := strconv.Atoi(v.Get(name))
		c.If(err != nil, name, "input.number")
		return n
	}
	for i := range calendar.MostSeasons {
		get := func(field string) string { return v.Get(fmt.Sprintf("season_%s_%d", field, i)) }
		in.Seasons = append(in.Seasons, calendar.Season{Code: get("code"), Name: get("name"), From: get("from"), To: get("to")})
		at := strconv.Itoa(i)
		in.Festivals = append(in.Festivals, calendar.Festival{
			Name: v.Get("festival_name_" + at), Month: number("festival_month_" + at), Day: number("festival_day_" + at),
		})
	}
	return c.Err()
}

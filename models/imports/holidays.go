package imports

import (
	"strings"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/imports/tables"
)

// holidayKind is a year's arrangement of holidays and make-up workdays, as the county gets it each November: a row for each day or
// days, or one for each festival with its make-up workdays beside it.
func holidayKind(*Area) kind {
	return kind{
		name: "holidays", need: access.CalendarHolidays, key: "holiday_day",
		fields: []Field{
			{Name: "holiday_day", Need: true, Words: []string{"日期", "放假日期", "放假时间", "放假安排", "时间", "日子", "date"}},
			{Name: "holiday_kind", Words: []string{"类型", "放假还是上班", "类别", "性质", "kind"}},
			{Name: "holiday_name", Words: []string{"名称", "节日名称", "节假日", "节日", "假期", "name"}},
			{Name: "holiday_work", Words: []string{"调休上班日期", "调休上班", "补班日期", "上班日期", "make-upworkdays"}},
			{Name: "holiday_year", Whole: "year", Words: []string{"年份", "年度", "year"}},
		},
		open: func(tx *db.Tx, by access.Actor) (checker, error) {
			l := &holidayList{entered: map[date.Date]calendar.HolidayView{}, rows: map[date.Date]listed{}, first: tx.Today().Year() - 1, last: tx.Today().Year() + 2}
			for year := l.first; year <= l.last; year++ {
				v, err := calendar.Year(tx, by, calendar.YearInput{Year: year})
				if err != nil {
					return nil, err
				}
				for _, h := range v.Days {
					l.entered[h.Day] = h
				}
			}
			return l, nil
		},
		apply: applyHolidays,
		lines: [][]string{
			{"10月1日-10月7日", "放假", "国庆节", "", "2027"}, {"2027-09-26", "上班", "国庆节调休", "", ""}, {"5月1日至5日", "放假", "劳动节", "4月25日、5月8日", "2027"},
		},
	}
}

// holidayList checks an arrangement.
type holidayList struct {
	first, last int                                // years that a list may be about
	entered     map[date.Date]calendar.HolidayView // of these
	rows        map[date.Date]listed
}

// listed is what a row before says of a day.
type listed struct {
	kind calendar.DayKind
	row  string
}

// longestHoliday is the longest that a row may say, in days; models/calendar refuses more.
const longestHoliday = 31

func (l *holidayList) check(r *reading) verdict {
	name := r.limit("holiday_name", 60)
	kind := dayKind(r)
	year := l.year(r)
	entries := l.spans(r, "holiday_day", kind, name, year)
	if len(entries) == 0 && !r.bad() && r.text("holiday_work") == "" {
		r.fault("holiday_day", "imports.fault_empty")
	}
	if r.text("holiday_work") != "" {
		entries = append(entries, l.spans(r, "holiday_work", calendar.Workday, name, year)...)
	}
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	state, left := l.compare(r, entries)
	switch {
	case r.bad():
		return verdict{state: RowFaulty}
	case len(left) == 0:
		return verdict{state: state}
	}
	return verdict{state: state, do: left}
}

// dayKind reads the kind; a list without such a column is one of holidays.
func dayKind(r *reading) calendar.DayKind {
	s := tables.Narrow(r.text("holiday_kind"))
	switch {
	case s == "":
		return calendar.Holiday
	case strings.Contains(s, "班"), strings.EqualFold(s, "workday"), s == "调休":
		return calendar.Workday
	case strings.Contains(s, "假"), strings.Contains(s, "休"), strings.EqualFold(s, "holiday"):
		return calendar.Holiday
	}
	r.fault("holiday_kind", "imports.fault_day_kind", s)
	return calendar.Holiday
}

// year is that of days without one, 0 where nobody says it.
func (l *holidayList) year(r *reading) int {
	s := strings.TrimSuffix(tables.Narrow(r.text("holiday_year")), "年")
	if s == "" {
		s = r.fixed["holiday_year"]
	}
	if s == "" {
		return 0
	}
	d, ok := tables.ParseDay(s, r.days, r.today+1)
	if !ok || d.Year < 2000 {
		r.fault("holiday_year", "imports.fault_year", s)
	}
	return d.Year
}

// spans reads the days of a field.
func (l *holidayList) spans(r *reading, field string, kind calendar.DayKind, name string, year int) (out []calendar.PutDayInput) {
	s := r.text(field)
	if s == "" {
		return nil
	}
	all, yearless, ok := tables.ParseSpans(s, r.days, year)
	switch {
	case yearless:
		r.fault(field, "imports.fault_no_year", s)
		return nil
	case !ok:
		r.fault(field, "imports.fault_span", s)
		return nil
	}
	for _, span := range all {
		switch {
		case span.To.Sub(span.From) >= longestHoliday:
			r.fault(field, "imports.fault_span_long", s, longestHoliday)
		case span.From.Year() < l.first || span.To.Year() > l.last:
			r.fault(field, "imports.fault_span_far", s, l.first, l.last)
		}
		in := calendar.PutDayInput{Day: span.From, Until: span.To, Kind: kind, Name: name}
		if in.Name == "" {
			in.Name = map[calendar.DayKind]string{calendar.Holiday: "放假", calendar.Workday: "调休上班"}[kind]
		}
		if field == "holiday_work" && name != "" {
			in.Name = name + "调休"
		}
		out = append(out, in)
	}
	return out
}

// compare holds the days against those that are entered, and those of the rows before. left is what there is to do.
func (l *holidayList) compare(r *reading, entries []calendar.PutDayInput) (state RowState, left []calendar.PutDayInput) {
	state = RowUnchanged
	for _, in := range entries {
		l.note(r, in)
		if r.bad() {
			return RowFaulty, nil
		}
		same, was := l.have(in)
		switch {
		case same:
			continue
		case was.Day.IsZero():
			r.change("holiday_day", "", spanText(in))
			if state == RowUnchanged {
				state = RowNew
			}
		default:
			r.change("holiday_day", spanText(calendar.PutDayInput{Day: was.Day, Until: was.Day, Kind: was.Kind, Name: was.Name}), spanText(in))
			state = RowChanged
		}
		left = append(left, in)
	}
	return state, left
}

// note keeps what a row says of each day: it must not contradict a row before.
func (l *holidayList) note(r *reading, in calendar.PutDayInput) {
	again := false
	for d := in.Day; !d.After(in.Until); d = d.AddDays(1) {
		before, twice := l.rows[d]
		if twice && before.kind != in.Kind {
			r.fault("holiday_day", "imports.fault_day_twice", d.String(), before.row)
			return
		}
		again = again || twice
		l.rows[d] = listed{in.Kind, r.row}
		if in.Kind == calendar.Workday && d.Weekday() != 0 && d.Weekday() != 6 {
			r.note("holiday_day", "imports.note_workday", d.String())
		}
	}
	if again {
		r.note("holiday_day", "imports.note_day_again")
	}
}

// have reports that all days are entered so; else was is the first that is entered otherwise, zero for none.
func (l *holidayList) have(in calendar.PutDayInput) (same bool, was calendar.HolidayView) {
	same = true
	for d := in.Day; !d.After(in.Until); d = d.AddDays(1) {
		h, entered := l.entered[d]
		if entered && h.Kind == in.Kind && h.Name == in.Name {
			continue
		}
		same = false
		if entered && was.Day.IsZero() {
			was = h
		}
	}
	return same, was
}

// spanText says an entry: 2027-10-01~2027-10-07 放假 国庆节. It stands in files and on pages of both languages.
func spanText(in calendar.PutDayInput) string {
	s := in.Day.String()
	if in.Until != in.Day {
		s += "~" + in.Until.String()
	}
	return s + " " + map[calendar.DayKind]string{calendar.Holiday: "放假", calendar.Workday: "上班"}[in.Kind] + " " + in.Name
}

// applyHolidays enters what a row says.
func applyHolidays(tx *db.Tx, by access.Actor, do []byte) error {
	entries, err := unmarshal[[]calendar.PutDayInput](do)
	if err != nil {
		return err
	}
	for _, in := range entries {
		if _, err := calendar.PutListed(tx, by, in); err != nil {
			return err
		}
	}
	return nil
}

package tables

import (
	"regexp"
	"strings"
	"time"

	"huotang/models/date"
)

// Span is from a day to a day, both included.
type Span struct{ From, To date.Date }

var (
	wholeDay  = regexp.MustCompile(`^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})[日号]?(?:[T ]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?)?$`)
	plainDay  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	serialDay = regexp.MustCompile(`^(\d{5})(?:\.0+)?$`)
	monthDay  = regexp.MustCompile(`^(\d{1,2})[月./-](\d{1,2})[日号]?$`)
	lastPart  = regexp.MustCompile(`^(\d{1,2})[日号]?$`)
	aside     = regexp.MustCompile(`[(\[【〔][^)\]】〕]*[)\]】〕]|(?:星期|周)[一二三四五六日天]`)
	tail      = regexp.MustCompile(`(?:共?\d+天|放假.*|调休.*|上班.*|补班.*)$`)
	joints    = regexp.MustCompile(`[至到~—–]+|-{1,2}`)
)

// ParseSpan reads a day or the days from one to another, as arrangements of holidays write them: 10月1日(周四)至7日(周三)放假,
// 2027-10-01~2027-10-07, 10.1-10.7, 20271001, and Excel's number of days, to which shift is added. year is that of days that do not say
// theirs, 0 where nobody knows; then they are not ok, and yearless says so. What ends before it begins ends in the next year where its
// year is not said and its month is December.
func ParseSpan(s string, shift, year int) (span Span, yearless, ok bool) {
	s = strings.Trim(tail.ReplaceAllString(numerals(aside.ReplaceAllString(Narrow(s), "")), ""), ",.;:、。")
	if d, yearless, ok := spanDay(s, shift, year); ok || yearless {
		return Span{d, d}, yearless, ok
	}
	for _, at := range joints.FindAllStringIndex(s, -1) {
		from, yearless, ok := spanDay(s[:at[0]], shift, year)
		if !ok && !yearless {
			continue
		}
		if yearless {
			if _, _, known := spanDay(s[at[1]:], shift, 2000); known || lastPart.MatchString(s[at[1]:]) {
				return Span{}, true, false
			}
			continue
		}
		if to, ok := spanEnd(s[at[1]:], shift, from); ok {
			return Span{from, to}, false, true
		}
	}
	return Span{}, false, false
}

// spanDay reads one day.
func spanDay(s string, shift, year int) (d date.Date, yearless, ok bool) {
	if m := wholeDay.FindStringSubmatch(s); m != nil {
		d, ok = realDay(atoi(m[1]), atoi(m[2]), atoi(m[3]))
		return d, false, ok
	}
	if m := plainDay.FindStringSubmatch(s); m != nil {
		d, ok = realDay(atoi(m[1]), atoi(m[2]), atoi(m[3]))
		return d, false, ok
	}
	if m := serialDay.FindStringSubmatch(s); m != nil {
		n := atoi(m[1])
		return date.New(1899, time.December, 30).AddDays(n + shift), false, n >= firstSerial && n <= lastSerial
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		if _, ok := realDay(2000, atoi(m[1]), atoi(m[2])); !ok || year == 0 {
			return date.Date{}, ok, false
		}
		d, ok = realDay(year, atoi(m[1]), atoi(m[2]))
		return d, false, ok
	}
	return date.Date{}, false, false
}

// spanEnd reads the day that ends a span.
func spanEnd(s string, shift int, from date.Date) (date.Date, bool) {
	to, _, ok := spanDay(s, shift, from.Year())
	if m := lastPart.FindStringSubmatch(s); !ok && m != nil {
		to, ok = realDay(from.Year(), int(from.Month().Of()), atoi(m[1]))
	}
	if ok && to.Before(from) && from.Month().Of() == time.December && monthDay.MatchString(s) {
		to, ok = realDay(from.Year()+1, int(to.Month().Of()), to.Day())
	}
	return to, ok && !to.Before(from)
}

func realDay(year, month, day int) (date.Date, bool) {
	if year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31 {
		return date.Date{}, false
	}
	d := date.New(year, time.Month(month), day)
	return d, d.Day() == day
}

// ParseSpans reads several, parted by commas, semicolons or 和.
func ParseSpans(s string, shift, year int) (all []Span, yearless, ok bool) {
	for _, part := range strings.FieldsFunc(Narrow(s), func(r rune) bool { return strings.ContainsRune(",;、和及。", r) }) {
		if tail.ReplaceAllString(part, "") == "" { // 共7天
			continue
		}
		one, yearless, ok := ParseSpan(part, shift, year)
		if !ok {
			return nil, yearless, false
		}
		all = append(all, one)
	}
	return all, false, len(all) > 0
}

package tables

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"huotang/models/date"
)

// Day is what a cell says of a day: the year, and month and day where they are given.
type Day struct{ Year, Month, Day int }

// Date is the day, the first of the month or of the year where that is all that is known.
func (d Day) Date() date.Date { return date.New(d.Year, time.Month(max(d.Month, 1)), max(d.Day, 1)) }

// Last is the day, the last of the month or of the year where that is all that is known.
func (d Day) Last() date.Date {
	switch {
	case d.Month == 0:
		return date.New(d.Year, time.December, 31)
	case d.Day == 0:
		return date.NewMonth(d.Year, time.Month(d.Month)).Last()
	}
	return d.Date()
}

var (
	parted  = regexp.MustCompile(`^(\d{4}|\d{2})[.\-/年,、](\d{1,2})(?:[.\-/月,、](\d{1,2}))?[月日号.]?(?:[T ]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?)?$`)
	decimal = regexp.MustCompile(`^\d{2,4}\.\d{3,}$`)
	onlyAnn = regexp.MustCompile(`^(\d{4}|\d{2})年?$`)
)

// The numbers that Excel may mean as days of the years 1927 to 2063; smaller ones are years.
const (
	firstSerial = 10000
	lastSerial  = 59999
)

// ParseDay reads the ways in which lists write days: 1965.3, 1965年3月, 1965-03-01, 19650301, 65.3, full-width digits, Chinese numerals, and Excel's
// number of days, to which shift is added. A year of two digits is the last such year that is not after newest. It is not
// ok for what names no day of the years 1900 to 2100.
func ParseDay(s string, shift, newest int) (Day, bool) {
	s = numerals(Narrow(s))
	if decimal.MatchString(s) { // 1965.2999999999999
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return Day{}, false
		}
		if f < 9999 && f >= 1000 || f < 100 {
			s = strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0")
		}
	}
	if strings.Count(s, ".") == 1 {
		s = strings.TrimSuffix(s, ".0")
	}
	var d Day
	switch m := parted.FindStringSubmatch(s); {
	case m != nil:
		d = Day{fullYear(m[1], newest), atoi(m[2]), atoi(m[3])}
		if d.Month == 0 || m[3] != "" && d.Day == 0 {
			return Day{}, false
		}
	case onlyAnn.MatchString(s):
		d = Day{Year: fullYear(strings.TrimSuffix(s, "年"), newest)}
	default:
		var ok bool
		if d, ok = compact(s, shift); !ok {
			return Day{}, false
		}
	}
	if d.Year < 1900 || d.Year > 2100 || d.Month > 12 || d.Day > 31 || d.Day > 0 && d.Date().Day() != d.Day {
		return Day{}, false
	}
	return d, true
}

// compact reads 196503, 19650301 and Excel's day numbers.
func compact(s string, shift int) (Day, bool) {
	whole, _, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole)
	if err != nil {
		return Day{}, false
	}
	switch len(whole) {
	case 5:
		if n < firstSerial || n > lastSerial {
			return Day{}, false
		}
		t := date.New(1899, time.December, 30).AddDays(n + shift).UTC()
		return Day{t.Year(), int(t.Month()), t.Day()}, true
	case 6:
		return Day{n / 100, n % 100, 0}, whole == s && n%100 > 0
	case 8:
		return Day{n / 10000, n / 100 % 100, n % 100}, whole == s && n/100%100 > 0
	}
	return Day{}, false
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func fullYear(s string, newest int) int {
	n := atoi(s)
	if len(s) == 4 {
		return n
	}
	if n += newest / 100 * 100; n > newest {
		n -= 100
	}
	return n
}

var numeral = map[rune]int{'〇': 0, '○': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// numerals turns 一九六五年三月十二日 into digits.
func numerals(s string) string {
	if !strings.ContainsAny(s, "〇○零一二三四五六七八九十") {
		return s
	}
	var out strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		n, ok := numeral[r]
		switch {
		case ok:
			out.WriteString(strconv.Itoa(n))
		case r == '十':
			_, before := numeral[at(runes, i-1)]
			_, after := numeral[at(runes, i+1)]
			if !before {
				out.WriteByte('1')
			}
			if !after {
				out.WriteByte('0')
			}
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func at(r []rune, i int) rune {
	if i < 0 || i >= len(r) {
		return 0
	}
	return r[i]
}

package tables_test

import (
	"testing"

	"huotang/models/imports/tables"
)

func TestParseSpan(t *testing.T) {
	for s, want := range map[string]string{
		"10月1日-10月8日": "2027-10-01 2027-10-08",
		"10月1日（周五）至7日（周四）放假调休，":  "2027-10-01 2027-10-07",
		"10月1日（周五）至7日（周四）放假调休":   "2027-10-01 2027-10-07",
		"10月1日(星期五)至8日(星期五)，共8天": "2027-10-01 2027-10-08",
		"10月1日至8日共8天":            "2027-10-01 2027-10-08",
		"2026年12月31日至1月2日":       "2026-12-31 2027-01-02",
		"12月31日-1月2日":            "2027-12-31 2028-01-02",
		"10月1日至9月30日":            "",
		"2027-10-01":             "2027-10-01 2027-10-01",
		"2027-10-01~2027-10-07":  "2027-10-01 2027-10-07",
		"2027-10-01-2027-10-07":  "2027-10-01 2027-10-07",
		"2027.10.1—10.7":         "2027-10-01 2027-10-07",
		"10.1-10.7":              "2027-10-01 2027-10-07",
		"10.1-7":                 "2027-10-01 2027-10-07",
		"２０２７年１０月１日":             "2027-10-01 2027-10-01",
		"十月一日至七日":                "2027-10-01 2027-10-07",
		"20271001":               "2027-10-01 2027-10-01",
		"20271001-20271007":      "2027-10-01 2027-10-07",
		"46661":                  "2027-10-01 2027-10-01",
		"2027-10-01T00:00:00Z":   "2027-10-01 2027-10-01",
		"1月4日（周日）上班":             "2027-01-04 2027-01-04",
		"2月30日":                  "",
		"2027-02-29":             "",
		"国庆节":                    "",
		"":                       "",
		"-":                      "",
		"1999":                   "",
	} {
		got, yearless, ok := tables.ParseSpan(s, 0, 2027)
		text := ""
		if ok {
			text = got.From.String() + " " + got.To.String()
		}
		if text != want || yearless {
			t.Errorf("%q: %q, want %q", s, text, want)
		}
	}
	for _, s := range []string{"10月1日", "10.1-10.7", "10月1日至7日", "十月一日至七日"} {
		if _, yearless, ok := tables.ParseSpan(s, 0, 0); ok || !yearless {
			t.Errorf("%q without a year: %v %v", s, yearless, ok)
		}
	}
	if all, _, ok := tables.ParseSpans("9月26日（周日）、10月9日（周六）上班", 0, 2027); !ok || len(all) != 2 || all[1].To.String() != "2027-10-09" {
		t.Errorf("%v", all)
	}
	if _, _, ok := tables.ParseSpans("9月26日、国庆", 0, 2027); ok {
		t.Error("half of a list is read")
	}
}

// Whatever stands in a cell, what is read of it is a span that does not end before it begins.
func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"10月1日（周五）至7日", "2027-10-01-2027-10-07", "46661", "12月31日-1月2日", "10.1-7"} {
		f.Add(s, 2027)
	}
	f.Fuzz(func(t *testing.T, s string, year int) {
		if span, yearless, ok := tables.ParseSpan(s, 0, year%2101); ok && (yearless || span.To.Before(span.From) || span.From.Year() < 1900 || span.To.Year() > 2101) {
			t.Errorf("%q: %v", s, span)
		}
	})
}

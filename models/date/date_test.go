package date

import (
	"encoding/json"
	"testing"
	"time"
)

func TestDate(t *testing.T) {
	for _, s := range []string{"2026-11-23", "2028-02-29", "1969-12-31", "1970-01-01", "2000-03-01", "0001-01-02"} {
		d, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if d.String() != s {
			t.Errorf("Parse(%q).String() = %q", s, d)
		}
	}
	for _, s := range []string{"2026-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "明天"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, d)
		}
	}
	if !New(1, 1, 1).IsZero() {
		t.Error("1 January of year 1 is the zero Date")
	}
}

func TestDateOfInstant(t *testing.T) {
	// 16:30 UTC is half past midnight of the next day in the county.
	if got := Of(time.Date(2026, 12, 31, 16, 30, 0, 0, time.UTC)); got != New(2027, 1, 1) {
		t.Errorf("Of = %v", got)
	}
	if got := New(2026, 11, 23).At(20, 0).Format(time.RFC3339); got != "2026-11-23T12:00:00Z" {
		t.Errorf("At = %v", got)
	}
}

func TestDateScan(t *testing.T) {
	want := New(2026, 11, 23)
	for _, src := range []any{"2026-11-23", []byte("2026-11-23"), "2026-11-23 00:00:00.000", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)} {
		var d Date
		if err := d.Scan(src); err != nil || d != want {
			t.Errorf("Scan(%v) = %v, %v", src, d, err)
		}
	}
	var d Date
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("Scan(nil) = %v, %v", d, err)
	}
	if err := d.Scan(3); err == nil {
		t.Error("Scan(3) must fail")
	}
}

func TestMonth(t *testing.T) {
	m := NewMonth(2028, time.February)
	if m.Days() != 29 || m.First() != New(2028, 2, 1) || m.Last() != New(2028, 2, 29) {
		t.Errorf("%v: %v–%v", m, m.First(), m.Last())
	}
	if got := NewMonth(2026, 12).Add(1); got.String() != "2027-01" {
		t.Errorf("Add = %v", got)
	}
	b, err := json.Marshal(map[string]any{"m": m, "d": m.Last()})
	if err != nil || string(b) != `{"d":"2028-02-29","m":"2028-02"}` {
		t.Errorf("%s, %v", b, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("2026-11-23")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := Parse(s); err == nil && !d.IsZero() && d.String() != s {
			t.Errorf("Parse(%q).String() = %q", s, d)
		}
	})
}

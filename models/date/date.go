// Package date holds the local calendar: a Date is a day as people in the county
// name it (Asia/Shanghai), a Month a month of it. Neither has a time of day or a
// zone; [Of] is the only bridge from an instant. Stored as DATE and CHAR(7),
// written as "2006-01-02" and "2006-01".
package date

import (
	"database/sql/driver"
	"fmt"
	"time"
	_ "time/tzdata" // a bare machine may have no zone files
)

// Zone is the county's time zone. All of China keeps one.
var Zone = mustLoad("Asia/Shanghai")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone data is linked in
	}
	return loc
}

// Date is a day. The zero Date (1 January of year 1) means "none". Dates compare
// with == and serve as map keys.
type Date struct{ days int32 } // since 0001-01-01

// Layout is how a Date is written.
const Layout = "2006-01-02"

// epochDays is the number of days from 0001-01-01 to 1970-01-01.
const epochDays = 719162

// New gives the day; a day or month out of range is normalised as time.Date does.
func New(year int, month time.Month, dayOfMonth int) Date {
	return fromUTC(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC))
}

func fromUTC(t time.Time) Date {
	s := t.Unix()
	d := s / 86400
	if s%86400 < 0 {
		d--
	}
	return Date{days: int32(d) + epochDays} //nolint:gosec // years 1–9999 fit
}

// Of is the county's local day at the instant.
func Of(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return New(y, m, d)
}

// Parse reads "2006-01-02" and refuses a day that does not exist.
func Parse(s string) (Date, error) {
	t, err := time.Parse(Layout, s)
	if err != nil {
		return Date{}, fmt.Errorf("date: %q is not a day as 2006-01-02", s)
	}
	return fromUTC(t), nil
}

// UTC is midnight UTC of the day, for formatting and arithmetic only.
func (d Date) UTC() time.Time {
	return time.Unix((int64(d.days)-epochDays)*86400, 0).UTC()
}

// At is the instant of a local time of day.
func (d Date) At(hour, minute int) time.Time {
	y, m, n := d.UTC().Date()
	return time.Date(y, m, n, hour, minute, 0, 0, Zone).UTC()
}

// IsZero reports the zero Date.
func (d Date) IsZero() bool { return d.days == 0 }

// AddDays moves by n days, back when negative.
func (d Date) AddDays(n int) Date { return Date{days: d.days + int32(n)} } //nolint:gosec // calendar spans

// Sub is the number of days from other to d.
func (d Date) Sub(other Date) int { return int(d.days - other.days) }

// Before reports d < other.
func (d Date) Before(other Date) bool { return d.days < other.days }

// After reports d > other.
func (d Date) After(other Date) bool { return d.days > other.days }

// Compare is -1, 0 or 1, for slices.SortFunc.
func (d Date) Compare(other Date) int {
	switch {
	case d.days < other.days:
		return -1
	case d.days > other.days:
		return 1
	}
	return 0
}

// Year of the day; the accounting year of study hours is the calendar year.
func (d Date) Year() int { return d.UTC().Year() }

// Day of the month, from 1.
func (d Date) Day() int { return d.UTC().Day() }

// Weekday of the day.
func (d Date) Weekday() time.Weekday { return d.UTC().Weekday() }

// Month that the day is in.
func (d Date) Month() Month {
	y, m, _ := d.UTC().Date()
	return NewMonth(y, m)
}

// String is "2006-01-02", "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.UTC().Format(Layout)
}

// MarshalText writes as String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads as Parse; "" gives the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := Parse(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// Value stores the day as text, which both databases keep as DATE; zero is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // NULL is the stored zero
	}
	return d.String(), nil
}

// Scan reads what either driver gives for a DATE column.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		y, m, n := v.Date()
		*d = New(y, m, n)
		return nil
	case string:
		return d.scanText(v)
	case []byte:
		return d.scanText(string(v))
	}
	return fmt.Errorf("date: cannot scan %T", src)
}

func (d *Date) scanText(s string) error {
	if len(s) > len(Layout) {
		s = s[:len(Layout)] // SQLite may hand a DATE back with a midnight
	}
	return d.UnmarshalText([]byte(s))
}

// GormDataType names the column type for the drift test.
func (Date) GormDataType() string { return "date" }

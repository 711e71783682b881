package date

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Month is one month of one year. The zero Month means "none".
type Month struct{ n int32 } // months since year 0

// NewMonth gives the month; months out of range are normalised.
func NewMonth(year int, m time.Month) Month {
	return Month{n: int32(year*12 + int(m) - 1)} //nolint:gosec // years 1–9999 fit
}

// ParseMonth reads "2006-01".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Month{}, fmt.Errorf("date: %q is not a month as 2006-01", s)
	}
	return NewMonth(t.Year(), t.Month()), nil
}

// IsZero reports the zero Month.
func (m Month) IsZero() bool { return m.n == 0 }

// Year of the month.
func (m Month) Year() int { return int(m.n) / 12 }

// Of the year: 1 to 12.
func (m Month) Of() time.Month { return time.Month(int(m.n)%12 + 1) }

// Add moves by n months.
func (m Month) Add(n int) Month { return Month{n: m.n + int32(n)} } //nolint:gosec // calendar spans

// First day of the month.
func (m Month) First() Date { return New(m.Year(), m.Of(), 1) }

// Last day of the month.
func (m Month) Last() Date { return m.Add(1).First().AddDays(-1) }

// Days in the month.
func (m Month) Days() int { return m.Last().Day() }

// Before reports m < other.
func (m Month) Before(other Month) bool { return m.n < other.n }

// After reports m > other.
func (m Month) After(other Month) bool { return m.n > other.n }

// String is "2006-01", "" for the zero Month.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.Year(), int(m.Of()))
}

// MarshalText writes as String.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads as ParseMonth; "" gives the zero Month.
func (m *Month) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Month{}
		return nil
	}
	v, err := ParseMonth(string(b))
	if err == nil {
		*m = v
	}
	return err
}

// Value stores the month as text; zero is NULL.
func (m Month) Value() (driver.Value, error) {
	if m.IsZero() {
		return nil, nil //nolint:nilnil // NULL is the stored zero
	}
	return m.String(), nil
}

// Scan reads a text column.
func (m *Month) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m = Month{}
		return nil
	case string:
		return m.UnmarshalText([]byte(v))
	case []byte:
		return m.UnmarshalText(v)
	}
	return fmt.Errorf("date: cannot scan %T into a month", src)
}

// GormDataType names the column type for the drift test.
func (Month) GormDataType() string { return "char(7)" }

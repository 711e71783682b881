package date

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Quarter is a quarter of a year. The zero Quarter is none.
type Quarter struct{ n int32 } // 4 × year + quarter − 1

// NewQuarter gives the n-th quarter of a year, n from 1 to 4.
func NewQuarter(year, n int) Quarter { return Quarter{int32(year*4 + n - 1)} } //nolint:gosec // calendar spans

// QuarterOf is the quarter of a day.
func QuarterOf(d Date) Quarter { return NewQuarter(d.Year(), (int(d.Month().Of())+2)/3) }

// ParseQuarter reads "2026-Q4".
func ParseQuarter(s string) (Quarter, error) {
	var year, n int
	if _, err := fmt.Sscanf(s, "%d-Q%d", &year, &n); err != nil || NewQuarter(year, n).String() != s || n < 1 || n > 4 {
		return Quarter{}, fmt.Errorf("date: %.20q is no quarter", s)
	}
	return NewQuarter(year, n), nil
}

// IsZero reports the zero Quarter.
func (q Quarter) IsZero() bool { return q.n == 0 }

// Year is its year.
func (q Quarter) Year() int { return int(q.n) / 4 }

// N is its number in the year, 1 to 4.
func (q Quarter) N() int { return int(q.n)%4 + 1 }

// Add gives the quarter n quarters later.
func (q Quarter) Add(n int) Quarter { return Quarter{q.n + int32(n)} } //nolint:gosec // calendar spans

// First is its first day.
func (q Quarter) First() Date { return New(q.Year(), time.Month(3*q.N()-2), 1) }

// Last is its last day.
func (q Quarter) Last() Date { return q.Add(1).First().AddDays(-1) }

// Before reports whether q comes before o.
func (q Quarter) Before(o Quarter) bool { return q.n < o.n }

// String is "2026-Q4", "" for none.
func (q Quarter) String() string {
	if q.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-Q%d", q.Year(), q.N())
}

// MarshalText is String.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what String writes; "" is the zero Quarter.
func (q *Quarter) UnmarshalText(b []byte) (err error) {
	if *q = (Quarter{}); len(b) > 0 {
		*q, err = ParseQuarter(string(b))
	}
	return err
}

// Value stores the quarter as its text.
func (q Quarter) Value() (driver.Value, error) { return q.String(), nil }

// Scan reads what Value stored.
func (q *Quarter) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*q = Quarter{}
		return nil
	case string:
		return q.UnmarshalText([]byte(v))
	case []byte:
		return q.UnmarshalText(v)
	}
	return fmt.Errorf("date: a quarter from %T", src)
}

// GormDataType names the column's type.
func (Quarter) GormDataType() string { return "char(7)" }

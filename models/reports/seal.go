package reports

import (
	"bytes"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// sealed is a row of sealed_months: what a school's month was when it was sealed.
type sealed struct {
	SiteID      org.SiteID `gorm:"primaryKey"`
	Month       date.Month `gorm:"primaryKey"`
	State       calendar.State
	Reason      calendar.Reason
	Sessions    int
	Attendances int
	SealedAt    time.Time
}

func (sealed) TableName() string { return "sealed_months" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{sealed{}} }

// Told is what a report tells of a school's month.
type Told struct {
	State       calendar.State  `json:"state"`
	Reason      calendar.Reason `json:"reason"`
	Sessions    int             `json:"sessions"`
	Attendances int             `json:"attendances"`
}

func (s SchoolMonth) figures() Told { return Told{s.State, s.Reason, s.Sessions, s.Attendances} }

// SealInput names a township and a month that is over.
type SealInput struct {
	Unit  org.UnitID
	Month date.Month
}

// Seal keeps the figures of a month of the schools of a township, but of those that were given more time, and of those of which
// there is nothing; what is sealed stays as it is. It returns how many schools were sealed now. Locks the township, then the schools in
// the order of their IDs. For jobs alone.
func Seal(tx *db.Tx, by access.Actor, in SealInput) (int, error) {
	if err := by.RequireJob(); err != nil {
		return 0, err
	}
	u, err := org.LockUnit(tx, in.Unit)
	if err != nil {
		return 0, err
	}
	extended, err := calendar.Extended(tx, u.Path, in.Month)
	if err != nil {
		return 0, err
	}
	p, err := Span{Unit: u.Code}.find(tx, by, access.ReportsSee)
	if err != nil {
		return 0, err
	}
	rows, err := p.toSeal(tx, in.Month, extended)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	// A roll that is being handed in is in or out, never half in: its school is locked, and everything is read again.
	slices.SortFunc(rows, func(a, b sealed) int { return bytes.Compare(a.SiteID[:], b.SiteID[:]) })
	for _, r := range rows {
		if err := tx.Lock("sites", r.SiteID); err != nil {
			return 0, err
		}
	}
	if rows, err = p.toSeal(tx, in.Month, extended); err != nil || len(rows) == 0 {
		return 0, err
	}
	return len(rows), db.Insert(tx, &rows)
}

// toSeal are the schools to seal, with their figures.
func (p place) toSeal(tx *db.Tx, m date.Month, extended map[org.SiteID]bool) ([]sealed, error) {
	all, err := p.month(tx, m)
	if err != nil {
		return nil, err
	}
	have, err := p.sealed(tx, m)
	if err != nil {
		return nil, err
	}
	var rows []sealed
	for _, s := range all {
		nothing := s.Day.IsZero() && s.Sessions == 0 // not planned here yet: what comes in of it is no correction
		if _, ok := have[s.Site]; !ok && !extended[s.Site] && !nothing {
			rows = append(rows, sealed{s.Site, m, s.State, s.Reason, s.Sessions, s.Attendances, tx.Now})
		}
	}
	return rows, nil
}

// judge says what came late, and who met less often than the county asks. No figure is changed by it.
func (v *MonthView) judge(tx *db.Tx, p place, all []SchoolMonth) error {
	unit := p.unit.ID
	if unit.IsZero() {
		top, err := org.Root(tx)
		if fail.KindOf(err) == fail.Missing {
			return nil // several at once, and no county above them
		}
		if err != nil {
			return err
		}
		unit = top.ID
	}
	of, err := calendar.UnitPeriod(tx, unit, v.Month)
	if err != nil {
		return err
	}
	v.Period = &of
	own, err := calendar.OwnPeriods(tx, of, v.Month)
	if err != nil {
		return err
	}
	over := v.Month.Last().Before(tx.Today())
	for i := range all {
		s, until := &all[i], of.OnTimeUntil
		if x, ok := own[s.Site]; ok {
			s.Period, until = &x, x.OnTimeUntil
		}
		if s.Late = !s.CameOn.IsZero() && s.CameOn.After(until); s.Late {
			v.Late++
		}
		if over && s.State == calendar.Held && s.Sessions < of.Times {
			s.Short = of.Times - s.Sessions
		}
	}
	return nil
}

// sealed reads what was sealed of a month.
func (p place) sealed(tx *db.Tx, m date.Month) (map[org.SiteID]sealed, error) {
	var c condition
	c.and("`month` = ?", m)
	p.schools(&c, "site_id")
	rows, err := db.All[sealed](tx.Where(c.text, c.args...))
	out := make(map[org.SiteID]sealed, len(rows))
	for _, r := range rows {
		out[r.SiteID] = r
	}
	return out, err
}

// keep gives the schools of a month the figures that were sealed; where they are others now, these stand beside them.
func (v *MonthView) keep(all []SchoolMonth, have map[org.SiteID]sealed) {
	for i := range all {
		s := &all[i]
		r, ok := have[s.Site]
		if !ok {
			continue
		}
		v.Sealed++
		then, now := Told{r.State, r.Reason, r.Sessions, r.Attendances}, s.figures()
		s.SealedAt, s.State, s.Reason, s.Sessions, s.Attendances = &r.SealedAt, then.State, then.Reason, then.Sessions, then.Attendances
		if now != then {
			s.Later = &now
			v.Later++
		}
	}
}

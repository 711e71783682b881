package calendar

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/settings"
)

// PeriodRule is what a county asks of every month: how often a school meets at least, and how many days after the month's end
// it may still hand in.
type PeriodRule struct {
	Times  int `json:"times"`   // 1–4 a month
	OnTime int `json:"on_time"` // days after the month's end on which a record is still on time
	Locked int `json:"locked"`  // days after the month's end after which the month's figures are sealed (本月已封存)
}

var periodKey = settings.Key[PeriodRule]{Name: "calendar.period", Default: PeriodRule{Times: 1, OnTime: 5, Locked: 10}}

// Period is a school's month: its two dates, and how it stands today.
type Period struct {
	OnTimeUntil date.Date `json:"on_time_until"`
	LockedAfter date.Date `json:"locked_after"`
	Late        bool      `json:"late"`   // what is handed in today is late
	Locked      bool      `json:"locked"` // 本月已封存: what is handed in today stands beside the figures
	Times       int       `json:"times"`  // that a school meets at least
	Reason      string    `json:"reason"` // of an exception, "" for none
}

func (r PeriodRule) of(month date.Month, today date.Date) Period {
	p := Period{OnTimeUntil: month.Last().AddDays(r.OnTime), LockedAfter: month.Last().AddDays(r.Locked), Times: r.Times}
	return p.seen(today)
}

func (p Period) seen(today date.Date) Period {
	p.Late, p.Locked = today.After(p.OnTimeUntil), today.After(p.LockedAfter)
	return p
}

// periodException is a row of period_exceptions.
type periodException struct {
	SiteID      org.SiteID `gorm:"primaryKey"`
	Month       date.Month `gorm:"primaryKey"`
	OnTimeUntil date.Date
	LockedAfter date.Date
	Reason      string
	GivenBy     *access.AccountID
	GivenAt     time.Time
}

func (periodException) TableName() string { return "period_exceptions" }

// closedMonth is a row of closed_months.
type closedMonth struct {
	UnitID   org.UnitID `gorm:"primaryKey"`
	Month    date.Month `gorm:"primaryKey"`
	ClosedAt time.Time
}

func (closedMonth) TableName() string { return "closed_months" }

// PeriodOf says until when a school may hand in a month. No permission is asked: the caller's op does.
func PeriodOf(tx *db.Tx, site org.SiteID, month date.Month) (Period, error) {
	p, err := UnitPeriod(tx, org.SiteUnit(site), month)
	if err != nil {
		return p, err
	}
	rows, err := db.All[periodException](tx.Where("site_id = ? AND `month` = ?", site, month))
	if err != nil || len(rows) == 0 {
		return p, err
	}
	p.OnTimeUntil, p.LockedAfter, p.Reason = rows[0].OnTimeUntil, rows[0].LockedAfter, rows[0].Reason
	return p.seen(tx.Today()), nil
}

// UnitPeriod is the period of the schools below a unit that have no exception. No permission is asked: the caller's op does.
func UnitPeriod(tx *db.Tx, unit org.UnitID, month date.Month) (Period, error) {
	chain, err := org.Chain(tx, unit)
	if err != nil {
		return Period{}, err
	}
	units := make([]settings.UnitID, len(chain))
	for i, u := range chain {
		units[i] = settings.Unit(u.ID)
	}
	r, err := settings.Get(tx, periodKey, month.First(), units...)
	return r.Value.of(month, tx.Today()), err
}

// OwnPeriods are the periods of the schools that were given time for a month, by school; of is what holds for the others. No permission is
// asked: the caller's op does.
func OwnPeriods(tx *db.Tx, of Period, month date.Month) (map[org.SiteID]Period, error) {
	rows, err := db.All[periodException](tx.Where("`month` = ?", month))
	out := make(map[org.SiteID]Period, len(rows))
	for _, r := range rows {
		p := Period{OnTimeUntil: r.OnTimeUntil, LockedAfter: r.LockedAfter, Times: of.Times, Reason: r.Reason}
		out[r.SiteID] = p.seen(tx.Today())
	}
	return out, err
}

// Extended lists the schools below a path whose month is not sealed yet although the others' is.
func Extended(tx *db.Tx, path string, month date.Month) (map[org.SiteID]bool, error) {
	rows, err := db.All[periodException](tx.Scopes(db.Under("site_id", access.Scope{Paths: []string{path}})).
		Where("`month` = ? AND locked_after >= ?", month, tx.Today()))
	out := make(map[org.SiteID]bool, len(rows))
	for _, r := range rows {
		out[r.SiteID] = true
	}
	return out, err
}

// SetPeriodInput sets a county's obligation and the two dates of a month, from a month on.
type SetPeriodInput struct {
	Unit   org.UnitID `path:"unit" json:"-"`
	From   date.Month `json:"from" form:"from"` // last month or later; zero means this month
	Times  int        `json:"times" form:"times"`
	OnTime int        `json:"on_time" form:"on_time"`
	Locked int        `json:"locked" form:"locked"`
}

// PeriodMonth is what a rule makes of a month.
type PeriodMonth struct {
	Month  date.Month `json:"month"`
	Was    Period     `json:"was"`
	Now    Period     `json:"now"`
	Sealed bool       `json:"sealed"` // already: it stays so
}

// Seals reports a month that the rule would seal at the next run of the job, and today's would not.
func (m PeriodMonth) Seals() bool { return m.Now.Locked && !m.Was.Locked && !m.Sealed }

// Opens reports a month that today's rule is about to seal, and the new one leaves open.
func (m PeriodMonth) Opens() bool { return m.Was.Locked && !m.Now.Locked && !m.Sealed }

// PeriodPreview is what a rule would do.
type PeriodPreview struct {
	Months []PeriodMonth `json:"months"` // six from the first that it is for
}

// PreviewPeriod says what [SetPeriod] would make of the months, and which it would seal; it changes nothing. Permission: CalendarPeriod on
// the county.
func PreviewPeriod(tx *db.Tx, by access.Actor, in SetPeriodInput) (PeriodPreview, error) {
	u, err := org.FindUnit(tx, in.Unit)
	if err != nil {
		return PeriodPreview{}, err
	}
	rule, from, err := in.check(tx, by, u)
	if err != nil {
		return PeriodPreview{}, err
	}
	v := PeriodPreview{Months: []PeriodMonth{}}
	closed, err := db.All[closedMonth](tx.Where("unit_id = ? AND `month` >= ?", u.ID, from))
	if err != nil {
		return v, err
	}
	for m := from; m.Before(from.Add(6)); m = m.Add(1) {
		was, err := UnitPeriod(tx, u.ID, m)
		if err != nil {
			return v, err
		}
		sealed := slices.ContainsFunc(closed, func(c closedMonth) bool { return c.Month == m })
		v.Months = append(v.Months, PeriodMonth{m, was, rule.of(m, tx.Today()), sealed})
	}
	return v, nil
}

// SetPeriod sets them. Months that are sealed stay so. Permission: CalendarPeriod on the county.
func SetPeriod(tx *db.Tx, by access.Actor, in SetPeriodInput) (PeriodsView, error) {
	u, err := org.LockUnit(tx, in.Unit)
	if err != nil {
		return PeriodsView{}, err
	}
	rule, from, err := in.check(tx, by, u)
	if err != nil {
		return PeriodsView{}, err
	}
	if err := settings.Put(tx, by, periodKey, settings.Unit(u.ID), from.First(), rule); err != nil {
		return PeriodsView{}, err
	}
	return readPeriods(tx, u)
}

// check asks the permission and checks the input.
func (in SetPeriodInput) check(tx *db.Tx, by access.Actor, u org.Unit) (PeriodRule, date.Month, error) {
	if err := by.Require(access.CalendarPeriod, u.Path); err != nil {
		return PeriodRule{}, date.Month{}, err
	}
	this := tx.Today().Month()
	if in.From.IsZero() {
		in.From = this
	}
	var c fail.Check
	c.If(u.Kind != org.County, "unit", "calendar.not_a_county")
	c.If(in.From.Before(this.Add(-1)), "from", "calendar.from_past")
	c.Range("times", in.Times, 1, 4)
	c.Range("on_time", in.OnTime, 0, 60)
	c.Range("locked", in.Locked, 1, 90)
	c.If(in.Locked < in.OnTime, "locked", "calendar.locked_before")
	return PeriodRule{in.Times, in.OnTime, in.Locked}, in.From, c.Err()
}

// GiveTimeInput gives a school more time for a month.
type GiveTimeInput struct {
	Site        org.SiteID `path:"site" json:"-"`
	Month       date.Month `json:"month" form:"month"`
	OnTimeUntil date.Date  `json:"on_time_until" form:"on_time_until"`
	LockedAfter date.Date  `json:"locked_after" form:"locked_after"`
	Reason      string     `json:"reason" form:"reason"`
}

// mostTime is how long after a month's end a school may be given, in days.
const mostTime = 180

// GiveTime gives a school its own two dates for a month, and why. A school's month that is sealed already stays so: its later
// records stand beside its figures. Locks the school. Permission: CalendarPeriod on it.
func GiveTime(tx *db.Tx, by access.Actor, in GiveTimeInput) (Period, error) {
	s, err := org.LockSite(tx, in.Site)
	if err != nil {
		return Period{}, err
	}
	if err := by.Require(access.CalendarPeriod, s.Paths()...); err != nil {
		return Period{}, err
	}
	var c fail.Check
	reason := c.Text("reason", in.Reason, 1, mostNote)
	if !c.If(in.Month.IsZero(), "month", "input.required") {
		last := in.Month.Last()
		c.If(in.OnTimeUntil.Before(last) || in.OnTimeUntil.Sub(last) > mostTime, "on_time_until", "calendar.period_range", mostTime)
		c.If(in.LockedAfter.Before(in.OnTimeUntil) || in.LockedAfter.Sub(last) > mostTime, "locked_after", "calendar.period_range", mostTime)
	}
	if err := c.Err(); err != nil {
		return Period{}, err
	}
	row := periodException{in.Site, in.Month, in.OnTimeUntil, in.LockedAfter, reason, by.Account.Ptr(), tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return Period{}, fmt.Errorf("calendar: %w", err)
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "calendar.give_time", Object: "site", ID: in.Site, Unit: audit.Unit(in.Site),
		Change: audit.Changes{}.Code("month", "", in.Month.String()).Code("locked_after", "", in.LockedAfter.String()).Field("reason"),
	})
	if err != nil {
		return Period{}, err
	}
	return PeriodOf(tx, in.Site, in.Month)
}

// PeriodsView is a county's rule with what was made of it.
type PeriodsView struct {
	Unit       org.UnitID      `json:"unit"`
	Name       string          `json:"name"`
	Rule       PeriodRule      `json:"rule"`   // of this month
	Coming     []PeriodEntry   `json:"coming"` // rules of later months, each from its month on
	Closed     []date.Month    `json:"closed"` // the last twelve sealed months
	Exceptions []ExceptionView `json:"exceptions"`
}

// PeriodEntry is a rule with the month from which it holds.
type PeriodEntry struct {
	From date.Month `json:"from"`
	PeriodRule
}

// ExceptionView is a school that was given time.
type ExceptionView struct {
	Site        org.SiteID `json:"site"`
	Code        string     `json:"code"`
	Name        string     `json:"name"`
	Month       date.Month `json:"month"`
	OnTimeUntil date.Date  `json:"on_time_until"`
	LockedAfter date.Date  `json:"locked_after"`
	Reason      string     `json:"reason"`
}

// Periods reads a county's. Permission: CalendarPeriod on the county; others read the period of their months where they see the month.
func Periods(tx *db.Tx, by access.Actor, in GetRuleInput) (PeriodsView, error) {
	u, err := org.FindUnit(tx, in.Unit)
	if err != nil {
		return PeriodsView{}, err
	}
	if err := by.Require(access.CalendarPeriod, u.Path); err != nil {
		return PeriodsView{}, err
	}
	return readPeriods(tx, u)
}

func readPeriods(tx *db.Tx, u org.Unit) (PeriodsView, error) {
	v := PeriodsView{Unit: u.ID, Name: u.Name, Closed: []date.Month{}, Coming: []PeriodEntry{}}
	all, err := settings.All(tx, periodKey)
	if err != nil {
		return v, err
	}
	for _, f := range all[settings.Unit(u.ID)] {
		if f.ValidFrom.After(tx.Today()) {
			v.Coming = append(v.Coming, PeriodEntry{f.ValidFrom.Month(), f.Value})
		}
	}
	rule, err := settings.Get(tx, periodKey, tx.Today().Month().First(), settings.Unit(u.ID))
	if err != nil {
		return v, err
	}
	v.Rule = rule.Value
	closed, err := db.All[closedMonth](tx.Where("unit_id = ?", u.ID).Order("`month` DESC").Limit(12))
	if err != nil {
		return v, err
	}
	for _, m := range closed {
		v.Closed = append(v.Closed, m.Month)
	}
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{u.Path}})
	v.Exceptions, err = db.Ask[ExceptionView](tx, "SELECT x.site_id AS site, u.code, u.name, x.`month`, x.on_time_until, x.locked_after, x.reason FROM period_exceptions x "+
		"JOIN units u ON u.id = x.site_id WHERE x.`month` >= ? AND "+cond+" ORDER BY x.`month` DESC, u.code", append([]any{tx.Today().Month().Add(-12)}, args...)...)
	return v, err
}

// mostBack is how many months back a month may still be sealed.
const mostBack = 6

// ToClose lists the months of a county that are over for every school without an exception and not closed yet, the earliest first. For
// jobs alone.
func ToClose(tx *db.Tx, by access.Actor, county org.UnitID) ([]date.Month, error) {
	if err := by.RequireJob(); err != nil {
		return nil, err
	}
	this := tx.Today().Month()
	closed, err := db.All[closedMonth](tx.Where("unit_id = ? AND `month` >= ?", county, this.Add(-mostBack)))
	if err != nil {
		return nil, err
	}
	var out []date.Month
	for m := this.Add(-mostBack); m.Before(this); m = m.Add(1) {
		p, err := UnitPeriod(tx, county, m)
		if err != nil {
			return nil, err
		}
		if p.Locked && !slices.ContainsFunc(closed, func(c closedMonth) bool { return c.Month == m }) {
			out = append(out, m)
		}
	}
	return out, nil
}

// CloseMonth notes that a month of a county is sealed (本月已封存); again it does nothing. For jobs alone.
func CloseMonth(tx *db.Tx, by access.Actor, county org.UnitID, month date.Month) error {
	if err := by.RequireJob(); err != nil {
		return err
	}
	err := db.Insert(tx, &closedMonth{county, month, tx.Now})
	if err != nil {
		if db.IsDuplicate(err) {
			return nil
		}
		return err
	}
	return audit.Add(tx, by, audit.Row{
		Act: "calendar.close", Object: "unit", ID: county, Unit: audit.Unit(county), Change: audit.Changes{}.Code("month", "", month.String()),
	})
}

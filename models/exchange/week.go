package exchange

import (
	"fmt"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// SetWeekInput names the week of a township's quarter.
type SetWeekInput struct {
	Unit    org.UnitID   `path:"unit" json:"-"`
	Quarter date.Quarter `path:"quarter" json:"-"`
	Day     date.Date    `json:"day" form:"day"` // any day of the week
}

// SetWeek says in which week of the quarter the schools of a township meet. Meetings that are planned move with the week,
// each to the same day of it; those that were begun or held stay. The week belongs to the quarter that has its Thursday.
// Locks the township. Permission: CalendarRule on it.
func (a *Area) SetWeek(tx *db.Tx, by access.Actor, in SetWeekInput) (WeekView, error) {
	u, err := lockTownship(tx, by, in.Unit, access.CalendarRule)
	if err != nil {
		return WeekView{}, err
	}
	monday := in.Day.AddDays(-(int(in.Day.Weekday()) + 6) % 7)
	var c fail.Check
	if !c.If(in.Day.IsZero(), "day", "input.required") {
		c.If(date.QuarterOf(monday.AddDays(3)) != in.Quarter, "day", "exchange.week_of_quarter")
		c.If(monday.AddDays(6).Before(tx.Today()), "day", "exchange.week_past")
	}
	if err := c.Err(); err != nil {
		return WeekView{}, err
	}
	old, err := week(tx, u.ID, in.Quarter)
	if err != nil {
		return WeekView{}, err
	}
	row := weekRow{TownshipID: u.ID, Quarter: in.Quarter, Monday: monday, SetBy: by.Account.Ptr(), SetAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return WeekView{}, fmt.Errorf("exchange: %w", err)
	}
	if !old.Monday.IsZero() && old.Monday != monday {
		if err := moveAlong(tx, by, u.ID, in.Quarter, monday.Sub(old.Monday)); err != nil {
			return WeekView{}, err
		}
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "exchange.week", Object: "unit", ID: u.ID, Unit: audit.Unit(u.ID),
		Change: audit.Changes{}.Code("quarter", "", in.Quarter.String()).Code("monday", old.Monday.String(), monday.String()),
	})
	if err != nil {
		return WeekView{}, err
	}
	return a.read(tx, u, in.Quarter)
}

func lockTownship(tx *db.Tx, by access.Actor, unit org.UnitID, p access.Permission) (org.Unit, error) {
	u, err := org.LockUnit(tx, unit)
	if err != nil {
		return u, err
	}
	if err := by.Require(p, u.Path); err != nil {
		return u, err
	}
	if u.Kind != org.Township {
		return u, fail.NotFound("calendar.not_a_township")
	}
	return u, nil
}

// week is the week that was set; its Monday is zero when none was.
func week(tx *db.Tx, township org.UnitID, quarter date.Quarter) (weekRow, error) {
	rows, err := db.All[weekRow](tx.Where("township_id = ? AND quarter = ?", township, quarter))
	if err != nil || len(rows) == 0 {
		return weekRow{TownshipID: township, Quarter: quarter}, err
	}
	return rows[0], nil
}

func moveAlong(tx *db.Tx, by access.Actor, township org.UnitID, quarter date.Quarter, days int) error {
	rows, err := db.All[groupRow](tx.Locked().Where("township_id = ? AND quarter = ? AND state = ?", township, quarter, Planned).Order("id"))
	ids := make([]GroupID, len(rows))
	for i, g := range rows {
		if err != nil {
			return err
		}
		ids[i] = g.ID
		_, err = db.Set(tx.Model(&groupRow{}).Where("id = ?", g.ID),
			map[string]any{"held_on": g.HeldOn.AddDays(days), "sequence": g.Sequence + 1, "changed_at": tx.Now})
	}
	if err != nil {
		return err
	}
	return tellOf(tx, by, WhatChanged, ids...)
}

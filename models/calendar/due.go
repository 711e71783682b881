package calendar

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
)

// AnnounceAhead is how many days ahead a day is announced at the latest.
const AnnounceAhead = 3

// dueBatch is the most days that one unit of work announces or marks.
const dueBatch = 500

// DueInput says where a job goes on.
type DueInput struct {
	After DayID // the last day of the part before; zero to begin
}

// DueView is what a part has done.
type DueView struct {
	Days []DayID `json:"days"` // that changed
	Last DayID   `json:"last"` // to go on after
	More bool    `json:"more"`
}

// Announce makes planned days of the coming three days announced ones, a part at a time; done again it does nothing. A day that
// somebody moves, confirms or calls off meanwhile stays as he has it. For jobs alone.
func Announce(tx *db.Tx, by access.Actor, in DueInput) (DueView, error) {
	today := tx.Today()
	return becomeDue(tx, by, in, due{
		act: "calendar.announce", what: WhatAnnounced, where: "state IN ? AND planned_on >= ? AND planned_on <= ?",
		args:    []any{[]State{Planned}, today, today.AddDays(AnnounceAhead)},
		columns: map[string]any{"state": Announced, "announced_at": tx.Now, "changed_at": tx.Now},
	})
}

// MarkNoRecord notes of open days that have passed that there is no record yet (还没有记录), a part at a time; done again it does
// nothing. It judges nobody: handing in, or saying why, takes the mark away. For jobs alone.
func MarkNoRecord(tx *db.Tx, by access.Actor, in DueInput) (DueView, error) {
	return becomeDue(tx, by, in, due{
		act: "calendar.no_record", what: WhatOther, where: "state IN ? AND planned_on < ?", args: []any{[]State{Planned, Announced, Confirmed}, tx.Today()},
		columns: map[string]any{"state": NoRecord, "changed_at": tx.Now},
	})
}

// due is what time makes of days.
type due struct {
	act     string
	what    What   // for those who hear of it
	where   string // what the days are, before and at the change
	args    []any
	columns map[string]any
}

func becomeDue(tx *db.Tx, by access.Actor, in DueInput, d due) (DueView, error) {
	v := DueView{Days: []DayID{}}
	if err := by.RequireJob(); err != nil {
		return v, err
	}
	if err := tx.Model(&Day{}).Where(d.where, d.args...).Where("id > ?", in.After).Order("id").Limit(dueBatch).Pluck("id", &v.Days).Error; err != nil {
		return v, fmt.Errorf("calendar: %w", err)
	}
	if len(v.Days) == 0 {
		return v, nil
	}
	v.Last, v.More = v.Days[len(v.Days)-1], len(v.Days) == dueBatch
	n, err := db.Set(tx.Model(&Day{}).Where("id IN ?", v.Days).Where(d.where, d.args...), d.columns)
	if err != nil || n == 0 {
		v.Days = v.Days[:0]
		return v, err
	}
	if err := tellDue(tx, d.what, v.Days); err != nil {
		return v, err
	}
	return v, audit.Add(tx, by, audit.Row{
		Act: d.act, Object: "calendar_day", ID: yearID(date.Of(tx.Now).String()), Change: audit.Changes{}.Int("days", 0, int(n)),
	})
}

package calendar

import (
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// What has become of an activity day, for those whom it concerns.
type What string

// What the events of this package say.
const (
	WhatAnnounced What = "announced" // it comes in three days at the latest
	WhatMoved     What = "moved"     // somebody put it on another date
	WhatRuled     What = "ruled"     // it got another date or hour by the rule or a holiday
	WhatOff       What = "off"       // it does not take place
	WhatOn        What = "on"        // it takes place after all
	WhatOther     What = "other"     // confirmed, passed or settled: nobody has to be told, and what was told before is out of date
)

// DayChange is what became of one day.
type DayChange struct {
	What     What
	Day      DayID
	Site     org.SiteID
	Sequence int       // of the day after the change
	Was      date.Date // its date before, where it has another one
	On       date.Date
	Hour     string
	Reason   Reason
}

// DaysChanged is told ([db.Tx.Tell]) of days that have changed, all by the same act.
type DaysChanged struct {
	By   access.AccountID // who did it, and knows
	Days []DayChange
}

// RequestChanged is told when somebody asks for a day to be called off, and when that is settled.
type RequestChanged struct {
	By      access.AccountID
	Request CancellationID
	AskedBy access.AccountID // zero when that is not known
	Open    bool             // it waits; else it is settled
	Refused bool
	Day     DayChange // as it stands
}

func (d Day) change(what What) DayChange {
	return DayChange{What: what, Day: d.ID, Site: d.SiteID, Sequence: d.Sequence, On: d.PlannedOn, Hour: d.Hour, Reason: d.Reason}
}

// changed is what a day has become by somebody's act.
func changed(old, now Day) DayChange {
	now.Sequence = old.Sequence + 1
	switch {
	case now.State == Cancelled && old.State != Cancelled:
		return now.change(WhatOff)
	case now.State != Cancelled && old.State == Cancelled:
		return now.change(WhatOn)
	case now.PlannedOn != old.PlannedOn:
		c := now.change(WhatMoved)
		c.Was = old.PlannedOn
		return c
	}
	return now.change(WhatOther)
}

// tellDue tells of days that time has changed, in the transaction that changed them.
func tellDue(tx *db.Tx, what What, days []DayID) error {
	rows, err := db.All[Day](tx.Select("id", "site_id", "sequence", "planned_on", "hour").Where("id IN ? AND changed_at = ?", days, tx.Now).Order("id"))
	if err != nil {
		return err
	}
	event := DaysChanged{Days: make([]DayChange, len(rows))}
	for i, d := range rows {
		event.Days[i] = d.change(what)
	}
	return tx.Tell(event)
}

// tell tells of the days that planning has changed; those that somebody else was quicker to change are left out.
func (p *planner) tell(by access.Actor) error {
	event := DaysChanged{By: by.Account}
	for moves := range slices.Chunk(p.moves, 500) {
		of := make(map[DayID]decision, len(moves))
		ids := make([]DayID, len(moves))
		for i, d := range moves {
			of[d.old.ID], ids[i] = d, d.old.ID
		}
		rows, err := db.All[Day](p.tx.Where("id IN ?", ids).Order("id"))
		if err != nil {
			return err
		}
		for _, now := range rows {
			d := of[now.ID]
			if now.Sequence == d.old.Sequence+1 && now.State == d.to && now.PlannedOn == d.want.PlannedOn {
				event.Days = append(event.Days, byRule(d.old, now))
			}
		}
	}
	if len(event.Days) == 0 {
		return nil
	}
	return p.tx.Tell(event)
}

// byRule is what planning made of a day.
func byRule(old, now Day) DayChange {
	old.Sequence = now.Sequence - 1
	c := changed(old, now)
	if c.What == WhatMoved || c.What == WhatOther && old.Hour != now.Hour {
		c.What, c.Was = WhatRuled, old.PlannedOn
	}
	return c
}

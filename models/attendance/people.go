package attendance

import (
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
)

// share is what a session adds to the tallies of the people who came: once per person
// in its month, with its minutes.
type share struct {
	month   date.Month
	minutes int
}

// storeTallies moves the tallies of people from what the session gave before to what it gives now. Rows are
// written in the order of IDs, so that two sessions of a school do not wait for each other in a ring.
func (w *work) storeTallies(after Taught) error {
	old, now := share{w.was.HeldOn.Month(), w.was.Minutes}, share{w.s.HeldOn.Month(), w.s.Minutes}
	before, came := persons(w.before), persons(after)
	left, joined := minus(before, came), minus(came, before)
	if old != now && len(before) > 0 {
		if err := w.addMonths(before, old, -1); err != nil {
			return err
		}
		if err := w.addMonths(came, now, 1); err != nil {
			return err
		}
	} else {
		if err := w.addMonths(left, old, -1); err != nil {
			return err
		}
		if err := w.addMonths(joined, now, 1); err != nil {
			return err
		}
	}
	if err := w.addSites(left, -1); err != nil {
		return err
	}
	return w.addSites(joined, 1)
}

func persons(t Taught) []access.PersonID {
	out := make([]access.PersonID, len(t.Came))
	for i, a := range t.Came {
		out[i] = a.Person
	}
	return out
}

// minus gives the people of a who are not in b, in order.
func minus(a, b []access.PersonID) []access.PersonID {
	in := make(map[access.PersonID]bool, len(b))
	for _, p := range b {
		in[p] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(p access.PersonID) bool { return in[p] })
}

func (w *work) addMonths(people []access.PersonID, s share, sign int) error {
	if len(people) == 0 {
		return nil
	}
	if sign < 0 {
		change := map[string]any{"sessions": gorm.Expr("sessions - 1"), "minutes": gorm.Expr("minutes - ?", s.minutes)}
		return w.shrink(&monthRow{}, change, "`month` = ? AND site_id = ? AND person_id IN ?", s.month, w.s.SiteID, people)
	}
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{p, s.month, w.s.SiteID, s.month.Year(), 1, s.minutes}
	}
	bulk := bulkMonths
	bulk.Clash = "sessions = sessions + 1, minutes = minutes + " + strconv.Itoa(s.minutes)
	return bulk.Fill(w.tx, rows)
}

func (w *work) addSites(people []access.PersonID, sign int) error {
	if len(people) == 0 {
		return nil
	}
	if sign < 0 {
		change := map[string]any{"sessions": gorm.Expr("sessions - 1")}
		return w.shrink(&siteRow{}, change, "site_id = ? AND person_id IN ?", w.s.SiteID, people)
	}
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{p, w.s.SiteID, 1}
	}
	return bulkSites.Fill(w.tx, rows)
}

// shrink takes the change off the rows and drops those that came to nothing.
func (w *work) shrink(model any, change map[string]any, cond string, args ...any) error {
	if _, err := db.Set(w.tx.Model(model).Where(cond, args...), change); err != nil {
		return err
	}
	if err := w.tx.Where(cond, args...).Where("sessions = 0").Delete(model).Error; err != nil {
		return fmt.Errorf("attendance: tallies of people: %w", err)
	}
	return nil
}

// ActsOnPersons are the acts in a session's history that are about one person of its roll.
var ActsOnPersons = []string{
	"session.settle", "session.dispute", "session.keep_disputed", "session.believe_disputed", "session.guest_attach", "session.guest_detach",
}

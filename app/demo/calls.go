package demo

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/db"
)

// calls does what the days before today have seen: the activity days of the coming three days are announced, and of the coming
// month's in the demo's township some are confirmed, one is moved and one called off. The demo's own school is left as it is.
func (f *filler) calls() error {
	err := f.write(func(tx *db.Tx) error {
		_, err := calendar.Announce(tx, access.System("calendar.announce"), calendar.DueInput{})
		return err
	})
	if err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	home := f.c.Sites[f.c.DemoSite].Code
	township := f.c.Divisions[f.c.Divisions[f.c.Sites[f.c.DemoSite].Village].Parent].Code
	return f.write(func(tx *db.Tx) error {
		page, err := calendar.ListDays(tx, by, calendar.DaysInput{Under: township, Month: tx.Today().Month().Add(1), Limit: 50})
		if err != nil {
			return err
		}
		n := 0
		for _, d := range page.Items {
			if d.Code == home || d.Shift == calendar.ByHand || !d.State.Ahead() {
				continue
			}
			if err := call(tx, d, n); err != nil {
				return fmt.Errorf("day of %s: %w", d.Code, err)
			}
			n++
		}
		return nil
	})
}

// call does what the n-th host said on the telephone.
func call(tx *db.Tx, d calendar.DayView, n int) (err error) {
	switch n {
	case 1, 2, 5:
		_, err = calendar.Confirm(tx, by, calendar.ConfirmInput{ID: d.ID})
	case 3:
		to := d.PlannedOn.AddDays(2)
		if to.Month() != d.Month {
			to = d.PlannedOn.AddDays(-2)
		}
		_, err = calendar.Move(tx, by, calendar.MoveInput{ID: d.ID, To: to, Reason: calendar.HostAway})
	case 4:
		_, err = calendar.Cancel(tx, by, calendar.CancelInput{ID: d.ID, Reason: calendar.FarmWork})
	}
	return err
}

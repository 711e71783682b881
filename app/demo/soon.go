package demo

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// mostSoon is how many schools of the demo's township meet in the coming days.
const mostSoon = 6

// soon gives 还差什么 something to tell, whatever the day: schools of the demo's township have moved a day to one of the coming three,
// where a move reaches them. The first host has said by a tap that it stands; of the third the television is to be repaired.
func (f *filler) soon() error {
	home := f.c.Sites[f.c.DemoSite]
	township := f.c.Divisions[home.Township].Code
	return f.write(func(tx *db.Tx) error {
		moved := map[org.SiteID]bool{}
		for _, m := range []date.Month{tx.Today().Month(), tx.Today().Month().Add(1)} {
			page, err := calendar.ListDays(tx, by, calendar.DaysInput{Under: township, Month: m, Limit: 200})
			if err != nil {
				return err
			}
			for _, d := range page.Items {
				to := tx.Today().AddDays(1 + len(moved)%calendar.AnnounceAhead)
				if len(moved) == mostSoon || d.Code == home.Code || moved[d.Site] || !mayMeet(d, to) {
					continue
				}
				if err := f.bringForward(tx, d, to, len(moved)); err != nil {
					return fmt.Errorf("day of %s: %w", d.Code, err)
				}
				moved[d.Site] = true
			}
		}
		return nil
	})
}

// mayMeet reports that a day has not been held and can be moved there.
func mayMeet(d calendar.DayView, to date.Date) bool {
	away := to.Sub(d.RuledOn)
	return (d.State.Ahead() || d.State == calendar.NoRecord) && (to.Month() == d.Month || away <= 15 && away >= -15)
}

func (f *filler) bringForward(tx *db.Tx, d calendar.DayView, to date.Date, n int) error {
	if _, err := calendar.Move(tx, by, calendar.MoveInput{ID: d.ID, To: to, Reason: calendar.FarmWork}); err != nil {
		return err
	}
	switch n {
	case 0:
		who, err := f.actor(tx, f.c.account("h"+d.Code))
		if err != nil {
			return err
		}
		s, err := org.FindSchool(tx, d.Site)
		if err != nil || !who.Can(access.CalendarMove, s.Paths()...) { // he has handed his school over
			return err
		}
		_, err = calendar.Confirm(tx, who, calendar.ConfirmInput{ID: d.ID})
		return err
	case 2:
		have, err := org.GetEquipment(tx, by, org.GetSiteInput{ID: d.Site})
		if err != nil {
			return err
		}
		for i := range have.Items {
			if have.Items[i].Kind == "television" {
				have.Items[i].State, have.Items[i].Note = "repair", "开机没有图像"
			}
		}
		_, err = org.SetEquipment(tx, by, org.SetEquipmentInput{Site: d.Site, Network: have.Network, Seats: have.Seats, Items: have.Items, Notes: have.Notes})
		return err
	}
	return nil
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/reports"
)

// CalendarPlan plans the activity days of every township to [calendar.Horizon], each in a unit of work of its own, so that one that
// fails keeps no other from its days, after loading the holidays of the years it reaches where lunar-go knows them.
func CalendarPlan() Job {
	return Job{Name: "calendar.plan", CatchUp: true, Run: planCalendar}
}

func planCalendar(ctx context.Context, r *Run) (string, error) {
	years, err := loadYears(ctx, r)
	if err != nil {
		return "", err
	}
	townships, err := units(ctx, r, org.Township)
	if err != nil {
		return "", err
	}
	var sum calendar.PlanResult
	err = each(ctx, townships, func(t org.UnitView) error {
		var got calendar.PlanResult
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) (err error) {
			got, err = calendar.Plan(tx, by, calendar.PlanInput{Unit: t.ID})
			return err
		})
		if err == nil {
			sum.Add(got)
		}
		return err
	})
	return outcome(fmt.Sprintf("townships %d, years loaded %d, added %d, moved %d, cancelled %d, restored %d, kept %d, without a rule %d",
		len(townships), years, sum.Added, sum.Moved, sum.Cancelled, sum.Restored, sum.Kept, sum.Unruled), err)
}

// loadYears loads this year and the next where they are known and not there yet.
func loadYears(ctx context.Context, r *Run) (loaded int, err error) {
	err = r.Write(ctx, func(tx *db.Tx, by access.Actor) error {
		loaded = 0
		for year := tx.Today().Year(); year <= tx.Today().Year()+1; year++ {
			v, err := calendar.Year(tx, by, calendar.YearInput{Year: year})
			if err != nil {
				return err
			}
			if v.Loaded || len(calendar.Known(year)) == 0 {
				continue
			}
			if _, err := calendar.LoadYear(tx, by, calendar.YearInput{Year: year}); err != nil {
				return err
			}
			loaded++
		}
		return nil
	})
	return loaded, err
}

// CalendarAnnounce announces the activity days of the coming three days.
func CalendarAnnounce() Job {
	return Job{Name: "calendar.announce", CatchUp: true, Run: func(ctx context.Context, r *Run) (string, error) {
		n, err := inParts(ctx, r, calendar.Announce)
		return fmt.Sprintf("announced %d", n), err
	}}
}

// CalendarNoRecord notes of the activity days that have passed that there is no record yet.
func CalendarNoRecord() Job {
	return Job{Name: "calendar.no_record", CatchUp: true, Run: func(ctx context.Context, r *Run) (string, error) {
		n, err := inParts(ctx, r, calendar.MarkNoRecord)
		return fmt.Sprintf("without a record %d", n), err
	}}
}

// inParts runs an op over days, each part in a unit of work of its own.
func inParts(ctx context.Context, r *Run, op func(*db.Tx, access.Actor, calendar.DueInput) (calendar.DueView, error)) (sum int, err error) {
	var v calendar.DueView
	for {
		in := calendar.DueInput{After: v.Last}
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) (err error) {
			v, err = op(tx, by, in)
			return err
		})
		if err != nil {
			return sum, fmt.Errorf("jobs: days: %w", err)
		}
		if sum += len(v.Days); !v.More {
			return sum, nil
		}
	}
}

// CalendarClose seals the months that are over: township by township it keeps their figures, then notes that the county's
// month is closed. Schools that were given more time are sealed when it is over.
func CalendarClose() Job {
	return Job{Name: "calendar.close", CatchUp: true, Run: closeMonths}
}

// sealBack is how many closed months back schools that were given time are still looked for.
const sealBack = 6

func closeMonths(ctx context.Context, r *Run) (string, error) {
	counties, err := units(ctx, r, org.County)
	if err != nil {
		return "", err
	}
	townships, err := units(ctx, r, org.Township)
	if err != nil {
		return "", err
	}
	sealed, closed := 0, 0
	err = each(ctx, counties, func(c org.UnitView) error {
		s, n, err := closeCounty(ctx, r, c, townships)
		sealed, closed = sealed+s, closed+n
		return err
	})
	return outcome(fmt.Sprintf("months closed %d, schools sealed %d", closed, sealed), err)
}

// closeCounty seals what is due of one county.
func closeCounty(ctx context.Context, r *Run, county org.UnitView, townships []org.UnitView) (sealed, closed int, err error) {
	var due []date.Month
	var last date.Month
	err = r.Read(ctx, func(tx *db.Tx, by access.Actor) (err error) {
		last = tx.Today().Month().Add(-1)
		due, err = calendar.ToClose(tx, by, county.ID)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	var failed []error
	for m := last.Add(1 - sealBack); !m.After(last); m = m.Add(1) {
		n, err := sealMonth(ctx, r, county, townships, m)
		if sealed += n; ends(ctx, err) {
			return sealed, closed, err
		}
		if err != nil { // the month stays open until all of it is sealed
			failed = append(failed, err)
			continue
		}
		if !slices.Contains(due, m) {
			continue
		}
		err = r.Write(ctx, func(tx *db.Tx, by access.Actor) error { return calendar.CloseMonth(tx, by, county.ID, m) })
		if err != nil {
			return sealed, closed, err
		}
		closed++
	}
	return sealed, closed, errors.Join(failed...)
}

// sealMonth seals a month of a county's townships, each in a unit of work of its own, when the month is over.
func sealMonth(ctx context.Context, r *Run, county org.UnitView, townships []org.UnitView, m date.Month) (sealed int, err error) {
	own := slices.DeleteFunc(slices.Clone(townships), func(t org.UnitView) bool { return !strings.HasPrefix(t.Path, county.Path) })
	err = each(ctx, own, func(t org.UnitView) error {
		var n int
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) error {
			n = 0
			p, err := calendar.UnitPeriod(tx, t.ID, m)
			if err != nil || !p.Locked {
				return err
			}
			n, err = reports.Seal(tx, by, reports.SealInput{Unit: t.ID, Month: m})
			return err
		})
		if err == nil {
			sealed += n
		}
		return err
	})
	return sealed, err
}

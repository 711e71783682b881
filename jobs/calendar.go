package jobs

import (
	"context"
	"fmt"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/org"
)

// CalendarPlan plans the activity days of every township to [calendar.Horizon], each in a unit of work of its own,
// after loading the holidays of the years it reaches where lunar-go knows them.
func CalendarPlan() Job {
	return Job{Name: "calendar.plan", Spec: "10 3 * * *", CatchUp: true, Run: planCalendar}
}

func planCalendar(ctx context.Context, r *Run) (string, error) {
	years, err := loadYears(ctx, r)
	if err != nil {
		return "", err
	}
	var townships []org.UnitView
	err = r.Read(ctx, func(tx *db.Tx, by access.Actor) error {
		page, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Township, Limit: 500})
		townships = page.Items
		return err
	})
	if err != nil {
		return "", err
	}
	var sum calendar.PlanResult
	for _, t := range townships {
		var got calendar.PlanResult
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) error {
			got, err = calendar.Plan(tx, by, calendar.PlanInput{Unit: t.ID})
			return err
		})
		if err != nil {
			return "", fmt.Errorf("jobs: plan %s: %w", t.Code, err)
		}
		sum.Add(got)
	}
	return fmt.Sprintf("townships %d, years loaded %d, added %d, moved %d, cancelled %d, restored %d, kept %d, without a rule %d",
		len(townships), years, sum.Added, sum.Moved, sum.Cancelled, sum.Restored, sum.Kept, sum.Unruled), nil
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

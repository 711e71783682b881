package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/runs"
)

// unitsAtOnce is how many units one unit of work reads: a province has more townships than fit on a page.
const unitsAtOnce = 500

// units lists all units of a kind of the administrative tree, in code order.
func units(ctx context.Context, r *Run, kind org.Kind) (all []org.UnitView, err error) {
	in := org.UnitsInput{Tree: org.Administrative, Kind: kind, Limit: unitsAtOnce}
	for {
		var page db.Page[org.UnitView]
		err := r.Read(ctx, func(tx *db.Tx, by access.Actor) (err error) {
			page, err = org.Units(tx, by, in)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("jobs: units: %w", err)
		}
		if all = append(all, page.Items...); page.Next == "" {
			return all, nil
		}
		in.After = page.Next
	}
}

// each works on units one after the other. One that fails keeps no other from its turn; the error then names those that failed. A run
// that must end, see [ends], ends at once.
func each(ctx context.Context, all []org.UnitView, work func(org.UnitView) error) error {
	var failed []string
	var errs []error
	for _, u := range all {
		err := work(u)
		switch {
		case ends(ctx, err):
			return fmt.Errorf("jobs: %s: %w", u.Code, err)
		case err != nil:
			failed = append(failed, u.Code)
			errs = append(errs, fmt.Errorf("%s: %w", u.Code, err))
		}
	}
	if len(failed) == 0 {
		return nil
	}
	more := ""
	if len(failed) > mostTold {
		more = fmt.Sprintf(" and %d more", len(failed)-mostTold)
	}
	return fmt.Errorf("failed %d of %d, %s%s: %w", len(failed), len(all), strings.Join(failed[:min(len(failed), mostTold)], " "), more, errors.Join(errs[:min(len(errs), 3)]...))
}

// ends reports an error after which nothing that the run does counts any more: its time is over, or its lease is another's.
func ends(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || runs.IsLost(err))
}

// outcome says of a run that failed in part what it did all the same.
func outcome(summary string, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("jobs: %s; %w", summary, err)
	}
	return summary, nil
}

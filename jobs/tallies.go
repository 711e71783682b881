package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
)

// mostTold is how many differences a failed run names.
const mostTold = 100

// TalliesCheck recomputes the tallies of sessions and people from the rolls, and fails with the objects and IDs of those
// that differ. It changes nothing, so what was missed while no replica ran is not made up for: the next night's check finds what
// a missed one would have found, and no start of a replica has to recompute two years of rolls.
func TalliesCheck() Job {
	return Job{Name: "tallies.check", Run: checkTallies}
}

func checkTallies(ctx context.Context, r *Run) (string, error) {
	first, err := differences(ctx, r)
	if err != nil || len(first) == 0 {
		return "no difference", err
	}
	// A roll handed in between two queries looks like a difference: only what stands twice is one.
	second, err := differences(ctx, r)
	if err != nil {
		return "", err
	}
	var told []string
	for _, d := range first {
		if slices.Contains(second, d) {
			told = append(told, d.Object+" "+d.ID)
		}
	}
	if len(told) == 0 {
		return "no difference that stood", nil
	}
	more := ""
	if len(told) > mostTold {
		more = fmt.Sprintf("; and %d more", len(told)-mostTold)
	}
	return "", fmt.Errorf("jobs: %d tallies differ from the rolls: %s%s", len(told), strings.Join(told[:min(len(told), mostTold)], "; "), more)
}

func differences(ctx context.Context, r *Run) (out []attendance.Difference, err error) {
	err = r.Read(ctx, func(tx *db.Tx, _ access.Actor) error {
		out, err = attendance.CheckTallies(tx)
		return err
	})
	return out, err
}

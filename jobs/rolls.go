package jobs

import (
	"context"
	"fmt"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
)

// RollsAsk asks the schools about what does not fit together in their rolls (请核对); see [attendance.AskQuestions].
func RollsAsk() Job {
	return Job{Name: "rolls.ask", CatchUp: true, Run: askRolls}
}

func askRolls(ctx context.Context, r *Run) (string, error) {
	var n attendance.AskedCount
	err := r.Write(ctx, func(tx *db.Tx, by access.Actor) (err error) {
		n, err = attendance.AskQuestions(tx, by)
		return err
	})
	return fmt.Sprintf("asked %d", n.Asked), err
}

package jobs_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/runs"
)

// crowd makes rolls of the last months that there is something to ask about, three in each, and gives how many months.
func crowd(t *testing.T, e *dbtest.Env) int {
	t.Helper()
	s, a := attendancetest.New(t, e, 3, 0), attendance.New()
	e.Do(t, func(tx *db.Tx) error {
		_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: s.School.ID, Seats: 2})
		return err
	})
	clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})
	months := map[date.Month]bool{}
	for back := range 6 {
		in := s.Item(attendancetest.All(s.Members, attendance.Present)...)
		in.Session, in.ActivityDay, in.Site = attendance.SessionID(id.New[anything]()), calendar.DayID{}, s.School.ID
		in.HeldOn = date.Of(dbtest.Start).AddDays(-5 * back)
		months[in.HeldOn.Month()] = true
		if r := attendancetest.MustSubmit(t, e, a, s.Host, in); r.Late {
			e.Do(t, func(tx *db.Tx) error {
				_, err := a.Admit(tx, clerk, attendance.AdmitInput{Sessions: []attendance.SessionID{r.Session}})
				return err
			})
		}
	}
	return len(months)
}

func asked(t *testing.T, e *dbtest.Env) (all, open int) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM roll_questions UNION ALL SELECT COUNT(*) FROM roll_questions WHERE open = 1")
		all, open = n[0], n[1]
		return err
	})
	return all, open
}

// Many replicas that tick at once ask each school once; so does every later night, and a run by hand.
func TestRollsAskOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		months := crowd(t, e)
		var all []*jobs.Scheduler
		for _, host := range []string{"a", "b", "c", "d"} {
			all = append(all, replica(t, e, host, jobs.RollsAsk()))
		}
		for night := range 3 {
			e.Clock.Set(local(24+night, 4, 11))
			var wg sync.WaitGroup
			for _, s := range all {
				wg.Go(s.Tick)
			}
			wg.Wait()
			if n, open := asked(t, e); n != months || open != months {
				t.Fatalf("night %d: %d asked, %d open, of %d months", night, n, open, months)
			}
		}
		done := 0
		for _, r := range history(t, e) {
			if r.Job == "rolls.ask" && r.State == runs.Finished {
				done++
			}
		}
		if done != 3 {
			t.Errorf("%d runs: %+v", done, history(t, e))
		}
	})
}

// A replica that hangs after it lost its lease asks nothing.
func TestRollsAskIsFenced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		months := crowd(t, e)
		e.Clock.Set(local(24, 4, 11))
		ask := jobs.RollsAsk()
		late := make(chan error, 1)
		slow := ask
		slow.Run = func(ctx context.Context, r *jobs.Run) (string, error) {
			e.Do(t, func(tx *db.Tx) error { return tx.Exec("UPDATE job_leases SET fence = fence + 1, holder = 'b'").Error })
			_, err := ask.Run(context.WithoutCancel(ctx), r)
			late <- err
			return "", err
		}
		a := replica(t, e, "a", slow)
		a.LeaseTTL = time.Minute
		a.Tick()
		if err := <-late; !runs.IsLost(err) {
			t.Errorf("the old holder: %v", err)
		}
		if n, _ := asked(t, e); n != 0 {
			t.Errorf("%d asked", n)
		}
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE job_leases SET expires_at = '2000-01-01 00:00:00.000'").Error
		})
		e.Clock.Set(local(25, 4, 11))
		replica(t, e, "b", ask).Tick()
		if n, open := asked(t, e); n != months || open != months {
			t.Errorf("%d asked, %d open", n, open)
		}
	})
}

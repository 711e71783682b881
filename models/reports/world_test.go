package reports

import (
	"context"
	"strings"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/reports/reportstest"
)

// world is a small county with a history that went through the rolls.
type world struct {
	*dbtest.Env
	*reportstest.County
	Reports *Area
}

func onEach(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, newWorld(t, e)) })
}

func newWorld(t testing.TB, e *dbtest.Env) *world {
	t.Helper()
	return &world{e, reportstest.New(t, e), New(peopletest.Area(t))}
}

// counted is what a slow recount finds.
type counted struct {
	sessions, attendances, minutes int
	people                         map[people.PersonID]bool
}

// recount counts sessions, marks and guests one by one.
func (w *world) recount(t testing.TB, path string, from, to date.Date, asOf time.Time) counted {
	t.Helper()
	c := counted{people: map[people.PersonID]bool{}}
	w.See(t, func(tx *db.Tx) error {
		sessions, err := db.Ask[struct {
			ID                        attendance.SessionID
			HeldOn                    date.Date
			Minutes, Adults, Children int
			State, Path               string
			SubmittedAt               *time.Time
		}](tx, "SELECT s.id, s.held_on, s.minutes, s.adults, s.children, s.state, u.path, s.submitted_at FROM sessions s JOIN units u ON u.id = s.site_id")
		if err != nil {
			return err
		}
		for _, s := range sessions {
			late := s.SubmittedAt == nil || !asOf.IsZero() && s.SubmittedAt.After(asOf)
			if s.State != "submitted" || late || !strings.HasPrefix(s.Path, path) || s.HeldOn.Before(from) || !to.IsZero() && s.HeldOn.After(to) {
				continue
			}
			c.sessions++
			c.minutes += s.Minutes
			c.attendances += s.Adults + s.Children
			marks, err := db.Ask[struct {
				PersonID people.PersonID
				State    string
			}](tx, "SELECT person_id, state FROM marks WHERE session_id = ?", s.ID)
			if err != nil {
				return err
			}
			for _, m := range marks {
				if m.State == "present" || m.State == "made_up" || m.State == "observer" {
					c.attendances++
					c.people[m.PersonID] = true
				}
			}
			guests, err := db.Ask[int](tx, "SELECT COUNT(*) FROM guests WHERE session_id = ?", s.ID)
			if err != nil {
				return err
			}
			c.attendances += guests[0]
		}
		return nil
	})
	return c
}

// ask runs an op that reads.
func ask[In, Out any](w *world, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out, err error) {
	err = w.Read(context.Background(), func(tx *db.Tx) (err error) {
		out, err = op(tx, by, in)
		return err
	})
	return out, err
}

func must[In, Out any](t testing.TB, w *world, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) Out {
	t.Helper()
	out, err := ask(w, op, by, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func want(t testing.TB, what string, err error, kind fail.Kind) {
	t.Helper()
	if got := fail.KindOf(err); got != kind {
		t.Errorf("%s: %q (%v), want %q", what, got, err, kind)
	}
}

package attendance_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org/orgtest"
)

// Two clerks let the same late rolls in at the same moment, each in his own order, while the host's other phone corrects them: each roll
// counts once, and what the phone says is in it or waits as a correction, never lost.
func TestAdmitTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 6, 0)
		a := attendance.New()
		var told atomic.Int64
		a.OnSubmitted(func(_ *db.Tx, _ access.Actor, v attendance.Submitted) error {
			if len(v.Before.Came) == 0 {
				told.Add(1)
			}
			return nil
		})
		var clerks []access.Actor
		for _, role := range []access.Role{access.Township, access.TownshipAdmin} {
			clerks = append(clerks, attendancetest.Seated(t, e, orgtest.Seat{Role: role, Path: s.Township.Path}))
		}
		for round := range 8 {
			const each = 3
			sessions := make([]attendance.SessionID, each)
			items := make([]attendance.SubmitInput, each)
			taken := dbtest.Start.AddDate(0, 0, -60-round)
			for i := range sessions {
				in := s.Item(attendancetest.All(s.Members[:3], attendance.Present)...)
				in.Session, in.ActivityDay, in.Site, in.HeldOn, in.RecordedAt = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID, date.Of(taken), &taken
				if r := attendancetest.MustSubmit(t, e, a, s.Host, in); !r.Late {
					t.Fatalf("%+v", r)
				}
				sessions[i] = in.Session
				items[i] = s.Item(attendancetest.All(s.Members[3:], attendance.Present)...)
				items[i].Session, items[i].ActivityDay, items[i].BaseRevision, items[i].Why = in.Session, calendar.DayID{}, 1, "漏了三个"
			}
			told.Store(0)
			admitted, receipts := admitAll(t, e, a, clerks, sessions, s.Host, items)
			if admitted != each {
				t.Errorf("round %d: %d let in, of %d", round, admitted, each)
			}
			for i, r := range receipts {
				letIn(t, e, s, sessions[i], r)
			}
			if n := told.Load(); n != each {
				t.Errorf("round %d: the areas above were told %d times", round, n)
			}
		}
		attendancetest.Sound(t, e)
	})
}

func admitAll(t *testing.T, e *dbtest.Env, a *attendance.Area, clerks []access.Actor, sessions []attendance.SessionID, host access.Actor, items []attendance.SubmitInput) (int64, []attendance.Receipt) {
	t.Helper()
	var admitted atomic.Int64
	receipts := make([]attendance.Receipt, len(items))
	var wg sync.WaitGroup
	for i, clerk := range clerks {
		list := slices.Clone(sessions)
		if i == 1 {
			slices.Reverse(list)
		}
		wg.Go(func() {
			err := e.Write(context.Background(), func(tx *db.Tx) error {
				v, err := a.Admit(tx, clerk, attendance.AdmitInput{Sessions: list})
				if err == nil {
					tx.AfterCommit(func() { admitted.Add(int64(v.Admitted)) })
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for i, in := range items {
		wg.Go(func() {
			var err error
			if receipts[i], err = attendancetest.Submit(e, a, host, in); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return admitted.Load(), receipts
}

// letIn compares a roll that was let in with what the phone was told of its correction.
func letIn(t *testing.T, e *dbtest.Env, s attendancetest.School, session attendance.SessionID, r attendance.Receipt) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		v, err := attendance.Get(tx, s.Host, attendance.SessionInput{ID: session})
		if err != nil {
			return err
		}
		waiting, err := attendance.Corrections(tx, s.Host, attendance.CorrectionsInput{Session: session})
		want, corrections := 6, 0
		if !r.Waiting.IsZero() { // the township was first
			want, corrections = 3, 1
		}
		if v.State != attendance.HandedIn || v.Present != want || len(waiting.Items) != corrections {
			t.Errorf("%s, %d present, %d corrections; the phone was told %+v", v.State, v.Present, len(waiting.Items), r)
		}
		_, diff, bad := attendance.Replay(tx, session)
		if len(diff) > 0 || bad != nil {
			t.Errorf("%+v %v", diff, bad)
		}
		return err
	})
}

// Two clerks decide on the same corrections at the same moment, one against: each is decided once, and the roll says what was decided.
func TestDecideTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 4, 0)
		a := attendance.New()
		clerks := []access.Actor{
			attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path}),
			attendancetest.Seated(t, e, orgtest.Seat{Role: access.TownshipAdmin, Path: s.Township.Path}),
		}
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		e.Clock.Add(80 * time.Hour)
		state := []attendance.State{attendance.Absent, attendance.Present}
		for round := range 8 {
			var ids []attendance.CorrectionID
			for _, p := range s.Members[:2] {
				ids = append(ids, attendancetest.MustSubmit(t, e, a, s.Host, correction(t, e, s, mark(p, state[round%2]))).Waiting)
			}
			ids = slices.DeleteFunc(ids, attendance.CorrectionID.IsZero)
			was := get(t, e, s)
			var settled atomic.Int64
			var wg sync.WaitGroup
			for i, clerk := range clerks {
				list := slices.Clone(ids)
				if i == 1 {
					slices.Reverse(list)
				}
				if len(list) == 0 {
					continue
				}
				wg.Go(func() {
					v, err := decide(e, a, clerk, attendance.DecideInput{IDs: list, Agree: i == 0, Answer: "看过了"})
					if err != nil {
						t.Error(err)
					}
					settled.Add(int64(v.Settled))
				})
			}
			wg.Wait()
			agreed := 0
			for _, c := range corrections(t, e, s.Host, attendance.CorrectionsInput{Session: s.Day.SessionID}) {
				if slices.Contains(ids, c.ID) && c.State == attendance.Agreed {
					agreed++
				}
			}
			now := get(t, e, s)
			if settled.Load() != int64(len(ids)) || agreed != 0 && agreed != len(ids) || now.Revision != was.Revision+agreed {
				t.Errorf("round %d: %d of %d settled, %d agreed to, revision %d after %d", round, settled.Load(), len(ids), agreed, now.Revision, was.Revision)
			}
		}
		attendancetest.Sound(t, e)
	})
}

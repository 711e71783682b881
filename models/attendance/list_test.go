package attendance_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// held submits an ad-hoc session of the day.
func heldOn(t *testing.T, e *dbtest.Env, s attendancetest.School, on date.Date) attendance.SubmitInput {
	t.Helper()
	in := s.Item(attendancetest.All(s.Members[:1], attendance.Present)...)
	in.Session, in.ActivityDay, in.Site, in.HeldOn = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID, on
	attendancetest.MustSubmit(t, e, attendance.New(), s.Host, in)
	return in
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		today := date.Of(dbtest.Start)
		for i := range 7 {
			heldOn(t, e, s, today.AddDays(-i*9))
		}
		attendancetest.Admit(t, e, attendance.New(), s)
		e.See(t, func(tx *db.Tx) error {
			var got []date.Date
			in := attendance.ListInput{Site: s.School.ID, Limit: 3}
			for {
				page, err := attendance.List(tx, s.Host, in)
				if err != nil {
					return err
				}
				for _, v := range page.Items {
					got = append(got, v.HeldOn)
					if !v.MayChange || v.SiteName != s.School.Name || v.Present != 1 {
						t.Errorf("listed %+v", v)
					}
				}
				if in.After = page.Next; in.After == "" {
					break
				}
			}
			if len(got) != 7 || got[0] != today || got[6] != today.AddDays(-54) {
				t.Errorf("days %v", got)
			}
			page, err := attendance.List(tx, orgtest.As(access.Township, s.Township.Path), attendance.ListInput{Under: s.Village.Code, Month: date.NewMonth(2026, time.October)})
			if len(page.Items) != 3 || page.Items[0].MayChange {
				t.Errorf("October has %d", len(page.Items))
			}
			if _, err := attendance.List(tx, s.Host, attendance.ListInput{After: "nonsense"}); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("a broken cursor: %v", err)
			}
			page, _ = attendance.List(tx, orgtest.As(access.Secretary, s.Branch2.Path), attendance.ListInput{})
			if len(page.Items) != 0 {
				t.Errorf("another branch sees %d", len(page.Items))
			}
			page, _ = attendance.List(tx, orgtest.As(access.Secretary, s.Branch.Path), attendance.ListInput{})
			if len(page.Items) != 7 {
				t.Errorf("the branch sees %d", len(page.Items))
			}
			return err
		})
		e.See(t, func(tx *db.Tx) error {
			v, err := attendance.SummaryOfSite(tx, s.Host, attendance.SummaryInput{Site: s.School.ID})
			want := attendance.Summary{Sessions: 7, Attendances: 7, People: 1, Due: 14, Present: 7, Minutes: 630, LastOn: today}
			if v != want {
				t.Errorf("summary %+v, want %+v", v, want)
			}
			return err
		})
	})
}

// Pages of any length lead through all that was held, however long the school was silent in between.
func TestListOverSilentMonths(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		s.Host = attendancetest.Seated(t, e, orgtest.Seat{Role: access.Village, Path: s.Village.Path})
		today := date.Of(dbtest.Start)
		want := []date.Date{today, today.AddDays(-5), today.AddDays(-100), today.AddDays(-101), today.AddDays(-300)}
		for _, on := range want {
			heldOn(t, e, s, on)
		}
		attendancetest.Admit(t, e, attendance.New(), s)
		clerk := orgtest.As(access.Township, s.Township.Path)
		e.See(t, func(tx *db.Tx) error {
			for limit := 1; limit <= len(want)+1; limit++ {
				var got []date.Date
				in := attendance.ListInput{Limit: limit}
				for more := true; more; more = in.After != "" {
					page, err := attendance.List(tx, clerk, in)
					if err != nil {
						return err
					}
					for _, v := range page.Items {
						got = append(got, v.HeldOn)
					}
					in.After = page.Next
				}
				if !slices.Equal(got, want) {
					t.Errorf("by %d: %v, want %v", limit, got, want)
				}
			}
			page, err := attendance.List(tx, clerk, attendance.ListInput{To: today.AddDays(-101)})
			if len(page.Items) != 2 {
				t.Errorf("until a day there are %d", len(page.Items))
			}
			return err
		})
	})
}

// The village clerk may enter what is longer ago; a job at any time.
func TestBackDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Village, Path: s.Village.Path})
		a := attendance.New()
		open := func(by access.Actor, days int) error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := a.Open(tx, by, attendance.OpenInput{Site: s.School.ID, HeldOn: tx.Today().AddDays(-days)})
				return err
			})
		}
		for _, tc := range []struct {
			by   access.Actor
			days int
			ok   bool
		}{
			{s.Host, 0, true},
			{s.Host, 60, true},
			{s.Host, 61, false},
			{clerk, 61, true},
			{clerk, 366, true},
			{clerk, 367, false},
			{access.System("test"), 700, true},
			{s.Host, -1, false},
			{clerk, -1, false},
			{access.System("test"), -1, false},
		} {
			if err := open(tc.by, tc.days); (err == nil) != tc.ok || err != nil && !hasField(err, "held_on") {
				t.Errorf("%d days back: %v", tc.days, err)
			}
		}
	})
}

func TestToday(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		a := attendance.New()
		at := func() attendance.TodayView {
			t.Helper()
			var v attendance.TodayView
			e.See(t, func(tx *db.Tx) (err error) {
				v, err = attendance.Today(tx, s.Host, attendance.TodayInput{Site: s.School.ID})
				return err
			})
			return v
		}
		if v := at(); v.Task != attendance.DueToday || v.Day == nil || v.Day.ID != s.Day.ID || v.Next == nil || v.Session != nil || len(v.Plan) != 2 || !v.Plan[0].TaughtOn.IsZero() {
			t.Errorf("the morning: %+v", v)
		}
		e.Clock.Add(24 * time.Hour)
		if v := at(); v.Task != attendance.Overdue || v.Day.ID != s.Day.ID {
			t.Errorf("the day after, nothing entered: %+v", v)
		}
		e.Clock.Set(dbtest.Start)
		s.Open(t, e, a)
		if v := at(); v.Task != attendance.Started || v.Session.ID != s.Day.SessionID {
			t.Errorf("opened: %+v", v)
		}
		e.Clock.Add(24 * time.Hour)
		if v := at(); v.Task != attendance.Started || v.Session.ID != s.Day.SessionID {
			t.Errorf("the day after, opened: %+v", v)
		}
		e.Clock.Set(dbtest.Start)
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		if v := at(); v.Task != attendance.Done || v.Session.Present != 2 {
			t.Errorf("handed in: %+v", v)
		}
		e.Clock.Add(24 * time.Hour)
		if v := at(); v.Task != attendance.Nothing || v.Next == nil {
			t.Errorf("the day after: %+v", v)
		}
	})
}

// A session opened by mistake is taken back, and counts again when a phone hands it in after all.
func TestVoid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		a := attendance.New()
		v := s.Open(t, e, a)
		void := func() error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := a.Void(tx, s.Host, attendance.VoidInput{Session: v.ID})
				return err
			})
		}
		for range 2 {
			if err := void(); err != nil {
				t.Fatal(err)
			}
		}
		if s.Open(t, e, a).State != attendance.Opened {
			t.Error("did not open again")
		}
		if err := void(); err != nil {
			t.Fatal(err)
		}
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		if err := void(); !fail.Is(err, "attendance.already_submitted") {
			t.Errorf("voided what was handed in: %v", err)
		}
		attendancetest.Sound(t, e)
	})
}

// Who was due stays what it was when the roster changes afterwards, until the roll itself is corrected.
func TestRosterChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 4, 1)
		a := attendance.New()
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members[:2], attendance.Present)...))
		job := access.System("test")
		e.Do(t, func(tx *db.Tx) error {
			if _, err := people.Leave(tx, job, people.LeaveInput{Site: s.School.ID, Person: s.Members[3], From: tx.Today()}); err != nil {
				return err
			}
			if _, err := people.Leave(tx, job, people.LeaveInput{Site: s.School.ID, Person: s.Members[0], From: tx.Today()}); err != nil {
				return err
			}
			_, err := people.SetStanding(tx, job, people.SetStandingInput{Person: s.Villagers[0], Standing: people.Probationary, Since: tx.Today()})
			return err
		})
		if v := get(t, e, s); v.Due != 4 || len(v.DueList) != 4 {
			t.Errorf("as handed in: %+v", v.SessionView)
		}
		if v := roll(t, e, s); len(v.DueList) != 4 || len(v.CameList) != 0 {
			t.Errorf("for correction: %d due, %d others", len(v.DueList), len(v.CameList))
		}
		fix := s.Item(mark(s.Members[2], attendance.Present))
		fix.BaseRevision, fix.Why = 1, "漏点一个"
		r := attendancetest.MustSubmit(t, e, a, s.Host, fix)
		// Left: member 3 without a mark. Stays: member 0 with one. New: the villager who is a member now.
		if r.Due != 4 || r.Present != 3 || r.Unmarked != 1 {
			t.Errorf("corrected: %+v", r.Tally)
		}
		attendancetest.Sound(t, e)
	})
}

func TestExemptMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		e.Do(t, func(tx *db.Tx) error {
			for _, p := range s.Members[1:] {
				if _, err := people.Exempt(tx, access.System("test"), people.ExemptInput{Person: p, ApprovedBy: "凤山镇党委", Until: tx.Today()}); err != nil {
					return err
				}
			}
			return nil
		})
		r := attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members[:2], attendance.Present)...))
		if r.Due != 2 || r.Present != 2 || r.Exempt != 1 || r.Unmarked != 0 {
			t.Errorf("tally %+v", r.Tally)
		}
		attendancetest.Sound(t, e)
	})
}

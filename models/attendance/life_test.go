package attendance_test

import (
	"context"
	"math/rand/v2"
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
)

func corrections(t *testing.T, e *dbtest.Env, by access.Actor, in attendance.CorrectionsInput) []attendance.CorrectionView {
	t.Helper()
	var page db.Page[attendance.CorrectionView]
	e.See(t, func(tx *db.Tx) (err error) {
		page, err = attendance.Corrections(tx, by, in)
		return err
	})
	return page.Items
}

func decide(e *dbtest.Env, a *attendance.Area, by access.Actor, in attendance.DecideInput) (attendance.Decided, error) {
	var v attendance.Decided
	err := e.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = a.Decide(tx, by, in)
		return err
	})
	return v, err
}

// correction is an item that has seen the newest revision.
func correction(t *testing.T, e *dbtest.Env, s attendancetest.School, marks ...attendance.MarkInput) attendance.SubmitInput {
	t.Helper()
	in := s.Item(marks...)
	in.BaseRevision, in.Why = get(t, e, s).Revision, "记错了"
	return in
}

// The host corrects freely for 72 hours from the receipt, not from the evening; then the township agrees, and the marks stay the
// host's word.
func TestCorrectionAfterTheFreeHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})
		e.Clock.Add(24 * time.Hour) // the phone had no network
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		e.Clock.Add(72 * time.Hour)
		if r := attendancetest.MustSubmit(t, e, a, s.Host, correction(t, e, s, mark(s.Members[0], attendance.Absent))); !r.Waiting.IsZero() || r.Present != 2 {
			t.Fatalf("in the last moment: %+v", r)
		}
		e.Clock.Add(time.Millisecond)
		in := correction(t, e, s, mark(s.Members[1], attendance.Absent), mark(s.Members[0], attendance.Absent))
		minutes := in.Minutes
		in.Minutes = 60
		r := attendancetest.MustSubmit(t, e, a, s.Host, in)
		if r.Waiting.IsZero() || r.Present != 2 || r.Minutes != minutes || r.Revision != 2 || r.Marks[0].Outcome != attendance.Waits || r.Marks[1].Outcome != attendance.Duplicate {
			t.Fatalf("afterwards: %+v", r)
		}
		if again := attendancetest.MustSubmit(t, e, a, s.Host, in); again.Waiting != r.Waiting {
			t.Errorf("sent twice: %+v", again)
		}
		if v := get(t, e, s); v.Present != 2 || v.Revision != 2 || !v.Life.Closed {
			t.Errorf("the roll changed: %+v %+v", v.SessionView, v.Life)
		}
		list := corrections(t, e, clerk, attendance.CorrectionsInput{})
		if len(list) != 1 || len(list[0].Marks) != 1 || list[0].Marks[0].Before.State != attendance.Present || list[0].Marks[0].After.State != attendance.Absent ||
			len(list[0].Fields) != 1 || list[0].Fields[0] != (attendance.FieldChange{Field: "minutes", Before: "90", After: "60"}) || list[0].AskedBy != s.Host.Account {
			t.Fatalf("waits: %+v", list)
		}
		ids := []attendance.CorrectionID{list[0].ID}
		if _, err := decide(e, a, s.Host, attendance.DecideInput{IDs: ids, Agree: true}); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the host agrees with himself: %v", err)
		}
		if _, err := decide(e, a, clerk, attendance.DecideInput{IDs: ids}); !hasField(err, "answer") {
			t.Errorf("declined without a word: %v", err)
		}
		if v, err := decide(e, a, clerk, attendance.DecideInput{IDs: ids, Agree: true}); err != nil || v.Settled != 1 {
			t.Fatalf("agreed: %+v %v", v, err)
		}
		if v, err := decide(e, a, clerk, attendance.DecideInput{IDs: ids, Agree: true}); err != nil || v.Passed != 1 {
			t.Errorf("agreed twice: %+v %v", v, err)
		}
		v := get(t, e, s)
		if v.Present != 1 || v.Minutes != 60 || v.Revision != 3 || v.SubmittedBy != s.Host.Account || len(v.Revisions) != 3 || v.Revisions[2].Why != "记错了" {
			t.Errorf("agreed to: %+v", v)
		}
		attendancetest.Sound(t, e)
	})
}

// What is declined changes nothing and says why.
func TestCorrectionDeclined(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		a := attendance.New()
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.TownshipAdmin, Path: s.Township.Path})
		far := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township2.Path})
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		e.Clock.Add(100 * time.Hour)
		// another phone that never saw the roll and says otherwise
		r := attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[0], attendance.OnLeave)))
		if r.Waiting.IsZero() || r.Conflicts != 0 {
			t.Fatalf("%+v", r)
		}
		ids := []attendance.CorrectionID{r.Waiting}
		if _, err := decide(e, a, far, attendance.DecideInput{IDs: ids, Agree: true}); fail.KindOf(err) != fail.Missing {
			t.Errorf("another township: %v", err)
		}
		if v, err := decide(e, a, clerk, attendance.DecideInput{IDs: ids, Answer: "签到表上有他"}); err != nil || v.Settled != 1 {
			t.Fatalf("%+v %v", v, err)
		}
		if v := get(t, e, s); v.Present != 2 || v.Revision != 1 {
			t.Errorf("changed: %+v", v.SessionView)
		}
		list := corrections(t, e, s.Host, attendance.CorrectionsInput{Session: s.Day.SessionID})
		if len(list) != 1 || list[0].State != attendance.Decline || list[0].Answer != "签到表上有他" || list[0].DecidedBy != clerk.Account {
			t.Errorf("the host reads %+v", list)
		}
	})
}

// A phone that was without a network over the day on which the month was sealed is not refused: its roll waits, is corrected
// freely meanwhile, and counts once the township lets it in, several at once.
func TestLateRoll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		told := 0
		a := attendance.New()
		a.OnSubmitted(func(*db.Tx, access.Actor, attendance.Submitted) error { told++; return nil })
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})
		e.Clock.Add(40 * 24 * time.Hour)
		r := attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[0], attendance.Present)))
		if !r.Late || r.Revision != 1 || r.Present != 1 {
			t.Fatalf("%+v", r)
		}
		r = attendancetest.MustSubmit(t, e, a, s.Host, correction(t, e, s, mark(s.Members[1], attendance.Present)))
		if !r.Late || !r.Waiting.IsZero() || r.Present != 2 {
			t.Fatalf("corrected: %+v", r)
		}
		in := s.Item(mark(s.Members[2], attendance.Present))
		in.Session, in.ActivityDay, in.Site, in.HeldOn = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID, date.Of(dbtest.Start).AddDays(-90)
		taken := dbtest.Start.AddDate(0, 0, -90)
		in.RecordedAt = &taken
		attendancetest.MustSubmit(t, e, a, s.Host, in) // longer ago than a page would take it
		attendancetest.Sound(t, e)
		var list db.Page[attendance.SessionView]
		e.See(t, func(tx *db.Tx) (err error) {
			if v, err := attendance.SummaryOfSite(tx, s.Host, attendance.SummaryInput{Site: s.School.ID}); err != nil || v.Sessions != 0 {
				t.Errorf("counts already: %+v %v", v, err)
			}
			if _, err := attendance.LateRolls(tx, s.Host, attendance.LateInput{}); fail.KindOf(err) != fail.ForbiddenAct {
				t.Errorf("the host lists them: %v", err)
			}
			list, err = attendance.LateRolls(tx, clerk, attendance.LateInput{})
			return err
		})
		if len(list.Items) != 2 || told != 0 {
			t.Fatalf("%d wait, told %d times", len(list.Items), told)
		}
		admit := func(by access.Actor) (v attendance.Admitted, err error) {
			err = e.Write(context.Background(), func(tx *db.Tx) (err error) {
				v, err = a.Admit(tx, by, attendance.AdmitInput{Sessions: []attendance.SessionID{list.Items[0].ID, list.Items[1].ID}})
				return err
			})
			return v, err
		}
		if _, err := admit(s.Host); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the host lets it in: %v", err)
		}
		if v, err := admit(clerk); err != nil || v.Admitted != 2 {
			t.Fatalf("%+v %v", v, err)
		}
		if v, err := admit(clerk); err != nil || v.Passed != 2 || told != 2 {
			t.Errorf("twice: %+v %v, told %d times", v, err, told)
		}
		v := get(t, e, s)
		if v.State != attendance.HandedIn || v.AdmittedBy != clerk.Account || !v.Life.Closed || v.Present != 2 {
			t.Errorf("let in: %+v %+v", v.SessionView, v.Life)
		}
		e.See(t, func(tx *db.Tx) error {
			d, err := calendar.FindDay(tx, s.Day.ID)
			if d.State != calendar.Held {
				t.Errorf("the day is %s", d.State)
			}
			return err
		})
		attendancetest.Sound(t, e)
		if r := attendancetest.MustSubmit(t, e, a, s.Host, correction(t, e, s, mark(s.Members[1], attendance.Absent))); r.Waiting.IsZero() {
			t.Errorf("of a sealed month: %+v", r)
		}
	})
}

// Whatever is done to a roll, replaying its changes from nothing gives what it says.
func TestReplay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 4, 2)
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 1))
		a := attendance.New()
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})
		value := func() attendance.Value {
			return []attendance.Value{
				{State: attendance.Present},
				{State: attendance.Absent},
				{State: attendance.Unmarked},
				{State: attendance.OnLeave, Reason: attendance.Farm},
				{State: attendance.OnLeave},
				{State: attendance.MadeUp, MadeUpOn: date.Of(e.Clock.Now())},
				{State: attendance.MadeUp, Reason: attendance.Disc, MadeUpOn: date.Of(dbtest.Start)},
			}[rnd.IntN(7)]
		}
		all := append(append([]access.PersonID{}, s.Members...), s.Villagers...)
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[0], attendance.Present)))
		for range 40 {
			now := get(t, e, s)
			in := s.Item()
			in.BaseRevision, in.Why = rnd.IntN(now.Revision+1), "改"
			if rnd.IntN(3) == 0 {
				in.BaseRevision = now.Revision
			}
			adults := rnd.IntN(5)
			in.Minutes, in.Adults = 30+rnd.IntN(90), &adults
			in.Kinds = []attendance.Kind{attendance.ActivityDay, attendance.Kinds[rnd.IntN(3)]}
			in.Lessons, in.Guests = s.Lessons[:rnd.IntN(len(s.Lessons)+1)], []string{"字过客", "茶过客"}[:rnd.IntN(3)]
			for _, p := range all {
				if rnd.IntN(3) == 0 {
					in.Marks = append(in.Marks, attendance.MarkInput{Person: p, Value: value()})
				}
			}
			attendancetest.MustSubmit(t, e, a, s.Host, in)
			e.Clock.Add(time.Duration(rnd.IntN(5)) * time.Hour)
			for _, c := range get(t, e, s).Conflicts {
				pick := append([]attendance.Value{c.Standing}, c.Said...)[rnd.IntN(1+len(c.Said))]
				e.Do(t, func(tx *db.Tx) error {
					_, err := a.Settle(tx, s.Host, attendance.SettleInput{Session: s.Day.SessionID, Person: c.Person, Value: pick})
					return err
				})
			}
			for _, c := range corrections(t, e, clerk, attendance.CorrectionsInput{}) {
				if _, err := decide(e, a, clerk, attendance.DecideInput{IDs: []attendance.CorrectionID{c.ID}, Agree: rnd.IntN(2) == 0, Answer: "看过了"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		e.See(t, func(tx *db.Tx) error {
			now, diff, err := attendance.Replay(tx, s.Day.SessionID)
			for _, d := range diff {
				t.Errorf("%+v", d)
			}
			v, _ := attendance.Roll(tx, s.Host, attendance.SessionInput{ID: s.Day.SessionID})
			for _, p := range append(v.DueList, v.CameList...) {
				if p.Revision > 0 && now[p.Person].Value != p.Value {
					t.Errorf("%s: %+v, the roll says %+v", p.Name, now[p.Person], p.Value)
				}
			}
			return err
		})
		attendancetest.Sound(t, e)
	})
}

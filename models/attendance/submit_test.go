package attendance_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/people"
)

func mark(p people.PersonID, s attendance.State) attendance.MarkInput {
	return attendance.MarkInput{Person: p, Value: attendance.Value{State: s}}
}

func roll(t *testing.T, e *dbtest.Env, s attendancetest.School) attendance.RollView {
	t.Helper()
	var v attendance.RollView
	e.See(t, func(tx *db.Tx) (err error) {
		v, err = attendance.Roll(tx, s.Host, attendance.SessionInput{ID: s.Day.SessionID})
		return err
	})
	return v
}

func get(t *testing.T, e *dbtest.Env, s attendancetest.School) attendance.RollView {
	t.Helper()
	var v attendance.RollView
	e.See(t, func(tx *db.Tx) (err error) {
		v, err = attendance.Get(tx, s.Host, attendance.SessionInput{ID: s.Day.SessionID})
		return err
	})
	return v
}

func TestSubmit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 5, 3)
		a := attendance.New()
		opened := s.Open(t, e, a)
		if opened.ID != s.Day.SessionID || opened.State != attendance.Opened || opened.Revision != 0 {
			t.Fatalf("opened %+v", opened)
		}
		if v := roll(t, e, s); len(v.DueList) != 5 || len(v.CameList) != 3 || v.DueList[0].State != attendance.Unmarked {
			t.Fatalf("roll %+v", v)
		}
		in := s.Item(append(attendancetest.All(s.Members[:3], attendance.Present),
			attendance.MarkInput{Person: s.Members[3], Value: attendance.Value{State: attendance.OnLeave, Reason: attendance.Farm}},
			mark(s.Villagers[0], attendance.Observer))...)
		two, one := 2, 1
		in.Adults, in.Children, in.Guests, in.Lessons = &two, &one, []string{"何永贵", " 何永贵 ", "", "李三嫂"}, s.Lessons
		r := attendancetest.MustSubmit(t, e, a, s.Host, in)
		want := attendance.Tally{Due: 5, Present: 3, OnLeave: 1, Unmarked: 1, Observers: 1, Guests: 2, Adults: 2, Children: 1}
		if d := cmp.Diff(want, r.Tally); d != "" || r.Revision != 1 || r.Attendances != 9 || r.Minutes != 90 {
			t.Fatalf("receipt %+v %s", r, d)
		}
		v := get(t, e, s)
		if len(v.DueList) != 5 || len(v.CameList) != 1 || len(v.GuestList) != 2 || len(v.Lessons) != 2 || len(v.Revisions) != 1 {
			t.Fatalf("session %+v", v)
		}
		if v.State != attendance.HandedIn || v.Recorder != "杨桂芳" || v.SubmittedBy != s.Host.Account {
			t.Fatalf("session %+v", v.SessionView)
		}
		e.See(t, func(tx *db.Tx) error {
			d, err := calendar.FindDay(tx, s.Day.ID)
			if d.State != calendar.Held {
				t.Errorf("activity day is %s", d.State)
			}
			return err
		})
		attendancetest.Sound(t, e)
	})
}

// The item itself brings the session that nobody opened: a phone that was without signal all evening.
func TestSubmitBringsSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[0], attendance.Present)))
		in := s.Item(mark(s.Members[0], attendance.Present))
		in.Session, in.ActivityDay, in.Site = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		wrong := s.Item(mark(s.Members[0], attendance.Present))
		wrong.Session = attendance.SessionID(id.New[School]())
		if _, err := attendancetest.Submit(e, a, s.Host, wrong); !fail.Is(err, "attendance.session_other_day") {
			t.Errorf("another ID for the activity day: %v", err)
		}
		wrong.ActivityDay = calendar.DayID{}
		if _, err := attendancetest.Submit(e, a, s.Host, wrong); fail.KindOf(err) != fail.Missing {
			t.Errorf("neither day nor school: %v", err)
		}
		attendancetest.Sound(t, e)
	})
}

// days compares days by ==.
var days = cmpopts.EquateComparable(date.Date{})

type School struct{}

// The same item twice gives the same receipt; the same key with other content is refused, whoever sends it.
func TestSubmitTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		in := s.Item(attendancetest.All(s.Members, attendance.Present)...)
		first := attendancetest.MustSubmit(t, e, a, s.Host, in)
		e.Clock.Add(time.Hour)
		if d := cmp.Diff(first, attendancetest.MustSubmit(t, e, a, s.Host, in), days); d != "" {
			t.Errorf("second receipt differs: %s", d)
		}
		other := in
		other.Marks = attendancetest.All(s.Members, attendance.Absent)
		if _, err := attendancetest.Submit(e, a, s.Host, other); !fail.Is(err, "attendance.item_differs") {
			t.Errorf("other content: %v", err)
		}
		if v := get(t, e, s); v.Revision != 1 || v.Present != 3 {
			t.Errorf("session %+v", v.SessionView)
		}
		e.See(t, func(tx *db.Tx) error {
			r, err := attendance.ReadReceipt(tx, s.Host, attendance.ReceiptInput{ID: in.Session, Device: in.Device, Seq: in.Seq})
			if d := cmp.Diff(first, r, days); d != "" {
				t.Errorf("kept receipt differs: %s", d)
			}
			return err
		})
	})
}

// Two phones that both saw nothing: what one of them touched stands, the same is a duplicate, and what
// they say differently is kept twice until a host settles it.
func TestTwoPhones(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 5, 1)
		a := attendance.New()
		s.Open(t, e, a)
		m := s.Members
		one, three := 1, 3
		first := s.Item(mark(m[0], attendance.Present), mark(m[1], attendance.Present), mark(m[2], attendance.Absent))
		first.Guests, first.Adults = []string{"何永贵"}, &three
		second := s.Item(mark(m[0], attendance.Present), mark(m[1], attendance.Absent), mark(m[3], attendance.Present))
		second.Guests, second.Adults, second.Minutes = []string{"李三嫂", "何永贵"}, &one, 80
		attendancetest.MustSubmit(t, e, a, s.Host, first)
		r := attendancetest.MustSubmit(t, e, a, s.Host, second)
		var got []attendance.Outcome
		for _, x := range r.Marks {
			got = append(got, x.Outcome)
		}
		if d := cmp.Diff([]attendance.Outcome{attendance.Duplicate, attendance.Disputed, attendance.Accepted}, got); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff([]string{"adults", "minutes"}, r.Kept); d != "" {
			t.Error(d)
		}
		v := get(t, e, s)
		if v.Present != 3 || v.Guests != 2 || v.Adults != 3 || v.Minutes != 90 || v.Unmarked != 1 || len(v.Conflicts) != 1 {
			t.Fatalf("session %+v, conflicts %+v", v.SessionView, v.Conflicts)
		}
		settle := func(state attendance.State) error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := a.Settle(tx, s.Host, attendance.SettleInput{Session: v.ID, Person: m[1], Value: attendance.Value{State: state}})
				return err
			})
		}
		if err := settle(attendance.OnLeave); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("a value that nobody gave: %v", err)
		}
		if err := settle(attendance.Absent); err != nil {
			t.Fatal(err)
		}
		if err := settle(attendance.Absent); !fail.Is(err, "attendance.nothing_to_settle") {
			t.Errorf("settled twice: %v", err)
		}
		if v := get(t, e, s); v.Present != 2 || v.Absent != 2 || len(v.Conflicts) != 0 || v.Revision != 3 || len(v.Revisions) != 3 {
			t.Errorf("settled %+v, revisions %+v", v.SessionView, v.Revisions)
		}
		attendancetest.Sound(t, e)
	})
}

func TestCorrect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		a := attendance.New()
		in := s.Item(attendancetest.All(s.Members, attendance.Present)...)
		in.Guests = []string{"何永贵"}
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		fix := s.Item(mark(s.Members[0], attendance.Absent), mark(s.Members[1], attendance.Unmarked), mark(s.Villagers[0], attendance.Present))
		fix.BaseRevision, fix.Minutes, fix.Guests = 1, 0, []string{}
		if _, err := attendancetest.Submit(e, a, s.Host, fix); !hasField(err, "why") {
			t.Errorf("without a reason: %v", err)
		}
		fix.Why = "点错了"
		r := attendancetest.MustSubmit(t, e, a, s.Host, fix)
		want := attendance.Tally{Due: 3, Present: 1, Absent: 1, Unmarked: 1, Observers: 1}
		if d := cmp.Diff(want, r.Tally); d != "" || r.Revision != 2 || r.Minutes != 90 {
			t.Fatalf("%+v %s", r, d)
		}
		v := get(t, e, s)
		if len(v.Revisions) != 2 || v.Revisions[1].Why != "点错了" || v.Revisions[1].Account != s.Host.Account {
			t.Errorf("revisions %+v", v.Revisions)
		}
		again := s.Item(mark(s.Members[2], attendance.Present))
		again.BaseRevision, again.Why, again.Minutes = 2, "再看一遍", 0
		if r := attendancetest.MustSubmit(t, e, a, s.Host, again); r.Revision != 2 {
			t.Errorf("an item that changes nothing made revision %d", r.Revision)
		}
		ahead := s.Item()
		ahead.BaseRevision, ahead.Why = 9, "x"
		if _, err := attendancetest.Submit(e, a, s.Host, ahead); !hasField(err, "base_revision") {
			t.Errorf("a revision that is not there: %v", err)
		}
		attendancetest.Sound(t, e)
	})
}

func hasField(err error, name string) bool {
	f, ok := fail.As(err)
	if !ok {
		return false
	}
	for _, x := range f.Fields {
		if x.Name == name {
			return true
		}
	}
	return false
}

// One mark that cannot stand holds up nothing.
func TestRefusedMarks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 1)
		a := attendance.New()
		stranger := people.PersonID(id.New[School]())
		r := attendancetest.MustSubmit(t, e, a, s.Host, s.Item(
			mark(s.Members[0], attendance.Present), mark(stranger, attendance.Present), mark(s.Villagers[0], attendance.Absent),
			mark(s.Members[0], attendance.Absent), mark(s.Members[1], attendance.Exempt), mark(s.Members[0], attendance.Present)))
		var codes []string
		for _, m := range r.Marks {
			codes = append(codes, string(m.Outcome)+" "+m.Code)
		}
		want := []string{
			"accepted ", "refused attendance.not_on_roster", "refused attendance.not_due", "refused attendance.marked_twice",
			"refused attendance.not_exempt", "duplicate ",
		}
		if d := cmp.Diff(want, codes); d != "" || r.Refused != 4 || r.Present != 1 {
			t.Error(d)
		}
		attendancetest.Sound(t, e)
	})
}

func TestSubmitInvalid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 1)
		a := attendance.New()
		s.Open(t, e, a)
		negative, long := -1, string(make([]rune, 0))
		for range 70 {
			long += "长"
		}
		at := func(h, m int) *time.Time { x := date.Of(dbtest.Start).At(h, m); return &x }
		for name, tc := range map[string]struct {
			change func(*attendance.SubmitInput)
			field  string
		}{
			"no device":        {func(in *attendance.SubmitInput) { in.Device = "" }, "device"},
			"no number":        {func(in *attendance.SubmitInput) { in.Seq = 0 }, "seq"},
			"no minutes":       {func(in *attendance.SubmitInput) { in.Minutes = 0 }, "minutes"},
			"too many minutes": {func(in *attendance.SubmitInput) { in.Minutes = 721 }, "minutes"},
			"ends before":      {func(in *attendance.SubmitInput) { in.BeganAt, in.EndedAt = at(20, 0), at(19, 0) }, "ended_at"},
			"other day": {func(in *attendance.SubmitInput) {
				in.HeldOn = date.Of(dbtest.Start).AddDays(-1)
				in.BeganAt, in.EndedAt = at(20, 0), at(21, 0)
			}, "began_at"},
			"tomorrow":       {func(in *attendance.SubmitInput) { in.HeldOn = date.Of(dbtest.Start).AddDays(1) }, "held_on"},
			"long ago":       {func(in *attendance.SubmitInput) { in.HeldOn = date.Of(dbtest.Start).AddDays(-61) }, "held_on"},
			"before licence": {func(in *attendance.SubmitInput) { in.HeldOn = date.New(2023, 2, 1) }, "held_on"},
			"negative":       {func(in *attendance.SubmitInput) { in.Adults = &negative }, "adults"},
			"long name":      {func(in *attendance.SubmitInput) { in.Guests = []string{"何永贵", long} }, "guests.1"},
			"unknown lesson": {func(in *attendance.SubmitInput) {
				in.Lessons = []courses.LessonID{s.Lessons[0], courses.LessonID(id.New[School]())}
			}, "lessons.1"},
			"unknown kind":  {func(in *attendance.SubmitInput) { in.Kinds = []attendance.Kind{"party"} }, "kinds"},
			"long recorder": {func(in *attendance.SubmitInput) { in.Recorder = &long }, "recorder"},
		} {
			t.Run(name, func(t *testing.T) {
				in := s.Item(mark(s.Members[0], attendance.Present))
				tc.change(&in)
				if _, err := attendancetest.Submit(e, a, s.Host, in); !hasField(err, tc.field) {
					t.Errorf("got %v, want a fault of %s", err, tc.field)
				}
			})
		}
		if _, err := attendancetest.Submit(e, a, s.Host, s.Item()); !fail.Is(err, "attendance.nobody") {
			t.Errorf("nobody came: %v", err)
		}
		if v := get(t, e, s); v.State != attendance.Opened || v.Revision != 0 {
			t.Errorf("something was stored: %+v", v.SessionView)
		}
	})
}

// A lesson that only another township was given was not taught here.
func TestLessonOfAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 1)
		far := s
		far.Township = s.Township2
		foreign := far.Publish(t, e, "烤烟")
		in := s.Item(mark(s.Members[0], attendance.Present))
		in.Lessons = foreign
		if _, err := attendancetest.Submit(e, attendance.New(), s.Host, in); !hasField(err, "lessons.0") {
			t.Errorf("got %v", err)
		}
	})
}

package papers_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/papers"
)

func twins(t *testing.T, e *dbtest.Env, by access.Actor, in papers.TwinsInput) (v papers.TwinsView, err error) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		v, err = papers.Twins(tx, by, in)
		return nil
	})
	return v, err
}

// What is printed ahead names the day, its session, the plan's lessons and the roster, those due apart.
func TestTwinsOfASchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 2)
		v, err := twins(t, e, s.Host, papers.TwinsInput{Site: s.School.ID})
		if err != nil || len(v.Twins) == 0 {
			t.Fatalf("%+v %v", v, err)
		}
		first := v.Twins[0]
		if first.Session != s.Day.SessionID || first.HeldOn != s.Day.PlannedOn || len(first.Due) != 3 || len(first.Others) != 2 || len(first.Lessons) != 2 || first.Code != papers.CodeOf(s.Day.SessionID) {
			t.Errorf("%+v", first)
		}
		blank, err := twins(t, e, s.Host, papers.TwinsInput{Site: s.School.ID, Blank: true})
		if err != nil || len(blank.Twins) != 1 || !blank.Twins[0].Session.IsZero() || !blank.Twins[0].HeldOn.IsZero() || len(blank.Twins[0].Due) != 3 {
			t.Errorf("%+v %v", blank, err)
		}
		one, err := twins(t, e, s.Host, papers.TwinsInput{Session: s.Day.SessionID})
		if err != nil || len(one.Twins) != 1 || one.Twins[0].HeldOn != s.Day.PlannedOn || len(one.Twins[0].Due) != 3 {
			t.Errorf("%+v %v", one, err)
		}
		today := date.Of(dbtest.Start).Month()
		for month, ok := range map[date.Month]bool{today.Add(-1): false, today: true, today.Add(papers.Ahead): true, today.Add(papers.Ahead + 1): false} {
			if _, err := twins(t, e, s.Host, papers.TwinsInput{Site: s.School.ID, Month: month}); (err == nil) != ok || !ok && fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("%s: %v", month, err)
			}
		}
		if _, err := twins(t, e, s.Host, papers.TwinsInput{}); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("nothing is asked for: %v", err)
		}
	})
}

// The clerk prints every school of his township in one go; another township is not his, and a village has its own schools.
func TestTwinsOfATownship(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		clerk := coursestest.Actor(t, e, access.Township, s.Township.Path)
		v, err := twins(t, e, clerk, papers.TwinsInput{Under: s.Township.Code})
		if err != nil || v.Unit != s.Township.Name || len(v.Twins)+len(v.None) < 2 {
			t.Fatalf("%+v %v", v, err)
		}
		if _, err := twins(t, e, clerk, papers.TwinsInput{Under: s.Township2.Code}); fail.KindOf(err) != fail.Missing {
			t.Errorf("another township: %v", err)
		}
		if _, err := twins(t, e, clerk, papers.TwinsInput{Site: s.Far.ID}); fail.KindOf(err) != fail.Missing {
			t.Errorf("a school of another township: %v", err)
		}
		host, err := twins(t, e, s.Host, papers.TwinsInput{Under: s.Township.Code})
		if err != nil || len(host.Twins)+len(host.None) != 1 {
			t.Errorf("a host prints his own only: %+v %v", host, err)
		}
	})
}

// A code leads to the session, opened or not, only for who sees the school; other texts lead nowhere.
func TestCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		resolve := func(by access.Actor, c papers.Code) (r papers.Resolved, err error) {
			e.See(t, func(tx *db.Tx) error {
				r, err = papers.Resolve(tx, by, papers.ResolveInput{Code: c})
				return nil
			})
			return r, err
		}
		code := papers.CodeOf(s.Day.SessionID)
		r, err := resolve(s.Host, code)
		if err != nil || r.Opened || r.Day != s.Day.ID || r.Site != s.School.ID || !r.MayEnter {
			t.Errorf("planned: %+v %v", r, err)
		}
		s.Open(t, e, attendance.New())
		if r, err := resolve(s.Host, code); err != nil || !r.Opened || r.Session != s.Day.SessionID {
			t.Errorf("opened: %+v %v", r, err)
		}
		if r, err := resolve(s.Host, papers.CodeOfSchool(s.School.ID)); err != nil || !r.Session.IsZero() || r.Site != s.School.ID {
			t.Errorf("of the school: %+v %v", r, err)
		}
		other := coursestest.Actor(t, e, access.Host, s.Far.Path)
		for what, c := range map[string]struct {
			by   access.Actor
			code papers.Code
			want fail.Kind
		}{
			"another's":       {other, code, fail.Missing},
			"another school":  {other, papers.CodeOfSchool(s.School.ID), fail.Missing},
			"a visitor":       {access.Visitor(), code, fail.Unauthenticated},
			"no such session": {s.Host, papers.CodeOf(attendance.SessionID(id.New[testing.T]())), fail.Missing},
			"no such school":  {s.Host, papers.CodeOfSchool(org.SiteID(id.New[testing.T]())), fail.Missing},
			"nothing":         {s.Host, "", fail.Missing},
			"another text":    {s.Host, "hello", fail.Missing},
		} {
			if _, err := resolve(c.by, c.code); fail.KindOf(err) != c.want {
				t.Errorf("%s: %v", what, err)
			}
		}
		for text, want := range map[string]papers.Code{
			"https://a.cn/p/" + string(code): code, "http://127.0.0.1:8080/p/" + string(code): code, string(code): "", "https://a.cn/p/": "", "https://a.cn/p/x": "",
			"weixin://pay/123": "", "https://a.cn/p/" + string(code) + "x": "", "": "",
		} {
			if got := papers.InText(text); got != want {
				t.Errorf("%q gives %q", text, got)
			}
		}
	})
}

// The year's book holds what was handed in that year, the earliest first.
func TestBook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		a := attendance.New()
		s.Open(t, e, a)
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		for _, back := range []int{3, 20} {
			attendancetest.MustSubmit(t, e, a, s.Host, attendance.SubmitInput{
				Session: attendance.SessionID(id.New[testing.T]()), Site: s.School.ID, HeldOn: date.Of(dbtest.Start).AddDays(-back), Minutes: 60, OnPaper: true,
				Marks: attendancetest.All(s.Members, attendance.Present), Stamp: attendance.Stamp{Device: attendancetest.Device(), Seq: 1},
			})
		}
		read := func(by access.Actor, year int) (v papers.BookView, err error) {
			e.See(t, func(tx *db.Tx) error {
				v, err = papers.Book(tx, by, papers.BookInput{Site: s.School.ID, Year: year})
				return nil
			})
			return v, err
		}
		v, err := read(s.Host, 0)
		if err != nil || len(v.Sessions) != 3 || v.Year != 2026 || v.SiteName != s.School.Name {
			t.Fatalf("%+v %v", v, err)
		}
		for i := range v.Sessions[1:] {
			if v.Sessions[i].HeldOn.After(v.Sessions[i+1].HeldOn) {
				t.Error("the sessions are not in order")
			}
		}
		if !v.Sessions[0].OnPaper || v.Sessions[2].OnPaper || len(v.Sessions[0].DueList) != 2 {
			t.Error("what was entered from paper is not told apart")
		}
		if v, err := read(s.Host, 2024); err != nil || len(v.Sessions) != 0 {
			t.Errorf("an empty year: %v %v", v, err)
		}
		if _, err := read(s.Host, 2031); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("a year to come: %v", err)
		}
		if _, err := read(coursestest.Actor(t, e, access.Host, s.Far.Path), 0); fail.KindOf(err) != fail.Missing {
			t.Errorf("another school: %v", err)
		}
	})
}

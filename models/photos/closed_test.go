package photos_test

import (
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/photos"
)

func (w world) ready(by access.Actor, in photos.IntendInput) photos.PhotoID {
	w.t.Helper()
	if _, err := w.intend(by, in); err != nil {
		w.t.Fatal(err)
	}
	w.e.Do(w.t, func(tx *db.Tx) error {
		_, err := photos.Complete(tx, by, photos.PhotoInput{Session: in.Session, Photo: in.ID})
		return err
	})
	return in.ID
}

func (w world) history(session attendance.SessionID) (out []string) {
	w.t.Helper()
	w.e.See(w.t, func(tx *db.Tx) (err error) {
		out, err = db.Ask[string](tx, "SELECT act FROM audit_rows WHERE object_id = ? AND act = 'session.photo_away'", session.String())
		return err
	})
	return out
}

// Once a roll is closed, what was signed is the township's to take away and to bring back; pictures of the evening stay with who took them.
func TestClosedRollKeepsItsPaper(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		paper := w.one("a")
		paper.Kind = photos.Sheet
		sheet, evening := w.ready(w.Host, paper), w.ready(w.Host, w.one("b"))
		paper = w.one("c")
		paper.Kind = photos.Sheet
		free := w.ready(w.Host, paper)
		other := attendance.SessionID(id.New[world]())
		e.Do(t, func(tx *db.Tx) error {
			_, err := attendance.New().Open(tx, w.Host, attendance.OpenInput{Session: other, Site: w.School.School.ID})
			return err
		})
		attendancetest.MustSubmit(t, e, attendance.New(), w.Host, w.Item(attendancetest.All(w.Members, attendance.Present)...))
		for _, op := range []func(*db.Tx, access.Actor, photos.PhotoInput) (photos.View, error){photos.Remove, photos.Restore} {
			if _, err := w.act(op, w.Host, free); err != nil {
				t.Fatal(err)
			}
		}
		e.Clock.Add(40 * 24 * time.Hour)
		township := accountstest.As(t, e, access.Township, w.Township.ID)
		if _, err := w.act(photos.Remove, township, evening); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the township takes a picture of the evening away: %v", err)
		}
		if _, err := w.act(photos.Remove, w.Host, sheet); !fail.Is(err, "photos.closed") {
			t.Errorf("the host takes the paper away: %v", err)
		}
		err := e.Write(t.Context(), func(tx *db.Tx) error {
			_, err := photos.File(tx, w.Host, photos.FileInput{Photo: sheet, Session: other})
			return err
		})
		if !fail.Is(err, "photos.closed") {
			t.Errorf("the host moves the paper away: %v", err)
		}
		if _, err := w.act(photos.Remove, w.Host, evening); err != nil {
			t.Errorf("the host takes a picture of the evening away: %v", err)
		}
		if _, err := w.act(photos.Remove, township, sheet); err != nil {
			t.Errorf("the township takes the paper away: %v", err)
		}
		for by, want := range map[*access.Actor]photos.PhotoID{&w.Host: evening, &township: sheet} {
			e.See(t, func(tx *db.Tx) error {
				list, err := photos.Restorable(tx, *by, w.Day.SessionID)
				if len(list) != 1 || list[0].ID != want {
					t.Errorf("%v can be brought back", list)
				}
				return err
			})
		}
		if _, err := w.act(photos.Restore, w.Host, sheet); !fail.Is(err, "photos.closed") {
			t.Errorf("the host brings the paper back: %v", err)
		}
		if _, err := w.act(photos.Restore, township, sheet); err != nil {
			t.Errorf("the township brings the paper back: %v", err)
		}
	})
}

// Who has handed the school over still sends what he took before, and changes nothing there any more.
func TestFormerHostOnlySends(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		area := peopletest.Area(t)
		area.OnHandover(accounts.SiteKeeper())
		area.OnHandover(attendance.SiteKeeper())
		old := accountstest.Of(t, e, w.Members[0], access.Host, org.SiteUnit(w.School.School.ID))
		paper := w.one("a")
		paper.Kind = photos.Sheet
		sheet, removed := w.ready(old, paper), w.ready(old, w.one("b"))
		if _, err := w.act(photos.Remove, old, removed); err != nil {
			t.Fatal(err)
		}
		other := attendance.SessionID(id.New[world]())
		e.Do(t, func(tx *db.Tx) error {
			_, err := attendance.New().Open(tx, old, attendance.OpenInput{Session: other, Site: w.School.School.ID})
			return err
		})
		e.Clock.Add(24 * time.Hour)
		today := date.Of(e.Clock.Now())
		e.Do(t, func(tx *db.Tx) error {
			_, err := area.HandOver(tx, orgtest.As(access.Village, w.Village.Path), people.HandOverInput{Site: w.School.School.ID, On: today, Host: w.Members[1], HeadToo: true, Address: "新家"})
			return err
		})
		if _, err := w.intend(old, w.one("late")); err != nil {
			t.Errorf("a picture of before: %v", err)
		}
		for name, err := range map[string]error{
			"remove":  func() error { _, err := w.act(photos.Remove, old, sheet); return err }(),
			"restore": func() error { _, err := w.act(photos.Restore, old, removed); return err }(),
			"move": e.Write(t.Context(), func(tx *db.Tx) error {
				_, err := photos.File(tx, old, photos.FileInput{Photo: sheet, Session: other})
				return err
			}),
		} {
			if !fail.Is(err, "attendance.handed_over") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A phone that repeats itself while the sweeper ends its picture is told to keep it, and afterwards sends it anew.
func TestRepeatedWhileItIsSwept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		by, in := access.System("videos.sweep"), w.one("a")
		if _, err := w.intend(w.Host, in); err != nil {
			t.Fatal(err)
		}
		e.Clock.Add(25 * time.Hour)
		e.Do(t, func(tx *db.Tx) error { _, err := photos.Settle(tx, by, in.ID, false); return err })
		if v, err := w.intend(w.Host, in); !fail.Is(err, "photos.ending") {
			t.Errorf("taken for received: %v %v", v, err)
		}
		if _, err := w.act(photos.Restore, w.Host, in.ID); !fail.Is(err, "photos.gone") {
			t.Errorf("brought back: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error { return photos.Forget(tx, by, in.ID) })
		if v, err := w.intend(w.Host, in); err != nil || v.State != photos.Intended {
			t.Errorf("sent anew: %v %v", v, err)
		}
	})
}

package photos_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/photos"
)

type world struct {
	attendancetest.School
	t *testing.T
	e *dbtest.Env
}

func newWorld(t *testing.T, e *dbtest.Env) world {
	t.Helper()
	s := attendancetest.New(t, e, 2, 1)
	s.Open(t, e, attendance.New())
	return world{s, t, e}
}

func (w world) intend(by access.Actor, in photos.IntendInput) (v photos.View, err error) {
	w.t.Helper()
	err = w.e.DB.Write(w.t.Context(), func(tx *db.Tx) (err error) {
		v, err = photos.Intend(tx, by, in)
		return err
	})
	return v, err
}

func (w world) act(op func(*db.Tx, access.Actor, photos.PhotoInput) (photos.View, error), by access.Actor, photo photos.PhotoID) (v photos.View, err error) {
	w.t.Helper()
	err = w.e.DB.Write(w.t.Context(), func(tx *db.Tx) (err error) {
		v, err = op(tx, by, photos.PhotoInput{Session: w.Day.SessionID, Photo: photo})
		return err
	})
	return v, err
}

func (w world) listed(by access.Actor) (out []photos.PhotoID) {
	w.t.Helper()
	w.e.See(w.t, func(tx *db.Tx) error {
		page, err := photos.List(tx, by, photos.ListInput{Session: w.Day.SessionID})
		for _, v := range page.Items {
			out = append(out, v.ID)
		}
		return err
	})
	return out
}

func newID() photos.PhotoID { return photos.PhotoID(id.New[world]()) }

func (w world) one(hash string) photos.IntendInput {
	return photos.IntendInput{ID: newID(), Session: w.Day.SessionID, Kind: photos.Evening, Hash: hash, Bytes: 10, Width: 40, Height: 60}
}

// A picture sent again is answered as the first time, whatever became of it; another one under its ID is refused.
func TestSentTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		in := w.one("a")
		first, err := w.intend(w.Host, in)
		if err != nil || first.State != photos.Intended || len(w.listed(w.Host)) != 0 {
			t.Fatalf("%v %v", first, err)
		}
		if again, err := w.intend(w.Host, in); err != nil || again.State != photos.Intended {
			t.Errorf("sent again before the bytes came: %v %v", again, err)
		}
		done, err := w.act(photos.Complete, w.Host, in.ID)
		if err != nil || !done.Whole() || len(w.listed(w.Host)) != 1 {
			t.Fatalf("%v %v", done, err)
		}
		again, err := w.intend(w.Host, in)
		if err != nil || again.ID != done.ID || !again.ReceivedAt.Equal(done.ReceivedAt) || !again.Whole() {
			t.Errorf("sent again: %v, %v; the first time %v", again, err, done)
		}
		other := in
		other.Hash = "b"
		if _, err := w.intend(w.Host, other); !fail.Is(err, "photos.other") {
			t.Errorf("another picture under the ID: %v", err)
		}
		if _, err := w.act(photos.Remove, w.Host, in.ID); err != nil {
			t.Fatal(err)
		}
		if again, err := w.intend(w.Host, in); err != nil || again.State != photos.Removed || len(w.listed(w.Host)) != 0 {
			t.Errorf("sent again after it was removed: %v %v", again, err)
		}
	})
}

// What was removed comes back for a day; after that it stays away.
func TestRemovedAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		in := w.one("a")
		for _, step := range []func() error{
			func() error { _, err := w.intend(w.Host, in); return err },
			func() error { _, err := w.act(photos.Complete, w.Host, in.ID); return err },
			func() error { _, err := w.act(photos.Remove, w.Host, in.ID); return err },
			func() error { _, err := w.act(photos.Remove, w.Host, in.ID); return err }, // twice is once
			func() error { _, err := w.act(photos.Restore, w.Host, in.ID); return err },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if len(w.listed(w.Host)) != 1 {
			t.Error("it did not come back")
		}
		if _, err := w.act(photos.Remove, w.Host, in.ID); err != nil {
			t.Fatal(err)
		}
		e.Clock.Add(photos.Back + time.Minute)
		if _, err := w.act(photos.Restore, w.Host, in.ID); !fail.Is(err, "photos.gone") {
			t.Errorf("after a day: %v", err)
		}
		e.See(t, func(tx *db.Tx) error {
			list, err := photos.Restorable(tx, w.Host, w.Day.SessionID)
			if len(list) != 0 {
				t.Errorf("%v can be brought back", list)
			}
			return err
		})
	})
}

// Who writes the roll adds and removes pictures; who sees everybody's marks by name sees them, and nobody else.
func TestRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		in := w.one("a")
		if _, err := w.intend(w.Host, in); err != nil {
			t.Fatal(err)
		}
		if _, err := w.act(photos.Complete, w.Host, in.ID); err != nil {
			t.Fatal(err)
		}
		ref := photos.PhotoInput{Session: w.Day.SessionID, Photo: in.ID}
		writers := map[access.Role]bool{access.Village: true, access.Host: true, access.Head: true}
		seers := map[access.Role]bool{access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true}
		type act struct {
			name  string
			write bool
			do    func(tx *db.Tx, by access.Actor) error
		}
		acts := []act{
			{"send", true, func(tx *db.Tx, by access.Actor) error { _, err := photos.Intend(tx, by, w.one("b")); return err }},
			{"remove", true, func(tx *db.Tx, by access.Actor) error { _, err := photos.Remove(tx, by, ref); return err }},
			{"restore", true, func(tx *db.Tx, by access.Actor) error { _, err := photos.Restore(tx, by, ref); return err }},
			{"restorable", true, func(tx *db.Tx, by access.Actor) error {
				_, err := photos.Restorable(tx, by, ref.Session)
				return err
			}},
			{"list", false, func(tx *db.Tx, by access.Actor) error {
				_, err := photos.List(tx, by, photos.ListInput{Session: ref.Session})
				return err
			}},
			{"find", false, func(tx *db.Tx, by access.Actor) error { _, err := photos.Find(tx, by, ref); return err }},
		}
		hold := func(by access.Actor, a act, want fail.Kind) {
			if err := w.tried(func(tx *db.Tx) error { return a.do(tx, by) }); fail.KindOf(err) != want {
				t.Errorf("%s: %v, want %q", a.name, err, want)
			}
		}
		for _, seat := range w.Inside() {
			by := attendancetest.Seated(t, e, seat)
			for _, a := range acts {
				switch {
				case writers[seat.Role] || seers[seat.Role] && !a.write:
					hold(by, a, "")
				case by.Can(access.SessionsSee, w.School.School.Paths()...):
					hold(by, a, fail.ForbiddenAct)
				default:
					hold(by, a, fail.Missing)
				}
			}
		}
		for _, seat := range w.Outside() {
			for _, a := range acts {
				hold(attendancetest.Seated(t, e, seat), a, fail.Missing)
			}
		}
		for _, a := range acts {
			hold(access.Visitor(), a, fail.Unauthenticated)
		}
	})
}

var errUndo = errors.New("undone by the test")

// tried does something and takes it back.
func (w world) tried(fn func(*db.Tx) error) error {
	err := w.e.DB.Write(context.WithoutCancel(w.t.Context()), func(tx *db.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}

// A session that the server does not know is not there, nor is a picture under another session.
func TestUnknown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		in := w.one("a")
		in.Session = attendance.SessionID(id.New[world]())
		if _, err := w.intend(w.Host, in); fail.KindOf(err) != fail.Missing {
			t.Errorf("no such session: %v", err)
		}
		in = w.one("a")
		in.Kind = "selfie"
		if _, err := w.intend(w.Host, in); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("no such kind: %v", err)
		}
		if _, err := w.act(photos.Remove, w.Host, newID()); fail.KindOf(err) != fail.Missing {
			t.Errorf("no such picture: %v", err)
		}
	})
}

// The sweeper ends what broke off, what was removed for good and what nobody has filed, and leaves everything else alone.
func TestSwept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		by := access.System("videos.sweep")
		add := func(session attendance.SessionID, done bool) photos.PhotoID {
			in := w.one("x")
			in.Session, in.Kind = session, photos.Sheet
			if _, err := w.intend(w.Host, in); err != nil {
				t.Fatal(err)
			}
			if done {
				e.Do(t, func(tx *db.Tx) error {
					_, err := photos.Complete(tx, w.Host, photos.PhotoInput{Session: session, Photo: in.ID})
					return err
				})
			}
			return in.ID
		}
		session := w.Day.SessionID
		kept, whole, broken, removed := add(session, true), add(session, false), add(session, false), add(session, true)
		loose := add(attendance.SessionID{}, true)
		if _, err := w.act(photos.Remove, w.Host, removed); err != nil {
			t.Fatal(err)
		}
		stale := func() (out []photos.PhotoID) {
			e.See(t, func(tx *db.Tx) error {
				list, err := photos.Stale(tx, by)
				for _, v := range list {
					out = append(out, v.ID)
				}
				return err
			})
			return out
		}
		if list := stale(); len(list) != 0 {
			t.Errorf("%v is stale at once", list)
		}
		e.Clock.Add(photos.Back + time.Minute)
		settle := func(photo photos.PhotoID, isWhole, want bool) {
			t.Helper()
			e.Do(t, func(tx *db.Tx) error {
				gone, err := photos.Settle(tx, by, photo, isWhole)
				if gone != want {
					t.Errorf("its object goes: %v, want %v", gone, want)
				}
				if err == nil && gone {
					err = photos.Forget(tx, by, photo)
				}
				return err
			})
		}
		if list := stale(); len(list) != 3 {
			t.Errorf("%d are stale after a day", len(list))
		}
		settle(whole, true, false)
		settle(broken, false, true)
		settle(removed, false, true)
		settle(kept, true, false)
		if list := w.listed(w.Host); len(list) != 2 {
			t.Errorf("%v are left", list)
		}
		again := w.one("x")
		again.ID, again.Kind = broken, photos.Sheet
		if v, err := w.intend(w.Host, again); err != nil || v.State != photos.Intended {
			t.Errorf("what broke off is sent again: %v %v", v, err)
		}
		again.ID = removed
		if v, err := w.intend(w.Host, again); err != nil || v.State != photos.Removed {
			t.Errorf("what was removed for good is sent again: %v %v", v, err)
		}
		e.Clock.Add(photos.Unfiled)
		settle(loose, false, true)
		if _, err := w.act(photos.Remove, w.Host, loose); fail.KindOf(err) != fail.Missing {
			t.Errorf("%v", err)
		}
		e.See(t, func(tx *db.Tx) error {
			if _, err := photos.Stale(tx, w.Host); fail.KindOf(err) != fail.ForbiddenAct {
				t.Errorf("a host sweeps: %v", err)
			}
			return nil
		})
	})
}

// A sheet goes from one's own pile under a session, and from one session under another, only within what one may write.
func TestFiled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		in := w.one("x")
		in.Session, in.Kind = attendance.SessionID{}, photos.Sheet
		if _, err := w.intend(w.Host, in); err != nil {
			t.Fatal(err)
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := photos.Complete(tx, w.Host, photos.PhotoInput{Photo: in.ID})
			return err
		})
		other := attendance.SessionID(id.New[world]())
		e.Do(t, func(tx *db.Tx) error {
			_, err := attendance.New().Open(tx, w.Host, attendance.OpenInput{Session: other, Site: w.School.School.ID})
			return err
		})
		far := coursestest.Actor(t, e, access.Host, w.Far.Path)
		file := func(by access.Actor, session attendance.SessionID) error {
			return w.e.DB.Write(t.Context(), func(tx *db.Tx) error {
				_, err := photos.File(tx, by, photos.FileInput{Photo: in.ID, Session: session})
				return err
			})
		}
		if err := file(far, w.Day.SessionID); fail.KindOf(err) != fail.Missing {
			t.Errorf("another files it: %v", err)
		}
		for _, session := range []attendance.SessionID{w.Day.SessionID, w.Day.SessionID, other, w.Day.SessionID} {
			if err := file(w.Host, session); err != nil {
				t.Errorf("%s: %v", session, err)
			}
		}
		if list := w.listed(w.Host); len(list) != 1 {
			t.Errorf("%v", list)
		}
		if here, there := w.history(w.Day.SessionID), w.history(other); len(here) != 1 || len(there) != 1 {
			t.Errorf("the sessions that it left say %v and %v", here, there)
		}
		if err := file(w.Host, attendance.SessionID(id.New[world]())); fail.KindOf(err) != fail.Missing {
			t.Errorf("under no session: %v", err)
		}
	})
}

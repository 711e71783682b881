package privacy_test

import (
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/photos"
	"huotang/models/privacy"
)

// A signed roll bears the name of who is erased: nobody brings it back, one that was just removed neither, and its object goes.
func TestSignedRollsGoForGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		area := attendance.New()
		first := s.Open(t, e, area)
		attendancetest.MustSubmit(t, e, area, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		second, third := attendance.SessionID(fresh()), attendance.SessionID(fresh())
		county, township := accountstest.As(t, e, access.County, s.County.ID), accountstest.As(t, e, access.Township, s.Township.ID)
		var name string
		e.See(t, func(tx *db.Tx) error {
			v, err := privacy.Erasure(tx, county, privacy.PersonInput{Person: s.Members[2]})
			name = v.Name
			return err
		})
		e.Do(t, func(tx *db.Tx) error {
			for _, session := range []attendance.SessionID{second, third} {
				if _, err := area.Open(tx, s.Host, attendance.OpenInput{Session: session, Site: s.School.ID}); err != nil {
					return err
				}
			}
			if err := tx.Exec("INSERT INTO guests (id, session_id, place, name, person_id, at) VALUES (?, ?, 1, '客人', ?, ?)", fresh(), second, s.Members[2], tx.Now).Error; err != nil {
				return err
			}
			_, err := privacy.AskErasure(tx, county, privacy.AskErasureInput{Person: s.Members[2], Basis: privacy.OwnWish, Name: name})
			return err
		})
		e.Clock.Add(8 * 24 * time.Hour)
		send := func(session attendance.SessionID) photos.PhotoInput {
			in := photos.PhotoInput{Session: session, Photo: photos.PhotoID(fresh())}
			e.Do(t, func(tx *db.Tx) error {
				_, err := photos.Intend(tx, s.Host, photos.IntendInput{ID: in.Photo, Session: session, Kind: photos.Sheet, Hash: "x", Bytes: 1, Width: 20, Height: 20})
				if err == nil {
					_, err = photos.Complete(tx, s.Host, in)
				}
				return err
			})
			return in
		}
		signed, removed, guest, other := send(first.ID), send(first.ID), send(second), send(third)
		e.Do(t, func(tx *db.Tx) error { _, err := photos.Remove(tx, township, removed); return err })
		erase(t, e, 1)
		for name, c := range map[string]struct {
			by access.Actor
			in photos.PhotoInput
		}{"signed": {township, signed}, "just removed": {township, removed}, "of a guest": {s.Host, guest}} {
			err := e.Write(t.Context(), func(tx *db.Tx) error { _, err := photos.Restore(tx, c.by, c.in); return err })
			if !fail.Is(err, "photos.gone") {
				t.Errorf("%s: it is brought back: %v", name, err)
			}
		}
		var swept []photos.View
		e.See(t, func(tx *db.Tx) error {
			for session, want := range map[attendance.SessionID]int{first.ID: 0, second: 0, third: 1} {
				list, err := photos.List(tx, s.Host, photos.ListInput{Session: session})
				if err != nil || len(list.Items) != want {
					t.Errorf("%d are shown, want %d: %v", len(list.Items), want, err)
				}
				if back, err := photos.Restorable(tx, s.Host, session); err != nil || len(back) != 0 {
					t.Errorf("%v can be brought back: %v", back, err)
				}
			}
			stale, err := photos.Stale(tx, access.System("videos.sweep"))
			if len(stale) != 3 {
				t.Errorf("%d objects go, want 3", len(stale))
			}
			swept = stale
			for _, v := range stale {
				if v.ID == other.Photo {
					t.Error("a roll without him goes")
				}
			}
			return err
		})
		for _, v := range swept {
			e.Do(t, func(tx *db.Tx) error { return photos.Forget(tx, access.System("videos.sweep"), v.ID) })
		}
		err := e.Write(t.Context(), func(tx *db.Tx) error {
			_, err := photos.Intend(tx, s.Host, photos.IntendInput{ID: guest.Photo, Session: second, Kind: photos.Sheet, Hash: "x", Bytes: 1, Width: 20, Height: 20})
			return err
		})
		if !fail.Is(err, "photos.other") {
			t.Errorf("a phone that repeats itself brings it back: %v", err)
		}
	})
}

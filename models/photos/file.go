package photos

import (
	"bytes"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// UnfiledInput has nothing to choose.
type UnfiledInput struct{}

// ListUnfiled lists the actor's own pictures of paper rolls that belong to no session yet, the newest first. Permission: SessionsSubmit.
func ListUnfiled(tx *db.Tx, by access.Actor, _ UnfiledInput) (db.Page[View], error) {
	out := db.Page[View]{Items: []View{}}
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return out, err
	}
	rows, err := db.All[photoRow](tx.Where("session_id IS NULL AND account_id = ? AND state = ?", by.Account, Ready).Order("made_at DESC, id").Limit(most))
	for _, r := range rows {
		out.Items = append(out.Items, view(r))
	}
	return out, err
}

// OwnInput names one of one's own unfiled pictures.
type OwnInput struct {
	Photo PhotoID `path:"photo" json:"-"`
}

// FindUnfiled reads one of the actor's own unfiled pictures. Permission: SessionsSubmit.
func FindUnfiled(tx *db.Tx, by access.Actor, in OwnInput) (View, error) {
	r, err := ownUnfiled(tx, by, in.Photo)
	return view(r), err
}

func ownUnfiled(tx *db.Tx, by access.Actor, photo PhotoID) (photoRow, error) {
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return photoRow{}, err
	}
	q := tx.Where("id = ? AND session_id IS NULL AND account_id = ? AND state = ?", photo, by.Account, Ready)
	if tx.Writes() {
		q = tx.Locked().Where("id = ? AND session_id IS NULL AND account_id = ? AND state = ?", photo, by.Account, Ready)
	}
	return db.One[photoRow](q, "photos.missing")
}

// Drop gives up one of the actor's own unfiled pictures. Locks it. Permission: SessionsSubmit.
func Drop(tx *db.Tx, by access.Actor, in OwnInput) (View, error) {
	r, err := ownUnfiled(tx, by, in.Photo)
	if err != nil {
		return View{}, err
	}
	r.State, r.RemovedBy, r.RemovedAt = Removed, by.Account.Ptr(), &tx.Now
	_, err = db.Set(tx.Model(&photoRow{}).Where("id = ?", r.ID), map[string]any{"state": r.State, "removed_by": r.RemovedBy, "removed_at": r.RemovedAt})
	return view(r), err
}

// FileInput puts a picture of a paper roll under a session.
type FileInput struct {
	Photo   PhotoID              `path:"photo" json:"-"`
	Session attendance.SessionID `json:"session" form:"session"`
}

// File puts a picture of a paper roll under the session whose roll it is: one of the actor's own unfiled ones, or one that stands under
// another session, for who may write both rolls. Filed there already it stays. Locks the sessions in the order of their IDs, then the
// picture. Both sessions keep it in their history. Permission: that of writing the session's roll now, and of taking it away from the other,
// see [attendance.Provable].
func File(tx *db.Tx, by access.Actor, in FileInput) (View, error) {
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return View{}, err
	}
	was, err := db.One[photoRow](tx.Where("id = ? AND kind = ? AND state = ?", in.Photo, Sheet, Ready), "photos.missing")
	if err != nil {
		return View{}, err
	}
	from := id.Or(was.SessionID)
	if from.IsZero() && was.AccountID != by.Account {
		return View{}, fail.NotFound("photos.missing")
	}
	sites, err := bothWritable(tx, by, from, in.Session)
	if err != nil {
		return View{}, err
	}
	r, err := locked(tx, in.Photo)
	if err == nil && (id.Or(r.SessionID) != from || r.State != Ready) {
		err = fail.Conflict("photos.other")
	}
	if err != nil || from == in.Session {
		return view(r), err
	}
	if err := room(tx, by, in.Session); err != nil {
		return View{}, err
	}
	r.SessionID = in.Session.Ptr()
	if _, err := db.Set(tx.Model(&photoRow{}).Where("id = ?", r.ID), map[string]any{"session_id": r.SessionID}); err != nil {
		return View{}, err
	}
	if !from.IsZero() {
		if err := moved(tx, by, "session.photo_away", r.ID, sites[from]); err != nil {
			return View{}, err
		}
	}
	return view(r), moved(tx, by, "session.photo_file", r.ID, sites[in.Session])
}

func moved(tx *db.Tx, by access.Actor, act string, photo PhotoID, s attendance.SessionView) error {
	return audit.Add(tx, by, audit.Row{
		Act: act, Object: "session", ID: s.ID, Unit: audit.Unit(s.Site), Change: audit.Changes{}.ID("photo", PhotoID{}, photo),
	})
}

// bothWritable locks both sessions in the order of their IDs, and gives them.
func bothWritable(tx *db.Tx, by access.Actor, from, to attendance.SessionID) (map[attendance.SessionID]attendance.SessionView, error) {
	first, second := from, to
	if bytes.Compare(to[:], from[:]) < 0 {
		first, second = to, from
	}
	out := map[attendance.SessionID]attendance.SessionView{}
	for _, s := range []attendance.SessionID{first, second} {
		if s.IsZero() && s == from {
			continue // it was under none
		}
		v, err := attendance.Writable(tx, by, s)
		if err == nil && s == from && from != to {
			_, err = attendance.Provable(tx, by, s)
		}
		if err != nil {
			return out, err
		}
		out[s] = v
	}
	return out, nil
}

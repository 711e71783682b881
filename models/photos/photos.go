// Package photos keeps the pictures of a session: of the evening, and of the paper roll that was signed there.
//
// A picture is never asked for, never a condition and never counted: no page, export or answer has a figure about pictures. It is
// shown beside its session, to those who see everybody's marks there by name.
//
// A picture's ID is made by the phone or page that sends it, so that the same one sent again is answered as the first time. The row is an
// intent before the first byte goes to the store, becomes ready when the object is there, and an upload that breaks off is settled by the
// sweeper. A picture that is removed can be brought back for [Back]; then its object goes, and the row stays without one, so
// that a phone which repeats itself late does not bring it back.
//
// A picture of a paper roll may come before it is known whose it is: until it is filed under a session only who sent it sees it, and it
// goes after [Unfiled].
//
// The session is the root of its pictures and is locked first, the picture's row after it.
package photos

import (
	"slices"
	"strconv"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type photoTag struct{}

// PhotoID identifies a picture; its sender makes it.
type PhotoID = id.ID[photoTag]

// FromForm is the identity of the n-th picture of a form: the form sent again brings the same ones.
func FromForm(form db.FormID, n int) PhotoID { return id.Derived[photoTag](form, strconv.Itoa(n)) }

// Kind is what a picture shows.
type Kind string

// The kinds.
const (
	Evening Kind = "photo" // of the evening
	Sheet   Kind = "sheet" // of the paper roll
)

// State of a picture.
type State string

// The states.
const (
	Intended State = "intended" // bytes are on their way to the store
	Ready    State = "ready"
	Removed  State = "removed"
)

const (
	// Back is how long a removed picture can be brought back.
	Back = 24 * time.Hour
	// Unfiled is how long a picture is kept that nobody files under a session.
	Unfiled = 14 * 24 * time.Hour
	// most pictures that a session takes: a limit of what is stored, not a number that is shown.
	most = 40
)

type photoRow struct {
	ID        PhotoID               `gorm:"primaryKey"`
	SessionID *attendance.SessionID // nil until it is filed
	Kind      Kind
	State     State
	ObjectKey string // "" when the object is gone
	Hash      string // of what was sent; "" when somebody on it was erased
	Bytes     int64  // of what is stored
	Width     int
	Height    int
	AccountID access.AccountID
	TakenAt   *time.Time // by the device's clock
	MadeAt    time.Time
	RemovedBy *access.AccountID
	RemovedAt *time.Time
}

func (photoRow) TableName() string { return "session_photos" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{photoRow{}} }

// View is a picture as pages and clients see it.
type View struct {
	ID         PhotoID              `json:"id"`
	Session    attendance.SessionID `json:"session"` // "" until it is filed
	Kind       Kind                 `json:"kind"`
	TakenAt    *time.Time           `json:"taken_at"` // by the device's clock, null when it did not say
	ReceivedAt time.Time            `json:"received_at"`
	AddedBy    access.AccountID     `json:"added_by"`
	RemovedAt  *time.Time           `json:"removed_at,omitempty"`
	State      State                `json:"-"`
	Key        string               `json:"-"` // of the object in the store
	Bytes      int64                `json:"-"`
	Width      int                  `json:"-"`
	Height     int                  `json:"-"`
}

func view(r photoRow) View {
	return View{r.ID, id.Or(r.SessionID), r.Kind, r.TakenAt, r.MadeAt, r.AccountID, r.RemovedAt, r.State, r.ObjectKey, r.Bytes, r.Width, r.Height}
}

// Whole reports that there is a picture to show.
func (v View) Whole() bool { return v.State == Ready }

// IntendInput announces a picture whose bytes are at hand.
type IntendInput struct {
	ID            PhotoID
	Session       attendance.SessionID // zero for a paper roll that is filed later
	Kind          Kind
	TakenAt       *time.Time
	Hash          string // of what was sent
	Bytes         int64  // of what is to be stored
	Width, Height int
}

// Intend makes the row that a picture needs before its first byte goes to the store. A picture that came before is given as it is, so it may
// be repeated; another one under the same ID is a conflict, and so is one that the sweeper is just about to forget: later it may be sent
// anew. Locks the session. Permission: that of handing the session's roll in, see [attendance.Sendable]; without a session SessionsSubmit
// anywhere, for a paper roll.
func Intend(tx *db.Tx, by access.Actor, in IntendInput) (View, error) {
	site, err := sendable(tx, by, in.Session)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	c.If(in.ID.IsZero(), "photo", "input.id")
	c.If(in.Kind != Evening && in.Kind != Sheet || in.Session.IsZero() && in.Kind != Sheet, "kind", "input.choice")
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if old, found, err := repeated(tx, by, in); found || err != nil {
		return old, err
	}
	if err := room(tx, by, in.Session); err != nil {
		return View{}, err
	}
	r := photoRow{
		ID: in.ID, SessionID: in.Session.Ptr(), Kind: in.Kind, State: Intended, ObjectKey: "photos/" + in.ID.String() + ".jpg", Hash: in.Hash,
		Bytes: in.Bytes, Width: in.Width, Height: in.Height, AccountID: by.Account, TakenAt: sane(in.TakenAt), MadeAt: tx.Now,
	}
	if err := db.Insert(tx, &r); err != nil {
		if db.IsDuplicate(err) {
			return View{}, db.Repeat(err)
		}
		return View{}, err
	}
	return view(r), note(tx, by, "session.photo_add", r, site)
}

// sendable locks the session and asks for the permission to hand its roll in; without one, any.
func sendable(tx *db.Tx, by access.Actor, session attendance.SessionID) (org.SiteID, error) {
	if session.IsZero() {
		return org.SiteID{}, by.RequireAnywhere(access.SessionsSubmit)
	}
	s, err := attendance.Sendable(tx, by, session)
	return s.Site, err
}

// repeated finds a picture that came before. Of one that is another's nothing is said but that the ID is taken.
func repeated(tx *db.Tx, by access.Actor, in IntendInput) (View, bool, error) {
	rows, err := db.All[photoRow](tx.Locked().Where("id = ?", in.ID))
	if err != nil || len(rows) == 0 {
		return View{}, false, err
	}
	r := rows[0]
	same := r.Hash == in.Hash && (id.Or(r.SessionID) == in.Session || in.Session.IsZero() && r.AccountID == by.Account)
	if !same {
		return View{}, true, fail.Conflict("photos.other")
	}
	if r.State == Removed && r.RemovedBy == nil {
		return View{}, true, fail.Conflict("photos.ending") // its row goes: who took it for received would be the last to have it
	}
	return view(r), true, nil
}

// room refuses more pictures than a session, or a sender's pile of unfiled ones, takes.
func room(tx *db.Tx, by access.Actor, session attendance.SessionID) error {
	query, args := "SELECT COUNT(*) FROM session_photos WHERE state <> ? AND session_id = ?", []any{Removed, session}
	if session.IsZero() {
		query, args = "SELECT COUNT(*) FROM session_photos WHERE state <> ? AND session_id IS NULL AND account_id = ?", []any{Removed, by.Account}
	}
	n, err := db.Ask[int](tx, query, args...)
	if err == nil && n[0] >= most {
		err = fail.Conflict("photos.full")
	}
	return err
}

// sane leaves out what no clock says.
func sane(t *time.Time) *time.Time {
	if t == nil || t.Year() < 2000 || t.Year() > 2200 {
		return nil
	}
	at := t.UTC().Truncate(time.Millisecond)
	return &at
}

// note keeps an act in the history of the session; of a picture without one nothing is told before it is filed.
func note(tx *db.Tx, by access.Actor, act string, r photoRow, site org.SiteID) error {
	if r.SessionID == nil {
		return nil
	}
	return audit.Add(tx, by, audit.Row{
		Act: act, Object: "session", ID: *r.SessionID, Unit: audit.Unit(site),
		Change: audit.Changes{}.ID("photo", PhotoID{}, r.ID).Code("kind", "", string(r.Kind)),
	})
}

// PhotoInput names a picture of a session.
type PhotoInput struct {
	Session attendance.SessionID `path:"id" json:"-"`
	Photo   PhotoID              `path:"photo" json:"-"`
}

// Complete makes an intended picture ready: its object is stored. A picture that is not intended any more is given as it is. Only who
// sends it.
func Complete(tx *db.Tx, by access.Actor, in PhotoInput) (View, error) {
	r, err := locked(tx, in.Photo)
	if err != nil {
		return View{}, err
	}
	if r.AccountID != by.Account && id.Or(r.SessionID) != in.Session {
		return View{}, fail.NotFound("photos.missing")
	}
	if r.State == Intended {
		r.State = Ready
		_, err = db.Set(tx.Model(&photoRow{}).Where("id = ? AND state = ?", r.ID, Intended), map[string]any{"state": Ready})
	}
	return view(r), err
}

func locked(tx *db.Tx, photo PhotoID) (photoRow, error) {
	return db.One[photoRow](tx.Locked().Where("id = ?", photo), "photos.missing")
}

// ListInput names a session.
type ListInput struct {
	Session attendance.SessionID `path:"id"`
}

// List lists a session's pictures in the order in which they came, paper rolls first. Permission: see [attendance.Pictured].
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	out := db.Page[View]{Items: []View{}}
	if _, err := attendance.Pictured(tx, by, in.Session); err != nil {
		return out, err
	}
	rows, err := db.All[photoRow](tx.Where("session_id = ? AND state = ?", in.Session, Ready).Order("kind DESC, made_at, id"))
	for _, r := range rows {
		out.Items = append(out.Items, view(r))
	}
	return out, err
}

// Papers lists the pictures of a session's paper roll, for calling the roll beside them. No permission is asked: the caller's op has asked for
// SessionsSubmit.
func Papers(tx *db.Tx, _ access.Actor, session attendance.SessionID) ([]View, error) {
	rows, err := db.All[photoRow](tx.Where("session_id = ? AND kind = ? AND state = ?", session, Sheet, Ready).Order("made_at, id"))
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = view(r)
	}
	return out, err
}

// Restorable lists the removed pictures that the actor can bring back. Permission: that of [Restore] for some.
func Restorable(tx *db.Tx, by access.Actor, session attendance.SessionID) ([]View, error) {
	kinds := []Kind{}
	_, err := attendance.Provable(tx, by, session)
	if err == nil {
		kinds = append(kinds, Sheet)
	}
	if _, werr := attendance.Writable(tx, by, session); werr == nil {
		kinds = append(kinds, Evening)
	}
	if len(kinds) == 0 {
		return nil, err
	}
	rows, err := db.All[photoRow](tx.Where("session_id = ? AND kind IN ? AND state = ? AND object_key <> '' AND removed_by IS NOT NULL AND removed_at > ?", session, kinds, Removed, tx.Now.Add(-Back)).Order("removed_at, id"))
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = view(r)
	}
	return out, err
}

// Find reads a picture of a session, for showing it. Permission: see [attendance.Pictured].
func Find(tx *db.Tx, by access.Actor, in PhotoInput) (View, error) {
	if _, err := attendance.Pictured(tx, by, in.Session); err != nil {
		return View{}, err
	}
	r, err := db.One[photoRow](tx.Where("id = ? AND session_id = ? AND state = ?", in.Photo, in.Session, Ready), "photos.missing")
	return view(r), err
}

// Remove takes a picture away from everybody's sight; it can be brought back for [Back]. One that is removed stays so. Locks the session,
// then the picture. Permission: that of writing the session's roll now, see [attendance.Writable]; for the picture of a paper roll that of
// [attendance.Provable].
func Remove(tx *db.Tx, by access.Actor, in PhotoInput) (View, error) {
	return turn(tx, by, in, "session.photo_remove", func(r *photoRow) (bool, error) {
		if r.State == Removed {
			return false, nil
		}
		r.State, r.RemovedBy, r.RemovedAt = Removed, by.Account.Ptr(), &tx.Now
		return true, nil
	})
}

// Restore brings a removed picture back, unless [Back] is over or nobody removed it: it broke off, or somebody on it was erased. Locks and permission as for [Remove].
func Restore(tx *db.Tx, by access.Actor, in PhotoInput) (View, error) {
	return turn(tx, by, in, "session.photo_restore", func(r *photoRow) (bool, error) {
		switch {
		case r.State != Removed:
			return false, nil
		case r.ObjectKey == "" || r.RemovedBy == nil || tx.Now.Sub(*r.RemovedAt) > Back:
			return false, fail.Conflict("photos.gone")
		}
		r.State, r.RemovedBy, r.RemovedAt = Ready, nil, nil
		return true, nil
	})
}

// turn changes the state of a picture; change says whether it did.
func turn(tx *db.Tx, by access.Actor, in PhotoInput, act string, change func(*photoRow) (bool, error)) (View, error) {
	kind, err := db.Ask[Kind](tx, "SELECT kind FROM session_photos WHERE id = ? AND session_id = ?", in.Photo, in.Session)
	if err != nil {
		return View{}, err
	}
	may := attendance.Writable
	if slices.Contains(kind, Sheet) {
		may = attendance.Provable
	}
	s, err := may(tx, by, in.Session)
	if err != nil {
		return View{}, err
	}
	r, err := locked(tx, in.Photo)
	if err == nil && id.Or(r.SessionID) != in.Session {
		err = fail.NotFound("photos.missing")
	}
	if err != nil {
		return View{}, err
	}
	did, err := change(&r)
	if err != nil || !did {
		return view(r), err
	}
	_, err = db.Set(tx.Model(&photoRow{}).Where("id = ?", r.ID), map[string]any{"state": r.State, "removed_by": r.RemovedBy, "removed_at": r.RemovedAt})
	if err != nil {
		return View{}, err
	}
	return view(r), note(tx, by, act, r, s.Site)
}

// MaySend asks beforehand what [Intend] asks.
func MaySend(tx *db.Tx, by access.Actor, session attendance.SessionID) error {
	_, err := sendable(tx, by, session)
	return err
}

// Package feeds lets people have the days of schools in the calendar of their phone (iCalendar, RFC 5545).
//
// A feed is a secret address that a person makes for himself: of one school, of a township, or of the schools that he
// belongs to. Whoever has the address reads the feed without signing in, so it says when and at which school people meet, and
// names nobody. It shows what its owner may see at that moment: when he leaves his office, or the account is disabled, it is gone.
//
// The secret is kept nowhere. It is made of the feed's ID by a key that is not in the database, so its owner can look at it
// again and whoever reads the database cannot. A feed that is revoked is deleted; made anew it has another ID and so another address.
//
// The root is the account.
package feeds

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type (
	feedTag  struct{}
	placeTag struct{}
)

// FeedID identifies a feed. It is random.
type FeedID = id.ID[feedTag]

// Kind says whose days a feed has.
type Kind string

// The kinds.
const (
	OfSchool   Kind = "school"
	OfTownship Kind = "township"
	Own        Kind = "own" // of the schools that its owner keeps, or on whose roster he is
)

type feedRow struct {
	ID        FeedID `gorm:"primaryKey"`
	AccountID access.AccountID
	Kind      Kind
	UnitID    *org.UnitID
	Place     id.ID[placeTag] // of account, kind and unit: one feed each
	MadeAt    time.Time
}

func (feedRow) TableName() string { return "calendar_feeds" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{feedRow{}} }

// Area makes and reads feeds.
type Area struct{ key []byte }

// New makes the area; the key is what addresses are made by, so another one ends all feeds.
func New(key []byte) *Area { return &Area{key} }

const secretBytes = 20

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// secret is the secret part of a feed's address: its ID and 160 bits that only the key gives.
func (a *Area) secret(feed FeedID) string {
	m := hmac.New(sha256.New, a.key)
	m.Write(feed[:])
	return strings.ToLower(letters.EncodeToString(append(feed[:], m.Sum(nil)[:secretBytes]...)))
}

// open finds the feed that a secret is of; false for one that was never made.
func (a *Area) open(secret string) (feed FeedID, ok bool) {
	raw, err := letters.DecodeString(strings.ToUpper(secret))
	if err != nil || len(raw) != len(feed)+secretBytes {
		return feed, false
	}
	copy(feed[:], raw)
	return feed, hmac.Equal([]byte(a.secret(feed)), []byte(strings.ToLower(secret)))
}

// View is a feed as its owner sees it in the list.
type View struct {
	ID     FeedID    `json:"id"`
	Kind   Kind      `json:"kind"`
	Name   string    `json:"name"` // of the school or township, "" for one's own
	MadeAt time.Time `json:"made_at"`
}

// AddressView is a feed with its address.
type AddressView struct {
	View
	Path string `json:"path"` // below the site's own address; secret
}

// MakeInput says of what the feed shall be: Site for a school, Under for a township, neither for one's own schools.
type MakeInput struct {
	Kind  Kind       `json:"kind" form:"kind"`
	Site  org.SiteID `json:"site" form:"site"`
	Under string     `json:"under" form:"under"` // the township's code
}

// FeedInput names a feed.
type FeedInput struct {
	ID FeedID `path:"id" json:"-"`
}

// most bounds the feeds of one account.
const most = 60

// Make makes a feed; who has that one already gets it as it is. Permission: CalendarSee on the school, on the township; for one's own
// schools, being signed in.
func (a *Area) Make(tx *db.Tx, by access.Actor, in MakeInput) (View, error) {
	if err := signedIn(by); err != nil {
		return View{}, err
	}
	unit, err := in.unit(tx, by)
	if err != nil {
		return View{}, err
	}
	row := feedRow{
		ID: id.Random[feedTag](), AccountID: by.Account, Kind: in.Kind, UnitID: unit.ID.Ptr(), MadeAt: tx.Now,
		Place: id.Derived[placeTag](by.Account, string(in.Kind)+" "+unit.ID.String()),
	}
	had, err := views(tx, "f.account_id = ?", by.Account)
	if err != nil {
		return View{}, err
	}
	if len(had) >= most {
		return View{}, fail.Conflict("feeds.too_many", most)
	}
	err = db.Insert(tx, &row)
	if db.IsDuplicate(err) {
		return one(tx, "f.place = ?", row.Place)
	}
	if err != nil {
		return View{}, err
	}
	return View{row.ID, row.Kind, unit.Name, row.MadeAt}, note(tx, by, "feed.make", row)
}

// unit finds and checks what the feed is of; the zero unit for one's own schools.
func (in MakeInput) unit(tx *db.Tx, by access.Actor) (org.Unit, error) {
	var c fail.Check
	switch in.Kind {
	case OfSchool:
		if c.If(in.Site.IsZero(), "site", "input.required") {
			return org.Unit{}, c.Err()
		}
		s, err := org.FindSchool(tx, in.Site)
		if err != nil {
			return org.Unit{}, err
		}
		return org.Unit{ID: org.SiteUnit(s.ID), Name: s.Name}, by.Require(access.CalendarSee, s.Paths()...)
	case OfTownship:
		if c.If(in.Under == "", "under", "input.required") {
			return org.Unit{}, c.Err()
		}
		u, err := org.FindCode(tx, org.Administrative, in.Under)
		if err != nil {
			return org.Unit{}, err
		}
		if u.Kind != org.Township {
			return org.Unit{}, fail.NotFound("calendar.not_a_township")
		}
		return u, by.Require(access.CalendarSee, u.Path)
	case Own:
		return org.Unit{}, nil
	}
	c.Add("kind", "input.choice")
	return org.Unit{}, c.Err()
}

func signedIn(by access.Actor) error {
	if !by.SignedIn() {
		return fail.NoSignIn("access.sign_in_first")
	}
	return nil
}

func note(tx *db.Tx, by access.Actor, act string, row feedRow) error {
	said := audit.Row{Act: act, Object: "account", ID: by.Account, Change: audit.Changes{}.Code("kind", "", string(row.Kind))}
	if row.UnitID != nil {
		said.Unit = audit.Unit(*row.UnitID)
	}
	return audit.Add(tx, by, said)
}

// Mine lists the actor's feeds, by name. Permission: being signed in.
func Mine(tx *db.Tx, by access.Actor, _ struct{}) (db.Page[View], error) {
	page := db.Page[View]{Items: []View{}}
	if err := signedIn(by); err != nil {
		return page, err
	}
	var err error
	page.Items, err = views(tx, "f.account_id = ?", by.Account)
	return page, err
}

// Get gives the address of a feed. Permission: having made it.
func (a *Area) Get(tx *db.Tx, by access.Actor, in FeedInput) (AddressView, error) {
	v, err := one(tx, "f.id = ? AND f.account_id = ?", in.ID, by.Account)
	if err != nil {
		return AddressView{}, err
	}
	return AddressView{v, "/ics/" + a.secret(v.ID) + ".ics"}, nil
}

// Renew gives a feed another address; the one it had works no more. Permission: having made it.
func (a *Area) Renew(tx *db.Tx, by access.Actor, in FeedInput) (View, error) {
	row, err := drop(tx, by, in)
	if err != nil {
		return View{}, err
	}
	row.ID, row.MadeAt = id.Random[feedTag](), tx.Now
	if err := db.Insert(tx, &row); err != nil {
		return View{}, err
	}
	if err := note(tx, by, "feed.renew", row); err != nil {
		return View{}, err
	}
	return one(tx, "f.id = ?", row.ID)
}

// Revoke ends a feed: its address is worth nothing from now on. Permission: having made it.
func (a *Area) Revoke(tx *db.Tx, by access.Actor, in FeedInput) (struct{}, error) {
	row, err := drop(tx, by, in)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, note(tx, by, "feed.revoke", row)
}

// drop deletes a feed of the actor's; the row is what two who do it at once meet at.
func drop(tx *db.Tx, by access.Actor, in FeedInput) (feedRow, error) {
	row, err := db.One[feedRow](tx.Locked().Where("id = ? AND account_id = ?", in.ID, by.Account), "feeds.gone")
	if err != nil {
		return row, err
	}
	res := tx.Where("id = ?", row.ID).Delete(&feedRow{})
	if res.Error == nil && res.RowsAffected != 1 {
		return row, fail.NotFound("feeds.gone")
	}
	return row, wrap(res.Error)
}

func one(tx *db.Tx, where string, args ...any) (View, error) {
	found, err := views(tx, where, args...)
	if err != nil {
		return View{}, err
	}
	if len(found) == 0 {
		return View{}, fail.NotFound("feeds.gone")
	}
	return found[0], nil
}

func views(tx *db.Tx, where string, args ...any) ([]View, error) {
	return db.Ask[View](tx, "SELECT f.id, f.kind, COALESCE(u.name, '') AS name, f.made_at FROM calendar_feeds f LEFT JOIN units u ON u.id = f.unit_id "+
		"WHERE "+where+" ORDER BY f.kind, u.code, f.id", args...)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("feeds: %w", err)
}

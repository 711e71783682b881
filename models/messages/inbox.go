package messages

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// View is a message as its reader sees it.
type View struct {
	ID        MessageID  `json:"id"`
	Kind      Kind       `json:"kind"`
	Object    string     `json:"object"` // "activity_day", "cancellation", "exchange_group" or "unit"
	ObjectID  ObjectID   `json:"object_id"`
	Unit      org.UnitID `json:"unit"` // the school or township that it is about
	Facts     Facts      `json:"facts"`
	Text      string     `json:"text"`
	Link      string     `json:"link"` // the page on which something can be done about it; "" for none
	MadeAt    time.Time  `json:"made_at"`
	Read      bool       `json:"read"`
	Overtaken bool       `json:"overtaken"` // something newer holds
	Over      bool       `json:"over"`      // the day that it is about has passed
}

// New reports a message that waits to be read.
func (v View) New() bool { return !v.Read && !v.Overtaken && !v.Over }

// ListInput narrows the inbox.
type ListInput struct {
	After    MessageID `query:"after"`    // the last one of the part before
	Limit    int       `query:"limit"`    // 1–100; 0 means 20
	Language string    `query:"language"` // "zh-CN" or "en"; "" is Chinese
}

const (
	usualPart = 20
	mostPart  = 100
)

// List lists the actor's messages, newest first. It changes nothing: what was read is said by [Read]. Permission: being signed in.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	page := db.Page[View]{Items: []View{}}
	if err := signedIn(by); err != nil {
		return page, err
	}
	if in.Limit < 1 || in.Limit > mostPart {
		in.Limit = usualPart
	}
	q := tx.Where("account_id = ?", by.Account)
	if !in.After.IsZero() {
		last, err := own(tx, by, in.After)
		if err != nil {
			return page, err
		}
		q = q.Where("(made_at < ? OR made_at = ? AND id < ?)", last.MadeAt, last.MadeAt, last.ID)
	}
	rows, err := db.All[messageRow](q.Order("made_at DESC, id DESC").Limit(in.Limit + 1))
	if err != nil {
		return page, err
	}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		page.Next = rows[in.Limit-1].ID.String()
	}
	page.Items, err = views(tx, lang.Match(in.Language, ""), rows)
	return page, err
}

func signedIn(by access.Actor) error {
	if !by.SignedIn() {
		return fail.NoSignIn("access.sign_in_first")
	}
	return nil
}

// own reads a message of the actor's; not_found for anybody else's.
func own(tx *db.Tx, by access.Actor, message MessageID) (messageRow, error) {
	return db.One[messageRow](tx.Where("id = ? AND account_id = ?", message, by.Account), "messages.gone")
}

// mostUnread is the most that [Unread] counts.
const mostUnread = 99

// waits holds for messages m that wait to be read; its argument is today.
const waits = "m.read_at IS NULL AND m.overtaken_at IS NULL AND (m.`until` IS NULL OR m.`until` >= ?)"

// Waiting counts what [Unread] counts, without its bound, as part of the query that finds out who asks: the number stands in the header of
// every page.
var Waiting = accounts.Beside{
	Number: "SELECT COUNT(*) FROM messages m WHERE m.account_id = a.id AND " + waits,
	Args:   func(tx *db.Tx) []any { return []any{tx.Today()} },
}

// Unread counts the messages that wait to be read, up to 99. For everybody: a visitor has none.
func Unread(tx *db.Tx, by access.Actor) (int, error) {
	if !by.SignedIn() {
		return 0, nil
	}
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM (SELECT 1 FROM messages m WHERE m.account_id = ? AND "+waits+" LIMIT ?) waiting",
		by.Account, tx.Today(), mostUnread)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// CountView is how many messages wait.
type CountView struct {
	Unread int `json:"unread"` // up to 99
}

// CountInput is empty.
type CountInput struct{}

// Count tells how many messages wait to be read. Permission: being signed in.
func Count(tx *db.Tx, by access.Actor, _ CountInput) (CountView, error) {
	if err := signedIn(by); err != nil {
		return CountView{}, err
	}
	n, err := Unread(tx, by)
	return CountView{n}, err
}

// ReadInput names a message.
type ReadInput struct {
	ID       MessageID `path:"id" json:"-"`
	Language string    `json:"language" form:"-"`
}

// Read notes that the actor has read a message; said again it changes nothing. It is his own mark, which nobody else sees and no figure counts, so
// that no audit row is kept. Permission: it is the actor's own.
func Read(tx *db.Tx, by access.Actor, in ReadInput) (View, error) {
	if err := signedIn(by); err != nil {
		return View{}, err
	}
	r, err := own(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	if r.ReadAt == nil {
		r.ReadAt = &tx.Now
		if _, err := db.Set(tx.Model(&messageRow{}).Where("id = ? AND read_at IS NULL", r.ID), map[string]any{"read_at": tx.Now}); err != nil {
			return View{}, err
		}
	}
	all, err := views(tx, lang.Match(in.Language, ""), []messageRow{r})
	if err != nil {
		return View{}, err
	}
	return all[0], nil
}

// ReadAllInput says up to which message.
type ReadAllInput struct {
	Until MessageID `json:"until" form:"until"` // the newest that was shown: what came later stays unread
}

// ReadAll notes that the actor has read a message and all before it. As [Read].
func ReadAll(tx *db.Tx, by access.Actor, in ReadAllInput) (CountView, error) {
	if err := signedIn(by); err != nil {
		return CountView{}, err
	}
	last, err := own(tx, by, in.Until)
	if err != nil {
		return CountView{}, err
	}
	_, err = db.Set(tx.Model(&messageRow{}).Where("account_id = ? AND read_at IS NULL AND overtaken_at IS NULL AND made_at <= ?", by.Account, last.MadeAt),
		map[string]any{"read_at": tx.Now})
	if err != nil {
		return CountView{}, err
	}
	n, err := Unread(tx, by)
	return CountView{n}, err
}

// PrefView says how the actor gets his messages.
type PrefView struct {
	SMS     bool `json:"sms"`     // on the telephone, too
	Offered bool `json:"offered"` // the county has a gateway
	Phone   bool `json:"phone"`   // the actor has a number in the register
}

// PrefInput is empty.
type PrefInput struct{}

// Pref tells how the actor gets his messages. Permission: being signed in.
func (a *Area) Pref(tx *db.Tx, by access.Actor, _ PrefInput) (PrefView, error) {
	if err := signedIn(by); err != nil {
		return PrefView{}, err
	}
	v := PrefView{Offered: a.sms}
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM message_prefs WHERE account_id = ? AND sms = ?", by.Account, true)
	if err != nil {
		return v, err
	}
	v.SMS = n[0] > 0
	if !by.Person.IsZero() {
		n, err = db.Ask[int](tx, "SELECT COUNT(*) FROM persons WHERE id = ? AND phone IS NOT NULL", by.Person)
		v.Phone = err == nil && n[0] > 0
	}
	return v, err
}

// SetPrefInput says whether messages go to the telephone, too.
type SetPrefInput struct {
	SMS bool `json:"sms" form:"sms"`
}

// SetPref lets the actor's messages go to his telephone, or stops it: nobody else decides that, and it is off until he does. Conflict when the
// county has no gateway. Permission: being signed in.
func (a *Area) SetPref(tx *db.Tx, by access.Actor, in SetPrefInput) (PrefView, error) {
	old, err := a.Pref(tx, by, PrefInput{})
	if err != nil {
		return PrefView{}, err
	}
	if in.SMS && !a.sms {
		return PrefView{}, fail.Conflict("messages.no_gateway")
	}
	if old.SMS == in.SMS {
		return old, nil
	}
	row := prefRow{AccountID: by.Account, SMS: in.SMS, ChangedAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return PrefView{}, fmt.Errorf("messages: %w", err)
	}
	act := "messages.sms_off"
	if in.SMS {
		act = "messages.sms_on"
	}
	if err := audit.Add(tx, by, audit.Row{Act: act, Object: "account", ID: by.Account}); err != nil {
		return PrefView{}, err
	}
	old.SMS = in.SMS
	return old, nil
}

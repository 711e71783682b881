package accounts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type signInTag struct{}

// SignInID names a sign-in in lists; it is not the secret token.
type SignInID = id.ID[signInTag]

type signInRow struct {
	Token     string `gorm:"primaryKey"` // a hash of the cookie's token
	ID        SignInID
	AccountID *AccountID
	Data      []byte
	Agent     string
	MadeAt    time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

func (signInRow) TableName() string { return "sign_ins" }

// SignIn is a sign-in as the web layer keeps it.
type SignIn struct {
	Token     string // a hash of the cookie's token
	Account   AccountID
	Data      []byte
	Agent     string // a word for the browser, at most 200 characters
	ExpiresAt time.Time
	SeenAt    time.Time // not older than five minutes while in use; set by [Touch]
	Beside    int       // the number that was asked for with it
}

// touchEvery is how stale last-seen may be; a GET must not write each time.
const touchEvery = 5 * time.Minute

// Stale reports whether last-seen should be refreshed by [Touch].
func (s SignIn) Stale(now time.Time) bool { return now.Sub(s.SeenAt) >= touchEvery }

// Beside is a number that is read with every sign-in: a query in SQL that gives one number for the account a, and its arguments. The zero one
// reads none.
type Beside struct {
	Number string
	Args   func(tx *db.Tx) []any
}

const signInColumns = "SELECT s.data, s.agent, s.expires_at, s.seen_at, "

const signInRest = ", " + actorColumns + " FROM sign_ins s LEFT JOIN accounts a ON a.id = s.account_id" + actorGrants +
	"WHERE s.token = ? AND s.expires_at > ? ORDER BY g.granted_at, g.id"

// FindSignIn reads a sign-in that has neither expired nor ended; not_found otherwise. It is the key
// itself, so no permission is asked.
func FindSignIn(tx *db.Tx, token string) (SignIn, error) {
	in, _, _, err := SignedIn(tx, token, Beside{})
	return in, err
}

// SignedIn is [FindSignIn] together with [Actor] of its account and a number beside it, in the one query that every request asks. The
// actor is the zero one when nobody has signed in yet or the account may no longer sign in.
func SignedIn(tx *db.Tx, token string, beside Beside) (SignIn, access.Actor, Prefs, error) {
	var a actorLines
	var in SignIn
	number, args := "0", []any(nil)
	if beside.Number != "" {
		number, args = "("+beside.Number+")", beside.Args(tx)
	}
	args = append(args, tx.Now, token, tx.Now)
	err := db.Each(tx, signInColumns+number+signInRest, args, func(scan func(...any) error) error {
		in.Token = token
		return a.read(scan, &in.Data, &in.Agent, &in.ExpiresAt, &in.SeenAt, &in.Beside)
	})
	if err == nil && in.Token == "" {
		err = fail.NotFound("accounts.sign_in_missing")
	}
	if err != nil || a.account == nil {
		return in, access.Actor{}, Prefs{}, err
	}
	in.Account = *a.account
	by, prefs, err := a.actor()
	if fail.KindOf(err) == fail.Unauthenticated {
		err = nil
	}
	return in, by, prefs, err
}

// KeepSignIn stores a sign-in, or its new state. One that has ended stays ended, whatever a request
// that was under way meanwhile would store: that is why an ended one keeps its row until [Sweep].
func KeepSignIn(tx *db.Tx, in SignIn) error {
	agent := []rune(in.Agent)
	in.Agent = string(agent[:min(len(agent), 200)])
	n, err := db.Set(tx.Model(&signInRow{}).Where("token = ? AND expires_at > ?", in.Token, tx.Now), map[string]any{
		"account_id": in.Account.Ptr(), "data": in.Data, "agent": in.Agent, "seen_at": tx.Now, "expires_at": in.ExpiresAt,
	})
	if err != nil || n > 0 {
		return err
	}
	err = db.Insert(tx, &signInRow{
		Token: in.Token, ID: id.New[signInTag](), AccountID: in.Account.Ptr(), Data: in.Data, Agent: in.Agent,
		MadeAt: tx.Now, SeenAt: tx.Now, ExpiresAt: in.ExpiresAt,
	})
	if db.IsDuplicate(err) {
		return nil
	}
	return err
}

// DropSignIn ends a sign-in; one that is not there is no error.
func DropSignIn(tx *db.Tx, token string) error {
	_, err := end(tx, "token = ?", token)
	return err
}

// EndAll ends the account's sign-ins but the one with the token ("" for all), and says how many. No permission is
// asked: the caller's op does.
func EndAll(tx *db.Tx, account AccountID, except string) (int64, error) {
	return end(tx, "account_id = ? AND token <> ?", account, except)
}

func end(tx *db.Tx, cond string, args ...any) (int64, error) {
	return db.Set(tx.Model(&signInRow{}).Where(cond, args...).Where("expires_at > ?", tx.Now),
		map[string]any{"expires_at": tx.Now, "data": []byte{}})
}

// Touch notes that a sign-in was used now, at most every five minutes.
func Touch(tx *db.Tx, token string) error {
	_, err := db.Set(tx.Model(&signInRow{}).Where("token = ? AND seen_at <= ? AND expires_at > ?", token, tx.Now.Add(-touchEvery), tx.Now),
		map[string]any{"seen_at": tx.Now})
	return err
}

// SignInView is one of one's own sign-ins.
type SignInView struct {
	ID      SignInID  `json:"id"`
	Agent   string    `json:"agent"`
	MadeAt  time.Time `json:"made_at"`
	SeenAt  time.Time `json:"seen_at"`
	Current bool      `json:"current"`
}

// SignInsInput names the sign-in that asks; the web layer fills it in.
type SignInsInput struct {
	Token string `json:"-"`
}

// SignIns lists the actor's own sign-ins, newest first. Permission: being signed in. Nobody else's are
// ever listed or counted.
func SignIns(tx *db.Tx, by access.Actor, in SignInsInput) (db.Page[SignInView], error) {
	if !by.SignedIn() {
		return db.Page[SignInView]{}, fail.NoSignIn("access.sign_in_first")
	}
	rows, err := db.All[signInRow](tx.Omit("data").Where("account_id = ? AND expires_at > ?", by.Account, tx.Now).Order("made_at DESC, id DESC"))
	page := db.Page[SignInView]{Items: make([]SignInView, len(rows))}
	for i, r := range rows {
		page.Items[i] = SignInView{r.ID, r.Agent, r.MadeAt, r.SeenAt, r.Token == in.Token}
	}
	return page, err
}

// EndSignInInput names one of one's own sign-ins.
type EndSignInInput struct {
	ID SignInID `path:"id" json:"-"`
}

// EndSignIn ends one of the actor's own sign-ins. Permission: being signed in.
func EndSignIn(tx *db.Tx, by access.Actor, in EndSignInInput) (struct{}, error) {
	if !by.SignedIn() {
		return struct{}{}, fail.NoSignIn("access.sign_in_first")
	}
	n, err := end(tx, "id = ? AND account_id = ?", in.ID, by.Account)
	if err == nil && n == 0 {
		err = fail.NotFound("accounts.sign_in_missing")
	}
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, audit.Add(tx, by, audit.Row{Act: "sign_in.end", Object: "sign_in", ID: in.ID})
}

// EndOthers ends all of the actor's sign-ins but the one that asks. Permission: being signed in.
func EndOthers(tx *db.Tx, by access.Actor, in SignInsInput) (struct{}, error) {
	if !by.SignedIn() {
		return struct{}{}, fail.NoSignIn("access.sign_in_first")
	}
	n, err := EndAll(tx, by.Account, in.Token)
	if err != nil || n == 0 {
		return struct{}{}, err
	}
	return struct{}{}, audit.Add(tx, by, audit.Row{Act: "sign_in.end_others", Object: "account", ID: by.Account})
}

// alwaysIdle are the roles whose sign-in ends when it is not used, whatever else the account holds; the other offices are let
// off where their holder is a host or a head, too, whose phone is never asked in the middle of an evening.
var (
	alwaysIdle = []access.Role{access.County, access.Auditor, access.TownshipAdmin, access.Township}
	neverIdle  = []access.Role{access.Host, access.Head}
)

// IdleLimit is how long a sign-in of an office may lie unused.
const IdleLimit = 30 * time.Minute

// Idles reports whether the actor's sign-in ends when it is not used for [IdleLimit], and with the day. Those of hosts and
// trainees are remembered, and that of a host who has handed his school over: his phone may hold a roll of an evening before.
func Idles(by access.Actor) bool {
	return by.Has(alwaysIdle...) || !by.Has(neverIdle...) && office(by)
}

// Renews reports whether use puts off the end of the actor's sign-in. One that came with an office does not outlive it: who holds
// no role any more goes on until the end that stands.
func Renews(by access.Actor) bool { return len(by.Grants()) > 0 && !Idles(by) }

// Sign gives a mark that only this installation makes, of a text for a purpose.
func (a *Area) Sign(purpose, text string) string {
	m := hmac.New(sha256.New, a.derive("sign/"+purpose))
	m.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

package web

import (
	"html/template"
	"net/http"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
)

// The steps between a right password and a sign-in: a second factor for counties and townships, and a password in the place
// of six digits for who holds an office now. Until they are done the browser is bound to no account: it is a visitor's.

const (
	pendingKey = "pending" // the account whose password was right
	freshKey   = "fresh"   // when the second factor was asked for
	pendingFor = 15 * time.Minute
	freshFor   = 10 * time.Minute
)

// errNotFresh asks for the second factor again.
var errNotFresh = fail.NoSignIn("accounts.factor_again")

// Enter signs the account in, whose password, slip or code was right. It is not done when the account has more to do
// first: then the caller goes on with [Request.GoOn].
func (r *Request) Enter(account accounts.AccountID) (done bool, err error) {
	n, err := r.needs(account)
	if err != nil {
		return false, err
	}
	if n == (accounts.Needs{}) {
		return true, r.finish(account, false)
	}
	if n.Factor == "enrol" {
		if _, _, err := r.startFactor(account); err != nil {
			return false, err
		}
	}
	m, ctx := r.App.sessions, r.Context()
	if err := m.RenewToken(ctx); err != nil {
		return false, err //nolint:wrapcheck // scs names itself
	}
	m.Remove(ctx, accountKey)
	m.Put(ctx, pendingKey, account.String())
	m.SetDeadline(ctx, r.App.later().Add(pendingFor))
	r.Actor, r.Prefs, r.known = access.Visitor(), prefs{}, true
	return false, nil
}

func (r *Request) needs(account accounts.AccountID) (n accounts.Needs, err error) {
	err = r.App.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		n, err = accounts.NeedsOf(tx, account)
		return err
	})
	if !r.App.SecondFactor {
		n.Factor = ""
	}
	return n, err
}

// finish signs in, all being done.
func (r *Request) finish(account accounts.AccountID, fresh bool) error {
	if err := r.SignIn(account); err != nil {
		return err
	}
	if fresh {
		r.setFresh()
	}
	return r.keepDevice()
}

func (r *Request) setFresh() {
	r.App.sessions.Put(r.Context(), freshKey, r.App.DB.Now().UTC().Format(time.RFC3339))
}

// fresh is nil when the second factor was asked for within ten minutes, or is not asked of this actor: before pages that
// give out people in numbers. Its error leads to where it is asked, and back.
func (r *Request) fresh() error {
	if !r.App.SecondFactor {
		return nil
	}
	by, err := r.Who()
	if err != nil {
		return err
	}
	if !by.SignedIn() || !accounts.NeedsFactor(by) {
		return nil
	}
	at, err := time.Parse(time.RFC3339, r.App.sessions.GetString(r.Context(), freshKey))
	if err != nil || r.App.DB.Now().Sub(at) >= freshFor {
		return errNotFresh
	}
	return nil
}

func confirmed(fn PageFunc) PageFunc {
	return func(r *Request) error {
		if err := r.fresh(); err != nil {
			return err
		}
		return fn(r)
	}
}

// secondView is the page of what is still to be done.
type secondView struct {
	Base
	Step     string // "password", "enrol", "ask" or "confirm"
	Card     bool   // the factor is a card of codes
	QR       template.HTML
	Key      string // for typing, in groups
	NextPath string
	CarryTo  string
	Carried  []FieldError
}

// GoOn answers one who has just given his password: with what he has to do before he is in, or with the page that he
// wanted, else home.
func (r *Request) GoOn(done bool) error { return r.goOn(done) }

func (r *Request) goOn(done bool) error {
	if done {
		return r.entered()
	}
	to, carried := r.carriedForm()
	return r.showSecond(http.StatusOK, secondView{NextPath: r.Form().Get("next"), CarryTo: to, Carried: carried}, Form{})
}

// pending is the account whose password was right in this browser; a visitor signs in first.
func (r *Request) pending() (account accounts.AccountID, err error) {
	if err := account.UnmarshalText([]byte(r.App.sessions.GetString(r.Context(), pendingKey))); err != nil || account.IsZero() {
		return account, fail.NoSignIn("access.sign_in_first")
	}
	return account, nil
}

// beginAgain answers a step that comes too late, with what was carried along.
func (r *Request) beginAgain(next string) error {
	to, carried := r.carriedForm()
	return r.showSignIn(http.StatusConflict, r.T("sign_in.begin_again"), next, to, carried)
}

func secondPage(r *Request) error {
	if _, err := r.pending(); err != nil {
		return r.beginAgain(r.Query("next"))
	}
	err := r.showSecond(http.StatusOK, secondView{NextPath: r.Query("next")}, Form{})
	if fail.Is(err, "accounts.factor_missing") {
		return r.beginAgain(r.Query("next"))
	}
	return err
}

func (r *Request) showSecond(status int, page secondView, form Form) error {
	account, err := r.pending()
	if err != nil {
		return err
	}
	n, err := r.needs(account)
	if err != nil {
		return err
	}
	title := "sign_in.second"
	switch {
	case n.Password:
		page.Step, title = "password", "sign_in.new_password"
	case n.Factor == "enrol":
		page.Step, title = "enrol", "sign_in.enrol"
		if page.QR, page.Key, err = r.appKey(account); err != nil {
			return err
		}
	default:
		page.Step = "ask"
		if page.Card, err = r.hasCard(account); err != nil {
			return err
		}
	}
	page.Base, page.Form = r.Base(title), form
	return r.render(status, "web/second", page)
}

// startFactor makes, or finds, what the app reads.
func (r *Request) startFactor(account accounts.AccountID) (address, key string, err error) {
	err = r.App.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		address, key, err = r.App.Accounts.StartFactor(tx, account, r.App.county(r.Lang()))
		return err
	})
	return address, key, err
}

// appKey draws what the app reads. Looking at the page makes nothing.
func (r *Request) appKey(account accounts.AccountID) (template.HTML, string, error) {
	var address, key string
	var err error
	if r.Method == http.MethodPost {
		address, key, err = r.startFactor(account)
	} else {
		err = r.App.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			address, key, err = r.App.Accounts.StartedFactor(tx, account, r.App.county(r.Lang()))
			return err
		})
	}
	if err != nil {
		return "", "", err
	}
	qr, err := QR(address)
	return qr, grouped(key), err
}

// grouped parts a key into fours.
func grouped(key string) string {
	out := ""
	for i, c := range key {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(c)
	}
	return out
}

func (r *Request) hasCard(account accounts.AccountID) (card bool, err error) {
	err = r.App.DB.Read(r.Context(), func(tx *db.Tx) error {
		f, err := accounts.FactorOf(tx, account)
		card = f.Kind == accounts.FactorCard
		return err
	})
	return card, err
}

type secondInput struct {
	Act      string `form:"act"` // "card" for a card of codes instead of an app
	Code     string `form:"code"`
	Password string `form:"password"`
}

func secondForm(r *Request) error {
	account, err := r.pending()
	if err != nil {
		return r.beginAgain(r.Form().Get("next"))
	}
	var in secondInput
	var n accounts.Needs
	if err = r.Bind(&in); err == nil {
		n, err = r.needs(account)
	}
	if err == nil {
		err = r.second(account, n, in)
	}
	if err != nil {
		return r.Again(err, func(f Form) error {
			to, carried := r.carriedForm()
			page := secondView{NextPath: r.Form().Get("next"), CarryTo: to, Carried: carried}
			return r.showSecond(r.gin.GetInt(statusKey), page, f)
		})
	}
	if left, err := r.needs(account); err != nil || n.Password && left != (accounts.Needs{}) {
		if err != nil {
			return err
		}
		return r.goOn(false)
	}
	if err := r.finish(account, n.Factor != ""); err != nil {
		return err
	}
	if n.Factor == "enrol" {
		return r.showPaper(true)
	}
	return r.entered()
}

// second does one step.
func (r *Request) second(account accounts.AccountID, n accounts.Needs, in secondInput) error {
	acc := r.App.Accounts
	switch {
	case n.Password:
		s, err := acc.Hash(r.Context(), in.Password)
		if err != nil {
			return err
		}
		return r.App.DB.Write(r.Context(), func(tx *db.Tx) error { return accounts.ReplacePin(tx, account, s) })
	case n.Factor == "enrol" && in.Act == "card":
		return r.App.DB.Write(r.Context(), func(tx *db.Tx) error { return acc.TakeCard(tx, account) })
	case n.Factor == "enrol":
		return r.App.DB.Write(r.Context(), func(tx *db.Tx) error { return acc.ConfirmFactor(tx, account, in.Code) })
	case n.Factor == "ask":
		return r.checkFactor(account, in.Code)
	}
	return nil
}

// checkFactor stores a failure, too.
func (r *Request) checkFactor(account accounts.AccountID, code string) error {
	ok := false
	err := r.App.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		ok, err = r.App.Accounts.CheckFactor(tx, account, code)
		return err
	})
	if err == nil && !ok {
		err = accounts.ErrFactor()
	}
	return err
}

// enterAPI is [Request.Enter] for programs, which send the code of the second factor along.
func (r *Request) enterAPI(account accounts.AccountID, code string) error {
	n, err := r.needs(account)
	switch {
	case err != nil:
		return err
	case n.Password:
		return fail.Forbidden("accounts.on_the_page")
	case n.Factor == "enrol":
		if _, err := r.Enter(account); err != nil {
			return err
		}
		return fail.NoSignIn("accounts.factor_enrol")
	case n.Factor == "ask" && code == "":
		return fail.NoSignIn("accounts.factor_needed")
	case n.Factor == "ask":
		if err := r.checkFactor(account, code); err != nil {
			return err
		}
	}
	return r.finish(account, n.Factor != "")
}

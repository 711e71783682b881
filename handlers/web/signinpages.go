package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
)

type signInView struct {
	Base
	Why      string
	Cards    []card
	NextPath string
	CarryTo  string       // where a form that met an expired sign-in wanted to go
	Carried  []FieldError // its fields: name and text
	People   []Option     // whom this device knows
	Other    bool         // the plain form was asked for
}

// Digits reports that everybody whom the form is for types digits.
func (v signInView) Digits() bool { return len(v.People) > 0 && !v.Other && v.CarryTo == "" }

type card struct {
	Role access.Role
	Icon string
	Who  string
}

var cardIcons = map[access.Role]string{
	access.County: "report", access.Township: "house", access.Village: "people", access.Secretary: "document",
	access.Host: "hearth", access.Trainee: "courses", access.Auditor: "search",
	access.TownshipAdmin: "house", access.GroupLeader: "people", access.Head: "hearth", access.Resident: "people",
	access.Lecturer: "film", access.Cadre: "calendar", access.Delegate: "feedback",
}

func signInPage(r *Request) error {
	why := ""
	switch {
	case r.Query("why") == "idle":
		why = r.T("sign_in.idle")
	case r.Query("next") != "":
		why = r.T("sign_in.needed")
	}
	return r.showSignIn(http.StatusOK, why, r.Query("next"), "", nil)
}

func (r *Request) showSignIn(status int, why, next, carryTo string, carried []FieldError) error {
	page := signInView{Base: r.Base("sign_in.title"), Why: why, NextPath: next, CarryTo: carryTo, Carried: carried}
	if err := r.knownHere(&page); err != nil {
		return err
	}
	if r.App.Demo {
		err := r.Read(func(tx *db.Tx, _ access.Actor) error {
			cards, err := accounts.DemoCards(tx)
			for _, c := range cards {
				page.Cards = append(page.Cards, card{c.Role, cardIcons[c.Role], c.Who})
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.render(status, "web/sign-in", page)
}

// askSignIn answers a request that needs a sign-in: a GET goes to the sign-in page and
// comes back; a form that was being sent is carried along, so that nothing typed is lost.
func (r *Request) askSignIn(e *fail.Error) {
	var err error
	why, again := "", r.T("sign_in.again")
	if r.wasIdle() {
		why, again = "&why=idle", r.T("sign_in.idle_again")
	}
	switch post := r.Method == http.MethodPost; {
	case e.Code == errNotFresh.Code && post:
		err = r.showConfirm(e.Kind.Status(), secondView{CarryTo: r.URL.RequestURI(), Carried: carry(r.Form())}, Form{})
	case e.Code == errNotFresh.Code:
		err = r.See("/sign-in/confirm?next=" + url.QueryEscape(r.URL.RequestURI()))
	case post:
		err = r.showSignIn(e.Kind.Status(), again, "", r.URL.RequestURI(), carry(r.Form()))
	default:
		err = r.See("/sign-in?next=" + url.QueryEscape(r.URL.RequestURI()) + why)
	}
	if err != nil {
		r.App.Log.ErrorContext(r.Context(), "sign-in page failed", "err", err)
		http.Error(r.gin.Writer, r.T("web.internal"), http.StatusInternalServerError)
	}
}

// secret are the fields that never come back in a page: they are typed again.
var secret = map[string]bool{"password": true, "old": true, "again": true}

func carry(form url.Values) []FieldError {
	var out []FieldError
	for name, values := range form {
		if secret[name] {
			continue
		}
		for _, v := range values {
			out = append(out, FieldError{name, v})
		}
	}
	return out
}

// carriedForm reads back what [carry] put into the sign-in form.
func (r *Request) carriedForm() (to string, fields []FieldError) {
	to = r.Form().Get("carry_to")
	if !localPath(to) {
		return "", nil
	}
	for name, values := range r.Form() {
		if plain, ok := strings.CutPrefix(name, "carry."); ok {
			for _, v := range values {
				fields = append(fields, FieldError{plain, v})
			}
		}
	}
	return to, fields
}

// Credentials are what one signs in with.
type Credentials struct {
	Username string `json:"username" form:"username"`
	Password string `json:"password" form:"password"`
	Code     string `json:"code,omitzero" form:"-"` // of the second factor, where the account has one
}

func signInForm(r *Request) error {
	var in Credentials
	err := r.Bind(&in)
	var account accounts.AccountID
	if err == nil {
		account, err = r.enter(in)
	}
	done := false
	if err == nil {
		done, err = r.Enter(account)
	}
	if err != nil {
		e, ok := fail.As(err)
		if !ok {
			return err
		}
		to, carried := r.carriedForm()
		form := r.formWith(e)
		return r.signInAgain(e.Kind.Status(), form, to, carried)
	}
	return r.goOn(done)
}

func (r *Request) signInAgain(status int, form Form, to string, carried []FieldError) error {
	page := signInView{Base: r.Base("sign_in.title"), NextPath: r.Form().Get("next"), CarryTo: to, Carried: carried}
	page.Form = form
	if err := r.knownHere(&page); err != nil {
		return err
	}
	return r.render(status, "web/sign-in", page)
}

// enter checks the credentials. The slow comparison runs in no transaction.
func (r *Request) enter(in Credentials) (account accounts.AccountID, err error) {
	acc := r.App.Accounts
	var c accounts.Candidate
	err = r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
		device := r.device()
		if who := r.chosen(); who != "" {
			if in.Username, err = usernameOn(tx, device, who); err != nil {
				return err
			}
		}
		c, err = acc.Candidate(tx, accounts.EnterInput{Username: in.Username, Address: r.IP(), Device: device})
		return err
	})
	if err != nil {
		return account, err
	}
	ok, err := c.Verify(r.Context(), in.Password)
	if err != nil {
		return account, err
	}
	err = r.Write(func(tx *db.Tx, _ access.Actor) (err error) {
		account, err = acc.Entered(tx, c, ok)
		return err
	})
	if err == nil && account.IsZero() {
		err = accounts.Wrong(in.Username)
	}
	return account, err
}

type continueView struct {
	Base
	CarryTo string
	Carried []FieldError
}

// entered sends one who has just signed in on: back to the form that was being sent, to
// the page that asked, or home.
func (r *Request) entered() error {
	if to, fields := r.carriedForm(); to != "" {
		return r.render(http.StatusOK, "web/continue", continueView{r.Base("sign_in.continue_title"), to, fields})
	}
	if next := r.Form().Get("next"); localPath(next) {
		return r.See(next)
	}
	by, err := r.Who()
	if err != nil {
		return err
	}
	return r.See(Home(by))
}

func demoForm(r *Request) error {
	if err := r.demoSignIn(access.Role(r.Form().Get("role"))); err != nil {
		return err
	}
	return r.entered()
}

func (r *Request) demoSignIn(role access.Role) error {
	var account accounts.AccountID
	err := r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
		account, err = accounts.DemoAccount(tx, role)
		return err
	})
	if err != nil {
		return err
	}
	return r.SignIn(account)
}

// SignedIn is the answer to an API sign-in.
type SignedIn struct {
	Home string `json:"home"` // the page where this account begins
}

func apiSignIn(r *Request, in Credentials) (SignedIn, error) {
	account, err := r.enter(in)
	if err == nil {
		err = r.enterAPI(account, in.Code)
	}
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Home(r.Actor)}, nil
}

// DemoInput names a card.
type DemoInput struct {
	Role access.Role `json:"role"`
}

func apiDemo(r *Request, in DemoInput) (SignedIn, error) {
	if err := r.demoSignIn(in.Role); err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Home(r.Actor)}, nil
}

func apiSignOut(r *Request, _ struct{}) (struct{}, error) { return struct{}{}, r.SignOut() }

// hashToken is how scs hashes tokens for its store.
func hashToken(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

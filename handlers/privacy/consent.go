package privacy

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/privacy"
)

// gate asks everybody who signs in whether he has read the notice. It remembers who has, for a while and in this process
// only, so that a page costs no query more; what it does not remember, the database knows.
type gate struct {
	mu    sync.Mutex
	known map[accounts.AccountID]time.Time // until when it need not be asked again
}

const (
	remember  = 5 * time.Minute
	mostKnown = 50_000
)

func newGate() *gate { return &gate{known: map[accounts.AccountID]time.Time{}} }

// free are pages that need no consent: the notice itself, one's own data, the way out, and what visitors see.
var free = []string{
	"/privacy", "/me/data", "/me/sign-ins", "/sign-in", "/sign-out", "/about", "/feedback", "/notices", "/roll", "/language", "/elder", "/setup", "/static",
	"/healthz", "/readyz", "/test", "/check", "/demo", "/first", "/me/password",
}

// freeAPI is the same below /api/v1.
var freeAPI = []string{"/privacy", "/me", "/notices", "/feedback", "/openapi"}

func isFree(path string) bool {
	list := free
	if rest, ok := strings.CutPrefix(path, "/api/v1"); ok {
		path, list = rest, freeAPI
	}
	for _, p := range list {
		if path == p || strings.HasPrefix(path, p+"/") || strings.HasPrefix(path, p+".") {
			return true
		}
	}
	return false
}

// check leads to the notice who has not answered it. Forms are let through, so that nothing that somebody has typed or that a
// phone has kept is lost; and who has agreed to an earlier version is asked only where he begins, never in the middle of an
// evening. Programs get the code privacy.consent_first.
func (g *gate) check(r *web.Request) (done bool, err error) {
	account := r.Account()
	api := strings.HasPrefix(r.URL.Path, "/api/")
	if account.IsZero() || isFree(r.URL.Path) || !api && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false, nil
	}
	now := r.App.DB.Now()
	if g.remembers(account, now) {
		return false, nil
	}
	var v privacy.ConsentView
	var by access.Actor
	err = r.Read(func(tx *db.Tx, actor access.Actor) (err error) {
		by = actor
		if !actor.SignedIn() {
			return nil
		}
		v, err = privacy.ConsentOf(tx, account)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case !by.SignedIn():
		return false, nil
	case v.Answer == privacy.Agreed:
		g.keep(account, now)
		return false, nil
	case v.Answer == "" && v.Before > 0 && (api || r.URL.Path != "/" && r.URL.Path != web.Home(by)):
		return false, nil
	case api:
		return false, fail.Forbidden("privacy.consent_first")
	case v.Answer == privacy.Declined:
		return true, r.See("/privacy/declined")
	}
	return true, r.See("/privacy/consent?next=" + url.QueryEscape(r.URL.RequestURI()))
}

func (g *gate) remembers(account accounts.AccountID, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return now.Before(g.known[account])
}

func (g *gate) keep(account accounts.AccountID, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.known) >= mostKnown {
		clear(g.known)
	}
	g.known[account] = now.Add(remember)
}

type consentPage struct {
	base
	Text    privacy.TextView
	Consent privacy.ConsentView
	Next    string
	New     bool // agreed to an earlier version
	Back    bool // declined, and may think again
}

func askConsent(r *web.Request) error {
	page := consentPage{Next: next(r.Query("next"))}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Consent, err = privacy.Consent(tx, by, privacy.ConsentInput{}); err != nil {
			return err
		}
		page.Text, err = privacy.Text(tx, by, privacy.TextInput{})
		return err
	})
	if err != nil {
		return err
	}
	if page.Consent.Answer == privacy.Agreed {
		return r.See(page.Next)
	}
	page.New, page.Back = page.Consent.Before > 0, page.Consent.Answer == privacy.Declined
	page.base = base{r.Base("privacy.consent_title")}
	page.Nav = nil // there is nowhere to go before the answer
	return r.Render("privacy/consent", page)
}

// next is a page of this site.
func next(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") || isFree(path) {
		return "/"
	}
	return path
}

type consentForm struct {
	privacy.AnswerInput
	Answer privacy.Answer `form:"answer" json:"answer"`
	Next   string         `form:"next" json:"next"`
}

func answerConsent(tx *db.Tx, by access.Actor, in consentForm) (privacy.ConsentView, error) {
	switch in.Answer {
	case privacy.Agreed:
		return privacy.Agree(tx, by, in.AnswerInput)
	case privacy.Declined:
		return privacy.Decline(tx, by, in.AnswerInput)
	}
	var c fail.Check
	c.Add("answer", "input.choice")
	return privacy.ConsentView{}, c.Err()
}

func giveConsent(r *web.Request) error {
	var in consentForm
	if err := r.Bind(&in); err != nil {
		return err
	}
	_, err := web.Do(r, answerConsent, in)
	switch {
	case fail.KindOf(err) == fail.Outdated: // another version holds by now: show that
		return r.See("/privacy/consent?next=" + url.QueryEscape(next(in.Next)))
	case err != nil:
		return err
	case in.Answer == privacy.Declined:
		return r.See("/privacy/declined")
	}
	return r.See(next(in.Next))
}

func declined(r *web.Request) error {
	page := consentPage{}
	consent, err := web.Ask(r, privacy.Consent, privacy.ConsentInput{})
	if err != nil {
		return err
	}
	page.Consent = consent
	page.base = base{r.Base("privacy.declined_title")}
	page.Nav = nil
	return r.Render("privacy/declined", page)
}

type textPage struct {
	base
	Text    privacy.TextView
	Consent privacy.ConsentView
	May     bool // publish another
}

func showText(r *web.Request) error {
	var in privacy.TextInput
	if s := r.Param("version"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return fail.NotFound("privacy.no_text")
		}
		in.Version = n
	}
	page := textPage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		page.May = !by.Visible(access.SettingsEdit).Empty()
		if by.SignedIn() {
			if page.Consent, err = privacy.Consent(tx, by, privacy.ConsentInput{}); err != nil {
				return err
			}
		}
		page.Text, err = privacy.Text(tx, by, in)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("privacy.title")}
	return r.Render("privacy/text", page)
}

type textsPage struct {
	base
	Texts []privacy.TextView
}

func listTexts(r *web.Request) error {
	list, err := web.Ask(r, privacy.Texts, privacy.TextsInput{})
	if err != nil {
		return err
	}
	return r.Render("privacy/texts", textsPage{base{r.Base("privacy.texts_title")}, list.Items})
}

func editText(r *web.Request) error { return showEdit(r, nil) }

func showEdit(r *web.Request, form *web.Form) error {
	page := textPage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		if err := by.RequireAnywhere(access.SettingsEdit); err != nil {
			return err
		}
		list, err := privacy.Texts(tx, by, privacy.TextsInput{})
		if err == nil {
			page.Text = list.Items[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("privacy.edit_title")}
	page.Form = web.FormOf(privacy.PublishInput{Version: page.Text.Version, Body: page.Text.Body})
	if form != nil {
		page.Form = *form
	}
	return r.Render("privacy/edit", page)
}

func publishText(r *web.Request) error {
	var in privacy.PublishInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, privacy.Publish, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showEdit(r, &f) })
	}
	return r.SeeNote("/privacy/texts", "privacy.published")
}

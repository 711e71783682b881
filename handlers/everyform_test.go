package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
)

// alone are the forms that cannot be sent as [forms] are, for they hold a secret, a file or nothing that is typed in a page, each with the
// test that tries its bad input.
var alone = map[string]func(*testing.T){
	"/sign-in":              TestFormsWithPasswords,
	"/me/password":          TestFormsWithPasswords,
	"/first/:code":          TestSlipForm,
	"/sign-in/move":         TestFormsBeforeASignIn,
	"/sign-in/second":       TestFormsBeforeASignIn,
	"/sign-in/confirm":      TestFormsBeforeASignIn,
	"/sign-in/forget":       TestFormsBeforeASignIn,
	"/me/paper":             TestFormsBeforeASignIn,
	"/setup":                TestSetUpForm,
	"/lessons/:id/video":    TestUploads,
	"/imports/new":          TestLists,
	"/sessions/:id/photos":  TestPhotoUploads,
	"/sheets":               TestSheetUploads,
	"/lessons/:id/position": TestKeptPlace,
	"/language":             TestChoicesOfABrowser,
	"/elder":                TestChoicesOfABrowser,
}

// Every form that there is stands in [forms], is a button without a field to type in ([presses], which proves it), or has a test of its
// own in [alone]: a new page that takes something is not left out of what is tried with bad input.
func TestEveryFormIsTried(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	mounted := map[string]bool{}
	for _, r := range w.App.Routes() {
		if !r.API && r.Method == http.MethodPost && !strings.HasPrefix(r.Path, "/test/") {
			mounted[r.Path] = false
		}
	}
	tried := func(where, address string) {
		route := routeOf(mounted, address)
		if route == "" {
			t.Errorf("%s: no page takes a form at %s", where, address)
			return
		}
		mounted[route] = true
	}
	for _, f := range forms() {
		tried("forms", f.post)
	}
	for _, p := range presses() {
		tried("presses", p.post)
	}
	for route := range alone {
		tried("alone", route)
	}
	for route, there := range mounted {
		if !there {
			t.Errorf("POST %s stands neither in forms(), nor in presses(), nor in alone", route)
		}
	}
}

// routeOf finds the route that takes an address: of two that fit, the one with fewer parameters.
func routeOf(routes map[string]bool, address string) string {
	address, _, _ = strings.Cut(address, "?")
	parts, found := strings.Split(address, "/"), ""
	for route := range routes {
		of := strings.Split(route, "/")
		if len(of) != len(parts) {
			continue
		}
		fits := true
		for i, part := range of {
			fits = fits && (strings.HasPrefix(part, ":") || part == parts[i])
		}
		if fits && (found == "" || strings.Count(route, ":") < strings.Count(found, ":")) {
			found = route
		}
	}
	return found
}

// press is a button that is a form by itself: it holds nothing that is typed or chosen.
type press struct {
	by, page, post string
	ready          func(w *world) // what must be done before the button is there
	loose          bool           // without a key: pressed twice it does harmlessly the same again
	works          bool           // it starts work that goes on while it is pressed again
	looks          bool           // it shows what nobody keeps for a second press: each look is written down
}

func presses() []press {
	return []press{
		{by: "host inside", page: "/sessions/{done}", post: "/sessions/{done}/settle"},
		{by: "host inside", page: "/today?site={site}", post: "/sessions/{open}/void"},
		{by: "host inside", page: "/sessions/{done}/photos", post: "/sessions/{done}/photos/{photo}/remove"},
		{by: "host inside", page: "/sheets", post: "/sheets/{unfiled}/drop"},
		{by: "host inside", page: "/sessions/{done}/photos", post: "/sessions/{done}/photos/{removed}/restore"},
		{by: "host inside", page: "/waiting", post: "/waiting/disputes/{dispute}"},
		{by: "host inside", page: "/waiting", post: "/waiting/questions/{question}"},
		{by: "host inside", page: "/me/rolls", post: "/me/rolls/{done}/dispute"},
		{by: "host inside", page: "/sessions/{done}/guests", post: "/sessions/{done}/guests/{guest}/detach", ready: attachGuest},
		{by: "township inside", page: "/calendar/rules/{township}", post: "/calendar/rules/{township}/plan"},
		{by: "township inside", page: "/exchange/weeks/{township}/2026-Q4", post: "/exchange/weeks/{township}/2026-Q4/plan"},
		{by: "township inside", page: "/exchange/groups/{offmeet}", post: "/exchange/groups/{offmeet}/restore"},
		{by: "township inside", page: "/courses/{draft}", post: "/courses/{draft}/archive"},
		{by: "township inside", page: "/courses/{archived}", post: "/courses/{archived}/restore"},
		{by: "county inside", page: "/courses/{public}", post: "/courses/{public}/public"},
		{by: "township inside", page: "/courses/{course}", post: "/courses/{course}/move"},
		{by: "township inside", page: "/lessons/{lesson2}/edit", post: "/lessons/{lesson2}/remove"},
		{by: "township inside", page: "/lessons/{unreviewed}/review", post: "/lessons/{unreviewed}/review"},
		{by: "township inside", page: "/curricula/{planned}/items/{lesson2}", post: "/curricula/{planned}/items/{lesson2}/remove"},
		{by: "township inside", page: "/curricula/{planned}/items/{lesson2}", post: "/curricula/{planned}/items/{lesson2}/move"},
		{by: "township inside", page: "/notices/{notice}/edit", post: "/notices/{notice}/withdraw"},
		{by: "host inside", page: "/feeds?site={site}", post: "/feeds"},
		{by: "host inside", page: "/feeds/{feed}", post: "/feeds/{feed}/renew"},
		{by: "host inside", page: "/feeds/{feed}", post: "/feeds/{feed}/revoke"},
		{by: "county inside", page: "/calendar/years/2026", post: "/calendar/years/2026/load"},
		{by: "county inside", page: "/calendar/years/2027", post: "/calendar/years/2027/finish"},
		{by: "county inside", page: "/calendar/years/2027", post: "/calendar/holidays/2027-02-06/remove"},
		{by: "host inside", page: "/calendar/days/{day}", post: "/calendar/days/{day}/undo", ready: callOff},
		{by: "host inside", page: "/today?site={site}", post: "/calendar/days/{day.next}/unconfirm", ready: confirmNext},
		{by: "host inside", page: "/messages", post: "/messages/{message}/read"},
		{by: "host inside", page: "/messages", post: "/messages/read"},
		{by: "host inside", page: "/messages", post: "/messages/sms"},
		{by: "county inside", page: "/messages/sending", post: "/messages/sending", ready: giveUp},
		{by: "township inside", page: "/month/ready?days=7", post: "/month/ready"},
		{by: "township inside", page: "/month/ready?days=7", post: "/month/ready/calls", looks: true},
		{by: "township inside", page: "/month/calls?month=2026-10", post: "/month/calls", looks: true},
		{by: "township inside", page: "/accounts/{account}", post: "/accounts/{account}/slip"},
		{by: "township inside", page: "/accounts/{account}", post: "/accounts/{account}/disabled"},
		{by: "county inside", page: "/accounts/{account}", post: "/accounts/{account}/factor-reset", ready: lock},
		{by: "township inside", page: "/rights/accounts/{account}", post: "/rights/accounts/{account}/grants/{account.grant}/end"},
		{by: "township inside", page: "/rights/accounts/{account}/end", post: "/rights/accounts/{account}/end"},
		{by: "village inside", page: "/households/{emptyhouse}", post: "/households/{emptyhouse}/drop"},
		{by: "village inside", page: "/people/{villager}", post: "/people/{villager}/drop", ready: promote},
		{by: "county inside", page: "/people/{kept}", post: "/people/merges/{merge}/undo"},
		{by: "village inside", page: "/people/{member}", post: "/people/{member}/phone/show", looks: true},
		{by: "village inside", page: "/sites/{site}/roster", post: "/sites/{site}/roster/{member}/leave"},
		{by: "village inside", page: "/sites/{sister}/roster/group", post: "/sites/{sister}/roster/group/{rosteract}/undo"},
		{by: "village inside", page: "/sites/{site}/roster", post: "/sites/{site}/call-list", looks: true},
		{by: "township inside", page: "/sites/{neighbour}/handovers/{handover}", post: "/sites/{neighbour}/handovers/{handover}/undo"},
		{by: "county inside", page: "/people/{leaver}/erase", post: "/people/{leaver}/erase/undo"},
		{by: "host inside", page: "/privacy", post: "/privacy/consent"},
		{by: "host inside", page: "/me/data", post: "/me/data/file", looks: true},
		{by: "county inside", page: "/audit", post: "/audit/export", looks: true},
		{by: "township inside", page: "/units/{hamlet}", post: "/units/{hamlet}/reopen", ready: closeHamlet},
		{by: "village inside", page: "/people", post: "/people/export", looks: true},
		{by: "village inside", page: "/sites/{site}/roster", post: "/sites/{site}/roster/export", looks: true},
		{by: "township inside", page: "/imports/{checked}", post: "/imports/{checked}/apply"},
		{by: "township inside", page: "/imports/{checked}", post: "/imports/{checked}/give-up"},
		{by: "county inside", page: "/jobs", post: "/jobs/retention/run", ready: later, works: true},
		{by: "county inside", page: "/jobs", post: "/jobs/retention/try", ready: later, works: true},
		{by: "host inside", page: "/me", post: "/me/sign-ins/{another.sign_in}/end", ready: another},
		{by: "host inside", page: "/me", post: "/me/sign-ins/end-others", ready: another},
		{by: "host inside", page: "/me/move", post: "/me/move", loose: true},
		{by: "host inside", page: "/me", post: "/sign-out", loose: true},
	}
}

func attachGuest(w *world) {
	w.do(func(tx *db.Tx) error {
		in := attendance.AttachInput{Person: parse[access.PersonID](w, "member2")}
		in.Session, in.Guest = parse[attendance.SessionID](w, "done"), parse[attendance.GuestID](w, "guest")
		_, err := w.areas.Attendance.AttachGuest(tx, w.who("host inside").actor, in)
		return err
	})
}

// later lets a minute pass since the run that there is.
func later(w *world) { w.Env.Clock.Add(time.Minute) }

// another signs the host in on another phone, too.
func another(w *world) {
	host := w.who("host inside").actor
	w.As(w.t, host.Account)
	w.Env.See(w.t, func(tx *db.Tx) error {
		list, err := accounts.SignIns(tx, host, accounts.SignInsInput{})
		if err == nil {
			w.name("another.sign_in", list.Items[0].ID)
		}
		return err
	})
}

func callOff(w *world) {
	w.do(func(tx *db.Tx) error {
		_, err := calendar.SetNotHeld(tx, orgtest.By, calendar.NotHeldInput{ID: parse[calendar.DayID](w, "day"), Reason: calendar.Power})
		return err
	})
}

// confirmNext lets the host say that the next activity day is held.
func confirmNext(w *world) {
	w.do(func(tx *db.Tx) error {
		_, err := calendar.Confirm(tx, w.who("host inside").actor, calendar.ConfirmInput{ID: parse[calendar.DayID](w, "day.next"), How: calendar.ByHost})
		return err
	})
}

// closeHamlet closes a villagers' group, so that it can be opened again.
func closeHamlet(w *world) {
	b := w.browser("township inside")
	b.Submit(b.Get(w.expand("/units/{hamlet}")), w.expand(`form[action="/units/{hamlet}/close"]`), url.Values{"on": {"2026-11-23"}}).Want(http.StatusOK)
}

// lock gives the account a second factor.
func lock(w *world) {
	account := parse[access.AccountID](w, "account")
	w.do(func(tx *db.Tx) error {
		if _, _, err := w.areas.Accounts.StartFactor(tx, account, "凤庆县"); err != nil {
			return err
		}
		return w.areas.Accounts.TakeCard(tx, account)
	})
}

// promote gives somebody a second standing, so that one can be dropped.
func promote(w *world) {
	b := w.browser("village inside")
	b.Submit(b.Get(w.expand("/people/{villager}")), w.expand(`form[action="/people/{villager}/standing"]`), url.Values{"standing": {"applicant"}, "since": {"2026-11-01"}}).Want(http.StatusOK)
}

// The buttons: sent again they do no more; a sign-in that has gone asks for one and goes on; and what they name in another township, or
// nowhere, is not found.
func TestButtons(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.settleElsewhere()
	names := w.password("township inside", "village inside", "host inside", "county inside")
	for _, c := range presses() {
		t.Run(c.by+" "+c.post, func(t *testing.T) {
			w := w.within(t)
			w.reset()
			if c.ready != nil {
				c.ready(w)
			}
			b := w.browser(c.by)
			v := c.find(w, b.Get(w.expand(c.page)).Want(http.StatusOK))
			c.gone(w, v, names[c.by])
			c.elsewhere(w, b, v)
			first := b.Post(w.expand(c.post), v).Want(http.StatusOK)
			after := w.commits()
			again := b.Post(w.expand(c.post), v)
			if c.loose {
				return
			}
			again.Want(http.StatusOK)
			if again.Path != first.Path || !c.works && !c.looks && w.commits() != after {
				t.Errorf("pressed twice it is done twice, or leads to %s after %s", again.Path, first.Path)
			}
		})
	}
	if w.browser("county inside").Get(w.expand("/sessions/{done}")).Find(`form[action$="/settle"]`).Length() > 0 {
		t.Error("a button is shown to somebody who may not use it")
	}
}

// find gives what the button sends, and checks that there is nothing to type or to choose.
func (c press) find(w *world, page *webtest.Page) url.Values {
	w.t.Helper()
	at := w.expand(c.post)
	found := page.Find(`form[method=post][action="` + at + `"], form[method=post][action^="` + at + `?"]`).First()
	if found.Length() == 0 {
		found = page.Find(`form[method=post] button[formaction="` + at + `"]`).First().Closest("form")
	}
	if found.Length() == 0 {
		w.t.Fatalf("no button to %s on %s", c.post, c.page)
	}
	if n := found.Find("input:not([type=hidden]), textarea, select").Length(); n > 0 {
		w.t.Errorf("the form to %s has %d fields to fill in, so it belongs to forms()", c.post, n)
	}
	v := webtest.Values(found)
	if button := found.Find("button[name]").First(); button.Length() > 0 {
		v.Set(button.AttrOr("name", ""), button.AttrOr("value", ""))
	}
	if v.Get("form_id") == "" && !c.loose {
		w.t.Error("the button carries no form_id")
	}
	return v
}

// gone presses the button after the sign-in has ended: nothing happens, and with a sign-in it goes on.
func (c press) gone(w *world, v url.Values, username string) {
	w.t.Helper()
	if c.post == "/sign-out" {
		return
	}
	b, before := w.Visitor(w.t), w.commits()
	page := b.Post(w.expand(c.post), v)
	if page.Status != http.StatusUnauthorized || w.commits() != before {
		w.t.Errorf("without a sign-in: status %d, want 401, and nothing written", page.Status)
		return
	}
	next := b.Submit(page, `form[action="/sign-in"]`, url.Values{"username": {username}, "password": {accountstest.Password}}).Want(http.StatusOK)
	if form := next.Find(`form[action="` + w.expand(c.post) + `"]`); form.Length() == 0 || form.Find("button").Length() == 0 {
		w.t.Errorf("after the sign-in there is no way on to %s", c.post)
	}
}

// elsewhere presses the button about things of another township and about nothing.
func (c press) elsewhere(w *world, b *webtest.Browser, v url.Values) {
	w.t.Helper()
	for _, ref := range named.FindAllString(c.post, -1) {
		name := strings.Trim(ref, "{}")
		others := []string{w.ids["nobody"], "not-an-id"}
		if far, ok := elsewhere[name]; ok && !strings.HasPrefix(c.by, "county") {
			others = append(others, w.ids[far])
		}
		for _, id := range others {
			v := copied(v)
			v.Del("form_id")
			at, before := w.expand(strings.ReplaceAll(c.post, ref, id)), w.commits()
			page := b.Post(at, v)
			refusals := []int{http.StatusNotFound, http.StatusForbidden}
			if !slices.Contains(refusals, page.Status) || w.commits() != before {
				w.t.Errorf("to %s: status %d, want 404, and nothing written", at, page.Status)
			}
		}
	}
}

func copied(v url.Values) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = slices.Clone(values)
	}
	return out
}

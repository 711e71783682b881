package web

import (
	"io/fs"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/fail"
)

// Pages registers HTML pages.
type Pages struct {
	w         *App
	confirmed bool
}

// PageFunc answers one request with a view or a redirect; its error is shown in one place.
type PageFunc func(r *Request) error

// App gives the app, for areas that need it when they mount.
func (p *Pages) App() *App { return p.w }

// Views parses an area's views: the file views/roll.html of handlers/attendance is
// rendered as "attendance/roll". A view that does not parse stops the start.
func (p *Pages) Views(area string, fsys fs.FS) {
	if err := p.w.parseViews(area, fsys); err != nil {
		panic(err) // embedded, so a defect of the build
	}
}

// Get registers a page that changes nothing.
func (p *Pages) Get(path string, fn PageFunc) { p.handle(http.MethodGet, path, bodyLimit, fn) }

// Post registers the target of a form.
func (p *Pages) Post(path string, fn PageFunc) { p.handle(http.MethodPost, path, bodyLimit, fn) }

// Upload registers the target of a form with a file, of at most limit bytes in all. fn reads the
// body itself, see [Request.MultipartReader]; Bind and Form are not for it.
func (p *Pages) Upload(path string, limit int64, fn PageFunc) {
	p.handle(http.MethodPost, path, limit, fn)
}

// Confirmed registers what gives people out in numbers, their telephone numbers, or the account's own second factor: counties
// and townships are asked for the second factor again, unless they gave it within ten minutes, and are led back. Endpoints
// have [API.Confirmed].
func (p *Pages) Confirmed() *Pages { return &Pages{w: p.w, confirmed: true} }

func (p *Pages) handle(method, path string, limit int64, fn PageFunc) {
	p.w.routes = append(p.w.routes, Route{Method: method, Path: path, Confirmed: p.confirmed})
	if p.confirmed {
		fn = confirmed(fn)
	}
	h := p.w.limited(limit, fn)
	p.w.engine.Handle(method, path, h)
	if method == http.MethodGet {
		p.w.engine.HEAD(path, h)
	}
}

// Gate is asked before every page and endpoint. It is done when it has answered instead; its error is shown as the page's own would be.
type Gate func(r *Request) (done bool, err error)

// Gate sets the gate, once, before the app serves.
func (p *Pages) Gate(g Gate) { p.w.gate = g }

// Inbox puts the way to the messages, with how many wait to be read, into the header of every page; once, before the app serves. The
// number is read with the sign-in.
func (p *Pages) Inbox(waiting accounts.Beside) { p.w.inbox = waiting }

// mostNews is the most messages that the header counts.
const mostNews = 99

// news is how many messages waited for the actor when the request came.
func (r *Request) news() int {
	if who, ok := r.Context().Value(askerKey{}).(*asker); ok && who.actor.Account == r.Actor.Account {
		return min(who.news, mostNews)
	}
	return 0
}

func (w *App) passes(r *Request) (done bool, err error) {
	if w.gate == nil {
		return false, nil
	}
	return w.gate(r)
}

func (w *App) page(fn PageFunc) gin.HandlerFunc { return w.limited(bodyLimit, fn) }

func (w *App) limited(limit int64, fn PageFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := w.request(c)
		r.limit = limit
		if oldEngine(r.UserAgent()) && !r.isAPI() {
			r.changeEngine()
			return
		}
		done, err := w.passes(r)
		if err == nil && !done {
			err = fn(r)
		}
		switch {
		case err == nil:
		case r.isAPI():
			r.problem(err)
		default:
			r.errorPage(err)
		}
	}
}

// See sends the browser on to a page of this site (303).
func (r *Request) See(path string) error {
	http.Redirect(r.gin.Writer, r.Request, path, http.StatusSeeOther)
	return nil
}

// SeeNote is [Request.See] with a short note shown on top of that page, once.
func (r *Request) SeeNote(path, key string, args ...any) error {
	r.cookie(noteCookie, url.QueryEscape(r.T(key, args...)), 60)
	return r.See(path)
}

// Again shows a form again after a POST that failed for a reason the person can mend: show gets
// everything that was typed and what is wrong with it, and renders the page; the status comes from
// the error. Any other error is given back, for the one place that shows errors.
func (r *Request) Again(err error, show func(f Form) error) error {
	e, ok := fail.As(err)
	if !ok || r.unread { // an empty form would take away what the browser still has
		return err
	}
	switch e.Kind {
	case fail.InvalidInput, fail.Conflicting, fail.Outdated, fail.Oversize, fail.Throttled:
		r.gin.Set(statusKey, e.Kind.Status())
		return show(r.formWith(e))
	}
	return err
}

const statusKey = "huotang.status"

// Form is what a form shows: what was typed, or what is stored, and what is wrong.
type Form struct {
	Values  url.Values
	Errors  []FieldError
	Message string // of the form as a whole, "" when nothing is wrong
}

// FieldError is one fault beside its field.
type FieldError struct{ Name, Text string }

// Value is the field's text.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Has reports whether a choice of the field is chosen.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Error is what is wrong with the field, "" for nothing.
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

func (r *Request) formWith(e *fail.Error) Form {
	f := Form{Values: r.Form(), Message: r.T(e.Code, e.Args...)}
	for _, field := range e.Fields {
		f.Errors = append(f.Errors, FieldError{field.Name, r.T(field.Code, field.Args...)})
	}
	return f
}

// Signed gives the actor, or unauthenticated for a visitor: for pages whose first
// query is not yet about an object.
func (r *Request) Signed() (access.Actor, error) {
	by, err := r.Who()
	if err == nil && !by.SignedIn() {
		err = fail.NoSignIn("access.sign_in_first")
	}
	return by, err
}

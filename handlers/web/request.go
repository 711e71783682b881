package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/lang"
)

// Request is one request in an area's hands.
type Request struct {
	*http.Request
	App     *App
	Actor   access.Actor   // known once a unit of work or [Request.Who] has run
	Prefs   accounts.Prefs // of the account
	gin     *gin.Context
	known   bool
	limit   int64 // of the body, in bytes
	form    url.Values
	formOK  bool
	formErr error // of reading it, told by [Request.Bind]
	unread  bool  // the form could not be read: there is nothing to show again
}

// bodyLimit is the most bytes of a body, where a route says nothing else.
const bodyLimit = 1 << 20

func (w *App) request(c *gin.Context) *Request {
	return &Request{Request: c.Request, App: w, gin: c, limit: bodyLimit}
}

// Param is a part of the path.
func (r *Request) Param(name string) string { return r.gin.Param(name) }

// Query is a value of the query string.
func (r *Request) Query(name string) string { return r.gin.Query(name) }

// Header sets a header of the answer.
func (r *Request) Header(name, value string) { r.gin.Header(name, value) }

// Writer is for answers that are not views: files, charts, redirects to a store.
func (r *Request) Writer() http.ResponseWriter { return r.gin.Writer }

// IP is the client's address; forwarded ones count only from trusted proxies.
func (r *Request) IP() string { return r.gin.ClientIP() }

// Lang is the language of the answer: as chosen in this browser, else with the account, else Chinese. Only API
// clients are asked by Accept-Language: office PCs say "en-US" where nobody chose it.
func (r *Request) Lang() lang.Lang {
	if c, err := r.Cookie(langCookie); err == nil && c.Value != "" {
		return lang.Match(c.Value, "")
	}
	header := ""
	if r.isAPI() {
		header = r.Request.Header.Get("Accept-Language")
	}
	return lang.Match(r.Prefs.Language, header)
}

// T is a text in the language of the answer.
func (r *Request) T(key string, args ...any) string { return r.Lang().T(key, args...) }

// Read runs fn in a read-only unit of work with the actor of the request.
func (r *Request) Read(fn func(tx *db.Tx, by access.Actor) error) error {
	return r.App.DB.Read(r.Context(), func(tx *db.Tx) error {
		if err := r.resolve(tx); err != nil {
			return err
		}
		return fn(tx, r.Actor)
	})
}

// Write runs fn in a unit of work with the actor of the request; see db.DB.Write.
func (r *Request) Write(fn func(tx *db.Tx, by access.Actor) error) error {
	return r.App.DB.Write(r.Context(), func(tx *db.Tx) error {
		if err := r.resolve(tx); err != nil {
			return err
		}
		return fn(tx, r.Actor)
	})
}

// resolve finds out who asks: once a request, inside its first unit of work.
func (r *Request) resolve(tx *db.Tx) error {
	if r.known {
		return nil
	}
	actor, prefs, err := r.App.signedIn(tx, r.Context())
	if err != nil {
		return err
	}
	r.Actor, r.Prefs, r.known = actor, prefs, true
	return nil
}

// Who finds out who asks, in a unit of work of its own when none has run.
func (r *Request) Who() (access.Actor, error) {
	if !r.known && !r.App.hasSignIn(r.Context()) {
		r.Actor, r.known = access.Visitor(), true
	}
	if r.known {
		return r.Actor, nil
	}
	err := r.Read(func(*db.Tx, access.Actor) error { return nil })
	return r.Actor, err
}

// Op is an act of the domain; see the package comment of models/access.
type Op[In, Out any] func(tx *db.Tx, by access.Actor, in In) (Out, error)

// Ask runs one op in a read-only unit of work.
func Ask[In, Out any](r *Request, op Op[In, Out], in In) (out Out, err error) {
	err = r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		out, err = op(tx, by, in)
		return err
	})
	return out, err
}

// Detach gives a context that outlives the request, for work that must end once begun.
func (r *Request) Detach() context.Context { return context.WithoutCancel(r.Context()) }

package web

import (
	"errors"
	"net/http"

	"github.com/go-json-experiment/json"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
)

var (
	errNoPage   = fail.NotFound("web.no_page")
	errNoMethod = fail.NotFound("web.no_page")
)

// Problem is an error as clients see it (RFC 9457).
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"` // in the client's language
	Status    int            `json:"status"`
	Code      string         `json:"code"`
	Errors    []ProblemField `json:"errors,omitempty"`
	RequestID string         `json:"request_id"`
}

// ProblemField is one fault of the input.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// openCodes are what a visitor is told is not there. Of all else he learns only that one must sign in first, whether
// there is such a thing or not.
var openCodes = map[string]bool{
	"web.no_page": true, "access.not_found": true, "feedback.missing": true, "notice.missing": true, "videos.missing": true,
	"accounts.no_card": true,
}

// expected turns any error into one that may be shown, logging what must not be.
func (r *Request) expected(err error) *fail.Error {
	if e, ok := fail.As(err); ok && e.Kind != fail.Internal {
		if e.Kind == fail.Missing && r.known && !r.Actor.SignedIn() && !openCodes[e.Code] {
			return fail.NoSignIn("access.sign_in_first").Because(err)
		}
		return e
	}
	if r.Context().Err() != nil {
		return &fail.Error{Kind: fail.Throttled, Code: "web.gone", Err: err} // nobody waits for the answer
	}
	code := "web.internal"
	if errors.Is(err, db.ErrUnknown) {
		code = "web.unknown" // it may have been stored: look before sending again
	}
	r.App.Log.ErrorContext(r.Context(), "request failed", "request_id", db.RequestID(r.Context()),
		"route", r.gin.FullPath(), "err", err)
	return &fail.Error{Kind: fail.Internal, Code: code, Err: err}
}

func (r *Request) problem(err error) {
	e := r.expected(err)
	l := r.Lang()
	p := Problem{
		Type: "about:blank", Title: l.T(e.Code, e.Args...), Status: e.Kind.Status(), Code: e.Code,
		RequestID: db.RequestID(r.Context()),
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{f.Name, f.Code, l.T(f.Code, f.Args...)})
	}
	b, err := json.Marshal(p)
	if err != nil {
		http.Error(r.gin.Writer, "", http.StatusInternalServerError)
		return
	}
	r.gin.Header("Cache-Control", "no-store")
	r.gin.Data(p.Status, "application/problem+json; charset=utf-8", b)
}

type errorPage struct {
	Base
	Status int
	Text   string
	Next   string // what to do now
}

// errorPage shows an error as a page of its own.
func (r *Request) errorPage(err error) {
	e := r.expected(err)
	if e.Kind == fail.Unauthenticated {
		r.askSignIn(e)
		return
	}
	page := errorPage{
		Base: r.Base("web.error_title"), Status: e.Kind.Status(),
		Text: r.T(e.Code, e.Args...), Next: r.T("web.next_" + string(e.Kind)),
	}
	if len(e.Fields) == 1 { // no form here to show it beside its field
		page.Text = r.T(e.Fields[0].Code, e.Fields[0].Args...)
	}
	if !lang.Has("web.next_" + string(e.Kind)) {
		page.Next = ""
	}
	if err := r.render(page.Status, "web/error", page); err != nil {
		r.App.Log.ErrorContext(r.Context(), "error page failed", "err", err)
		http.Error(r.gin.Writer, page.Text, page.Status)
	}
}

package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"

	"huotang/models/fail"
)

// API registers ops as JSON endpoints. A visitor is told to sign in before anything of his request is read; see
// [API.Public] for the endpoints that are for visitors, too.
type API struct {
	w         *App
	group     *gin.RouterGroup
	public    bool
	confirmed bool
}

// Public registers endpoints that need no account, or need none for what everybody may see.
func (a *API) Public() *API {
	open := *a
	open.public = true
	return &open
}

// Confirmed registers endpoints that give people out in numbers, as [Pages.Confirmed] does pages: without the second factor of the
// last ten minutes they answer 401 with the code accounts.factor_again, and POST /sign-in/confirm takes it.
func (a *API) Confirmed() *API {
	asking := *a
	asking.confirmed = true
	return &asking
}

// App gives the app, for areas that need it when they mount.
func (a *API) App() *App { return a.w }

// Get serves an op that reads. Path and query come from the fields tagged so.
func Get[In, Out any](a *API, path string, op Op[In, Out]) {
	endpoint(a, http.MethodGet, path, op, func(r *Request) (Out, error) {
		in, err := input[In](r, false)
		if err != nil {
			return *new(Out), err
		}
		return Ask(r, op, in)
	})
}

// GetFresh is [Get] for what a phone keeps: the answer has an ETag, and whoever names it in If-None-Match has it already and is answered
// with 304 and no body. Who may read it is asked either way.
func GetFresh[In, Out any](a *API, path string, op Op[In, Out]) {
	route := Route{Method: http.MethodGet, Path: path, Op: opName(op), In: *new(In), Out: *new(Out)}
	a.serve(route, func(r *Request) error {
		in, err := input[In](r, false)
		if err != nil {
			return err
		}
		out, err := Ask(r, op, in)
		if err != nil {
			return err
		}
		return r.fresh304(out)
	})
}

// fresh304 answers with JSON, or with nothing for who has it.
func (r *Request) fresh304(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	r.gin.Header("Cache-Control", "no-store")
	r.gin.Header("ETag", tag)
	if strings.TrimPrefix(r.Request.Header.Get("If-None-Match"), "W/") == tag {
		r.gin.Status(http.StatusNotModified)
		return nil
	}
	r.gin.Data(http.StatusOK, "application/json; charset=utf-8", b)
	return nil
}

// Post serves an op that writes; its body is strict JSON. An Idempotency-Key (a UUID) makes a repeated
// request answer as the first one did.
func Post[In, Out any](a *API, path string, op Op[In, Out]) { write(a, http.MethodPost, path, op) }

// Put is [Post] for replacing.
func Put[In, Out any](a *API, path string, op Op[In, Out]) { write(a, http.MethodPut, path, op) }

// Delete is [Post] for removing.
func Delete[In, Out any](a *API, path string, op Op[In, Out]) { write(a, http.MethodDelete, path, op) }

func write[In, Out any](a *API, method, path string, op Op[In, Out]) {
	endpoint(a, method, path, op, func(r *Request) (Out, error) {
		in, err := input[In](r, true)
		if err != nil {
			return *new(Out), err
		}
		return Do(r, op, in)
	})
}

// Serve registers an endpoint that is more than one op: signing in, which sets the cookie. Its input
// and output types still describe it.
func Serve[In, Out any](a *API, method, path, name string, fn func(r *Request, in In) (Out, error)) {
	route := Route{Method: method, Path: path, Op: name, In: *new(In), Out: *new(Out)}
	a.add(route, func(r *Request) (any, error) {
		in, err := input[In](r, method != http.MethodGet)
		if err != nil {
			return nil, err
		}
		return fn(r, in)
	})
}

// Receive registers the upload of one file as the body itself, of at most limit bytes. What the file is, its bytes
// say: the content type is not looked at.
func Receive[In, Out any](a *API, path, name string, limit int64, fn func(r *Request, in In, body io.Reader) (Out, error)) {
	route := Route{Method: http.MethodPut, Path: path, Op: name, In: *new(In), Out: *new(Out), File: true}
	a.add(route, func(r *Request) (any, error) {
		in, err := input[In](r, false)
		if err != nil {
			return nil, err
		}
		out, err := fn(r, in, http.MaxBytesReader(r.gin.Writer, r.Body, limit))
		return out, BodyError(err)
	})
}

// Deliver registers an endpoint that answers with a file of one of the content types; fn writes it by [Request.File] or
// [Request.StartFile].
func Deliver[In any](a *API, method, path, name string, kinds []string, fn func(r *Request, in In) error) {
	route := Route{Method: method, Path: path, Op: name, In: *new(In), Gives: kinds}
	a.serve(route, func(r *Request) error {
		in, err := input[In](r, method != http.MethodGet)
		if err != nil {
			return err
		}
		return fn(r, in)
	})
}

func endpoint[In, Out any](a *API, method, path string, op Op[In, Out], run func(*Request) (Out, error)) {
	route := Route{Method: method, Path: path, Op: opName(op), In: *new(In), Out: *new(Out)}
	a.add(route, func(r *Request) (any, error) { return run(r) })
}

// add registers a route that answers in JSON.
func (a *API) add(route Route, run func(*Request) (any, error)) {
	a.serve(route, func(r *Request) error {
		out, err := run(r)
		if err == nil {
			r.json(http.StatusOK, out)
		}
		return err
	})
}

// serve registers the route, whose path is that below /api/v1.
func (a *API) serve(route Route, run func(*Request) error) {
	path := route.Path
	route.API, route.Public, route.Confirmed, route.Path = true, a.public, a.confirmed, "/api/v1"+path
	a.w.routes = append(a.w.routes, route)
	a.group.Handle(route.Method, path, func(c *gin.Context) {
		r := a.w.request(c)
		if !a.public && !a.w.comesSignedIn(r.Context()) {
			r.problem(fail.NoSignIn("access.sign_in_first"))
			return
		}
		_, err := a.w.passes(r)
		if err == nil && a.confirmed {
			err = r.fresh()
		}
		if err == nil {
			err = run(r)
		}
		if err != nil {
			r.problem(err)
		}
	})
}

// opName is "attendance.Submit" for (*attendance.Area).Submit.
func opName(op any) string {
	name := runtime.FuncForPC(reflect.ValueOf(op).Pointer()).Name()
	name = strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], "-fm")
	return strings.NewReplacer("(*Area).", "", "[...]", "").Replace(name)
}

func (r *Request) isAPI() bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// input reads an op's input from path, query and, for writes, the JSON body.
func input[In any](r *Request, body bool) (In, error) {
	var in In
	if body && r.ContentLength != 0 {
		if err := r.readJSON(&in); err != nil {
			return in, err
		}
	}
	var c fail.Check
	if err := r.bindPathQuery(&c, &in); err != nil {
		return in, err
	}
	return in, c.Err()
}

// readJSON is strict: no unknown or repeated names, no wrong types, no body over the limit.
func (r *Request) readJSON(in any) error {
	if kind, _, err := mime.ParseMediaType(r.Request.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return fail.Unsupported("input.want_json")
	}
	b, err := io.ReadAll(http.MaxBytesReader(r.gin.Writer, r.Body, r.limit))
	if err != nil {
		return bodyError(err)
	}
	if err := json.Unmarshal(b, in, json.RejectUnknownMembers(true)); err != nil {
		return jsonError(err)
	}
	return nil
}

// jsonError names the field that is wrong.
func jsonError(err error) error {
	var c fail.Check
	var s *json.SemanticError
	if !errors.As(err, &s) {
		return fail.Invalid("input.malformed").Because(err)
	}
	name := strings.ReplaceAll(strings.TrimPrefix(string(s.JSONPointer), "/"), "/", ".")
	switch {
	case errors.Is(err, json.ErrUnknownName):
		c.Add(name, "input.unknown_field", name)
	case s.GoType != nil && reflect.PointerTo(s.GoType).Implements(textType):
		c.Add(name, textFault(s.GoType))
	case s.GoType != nil && s.GoType.Kind() >= reflect.Int && s.GoType.Kind() <= reflect.Int64:
		c.Add(name, "input.number")
	default:
		c.Add(name, "input.type")
	}
	return c.Err()
}

func (r *Request) json(status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		r.problem(err)
		return
	}
	r.gin.Header("Cache-Control", "no-store")
	r.gin.Data(status, "application/json; charset=utf-8", b)
}

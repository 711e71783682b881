package web

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"

	"huotang/models/fail"
)

// API registers ops as JSON endpoints.
type API struct {
	w     *App
	group *gin.RouterGroup
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
	a.add(method, path, name, *new(In), *new(Out), func(r *Request) (any, error) {
		in, err := input[In](r, method != http.MethodGet)
		if err != nil {
			return nil, err
		}
		return fn(r, in)
	})
}

// Receive registers the upload of one file as the body itself, of at most limit bytes.
func Receive[In, Out any](a *API, path, name string, limit int64, fn func(r *Request, in In, body io.Reader) (Out, error)) {
	a.add(http.MethodPut, path, name, *new(In), *new(Out), func(r *Request) (any, error) {
		in, err := input[In](r, false)
		if err != nil {
			return nil, err
		}
		out, err := fn(r, in, http.MaxBytesReader(r.gin.Writer, r.Body, limit))
		return out, BodyError(err)
	})
}

func endpoint[In, Out any](a *API, method, path string, op Op[In, Out], run func(*Request) (Out, error)) {
	a.add(method, path, opName(op), *new(In), *new(Out), func(r *Request) (any, error) { return run(r) })
}

func (a *API) add(method, path, name string, in, out any, run func(*Request) (any, error)) {
	a.w.routes = append(a.w.routes, Route{Method: method, Path: "/api/v1" + path, API: true, Op: name, In: in, Out: out})
	a.group.Handle(method, path, func(c *gin.Context) {
		r := a.w.request(c)
		out, err := run(r)
		if err != nil {
			r.problem(err)
			return
		}
		r.json(http.StatusOK, out)
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
	if ct := r.Request.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		return fail.Invalid("input.want_json")
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

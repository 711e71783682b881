package handlers_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/go-cmp/cmp"

	"huotang/handlers/web"
	"huotang/models/db/dbtest"
)

// described loads the document as a client gets it.
func described(t *testing.T, w *world) (*openapi3.T, routers.Router) {
	t.Helper()
	a := w.as(nil, http.MethodGet, "/api/v1/openapi.json", "")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

// Every endpoint is in the description, with a name of its own and its parameters, and nothing else is.
func TestDescriptionIsWhole(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	doc, _ := described(t, w)
	names, mounted := map[string]string{}, 0
	for _, r := range w.App.Routes() {
		if !r.API {
			continue
		}
		mounted++
		path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}")
		item := doc.Paths.Value(path)
		if item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s %s is not described", r.Method, r.Path)
			continue
		}
		op := item.GetOperation(r.Method)
		if other := names[op.OperationID]; other != "" {
			t.Errorf("%s %s and %s are both %s", r.Method, r.Path, other, op.OperationID)
		}
		names[op.OperationID] = r.Method + " " + r.Path
		if open := op.Security != nil && len(*op.Security) == 0; open != r.Public {
			t.Errorf("%s %s: public is %v, described as %v", r.Method, r.Path, r.Public, open)
		}
		if got, want := tagged(reflect.TypeOf(r.In), "path"), params(r.Path); r.In != nil && !within(got, want) {
			t.Errorf("%s %s: the input reads %v from the path, which has %v", r.Method, r.Path, got, want)
		}
	}
	described := 0
	for _, item := range doc.Paths.Map() {
		described += len(item.Operations())
	}
	if described != mounted {
		t.Errorf("%d operations are described, %d mounted", described, mounted)
	}
	if len(doc.Security) != 1 || doc.Components.SecuritySchemes["sign_in"] == nil {
		t.Errorf("what a sign-in is: %+v", doc.Security)
	}
	for _, r := range table() {
		method, path, _ := strings.Cut(r.route, " ")
		if !strings.HasPrefix(path, "/api/") || r.body == "" || r.body == "{}" {
			continue
		}
		op := doc.Paths.Value(regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")).GetOperation(method)
		if op.RequestBody == nil {
			t.Errorf("%s: the body is not described", r.route)
		} else if kind := typeOf(r.body); op.RequestBody.Value.Content.Get(kind) == nil {
			t.Errorf("%s: no body of %s is described", r.route, kind)
		}
	}
}

// typeOf is the content type of a row's body.
func typeOf(body string) string {
	switch body {
	case snapshot:
		return "image/jpeg"
	case upload:
		return "video/mp4"
	case listFile:
		return "application/octet-stream"
	}
	return "application/json"
}

// What a visitor may use, written by hand: every other endpoint tells him to sign in.
func TestPublicEndpoints(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	want := []string{
		"GET /api/v1/courses/:id", "GET /api/v1/feedback", "GET /api/v1/feedback/:code", "GET /api/v1/lessons/:id", "GET /api/v1/lessons/:id/video",
		"GET /api/v1/notices", "GET /api/v1/notices/:id", "GET /api/v1/privacy/texts", "GET /api/v1/privacy/texts/:version", "GET /api/v1/rights",
		"POST /api/v1/feedback", "POST /api/v1/sign-in", "POST /api/v1/sign-in/factor", "POST /api/v1/sign-in/factor/confirm", "POST /api/v1/sign-out",
	}
	var got []string
	visitor := w.who("visitor")
	for _, r := range w.App.Routes() {
		switch {
		case !r.API:
		case r.Public:
			got = append(got, r.Method+" "+r.Path)
		default:
			path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "not-an-id") + "?limit=many&after=x"
			if a := w.as(visitor, r.Method, path, "not JSON", "Content-Type", "text/plain"); a.status != http.StatusUnauthorized {
				t.Errorf("%s %s: a visitor gets %d: %.200s", r.Method, r.Path, a.status, a.body)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func params(path string) map[string]bool {
	out := map[string]bool{}
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			out[name] = true
		}
	}
	return out
}

func within(got, want map[string]bool) bool {
	for name := range got {
		if !want[name] {
			return false
		}
	}
	return true
}

// tagged are the values of a tag in a struct and those embedded in it.
func tagged(t reflect.Type, tag string) map[string]bool {
	out := map[string]bool{}
	if t == nil || t.Kind() != reflect.Struct {
		return out
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for name := range tagged(f.Type, tag) {
				out[name] = true
			}
		} else if name := f.Tag.Get(tag); name != "" {
			out[name] = true
		}
	}
	return out
}

// What the endpoints answer is what the description says, answers and problems, down to the last field.
func TestAnswersAreAsDescribed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	doc, router := described(t, w)
	closeObjects(doc)
	wrong := answer{status: 200, header: http.Header{"Content-Type": {"application/json"}}, body: `{"name":"x","no_such_field":1}`}
	if holdAgainst(router, http.MethodGet, "/api/v1/me", "", "", wrong) == nil {
		t.Fatal("an answer with a field that is not described passes")
	}
	openapi3filter.RegisterBodyDecoder("video/mp4", openapi3filter.FileBodyDecoder)
	defer openapi3filter.UnregisterBodyDecoder("video/mp4")
	openapi3filter.RegisterBodyDecoder(web.Workbook, openapi3filter.FileBodyDecoder)
	defer openapi3filter.UnregisterBodyDecoder(web.Workbook)
	video := w.expand("/api/v1/lessons/{video}/video")
	wrong.body = `{}`
	if holdAgainst(router, http.MethodPut, video, `{"file":"x"}`, "application/json", wrong) == nil {
		t.Fatal("a video in JSON passes")
	}
	answers, problems := 0, 0
	for _, r := range table() {
		method, _, _ := strings.Cut(r.route, " ")
		if !strings.Contains(r.route, " /api/") {
			continue
		}
		path, body := w.expand(r.address()), w.form(r.body)
		switch r.body {
		case upload:
			path, body = path+"?name=plain.mp4", "the bytes of a file"
		case listFile:
			body = "the bytes of a file"
		}
		for _, name := range []string{"county inside", "township inside", "village inside", "host inside", "trainee inside", "host outside", "visitor"} {
			a := w.ask(r, w.who(name))
			if fault := holdAgainst(router, method, path, body, typeOf(r.body), a); fault != nil {
				t.Errorf("%s as %s (%d): %v\n%.600s", r.route, name, a.status, fault, a.body)
			}
			if a.status < 300 {
				answers++
			} else {
				problems++
			}
		}
	}
	t.Logf("%d answers and %d problems held against the description", answers, problems)
}

func holdAgainst(router routers.Router, method, path, body, kind string, a answer) error {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", kind)
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		return err
	}
	in := &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if a.status < 300 { // a request that was good is one as described
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader([]byte(a.body))),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

// closeObjects makes every object that names its fields have no others.
func closeObjects(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, r := range op.Responses.Map() {
				for _, media := range r.Value.Content {
					closeSchema(media.Schema)
				}
			}
		}
	}
}

func closeSchema(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	s := ref.Value
	for _, p := range s.Properties {
		closeSchema(p)
	}
	closeSchema(s.Items)
	if len(s.Properties) > 0 && s.AdditionalProperties.Schema == nil {
		no := false
		s.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
	}
}

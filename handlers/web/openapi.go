package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/gin-gonic/gin"
)

// openAPI serves the description of the JSON API, made once from the registered ops' types.
func (w *App) openAPI(c *gin.Context) {
	b, err := w.document()
	if err != nil {
		w.request(c).problem(err)
		return
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", b)
}

// makeDocument describes the mounted endpoints as OpenAPI.
func (w *App) makeDocument() ([]byte, error) {
	doc := openAPIDocument{
		OpenAPI: "3.0.3",
		Info: map[string]string{
			"title": "Huotang", "version": w.Version,
			"description": "The JSON face of every op. Sign in with POST /api/v1/sign-in; the cookie it sets is the credential. " +
				"Errors are application/problem+json. Lists give {items, next}; next goes into ?after=.",
		},
		Paths: map[string]map[string]apiOperation{},
		Components: map[string]any{"securitySchemes": map[string]any{
			signInScheme: map[string]string{"type": "apiKey", "in": "cookie", "name": w.sessions.Cookie.Name},
		}},
		Security: []map[string][]string{{signInScheme: {}}},
	}
	for _, route := range w.routes {
		if !route.API {
			continue
		}
		op, err := operation(route)
		if err != nil {
			return nil, fmt.Errorf("web: openapi of %s %s: %w", route.Method, route.Path, err)
		}
		path := openAPIPath(route.Path)
		if doc.Paths[path] == nil {
			doc.Paths[path] = map[string]apiOperation{}
		}
		doc.Paths[path][strings.ToLower(route.Method)] = op
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("web: openapi: %w", err)
	}
	return b, nil
}

// signInScheme names what every endpoint asks for that is not public.
const signInScheme = "sign_in"

func operation(route Route) (op apiOperation, err error) {
	op = apiOperation{
		OperationID: strings.ToLower(route.Method) + strings.NewReplacer("/api/v1", "", "/", "_", ":", "").Replace(route.Path),
		Summary:     route.Op,
		Tags:        []string{strings.SplitN(strings.TrimPrefix(route.Path, "/api/v1/"), "/", 2)[0]},
	}
	if op.Parameters, err = parameters(route); err != nil {
		return op, err
	}
	if op.RequestBody, err = requestBody(route); err != nil {
		return op, err
	}
	if route.Public {
		op.Security = &[]map[string][]string{} // none
	}
	ok := apiBody{Description: "Done."}
	switch {
	case route.Gives != nil:
		ok.Content = content(binary(), route.Gives...)
	case route.Out != nil:
		out, err := schemaOf(reflect.TypeOf(route.Out))
		if err != nil {
			return op, err
		}
		ok.Content = content(out, "application/json")
	}
	problem, err := schemaOf(reflect.TypeFor[Problem]())
	if err != nil {
		return op, err
	}
	op.Responses = map[string]apiBody{
		"200":     ok,
		"default": {Description: "An error.", Content: content(problem, "application/problem+json")},
	}
	return op, nil
}

// requestBody describes what is sent: an input's JSON fields, or a file as it is.
func requestBody(route Route) (*apiBody, error) {
	if route.File {
		return &apiBody{
			Required: true, Description: "The file itself, not a form with the file in it.",
			Content: content(binary(), "video/*", "image/jpeg", "image/png", "application/octet-stream"),
		}, nil
	}
	if route.Method == http.MethodGet || route.In == nil {
		return nil, nil //nolint:nilnil // nothing is sent
	}
	body, err := schemaOf(reflect.TypeOf(route.In))
	if err != nil || len(body.Properties) == 0 {
		return nil, err
	}
	body.More = false
	return &apiBody{Content: content(body, "application/json")}, nil
}

func parameters(route Route) (out []apiParameter, err error) {
	described := map[string]bool{}
	add := func(in, name string, t reflect.Type) error {
		if t.Kind() == reflect.Pointer {
			t = t.Elem() // it is there or not
		}
		s, err := schemaOf(t)
		out = append(out, apiParameter{Name: name, In: in, Required: in == "path", Schema: s})
		described[name] = true
		return err
	}
	err = eachField(reflect.TypeOf(route.In), func(f reflect.StructField) error {
		for _, in := range []string{"path", "query"} {
			if name := f.Tag.Get(in); name != "" && (in == "query" || strings.Contains(route.Path, ":"+name)) {
				return add(in, name, f.Type)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for part := range strings.SplitSeq(route.Path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok && !described[name] {
			if err := add("path", name, reflect.TypeFor[string]()); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func eachField(t reflect.Type, do func(reflect.StructField) error) error {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			if err := eachField(f.Type, do); err != nil {
				return err
			}
			continue
		}
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

// openAPIPath turns gin's "/sites/:id" into "/sites/{id}".
func openAPIPath(p string) string {
	parts := strings.Split(p, "/")
	for i, s := range parts {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

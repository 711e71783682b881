package web

import (
	"encoding"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"
	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
)

var (
	marshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	timeType      = reflect.TypeFor[time.Time]()
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

func (w *App) makeDocument() ([]byte, error) {
	doc, err := w.Describe()
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("web: openapi: %w", err)
	}
	return b, nil
}

// Describe makes the OpenAPI document of the mounted endpoints.
func (w *App) Describe() (*openapi3.T, error) {
	doc := &openapi3.T{
		OpenAPI: "3.0.3",
		Info: &openapi3.Info{
			Title: "Huotang", Version: w.Version,
			Description: "The JSON face of every op. Sign in with POST /api/v1/sign-in; the cookie it sets is the credential. " +
				"Errors are application/problem+json. Lists give {items, next}; next goes into ?after=.",
		},
		Paths: openapi3.NewPaths(),
		Components: &openapi3.Components{SecuritySchemes: openapi3.SecuritySchemes{signInScheme: {
			Value: openapi3.NewSecurityScheme().WithType("apiKey").WithIn("cookie").WithName(w.sessions.Cookie.Name),
		}}},
		Security: *openapi3.NewSecurityRequirements().With(openapi3.NewSecurityRequirement().Authenticate(signInScheme)),
	}
	g := openapi3gen.NewGenerator(openapi3gen.SchemaCustomizer(customise))
	for _, route := range w.routes {
		if !route.API {
			continue
		}
		op, err := operation(g, route)
		if err != nil {
			return nil, fmt.Errorf("web: openapi of %s %s: %w", route.Method, route.Path, err)
		}
		doc.AddOperation(openAPIPath(route.Path), route.Method, op)
	}
	return doc, nil
}

// signInScheme names what every endpoint asks for that is not public.
const signInScheme = "sign_in"

// customise describes types that write themselves as text, which the generator cannot know.
func customise(_ string, t reflect.Type, _ reflect.StructTag, s *openapi3.Schema) error {
	if t == timeType || !t.Implements(marshalerType) && !reflect.PointerTo(t).Implements(marshalerType) {
		return nil
	}
	nullable := s.Nullable
	*s = openapi3.Schema{Type: &openapi3.Types{"string"}, Nullable: nullable}
	switch {
	case t.String() == "date.Date":
		s.Description = "A local day, 2006-01-02; empty for none."
	case t.String() == "date.Month":
		s.Description = "A month, 2006-01; empty for none."
	case strings.HasPrefix(t.String(), "id.ID["):
		s.Description = "A UUID; empty for none."
	}
	return nil
}

func operation(g *openapi3gen.Generator, route Route) (*openapi3.Operation, error) {
	op := openapi3.NewOperation()
	op.OperationID = strings.ToLower(route.Method) + strings.NewReplacer("/api/v1", "", "/", "_", ":", "").Replace(route.Path)
	op.Summary = route.Op
	op.Tags = []string{strings.SplitN(strings.TrimPrefix(route.Path, "/api/v1/"), "/", 2)[0]}
	if err := parameters(g, op, route); err != nil {
		return nil, err
	}
	if err := requestBody(g, op, route); err != nil {
		return nil, err
	}
	if route.Public {
		op.Security = openapi3.NewSecurityRequirements() // none
	}
	out, err := schemaOf(g, route.Out)
	if err != nil {
		return nil, err
	}
	ok := openapi3.NewResponse().WithDescription("Done.")
	switch {
	case route.Gives != nil:
		ok = ok.WithContent(openapi3.NewContentWithSchema(openapi3.NewStringSchema().WithFormat("binary"), route.Gives))
	case out != nil:
		ok = ok.WithJSONSchemaRef(out)
	}
	op.AddResponse(http.StatusOK, ok)
	problem, err := schemaOf(g, Problem{})
	if err != nil {
		return nil, err
	}
	op.Responses.Set("default", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("An error.").
		WithContent(openapi3.NewContentWithSchemaRef(problem, []string{"application/problem+json"}))})
	return op, nil
}

// requestBody describes what is sent: an input's JSON fields, or a file as it is.
func requestBody(g *openapi3gen.Generator, op *openapi3.Operation, route Route) error {
	if route.File {
		file := openapi3.NewContentWithSchema(openapi3.NewStringSchema().WithFormat("binary"), []string{"video/*", "image/jpeg", "image/png", "application/octet-stream"})
		op.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).
			WithDescription("The file itself, not a form with the file in it.").WithContent(file)}
		return nil
	}
	body, err := schemaOf(g, route.In)
	if err != nil {
		return err
	}
	if route.Method != http.MethodGet && body != nil && len(body.Value.Properties) > 0 {
		body.Value.WithoutAdditionalProperties()
		op.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithJSONSchemaRef(body)}
	}
	return nil
}

func schemaOf(g *openapi3gen.Generator, v any) (*openapi3.SchemaRef, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // nothing to describe
	}
	ref, err := g.NewSchemaRefForValue(v, nil)
	if err != nil {
		return nil, fmt.Errorf("%T: %w", v, err)
	}
	return openapi3.NewSchemaRef("", ref.Value), nil
}

func parameters(g *openapi3gen.Generator, op *openapi3.Operation, route Route) error {
	described := map[string]bool{}
	add := func(in, name string, t reflect.Type) error {
		s, err := schemaOf(g, reflect.New(t).Elem().Interface())
		if err != nil {
			return err
		}
		p := &openapi3.Parameter{Name: name, In: in, Required: in == "path", Schema: s}
		op.AddParameter(p)
		described[name] = true
		return nil
	}
	err := eachField(reflect.TypeOf(route.In), func(f reflect.StructField) error {
		for _, in := range []string{"path", "query"} {
			if name := f.Tag.Get(in); name != "" && (in == "query" || strings.Contains(route.Path, ":"+name)) {
				return add(in, name, f.Type)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for part := range strings.SplitSeq(route.Path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok && !described[name] {
			if err := add("path", name, reflect.TypeFor[string]()); err != nil {
				return err
			}
		}
	}
	return nil
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

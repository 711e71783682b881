package web

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// The parts of OpenAPI 3.0 that the description needs. A library that reads and checks whole descriptions would be a twentieth of the
// program; the tests read this one with such a library.
type (
	openAPIDocument struct {
		Components map[string]any                     `json:"components"`
		Info       map[string]string                  `json:"info"`
		OpenAPI    string                             `json:"openapi"`
		Paths      map[string]map[string]apiOperation `json:"paths"` // by path and method
		Security   []map[string][]string              `json:"security"`
	}
	apiOperation struct {
		OperationID string                 `json:"operationId"`
		Parameters  []apiParameter         `json:"parameters,omitempty"`
		RequestBody *apiBody               `json:"requestBody,omitempty"`
		Responses   map[string]apiBody     `json:"responses"` // by status
		Security    *[]map[string][]string `json:"security,omitempty"`
		Summary     string                 `json:"summary,omitempty"`
		Tags        []string               `json:"tags"`
	}
	apiParameter struct {
		In       string     `json:"in"`
		Name     string     `json:"name"`
		Required bool       `json:"required,omitempty"`
		Schema   *apiSchema `json:"schema"`
	}
	apiBody struct {
		Content     map[string]apiContent `json:"content,omitempty"` // by type
		Description string                `json:"description,omitempty"`
		Required    bool                  `json:"required,omitempty"`
	}
	apiContent struct {
		Schema *apiSchema `json:"schema"`
	}
	apiSchema struct {
		More        any                   `json:"additionalProperties,omitempty"` // a schema, or false
		Description string                `json:"description,omitempty"`
		Format      string                `json:"format,omitempty"`
		Items       *apiSchema            `json:"items,omitempty"`
		Nullable    bool                  `json:"nullable,omitempty"`
		Properties  map[string]*apiSchema `json:"properties,omitempty"`
		Type        string                `json:"type,omitempty"`
	}
)

var (
	marshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	rawType       = reflect.TypeFor[json.Marshaler]()
	timeType      = reflect.TypeFor[time.Time]()
)

// content is a body of the types.
func content(s *apiSchema, types ...string) map[string]apiContent {
	out := map[string]apiContent{}
	for _, t := range types {
		out[t] = apiContent{s}
	}
	return out
}

// binary is a file.
func binary() *apiSchema { return &apiSchema{Type: "string", Format: "binary"} }

// schemaOf describes what encoding/json makes of a value of the type. Types that hold themselves are refused: the description says
// everything in place.
func schemaOf(t reflect.Type, within ...reflect.Type) (*apiSchema, error) {
	if t.Kind() == reflect.Pointer {
		s, err := schemaOf(t.Elem(), within...)
		if err == nil {
			s.Nullable = true
		}
		return s, err
	}
	if s := textOf(t); s != nil {
		return s, nil
	}
	if t.Implements(rawType) {
		return &apiSchema{}, nil
	}
	for _, outer := range within {
		if outer == t {
			return nil, fmt.Errorf("%v holds itself", t)
		}
	}
	within = append(within, t)
	switch t.Kind() {
	case reflect.Bool:
		return &apiSchema{Type: "boolean"}, nil
	case reflect.String:
		return &apiSchema{Type: "string"}, nil
	case reflect.Int64, reflect.Uint64:
		return &apiSchema{Type: "integer", Format: "int64"}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return &apiSchema{Type: "integer"}, nil
	case reflect.Float32, reflect.Float64:
		return &apiSchema{Type: "number"}, nil
	case reflect.Interface:
		return &apiSchema{}, nil
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return &apiSchema{Type: "string", Format: "byte"}, nil
		}
		items, err := schemaOf(t.Elem(), within...)
		return &apiSchema{Type: "array", Items: items}, err
	case reflect.Map:
		values, err := schemaOf(t.Elem(), within...)
		return &apiSchema{Type: "object", More: values}, err
	case reflect.Struct:
		return objectOf(t, within)
	}
	return nil, fmt.Errorf("%v is nothing that JSON has", t)
}

// textOf describes types that write themselves as text; nil for others.
func textOf(t reflect.Type) *apiSchema {
	s := &apiSchema{Type: "string"}
	switch {
	case t == timeType:
		s.Format = "date-time"
	case !t.Implements(marshalerType) && !reflect.PointerTo(t).Implements(marshalerType):
		return nil
	case t.String() == "date.Date":
		s.Description = "A local day, 2006-01-02; empty for none."
	case t.String() == "date.Month":
		s.Description = "A month, 2006-01; empty for none."
	case strings.HasPrefix(t.String(), "id.ID["):
		s.Description = "A UUID; empty for none."
	}
	return s
}

// objectOf describes a struct by its JSON names; embedded structs without a name give their fields to it.
func objectOf(t reflect.Type, within []reflect.Type) (*apiSchema, error) {
	out := &apiSchema{Type: "object", Properties: map[string]*apiSchema{}}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" && !f.Anonymous {
			continue // part of the address, or of nothing
		}
		s, err := schemaOf(f.Type, within...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if name != "" {
			out.Properties[name] = s
			continue
		}
		for inner, s := range s.Properties {
			if _, outer := out.Properties[inner]; !outer {
				out.Properties[inner] = s
			}
		}
	}
	if len(out.Properties) == 0 {
		return &apiSchema{}, nil
	}
	return out, nil
}

package web

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
)

// FormOf fills a form from the fields of v that are tagged `form`, for its first showing.
func FormOf(v any) Form {
	f := Form{Values: url.Values{}}
	fill(f.Values, reflect.ValueOf(v))
	return f
}

func fill(values url.Values, v reflect.Value) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			fill(values, v.Field(i))
			continue
		}
		name := field.Tag.Get("form")
		if name == "" || name == "-" {
			continue
		}
		fv := v.Field(i)
		if _, text := fv.Interface().(encoding.TextMarshaler); fv.Kind() == reflect.Slice && !text {
			for j := range fv.Len() {
				values.Add(name, formText(fv.Index(j)))
			}
			continue
		}
		values.Set(name, formText(fv))
	}
}

func formText(v reflect.Value) string {
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, err := m.MarshalText()
		if err != nil {
			return ""
		}
		return string(b)
	}
	switch {
	case v.Kind() == reflect.Bool && !v.Bool():
		return ""
	case v.Kind() == reflect.Bool:
		return "1"
	case v.CanInt() && v.Int() == 0:
		return "" // a number that is not set shows an empty field
	}
	return fmt.Sprint(v.Interface())
}

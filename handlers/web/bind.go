package web

import (
	"encoding"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"huotang/models/fail"
)

// Form is the posted form, parsed once; a body over the limit or a malformed one
// reads as empty here and is told by [Request.Bind].
func (r *Request) Form() url.Values {
	r.parseForm()
	return r.form
}

// parseForm reads the form once; whoever asks for it first, its error is kept for Bind.
func (r *Request) parseForm() {
	if !r.formOK {
		r.formOK = true
		r.formErr = r.readForm()
	}
}

func (r *Request) readForm() error {
	r.form = url.Values{}
	r.Body = http.MaxBytesReader(r.gin.Writer, r.Body, r.limit)
	var err error
	if strings.HasPrefix(r.Request.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(r.limit)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		r.unread = true
		return bodyError(err)
	}
	r.form = r.PostForm
	return nil
}

// Multipart reads a posted form with files part by part, for [Pages.Upload]; no more bytes
// than the route's limit are read. An error of reading it goes through [BodyError].
func (r *Request) Multipart() (*multipart.Reader, error) {
	r.formOK, r.form = true, url.Values{} // Form must not try to parse what is read here
	r.Body = http.MaxBytesReader(r.gin.Writer, r.Body, r.limit)
	m, err := r.MultipartReader()
	if err != nil {
		return nil, fail.Invalid("input.malformed").Because(err)
	}
	return m, nil
}

// BodyError tells a body over the limit from one that breaks off.
func BodyError(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) || errors.Is(err, io.ErrUnexpectedEOF) {
		return bodyError(err)
	}
	return err
}

func bodyError(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return fail.TooLarge("input.too_large", Bytes(big.Limit)).Because(err)
	}
	return fail.Invalid("input.malformed").Because(err)
}

// Bind fills the struct that in points to: fields tagged `path` from the path, `query`
// from the query string and `form` from the posted form. It refuses only what does not have the
// field's type, all such fields at once; rules are the op's.
func (r *Request) Bind(in any) error {
	var c fail.Check
	if err := r.bindPathQuery(&c, in); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		if r.parseForm(); r.formErr != nil {
			return r.formErr
		}
		bindValues(&c, in, "form", func(name string) []string { return r.form[name] })
	}
	return c.Err()
}

// bindPathQuery fills `path` and `query` fields. What cannot be an ID in the path names nothing: not found.
func (r *Request) bindPathQuery(c *fail.Check, in any) error {
	var path fail.Check
	bindValues(&path, in, "path", func(name string) []string {
		if v, ok := r.gin.Params.Get(name); ok {
			return []string{v}
		}
		return nil
	})
	if err := path.Err(); err != nil {
		return fail.NotFound("access.not_found").Because(err)
	}
	query := r.URL.Query()
	bindValues(c, in, "query", func(name string) []string { return query[name] })
	return nil
}

func bindValues(c *fail.Check, in any, tag string, get func(string) []string) {
	bindStruct(c, reflect.ValueOf(in).Elem(), tag, get)
}

func bindStruct(c *fail.Check, v reflect.Value, tag string, get func(string) []string) {
	t := v.Type()
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			bindStruct(c, v.Field(i), tag, get)
			continue
		}
		name := f.Tag.Get(tag)
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		if values := get(name); len(values) > 0 {
			if code := setField(v.Field(i), values); code != "" {
				c.Add(name, code)
			}
		}
	}
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// setField sets one field and gives the catalogue key of what is wrong, "" for nothing.
func setField(v reflect.Value, values []string) string {
	if v.Kind() == reflect.Slice && !v.Addr().Type().Implements(textType) {
		if reflect.PointerTo(v.Type().Elem()).Implements(textType) {
			values = slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" }) // an empty ID is none
		}
		s := reflect.MakeSlice(v.Type(), len(values), len(values))
		for i, one := range values {
			if code := setOne(s.Index(i), one); code != "" {
				return code
			}
		}
		v.Set(s)
		return ""
	}
	return setOne(v, values[0])
}

func setOne(v reflect.Value, s string) string {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if u.UnmarshalText([]byte(strings.TrimSpace(s))) != nil {
			return textFault(v.Type())
		}
		return ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if s == "" {
			return ""
		}
		v.Set(reflect.New(v.Type().Elem()))
		return setOne(v.Elem(), s)
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(s != "" && s != "0" && s != "false")
	case reflect.Int, reflect.Int64, reflect.Int32:
		return setInt(v, s)
	default:
		return "input.type"
	}
	return ""
}

func setInt(v reflect.Value, s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		v.SetInt(0)
		return ""
	}
	n, err := strconv.ParseInt(s, 10, v.Type().Bits())
	if err != nil {
		return "input.number"
	}
	v.SetInt(n)
	return ""
}

// textFault picks the message for a type that reads itself.
func textFault(t reflect.Type) string {
	switch t.String() {
	case "date.Date":
		return "input.date"
	case "date.Month":
		return "input.month"
	case "time.Time":
		return "input.time"
	}
	return "input.id"
}

// Bytes writes a size in bytes for people: "24 MB".
func Bytes(n int64) string {
	const k = 1 << 10
	switch {
	case n >= k*k:
		return strconv.FormatInt((n+k*k/2)/(k*k), 10) + " MB"
	case n >= k:
		return strconv.FormatInt((n+k/2)/k, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
)

// Do runs one op in a unit of work. A form that carries a form_id is done once: sent
// again with the same input it gets the first answer (only fields with JSON names come back), unless the
// account's grants have changed since: then it is a conflict, and nothing is shown.
//
// An answer that may not lie in the database is never kept: a type with a field tagged `kept:"never"` (a telephone number, a
// one-time code), anywhere in it. Such an op runs, and is audited, each time that it is asked.
func Do[In, Out any](r *Request, op Op[In, Out], in In) (out Out, err error) {
	form, err := r.formID()
	if err != nil {
		return out, err
	}
	err = r.Write(func(tx *db.Tx, by access.Actor) (err error) {
		if form.IsZero() || unkept(reflect.TypeFor[Out]()) {
			out, err = op(tx, by, in)
			return err
		}
		out, err = db.Once(tx, r.sending(by, form, in), func() (Out, error) { return op(tx, by, in) })
		return err
	})
	return out, err
}

// DoLong is [Do] for work that is more than one unit of work, such as a file that comes in. A form that was done gets the first
// answer and the work is not begun; of two at the same time both are worked on, and both get the answer of the first that ended.
func DoLong[In, Out any](r *Request, form db.FormID, in In, work func() (Out, error)) (out Out, err error) {
	if form.IsZero() {
		return work()
	}
	done := false
	err = r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		out, done, err = db.Kept[Out](tx, r.sending(by, form, in))
		return err
	})
	if err != nil || done {
		return out, err
	}
	made, err := work()
	if err != nil {
		return out, err
	}
	err = r.Write(func(tx *db.Tx, by access.Actor) (err error) {
		out, err = db.Once(tx, r.sending(by, form, in), func() (Out, error) { return made, nil })
		return err
	})
	return out, err
}

// sending is a form of the actor's as it was sent to the route.
func (r *Request) sending(by access.Actor, form db.FormID, in any) db.Sending {
	return db.Sending{By: by.Account, Form: form, Op: r.gin.FullPath(), Hash: r.App.hash(in, r.gin.Params), Rights: r.App.rights(by)}
}

// formID is the form's UUID, or the Idempotency-Key of an API client; zero for none.
func (r *Request) formID() (db.FormID, error) {
	s := r.Request.Header.Get("Idempotency-Key")
	if s == "" && !r.isAPI() {
		s = r.Form().Get("form_id")
	}
	var v db.FormID
	if err := v.UnmarshalText([]byte(s)); err != nil {
		return v, fail.Invalid("input.form_key").Because(err)
	}
	return v, nil
}

// Digest is a keyed hash, which tells two texts apart and cannot be undone by trying all that there are: a telephone
// number, a short answer. 64 hexadecimal digits.
func (w *App) Digest(parts ...string) string {
	m := hmac.New(sha256.New, w.FormKey)
	for _, p := range parts {
		_, _ = fmt.Fprintf(m, "%d:%s", len(p), p) // a hash takes whatever it is given
	}
	return hex.EncodeToString(m.Sum(nil))
}

// hash tells two inputs of one form apart.
func (w *App) hash(in any, params gin.Params) string {
	if len(params) == 0 {
		params = nil // gin hands out none or an empty list, by the context's history
	}
	b, err := json.Marshal(struct {
		In     any
		Params gin.Params
	}{in, params})
	if err != nil {
		return "" // inputs are plain data; an empty hash compares equal to itself
	}
	return w.Digest("input", string(b))
}

// rights tells whether an actor might do other things before: his grants that hold, in any order, and whose account it is.
func (w *App) rights(by access.Actor) string {
	lines := []string{"rights", by.Person.String()}
	for _, g := range by.Grants() {
		lines = append(lines, string(g.Role)+" "+g.Path)
	}
	slices.Sort(lines[2:])
	return w.Digest(lines...)
}

var unkeptTypes sync.Map // of reflect.Type to bool

// unkept reports that an answer of the type may not be stored.
func unkept(t reflect.Type) bool {
	if known, ok := unkeptTypes.Load(t); ok {
		return known.(bool) //nolint:forcetypeassert // nothing else is stored
	}
	found := holdsUnkept(t, map[reflect.Type]bool{})
	unkeptTypes.Store(t, found)
	return found
}

func holdsUnkept(t reflect.Type, seen map[reflect.Type]bool) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return false
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		if strings.EqualFold(f.Tag.Get("kept"), "never") || holdsUnkept(f.Type, seen) {
			return true
		}
	}
	return false
}

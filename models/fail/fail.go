// Package fail is the one kind of error that an op returns on purpose.
//
// An op says what went wrong (a Kind), names it (a Code, which is a key of the
// message catalogues in package lang) and, for input, which fields are at fault.
// Everything else that reaches the edge is an internal error: logged once there
// with its request ID and never shown. The edge maps kinds to HTTP statuses by
// [Kind.Status]; nothing else knows about HTTP.
package fail

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says how a caller can react to an error.
type Kind string

// The kinds, with the HTTP status that the edge gives them.
const (
	Internal        Kind = "internal"        // 500: a defect or a broken machine
	InvalidInput    Kind = "invalid"         // 422: the caller can correct the input
	Unauthenticated Kind = "unauthenticated" // 401: sign in first
	ForbiddenAct    Kind = "forbidden"       // 403: seen, but not allowed
	Missing         Kind = "not_found"       // 404: not there, or not to be seen
	Conflicting     Kind = "conflict"        // 409: the state does not allow it
	Outdated        Kind = "stale"           // 412: changed since it was read
	Oversize        Kind = "too_large"       // 413: more bytes than the limit
	Unreadable      Kind = "unsupported"     // 415: not in the format that is read here
	Throttled       Kind = "limited"         // 429: try again later
)

var statuses = map[Kind]int{
	Internal: 500, InvalidInput: 422, Unauthenticated: 401, ForbiddenAct: 403, Missing: 404,
	Conflicting: 409, Outdated: 412, Oversize: 413, Unreadable: 415, Throttled: 429,
}

// Status is the HTTP status of the kind; 500 for an unknown one.
func (k Kind) Status() int {
	if s, ok := statuses[k]; ok {
		return s
	}
	return 500
}

// Field is one fault of the input. Name is the JSON and form name of the input
// ("lessons.2.minutes" for one within a list), Code a catalogue key.
type Field struct {
	Name string
	Code string
	Args []any
}

// Error is an expected failure. Code is a catalogue key ("session.already_submitted")
// whose text takes Args in order.
type Error struct {
	Kind   Kind
	Code   string
	Args   []any
	Fields []Field
	Err    error // the cause, for the log only
}

// Error is for logs and tests, never for people.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Name, f.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func newError(kind Kind, code string, args []any) *Error {
	return &Error{Kind: kind, Code: code, Args: args}
}

// Invalid says that the input as a whole is at fault; see [Check] for fields.
func Invalid(code string, args ...any) *Error { return newError(InvalidInput, code, args) }

// NoSignIn says that the caller must sign in first.
func NoSignIn(code string, args ...any) *Error { return newError(Unauthenticated, code, args) }

// Forbidden says that the caller sees the object but may not do this to it.
func Forbidden(code string, args ...any) *Error { return newError(ForbiddenAct, code, args) }

// NotFound says that the object is not there, or not for the caller to see.
func NotFound(code string, args ...any) *Error { return newError(Missing, code, args) }

// Conflict says that the state of the object does not allow the act.
func Conflict(code string, args ...any) *Error { return newError(Conflicting, code, args) }

// Stale says that the object has changed since the caller read it.
func Stale(code string, args ...any) *Error { return newError(Outdated, code, args) }

// TooLarge says that the input has more bytes than the limit.
func TooLarge(code string, args ...any) *Error { return newError(Oversize, code, args) }

// Unsupported says that the input is in a format that is not read here.
func Unsupported(code string, args ...any) *Error { return newError(Unreadable, code, args) }

// Limited says that the caller must wait.
func Limited(code string, args ...any) *Error { return newError(Throttled, code, args) }

// Because returns a copy of e that carries the cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// As finds the Error in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of err: Internal when no Error is in its chain, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is an Error with this code.
func Is(err error, code string) bool {
	e, ok := As(err)
	return ok && e.Code == code
}

// Check gathers every fault of an input, so that all are shown at once.
// The zero Check is ready for use.
type Check struct{ fields []Field }

// Add notes a fault.
func (c *Check) Add(name, code string, args ...any) {
	c.fields = append(c.fields, Field{Name: name, Code: code, Args: args})
}

// If notes a fault when bad holds, and says whether it did.
func (c *Check) If(bad bool, name, code string, args ...any) bool {
	if bad {
		c.Add(name, code, args...)
	}
	return bad
}

// Err is nil when nothing was noted, else one invalid Error with all fields.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: InvalidInput, Code: "input.invalid", Fields: c.fields}
}

// Package id gives every kind of object an identity of its own type.
//
// An ID is a UUID: 16 bytes in the database (BINARY(16), BLOB), the usual 36
// characters in URLs and JSON. Its type parameter only tells kinds apart, so that
// a person's ID cannot be passed for a session's: an area writes
// `type SessionID = id.ID[sessionTag]`. Random IDs are version 7, which keeps index pages in
// order of creation; an identity that several phones must agree on without
// talking is version 5 of what it stands for ([Derived]).
package id

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// ID identifies one object of a kind. The zero ID means "none"; it is stored as
// 16 zero bytes, so a column that may be empty is a *ID.
type ID[T any] [16]byte

// New gives a random ID.
func New[T any]() ID[T] { return ID[T](uuid.Must(uuid.NewV7())) }

// Random gives an ID whose bits tell nothing of when it was made.
func Random[T any]() ID[T] { return ID[T](uuid.New()) }

// Derived gives the ID that stands for name within space; the same on every machine.
func Derived[T, S any](space ID[S], name string) ID[T] {
	return ID[T](uuid.NewSHA1(uuid.UUID(space), []byte(name)))
}

// Parse reads the usual 36 characters, in either case.
func Parse[T any](s string) (ID[T], error) {
	if len(s) != 36 {
		return ID[T]{}, fmt.Errorf("id: %q is not a UUID", s)
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return ID[T]{}, fmt.Errorf("id: %w", err)
	}
	return ID[T](u), nil
}

// Must is Parse for constants and tests; it panics on a malformed ID.
func Must[T any](s string) ID[T] {
	v, err := Parse[T](s)
	if err != nil {
		panic(err)
	}
	return v
}

// As changes the kind, for the few objects that share an identity (a school and its unit).
func As[To, From any](v ID[From]) ID[To] { return ID[To](v) }

// IsZero reports the zero ID.
func (v ID[T]) IsZero() bool { return v == ID[T]{} }

// Ptr is nil for the zero ID, else a pointer to a copy: the form of a column that may be empty.
func (v ID[T]) Ptr() *ID[T] {
	if v.IsZero() {
		return nil
	}
	return &v
}

// Or gives what p points to, or the zero ID.
func Or[T any](p *ID[T]) ID[T] {
	if p == nil {
		return ID[T]{}
	}
	return *p
}

// String is the usual 36 characters, "" for the zero ID.
func (v ID[T]) String() string {
	if v.IsZero() {
		return ""
	}
	return uuid.UUID(v).String()
}

// MarshalText writes as String.
func (v ID[T]) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads as Parse; "" gives the zero ID.
func (v *ID[T]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*v = ID[T]{}
		return nil
	}
	p, err := Parse[T](string(b))
	if err == nil {
		*v = p
	}
	return err
}

// Value stores the 16 bytes.
func (v ID[T]) Value() (driver.Value, error) { return v[:], nil }

// Scan reads the 16 bytes; NULL gives the zero ID.
func (v *ID[T]) Scan(src any) error {
	switch b := src.(type) {
	case nil:
		*v = ID[T]{}
		return nil
	case []byte:
		if len(b) == 16 {
			copy(v[:], b)
			return nil
		}
	case string:
		if len(b) == 16 {
			copy(v[:], b)
			return nil
		}
	}
	return fmt.Errorf("id: cannot scan %T", src)
}

// GormDataType names the column type for the drift test.
func (ID[T]) GormDataType() string { return "uuid" }

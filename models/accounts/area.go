package accounts

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync/atomic"

	"huotang/models/seal"
)

// Area holds the key that one-time codes are hashed with and the keys that secrets are sealed with, and bounds how many
// passwords are hashed at once.
type Area struct {
	key   []byte
	ring  *seal.Ring
	slots chan struct{}

	compared atomic.Int64
}

// hashesAtOnce bounds the memory of hashing, 19 MiB each, and leaves a core to the pages.
const hashesAtOnce = 2

// New makes the area, one for a process; key is a subkey of the installation's secret, 32 bytes. What it seals is sealed
// with a key made from it, until [Area.SealWith].
func New(key []byte) *Area {
	a := &Area{key: key, slots: make(chan struct{}, hashesAtOnce)}
	ring, err := seal.New(a.derive("index"), a.derive("seal"))
	if err != nil {
		panic(err) // the keys have their length
	}
	a.ring = ring
	return a
}

// SealWith takes the installation's ring of keys for second factors and for what six-digit secrets are hashed with.
// It is called once, before the area is used.
func (a *Area) SealWith(ring *seal.Ring) { a.ring = ring }

// derive makes 32 bytes for a purpose from the area's key.
func (a *Area) derive(purpose string) []byte {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte("huotang/accounts/" + purpose))
	return m.Sum(nil)
}

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any {
	return []any{accountRow{}, grantRow{}, signInRow{}, failureRow{}, codeRow{}, deviceRow{}, factorRow{}, factorCodeRow{}, handoverGrant{}}
}

// Compared is how often a secret has been compared since the start, each at the same cost. That is nearly all the work of a
// try, so a try that is not for any account must raise it by as much as one that is.
func (a *Area) Compared() int64 { return a.compared.Load() }

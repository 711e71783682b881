// Package seal encrypts what must not be read from a stolen database or backup: telephone numbers. The keys are
// given by configuration and never stand in the database.
//
// A sealed value is AES-256-GCM: one byte for the format, four that tell which key, the nonce, the ciphertext with its
// tag. What the value belongs to ("persons.phone" and the row's ID) is bound to it, so that a value moved to another
// row does not open. Equal values are found by [Ring.Index], a keyed hash under a key of its own, which stays when the
// others are changed; parts of a value cannot be searched.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
)

// format is the first byte of what this version writes.
const format = 1

const (
	keySize   = 32
	nameSize  = 4
	nonceSize = 12
)

// ErrOpen says that a sealed value is damaged, belongs to something else, or was sealed with a key that the ring
// does not have.
var ErrOpen = errors.New("seal: cannot be opened")

type key struct {
	name [nameSize]byte
	aead cipher.AEAD
}

// Ring seals with its first key and opens with any. It is safe for concurrent use.
type Ring struct {
	keys  atomic.Pointer[[]key]
	index []byte
	look  func() (newer *Ring, changed bool) // nil unless it follows
}

// New makes a ring of 32-byte keys, the newest first, and the key of the index.
func New(index []byte, keys ...[]byte) (*Ring, error) {
	if len(index) != keySize || len(keys) == 0 {
		return nil, fmt.Errorf("seal: want keys of %d bytes", keySize)
	}
	r := &Ring{index: index}
	all := make([]key, 0, len(keys))
	for _, k := range keys {
		if len(k) != keySize {
			return nil, fmt.Errorf("seal: want keys of %d bytes", keySize)
		}
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
		sum := sha256.Sum256(append([]byte("huotang/seal/name/"), k...))
		all = append(all, key{name: [nameSize]byte(sum[:]), aead: aead})
	}
	r.keys.Store(&all)
	return r, nil
}

// Follow lets the ring take the keys of a newer one: look is asked before every sealing, and when a value was sealed with a
// key that the ring does not have. The key of the index stays. It is called once, before the ring is used.
func (r *Ring) Follow(look func() (newer *Ring, changed bool)) { r.look = look }

func (r *Ring) refresh() {
	if r.look == nil {
		return
	}
	if newer, changed := r.look(); changed {
		r.keys.Store(newer.keys.Load())
	}
}

// Names lists the keys, newest first, by what a sealed value tells of its key: eight hexadecimal digits, from which the key
// cannot be found.
func (r *Ring) Names() []string {
	keys := *r.keys.Load()
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = hex.EncodeToString(k.name[:])
	}
	return names
}

// Bound names what a value belongs to: a column and the row's ID.
func Bound(column string, id fmt.Stringer) string { return column + "/" + id.String() }

// Seal encrypts a value for what it is bound to. An empty value stays empty.
func (r *Ring) Seal(plain, bound string) []byte {
	if plain == "" {
		return nil
	}
	r.refresh()
	k := (*r.keys.Load())[0]
	out := make([]byte, 1+nameSize+nonceSize, 1+nameSize+nonceSize+len(plain)+k.aead.Overhead())
	out[0] = format
	copy(out[1:], k.name[:])
	_, _ = rand.Read(out[1+nameSize:]) // never fails
	return k.aead.Seal(out, out[1+nameSize:], []byte(plain), []byte(bound))
}

// Open decrypts what [Ring.Seal] made for the same thing; an empty value is empty. The error is [ErrOpen].
func (r *Ring) Open(sealed []byte, bound string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	k, ok := r.keyOf(sealed)
	if !ok {
		return "", ErrOpen
	}
	head := 1 + nameSize
	plain, err := k.aead.Open(nil, sealed[head:head+nonceSize], sealed[head+nonceSize:], []byte(bound))
	if err != nil {
		return "", ErrOpen
	}
	return string(plain), nil
}

// Current reports whether a value is sealed with the newest key; `keys rotate` seals the others again.
func (r *Ring) Current(sealed []byte) bool {
	k, ok := r.keyOf(sealed)
	return len(sealed) == 0 || ok && k.name == (*r.keys.Load())[0].name
}

func (r *Ring) keyOf(sealed []byte) (key, bool) {
	if len(sealed) < 1+nameSize+nonceSize || sealed[0] != format {
		return key{}, false
	}
	name := [nameSize]byte(sealed[1 : 1+nameSize])
	k, ok := find(*r.keys.Load(), name)
	if !ok && r.look != nil {
		r.refresh()
		k, ok = find(*r.keys.Load(), name)
	}
	return k, ok
}

func find(keys []key, name [nameSize]byte) (key, bool) {
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// Index is the same for equal values and tells nothing else of them, 64 hexadecimal digits; "" for "".
func (r *Ring) Index(value string) string {
	if value == "" {
		return ""
	}
	m := hmac.New(sha256.New, r.index)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}

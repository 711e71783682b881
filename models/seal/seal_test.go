package seal_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"huotang/models/seal"
)

func keyOf(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func ring(t *testing.T, keys ...byte) *seal.Ring {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, keyOf(k))
	}
	r, err := seal.New(keyOf(99), all...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSealAndOpen(t *testing.T) {
	r := ring(t, 1)
	a, b := r.Seal("13800138000", "persons.phone/1"), r.Seal("13800138000", "persons.phone/1")
	if bytes.Equal(a, b) || bytes.Contains(a, []byte("138")) {
		t.Errorf("sealed %x and %x", a, b)
	}
	if got, err := r.Open(a, "persons.phone/1"); got != "13800138000" || err != nil {
		t.Errorf("opened %q, %v", got, err)
	}
	if got, err := r.Open(r.Seal("", "x"), "x"); got != "" || err != nil {
		t.Errorf("empty: %q, %v", got, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	r := ring(t, 1)
	good := r.Seal("13800138000", "persons.phone/1")
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := r.Open(bad, "persons.phone/1"); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := r.Open(good[:i], "persons.phone/1"); i > 0 && !errors.Is(err, seal.ErrOpen) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if _, err := r.Open(good, "persons.phone/2"); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("of another row: %v", err)
	}
	if _, err := ring(t, 2).Open(good, "persons.phone/1"); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("by another ring: %v", err)
	}
}

func TestRotation(t *testing.T) {
	old, both, young := ring(t, 1), ring(t, 2, 1), ring(t, 2)
	v := old.Seal("13800138000", "x")
	if got, err := both.Open(v, "x"); got == "" || err != nil || both.Current(v) {
		t.Errorf("the ring of both: %q, %v, current %t", got, err, both.Current(v))
	}
	v = both.Seal("13800138000", "x")
	if got, err := young.Open(v, "x"); got == "" || err != nil || !both.Current(v) || !young.Current(nil) {
		t.Errorf("after the change: %q, %v", got, err)
	}
	if old.Index("13800138000") != young.Index("13800138000") {
		t.Error("the index must outlive the keys")
	}
}

func TestIndex(t *testing.T) {
	a, b := ring(t, 1), ring(t, 1)
	if a.Index("1") != b.Index("1") || a.Index("1") == a.Index("2") || len(a.Index("1")) != 64 || a.Index("") != "" {
		t.Error("index", a.Index("1"), a.Index("2"))
	}
}

func TestNewRefusesShortKeys(t *testing.T) {
	for _, keys := range [][][]byte{nil, {keyOf(1)[:16]}, {keyOf(1), nil}} {
		if _, err := seal.New(keyOf(9), keys...); err == nil || !strings.Contains(err.Error(), "32") {
			t.Errorf("%d keys: %v", len(keys), err)
		}
	}
	if _, err := seal.New(nil, keyOf(1)); err == nil {
		t.Error("no index key is taken")
	}
}

// A server that runs while another process adds a key goes on: it opens what the other sealed, and seals with the new key.
func TestFollow(t *testing.T) {
	server, changed := ring(t, 1), false
	both := ring(t, 2, 1)
	server.Follow(func() (*seal.Ring, bool) { was := changed; changed = false; return both, was })
	v := both.Seal("13800138000", "x")
	if _, err := server.Open(v, "x"); !errors.Is(err, seal.ErrOpen) {
		t.Error("opened before there was anything new", err)
	}
	changed = true
	if got, err := server.Open(v, "x"); got == "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if !both.Current(server.Seal("1", "x")) || len(server.Names()) != 2 || server.Names()[0] != both.Names()[0] {
		t.Error("seals with the old key", server.Names())
	}
}

func TestNamesTellNothingOfTheKey(t *testing.T) {
	r := ring(t, 1, 2)
	if n := r.Names(); len(n) != 2 || n[0] == n[1] || len(n[0]) != 8 || strings.Contains(n[0], "0101") {
		t.Error(n)
	}
}

package id

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

type (
	catTag struct{}
	dogTag struct{}
	catID  = ID[catTag]
	dogID  = ID[dogTag]
)

const sample = "0190b3a2-7c51-7def-8abc-0123456789ab"

func TestForms(t *testing.T) {
	v, err := Parse[catTag](strings.ToUpper(sample))
	if err != nil || v.String() != sample {
		t.Fatalf("%s %v", v, err)
	}
	b, err := json.Marshal(struct{ A, B catID }{A: v})
	if err != nil || string(b) != `{"A":"`+sample+`","B":""}` {
		t.Errorf("%s %v", b, err)
	}
	var back struct{ A, B catID }
	if err := json.Unmarshal(b, &back); err != nil || back.A != v || !back.B.IsZero() {
		t.Errorf("%v %v", back, err)
	}
	for _, bad := range []string{"x", sample[1:], "{" + sample[1:35] + "}", "urn:uuid:" + sample, strings.ReplaceAll(sample, "-", ""), sample[:35] + "g"} {
		if _, err := Parse[catTag](bad); err == nil {
			t.Errorf("%q is an ID", bad)
		}
		if back.A.UnmarshalText([]byte(bad)) == nil || back.A != v {
			t.Errorf("%q was read", bad)
		}
	}
	if (catID{}).String() != "" || Must[catTag](sample) != v {
		t.Error("zero or Must")
	}
}

func TestStored(t *testing.T) {
	v := Must[catTag](sample)
	stored, err := v.Value()
	if b, ok := stored.([]byte); err != nil || !ok || !bytes.Equal(b, v[:]) {
		t.Errorf("%v %v", stored, err)
	}
	for _, src := range []any{v[:], string(v[:])} {
		var got catID
		if err := got.Scan(src); err != nil || got != v {
			t.Errorf("%v %v", got, err)
		}
	}
	got := v
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("NULL: %v %v", got, err)
	}
	for _, src := range []any{[]byte("short"), sample, 7} {
		if got.Scan(src) == nil {
			t.Errorf("%v was scanned", src)
		}
	}
}

func TestPointers(t *testing.T) {
	v := Must[catTag](sample)
	if (catID{}).Ptr() != nil || *v.Ptr() != v || Or(v.Ptr()) != v || !Or[catTag](nil).IsZero() {
		t.Error("Ptr and Or")
	}
	if dogID(v) != As[dogTag](v) {
		t.Error("As changes the bits")
	}
}

// New ones sort by the time they were made; derived ones agree between machines and tell apart
// names and spaces.
func TestMaking(t *testing.T) {
	var last catID
	for range 1000 {
		v := New[catTag]()
		if bytes.Compare(v[:], last[:]) <= 0 {
			t.Fatalf("%s after %s", v, last)
		}
		last = v
	}
	if one, other := Random[catTag](), Random[catTag](); one == other {
		t.Error("not random")
	}
	space := Must[dogTag](sample)
	a := Derived[catTag](space, "2026-03/1")
	if a.String() != "454a980a-2130-5c8b-8da8-40d8d6f5443d" {
		t.Errorf("%s", a)
	}
	if a == Derived[catTag](space, "2026-03/2") || a == Derived[catTag](Random[dogTag](), "2026-03/1") || a[6]>>4 != 5 {
		t.Errorf("%s", a)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := Parse[catTag](s); err == nil && v.String() != strings.ToLower(s) && !v.IsZero() {
			t.Errorf("%q became %q", s, v)
		}
	})
}

package fail

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKinds(t *testing.T) {
	for err, status := range map[*Error]int{
		Invalid("a.b"): 422, NoSignIn("a.b"): 401, Forbidden("a.b"): 403, NotFound("a.b"): 404, Conflict("a.b"): 409,
		Stale("a.b"): 412, TooLarge("a.b"): 413, Unsupported("a.b"): 415, Limited("a.b", 5): 429,
	} {
		wrapped := fmt.Errorf("area: %w", err)
		if got := KindOf(wrapped); got != err.Kind || got.Status() != status || !Is(wrapped, "a.b") || Is(wrapped, "a.c") {
			t.Errorf("%s: %s, %d", err, got, got.Status())
		}
	}
	if KindOf(io.EOF) != Internal || KindOf(nil) != "" || Internal.Status() != 500 || Kind("new").Status() != 500 {
		t.Error("kinds of other errors")
	}
}

func TestBecause(t *testing.T) {
	plain := Conflict("a.b")
	err := plain.Because(io.EOF)
	if !errors.Is(err, io.EOF) || errors.Is(plain, io.EOF) || err.Error() != "conflict: a.b: EOF" {
		t.Errorf("%v, %v", err, plain)
	}
	if e, ok := As(fmt.Errorf("x: %w", err)); !ok || e != err {
		t.Errorf("%v", e)
	}
}

func TestCheckGathersAll(t *testing.T) {
	var none Check
	if none.If(false, "a", "x.y") || none.Err() != nil {
		t.Error("a fault out of nothing")
	}
	var c Check
	c.If(true, "a", "x.y", 1)
	c.Add("b.0.c", "x.z")
	c.Range("d", 3, 1, 3)
	c.Range("e", 4, 1, 3)
	e, ok := As(c.Err())
	want := []Field{{"a", "x.y", []any{1}}, {"b.0.c", "x.z", nil}, {"e", "input.range", []any{1, 3}}}
	if d := cmp.Diff(want, e.Fields); !ok || d != "" || e.Kind != InvalidInput || e.Code != "input.invalid" {
		t.Errorf("%v %s", e, d)
	}
	if s := e.Error(); s != "invalid: input.invalid; a: x.y; b.0.c: x.z; e: input.range" {
		t.Error(s)
	}
}

func TestText(t *testing.T) {
	for name, tc := range map[string]struct {
		in, out     string
		least, most int
		code        string
	}{
		"trimmed":         {" 甲乙\u3000", "甲乙", 1, 2, ""},
		"missing":         {" \t ", "", 1, 9, "input.required"},
		"may be missing":  {"", "", 0, 9, ""},
		"short":           {"甲", "甲", 2, 9, "input.too_short"},
		"long, in runes":  {"𬭩䶮甲", "𬭩䶮甲", 0, 2, "input.too_long"},
		"as long as may":  {"𬭩䶮", "𬭩䶮", 0, 2, ""},
		"control":         {"a\x00b", "a\x00b", 0, 9, "input.characters"},
		"a second line":   {"a\nb", "a\nb", 0, 9, "input.characters"},
		"no valid UTF-8":  {"a\xff", "a\xff", 0, 9, "input.characters"},
		"nothing but bad": {"\x00", "\x00", 1, 9, "input.characters"},
	} {
		var c Check
		out := c.Text("f", tc.in, tc.least, tc.most)
		if got := code(c.Err()); out != tc.out || got != tc.code {
			t.Errorf("%s: %q %q", name, out, got)
		}
	}
	var c Check
	if out := c.Prose("f", "一\r\n\t二\n", 1, 10); out != "一\n\t二" || c.Err() != nil {
		t.Errorf("%q %v", out, c.Err())
	}
	if c.Prose("f", "a\x07", 1, 10); code(c.Err()) != "input.characters" {
		t.Error(c.Err())
	}
	if c = (Check{}); c.Prose("f", strings.Repeat("字", 11), 1, 10) == "" || code(c.Err()) != "input.too_long" {
		t.Error(c.Err())
	}
}

func code(err error) string {
	if e, ok := As(err); ok && len(e.Fields) > 0 {
		return e.Fields[0].Code
	}
	return ""
}

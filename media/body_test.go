package media

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"huotang/models/fail"
)

// Few large pictures are held at once; the small ones of a slow network do not wait for them, and nobody keeps a place he has left.
func TestFewLargeBodies(t *testing.T) {
	a := NewAlbum(nil, nil)
	large, small := make([]byte, smallBody+1), []byte("small")
	var held []func()
	for range largeAtOnce {
		b, done, err := a.body(t.Context(), bytes.NewReader(large))
		if err != nil || len(b) != len(large) {
			t.Fatal(len(b), err)
		}
		held = append(held, done)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, _, err := a.body(ended, bytes.NewReader(large)); !errors.Is(err, context.Canceled) {
		t.Errorf("one more: %v", err)
	}
	if b, done, err := a.body(t.Context(), bytes.NewReader(small)); err != nil || !bytes.Equal(b, small) {
		t.Errorf("a small one: %v", err)
	} else {
		done()
	}
	held[0]()
	if _, _, err := a.body(t.Context(), bytes.NewReader(make([]byte, MaxPicture+1))); !fail.Is(err, "photos.too_large") {
		t.Errorf("too large: %v", err)
	}
	if _, done, err := a.body(t.Context(), bytes.NewReader(make([]byte, MaxPicture))); err != nil {
		t.Errorf("the largest: %v", err)
	} else {
		done()
	}
}

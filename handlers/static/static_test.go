package static

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drawing is an icon, or the sprite with all of them.
type drawing struct {
	ID      string    `xml:"id,attr"`
	ViewBox string    `xml:"viewBox,attr"`
	Lines   string    `xml:",innerxml"`
	Symbols []drawing `xml:"symbol"`
}

// The sprite, which pages load, is what the single files say, which people edit and look at.
func TestSpriteIsTheIcons(t *testing.T) {
	inFiles, inSprite := map[string][2]string{}, map[string][2]string{}
	names, err := filepath.Glob("icons/*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var d drawing
		if err := xml.Unmarshal(raw, &d); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range d.Symbols {
			if _, twice := inSprite[s.ID]; twice {
				t.Errorf("the sprite holds %s twice", s.ID)
			}
			inSprite[s.ID] = [2]string{s.ViewBox, strings.TrimSpace(s.Lines)}
		}
		if len(d.Symbols) == 0 {
			inFiles[strings.TrimSuffix(filepath.Base(name), ".svg")] = [2]string{d.ViewBox, strings.TrimSpace(d.Lines)}
		}
	}
	if diff := cmp.Diff(inFiles, inSprite); diff != "" {
		t.Errorf("the sprite (+) and the files (-) differ:\n%s", diff)
	}
	if len(inSprite) == 0 {
		t.Error("no icons were found")
	}
}

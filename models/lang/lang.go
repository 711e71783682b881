// Package lang holds every text that people read, in the catalogues
// catalogue/zh-CN (the first language) and catalogue/en: one YAML file per area, one
// line per text. A text is a fmt format; its arguments are numbered where the
// languages differ in order (%[2]s). A text that depends on a number gives `one` and
// `other`, chosen by the first whole number among the arguments:
//
//	curricula.publish_to: 发给%d所
//	curricula.publish_to: {one: Send to %d school, other: Send to %d schools}
//
// A test holds that both catalogues have the same keys and the same arguments, and that
// every key named in code and pages is there.
package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Lang is a language of the pages, as a BCP 47 tag.
type Lang string

// The languages.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Langs lists the languages, the first one first.
var Langs = []Lang{Chinese, English}

//go:embed catalogue
var files embed.FS

type text struct{ one, other string }

var catalogues = mustLoad()

func mustLoad() map[Lang]map[string]text {
	all := make(map[Lang]map[string]text, len(Langs))
	for _, l := range Langs {
		c, err := load(files, path.Join("catalogue", string(l)))
		if err != nil {
			panic(err) // embedded, and held by a test
		}
		all[l] = c
	}
	return all
}

// load reads the YAML files of a folder and refuses a key that stands twice.
func load(fsys fs.FS, dir string) (map[string]text, error) {
	names, err := fs.Glob(fsys, dir+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("lang: %w", err)
	}
	texts := map[string]text{}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("lang: %w", err)
		}
		var entries map[string]any
		if err := yaml.Unmarshal(b, &entries); err != nil {
			return nil, fmt.Errorf("lang: %s: %w", name, err)
		}
		for key, v := range entries {
			t, err := entry(v)
			if err != nil {
				return nil, fmt.Errorf("lang: %s: %s: %w", name, key, err)
			}
			if _, twice := texts[key]; twice {
				return nil, fmt.Errorf("lang: %s: %s stands twice", name, key)
			}
			texts[key] = t
		}
	}
	return texts, nil
}

func entry(v any) (text, error) {
	switch v := v.(type) {
	case string:
		return text{other: v}, nil
	case map[string]any:
		one, _ := v["one"].(string)
		other, ok := v["other"].(string)
		if !ok || len(v) > 2 {
			return text{}, fmt.Errorf("want one and other, have %v", v)
		}
		return text{one, other}, nil
	}
	return text{}, fmt.Errorf("a %T", v)
}

// T is the text of a key with its arguments. An argument of type [Key] is
// itself looked up. A missing key shows itself, which the tests refuse.
func (l Lang) T(key string, args ...any) string {
	t, ok := catalogues[l][key]
	if !ok {
		if t, ok = catalogues[Chinese][key]; !ok {
			return key
		}
	}
	format := t.other
	if t.one != "" && isOne(args) {
		format = t.one
	}
	if len(args) == 0 || !strings.Contains(format, "%") {
		return format
	}
	if slices.ContainsFunc(args, func(a any) bool { _, ok := a.(Key); return ok }) {
		args = slices.Clone(args)
		for i, a := range args {
			if k, ok := a.(Key); ok {
				args[i] = l.T(string(k))
			}
		}
	}
	return fmt.Sprintf(format, args...)
}

// Forms gives a text as it stands in the catalogue, without its arguments; one is "" where it does not depend on a number. For pages
// that fill in the arguments themselves.
func (l Lang) Forms(key string) (one, other string) {
	t, ok := catalogues[l][key]
	if !ok {
		t = catalogues[Chinese][key]
	}
	return t.one, t.other
}

// Key is an argument that is itself a text of the catalogues.
type Key string

func isOne(args []any) bool {
	for _, a := range args {
		switch n := a.(type) {
		case int:
			return n == 1
		case int64:
			return n == 1
		}
	}
	return false
}

// Has reports whether the first language's catalogue has the key.
func Has(key string) bool { _, ok := catalogues[Chinese][key]; return ok }

// Keys lists the keys of the first language's catalogue that begin with a prefix, in their order.
func Keys(prefix string) []string {
	var keys []string
	for key := range catalogues[Chinese] {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Match picks the language for a choice ("en") or, where that says nothing, an
// Accept-Language header; Chinese unless English is asked for first.
func Match(choice, header string) Lang {
	for _, s := range []string{choice, header} {
		s = strings.ToLower(strings.TrimSpace(s))
		if strings.HasPrefix(s, "en") {
			return English
		}
		if s != "" {
			return Chinese
		}
	}
	return Chinese
}

// Count writes a whole number with its thousands apart: 7,996.
func Count(n int) string {
	s := fmt.Sprint(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}

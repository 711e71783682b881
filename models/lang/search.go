package lang

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// SearchKey makes the column that a name is searched by: the name itself, its
// pinyin and its initials ("王家院 wangjiayuan wjy"), folded as [SearchTerm] folds what
// people type. The library knows one reading of a character, so the name itself always counts, too.
func SearchKey(names ...string) string {
	var parts []string
	for _, name := range names {
		name = SearchTerm(name)
		if name == "" {
			continue
		}
		parts = append(parts, name)
		full, initials := romanise(name)
		if full != name {
			parts = append(parts, full, initials)
		}
	}
	return strings.Join(parts, " ")
}

func romanise(name string) (full, initials string) {
	args := pinyin.NewArgs()
	var f, i strings.Builder
	for _, r := range name {
		if p := pinyin.SinglePinyin(r, args); len(p) > 0 {
			f.WriteString(p[0])
			i.WriteByte(p[0][0])
			continue
		}
		f.WriteRune(r)
		i.WriteRune(r)
	}
	return f.String(), i.String()
}

// SearchTerm folds text for searching: full width to half width, lower case, no spaces or marks
// between the characters.
func SearchTerm(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '·' || r == '\'' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

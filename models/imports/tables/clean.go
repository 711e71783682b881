package tables

import (
	"strings"
	"unicode"
)

// Clean gives a cell's text without invisible characters, with single spaces for any others, and none at the ends.
func Clean(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= 0x7f || s[i] < ' ' {
			plain = false
			break
		}
	}
	if plain && !strings.Contains(s, "  ") {
		return strings.Trim(s, " ")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\ufffe' || r == '\uffff':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Narrow gives digits, letters and signs their usual width, and leaves no spaces.
func Narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == ' ':
			return -1
		}
		return r
	}, Clean(s))
}

// Name gives the name of a person: 「张　三」 is 张三, and every dot within a name of two parts is the middle one. Characters are left as they
// are: a rare one must not become a common one.
func Name(s string) string {
	s = Clean(s)
	han := strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	if !han {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ':
			return -1
		case '•', '・', '．', '‧', '●', '.', '∙', '･':
			return '·'
		}
		return r
	}, s)
}

// Safe keeps a text from being read as a formula by the program that opens the file: one that begins as formulas do gets
// an apostrophe in front. Everything that is exported goes through it.
func Safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

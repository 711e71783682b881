package fail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text checks one line of text and returns it trimmed: required when least > 0,
// at most `most` characters (runes), no control characters, valid UTF-8.
func (c *Check) Text(name, s string, least, most int) string {
	return c.text(name, s, least, most, func(r rune) bool { return unicode.IsControl(r) })
}

// Prose is [Check.Text] for several lines: line breaks and tabs are allowed.
func (c *Check) Prose(name, s string, least, most int) string {
	return c.text(name, strings.ReplaceAll(s, "\r\n", "\n"), least, most,
		func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

func (c *Check) text(name, s string, least, most int, bad func(rune) bool) string {
	s = strings.TrimSpace(s)
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, bad):
		c.Add(name, "input.characters")
	case n == 0 && least > 0:
		c.Add(name, "input.required")
	case n < least:
		c.Add(name, "input.too_short", least)
	case n > most:
		c.Add(name, "input.too_long", most, n)
	}
	return s
}

// Range checks a whole number, limits included.
func (c *Check) Range(name string, n, least, most int) {
	c.If(n < least || n > most, name, "input.range", least, most)
}

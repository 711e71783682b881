package accounts

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"huotang/models/access"
)

// pinRoles are the roles that six digits are enough for; every other one wants a password.
var pinRoles = []access.Role{access.Host, access.Head, access.Trainee}

// pinLength is how many digits there are.
const pinLength = 6

// mayPin reports whether six digits are enough for what the account holds. One that holds nothing yet waits for its role; one
// that holds nothing any more keeps what it has.
func (h holder) mayPin(now time.Time) bool {
	live := slices.DeleteFunc(slices.Clone(h.grants), func(g held) bool { return !g.live(now) })
	if len(live) == 0 {
		return h.row.Pin
	}
	return !slices.ContainsFunc(live, func(g held) bool { return !slices.Contains(pinRoles, g.Role) })
}

// MayPin is the same for an actor.
func MayPin(by access.Actor) bool {
	grants := by.Grants()
	return len(grants) > 0 && !slices.ContainsFunc(grants, func(g access.Grant) bool { return !slices.Contains(pinRoles, g.Role) })
}

// office reports whether the actor holds a role that six digits are not enough for. One whose roles have ended holds none.
func office(by access.Actor) bool {
	return slices.ContainsFunc(by.Grants(), func(g access.Grant) bool { return g.Role != access.Public && !slices.Contains(pinRoles, g.Role) })
}

// HashFor makes a Secret of what a person chose: six digits where they are enough and digits are what was typed, a password
// in every other case. See [Area.Hash].
func (a *Area) HashFor(ctx context.Context, pin bool, typed string, not ...string) (Secret, error) {
	if d := digits(typed); pin && d != "" && strings.Trim(d, "0123456789") == "" {
		return a.HashPIN(ctx, d)
	}
	return a.Hash(ctx, typed, not...)
}

// HashPIN makes a Secret of six digits, none of those that are guessed first. What is hashed is keyed with the
// installation's keys: six digits alone would not outlast a stolen database. As [Area.Hash] it takes about 35 ms.
func (a *Area) HashPIN(ctx context.Context, pin string) (Secret, error) {
	pin = digits(pin)
	switch {
	case pin == "":
		return Secret{pin: true, fault: "input.required"}, nil
	case len(pin) != pinLength || strings.Trim(pin, "0123456789") != "":
		return Secret{pin: true, fault: "accounts.pin_six"}, nil
	case easy(pin):
		return Secret{pin: true, fault: "accounts.pin_easy"}, nil
	case birthday(pin):
		return Secret{pin: true, fault: "accounts.pin_birthday"}, nil
	}
	leave, err := a.enter(ctx)
	if err != nil {
		return Secret{}, err
	}
	defer leave()
	hash, err := argon2id.CreateHash(a.pepper(pin), params)
	if err != nil {
		return Secret{}, fmt.Errorf("accounts: hash: %w", err)
	}
	return Secret{pin: true, hash: hash}, nil
}

// digits takes a number as people type it: full width, with spaces.
func digits(s string) string { return strings.Join(strings.Fields(norm.NFKC.String(s)), "") }

// pepper keys six digits. The index key of the ring is used, since it alone stays when keys are changed.
func (a *Area) pepper(pin string) string { return a.ring.Index("accounts.pin:" + pin) }

// easy reports digits that everybody tries first: in a row up or down, one, two or three that repeat, pairs, and mirrors.
func easy(pin string) bool {
	step := int(pin[1]) - int(pin[0])
	same := step >= -1 && step <= 1
	for i := 2; i < len(pin) && same; i++ {
		same = int(pin[i])-int(pin[i-1]) == step
	}
	for n := 1; n <= 3; n++ { // 111111, 121212, 123123
		same = same || strings.Repeat(pin[:n], pinLength/n) == pin
	}
	pairs := pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5]                       // 112233
	triples := pin[0] == pin[1] && pin[1] == pin[2] && pin[3] == pin[4] && pin[4] == pin[5] // 111222
	mirror := pin[0] == pin[5] && pin[1] == pin[4] && pin[2] == pin[3]                      // 123321
	few := len(kindsOf(pin)) <= 2                                                           // 100000, 686868
	return same || pairs || triples || mirror || few || slices.Contains(lucky, pin)
}

func kindsOf(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}

// lucky are sixes that lists of leaked secrets of this country hold near their top.
var lucky = []string{
	"123456", "654321", "520131", "131452", "521131", "147258", "258369", "159357", "741852", "369258", "168168", "518518",
	"520520", "789456", "456789", "112358", "110120", "120110", "159753", "147852",
}

var birthdays = regexp.MustCompile(`^(19[2-9]\d|20[0-3]\d)\d\d$|^\d\d(19[2-9]\d|20[0-3]\d)$|^\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`)

// birthday reports digits that look like a year and a month, or a day: 196512, 121965, 650812.
func birthday(pin string) bool { return birthdays.MatchString(pin) }

package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"huotang/models/fail"
)

// params cost 19 MiB and about 35 ms (OWASP's second choice).
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is compared with when the user name is unknown, so that time does not tell. Its
// password is random and was thrown away.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$xLnJWUzNVbWcZVCsS/ZYKA$Jm7zTn1yOzJmwqhUXfLJq0YvM0vbkfn5Nd+UJvT0xh0"

const (
	shortestPassword = 8
	longestPassword  = 128
)

// Secret is a password as it is stored, or what is wrong with the one that was chosen;
// the op that stores it tells the fault together with those of the other fields. Made by [Area.Hash].
type Secret struct {
	pin   bool // six digits
	hash  string
	fault string
	args  []any
}

// Hash makes a Secret of a password that a person chose: 8 to 128 characters of at least two kinds, none of the
// commonest, none of the given words (the user name). It takes about 35 ms of CPU, so it is never called in a unit of
// work. The error is that of ctx.
func (a *Area) Hash(ctx context.Context, password string, not ...string) (Secret, error) {
	if s := weak(password, not); s.fault != "" {
		return s, nil
	}
	leave, err := a.enter(ctx)
	if err != nil {
		return Secret{}, err
	}
	defer leave()
	hash, err := argon2id.CreateHash(password, params)
	if err != nil {
		return Secret{}, fmt.Errorf("accounts: hash: %w", err)
	}
	return Secret{hash: hash}, nil
}

// check notes what is wrong with the password under the field's name.
func (s Secret) check(c *fail.Check, field string) {
	switch {
	case s.fault != "":
		c.Add(field, s.fault, s.args...)
	case s.hash == "":
		c.Add(field, "input.required")
	}
}

func weak(password string, not []string) Secret {
	n := utf8.RuneCountInString(password)
	folded := strings.ToLower(password)
	switch {
	case n == 0:
		return Secret{fault: "input.required"}
	case n < shortestPassword:
		return Secret{fault: "input.too_short", args: []any{shortestPassword}}
	case n > longestPassword:
		return Secret{fault: "input.too_long", args: []any{longestPassword, n}}
	case kinds(password) < 2:
		return Secret{fault: "accounts.password_kinds"}
	case slices.Contains(commonest, folded) || slices.ContainsFunc(not, func(s string) bool { return s != "" && fold(s) == folded }):
		return Secret{fault: "accounts.password_known"}
	}
	return Secret{}
}

// kinds counts letters, capitals, digits and the rest; each Chinese character is a letter.
func kinds(s string) int {
	var lower, upper, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digit = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLetter(r):
			lower = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// commonest are those of two kinds that lists of leaked passwords begin with.
var commonest = []string{
	"a1234567", "a12345678", "a123456789", "123456789a", "12345678a", "abc12345", "abc123456", "abcd1234", "aa123456", "aa12345678",
	"password1", "passw0rd", "p@ssw0rd", "password123", "qwer1234", "1qaz2wsx", "1q2w3e4r", "qwe123456", "asd123456", "zxc123456",
	"admin123", "admin@123", "woaini1314", "woaini520", "iloveyou1", "wang1234", "huotang1", "huotang123",
}

// enter waits for one of the places to hash in.
func (a *Area) enter(ctx context.Context) (leave func(), err error) {
	select {
	case a.slots <- struct{}{}:
		return func() { <-a.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("accounts: %w", ctx.Err())
	}
}

// Verify compares the password, which takes about 35 ms of CPU whether or not the account exists. It is
// never called in a unit of work.
func (c Candidate) Verify(ctx context.Context, password string) (bool, error) {
	leave, err := c.area.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if c.pin {
		password = c.area.pepper(digits(password))
	}
	c.area.compared.Add(1)
	ok, err := argon2id.ComparePasswordAndHash(password, c.secret)
	if err != nil {
		return false, fmt.Errorf("accounts: %w", err)
	}
	return ok && !c.account.IsZero(), nil
}

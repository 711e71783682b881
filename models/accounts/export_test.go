package accounts

import (
	"context"

	"github.com/alexedwards/argon2id"
)

// Fault is what is wrong with the secret, "" for nothing.
func (s Secret) Fault() string { return s.fault }

// Cost is what comparing with the candidate's secret takes.
func (c Candidate) Cost() (argon2id.Params, error) {
	p, _, _, err := argon2id.DecodeHash(c.secret)
	if err != nil {
		return argon2id.Params{}, err
	}
	return *p, nil
}

// Enter takes one of the places to hash in.
func (a *Area) Enter(ctx context.Context) (leave func(), err error) { return a.enter(ctx) }

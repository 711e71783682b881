package web

import (
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
)

// Setting up the second factor, for programs: a right password of an account that has none yet is answered with 401 and the code
// accounts.factor_enrol, and the cookie lets the program go on for a quarter of an hour with what is here.

// FactorStart is what an authenticator app is given.
type FactorStart struct {
	Address string `json:"address"` // otpauth://…, as a QR code has it
	Key     string `json:"key"`     // for typing
}

// FactorInput takes an app into use by the digits that it shows, or a card of codes in its place.
type FactorInput struct {
	Code string `json:"code,omitzero"`
	Card bool   `json:"card,omitzero"`
}

// enrols is the account that has given its password here and has no second factor yet.
func (r *Request) enrols() (accounts.AccountID, error) {
	account, err := r.pending()
	if err != nil {
		return account, err
	}
	n, err := r.needs(account)
	switch {
	case err != nil:
		return account, err
	case n.Password:
		return account, fail.Forbidden("accounts.on_the_page")
	case n.Factor != "enrol":
		return account, fail.Conflict("accounts.factor_there")
	}
	return account, nil
}

func apiFactor(r *Request, _ struct{}) (FactorStart, error) {
	account, err := r.enrols()
	if err != nil {
		return FactorStart{}, err
	}
	address, key, err := r.startFactor(account)
	return FactorStart{address, key}, err
}

func apiTakeFactor(r *Request, in FactorInput) (SignedIn, error) {
	account, err := r.enrols()
	if err != nil {
		return SignedIn{}, err
	}
	err = r.App.DB.Write(r.Context(), func(tx *db.Tx) error {
		if in.Card {
			return r.App.Accounts.TakeCard(tx, account)
		}
		return r.App.Accounts.ConfirmFactor(tx, account, in.Code)
	})
	if err == nil {
		err = r.finish(account, true)
	}
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Home(r.Actor)}, nil
}

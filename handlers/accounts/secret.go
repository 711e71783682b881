package accounts

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
)

type passwordView struct {
	web.Base
	Pin bool // six digits are enough
}

// Kind is what the account signs in with: "pin" or "password".
func (v passwordView) Kind() string {
	if v.Pin {
		return "pin"
	}
	return "password"
}

func passwordForm(r *web.Request) (passwordView, error) {
	by, err := r.Signed()
	return passwordView{r.Base("accounts.change_password"), accounts.MayPin(by)}, err
}

func passwordPage(r *web.Request) error {
	page, err := passwordForm(r)
	if err != nil {
		return err
	}
	return r.Render("accounts/password", page)
}

type passwordInput struct {
	Old string `form:"old" json:"old"`
	New string `form:"password" json:"password"`
}

func setPassword(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in passwordInput
		err := r.Bind(&in)
		if err == nil {
			err = changePassword(r, a, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				page, err := passwordForm(r)
				if err != nil {
					return err
				}
				page.Form = f
				return r.Render("accounts/password", page)
			})
		}
		return r.SeeNote("/me", "accounts.password_changed")
	}
}

// changePassword compares the old password and hashes the new one outside any unit of work.
func changePassword(r *web.Request, a *accounts.Area, in passwordInput) error {
	var c accounts.Candidate
	pin := false
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		pin = accounts.MayPin(by)
		c, err = a.OwnCandidate(tx, by, r.IP())
		return err
	})
	if err != nil {
		return err
	}
	secret, err := a.HashFor(r.Context(), pin, in.New)
	if err != nil {
		return err
	}
	ok, err := c.Verify(r.Context(), in.Old)
	if err != nil {
		return err
	}
	var done bool
	err = r.Write(func(tx *db.Tx, by access.Actor) (err error) {
		done, err = a.SetSecret(tx, by, c, ok, secret, r.Token())
		return err
	})
	if err == nil && !done {
		err = accounts.ErrWrong
	}
	return err
}

type setupView struct{ web.Base }

func setupPage(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		in := accounts.SetUpInput{Code: r.Query("code")}
		err := r.Read(func(tx *db.Tx, _ access.Actor) error { return a.CheckSetupCode(tx, in.Code) })
		if err != nil {
			return err
		}
		page := setupView{r.Base("accounts.set_up")}
		page.Form = web.FormOf(in)
		return r.Render("accounts/setup", page)
	}
}

// setUp makes the first account and signs it in.
func setUp(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in accounts.SetUpInput
		err := r.Bind(&in)
		var account accounts.AccountID
		if err == nil {
			account, err = makeFirst(r, a, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				page := setupView{r.Base("accounts.set_up")}
				page.Form = f
				return r.Render("accounts/setup", page)
			})
		}
		done, err := r.Enter(account)
		if err != nil {
			return err
		}
		if in.County != "" {
			r.App.SetCounty(in.County)
		}
		if !done {
			return r.See("/sign-in/second?next=/sites")
		}
		return r.SeeNote("/sites", "accounts.set_up_ready")
	}
}

func makeFirst(r *web.Request, a *accounts.Area, in accounts.SetUpInput) (account accounts.AccountID, err error) {
	secret, err := a.Hash(r.Context(), in.Password, in.Username)
	if err != nil {
		return account, err
	}
	err = r.Write(func(tx *db.Tx, _ access.Actor) (err error) {
		account, err = a.SetUp(tx, in, secret)
		return err
	})
	return account, err
}

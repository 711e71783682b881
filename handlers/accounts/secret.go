package accounts

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
)

type passwordView struct{ web.Base }

func passwordPage(r *web.Request) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	return r.Render("accounts/password", passwordView{r.Base("accounts.change_password")})
}

type passwordForm struct {
	Old string `form:"old"`
	New string `form:"password"`
}

func setPassword(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in passwordForm
		err := r.Bind(&in)
		if err == nil {
			err = changePassword(r, a, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				page := passwordView{r.Base("accounts.change_password")}
				page.Form = f
				return r.Render("accounts/password", page)
			})
		}
		return r.SeeNote("/me", "accounts.password_changed")
	}
}

// changePassword compares the old password and hashes the new one outside any unit of work.
func changePassword(r *web.Request, a *accounts.Area, in passwordForm) error {
	var c accounts.Candidate
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		c, err = a.OwnCandidate(tx, by, r.IP())
		return err
	})
	if err != nil {
		return err
	}
	secret, err := a.Hash(r.Context(), in.New)
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
		if err := r.SignIn(account); err != nil {
			return err
		}
		r.App.SetCounty(in.County)
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

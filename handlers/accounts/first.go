package accounts

import (
	"net/url"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
)

func mountFirst(p *web.Pages, a *accounts.Area) {
	p.Get("/first", firstPage)
	p.Get("/first/:code", slipPage(a))
	p.Post("/first/:code", useSlip(a))
	p.Get("/me/move", movePage(a))
	p.Post("/me/move", makeMove(a))
	p.Confirmed().Post("/me/paper", newPaper(a))
	p.Get("/check", checkPage)
}

type firstView struct {
	web.Base
	Code string // of the slip; "" where it is typed
	Slip accounts.FirstView
}

// firstPage is where a code is typed. A typed code leads to its own page, which looks at it and changes nothing.
func firstPage(r *web.Request) error {
	if code := strings.Join(strings.Fields(r.Query("code")), ""); code != "" {
		return r.See("/first/" + url.PathEscape(code))
	}
	return r.Render("accounts/first", firstView{Base: r.Base("accounts.first")})
}

func slipPage(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error { return showSlip(r, a, web.Form{}) }
}

func showSlip(r *web.Request, a *accounts.Area, form web.Form) error {
	page := firstView{Code: r.Param("code")}
	err := r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
		page.Slip, err = a.First(tx, page.Code)
		return err
	})
	if err != nil { // not a word about why; the code can be typed anew
		return r.Again(err, func(f web.Form) error {
			page.Code, page.Base = "", r.Base("accounts.first")
			page.Form = f
			return r.Render("accounts/first", page)
		})
	}
	page.Base = r.Base("accounts.first")
	page.Form = form
	r.Header("X-Robots-Tag", "noindex")
	return r.Render("accounts/first", page)
}

type slipInput struct {
	Password string `form:"password"`
	Again    string `form:"again"`
}

// useSlip uses the code up, and signs in.
func useSlip(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in slipInput
		err := r.Bind(&in)
		var account accounts.AccountID
		if err == nil {
			account, err = takeSlip(r, a, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showSlip(r, a, f) })
		}
		done, err := r.Enter(account)
		if err != nil {
			return err
		}
		if !done {
			return r.See("/sign-in/second")
		}
		by, err := r.Who()
		if err != nil {
			return err
		}
		note := "accounts.first_done"
		if accounts.MayPin(by) {
			note = "accounts.first_done_pin"
		}
		return r.SeeNote(web.Home(by), note)
	}
}

func takeSlip(r *web.Request, a *accounts.Area, in slipInput) (account accounts.AccountID, err error) {
	var slip accounts.FirstView
	err = r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
		slip, err = a.First(tx, r.Param("code"))
		return err
	})
	if err != nil {
		return account, err
	}
	if strings.TrimSpace(in.Password) != strings.TrimSpace(in.Again) {
		var c fail.Check
		c.Add("again", "accounts.again_differs")
		return account, c.Err()
	}
	secret, err := a.HashFor(r.Context(), slip.Pin, in.Password)
	if err != nil {
		return account, err
	}
	err = r.Write(func(tx *db.Tx, _ access.Actor) (err error) {
		account, err = a.Reset(tx, r.Param("code"), secret)
		return err
	})
	return account, err
}

type moveView struct {
	web.Base
	Code accounts.MoveCode
	Site string // the address to open
}

// Digits parts the code in two, for reading.
func (v moveView) Digits() string {
	if len(v.Code.Code) != 6 {
		return ""
	}
	return v.Code.Code[:3] + " " + v.Code.Code[3:]
}

func movePage(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		code, err := web.Ask(r, a.OwnMoveCode, struct{}{})
		if err != nil {
			return err
		}
		return r.Render("accounts/move", moveView{r.Base("accounts.move"), code, r.App.BaseURL})
	}
}

func makeMove(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		err := r.Write(func(tx *db.Tx, by access.Actor) error {
			_, err := a.MakeMoveCode(tx, by, struct{}{})
			return err
		})
		if err != nil {
			return err
		}
		return r.See("/me/move")
	}
}

func newPaper(a *accounts.Area) web.PageFunc {
	return func(r *web.Request) error {
		if _, err := web.Do(r, a.NewPaper, struct{}{}); err != nil {
			return err
		}
		return r.See("/sign-in/paper")
	}
}

type checkView struct{ web.Base }

// checkPage tries what the phone can do, on the phone itself. It asks nobody and tells nobody.
func checkPage(r *web.Request) error {
	page := checkView{r.Base("accounts.check")}
	page.Script = "check.js"
	return r.Render("accounts/check", page)
}

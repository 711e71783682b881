package web

import (
	"net/http"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
)

type paperView struct {
	Base
	Codes    []accounts.PaperCode
	Card     bool
	New      bool // made just now
	NextPath string
	CarryTo  string
	Carried  []FieldError
}

// paperPage shows the codes on paper again, for half an hour after they were made.
func paperPage(r *Request) error { return r.showPaper(false) }

func (r *Request) showPaper(made bool) error {
	page := paperView{New: made}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		codes, err := r.App.Accounts.Paper(tx, by, struct{}{})
		if err != nil {
			return err
		}
		page.Codes = codes.Items
		f, err := accounts.FactorOf(tx, by.Account)
		page.Card = f.Kind == accounts.FactorCard
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("sign_in.paper")
	if made {
		page.CarryTo, page.Carried = r.carriedForm()
		page.NextPath = r.Form().Get("next")
	}
	if !localPath(page.NextPath) {
		page.NextPath = Home(r.Actor)
	}
	return r.render(http.StatusOK, "web/paper", page)
}

func confirmPage(r *Request) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	return r.showConfirm(http.StatusOK, secondView{NextPath: r.Query("next")}, Form{})
}

func (r *Request) showConfirm(status int, page secondView, form Form) (err error) {
	if page.Card, err = r.hasCard(r.Account()); err != nil {
		return err
	}
	page.Base, page.Form, page.Step = r.Base("sign_in.confirm"), form, "confirm"
	return r.render(status, "web/second", page)
}

func confirmForm(r *Request) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	var in secondInput
	err := r.Bind(&in)
	if err == nil {
		err = r.confirm(in.Code)
	}
	if err != nil {
		return r.Again(err, func(f Form) error {
			to, carried := r.carriedForm()
			return r.showConfirm(r.gin.GetInt(statusKey), secondView{NextPath: r.Form().Get("next"), CarryTo: to, Carried: carried}, f)
		})
	}
	return r.entered()
}

func (r *Request) confirm(code string) error {
	by, err := r.Who()
	if err == nil {
		err = r.checkFactor(by.Account, code)
	}
	if err == nil {
		r.setFresh()
	}
	return err
}

// ConfirmInput is the second factor, asked for again.
type ConfirmInput struct {
	Code string `json:"code"`
}

func apiConfirm(r *Request, in ConfirmInput) (struct{}, error) {
	return struct{}{}, r.confirm(in.Code)
}

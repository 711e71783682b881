package privacy

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/lang"
	"huotang/models/privacy"
)

type ownPage struct {
	base
	Own      privacy.OwnView
	Requests []privacy.RequestView
	Person   bool // the account is somebody's
}

func ownData(a *privacy.Area) web.PageFunc {
	return func(r *web.Request) error {
		page := ownPage{}
		err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
			if page.Own, err = a.Own(tx, by, privacy.OwnInput{Language: string(r.Lang())}); err != nil || by.Person.IsZero() {
				return err
			}
			page.Person = true
			list, err := privacy.OwnRequests(tx, by, privacy.OwnRequestsInput{})
			page.Requests = list.Items
			return err
		})
		if err != nil {
			return err
		}
		page.base = base{r.Base("privacy.own_title")}
		return r.Render("privacy/own", page)
	}
}

//go:embed file.html
var fileText string

// ownFile is a page that stands alone: it is opened from a disk or a phone's storage, where nothing of this site is.
var ownFile = template.Must(template.New("file").Parse(fileText))

type ownFilePage struct {
	privacy.OwnView
	Lang                 lang.Lang
	Title, Lead, Nothing string
}

// takeOwn answers with all that is kept of the actor as one file.
func takeOwn(a *privacy.Area) web.PageFunc {
	return func(r *web.Request) error {
		if _, err := web.Do(r, privacy.TakeOwn, struct{}{}); err != nil {
			return err
		}
		own, err := web.Ask(r, a.Own, privacy.OwnInput{Language: string(r.Lang())})
		if err != nil {
			return err
		}
		page := ownFilePage{
			OwnView: own, Lang: r.Lang(), Title: r.T("privacy.file_title", own.Name), Nothing: r.T("privacy.file_nothing"),
			Lead: r.T("privacy.file_lead", own.AsOf.In(date.Zone).Format("2006-01-02 15:04"), r.T("privacy.title"), own.Notice),
		}
		var b bytes.Buffer
		if err := ownFile.Execute(&b, page); err != nil {
			return fmt.Errorf("privacy: file: %w", err)
		}
		return r.File(page.Title+"-"+date.Of(own.AsOf).String()+".html", "text/html; charset=utf-8", b.Bytes())
	}
}

type correctPage struct {
	base
	Requests []privacy.RequestView
}

func correctForm(r *web.Request) error { return showCorrect(r, web.Form{}) }

func showCorrect(r *web.Request, form web.Form) error {
	list, err := web.Ask(r, privacy.OwnRequests, privacy.OwnRequestsInput{})
	if err != nil {
		return err
	}
	page := correctPage{base{r.Base("privacy.correct_title")}, list.Items}
	page.Form = form
	return r.Render("privacy/correct", page)
}

func correct(r *web.Request) error {
	var in privacy.AskCorrectionInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, privacy.AskCorrection, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showCorrect(r, f) })
	}
	return r.SeeNote("/me/data", "privacy.correct_sent")
}

type erasePage struct {
	base
	Erase privacy.EraseView
	Bases []web.Option
}

func erasure(r *web.Request) error {
	var in privacy.PersonInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showErasure(r, in, web.Form{})
}

func showErasure(r *web.Request, in privacy.PersonInput, form web.Form) error {
	v, err := web.Ask(r, privacy.Erasure, in)
	if err != nil {
		return err
	}
	page := erasePage{base: base{r.Base("privacy.erase_title", v.Name)}, Erase: v}
	page.Form = form
	for _, b := range privacy.Bases {
		page.Bases = append(page.Bases, web.Option{Value: string(b), Label: page.T("history.basis." + string(b))})
	}
	return r.Render("privacy/erase", page)
}

func askErasure(r *web.Request) error {
	var in privacy.AskErasureInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, privacy.AskErasure, in)
	}
	if err != nil {
		var which privacy.PersonInput
		if bad := r.Bind(&which); bad != nil {
			return bad
		}
		return r.Again(err, func(f web.Form) error { return showErasure(r, which, f) })
	}
	return r.SeeNote("/people/"+in.Person.String()+"/erase", "privacy.erasure_planned")
}

func undoErasure(r *web.Request) error {
	var in privacy.PersonInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := web.Do(r, privacy.UndoErasure, in); err != nil {
		return r.Again(err, func(f web.Form) error { return showErasure(r, in, f) })
	}
	return r.SeeNote("/people/"+in.Person.String()+"/erase", "privacy.erasure_undone")
}

type pendingPage struct {
	base
	Pending  []privacy.PendingView
	Proposed []privacy.ProposedView
}

func pending(r *web.Request) error { return showPending(r, nil) }

// showPending shows who waits to be erased and who is proposed, with the form as it was sent.
func showPending(r *web.Request, form *web.Form) error {
	var page pendingPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		waiting, err := privacy.Pending(tx, by, privacy.PendingInput{})
		if err != nil {
			return err
		}
		list, err := privacy.Proposed(tx, by, privacy.ProposedInput{})
		page.Pending, page.Proposed = waiting.Items, list.Items
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("privacy.pending_title")}
	if form != nil {
		page.Form = *form
	}
	return r.Render("privacy/pending", page)
}

// askErasures plans the erasure of those who were ticked among the proposed.
func askErasures(r *web.Request) error {
	var in privacy.AskErasuresInput
	err := r.Bind(&in)
	var done privacy.AskedErasures
	if err == nil {
		done, err = web.Do(r, privacy.AskErasures, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showPending(r, &f) })
	}
	return r.SeeNote("/privacy/erasures", "privacy.erasures_asked", done.Count)
}

type retentionPage struct {
	base
	Kinds   []privacy.RetentionView
	Reports []privacy.ReportView
	Try     bool
	May     bool
	Kind    string // whose form has faults
}

func retention(r *web.Request) error { return showRetention(r, "", web.Form{}) }

func showRetention(r *web.Request, kind string, form web.Form) error {
	var in privacy.RetentionInput
	if kind == "" {
		if err := r.Bind(&in); err != nil {
			return err
		}
	}
	page := retentionPage{Try: in.Try, Kind: kind}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		list, err := privacy.Retention(tx, by, in)
		if err != nil {
			return err
		}
		reports, err := privacy.Reports(tx, by, privacy.ReportsInput{})
		page.Kinds, page.Reports, page.May = list.Items, reports.Items, !by.Visible(access.SettingsEdit).Empty()
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("privacy.retention_title")}
	page.Form = form
	return r.Render("privacy/retention", page)
}

func setRetention(r *web.Request) error {
	var in privacy.SetRetentionInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, privacy.SetRetention, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showRetention(r, r.Param("kind"), f) })
	}
	return r.SeeNote("/privacy/retention", "privacy.retention_kept")
}

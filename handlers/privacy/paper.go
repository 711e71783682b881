package privacy

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/privacy"
)

type papersPage struct {
	base
	Papers []privacy.PaperView
	Next   string
	Today  date.Date
}

func papers(r *web.Request) error {
	var in privacy.PapersInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	list, err := web.Ask(r, privacy.Papers, in)
	if err != nil {
		return err
	}
	page := papersPage{base: base{r.Base("privacy.papers_title")}, Papers: list.Items, Today: date.Of(r.App.DB.Now())}
	if list.Next != "" {
		page.Next = "/privacy/paper?" + url.Values{"after": {list.Next}}.Encode()
	}
	return r.Render("privacy/papers", page)
}

type paperPage struct {
	base
	Sheet  privacy.SheetView
	Sheets []nameSheet
	Today  date.Date
	Later  bool // only those who came onto the roster after the sheet was signed
}

func paper(r *web.Request) error {
	var in privacy.PaperInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showPaper(r, in, web.Form{})
}

func showPaper(r *web.Request, in privacy.PaperInput, form web.Form) error {
	sheet, err := web.Ask(r, privacy.Paper, in)
	if err != nil {
		return err
	}
	page := paperPage{base: base{r.Base("privacy.paper_title", sheet.Name)}, Sheet: sheet, Today: date.Of(r.App.DB.Now())}
	page.Later = sheet.Later > 0 && r.Query("later") != ""
	names := sheet.Names
	if page.Later {
		names = sheet.LaterNames
	}
	page.Sheets = layPaper(page.Paragraphs(page.Body(sheet.Text)), page.T("privacy.paper_statement", sheet.Version), names)
	page.Form = form
	if page.Form.Values == nil {
		page.Form = web.FormOf(privacy.TickPaperInput{Version: sheet.Version, DoneOn: page.Today})
	}
	return r.Render("privacy/paper", page)
}

func tickPaper(r *web.Request) error {
	var in privacy.TickPaperInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, privacy.TickPaper, in)
	}
	if err != nil {
		var which privacy.PaperInput
		if bad := r.Bind(&which); bad != nil {
			return bad
		}
		return r.Again(err, func(f web.Form) error { return showPaper(r, which, f) })
	}
	return r.SeeNote("/privacy/paper", "privacy.paper_kept")
}

type requestsPage struct {
	base
	State    privacy.RequestState
	Requests []privacy.RequestView
	Next     string
}

func requests(r *web.Request) error {
	in := privacy.RequestsInput{State: privacy.Waiting}
	if err := r.Bind(&in); err != nil {
		return err
	}
	list, err := web.Ask(r, privacy.Requests, in)
	if err != nil {
		return err
	}
	page := requestsPage{base: base{r.Base("privacy.requests_title")}, State: in.State, Requests: list.Items}
	if list.Next != "" {
		page.Next = "/privacy/requests?" + url.Values{"state": {string(in.State)}, "after": {list.Next}}.Encode()
	}
	return r.Render("privacy/requests", page)
}

type requestPage struct {
	base
	Request privacy.RequestView
	May     bool
	Choices []web.Option
}

func request(r *web.Request) error {
	var in privacy.RequestInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showRequest(r, in, web.Form{})
}

func showRequest(r *web.Request, in privacy.RequestInput, form web.Form) error {
	page := requestPage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		page.Request, err = privacy.Request(tx, by, in)
		page.May = !by.Visible(access.PrivacyDecide).Empty() && page.Request.State == privacy.Waiting
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("privacy.request_title", page.Request.Name)}
	page.Form = form
	for _, s := range []privacy.RequestState{privacy.Done, privacy.Refused} {
		page.Choices = append(page.Choices, web.Option{Value: string(s), Label: page.T("privacy.decide_" + string(s))})
	}
	return r.Render("privacy/request", page)
}

func decide(r *web.Request) error {
	var in privacy.DecideInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, privacy.Decide, in)
	}
	if err != nil {
		var which privacy.RequestInput
		if bad := r.Bind(&which); bad != nil {
			return bad
		}
		return r.Again(err, func(f web.Form) error { return showRequest(r, which, f) })
	}
	return r.SeeNote("/privacy/requests", "privacy.decided_note")
}

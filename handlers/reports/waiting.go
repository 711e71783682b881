package reports

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/reports"
)

// waiting is 等我办的: whatever waits for the reader's word, on one page.
type waiting struct{ rolls *attendance.Area }

type waitingPage struct {
	web.Base
	reports.WaitingView
	Askers map[accounts.AccountID]string
}

// Elsewhere are the lists that are settled on pages of their own.
func (p waitingPage) Elsewhere() []web.NavItem {
	var out []web.NavItem
	add := func(path, label string, n int) {
		if n > 0 {
			out = append(out, web.NavItem{Path: path, Label: p.T(label, n)})
		}
	}
	add("/calendar/requests", "waiting.cancellations", len(p.Cancellations))
	add("/people/away", "waiting.away", len(p.Away))
	add("/privacy/requests", "waiting.requests", len(p.Requests))
	add("/privacy/erasures", "waiting.erasures", len(p.Erasures))
	return out
}

// FieldText is the value of something of a session as people read it.
func (p waitingPage) FieldText(field, v string) string {
	if field != "kinds" {
		return v
	}
	return kindsText(p.Base, v)
}

func (w waiting) show(r *web.Request) error { return w.render(r, nil) }

func (w waiting) render(r *web.Request, f *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	var page waitingPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.WaitingView, err = reports.Waiting(tx, by, reports.WaitingInput{}); err != nil {
			return err
		}
		page.Askers, err = attendance.Askers(tx, page.Corrections)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("waiting.title")
	if f != nil {
		page.Form = *f
	}
	return r.Render("reports/waiting", page)
}

func (w waiting) again(r *web.Request, err error) error {
	return r.Again(err, func(f web.Form) error { return w.render(r, &f) })
}

// decideForm has two buttons.
type decideForm struct {
	IDs    []attendance.CorrectionID `form:"ids"`
	Answer string                    `form:"answer"`
	Act    string                    `form:"act"` // "agree" or "decline"
}

func (w waiting) decide(r *web.Request) error {
	var in decideForm
	err := r.Bind(&in)
	var v attendance.Decided
	if err == nil {
		v, err = web.Do(r, w.rolls.Decide, attendance.DecideInput{IDs: in.IDs, Agree: in.Act == "agree", Answer: in.Answer})
	}
	if err != nil {
		return w.again(r, err)
	}
	return r.SeeNote("/waiting", "waiting.decided", v.Settled)
}

func (w waiting) admit(r *web.Request) error {
	var in attendance.AdmitInput
	err := r.Bind(&in)
	var v attendance.Admitted
	if err == nil {
		v, err = web.Do(r, w.rolls.Admit, in)
	}
	if err != nil {
		return w.again(r, err)
	}
	return r.SeeNote("/waiting", "waiting.admitted", v.Admitted)
}

func (w waiting) settle(r *web.Request) error {
	var in attendance.SettleDisputeInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, w.rolls.SettleDispute, in)
	}
	if err != nil {
		return w.again(r, err)
	}
	return r.SeeNote("/waiting", "waiting.answered")
}

// answer leads to the roll where it is to be changed.
func (w waiting) answer(r *web.Request) error {
	var in attendance.AnswerInput
	err := r.Bind(&in)
	var v attendance.Answered
	if err == nil {
		v, err = web.Do(r, attendance.AnswerQuestion, in)
	}
	if err != nil {
		return w.again(r, err)
	}
	if in.Answer == attendance.ToChange {
		return r.See("/sessions/" + v.Session.String() + "/roll")
	}
	return r.SeeNote("/waiting", "waiting.answered")
}

// kindsText names the kinds of a session, "" for none.
func kindsText(b web.Base, stored string) string {
	out := ""
	for i, k := range attendance.SplitKinds(stored) {
		if i > 0 {
			out += b.T("attendance.and")
		}
		out += b.T("attendance.kind." + string(k))
	}
	return out
}

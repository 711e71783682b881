package calendar

import (
	"huotang/handlers/web"
	"huotang/models/calendar"
)

type requestsPage struct {
	base
	Requests []calendar.RequestView
}

// showRequests is 等我办的: days that villages and hosts want called off.
func showRequests(r *web.Request) error { return renderRequests(r, nil) }

func renderRequests(r *web.Request, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	found, err := web.Ask(r, calendar.Requests, calendar.RequestsInput{})
	if err != nil {
		return err
	}
	page := requestsPage{base{r.Base("calendar.requests"), "requests"}, found.Items}
	if form != nil {
		page.Form = *form
	}
	return r.Render("calendar/requests", page)
}

// decideForm has two buttons.
type decideForm struct {
	IDs    []calendar.CancellationID `form:"ids"`
	Answer string                    `form:"answer"`
	Act    string                    `form:"act"` // "agree" or "refuse"
}

func decide(r *web.Request) error {
	var in decideForm
	err := r.Bind(&in)
	var v calendar.DecideView
	if err == nil {
		v, err = web.Do(r, calendar.DecideCancel, calendar.DecideInput{IDs: in.IDs, Agree: in.Act == "agree", Answer: in.Answer})
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderRequests(r, &f) })
	}
	return r.SeeNote("/calendar/requests", "calendar.decided", v.Settled)
}

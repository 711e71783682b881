package calendar

import (
	"huotang/handlers/web"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/reports"
)

// LookView is what speaks against a date, in words, for a page that moves a day on it.
type LookView struct {
	On    date.Date `json:"on"`
	Lunar string    `json:"lunar"`
	Words []string  `json:"words"` // none: nothing speaks against it
}

// look is [reports.Hints] in the words of the day's own page.
func look(r *web.Request, in calendar.HintsInput) (LookView, error) {
	found, err := web.Ask(r, reports.Hints, in)
	if err != nil {
		return LookView{}, err
	}
	b := base{Base: web.Base{Lang: r.Lang()}}
	v := LookView{On: found.On, Lunar: found.Lunar, Words: []string{}}
	for _, h := range found.Hints {
		words := b.HintText(h)
		if !h.Better.IsZero() {
			words += " " + b.T("calendar.hint_better", b.Date(h.Better))
		}
		v.Words = append(v.Words, words)
	}
	return v, nil
}

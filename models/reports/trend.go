package reports

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
)

// TrendInput is the span of a trend. Without From it is the last 24 months.
type TrendInput struct{ Span }

// MonthFigures are a month's.
type MonthFigures struct {
	Month       date.Month `json:"month"`
	Sessions    int        `json:"sessions"`
	Attendances int        `json:"attendances"`
}

// TrendView is what was held month by month, a month without a session included.
type TrendView struct {
	Head
	Months []MonthFigures `json:"months"`
}

// trendMonths is how far back a trend goes by itself; MostMonths how many months it may have.
const (
	trendMonths = 24
	MostMonths  = 240
)

// Trend counts sessions and attendances by month. Permission: ReportsSee on the unit.
func Trend(tx *db.Tx, by access.Actor, in TrendInput) (TrendView, error) {
	p, err := in.find(tx, by, access.ReportsSee)
	if err != nil {
		return TrendView{}, err
	}
	return p.trend(tx)
}

func (p place) trend(tx *db.Tx) (TrendView, error) {
	if p.From.IsZero() {
		p.From = p.To.Month().Add(1 - trendMonths).First()
	}
	if least := p.To.Month().Add(1 - MostMonths).First(); p.From.Before(least) {
		p.From = least
	}
	c := p.sessions()
	v := TrendView{Head: p.Head, Months: []MonthFigures{}}
	at := map[date.Month]int{}
	for m := p.From.Month(); !m.After(p.To.Month()); m = m.Add(1) {
		at[m] = len(v.Months)
		v.Months = append(v.Months, MonthFigures{Month: m})
	}
	return v, db.Each(tx, "SELECT s.held_on, COUNT(*), SUM(s.attended) FROM sessions s WHERE "+c.text+" GROUP BY s.held_on", c.args,
		func(scan func(...any) error) error {
			var day date.Date
			var sessions, attendances int
			err := scan(&day, &sessions, &attendances)
			if i, ok := at[day.Month()]; ok {
				v.Months[i].Sessions += sessions
				v.Months[i].Attendances += attendances
			}
			return err
		})
}

package reports

import (
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// SiteSessionsInput is the span of a school's sessions; its Unit is the school's code.
type SiteSessionsInput struct {
	Span
	After string `query:"after"`
	Limit int    `query:"limit"` // 1–200; 0 means 50
}

// SessionLine is a session in a report. Its roll is attendance's own page.
type SessionLine struct {
	ID          attendance.SessionID `json:"id"`
	HeldOn      date.Date            `json:"held_on"`
	Kinds       []attendance.Kind    `json:"kinds" gorm:"-"`
	Minutes     int                  `json:"minutes"`
	Due         int                  `json:"due"`     // 应到
	Present     int                  `json:"present"` // 到会 and 补学
	Attendances int                  `json:"attendances"`
	SubmittedAt time.Time            `json:"submitted_at"`
	KindList    string               `json:"-" gorm:"column:kinds"`
}

// SiteSessionsView is a school's sessions, the latest first.
type SiteSessionsView struct {
	Head
	Site  org.SiteID    `json:"site"`
	Items []SessionLine `json:"items"`
	Next  string        `json:"next"`
}

// SiteSessions lists a school's sessions that count, the latest first. Permission: ReportsSee on the school.
func SiteSessions(tx *db.Tx, by access.Actor, in SiteSessionsInput) (SiteSessionsView, error) {
	p, err := in.find(tx, by, access.ReportsSee)
	if err != nil {
		return SiteSessionsView{}, err
	}
	v := SiteSessionsView{Head: p.Head, Items: []SessionLine{}}
	if p.Kind != org.Site {
		return v, fail.NotFound("reports.unit_missing")
	}
	v.Site = org.UnitSite(p.unit.ID)
	c := p.sessions()
	if in.After != "" {
		on, last, err := after(in.After)
		if err != nil {
			return v, err
		}
		c.and("(s.held_on < ? OR s.held_on = ? AND s.id < ?)", on, on, last)
	}
	n := most(in.Limit, 50, 200)
	rows, err := db.Ask[SessionLine](tx, "SELECT s.id, s.held_on, s.kinds, s.minutes, s.due, s.present + s.made_up AS present, "+
		"s.attended AS attendances, s.submitted_at FROM sessions s WHERE "+c.text+" ORDER BY s.held_on DESC, s.id DESC LIMIT ?", append(c.args, n+1)...)
	if err != nil {
		return v, err
	}
	for i := range rows {
		for k := range strings.SplitSeq(rows[i].KindList, ",") {
			rows[i].Kinds = append(rows[i].Kinds, attendance.Kind(k))
		}
	}
	v.Items = rows[:min(len(rows), n)]
	if len(rows) > n {
		v.Next = rows[n-1].HeldOn.String() + "." + rows[n-1].ID.String()
	}
	return v, nil
}

// after reads a place in the list.
func after(s string) (on date.Date, last attendance.SessionID, err error) {
	day, rest, _ := strings.Cut(s, ".")
	if on, err = date.Parse(day); err == nil {
		err = last.UnmarshalText([]byte(rest))
	}
	if err != nil {
		return on, last, fail.Invalid("input.malformed").Because(err)
	}
	return on, last, nil
}

package attendance

import (
	"net/url"
	"slices"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/photos"
	"huotang/models/progress"
)

type listPage struct {
	web.Base
	Site     string // name of the school, "" when the list is of several
	Sessions []row
	Month    date.Month
	Next     string
}

type row struct {
	attendance.SessionView
	Heading string
}

// list shows what was held, the newest first: of one's school, or of all that one sees.
func list(r *web.Request) error {
	var in attendance.ListInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := listPage{Month: in.Month}
	var found db.Page[attendance.SessionView]
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if found, err = attendance.List(tx, by, in); err != nil || in.Site.IsZero() {
			return err
		}
		school, err := org.FindSchool(tx, in.Site)
		page.Site = school.Name
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("attendance.records")
	if page.Site == "" && len(found.Items) > 0 && onlyOne(found.Items) {
		page.Site = found.Items[0].SiteName
	}
	for _, s := range found.Items {
		page.Sessions = append(page.Sessions, row{s, heading(page.Base, s)})
	}
	if found.Next != "" {
		q := url.Values{"after": {found.Next}}
		for name, v := range map[string]string{"site": in.Site.String(), "under": in.Under, "month": in.Month.String(), "from": in.From.String(), "to": in.To.String()} {
			if v != "" {
				q.Set(name, v)
			}
		}
		page.Next = "/sessions?" + q.Encode()
	}
	return r.Render("attendance/list", page)
}

// onlyOne reports that the sessions are all of one school.
func onlyOne(list []attendance.SessionView) bool {
	return !slices.ContainsFunc(list, func(s attendance.SessionView) bool { return s.Site != list[0].Site })
}

type sessionPage struct {
	web.Base
	Session  attendance.RollView
	Heading  string
	Hours    progress.SessionHours
	Accounts map[accounts.AccountID]string
	Refused  []refusal // of the newest item, for its sender
	Asked    []attendance.CorrectionView

	Photos     []photos.View
	SeesPhotos bool
}

type refusal struct{ Name, Why string }

// show is a session with its roll, for everyone who may see it.
func show(r *web.Request) error {
	var in attendance.SessionInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showSession(r, in, web.Form{})
}

func showSession(r *web.Request, in attendance.SessionInput, f web.Form) error {
	page, err := readSession(r, in, false)
	if err != nil {
		return err
	}
	page.Base = r.Base("attendance.session")
	page.Heading = heading(page.Base, page.Session.SessionView)
	page.Title, page.Form = page.Heading, f
	return r.Render("attendance/session", page)
}

// receipt is the same session as its host gets it back.
func receipt(r *web.Request) error {
	var in attendance.SessionInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page, err := readSession(r, in, true)
	if err != nil {
		return err
	}
	if !page.Session.State.In() {
		return r.See("/sessions/" + in.ID.String() + "/roll")
	}
	page.Base = r.Base("attendance.receipt")
	page.Heading = heading(page.Base, page.Session.SessionView)
	for i := range page.Refused {
		page.Refused[i].Why = page.T(page.Refused[i].Why)
	}
	return r.Render("attendance/receipt", page)
}

func readSession(r *web.Request, in attendance.SessionInput, mine bool) (sessionPage, error) {
	var page sessionPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Session, err = attendance.Get(tx, by, in); err != nil {
			return err
		}
		if mine && !page.Session.MayChange {
			return fail.Forbidden("access.forbidden")
		}
		if page.Hours, err = progress.HoursOf(tx, page.Session); err != nil {
			return err
		}
		if err := page.pictures(tx, by); err != nil {
			return err
		}
		who := []accounts.AccountID{page.Session.SubmittedBy, page.Session.OpenedBy}
		for _, v := range page.Session.Revisions {
			who = append(who, v.Account, v.EnteredBy, v.AgreedBy)
		}
		who = append(who, page.Session.AdmittedBy)
		if page.Session.MayChange || page.Session.MayAgree {
			asked, err := attendance.Corrections(tx, by, attendance.CorrectionsInput{Session: in.ID})
			if err != nil {
				return err
			}
			page.Asked = asked.Items
			for _, v := range page.Asked {
				who = append(who, v.AskedBy)
			}
		}
		if page.Accounts, err = accounts.Names(tx, who); err != nil || !mine || page.Session.Revision == 0 {
			return err
		}
		return page.refusals(tx, by, in)
	})
	return page, err
}

// pictures reads the session's pictures, for those who may see them.
func (p *sessionPage) pictures(tx *db.Tx, by access.Actor) error {
	found, err := photos.List(tx, by, photos.ListInput{Session: p.Session.ID})
	p.Photos, p.SeesPhotos = found.Items, err == nil
	if fail.KindOf(err) == fail.ForbiddenAct {
		return nil
	}
	return err
}

// refusals names whom the newest item could not mark, and why.
func (p *sessionPage) refusals(tx *db.Tx, by access.Actor, in attendance.SessionInput) error {
	kept, err := attendance.ReadReceipt(tx, by, attendance.ReceiptInput{ID: in.ID})
	if err != nil {
		return err
	}
	names := map[access.PersonID]string{}
	for _, l := range append(p.Session.DueList, p.Session.CameList...) {
		names[l.Person] = l.Name
	}
	for _, m := range kept.Marks {
		if m.Outcome == attendance.Refused {
			p.Refused = append(p.Refused, refusal{names[m.Person], m.Code})
		}
	}
	return nil
}

// Away lists who was due and did not come, for the receipt.
func (p sessionPage) Away() []attendance.RollPerson {
	var out []attendance.RollPerson
	for _, l := range p.Session.DueList {
		if l.State != attendance.Present && l.State != attendance.Exempt {
			out = append(out, l)
		}
	}
	return out
}

// Clocks tell of each phone whose clock was wrong as it handed in.
func (p sessionPage) Clocks() []string {
	var out []string
	for _, v := range p.Session.Revisions {
		if v.Ahead == 0 {
			continue
		}
		text := p.clock(v.Ahead)
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// clock says how wrong a clock was, in the largest unit that says it.
func (p sessionPage) clock(seconds int) string {
	key := "attendance.clock_ahead_"
	if seconds < 0 {
		key, seconds = "attendance.clock_behind_", -seconds
	}
	const minute, hour, day = 60, 3600, 86400
	switch {
	case seconds >= day:
		return p.T(key+"days", (seconds+day/2)/day)
	case seconds >= hour:
		return p.T(key+"hours", (seconds+hour/2)/hour)
	}
	return p.T(key+"minutes", (seconds+minute/2)/minute)
}

// HoursOf is what the session gave a person, in centi-hours.
func (p sessionPage) HoursOf(person access.PersonID) int { return p.Hours.ByPerson[person] }

// Add is a sum, for figures of two parts.
func (sessionPage) Add(a, b int) int { return a + b }

// TagClass is the look of a state.
func (sessionPage) TagClass(s attendance.State) string {
	switch s {
	case attendance.Present, attendance.MadeUp, attendance.Observer:
		return "tag on"
	case attendance.Unmarked:
		return "tag ask"
	case attendance.Absent:
		return "tag off"
	}
	return "tag"
}

// settle ends a conflict by one tap.
func settle(a *attendance.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in attendance.SettleInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, a.Settle, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showSession(r, attendance.SessionInput{ID: in.Session}, f) })
		}
		return r.SeeNote("/sessions/"+in.Session.String(), "attendance.settled")
	}
}

// WaysText names how it was taught beside lessons.
func (p sessionPage) WaysText() string { return waysText(p.Base, p.Session.Ways) }

// FieldText is the value of something of a session as people read it.
func (p sessionPage) FieldText(field, v string) string {
	switch field {
	case "kinds":
		return kindsText(p.Base, attendance.SplitKinds(v))
	case "ways":
		return waysText(p.Base, attendance.SplitWays(v))
	case "held_on":
		if on, err := date.Parse(v); err == nil {
			return p.Date(on)
		}
	case "began_at", "ended_at":
		if at, err := time.Parse("2006-01-02T15:04Z", v); err == nil {
			return p.Clock(at)
		}
	}
	return v
}

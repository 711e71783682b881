package exchange

import (
	"slices"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

type groupPage struct {
	base
	Group    exchange.GroupView
	Town     org.UnitID // of the township, for its page; zero for who does not see it
	Home     org.SiteID // a school of the group that the reader is of, for his way back
	Today    date.Date
	MayMove  bool
	MayPlan  bool         // change the host, swap, call off, restore
	MayStart bool         // the reader opens the roll
	Record   bool         // the session is there to be looked at
	Hosts    []web.Option // who could host instead
	Sites    []web.Option
	With     []web.Option // schools of other groups, and those without one
	Reasons  []web.Option
	Failed   string // the form with faults: "move", "host", "swap" or "call-off"
}

// Open reports a meeting that can still be changed.
func (p groupPage) Open() bool {
	return p.Group.State == exchange.Planned || p.Group.State == exchange.NoRecord
}

// HeldToday reports a meeting whose day has come.
func (p groupPage) HeldToday() bool { return !p.Today.Before(p.Group.HeldOn) }

func showGroup(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in exchange.GroupInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return renderGroup(r, x, in.ID, "", nil)
	}
}

// renderGroup shows a meeting, with the form as it was sent when it has faults.
func renderGroup(r *web.Request, x *exchange.Area, id exchange.GroupID, failed string, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := groupPage{Failed: failed}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Group, err = x.Get(tx, by, exchange.GroupInput{ID: id}); err != nil {
			return err
		}
		return page.load(tx, by, x)
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("exchange.group_title", page.Group.Host.Name)}
	page.Reasons = reasons(page.Base)
	if page.Form = web.FormOf(exchange.MoveInput{To: page.Group.HeldOn, Hour: page.Group.Hour}); form != nil {
		page.Form = *form
	}
	return r.Render("exchange/group", page)
}

// load reads what the reader may do with the meeting.
func (p *groupPage) load(tx *db.Tx, by access.Actor, x *exchange.Area) error {
	p.Today = tx.Today()
	host, err := org.FindSchool(tx, p.Group.Host.ID)
	if err != nil {
		return err
	}
	chain, err := org.Chain(tx, host.ParentID)
	if err != nil {
		return err
	}
	town := chain[slices.IndexFunc(chain, func(u org.Unit) bool { return u.Kind == org.Township })]
	p.MayMove = by.Can(access.CalendarMove, host.Paths()...)
	p.MayPlan = by.Can(access.CalendarPlan, town.Path)
	p.MayStart = by.Can(access.SessionsSubmit, host.Paths()...)
	p.Record = by.Can(access.SessionsSee, host.Paths()...) && p.Group.State == exchange.Held
	if by.Can(access.CalendarSee, town.Path) {
		p.Town = town.ID
	}
	if err := p.home(tx, by); err != nil {
		return err
	}
	if !p.MayPlan || !p.Open() {
		return nil
	}
	week, err := x.Week(tx, by, exchange.WeekInput{Unit: town.ID, Quarter: p.Group.Quarter})
	p.choose(week)
	return err
}

// home finds the reader's own school among those of the meeting.
func (p *groupPage) home(tx *db.Tx, by access.Actor) error {
	for _, s := range p.Group.Schools() {
		school, err := org.FindSchool(tx, s.ID)
		if err != nil {
			return err
		}
		if p.Home.IsZero() && by.Can(access.CalendarSee, school.Paths()...) {
			p.Home = s.ID
		}
	}
	return nil
}

// choose fills the lists of the forms; schools stand by their codes.
func (p *groupPage) choose(week exchange.WeekView) {
	for _, s := range p.Group.Guests {
		p.Hosts = append(p.Hosts, option(s))
	}
	for _, s := range p.Group.Schools() {
		p.Sites = append(p.Sites, option(s))
	}
	others := slices.Clone(week.Alone)
	for _, g := range week.Groups {
		if g.ID != p.Group.ID && (g.State == exchange.Planned || g.State == exchange.NoRecord) {
			others = append(others, g.Schools()...)
		}
	}
	slices.SortFunc(others, func(a, b exchange.SchoolView) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	for _, s := range others {
		p.With = append(p.With, option(s))
	}
}

func option(s exchange.SchoolView) web.Option { return web.Option{Value: s.ID.String(), Label: s.Name} }

func reasons(b web.Base) []web.Option {
	out := make([]web.Option, len(calendar.Reasons))
	for i, c := range calendar.Reasons {
		out[i] = web.Option{Value: string(c), Label: b.T("calendar.reason." + string(c))}
	}
	return out
}

// act serves a form of the page: it does the op and says so, or shows the form again.
type act[In any] struct {
	form string // its name
	op   web.Op[In, exchange.GroupView]
	id   func(In) exchange.GroupID
	note string
	said func(b base, v exchange.GroupView) []any // what the note is about; nil for nothing
}

func (a act[In]) serve(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in In
		err := r.Bind(&in)
		var v exchange.GroupView
		if err == nil {
			v, err = web.Do(r, a.op, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderGroup(r, x, a.id(in), a.form, &f) })
		}
		var said []any
		if a.said != nil {
			said = a.said(base{r.Base("exchange.title")}, v)
		}
		return r.SeeNote("/exchange/groups/"+v.ID.String(), a.note, said...)
	}
}

func move(x *exchange.Area) web.PageFunc {
	return act[exchange.MoveInput]{
		"move", x.Move, func(in exchange.MoveInput) exchange.GroupID { return in.ID },
		"exchange.moved", func(b base, v exchange.GroupView) []any { return []any{b.Date(v.HeldOn) + " " + v.Hour} },
	}.serve(x)
}

func setHost(x *exchange.Area) web.PageFunc {
	return act[exchange.HostInput]{
		"host", x.SetHost, func(in exchange.HostInput) exchange.GroupID { return in.ID },
		"exchange.host_kept", func(_ base, v exchange.GroupView) []any { return []any{v.Host.Name} },
	}.serve(x)
}

func swap(x *exchange.Area) web.PageFunc {
	return act[exchange.SwapInput]{"swap", x.Swap, func(in exchange.SwapInput) exchange.GroupID { return in.ID }, "exchange.swapped", nil}.serve(x)
}

func callOff(x *exchange.Area) web.PageFunc {
	return act[exchange.CallOffInput]{
		"call-off", x.CallOff, func(in exchange.CallOffInput) exchange.GroupID { return in.ID }, "exchange.called_off", nil,
	}.serve(x)
}

func restore(x *exchange.Area) web.PageFunc {
	return act[exchange.GroupInput]{"restore", x.Restore, func(in exchange.GroupInput) exchange.GroupID { return in.ID }, "exchange.restored", nil}.serve(x)
}

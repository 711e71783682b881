package exchange

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// PlanInput names a township's quarter.
type PlanInput struct {
	Unit    org.UnitID   `path:"unit" json:"-"`
	Quarter date.Quarter `path:"quarter" json:"-"`
	Anew    bool         `json:"anew" form:"anew"` // match again those whom nobody has changed by hand
}

// Plan gives every licensed school of the township a group in the quarter's week: [Match] decides. Who has one keeps it;
// run twice it changes nothing. Schools that lost their licence leave their group. Anew draws all groups again but
// those that were begun, held, called off or changed by hand; whom the draw brings together as before keep their group. Conflict exchange.no_week before the week is set.
// Locks the township. Permission: CalendarPlan on it.
func (a *Area) Plan(tx *db.Tx, by access.Actor, in PlanInput) (WeekView, error) {
	u, err := lockTownship(tx, by, in.Unit, access.CalendarPlan)
	if err != nil {
		return WeekView{}, err
	}
	w, err := week(tx, u.ID, in.Quarter)
	if err != nil {
		return WeekView{}, err
	}
	switch {
	case w.Monday.IsZero():
		return WeekView{}, fail.Conflict("exchange.no_week")
	case w.Monday.AddDays(6).Before(tx.Today()):
		return WeekView{}, fail.Conflict("exchange.week_over")
	}
	p := planner{tx: tx, area: a, township: u, week: w}
	if err := p.load(in.Anew); err != nil {
		return WeekView{}, err
	}
	if err := p.store(); err != nil {
		return WeekView{}, err
	}
	if len(p.gone)+len(p.left)+len(p.fresh)+len(p.joined) > 0 {
		err = audit.Add(tx, by, audit.Row{
			Act: "exchange.plan", Object: "unit", ID: u.ID, Unit: audit.Unit(u.ID),
			Change: audit.Changes{}.Code("quarter", "", in.Quarter.String()).Int("added", 0, len(p.fresh)).Int("dropped", 0, len(p.gone)),
		})
		if err == nil {
			err = p.tell(by)
		}
		if err != nil {
			return WeekView{}, err
		}
	}
	return a.read(tx, u, in.Quarter)
}

// planner makes the groups of a locked township.
type planner struct {
	tx       *db.Tx
	area     *Area
	township org.Unit
	week     weekRow
	town     town

	gone   []group // that are dissolved
	left   []memberRow
	joined []memberRow
	fresh  []group
	moved  map[GroupID]org.SiteID // groups with another host
}

// load reads what stands and decides what becomes of it.
func (p *planner) load(anew bool) (err error) {
	p.moved = map[GroupID]org.SiteID{}
	if err := lockGroups(p.tx, p.township.ID, p.week.Quarter); err != nil {
		return err
	}
	if p.town, err = p.area.readTown(p.tx, p.township, p.week.Quarter); err != nil {
		return err
	}
	var free []School
	placed := map[org.SiteID]bool{}
	var open []*group
	for i := range p.town.groups {
		g := &p.town.groups[i]
		if p.keeps(g, anew) {
			for _, s := range g.sites {
				placed[s] = true
			}
			if g.State == Planned {
				open = append(open, g)
			}
			continue
		}
		p.gone = append(p.gone, *g)
	}
	for _, s := range p.town.schools {
		if s.licensed && !placed[s.ID] {
			free = append(free, s.School)
		}
	}
	if len(free) == 1 {
		p.join(free[0], open)
		return nil
	}
	for _, sites := range Match(free, p.town.met, p.week.Quarter) {
		if i := slices.IndexFunc(p.gone, func(g group) bool { return slices.Equal(g.sites, sites) }); i >= 0 {
			p.gone = slices.Delete(p.gone, i, i+1)
			continue
		}
		p.fresh = append(p.fresh, group{sites: sites})
	}
	return p.arrange()
}

// keeps reports whether a group stays; schools without a licence leave it first.
func (p *planner) keeps(g *group, anew bool) bool {
	if g.State != Planned {
		return true
	}
	if anew && !g.ByHand {
		return false
	}
	var stay []org.SiteID
	for _, s := range g.sites {
		if p.town.licensed(s) {
			stay = append(stay, s)
		}
	}
	if len(stay) < 2 {
		return false
	}
	for _, s := range g.sites {
		if !slices.Contains(stay, s) {
			p.left = append(p.left, memberRow{GroupID: g.ID, SiteID: s})
		}
	}
	if g.sites = stay; !slices.Contains(stay, g.HostID) {
		p.moved[g.ID] = p.town.host(stay, p.week.Quarter)
	}
	return true
}

// join makes a school that is left over the third of the pair that costs least.
func (p *planner) join(s School, open []*group) {
	var best *group
	cost := func(g *group) (n int64) {
		for _, o := range g.sites {
			n += costOf(p.town.school(o).School, s, p.town.met, p.week.Quarter)
		}
		return n
	}
	for _, g := range open {
		if len(g.sites) == 2 && (best == nil || cost(g) < cost(best)) {
			best = g
		}
	}
	if best != nil {
		p.joined = append(p.joined, memberRow{GroupID: best.ID, SiteID: s.ID, Quarter: p.week.Quarter})
	}
}

// arrange gives fresh groups their hosts, and days from Monday to Friday in turn, holidays left out.
func (p *planner) arrange() error {
	days, err := p.days()
	if err != nil {
		return err
	}
	for i := range p.fresh {
		g := &p.fresh[i]
		g.groupRow = groupRow{
			ID: id.New[groupTag](), TownshipID: p.township.ID, Quarter: p.week.Quarter, HostID: p.town.host(g.sites, p.week.Quarter),
			HeldOn: days[i%len(days)], Hour: usualHour, State: Planned, MadeAt: p.tx.Now, ChangedAt: p.tx.Now,
		}
		g.SessionID = SessionOf(g.ID)
	}
	return nil
}

// usualHour is when people are back from the fields.
const usualHour = "20:00"

// days are those of the week that groups meet on: Monday to Friday from today on, without holidays; the week's last days
// when nothing is left of that.
func (p *planner) days() (out []date.Date, err error) {
	known, err := calendar.LoadDays(p.tx, p.week.Monday.Month(), p.week.Monday.AddDays(6).Month())
	if err != nil {
		return nil, err
	}
	for i := range 7 {
		d := p.week.Monday.AddDays(i)
		if !d.Before(p.tx.Today()) && !known.IsHoliday(d) && (i < 5 || len(out) == 0) {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		out = append(out, p.week.Monday.AddDays(6))
	}
	return out, nil
}

func (p *planner) store() error {
	tx := p.tx
	for _, g := range p.gone {
		if err := dissolve(tx, g); err != nil {
			return err
		}
	}
	if err := leave(tx, p.left); err != nil {
		return err
	}
	changed := map[GroupID]map[string]any{}
	touch := func(g GroupID) map[string]any {
		if changed[g] == nil {
			changed[g] = map[string]any{"changed_at": tx.Now, "sequence": p.town.group(g).Sequence + 1}
		}
		return changed[g]
	}
	for _, m := range append(slices.Clone(p.left), p.joined...) {
		touch(m.GroupID)
	}
	for g, host := range p.moved {
		touch(g)["host_id"] = host
	}
	for g, columns := range changed {
		if _, err := db.Set(tx.Model(&groupRow{}).Where("id = ?", g), columns); err != nil {
			return err
		}
	}
	return p.insert()
}

func (p *planner) insert() error {
	members := slices.Clone(p.joined)
	var rows []groupRow
	for _, g := range p.fresh {
		rows = append(rows, g.groupRow)
		for _, s := range g.sites {
			members = append(members, memberRow{GroupID: g.ID, SiteID: s, Quarter: g.Quarter})
		}
	}
	if len(rows) > 0 {
		if err := db.Insert(p.tx, &rows); err != nil {
			return err
		}
	}
	return join(p.tx, members)
}

// lockGroups locks the groups of a locked township's quarter.
func lockGroups(tx *db.Tx, township org.UnitID, quarter date.Quarter) error {
	_, err := db.All[groupRow](tx.Locked().Where("township_id = ? AND quarter = ?", township, quarter).Order("id"))
	return err
}

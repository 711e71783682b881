// Package reports counts what the county has done, from the rows of the other areas; nobody
// reports a figure. It changes nothing, and keeps nothing but the figures of months that are sealed ([Seal]): these stay
// as they were, and what was handed in or put right later stands beside them.
//
// What is counted (统计口径), printed on every report:
//
//   - 次 sessions: those whose roll was handed in. 人次 attendances: present, made up, observers, named
//     guests, unnamed adults and children of them. 人数 people: different persons of the rosters who were present, made
//     up or observed. 分钟 minutes: of the sessions, each once.
//   - 学校 schools: those with a licence today.
//   - 覆盖率 coverage: of the members due on the last day (on a roster, and due by [people.DueOn]: full or probationary, at home, not
//     exempt),
//     how many have taken part at least once in the span, at whichever school.
//   - 截止时间 as_of: what was handed in later does not count. Corrections of what counts do.
//   - 封存 sealed: the list of a month's schools, on the page, on paper and in Excel, keeps the figures of a sealed month and has
//     today's beside them (封存后补的). Summary, trend and the figures by unit are computed from the rows as they are: any span of days may be asked of
//     them, and a figure must lead back to the rolls that make it up. Paper and files say so.
//   - 补交 late: the first record of a school's month was handed in after the day until which it is on time.
//
// Units and schools are listed by their codes, never by a figure, and nothing here counts sign-ins, devices, photos or time
// on a screen.
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

// Span says which sessions of which schools a report is about.
type Span struct {
	From date.Date `query:"from"`  // by held_on, included; zero for the beginning
	To   date.Date `query:"to"`    // by held_on, included; zero for today
	Unit string    `query:"unit"`  // code of an administrative unit; "" for all that the actor sees
	AsOf time.Time `query:"as_of"` // only what was handed in by then; zero for now
}

// Head is what a report says of itself.
type Head struct {
	Unit     string    `json:"unit"` // code, "" for several at once
	UnitName string    `json:"unit_name"`
	Kind     org.Kind  `json:"kind"` // "" for several at once
	From     date.Date `json:"from"`
	To       date.Date `json:"to"`
	AsOf     time.Time `json:"as_of"`
}

// place is a span that the actor may see, resolved.
type place struct {
	Head
	unit  org.Unit     // zero for several at once
	scope access.Scope // of the administrative tree, or of both
	whole bool         // nothing of the county lies outside
	past  bool         // as_of is not now
}

// MostYears bounds the days that a filter may name: 1990 to 2100.
var (
	earliest = date.New(1990, 1, 1)
	latest   = date.New(2100, 12, 31)
)

// find checks the span and asks for the permission on its unit.
func (in Span) find(tx *db.Tx, by access.Actor, p access.Permission) (place, error) {
	out := place{Head: Head{From: in.From, To: in.To, AsOf: in.AsOf}}
	if err := out.where(tx, by, p, in.Unit); err != nil {
		return out, err
	}
	var c fail.Check
	c.If(!in.From.IsZero() && (in.From.Before(earliest) || in.From.After(latest)), "from", "reports.day_range")
	c.If(!in.To.IsZero() && (in.To.Before(earliest) || in.To.After(latest)), "to", "reports.day_range")
	c.If(!in.From.IsZero() && !in.To.IsZero() && in.To.Before(in.From), "to", "reports.to_before_from")
	if err := c.Err(); err != nil {
		return out, err
	}
	switch {
	case in.AsOf.IsZero() || in.AsOf.After(tx.Now):
		out.AsOf = tx.Now
	default:
		out.AsOf, out.past = in.AsOf.UTC().Truncate(time.Millisecond), true
	}
	if out.To.IsZero() {
		out.To = date.Of(out.AsOf)
	}
	return out, nil
}

// where finds the unit, or without a code all that the actor sees; one subtree is named as its unit.
func (p *place) where(tx *db.Tx, by access.Actor, perm access.Permission, code string) error {
	scope := by.Visible(perm)
	if code == "" {
		if scope.Empty() {
			return by.RequireAnywhere(perm)
		}
		return p.all(tx, scope)
	}
	u, err := org.FindCode(tx, org.Administrative, code)
	if fail.KindOf(err) == fail.Missing {
		if scope.Empty() {
			return by.Require(perm)
		}
		return fail.NotFound("reports.unit_missing").Because(err)
	}
	if err != nil {
		return err
	}
	paths := []string{u.Path}
	if u.Kind == org.Site {
		s, err := org.FindSchool(tx, org.UnitSite(u.ID))
		if err != nil {
			return err
		}
		paths = s.Paths()
	}
	if err := by.Require(perm, paths...); err != nil {
		return err
	}
	p.name(u)
	return nil
}

func (p *place) name(u org.Unit) {
	p.unit, p.Unit, p.UnitName, p.Kind = u, u.Code, u.Name, u.Kind
	p.scope, p.whole = access.Scope{Paths: []string{u.Path}}, u.Kind == org.County
}

// all is everything in the scope. One unit of the administrative tree speaks for it, also where the same
// office holds a grant in the party's tree beside it.
func (p *place) all(tx *db.Tx, scope access.Scope) error {
	p.scope, p.whole = scope, scope.All
	var admin []string
	for _, path := range scope.Paths {
		if strings.HasPrefix(path, "/a/") {
			admin = append(admin, path)
		}
	}
	var (
		u   org.Unit
		err error
	)
	switch {
	case scope.All:
		u, err = org.Root(tx)
	case len(admin) == 1:
		u, err = db.One[org.Unit](tx.Where("path = ?", admin[0]), "reports.unit_missing")
	default:
		return nil
	}
	if fail.KindOf(err) == fail.Missing {
		return nil // before the set-up there is nothing to name
	}
	if err == nil {
		p.name(u)
	}
	return err
}

// condition is a WHERE that grows.
type condition struct {
	text string
	args []any
}

func (c *condition) and(text string, args ...any) {
	if c.text != "" {
		c.text += " AND "
	}
	c.text, c.args = c.text+text, append(c.args, args...)
}

// schools is the condition that a column with a school's ID lies in the place; it adds nothing for the whole county.
func (p place) schools(c *condition, column string) {
	if p.whole {
		return
	}
	admin, args := db.PathRange("u.path", p.scope)
	query := "SELECT u.id FROM units u WHERE u.tree = 'a' AND u.kind = 'site' AND " + admin
	for _, path := range p.scope.Paths {
		if strings.HasPrefix(path, "/p/") {
			party, more := db.PathRange("b.path", p.scope)
			query = "SELECT h.id FROM sites h JOIN units u ON u.id = h.id LEFT JOIN units b ON b.id = h.branch_id WHERE " + admin + " OR " + party
			args = append(args, more...)
			break
		}
	}
	c.and(column+" IN ("+query+")", args...)
}

// sessions is the condition on sessions s that count.
func (p place) sessions() condition {
	var c condition
	c.and("s.state = ?", attendance.HandedIn)
	if !p.From.IsZero() {
		c.and("s.held_on >= ?", p.From)
	}
	if !p.open() {
		c.and("s.held_on <= ?", p.To)
	}
	if p.past {
		c.and("s.submitted_at <= ?", p.AsOf)
	}
	p.schools(&c, "s.site_id")
	return c
}

// open reports that the span runs to today: no session is held later, so no day bounds it.
func (p place) open() bool { return !p.To.Before(date.Of(p.AsOf)) && !p.past }

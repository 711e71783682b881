package reports

import (
	"cmp"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// ReadyDays are the numbers of days ahead that [Area.Ready] looks, the usual one first.
var ReadyDays = []int{calendar.AnnounceAhead, 7}

// ReadyInput says whose activity days, and how far ahead.
type ReadyInput struct {
	Unit  string `query:"unit" json:"unit" form:"unit"`    // code; "" for all that the actor sees
	Days  int    `query:"days" json:"days" form:"days"`    // one of ReadyDays, after today; 0 means the first
	After string `query:"after" json:"after" form:"after"` // Next of the part before
	Limit int    `query:"limit" json:"limit"`              // 1–1000; 0 means 50
}

// Lack is something that an activity day still wants, and which thing of its kind.
type Lack struct {
	Code   LackCode         `json:"code"`
	Lesson courses.LessonID `json:"lesson,omitzero"` // of content
	Title  string           `json:"title,omitzero"`
	Item   string           `json:"item,omitzero"` // one of org.Equipment
	State  string           `json:"state,omitzero"`
	May    bool             `json:"may"` // the actor may see to it himself
}

// LackCode says what is missing (还差什么).
type LackCode string

// What may be missing, in the order in which it is told.
const (
	NoLicence        LackCode = "licence"           // suspended or revoked
	CancelAsked      LackCode = "cancel_asked"      // somebody wants the day called off, and nobody has answered
	NoContent        LackCode = "content_none"      // nothing is planned for the month
	ContentTaught    LackCode = "content_taught"    // all that is planned was taught already
	ContentReview    LackCode = "content_review"    // a lesson may not be played before somebody reviews it
	ContentVideo     LackCode = "content_video"     // its video is not here
	EquipmentFault   LackCode = "equipment_fault"   // something is broken
	EquipmentMissing LackCode = "equipment_missing" // the register has nothing to play the lesson on
	NoNetwork        LackCode = "network_none"      // the lesson is a video, and the house has no network
	NoHost           LackCode = "host_none"
	HostAway         LackCode = "host_away"
	NoRoster         LackCode = "roster_none"
)

// Lacks lists them in that order.
var Lacks = []LackCode{
	NoLicence, CancelAsked, NoContent, ContentTaught, ContentReview, ContentVideo, EquipmentFault, EquipmentMissing, NoNetwork, NoHost, HostAway, NoRoster,
}

// ReadyContent is what the evening begins with: the lesson that the host's page proposes.
type ReadyContent struct {
	Planned int              `json:"planned"`         // lessons of the month's plan
	Lesson  courses.LessonID `json:"lesson,omitzero"` // zero for none
	Title   string           `json:"title"`
	Medium  courses.Medium   `json:"medium"`
	Minutes int              `json:"minutes"`
}

// ReadyHost is who opens his house.
type ReadyHost struct {
	Person people.PersonID `json:"person,omitzero"`
	Name   string          `json:"name"`
	Phone  string          `json:"phone" kept:"never"` // masked; whole in a call list; "" for none, or for who may not see it
	Away   bool            `json:"away"`
}

// ReadyDay is a coming activity day with what it has and what it wants.
type ReadyDay struct {
	Day          calendar.DayID    `json:"day"`
	Site         org.SiteID        `json:"site"`
	Code         string            `json:"code"`
	Name         string            `json:"name"`
	Village      string            `json:"village"`
	Township     string            `json:"township"`
	PlannedOn    date.Date         `json:"planned_on"`
	Hour         string            `json:"hour"`
	State        calendar.State    `json:"state"`         // as seen today
	ConfirmedHow calendar.How      `json:"confirmed_how"` // "" when it is not
	ConfirmedAt  *time.Time        `json:"confirmed_at"`
	CancelAsked  calendar.Reason   `json:"cancel_asked"`
	First        bool              `json:"first"` // something is missing, and nobody has confirmed: call here first
	Lacks        []Lack            `json:"lacks"`
	Content      ReadyContent      `json:"content"`
	Equipment    org.EquipmentView `json:"equipment"`
	Host         ReadyHost         `json:"host"`
	Licence      org.Licence       `json:"licence"`
	Roster       people.Size       `json:"roster"`
	MayConfirm   bool              `json:"may_confirm"` // the actor may say that it stands, or take that back

	school org.School
	month  date.Month
}

// ReadyCounts says how many days there are.
type ReadyCounts struct {
	Days      int `json:"days"`
	First     int `json:"first"`     // to call first
	Confirmed int `json:"confirmed"` // by the hosts or on the telephone
	ByHost    int `json:"by_host"`   // of those
}

// ReadyView is the coming activity days of a unit: those to call first, then the others, each part in code order. It is an order of
// work, and no measure of anybody.
type ReadyView struct {
	Unit     string      `json:"unit"`
	UnitName string      `json:"unit_name"`
	Kind     org.Kind    `json:"kind"`
	From     date.Date   `json:"from"` // today
	To       date.Date   `json:"to"`
	AsOf     time.Time   `json:"as_of"`
	Counts   ReadyCounts `json:"counts"`
	Items    []ReadyDay  `json:"items"`
	Next     string      `json:"next"`
	MayCall  bool        `json:"may_call"` // the actor may open the numbers of some of the hosts
}

// Ready tells of each activity day of the coming days what it still wants (还差什么): content, equipment, host, licence, roster. It is for
// those who plan and see to things; hosts have no part in it. Numbers are masked. Permission: ReportsSee on the unit.
func (a *Area) Ready(tx *db.Tx, by access.Actor, in ReadyInput) (ReadyView, error) {
	v, _, err := in.view(tx, by)
	if err != nil {
		return v, err
	}
	return v, a.mask(tx, by, hostsOf(v.Items))
}

// Check finds fault with days that are not offered.
func (in ReadyInput) Check() error {
	var c fail.Check
	c.If(in.Days != 0 && !slices.Contains(ReadyDays, in.Days), "days", "input.choice")
	return c.Err()
}

// view is the list with no numbers in it.
func (in ReadyInput) view(tx *db.Tx, by access.Actor) (ReadyView, place, error) {
	if in.Days == 0 {
		in.Days = ReadyDays[0]
	}
	if err := in.Check(); err != nil {
		return ReadyView{}, place{}, err
	}
	p, err := Span{Unit: in.Unit}.find(tx, by, access.ReportsSee)
	v := ReadyView{Unit: p.Unit, UnitName: p.UnitName, Kind: p.Kind, AsOf: tx.Now, From: tx.Today(), To: tx.Today().AddDays(in.Days), Items: []ReadyDay{}}
	if err != nil {
		return v, p, err
	}
	all, err := p.comingDays(tx, v.From, v.To)
	if err == nil {
		err = (&readiness{tx: tx, by: by}).fill(all)
	}
	if err != nil {
		return v, p, err
	}
	for i := range all {
		v.Counts.add(all[i])
		v.MayCall = v.MayCall || by.Can(access.PeoplePhone, all[i].school.Paths()...)
	}
	slices.SortStableFunc(all, func(a, b ReadyDay) int { return cmp.Compare(a.key(), b.key()) })
	v.Items = slices.DeleteFunc(all, func(d ReadyDay) bool { return d.key() <= in.After })
	if n := most(in.Limit, 50, 1000); len(v.Items) > n {
		v.Items, v.Next = v.Items[:n], v.Items[n-1].key()
	}
	return v, p, nil
}

func (c *ReadyCounts) add(d ReadyDay) {
	c.Days++
	if d.First {
		c.First++
	}
	if d.ConfirmedHow != "" {
		c.Confirmed++
	}
	if d.ConfirmedHow == calendar.ByHost {
		c.ByHost++
	}
}

// key is the place in the list.
func (d ReadyDay) key() string {
	part := "1."
	if d.First {
		part = "0."
	}
	return part + d.Code + "." + d.PlannedOn.String()
}

// A day that was called off because its school has no licence stays in sight: somebody may still come that evening.
const comingQuery = "SELECT d.id, h.id, u.code, u.name, u.path, COALESCE(b.path, ''), h.licence, v.name, w.name, d.`month`, d.planned_on, d.hour, d.state, " +
	"d.confirmed_at, d.confirmed_how, COALESCE((SELECT MIN(c.reason) FROM cancellations c WHERE c.activity_day_id = d.id AND c.state = 'asked'), '') " +
	"FROM activity_days d JOIN sites h ON h.id = d.site_id JOIN units u ON u.id = h.id JOIN units v ON v.id = u.parent_id JOIN units w ON w.id = v.parent_id " +
	"LEFT JOIN units b ON b.id = h.branch_id WHERE "

// comingDays reads the days that have not been held, in code order.
func (p place) comingDays(tx *db.Tx, from, to date.Date) ([]ReadyDay, error) {
	c := condition{
		"d.planned_on >= ? AND d.planned_on <= ? AND (d.state IN ('planned', 'announced', 'confirmed') OR d.state = 'cancelled' AND d.reason = '' AND h.licence <> 'licensed')",
		[]any{from, to},
	}
	p.schools(&c, "d.site_id")
	out := []ReadyDay{}
	err := db.Each(tx, comingQuery+c.text+" ORDER BY u.code, d.planned_on", c.args, func(scan func(...any) error) error {
		var d ReadyDay
		s := &d.school
		err := scan(&d.Day, &s.ID, &s.Code, &s.Name, &s.Path, &s.Party, &s.Licence, &d.Village, &d.Township, &d.month, &d.PlannedOn, &d.Hour, &d.State,
			&d.ConfirmedAt, &d.ConfirmedHow, &d.CancelAsked)
		d.Site, d.Code, d.Name, d.Licence, d.State = s.ID, s.Code, s.Name, s.Licence, d.State.Seen(d.PlannedOn, tx.Today())
		d.Lacks = []Lack{}
		out = append(out, d)
		return err
	})
	return out, err
}

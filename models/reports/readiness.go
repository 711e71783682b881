package reports

import (
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/videos"
)

// needs says on what a lesson of a medium is shown: of each set one thing that works is enough.
var needs = map[courses.Medium][][]string{
	courses.Video:     {screens},
	courses.Disc:      {{"player", "computer"}, screens, {"discs"}},
	courses.USB:       {screens},
	courses.Broadcast: {{"receiver", "speaker", "television"}},
}

var screens = []string{"television", "projector", "computer"}

// readiness gathers what many days have, a query for each kind of thing, however many days there are.
type readiness struct {
	tx *db.Tx
	by access.Actor

	plans  curricula.Plans
	taught map[org.SiteID][]courses.LessonID // this year
	videos map[courses.LessonID]videos.View
	things map[org.SiteID]org.EquipmentView
	hosts  map[org.SiteID]people.Holder
	away   map[people.PersonID]bool
	sizes  map[org.SiteID]people.Size
}

// fill says of each day what it has and what it wants.
func (r *readiness) fill(days []ReadyDay) error {
	if len(days) == 0 {
		return nil
	}
	if err := r.gather(days); err != nil {
		return err
	}
	var lessons []courses.LessonID
	for i := range days {
		d := &days[i]
		d.Content = r.content(d)
		if d.Content.Medium == courses.Video {
			lessons = append(lessons, d.Content.Lesson)
		}
	}
	if len(lessons) > 0 {
		found, err := videos.OfLessons(r.tx, lessons)
		if err != nil {
			return err
		}
		r.videos = found
	}
	for i := range days {
		r.one(&days[i])
	}
	return nil
}

func (r *readiness) gather(days []ReadyDay) (err error) {
	var (
		sites   []org.SiteID
		schools []org.School
		months  []date.Month
	)
	for _, d := range days {
		if len(sites) == 0 || sites[len(sites)-1] != d.Site {
			sites, schools = append(sites, d.Site), append(schools, d.school)
		}
		if !slices.Contains(months, d.month) {
			months = append(months, d.month)
		}
	}
	today := r.tx.Today()
	if r.plans, err = curricula.PlansOf(r.tx, schools, months...); err != nil {
		return err
	}
	if r.taught, err = attendance.TaughtAt(r.tx, sites, date.New(today.Year(), 1, 1)); err != nil {
		return err
	}
	if r.things, err = org.EquipmentOf(r.tx, sites); err != nil {
		return err
	}
	if r.sizes, err = people.SizesOf(r.tx, sites, today); err != nil {
		return err
	}
	return r.gatherHosts(sites)
}

func (r *readiness) gatherHosts(sites []org.SiteID) (err error) {
	if r.hosts, err = people.HostsOf(r.tx, sites, r.tx.Today()); err != nil {
		return err
	}
	persons := make([]people.PersonID, 0, len(r.hosts))
	for _, h := range r.hosts {
		persons = append(persons, h.Person)
	}
	r.away, err = people.AwayOf(r.tx, persons, r.tx.Today())
	return err
}

// one fills a day whose content is known.
func (r *readiness) one(d *ReadyDay) {
	d.Equipment, d.Roster = r.things[d.Site], r.sizes[d.Site]
	may := func(p access.Permission) bool { return r.by.Can(p, d.school.Paths()...) }
	d.MayConfirm = may(access.CalendarMove) && (d.State == calendar.DueToday || d.State.Ahead())
	if d.Licence != org.Licensed {
		d.lack(Lack{Code: NoLicence, State: string(d.Licence), May: may(access.SitesLicense)})
	}
	if d.CancelAsked != "" {
		d.lack(Lack{Code: CancelAsked, State: string(d.CancelAsked), May: may(access.CalendarCancel)})
	}
	r.wantContent(d)
	r.wantEquipment(d, may(access.SitesEquip))
	r.wantHost(d, may)
	if d.Roster.People == 0 {
		d.lack(Lack{Code: NoRoster, May: may(access.PeopleEdit)})
	}
	d.First = len(d.Lacks) > 0 && d.ConfirmedHow == "" && d.State != calendar.Cancelled
}

func (d *ReadyDay) lack(l Lack) { d.Lacks = append(d.Lacks, l) }

// open lists what the month's plan has left, the required lessons first.
func (r *readiness) open(d *ReadyDay) (all int, left []curricula.PlanItem) {
	plan := r.plans.At(d.school, d.month)
	for _, required := range []bool{true, false} {
		for _, item := range plan {
			if item.Required == required && !slices.Contains(r.taught[d.Site], item.Lesson) {
				left = append(left, item)
			}
		}
	}
	return len(plan), left
}

// content is the lesson that the evening begins with: the first that was reviewed.
func (r *readiness) content(d *ReadyDay) ReadyContent {
	all, left := r.open(d)
	c := ReadyContent{Planned: all}
	if i := slices.IndexFunc(left, func(p curricula.PlanItem) bool { return p.Reviewed }); i >= 0 {
		c.Lesson, c.Title, c.Medium, c.Minutes = left[i].Lesson, left[i].Title, left[i].Medium, left[i].Minutes
	}
	return c
}

func (r *readiness) wantContent(d *ReadyDay) {
	all, left := r.open(d)
	mayPlan := r.by.Can(access.CurriculaPublish, d.school.Paths()...)
	switch {
	case d.Licence != org.Licensed: // sees no plan at all: the licence is what is missing
		return
	case all == 0:
		d.lack(Lack{Code: NoContent, May: mayPlan})
		return
	case len(left) == 0:
		d.lack(Lack{Code: ContentTaught, May: mayPlan})
		return
	}
	for _, p := range left {
		if !p.Reviewed && (p.Required || d.Content.Lesson.IsZero()) {
			d.lack(Lack{Code: ContentReview, Lesson: p.Lesson, Title: p.Title, May: r.by.Can(access.CoursesReview, p.Owner)})
			break
		}
	}
	if d.Content.Medium != courses.Video {
		return
	}
	if _, ok := r.videos[d.Content.Lesson]; !ok {
		i := slices.IndexFunc(left, func(p curricula.PlanItem) bool { return p.Lesson == d.Content.Lesson })
		d.lack(Lack{Code: ContentVideo, Lesson: d.Content.Lesson, Title: d.Content.Title, May: r.by.Can(access.CoursesEdit, left[i].Owner)})
	}
}

// wantEquipment looks for faults of what lessons are shown on, and for what the lesson is shown on. Where nobody has filled the register nothing is known to be
// missing.
func (r *readiness) wantEquipment(d *ReadyDay, may bool) {
	good := func(kind string) bool {
		return slices.ContainsFunc(d.Equipment.Items, func(i org.Item) bool { return i.Kind == kind && i.State == "good" })
	}
	faulty := func(i org.Item) bool { return i.State != "good" }
	for _, i := range d.Equipment.Items {
		if faulty(i) && (slices.Contains(players, i.Kind) || i.Kind == "discs") { // a chair is no reason to telephone
			d.lack(Lack{Code: EquipmentFault, Item: i.Kind, State: i.State, May: may})
		}
	}
	for _, set := range needs[d.Content.Medium] {
		known := len(d.Equipment.Items) > 0
		broken := slices.ContainsFunc(d.Equipment.Items, func(i org.Item) bool { return faulty(i) && slices.Contains(set, i.Kind) })
		if known && !broken && !slices.ContainsFunc(set, good) {
			d.lack(Lack{Code: EquipmentMissing, Item: set[0], May: may})
		}
	}
	if d.Content.Medium == courses.Video && d.Equipment.Network == "none" {
		d.lack(Lack{Code: NoNetwork, May: may})
	}
}

// wantHost shows the host to those who may know names.
func (r *readiness) wantHost(d *ReadyDay, may func(access.Permission) bool) {
	h, ok := r.hosts[d.Site]
	switch {
	case !ok:
		d.lack(Lack{Code: NoHost, May: may(access.PeopleEdit)})
	case may(access.PeopleNames):
		d.Host = ReadyHost{Person: h.Person, Name: h.Name, Away: r.away[h.Person]}
		if d.Host.Away {
			d.lack(Lack{Code: HostAway, May: may(access.CalendarMove)})
		}
	}
}

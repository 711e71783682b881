package privacy

import (
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// householdSubject is a household with who joined and left it. Permission: PeopleSee on the village.
func householdSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	v, err := people.GetHousehold(tx, by, people.HouseholdInput{ID: people.HouseholdID(key)})
	return subject{name: v.Name, of: []thing{{object: "household", id: key.String()}}}, err
}

// lessonSubject is a lesson with its videos. Permission: as for its course.
func lessonSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	l, err := courses.FindLesson(tx, courses.LessonID(key))
	if err == nil {
		_, err = courses.Get(tx, by, courses.GetInput{ID: l.Course})
	}
	s := subject{name: l.Title, of: []thing{{object: "lesson", id: key.String()}}}
	if err != nil {
		return s, err
	}
	videos, err := db.Ask[anyID](tx, "SELECT id FROM videos WHERE lesson_id = ? ORDER BY made_at, id", key)
	for _, v := range videos {
		s.of = append(s.of, thing{object: "video", id: v.String()})
	}
	return s, err
}

// daySubject is an activity day as it was planned, moved and called off. Permission: CalendarSee on the school or its branch.
func daySubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	d, err := calendar.GetDay(tx, by, calendar.GetDayInput{ID: calendar.DayID(key)})
	if err != nil {
		return subject{}, err
	}
	school, err := org.FindSchool(tx, d.Site)
	return subject{name: dated(school.Name, d.PlannedOn), of: []thing{{object: "activity_day", id: key.String()}}}, err
}

// groupSubject is a meeting of an exchange week. Permission: CalendarSee on one of its schools.
func groupSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	c, err := exchange.GetCard(tx, by, exchange.GroupInput{ID: exchange.GroupID(key)})
	return subject{name: dated(c.Host.Name, c.HeldOn), of: []thing{{object: "exchange_group", id: key.String()}}}, err
}

// unitSubject is a unit of either tree. Permission: OrgSee.
func unitSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	u, err := org.FindUnit(tx, org.UnitID(key))
	if err == nil {
		err = by.Require(access.OrgSee, u.Path)
	}
	if err != nil {
		return subject{}, err
	}
	if u.Kind == org.Site {
		return subject{}, fail.NotFound("access.not_found")
	}
	return subject{name: u.Name, of: []thing{{object: "unit", id: key.String()}}}, nil
}

// rosterSubject is who came to the roster of a school and who left it, and who was given a post there. Permission: PeopleNames on
// the school or its branch.
func rosterSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	school, err := org.FindSchool(tx, org.SiteID(key))
	if err == nil {
		err = by.Require(access.PeopleNames, school.Paths()...)
	}
	return subject{name: school.Name, roster: school.ID, of: []thing{{object: "roster", id: key.String()}}}, err
}

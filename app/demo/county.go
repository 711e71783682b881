// Package demo is the demo county: Fengqing with its real divisions and invented
// people, planned as pure data from a seed and a day.
//
// [New] gives the county as it stands: divisions, party tree, 583 family schools,
// about 12,000 people, accounts, rules, courses, curricula, notices. [County.History]
// turns the activity days that the calendar planned into 7,996 sessions, less the meetings of an exchange week.
// Neither reads a clock or a database, and the same (seed, today) always gives the
// same plan. Every entity draws from its own generator, seeded by the seed and its
// key, so that one more entity does not change the others.
//
// Entities refer to each other by their index in the county's slices; -1 is none.
// Content lies in data/ as CSV and JSON. All names of people are invented.
package demo

import (
	"fmt"

	"huotang/models/date"
)

// The figures that the county is held to.
const (
	SiteCount    = 583
	SessionCount = 7996
	None         = -1 // an index that points at nothing

	DefaultSeed = 20190315
)

// County is the whole plan. Parents stand before children in Divisions and Parties.
type County struct {
	Seed        uint64
	Today       date.Date
	HistoryFrom date.Date // first day of the 24 months
	HistoryTo   date.Date // yesterday

	Divisions []Division
	Groups    []VillageGroup
	Parties   []PartyUnit
	Sites     []Site
	People    []Person
	Accounts  []Account
	Rules     []Rule     // one per township
	Overrides []SiteRule // schools with a day of their own
	Lecturers []Lecturer
	Courses   []Course
	Lessons   []Lesson
	Curricula []Curriculum
	Notices   []Notice
	Feedback  []Feedback
	Handovers []Handover

	DemoSite   int // the school of the host's sign-in card: due today, with a good history
	LatestSite int // the school that held the last activity of the history, yesterday
	SilentSite int // the one school that never has a record

	townships []int         // indexes into Divisions
	villages  []int         // indexes into Divisions
	roster    [][]int       // people of each site
	passing   [][]string    // neighbours of each site who come now and then
	elsewhere map[int][]int // office and industry branches of each township
	taught    map[townMonth][]CurriculumItem
}

// New plans the county as it is on the morning of today. The history covers the
// 24 months that end the day before; nothing but the validity of an exemption lies
// after that. An error means that the embedded content is malformed.
func New(seed uint64, today date.Date) (*County, error) {
	c := &County{Seed: seed, Today: today, HistoryTo: today.AddDays(-1)}
	y, m, d := today.UTC().AddDate(0, -24, 0).Date()
	c.HistoryFrom = date.New(y, m, d)
	content, err := load()
	if err != nil {
		return nil, fmt.Errorf("demo content: %w", err)
	}
	c.plantDivisions(content)
	c.plantSites(content)
	c.plantParties(content)
	c.plantPeople(content)
	c.appoint()
	c.plantRules()
	c.plantAccounts(content)
	c.plantHandovers()
	if err := c.plantCourses(content); err != nil {
		return nil, fmt.Errorf("demo courses: %w", err)
	}
	c.plantCurricula()
	c.plantPublic(content)
	return c, nil
}

// Roster lists the people of a school by index, in the order of their numbers on it.
func (c *County) Roster(site int) []int { return c.roster[site] }

// Townships lists the 13 townships by index into Divisions, in code order.
func (c *County) Townships() []int { return c.townships }

// Villages lists the 187 village units by index into Divisions, in code order.
func (c *County) Villages() []int { return c.villages }

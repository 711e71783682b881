package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"huotang/models/date"
)

// The seven education tasks.
const (
	TaskTheory    = "theory"    // 政治理论
	TaskPolitical = "political" // 政治教育和政治训练
	TaskCharter   = "charter"   // 党章党规党纪
	TaskPurpose   = "purpose"   // 党的宗旨
	TaskTradition = "tradition" // 革命传统
	TaskSituation = "situation" // 形势政策
	TaskSkill     = "skill"     // 知识技能
)

// The media of a lesson.
const (
	MediumVideo     = "video"
	MediumDisc      = "disc"
	MediumUSB       = "usb"
	MediumBroadcast = "broadcast"
	MediumDocument  = "document"
	MediumTalk      = "talk"
)

// Course belongs to the county or to one township and was reviewed by someone other
// than its author before the first curriculum that names it.
type Course struct {
	Key      string
	Owner    int // index into Divisions
	Task     string
	Title    string
	Summary  string
	Lecturer int // index into Lecturers
	Author   int // index into Accounts
	Reviewer int // index into Accounts
	Written  date.Date
	Reviewed date.Date
}

// Lesson is one sitting of a course. Lessons of a course stand together, in order.
type Lesson struct {
	Course   int // index into Courses
	Order    int // within the course, from 1
	Title    string
	Medium   string
	Minutes  int
	Language string       // as people call it: 普通话, 凤庆方言, 彝语
	Material string       // where the thing is; empty for a video
	Video    string       // 01-tea, 02-charter or 03-policy; "" unless a video
	Months   []time.Month // when it is in season; none means always
}

// plantCourses reads courses and lessons and dates their review.
func (c *County) plantCourses(src *content) error {
	lecturers := map[string]int{}
	for i, l := range c.Lecturers {
		lecturers[l.Key] = i
	}
	courses := map[string]int{}
	for _, r := range src.courses {
		owner := c.divisionByCode(r["owner"])
		lecturer, ok := lecturers[r["lecturer"]]
		if owner == None || !ok {
			return fmt.Errorf("course %s names an unknown owner or lecturer", r["key"])
		}
		courses[r["key"]] = len(c.Courses)
		c.Courses = append(c.Courses, c.course(r, owner, lecturer))
	}
	for _, r := range src.lessons {
		course, ok := courses[r["course"]]
		if !ok {
			return fmt.Errorf("lesson %s is of no course", r["title"])
		}
		l, err := lesson(r, course)
		if err != nil {
			return fmt.Errorf("lesson %s: %w", l.Title, err)
		}
		if n := len(c.Lessons); n > 0 && c.Lessons[n-1].Course == course {
			l.Order = c.Lessons[n-1].Order + 1
		}
		c.Lessons = append(c.Lessons, l)
	}
	return nil
}

// course dates writing and review in the autumn before the first year of the history.
func (c *County) course(r row, owner, lecturer int) Course {
	d := c.dice("course", r["key"])
	written := date.New(c.HistoryFrom.Year()-1, time.October, d.between(8, 31))
	author, reviewer := c.authors(owner, lecturer)
	return Course{
		Key: r["key"], Owner: owner, Task: r["task"], Title: r["title"], Summary: r["summary"],
		Lecturer: lecturer, Author: author, Reviewer: reviewer,
		Written: written, Reviewed: written.AddDays(d.between(3, 15)),
	}
}

// authors gives who wrote and who reviewed: in the county the lecturer himself where
// he has an account, in a township its clerk and its second clerk.
func (c *County) authors(owner, lecturer int) (author, reviewer int) {
	if slug := c.Divisions[owner].Slug; slug != "" {
		return c.account(slug + ".clerk"), c.account(slug + ".reviewer")
	}
	author = c.Lecturers[lecturer].Account
	if author == None {
		author = c.account("county")
	}
	return author, c.account("county.reviewer")
}

func lesson(r row, course int) (Lesson, error) {
	l := Lesson{
		Course: course, Order: 1, Title: r["title"], Medium: r["medium"],
		Language: r["language"], Material: r["material"], Video: r["video"],
	}
	for _, s := range strings.Fields(r["months"]) {
		m, err := strconv.Atoi(s)
		if err != nil {
			return l, err
		}
		l.Months = append(l.Months, time.Month(m))
	}
	var err error
	l.Minutes, err = r.number("minutes")
	return l, err
}

// divisionByCode gives the index of a division, None when there is none.
func (c *County) divisionByCode(code string) int {
	for i, d := range c.Divisions {
		if d.Code == code {
			return i
		}
	}
	return None
}

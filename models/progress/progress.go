// Package progress keeps what each person has studied in a year.
//
// Study hours come from sessions held and lessons taught, never from time on a screen: when a roll is
// handed in, everyone who came or made it up gets the hours of its lessons, members and villagers of the roster alike
// (guests outside the roster have no record, and unnamed heads none). A lesson counts once a year for one person,
// however often it is attended; the year is that of the day of study. How many hundredths of an hour a lesson
// gives is a rule with a date ([Hours]), and each credit keeps which rule gave it. A correction that takes somebody
// out of a session takes the credit back, unless another session of the year gives it too.
//
// Study at home gives no credit yet; the position in a video is a bookmark and nothing else.
package progress

import (
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/settings"
)

// Rule says what a lesson gives by its minutes: the first step whose From it reaches.
type Rule struct {
	Code  string    `json:"code"`  // kept with each credit; its text is the key progress.rule_<code>, where there is one
	Since date.Date `json:"since"` // first day it is meant for
	Steps []Step    `json:"steps"` // the longest first
}

// Step is a line of a rule.
type Step struct {
	From       int `json:"from"`        // minutes, included
	CentiHours int `json:"centi_hours"` // hundredths of a 学时
}

// Yunnan is the rule of Yunnan's online academy for members: a lesson of 30 minutes or more is 1 学时, between
// 15 and 30 minutes half, up to 15 minutes a quarter.
var Yunnan = Rule{
	Code: "yunnan-2024", Since: date.New(2024, 1, 1), Steps: []Step{{30, 100}, {16, 50}, {1, 25}},
}

// Hours is the setting with the rule in force, by the day of study.
var Hours = settings.Key[Rule]{Name: "progress.hours", Default: Yunnan}

// CentiHours is what a lesson of so many minutes gives.
func (r Rule) CentiHours(minutes int) int {
	for _, s := range r.Steps {
		if minutes >= s.From {
			return s.CentiHours
		}
	}
	return 0
}

// Thresholds are the hundredths of 学时 to reach in a year, by category of member.
type Thresholds struct {
	Member    int `json:"member"`
	Secretary int `json:"secretary"`
}

// Threshold is the setting, by year: the value valid on 31 December. The default is that of the five-year
// plan for members' education: at least 32 学时, secretaries 56.
var Threshold = settings.Key[Thresholds]{Name: "progress.threshold", Default: Thresholds{Member: 3200, Secretary: 5600}}

// Sources of a credit.
const fromSession = "session"

type creditRow struct {
	PersonID   access.PersonID  `gorm:"primaryKey"`
	LessonID   courses.LessonID `gorm:"primaryKey"`
	Year       int              `gorm:"primaryKey"`
	Minutes    int
	CentiHours int
	Rule       string
	Source     string
	SessionID  *attendance.SessionID
	OnDay      date.Date
	MadeAt     time.Time
}

func (creditRow) TableName() string { return "credits" }

type watchRow struct {
	AccountID  access.AccountID `gorm:"primaryKey"`
	LessonID   courses.LessonID `gorm:"primaryKey"`
	PositionMs int
	ChangedAt  time.Time
}

func (watchRow) TableName() string { return "watches" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{creditRow{}, watchRow{}} }

package attendance

import (
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/org"
)

// SessionView is a session as pages and clients see it.
type SessionView struct {
	ID          SessionID        `json:"id"`
	Site        org.SiteID       `json:"site"`
	SiteCode    string           `json:"site_code"`
	SiteName    string           `json:"site_name"`
	Venue       org.SiteID       `json:"venue"`
	ActivityDay calendar.DayID   `json:"activity_day"`
	Kinds       []Kind           `json:"kinds"`
	Ways        []courses.Medium `json:"ways"` // how it was taught beside lessons
	HeldOn      date.Date        `json:"held_on"`
	BeganAt     *time.Time       `json:"began_at"`
	EndedAt     *time.Time       `json:"ended_at"`
	Minutes     int              `json:"minutes"`
	State       SessionState     `json:"state"`
	Place       string           `json:"place"`
	Chair       string           `json:"chair"`
	Recorder    string           `json:"recorder"`
	Revision    int              `json:"revision"`
	Tally
	Attendances int              `json:"attendances"`
	OpenedBy    access.AccountID `json:"opened_by"`
	SubmittedBy access.AccountID `json:"submitted_by"` // of the newest revision
	SubmittedAt *time.Time       `json:"submitted_at"` // of the first one
	ChangedAt   time.Time        `json:"changed_at"`
	AdmittedBy  access.AccountID `json:"admitted_by,omitzero"` // who let it in after its month was sealed (补传)
	AdmittedAt  *time.Time       `json:"admitted_at,omitempty"`
	OnPaper     bool             `json:"on_paper,omitempty"` // entered from a paper roll
	MayChange   bool             `json:"may_change"`         // by whoever asked
	MayAgree    bool             `json:"may_agree"`          // to what is asked about it once it is closed, and let it in when it is late
	Waiting     CorrectionID     `json:"waiting,omitzero"`   // of an act on a closed roll: the correction that it became
}

func view(s sessionRow, school org.School, by access.Actor) SessionView {
	return SessionView{
		ID: s.ID, Site: s.SiteID, SiteCode: school.Code, SiteName: school.Name, Venue: s.VenueSiteID,
		ActivityDay: id.Or(s.ActivityDayID), Kinds: splitKinds(s.Kinds), Ways: SplitWays(s.Ways), HeldOn: s.HeldOn, BeganAt: s.BeganAt, EndedAt: s.EndedAt,
		Minutes: s.Minutes, State: s.State, Place: s.Place, Chair: s.Chair, Recorder: s.Recorder, Revision: s.Revision,
		Tally: s.Tally, Attendances: s.Attendances(), OpenedBy: id.Or(s.OpenedBy), SubmittedBy: id.Or(s.SubmittedBy),
		SubmittedAt: s.SubmittedAt, ChangedAt: s.ChangedAt, AdmittedBy: id.Or(s.AdmittedBy), AdmittedAt: s.AdmittedAt, OnPaper: s.OnPaper, MayChange: by.Can(access.SessionsSubmit, school.Paths()...), MayAgree: by.Can(access.SessionsApprove, school.Paths()...),
	}
}

// SplitKinds reads kinds as they are stored and as a [FieldChange] tells them.
func SplitKinds(s string) []Kind { return splitKinds(s) }

func splitKinds(s string) []Kind {
	out := []Kind{}
	for k := range strings.SplitSeq(s, ",") {
		if k != "" {
			out = append(out, Kind(k))
		}
	}
	return out
}

// joinKinds stores the kinds once each, in the order of [Kinds].
func joinKinds(kinds []Kind) string {
	var out []string
	for _, k := range Kinds {
		for _, have := range kinds {
			if have == k {
				out = append(out, string(k))
				break
			}
		}
	}
	return strings.Join(out, ",")
}

// lessonsOf reads what was taught, in the order it was.
func lessonsOf(tx *db.Tx, session SessionID) ([]Lesson, error) {
	return db.Ask[Lesson](tx, `SELECT l.id, l.title, l.minutes FROM session_lessons sl JOIN lessons l ON l.id = sl.lesson_id
WHERE sl.session_id = ? ORDER BY sl.place`, session)
}

func lessonIDs(lessons []Lesson) []courses.LessonID {
	out := make([]courses.LessonID, len(lessons))
	for i, l := range lessons {
		out[i] = l.ID
	}
	return out
}

package attendance

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/id"
)

// fieldRow is something of a session beside its marks before and after a revision. It holds codes and figures alone, so that it can be
// kept for ever; of texts the audit says that they were changed.
type fieldRow struct {
	SessionID   SessionID `gorm:"primaryKey"`
	Revision    int       `gorm:"primaryKey"`
	Field       string    `gorm:"primaryKey"`
	BeforeValue string
	AfterValue  string
	AccountID   *access.AccountID
	At          time.Time
}

func (fieldRow) TableName() string { return "session_changes" }

// facts are what of a session has a history beside its marks, in the order of pages. Times are to the minute in UTC, kinds, lessons and
// ways joined by commas.
func (s *sessionRow) facts(lessons []Lesson) []FieldChange {
	taught := make([]string, len(lessons))
	for i, l := range lessons {
		taught[i] = l.ID.String()
	}
	out := []FieldChange{
		{Field: "held_on", After: s.HeldOn.String()},
		{Field: "began_at", After: minuteOf(s.BeganAt)},
		{Field: "ended_at", After: minuteOf(s.EndedAt)},
		{Field: "minutes", After: strconv.Itoa(s.Minutes)},
		{Field: "kinds", After: s.Kinds},
		{Field: "lessons", After: strings.Join(taught, ",")},
		{Field: "ways", After: s.Ways},
		{Field: "guests", After: strconv.Itoa(s.Guests)},
		{Field: "adults", After: strconv.Itoa(s.Adults)},
		{Field: "children", After: strconv.Itoa(s.Children)},
	}
	return out
}

func minuteOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04Z")
}

// storeFields appends what the revision changes beside marks. Before the first submission there is nothing to keep.
func (w *work) storeFields() error {
	if !w.was.State.In() {
		return nil
	}
	var rows []fieldRow
	was := w.was.facts(w.hadLessons)
	for i, now := range w.s.facts(w.lessons) {
		if now.After != was[i].After {
			rows = append(rows, fieldRow{w.s.ID, w.s.Revision, now.Field, was[i].After, now.After, w.marker.Ptr(), w.tx.Now})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return db.Insert(w.tx, &rows)
}

// replayFields makes what a session has beside its marks from its history, and lists where that does not fit together. What was never
// changed is its own record.
func replayFields(tx *db.Tx, session SessionID) (map[string]string, []Difference, error) {
	s, err := db.One[sessionRow](tx.Where("id = ?", session), "attendance.session_missing")
	if err != nil {
		return nil, nil, err
	}
	lessons, err := lessonsOf(tx, session)
	if err != nil {
		return nil, nil, err
	}
	rows, err := db.All[fieldRow](tx.Where("session_id = ?", session).Order("revision"))
	now, diff := map[string]string{}, []Difference{}
	note := func(field, kept, said string) {
		diff = append(diff, Difference{"session", session.String() + " " + field, kept, said})
	}
	for _, r := range rows {
		if stood, ok := now[r.Field]; ok && stood != r.BeforeValue {
			note(r.Field, stood, r.BeforeValue)
		}
		now[r.Field] = r.AfterValue
	}
	for _, f := range s.facts(lessons) {
		if stood, ok := now[f.Field]; ok && stood != f.After {
			note(f.Field, stood, f.After)
		}
		now[f.Field] = f.After
	}
	return now, diff, err
}

// addFields puts beside each revision what it changed beside marks; one whose receipt is not kept any more comes back by it. Lessons
// are told by their titles.
func addFields(tx *db.Tx, session SessionID, list []RevisionView) ([]RevisionView, error) {
	rows, err := db.All[fieldRow](tx.Where("session_id = ?", session).Order("revision"))
	if err != nil || len(rows) == 0 {
		return list, err
	}
	titles, err := titlesIn(tx, rows)
	if err != nil {
		return nil, err
	}
	order := (&sessionRow{}).facts(nil)
	place := func(field string) int {
		return slices.IndexFunc(order, func(f FieldChange) bool { return f.Field == field })
	}
	slices.SortStableFunc(rows, func(a, b fieldRow) int {
		if a.Revision != b.Revision {
			return a.Revision - b.Revision
		}
		return place(a.Field) - place(b.Field)
	})
	for _, r := range rows {
		i, found := slices.BinarySearchFunc(list, r.Revision, func(v RevisionView, n int) int { return v.Revision - n })
		if !found {
			list = slices.Insert(list, i, RevisionView{Revision: r.Revision, Account: id.Or(r.AccountID), At: r.At, Fields: []FieldChange{}})
		}
		c := FieldChange{r.Field, r.BeforeValue, r.AfterValue}
		if r.Field == "lessons" {
			c.Before, c.After = titles(c.Before), titles(c.After)
		}
		list[i].Fields = append(list[i].Fields, c)
	}
	return list, nil
}

// titlesIn reads the lessons that the rows name, and gives what names those of a value.
func titlesIn(tx *db.Tx, rows []fieldRow) (func(string) string, error) {
	var ids []courses.LessonID
	for _, r := range rows {
		if r.Field != "lessons" {
			continue
		}
		for _, value := range []string{r.BeforeValue, r.AfterValue} {
			for text := range strings.SplitSeq(value, ",") {
				var l courses.LessonID
				if l.UnmarshalText([]byte(text)) == nil && !l.IsZero() {
					ids = append(ids, l)
				}
			}
		}
	}
	names := map[string]string{}
	if len(ids) > 0 {
		found, err := db.Ask[Lesson](tx, "SELECT id, title, minutes FROM lessons WHERE id IN ?", ids)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			names[l.ID.String()] = l.Title
		}
	}
	return func(value string) string {
		var out []string
		for text := range strings.SplitSeq(value, ",") {
			if text != "" {
				out = append(out, names[text])
			}
		}
		return strings.Join(out, "、")
	}, nil
}

package attendance

import (
	"fmt"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/org"
)

// header fits what the item says of the session as a whole into w.s. An item that has seen the newest
// revision replaces; a stale one fills what is still empty, adds lessons, kinds and guests, and takes the larger head
// count, so that nothing which either phone saw is lost. Where it yields, the field is named in Kept.
func (w *work) header(c *fail.Check) error {
	in := &w.in
	c.If(in.BaseRevision < 0 || in.BaseRevision > w.was.Revision, "base_revision", "attendance.base_ahead")
	w.text(c, "place", &w.s.Place, in.Place, 100)
	w.text(c, "chair", &w.s.Chair, in.Chair, 60)
	w.text(c, "recorder", &w.s.Recorder, in.Recorder, 60)
	least := 0
	if in.BaseRevision > 0 {
		least = 1
	}
	in.Why = c.Text("why", in.Why, least, 200)
	in.check(c, true)
	if err := w.kinds(c); err != nil {
		return err
	}
	w.heads(c, "adults", &w.s.Adults, in.Adults)
	w.heads(c, "children", &w.s.Children, in.Children)
	if err := w.day(c); err != nil {
		return err
	}
	w.duration(c)
	w.names(c)
	c.If(len(in.Marks) > maxMarks, "marks", "attendance.many_marks", maxMarks)
	w.otherwise(c)
	return w.taught(c)
}

// yields notes that another phone's word stands.
func (w *work) yields(field string) { w.receipt.Kept = append(w.receipt.Kept, field) }

func (w *work) text(c *fail.Check, field string, now, in *string, most int) {
	if in == nil {
		return
	}
	v := c.Text(field, *in, 0, most)
	switch {
	case v == *now:
	case w.stale && *now != "":
		if v != "" {
			w.yields(field)
		}
	default:
		*now = v
	}
}

func (w *work) kinds(c *fail.Check) error {
	if len(w.in.Kinds) == 0 {
		return nil
	}
	kinds, had := w.in.Kinds, splitKinds(w.s.Kinds)
	if w.stale {
		kinds = append(slices.Clone(kinds), had...)
	}
	if slices.Contains(had, Exchange) && !slices.Contains(kinds, Exchange) {
		_, joint, err := exchange.Joint(w.tx, w.s.ID)
		if err != nil {
			return err
		}
		kinds = withExchange(kinds, joint)
	}
	w.s.Kinds = checkKinds(c, kinds)
	return nil
}

func (w *work) heads(c *fail.Check, field string, now, in *int) {
	if in == nil {
		return
	}
	c.Range(field, *in, 0, maxHeads)
	if w.stale && *in < *now {
		w.yields(field)
		return
	}
	*now = *in
}

func (w *work) day(c *fail.Check) error {
	on := w.in.HeldOn
	switch {
	case on.IsZero() || on == w.s.HeldOn:
	case w.stale:
		w.yields("held_on")
	default:
		w.s.HeldOn = on
	}
	if w.was.State.In() && w.s.HeldOn == w.was.HeldOn {
		return nil
	}
	return w.in.checkDay(w.tx, c, w.by, w.school, w.s.HeldOn)
}

// duration sets both times and their minutes, or minutes alone.
func (w *work) duration(c *fail.Check) {
	in := &w.in
	began, ended, minutes := in.BeganAt, in.EndedAt, in.Minutes
	switch {
	case began != nil && ended != nil:
		b, e := began.UTC().Truncate(time.Minute), ended.UTC().Truncate(time.Minute)
		began, ended, minutes = &b, &e, int(e.Sub(b)/time.Minute)
		if c.If(!e.After(b) || minutes > maxMinutes, "ended_at", "attendance.times_range", maxMinutes/60) {
			return
		}
		c.If(date.Of(b) != w.s.HeldOn && !w.stale, "began_at", "attendance.began_other_day")
	case minutes == 0 && w.s.Minutes > 0 && began == nil && ended == nil:
		return
	case minutes == 0:
		c.Add("minutes", "input.required")
		return
	default:
		c.Range("minutes", minutes, 1, maxMinutes)
		if minutes == w.s.Minutes {
			return
		}
	}
	if w.stale && w.s.Minutes > 0 {
		if minutes != w.s.Minutes {
			w.yields("minutes")
		}
		return
	}
	w.s.BeganAt, w.s.EndedAt, w.s.Minutes = began, ended, minutes
}

// names fits the guests: a fresh item gives the whole list, a stale one adds to it. The same
// name, folded, is the same guest.
func (w *work) names(c *fail.Check) {
	if w.in.Guests == nil {
		return
	}
	have := make(map[string]guestRow, len(w.guests))
	for _, g := range w.guests {
		have[lang.SearchTerm(g.Name)] = g
	}
	var list []guestRow
	if w.stale {
		list = slices.Clone(w.guests)
	}
	listed := map[string]bool{}
	for _, g := range w.attached {
		listed[lang.SearchTerm(g.Name)] = true // is a person by now; a phone may not know
	}
	for _, g := range list {
		listed[lang.SearchTerm(g.Name)] = true
	}
	for i, name := range w.in.Guests {
		name = c.Text(fmt.Sprintf("guests.%d", i), name, 0, 60)
		key := lang.SearchTerm(name)
		if key == "" || listed[key] {
			continue
		}
		listed[key] = true
		g, ok := have[key]
		if !ok {
			g = guestRow{ID: id.New[guestTag](), SessionID: w.s.ID, Name: name, AccountID: w.marker.Ptr(), At: w.tx.Now}
			w.newGuests = append(w.newGuests, g)
		}
		list = append(list, g)
	}
	c.If(len(list) > maxGuests, "guests", "attendance.many_guests", maxGuests)
	w.guests = list
}

// taught fits the lessons. One that was not recorded before must have been published to the school,
// reviewed, in some version up to now.
func (w *work) taught(c *fail.Check) error {
	if w.in.Lessons == nil {
		return nil
	}
	if c.If(len(w.in.Lessons) > maxLessons, "lessons", "attendance.many_lessons", maxLessons) {
		return nil
	}
	known := make(map[courses.LessonID]Lesson, len(w.lessons))
	var list []Lesson
	for _, l := range w.lessons {
		known[l.ID] = l
		if w.stale {
			list = append(list, l)
		}
	}
	var ask []courses.LessonID
	for _, l := range w.in.Lessons {
		if _, ok := known[l]; !ok {
			ask = append(ask, l)
		}
	}
	fresh, err := published(w.tx, w.school, ask)
	if err != nil {
		return err
	}
	for _, l := range fresh {
		known[l.ID] = l
	}
	for i, ref := range w.in.Lessons {
		l, ok := known[ref]
		if c.If(!ok, fmt.Sprintf("lessons.%d", i), "attendance.lesson_unknown") {
			continue
		}
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	w.lessons = list
	return nil
}

// published gives those of the lessons that were ever published to the school, or that are public.
func published(tx *db.Tx, school org.School, lessons []courses.LessonID) ([]Lesson, error) {
	if len(lessons) == 0 {
		return nil, nil
	}
	reach, args := db.PathAbove("u.path", access.Scope{Paths: []string{school.Path}})
	return db.Ask[Lesson](tx, `SELECT l.id, l.title, l.minutes FROM lessons l JOIN courses c ON c.id = l.course_id WHERE l.id IN ? AND (
c.is_public AND l.reviewed_at IS NOT NULL OR EXISTS (
SELECT 1 FROM curriculum_items i JOIN curriculum_audience a ON a.curriculum_id = i.curriculum_id AND a.version = i.version
JOIN units u ON u.id = a.unit_id WHERE i.lesson_id = l.id AND i.version > 0 AND `+reach+`))`, append([]any{lessons}, args...)...)
}

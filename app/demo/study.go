package demo

import (
	"bytes"
	"fmt"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// The plan's words in those of the areas.
var (
	taskOf = map[string]courses.Task{
		TaskTheory: courses.Theory, TaskPolitical: courses.Training, TaskCharter: courses.Discipline, TaskPurpose: courses.Purpose,
		TaskTradition: courses.Tradition, TaskSituation: courses.Policy, TaskSkill: courses.Skills,
	}
	languageOf = map[string]courses.Language{
		"普通话": courses.Mandarin, "凤庆方言": courses.Dialect, "彝语": courses.Yi, "白语": courses.Bai, "傣语": courses.Dai, "苗语": courses.Miao, "傈僳语": courses.Lisu,
	}
)

// foundCourses writes the courses, uploads the three videos, and has everything reviewed by another clerk.
func (f *filler) foundCourses() error {
	f.courses = make([]courses.CourseID, len(f.c.Courses))
	f.lessons = make([]courses.LessonID, len(f.c.Lessons))
	if err := f.write(f.writeCourses); err != nil {
		return err
	}
	for i, l := range f.c.Lessons {
		if l.Video != "" {
			if err := f.upload(i); err != nil {
				return fmt.Errorf("video %s: %w", l.Video, err)
			}
		}
	}
	return f.write(func(tx *db.Tx) error {
		for i, l := range f.c.Lessons {
			if err := f.review(tx, i, l); err != nil {
				return err
			}
		}
		return f.showToPublic(tx)
	})
}

func (f *filler) writeCourses(tx *db.Tx) error {
	for i, c := range f.c.Courses {
		author, err := f.actor(tx, c.Author)
		if err != nil {
			return err
		}
		v, err := f.Courses.Create(tx, author, courses.CreateInput{
			Unit: f.division(c.Owner), Task: taskOf[c.Task], Title: c.Title, Summary: c.Summary, Lecturer: f.c.Lecturers[c.Lecturer].Name,
		})
		if err != nil {
			return fmt.Errorf("course %s: %w", c.Key, err)
		}
		f.courses[i] = v.ID
	}
	for i, l := range f.c.Lessons {
		author, err := f.actor(tx, f.c.Courses[l.Course].Author)
		if err != nil {
			return err
		}
		language, ok := languageOf[l.Language]
		if !ok {
			language = courses.Other
		}
		v, err := f.Courses.AddLesson(tx, author, courses.AddLessonInput{
			Course: f.courses[l.Course], Title: l.Title, Medium: courses.Medium(l.Medium), Minutes: l.Minutes, Language: language, Material: l.Material,
		})
		if err != nil {
			return fmt.Errorf("lesson %q: %w", l.Title, err)
		}
		f.lessons[i] = v.ID
	}
	return nil
}

// division is the unit of a division.
func (f *filler) division(i int) org.UnitID {
	return f.unit(org.Administrative, f.c.Divisions[i].Code).ID
}

func (f *filler) upload(i int) error {
	l := f.c.Lessons[i]
	file, err := videoFiles.ReadFile("videos/" + l.Video + ".mp4")
	if err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	author, ok := f.actors[f.c.Courses[l.Course].Author]
	if !ok {
		return fmt.Errorf("course %s has no author", f.c.Courses[l.Course].Key)
	}
	_, err = f.Library.Receive(f.ctx, author, f.lessons[i], l.Video+".mp4", bytes.NewReader(file))
	return err
}

func (f *filler) review(tx *db.Tx, i int, l Lesson) error {
	reviewer, err := f.actor(tx, f.c.Courses[l.Course].Reviewer)
	if err != nil {
		return err
	}
	now, err := courses.FindLesson(tx, f.lessons[i])
	if err != nil {
		return err
	}
	if _, err := f.Courses.Review(tx, reviewer, courses.ReviewInput{ID: f.lessons[i], Revision: now.Revision}); err != nil {
		return fmt.Errorf("review of %q: %w", l.Title, err)
	}
	return nil
}

// showToPublic opens the courses with a video to visitors.
func (f *filler) showToPublic(tx *db.Tx) error {
	for _, l := range f.c.Lessons {
		if l.Video == "" {
			continue
		}
		c, err := courses.FindCourse(tx, f.courses[l.Course])
		if err != nil {
			return err
		}
		if c.Public {
			continue
		}
		if _, err := f.Courses.SetPublic(tx, by, courses.SetPublicInput{ID: c.ID, Revision: c.Revision, Public: true}); err != nil {
			return fmt.Errorf("open %q: %w", c.Title, err)
		}
	}
	return nil
}

// foundCalendar loads the holidays, sets the rules and plans every month of the history and of
// the present year's end, as the job would have month by month.
func (f *filler) foundCalendar() error {
	if err := f.write(f.setRules); err != nil {
		return err
	}
	to := calendar.Horizon(f.c.Today)
	for _, t := range f.c.Townships() {
		err := f.write(func(tx *db.Tx) error {
			_, err := calendar.Plan(tx, access.System("calendar.plan"), calendar.PlanInput{Unit: f.division(t), To: to})
			return err
		})
		if err != nil {
			return fmt.Errorf("plan %s: %w", f.c.Divisions[t].Name, err)
		}
	}
	return f.publishCurricula(f.c.HistoryFrom)
}

func (f *filler) setRules(tx *db.Tx) error {
	for year := f.c.HistoryFrom.Year(); year <= f.c.Today.Year()+1; year++ {
		if len(calendar.Known(year)) == 0 {
			continue
		}
		if _, err := calendar.LoadYear(tx, by, calendar.YearInput{Year: year}); err != nil {
			return fmt.Errorf("holidays of %d: %w", year, err)
		}
	}
	for _, r := range f.c.Rules {
		if err := f.setRule(tx, f.division(r.Township), r); err != nil {
			return err
		}
	}
	for _, o := range f.c.Overrides {
		if err := f.setRule(tx, org.SiteUnit(f.sites[o.Site]), o.Rule); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) setRule(tx *db.Tx, unit org.UnitID, r Rule) error {
	in := calendar.SetRuleInput{Unit: unit, Kind: calendar.OnDay, Day: r.Day, Holiday: calendar.Policy(r.Holiday)}
	if r.Day == 0 {
		in.Kind, in.Nth, in.Weekday = calendar.OnWeekday, r.Nth, (int(r.Weekday)+6)%7+1
	}
	if _, err := calendar.SetRule(tx, by, in); err != nil {
		return fmt.Errorf("rule: %w", err)
	}
	return nil
}

// publishCurricula publishes what is due by the day and was not yet. Those of a year that had
// begun when the county started come out on its first day.
func (f *filler) publishCurricula(day date.Date) error {
	for i, c := range f.c.Curricula {
		due := c.Published
		if due.Before(f.c.HistoryFrom) {
			due = f.c.HistoryFrom
		}
		if due != day || c.Year < f.c.HistoryFrom.Year() {
			continue
		}
		if err := f.write(func(tx *db.Tx) error { return f.publish(tx, c) }); err != nil {
			return fmt.Errorf("curriculum %d (%s): %w", i, c.Title, err)
		}
	}
	return nil
}

func (f *filler) publish(tx *db.Tx, c Curriculum) error {
	author, err := f.actor(tx, c.Author)
	if err != nil {
		return err
	}
	v, err := f.Curricula.Create(tx, author, curricula.CreateInput{Unit: f.division(c.Owner), Year: c.Year, Title: c.Title})
	if err != nil {
		return err
	}
	items := make([]curricula.ItemInput, len(c.Items))
	for i, it := range c.Items {
		items[i] = curricula.ItemInput{Lesson: f.lessons[it.Lesson], Month: date.NewMonth(c.Year, it.Month), Required: it.Required}
	}
	if v, err = f.Curricula.SetItems(tx, author, curricula.SetItemsInput{ID: v.ID, Revision: v.Revision, Items: items}); err != nil {
		return err
	}
	if v, err = f.Curricula.SetAudience(tx, author, curricula.SetAudienceInput{ID: v.ID, Revision: v.Revision, All: true}); err != nil {
		return err
	}
	_, err = f.Curricula.Publish(tx, author, curricula.PublishInput{ID: v.ID, Revision: v.Revision})
	return err
}

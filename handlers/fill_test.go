package handlers_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/runs"
	"huotang/models/service"
)

func (w *world) fill() {
	w.t.Helper()
	w.tree = orgtest.County(w.t, w.Env)
	tree := w.tree
	for name, u := range map[string]org.UnitView{
		"county": tree.County, "township": tree.Township, "township2": tree.Township2, "village": tree.Village, "village2": tree.Village2,
		"village3": tree.Village3, "committee": tree.Committee, "towncommittee": tree.TownshipCommittee, "towncommittee2": tree.TownshipCommittee2, "branch": tree.Branch, "branch2": tree.Branch2, "group": tree.Group,
	} {
		w.name(name, u.ID, u.Path)
		w.ids[name+".code"] = u.Code
	}
	for name, s := range map[string]org.School{"site": tree.Site, "sister": tree.Sister, "neighbour": tree.Neighbour, "far": tree.Far} {
		w.name(name, s.ID, s.Paths()...)
		w.ids[name+".name"], w.ids[name+".code"] = s.Name, s.Code
		w.name(name+".unit", org.SiteUnit(s.ID), s.Path)
	}
	w.fillPeople()
	w.fillCourses()
	w.fillCalendar()
	w.fillExchange()
	w.fillSessions()
	w.fillLife()
	w.fillPhotos()
	w.fillService()
	w.fillAccounts()
	w.fillPrivacy()
	w.fillHouse()
	w.revisions()
}

// revisions names what a form must have seen: "{course.rev}".
func (w *world) revisions() {
	for table, names := range map[string]string{
		"courses": "course draft hidden farcourse public archived", "curricula": "plan planned farplan", "notices": "notice farnotice withdrawn",
		"lessons": "lesson lesson2 video unreviewed unreviewed2 unpublished farlesson publiclesson", "sessions": "done sisterdone fardone open mistaken faropen",
		"feedback": "asked answered",
	} {
		for n := range strings.FieldsSeq(names) {
			var revision int
			w.Env.See(w.t, func(tx *db.Tx) error {
				return tx.Raw("SELECT revision FROM "+table+" WHERE id = ?", id.Must[world](w.ids[n])).Scan(&revision).Error
			})
			w.ids[n+".rev"] = strconv.Itoa(revision)
		}
	}
}

// The names of people inside and outside; nobody has one of them by chance.
const (
	memberName, member2Name, villagerName = "茶得月", "茶长青", "茶小满"
	sisterName, farName                   = "毕守田", "罗远山"
)

func (w *world) fillPeople() {
	add := func(name, called string, p peopletest.Person, site org.School) {
		p.Name, p.Site, p.Village = called, site.ID, site.ParentID
		made := peopletest.Add(w.t, w.Env, w.tree, p)
		paths := append(site.Paths(), site.Path)
		if p.Group == w.tree.Group.ID {
			paths = append(paths, w.tree.Group.Path)
		}
		w.name(name, made, paths...)
		w.ids[name+".name"] = called
	}
	t := w.tree
	add("member", memberName, peopletest.Person{Branch: t.Branch.ID, Group: t.Group.ID, Post: people.Host}, t.Site)
	add("member2", member2Name, peopletest.Person{Branch: t.Branch.ID}, t.Site)
	add("villager", villagerName, peopletest.Person{Standing: people.Villager}, t.Site)
	add("sisterman", sisterName, peopletest.Person{Branch: t.Branch.ID, Post: people.Host}, t.Sister)
	add("farman", farName, peopletest.Person{Branch: t.Branch2.ID, Post: people.Host}, t.Far)
	// Somebody at home in the village and on nobody's roster, to be enrolled.
	free := peopletest.Add(w.t, w.Env, t, peopletest.Person{Name: "字云开", Village: t.Village.ID, Branch: t.Branch.ID})
	w.name("free", free, t.Village.Path, t.Branch.Path)
	w.fillDoubles()
}

// fillDoubles adds people who look alike, two who were merged, one who was noted as away, households and a number.
func (w *world) fillDoubles() {
	t, area := w.tree, w.areas.People
	home := []string{t.Village.Path, t.Branch.Path}
	person := func(name, called string) people.PersonID {
		made := peopletest.Add(w.t, w.Env, t, peopletest.Person{Name: called, Village: t.Village.ID, Branch: t.Branch.ID})
		w.name(name, made, home...)
		return made
	}
	person("twin", "字同文")
	person("twin2", "字同文")
	w.longGone("longgone", "字久远", t.Village.ID)
	kept, gone := person("kept", "字合一"), person("gone", "字合二")
	wanderer := peopletest.Add(w.t, w.Env, t, peopletest.Person{Name: "字远行", Standing: people.Villager, Village: t.Village.ID, Site: t.Site.ID})
	w.name("wanderer", wanderer, append(t.Site.Paths(), t.Village.Path)...)
	w.do(func(tx *db.Tx) error {
		merged, err := area.Merge(tx, orgtest.By, people.MergeInput{Kept: kept, Gone: gone})
		if err != nil {
			return err
		}
		w.name("merge", merged.ID, home...)
		host := orgtest.As(access.Host, t.Site.Path)
		if _, err = people.NoteAway(tx, host, people.NoteAwayInput{Site: t.Site.ID, Person: wanderer, State: people.Away}); err != nil {
			return err
		}
		w.ids["away"] = wanderer.String() + "_" + tx.Today().String()
		house, err := people.AddHousehold(tx, orgtest.By, people.AddHouseholdInput{Village: t.Village.ID, Name: "字家", Persons: []people.PersonID{kept}})
		if err != nil {
			return err
		}
		w.name("house", house.ID, t.Village.Path)
		empty, err := people.AddHousehold(tx, orgtest.By, people.AddHouseholdInput{Village: t.Village.ID, Name: "空家"})
		if err != nil {
			return err
		}
		w.name("emptyhouse", empty.ID, t.Village.Path)
		if err := w.fillOffice(tx, "office", "member", t.Branch.ID); err != nil {
			return err
		}
		if err := w.fillHamlets(tx, "", "字家院", t.Village.ID, t.Village.Path); err != nil {
			return err
		}
		if err := w.fillLane(tx, "", "字家巷", t.Sister); err != nil {
			return err
		}
		_, err = area.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: parse[people.PersonID](w, "member"), Phone: "13987654321"})
		return err
	})
}

// longGone adds somebody who died long ago, as the county is asked to erase.
func (w *world) longGone(name, called string, village org.UnitID) {
	since := date.New(2010, 1, 1)
	made := peopletest.Add(w.t, w.Env, w.tree, peopletest.Person{Name: called, Village: village, Since: since})
	w.name(name, made)
	w.do(func(tx *db.Tx) error {
		_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: made, State: people.Dead, Since: since.AddDays(365)})
		return err
	})
}

// fillHamlets adds two villagers' groups to a village, one of them closed.
func (w *world) fillHamlets(tx *db.Tx, where, name string, village org.UnitID, path string) error {
	for _, kind := range []string{"hamlet", "closed"} {
		in := org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: name + kind, Parent: village}
		u, err := org.AddUnit(tx, orgtest.By, in)
		if err == nil && kind == "closed" {
			_, err = people.CloseUnit(tx, orgtest.By, org.ShutInput{ID: u.ID})
		}
		if err != nil {
			return err
		}
		w.name(where+kind, u.ID, path)
	}
	return nil
}

// fillLane adds a villagers' group to a school's village, which went onto the school's roster before one more moved in.
func (w *world) fillLane(tx *db.Tx, where, name string, site org.School) error {
	u, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: name, Parent: site.ParentID})
	if err != nil {
		return err
	}
	w.name(where+"lane", u.ID)
	for _, called := range []string{name + "甲", name + "乙"} {
		in := people.AddInput{Details: people.Details{Name: called, Village: site.ParentID, VillageGroup: u.ID}, Standing: people.Villager, Since: orgtest.LicensedOn}
		if _, err := people.Add(tx, orgtest.By, in); err != nil {
			return err
		}
		if strings.HasSuffix(called, "甲") {
			act, err := people.MoveGroup(tx, orgtest.By, people.GroupInput{Site: site.ID, Group: u.ID, Way: people.GoesOn})
			if err != nil {
				return err
			}
			w.name(where+"rosteract", act.ID)
		}
	}
	return nil
}

// fillOffice makes somebody a member of the committee of a branch.
func (w *world) fillOffice(tx *db.Tx, name, person string, branch org.UnitID) error {
	who := parse[people.PersonID](w, person)
	v, err := people.GiveOffice(tx, orgtest.By, people.GiveOfficeInput{Person: who, Unit: branch, Office: people.Committee, Since: orgtest.LicensedOn})
	if err == nil {
		w.name(name, v.Offices[0].ID)
	}
	return err
}

const (
	courseTitle, draftTitle, farTitle, hiddenTitle, publicTitle = "春茶采摘技术", "核桃嫁接初稿", "鲁史古道讲堂", "烟叶烘烤要点", "二十四节气与农事"
)

func (w *world) fillCourses() {
	t, e := w.tree, w.Env
	author := coursestest.Actor(w.t, e, access.Lecturer, t.Township.Path)
	reviewer := coursestest.Actor(w.t, e, access.Township, t.Township.Path)
	county := coursestest.Actor(w.t, e, access.County, t.County.Path)
	clerk2 := coursestest.Actor(w.t, e, access.Township, t.Township2.Path)
	lessons := func(v courses.View, names ...string) {
		for i, n := range names {
			w.name(n, v.Lessons[i].ID, v.Path)
			w.ids[n+".title"] = v.Lessons[i].Title
		}
	}
	course := coursestest.Reviewed(w.t, e, author, reviewer, t.Township.ID, courseTitle, "采摘一芽二叶", "摊青与杀青")
	w.name("course", course.ID, t.Township.Path)
	lessons(course, "lesson", "lesson2")
	w.film(author, reviewer, course.ID)

	draft := coursestest.Course(w.t, e, author, t.Township.ID, draftTitle, "选接穗", "削接口")
	w.name("draft", draft.ID, t.Township.Path)
	lessons(draft, "unreviewed", "unreviewed2")
	hidden := coursestest.Reviewed(w.t, e, author, reviewer, t.Township.ID, hiddenTitle, "装炉")
	w.name("hidden", hidden.ID, t.Township.Path)
	lessons(hidden, "unpublished")
	old := coursestest.Course(w.t, e, author, t.Township.ID, "旧课")
	w.name("archived", old.ID, t.Township.Path)
	w.do(func(tx *db.Tx) error {
		_, err := w.areas.Courses.Archive(tx, author, courses.ArchiveInput{ID: old.ID, Revision: old.Revision})
		return err
	})
	far := coursestest.Reviewed(w.t, e, clerk2, county, t.Township2.ID, farTitle, "茶马古道")
	w.name("farcourse", far.ID, t.Township2.Path)
	lessons(far, "farlesson")
	public := coursestest.Reviewed(w.t, e, county, reviewerOf(w, t.County.Path), t.County.ID, publicTitle, "惊蛰")
	w.name("public", public.ID, t.County.Path)
	lessons(public, "publiclesson")
	w.do(func(tx *db.Tx) error {
		_, err := w.areas.Courses.SetPublic(tx, county, courses.SetPublicInput{ID: public.ID, Revision: public.Revision, Public: true})
		return err
	})

	published := curriculatest.Published(w.t, e, reviewer, t.Township.ID, []courses.LessonID{parse[courses.LessonID](w, "lesson"), parse[courses.LessonID](w, "video")}, t.Site.ID)
	w.name("plan", published, t.Township.Path)
	plan := curriculatest.Draft(w.t, e, reviewer, t.Township.ID, []courses.LessonID{parse[courses.LessonID](w, "lesson"), parse[courses.LessonID](w, "lesson2")}, t.Site.ID, t.Sister.ID)
	w.name("planned", plan.ID, t.Township.Path)
	farPlan := curriculatest.Published(w.t, e, clerk2, t.Township2.ID, []courses.LessonID{parse[courses.LessonID](w, "farlesson")})
	w.name("farplan", farPlan, t.Township2.Path)
}

func reviewerOf(w *world, path string) access.Actor {
	return coursestest.Actor(w.t, w.Env, access.County, path)
}

// film adds a reviewed lesson with a video that plays.
func (w *world) film(author, reviewer access.Actor, course courses.CourseID) {
	var l courses.LessonView
	w.do(func(tx *db.Tx) (err error) {
		l, err = w.areas.Courses.AddLesson(tx, author, courses.AddLessonInput{
			Course: course, Title: "机采示范", Medium: courses.Video, Minutes: 1, Language: courses.Mandarin,
		})
		return err
	})
	file, err := os.ReadFile(filepath.Join("..", "media", "testdata", "plain.mp4"))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.areas.Library.Receive(w.t.Context(), author, l.ID, "plain.mp4", bytes.NewReader(file)); err != nil {
		w.t.Fatal(err)
	}
	w.do(func(tx *db.Tx) error {
		now, err := courses.GetLesson(tx, reviewer, courses.GetLessonInput{ID: l.ID})
		if err == nil {
			_, err = w.areas.Courses.Review(tx, reviewer, courses.ReviewInput{ID: l.ID, Revision: now.Revision})
		}
		return err
	})
	w.name("video", l.ID, w.tree.Township.Path)
	w.ids["video.title"] = l.Title
}

// parse reads a named ID back.
func parse[T any, P interface {
	*T
	UnmarshalText([]byte) error
}](w *world, name string) T {
	var v T
	if err := P(&v).UnmarshalText([]byte(w.ids[name])); err != nil {
		w.t.Fatalf("%s: %v", name, err)
	}
	return v
}

func (w *world) fillCalendar() {
	t, e := w.tree, w.Env
	calendartest.Rule(w.t, e, t.Township.ID, calendartest.OnDay(23))
	calendartest.Rule(w.t, e, t.Township2.ID, calendartest.OnDay(25))
	for name, s := range map[string]org.School{"day": t.Site, "sisterday": t.Sister, "farday": t.Far} {
		d := calendartest.Day(w.t, e, s.ID, date.Of(dbtest.Start).Month())
		w.name(name, d.ID, s.Paths()...)
		w.name(name+".session", d.SessionID)
		next := calendartest.Day(w.t, e, s.ID, date.Of(dbtest.Start).Month().Add(1))
		w.name(name+".next", next.ID, s.Paths()...)
	}
	w.do(func(tx *db.Tx) error {
		_, err := calendar.SetNotHeld(tx, orgtest.By, calendar.NotHeldInput{ID: parse[calendar.DayID](w, "sisterday"), Reason: calendar.Power})
		if err == nil {
			_, err = calendar.PutDay(tx, orgtest.By, calendar.PutDayInput{Day: date.New(2027, 2, 6), Kind: calendar.Holiday, Name: "春节"})
		}
		if err != nil {
			return err
		}
		village := orgtest.As(access.Village, t.Village.Path)
		if _, err := calendar.Cancel(tx, village, calendar.CancelInput{ID: parse[calendar.DayID](w, "sisterday.next"), Reason: calendar.FarmWork}); err != nil {
			return err
		}
		asked, err := calendar.Requests(tx, orgtest.By, calendar.RequestsInput{})
		if err != nil {
			return err
		}
		w.name("cancellation", asked.Items[0].ID, t.Sister.Paths()...)
		look := calendar.SetRuleInput{Unit: t.Township.ID, From: date.NewMonth(2026, 12), Kind: calendar.OnDay, Day: 5, Holiday: calendar.Keep}
		v, err := calendar.Preview(tx, orgtest.By, look)
		w.ids["rule.seen"] = v.Fingerprint
		return err
	})
}

func (w *world) fillSessions() {
	t, e, a := w.tree, w.Env, w.areas.Attendance
	open := func(name string, school org.School, on date.Date) attendance.SessionID {
		host := coursestest.Actor(w.t, e, access.Host, school.Path)
		var v attendance.SessionView
		w.do(func(tx *db.Tx) (err error) {
			v, err = a.Open(tx, host, attendance.OpenInput{Site: school.ID, HeldOn: on, Kinds: []attendance.Kind{attendance.PartyClass}})
			return err
		})
		w.name(name, v.ID, school.Paths()...)
		return v.ID
	}
	today := date.Of(dbtest.Start)
	submit := func(name, person string, school org.School) {
		session := open(name, school, today.AddDays(-3))
		host := coursestest.Actor(w.t, e, access.Host, school.Path)
		recorder := w.ids[person+".name"]
		for i, state := range []attendance.State{attendance.Present, attendance.Absent} { // two phones that disagree
			attendancetest.MustSubmit(w.t, e, a, host, attendance.SubmitInput{
				Session: session, Minutes: 90, Recorder: &recorder, Guests: []string{"字过客"}, Marks: attendancetest.All([]people.PersonID{parse[people.PersonID](w, person)}, state),
				Stamp: attendance.Stamp{Device: name + string(rune('a'+i)), Seq: 1},
			})
		}
	}
	submit("done", "member", t.Site)
	submit("sisterdone", "sisterman", t.Sister)
	submit("fardone", "farman", t.Far)
	w.Env.See(w.t, func(tx *db.Tx) error {
		var guest attendance.GuestID
		err := tx.Raw("SELECT id FROM guests WHERE session_id = ?", parse[attendance.SessionID](w, "done")).Row().Scan(&guest)
		w.name("guest", guest, t.Site.Paths()...)
		return err
	})
	open("open", t.Site, today)
	open("mistaken", t.Site, today.AddDays(-1))
	open("faropen", t.Far, today)
}

const noticeTitle, farNoticeTitle, withdrawnTitle = "冬季学习提醒", "鲁史镇冬训提醒", "撤回的通知"

func (w *world) fillService() {
	t, a := w.tree, w.areas.Service
	county := coursestest.Actor(w.t, w.Env, access.County, t.County.Path)
	w.do(func(tx *db.Tx) error {
		for name, text := range map[string]string{"asked": "字太小了，老人看不清。", "answered": "想看手机上的字幕。"} {
			sent, err := a.Send(tx, access.Visitor(), service.SendInput{Text: text, Page: "/catalogue"})
			if err != nil {
				return err
			}
			f, err := a.Find(tx, county, service.FindInput(sent))
			if err != nil {
				return err
			}
			w.name(name, f.ID)
			w.ids[name+".code"] = f.Code
			if name == "answered" {
				if _, err = a.Answer(tx, county, service.AnswerInput{ID: f.ID, Answer: "下个月加上。"}); err != nil {
					return err
				}
			}
		}
		for name, n := range map[string]struct {
			unit  org.UnitView
			title string
		}{"notice": {t.Township, noticeTitle}, "farnotice": {t.Township2, farNoticeTitle}, "withdrawn": {t.Township, withdrawnTitle}} {
			v, err := a.Publish(tx, county, service.PublishInput{Unit: n.unit.ID, Title: n.title, Body: "请按时参加。"})
			if err == nil && name == "withdrawn" {
				_, err = a.Withdraw(tx, county, service.NoticeInput{ID: v.ID})
			}
			if err != nil {
				return err
			}
			w.name(name, v.ID, n.unit.Path)
		}
		return nil
	})
}

func (w *world) fillAccounts() {
	t := w.tree
	for name, site := range map[string]org.School{"account": t.Site, "faraccount": t.Far} {
		by := accountstest.As(w.t, w.Env, access.Trainee, org.SiteUnit(site.ID))
		var v accounts.View
		w.Env.See(w.t, func(tx *db.Tx) (err error) {
			v, err = accounts.Get(tx, orgtest.By, accounts.AccountInput{ID: by.Account})
			return err
		})
		w.name(name, v.ID, site.Path)
		w.ids[name+".username"] = v.Username
		w.name(name+".grant", v.Grants[0].ID)
	}
	run := runs.NewID()
	w.do(func(tx *db.Tx) error {
		lease, _, err := runs.Acquire(tx, "retention", "test", time.Minute)
		if err != nil {
			return err
		}
		r, err := runs.Begin(tx, lease, runs.Asked{ID: run, Due: tx.Now, ByHand: true})
		if err == nil {
			err = runs.Finish(tx, r, "nothing to drop")
		}
		if err == nil {
			err = runs.Release(tx, lease)
		}
		return err
	})
	w.name("run", run)
	w.ids["nobody"] = id.Random[world]().String()
}

// fillSlips makes a slip for somebody at Site who has not been in yet, by the clerk, who alone sees it again.
func (w *world) fillSlips() {
	clerk, accountant := w.who("township inside").actor, w.areas.Accounts
	newcomer := accountstest.As(w.t, w.Env, access.Trainee, org.SiteUnit(w.tree.Site.ID))
	w.name("newcomer", newcomer.Account)
	w.do(func(tx *db.Tx) error {
		batch, err := accountant.MakeSlips(tx, clerk, accounts.SlipsInput{Accounts: []accounts.AccountID{newcomer.Account}})
		if err != nil {
			return err
		}
		w.name("batch", batch.ID)
		slips, err := accountant.Slips(tx, clerk, accounts.BatchInput{ID: batch.ID})
		if err == nil {
			w.ids["batch.code"] = slips.Items[0].Code
		}
		return err
	})
}

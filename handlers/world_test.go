package handlers_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"huotang/handlers"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/jobs"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/progress"
	"huotang/models/runs"
	"huotang/models/service"
	"huotang/models/videos"
)

// world is a small county with something of everything in it, behind every page and endpoint that there is. What
// stands inside is in 凤山镇 at the school Site; Far stands for the other township.
type world struct {
	*webtest.Site
	t       testing.TB
	handler http.Handler
	areas   handlers.Areas
	tree    orgtest.Tree
	seats   []*seat
	ids     map[string]string // what a row or a case calls "{site}", "{lesson}" …
	objects map[string][]string
	asked   int
	watch   *sql.Conn // reads how often others have written
	copy    string    // of the SQLite file as it was when everything stood
}

// password lets the seats sign in by themselves, and gives their user names.
func (w *world) password(names ...string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, n := range names {
		out[n] = accountstest.SetPassword(w.t, w.Env, w.areas.Accounts, w.who(n).actor.Account, accountstest.Password)
	}
	w.keep()
	return out
}

// seat is somebody who asks: an account with one role, inside where it sees Site or outside where it does not.
type seat struct {
	name   string
	role   access.Role
	inside bool
	actor  access.Actor
	cookie string
	ids    map[string]string // his own: {sign_in}
}

// newWorld builds it in an empty database.
func newWorld(t testing.TB, e *dbtest.Env) *world {
	t.Helper()
	return configured(t, e, web.Config{BaseURL: "http://127.0.0.1", Version: "test"})
}

func configured(t testing.TB, e *dbtest.Env, cfg web.Config) *world {
	t.Helper()
	w := &world{t: t, ids: map[string]string{}, objects: map[string][]string{}}
	store, err := media.OpenDisk(t.TempDir(), e.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	w.areas = handlers.Areas{
		Accounts: accounts.New(bytes.Repeat([]byte{7}, 32)), Courses: courses.New(), Curricula: curricula.New(), Attendance: attendance.New(),
		Service: service.New(), Library: &media.Library{DB: e.DB, Store: store, Limit: 4 << 20},
		Jobs: jobs.New(e.DB, log, "test", e.Clock.Now),
	}
	w.areas.Courses.OnReview(videos.BeforeReview)
	w.areas.Attendance.OnSubmitted(progress.Credit)
	if err := w.areas.Jobs.Add(jobs.CalendarPlan(), jobs.Housekeeping()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.areas.Jobs.Stop(context.Background()) })
	w.Site = webtest.Config(t, e, cfg, func(p *web.Pages, _ *web.API) { handlers.New(p.App(), w.areas) })
	w.handler = w.App.Handler()
	w.fill()
	w.sit()
	w.keep()
	return w
}

func (w *world) keep() {
	if w.Env.Name != "sqlite" {
		return
	}
	if w.watch == nil {
		file, err := sql.Open("sqlite3", "file:"+w.Env.Conf.Path)
		if err == nil {
			w.watch, err = file.Conn(w.t.Context())
		}
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(func() { _ = w.watch.Close(); _ = file.Close() })
	}
	w.copy = filepath.Join(w.t.TempDir(), "kept.db")
	w.raw(func(c driver.Conn) error { return c.Raw().Backup("main", "file:"+w.copy) })
}

// reset makes the database what it was when the world was built.
func (w *world) reset() {
	w.t.Helper()
	w.raw(func(c driver.Conn) error { return c.Raw().Restore("main", "file:"+w.copy) })
}

func (w *world) raw(do func(driver.Conn) error) {
	w.t.Helper()
	if err := w.watch.Raw(func(c any) error { return do(c.(driver.Conn)) }); err != nil {
		w.t.Fatal(err)
	}
}

// name gives an ID a name, and the object's paths, for rows.
func (w *world) name(name string, id interface{ String() string }, paths ...string) {
	w.ids[name] = id.String()
	if len(paths) > 0 {
		w.objects[name] = paths
	}
}

func (w *world) do(fn func(tx *db.Tx) error) { w.t.Helper(); w.Env.Do(w.t, fn) }

func (w *world) fill() {
	w.t.Helper()
	w.tree = orgtest.County(w.t, w.Env)
	tree := w.tree
	for name, u := range map[string]org.UnitView{
		"county": tree.County, "township": tree.Township, "township2": tree.Township2, "village": tree.Village, "village2": tree.Village2,
		"village3": tree.Village3, "committee": tree.Committee, "branch": tree.Branch, "branch2": tree.Branch2, "group": tree.Group,
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
	w.fillSessions()
	w.fillService()
	w.fillAccounts()
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
		w.name(name, made, append(site.Paths(), site.Path)...)
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
				Session: session, Minutes: 90, Recorder: &recorder, Marks: attendancetest.All([]people.PersonID{parse[people.PersonID](w, person)}, state),
				Stamp: attendance.Stamp{Device: name + string(rune('a'+i)), Seq: 1},
			})
		}
	}
	submit("done", "member", t.Site)
	submit("sisterdone", "sisterman", t.Sister)
	submit("fardone", "farman", t.Far)
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
			f, err := a.Find(tx, county, service.FindInput{Code: sent.Code})
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
		lease, _, err := runs.Acquire(tx, "housekeeping", "test", time.Minute)
		if err != nil {
			return err
		}
		r, err := runs.Begin(tx, lease, run, tx.Now, true)
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

// sit makes the accounts that ask, and signs each in.
func (w *world) sit() {
	add := func(where string, inside bool, seats []orgtest.Seat) {
		for _, s := range seats {
			w.seat(&seat{name: string(s.Role) + " " + where, role: s.Role, inside: inside, actor: w.account(s, inside)})
		}
	}
	add("inside", true, w.tree.Inside())
	add("outside", false, w.tree.Outside())
	var bare accounts.View
	w.do(func(tx *db.Tx) (err error) {
		bare, err = accounts.Add(tx, orgtest.By, accounts.AddInput{Username: "bare", Name: "没有职务"})
		return err
	})
	w.seat(&seat{name: "nobody in particular", actor: access.New(bare.ID, access.PersonID{}, bare.Name, nil)})
	w.seats = append(w.seats, &seat{name: "visitor", actor: access.Visitor(), role: access.Public, ids: map[string]string{"sign_in": id.Random[world]().String()}})
}

// account makes the account of a seat; hosts, secretaries and trainees are people of the rosters.
func (w *world) account(s orgtest.Seat, inside bool) access.Actor {
	var unit org.Unit
	w.Env.See(w.t, func(tx *db.Tx) (err error) {
		unit, err = db.One[org.Unit](tx.Where("path = ?", s.Path), "org.unit_missing")
		return err
	})
	who := map[bool]map[access.Role]string{
		true: {access.Host: "member", access.Trainee: "member2"}, false: {access.Host: "farman"},
	}[inside][s.Role]
	var person access.PersonID
	if who != "" {
		person = parse[access.PersonID](w, who)
	}
	return accountstest.Of(w.t, w.Env, person, s.Role, unit.ID)
}

func (w *world) seat(s *seat) {
	w.t.Helper()
	a := w.as(nil, http.MethodPost, "/test/sign-in", "account="+s.actor.Account.String())
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "huotang" {
			s.cookie = c.Name + "=" + c.Value
		}
	}
	if s.cookie == "" {
		w.t.Fatalf("%s: no sign-in: %d %s", s.name, a.status, a.body)
	}
	w.Env.See(w.t, func(tx *db.Tx) error {
		list, err := accounts.SignIns(tx, s.actor, accounts.SignInsInput{})
		if err == nil {
			s.ids = map[string]string{"sign_in": list.Items[0].ID.String()}
		}
		return err
	})
	w.seats = append(w.seats, s)
}

// who finds a seat by its name.
func (w *world) who(name string) *seat {
	w.t.Helper()
	for _, s := range w.seats {
		if s.name == name {
			return s
		}
	}
	w.t.Fatalf("nobody is %q", name)
	return nil
}

// expand puts IDs in the place of their names: "/sites/{site}".
func (w *world) expand(s string) string {
	for strings.Contains(s, "{") {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s[i:], '}')
		name := s[i+1 : max(i+j, i+1)]
		v, ok := w.ids[name]
		if j < 0 || !ok { // JSON has braces, too
			rest := w.expand(s[i+1:])
			return s[:i+1] + rest
		}
		s = s[:i] + v + s[i+j+1:]
	}
	return s
}

// answer is what came back, without following redirects.
type answer struct {
	status int
	header http.Header
	body   string
	wrote  bool // something was committed
}

// as asks as somebody, nil for a visitor. A body that begins with { is JSON, any other a form.
func (w *world) as(s *seat, method, path, body string, headers ...string) answer {
	w.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req := httptest.NewRequestWithContext(w.t.Context(), method, "http://127.0.0.1"+path, in)
	switch {
	case strings.HasPrefix(body, "{") || strings.HasPrefix(path, "/api/") && body != "":
		req.Header.Set("Content-Type", "application/json")
	case body != "":
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s != nil && s.cookie != "" {
		req.Header.Set("Cookie", s.cookie)
	}
	req.RemoteAddr = fmt.Sprintf("10.0.%d.%d:4000", w.asked>>8&255, w.asked&255) // everybody from an address of his own
	w.asked++
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	return answer{status: rec.Code, header: rec.Header(), body: rec.Body.String()}
}

// commits is a number that changes with every commit that wrote something to the SQLite file.
func (w *world) commits() int {
	w.t.Helper()
	if w.watch == nil {
		return 0
	}
	var n int
	if err := w.watch.QueryRowContext(w.t.Context(), "PRAGMA data_version").Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// tables gives a text for the whole content of each table, by name.
func (w *world) tables() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	w.Env.See(w.t, func(tx *db.Tx) error {
		var names []string
		query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
		if tx.Driver() == db.MySQL {
			query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
		}
		if err := tx.Raw(query).Scan(&names).Error; err != nil {
			return err
		}
		for _, n := range names {
			rows, err := tx.Raw("SELECT * FROM `" + n + "`").Rows()
			if err != nil {
				return err
			}
			if out[n], err = dump(rows); err != nil {
				return err
			}
		}
		return nil
	})
	return out
}

// dump writes every row as text, in an order that does not depend on the database's.
func dump(rows *sql.Rows) (string, error) {
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		var b strings.Builder
		for i, v := range values {
			fmt.Fprintf(&b, "%s=%x ", columns[i], fmt.Sprint(v))
		}
		lines = append(lines, b.String())
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n"), rows.Err()
}

// differing names the tables that are not the same.
func differing(before, after map[string]string) []string {
	var out []string
	for n, v := range after {
		if before[n] != v {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// form writes the fields of a form from pairs, IDs by their names: "a=1&b={site}".
func (w *world) form(body string) string {
	if body == "" || strings.HasPrefix(body, "{") {
		return w.expand(body)
	}
	v := url.Values{}
	for pair := range strings.SplitSeq(w.expand(body), "&") {
		name, value, _ := strings.Cut(pair, "=")
		v.Add(name, value)
	}
	return v.Encode()
}

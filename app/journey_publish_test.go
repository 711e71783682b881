package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/videos"
)

// video is a real one: H.264 with AAC, some seconds long.
const video = "demo/videos/01-tea.mp4"

// A clerk writes a course with a video, a colleague reviews it, and it goes to the schools it is for, and to no others.
func TestJourneyPublish(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 1)
		clerk, reviewer := h.desk(t, c.clerk), h.desk(t, c.reviewer)
		writeCourse(t, clerk)
		reviewCourse(clerk, reviewer)

		publishToOne(clerk)
		host, sister, far := h.phone(t, c.host), h.phone(t, c.sister), h.phone(t, c.far)
		lesson := seesLesson(host)
		seesNothing(sister, lesson)
		seesNothing(far, lesson)

		clerk.Tap("选学校")
		clerk.Choose("凤山镇全部学校，现在3所")
		clerk.Tap("存好")
		clerk.See("和第1版比，改了什么", "也发给", "不再发给")
		clerk.Tap("发给3所")
		clerk.Fill("告诉户主改了什么", "现在全镇都学。")
		clerk.Tap("发给3所")
		clerk.See("这是第2版，3所学校看得到")
		seesLesson(sister)
		seesNothing(far, lesson)

		afterwards(t, h, c, lesson)
		seesNothing(h.phone(t, c.neighbour), lesson)
		for _, p := range []*browsertest.Person{clerk, reviewer, host, sister, far} {
			p.NoSideScroll()
			p.Axe()
			h.settled(p)
		}
	})
}

// publishToOne plans the lesson and sends the plan to the first school.
func publishToOne(clerk *browsertest.Person) {
	clerk.Open("/curricula")
	clerk.Tap("新安排")
	clerk.Has("名称", "凤山镇2026年家庭党校学习安排")
	clerk.Tap("存好，接着排课")
	clerk.Tap("加一课")
	clerk.Fill("哪个月学", "11月")
	clerk.Choose("必修")
	clerk.Choose("春茶第一锄")
	clerk.Tap("加进去")
	clerk.Tap("回到安排")
	clerk.Tap("选学校")
	clerk.Choose("只发给几所")
	clerk.Choose("安石村王家院家庭党校")
	clerk.Tap("存好")
	clerk.Tap("发给1所")
	clerk.See("第一次发，都是新的")
	clerk.Tap("发给1所")
	clerk.See("发出去了。这是第1版，1所学校看得到。")
}

// writeCourse makes a course with a lesson and its video, after a file that is none was refused.
func writeCourse(t *testing.T, clerk *browsertest.Person) {
	writeLesson(t, clerk)
	clerk.Attach("视频文件", absolute(t, video))
	clerk.Slow(150 << 10)
	clerk.Tap("传上去")
	clerk.See("大约还要") // progress while it goes
	clerk.See("春茶第一锄", "视频已传", "等审核")
	clerk.Slow(0)
}

// writeLesson makes a course with a lesson that waits for its video.
func writeLesson(t *testing.T, clerk *browsertest.Person) {
	clerk.Open("/courses")
	clerk.Tap("新课程")
	clerk.Fill("课程名", "春茶管理")
	clerk.Fill("属于哪一项", "知识技能")
	clerk.Fill("一句话说讲什么", "采茶以前要做的三件事。")
	clerk.Fill("讲师", "茶文光")
	clerk.Tap("存好，接着加课")
	clerk.See("课程建好了")
	clerk.Tap("加一节课")
	clerk.Fill("这节课叫什么", "春茶第一锄")
	clerk.Choose("视频(传上来)")
	clerk.Fill("多少分钟", "30")
	clerk.Fill("说什么话", "本地话")
	clerk.Tap("存好")
	clerk.See("现在把视频传上来")

	fake := filepath.Join(t.TempDir(), "假视频.mp4")
	if err := os.WriteFile(fake, []byte("这不是视频，只是文字。"), 0o600); err != nil {
		t.Fatal(err)
	}
	clerk.Attach("视频文件", fake)
	clerk.Tap("传上去")
	clerk.See("这不是MP4视频。请在电脑上另存为MP4再传。")
}

// reviewCourse has a colleague look at the video and agree.
func reviewCourse(clerk, reviewer *browsertest.Person) {
	reviewer.Open("/courses")
	reviewer.Tap("等我审的")
	reviewer.Tap("春茶第一锄")
	reviewer.Tap("播放")
	reviewer.Watch("play", func(v browsertest.Video) bool { return v.At > 0.3 && v.Error == "" })
	reviewer.Tap("同意")
	reviewer.See("审好了，可以发布了")
	clerk.Open("/courses")
	clerk.In("春茶管理").See("已审核")
}

// seesLesson goes from the catalogue to the lesson, plays it, and gives its address.
func seesLesson(p *browsertest.Person) string {
	p.Open("/catalogue")
	p.In("春茶第一锄").See("必修", "30分钟", "本地话")
	p.Fill("找课程", "ccgl")
	p.Tap("找")
	p.Tap("春茶第一锄")
	p.At("/catalogue/lessons/*")
	p.Tap("播放")
	p.Watch("play", func(v browsertest.Video) bool { return v.At > 0.3 && v.Error == "" })
	return p.Path()
}

// seesNothing looks in the catalogue, by search and at the lesson's own addresses.
func seesNothing(p *browsertest.Person, lesson string) {
	p.Open("/catalogue")
	p.See("还没有发给您的课")
	p.Open("/catalogue?q=ccgl")
	p.NotSee("春茶")
	p.Open(lesson)
	p.WantStatus(404)
	p.See("没有找到，或者不归您管")
	p.Open("/lessons/" + strings.TrimPrefix(lesson, "/catalogue/lessons/") + "/play")
	p.WantStatus(404)
}

// afterwards the county licenses a school, which sees what its township has published, and revokes another.
func afterwards(t *testing.T, h *place, c *county, lesson string) {
	office := h.desk(t, c.office)
	office.Open("/sites")
	office.Tap("新授牌一所")
	office.Fill("村", "大寺村")
	office.Fill("校名", "大寺村新院家庭党校")
	office.Tap("授牌")
	office.See("学校加好了")
	var added org.SiteID
	if err := added.UnmarshalText([]byte(strings.TrimPrefix(office.Path(), "/sites/"))); err != nil {
		t.Fatal(err)
	}
	later := h.phone(t, c.account(t, h, access.Host, org.SiteUnit(added), access.PersonID{}))
	if got := seesLesson(later); got != lesson {
		t.Errorf("the new school sees %s, want %s", got, lesson)
	}
	office.Open("/sites/" + c.Neighbour.ID.String())
	office.Tap("改授牌状态")
	office.Choose("摘牌")
	office.Fill("说明", "户主搬走")
	office.Tap("记下")
	office.See("授牌状态记好了")
	h.settled(office)
}

func absolute(t testing.TB, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// The same through the API, and who may not see it: a sister school, another township, a school revoked.
func TestJourneyPublishByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 1)
		p := &publisher{t: t, h: h, c: c, clerk: h.client(t, c.clerk), reviewer: h.client(t, c.reviewer)}
		p.write()
		p.upload()
		p.review()
		p.plan()

		readers := map[string]*client{}
		for _, name := range []string{c.host, c.trainee, c.sister, c.neighbour, c.far, c.farClerk, c.office, c.auditor} {
			readers[name] = h.client(t, name)
		}
		p.publish(map[string]any{"sites": []org.SiteID{c.Site.ID}}, 1)
		p.seenBy(readers, c.host, c.trainee, c.office, c.auditor)

		p.publish(map[string]any{"all": true}, 3)
		p.seenBy(readers, c.host, c.trainee, c.sister, c.neighbour, c.office, c.auditor)
		p.changes()

		office := readers[c.office]
		added := send[org.SiteView](t, office, "POST", "/sites", map[string]any{
			"village": c.Village2.ID, "name": "大寺村新院家庭党校", "licensed_on": "2026-11-23", "address": "新院",
		})
		later := c.account(t, h, access.Host, org.SiteUnit(added.ID), access.PersonID{})
		readers[later] = h.client(t, later)
		send[any](t, office, "POST", "/sites/"+c.Neighbour.ID.String()+"/licence", map[string]any{"state": "revoked", "note": "户主搬走"})
		p.seenBy(readers, c.host, c.trainee, c.sister, later, c.office, c.auditor)

		p.edit()
		for _, who := range []string{c.host, c.sister} {
			refused(t, readers[who], "GET", "/lessons/"+p.lesson.ID.String(), nil, 403, "curricula.in_review")
			p.plays(readers[who], 403)
		}
		p.review()
		p.seenBy(readers, c.host, c.trainee, c.sister, later, c.office, c.auditor)
	})
}

// publisher is a clerk with a colleague and what they make.
type publisher struct {
	t               *testing.T
	h               *place
	c               *county
	clerk, reviewer *client
	course          courses.View
	lesson, talk    courses.LessonView
	current         curricula.View
}

func (p *publisher) write() {
	p.course = send[courses.View](p.t, p.clerk, "POST", "/courses", map[string]any{
		"task": "skills", "title": "春茶管理", "summary": "采茶以前要做的三件事。", "lecturer": "茶文光",
	})
	at := "/courses/" + p.course.ID.String() + "/lessons"
	p.lesson = send[courses.LessonView](p.t, p.clerk, "POST", at, map[string]any{
		"title": "春茶第一锄", "medium": "video", "minutes": 30, "language": "dialect",
	})
	p.talk = send[courses.LessonView](p.t, p.clerk, "POST", at, map[string]any{
		"title": "施肥要趁早", "medium": "talk", "minutes": 20, "language": "mandarin",
	})
	send[any](p.t, p.clerk, "POST", "/courses/"+p.course.ID.String()+"/order", map[string]any{
		"revision": get[courses.View](p.t, p.clerk, "/courses/"+p.course.ID.String()).Revision,
		"lessons":  []courses.LessonID{p.talk.ID, p.lesson.ID},
	})
}

func (p *publisher) upload() {
	to := "/api/v1/lessons/" + p.lesson.ID.String() + "/video?name=%E8%8C%B6.mp4"
	text := p.clerk.do("PUT", to, "video/mp4", strings.NewReader("这不是视频，只是文字。"))
	if problem := wantProblem(p.t, text, 422, "input.invalid"); len(problem.Errors) != 1 || problem.Errors[0].Code != "videos.not_mp4" {
		p.t.Errorf("a text file named .mp4: %+v", problem)
	}
	wantProblem(p.t, p.h.client(p.t, p.c.farClerk).do("PUT", to, "video/mp4", bytes.NewReader(videoFile(p.t))), 404, "access.not_found")
	got := decode[videos.View](p.t, p.clerk.do("PUT", to, "video/mp4", bytes.NewReader(videoFile(p.t))))
	if got.Width == 0 || got.Bytes == 0 {
		p.t.Errorf("the video is %+v", got)
	}
}

func (p *publisher) review() {
	p.t.Helper()
	at := "/courses/" + p.course.ID.String()
	for _, l := range get[curricula.Course](p.t, p.clerk, at).Lessons {
		path := "/lessons/" + l.ID.String() + "/review"
		if l.Reviewed {
			continue
		}
		refused(p.t, p.clerk, "POST", path, map[string]any{"revision": l.Revision}, 403, "courses.review_own")
		send[any](p.t, p.reviewer, "POST", path, map[string]any{"revision": l.Revision})
	}
}

// edit changes the lesson, which withdraws its review.
func (p *publisher) edit() {
	path := "/lessons/" + p.lesson.ID.String()
	now := get[curricula.LessonDetail](p.t, p.clerk, path)
	l := send[courses.LessonView](p.t, p.clerk, "PUT", path, map[string]any{
		"revision": now.Revision, "title": "春茶第一锄", "medium": "video", "minutes": 31, "language": "dialect",
	})
	if l.Reviewed {
		p.t.Error("an edit left the review standing")
	}
}

func (p *publisher) plan() {
	p.current = send[curricula.View](p.t, p.clerk, "POST", "/curricula", map[string]any{"year": 2026, "title": "凤山镇2026年学习安排"})
	at := "/curricula/" + p.current.ID.String()
	fresh := send[courses.LessonView](p.t, p.clerk, "POST", "/courses/"+p.course.ID.String()+"/lessons", map[string]any{
		"title": "还没审的课", "medium": "disc", "minutes": 10, "language": "mandarin",
	})
	items := []map[string]any{
		{"lesson": p.lesson.ID, "month": "2026-11", "required": true}, {"lesson": p.talk.ID, "month": "2026-12", "required": false},
	}
	p.current = send[curricula.View](p.t, p.clerk, "PUT", at+"/items", map[string]any{
		"revision": p.current.Revision, "items": append(items, map[string]any{"lesson": fresh.ID, "month": "2026-12"}),
	})
	problem := refused(p.t, p.clerk, "POST", at+"/publish", map[string]any{"revision": p.current.Revision}, 422, "input.invalid")
	if len(problem.Errors) != 1 || problem.Errors[0].Code != "curricula.lesson_unreviewed" {
		p.t.Errorf("publishing an unreviewed lesson: %+v", problem)
	}
	p.current = send[curricula.View](p.t, p.clerk, "PUT", at+"/items", map[string]any{"revision": p.current.Revision, "items": items})
	refused(p.t, p.clerk, "PUT", at+"/audience", map[string]any{
		"revision": p.current.Revision, "sites": []org.SiteID{p.c.Far.ID},
	}, 422, "input.invalid")
}

// publish sends the plan to an audience of so many schools.
func (p *publisher) publish(audience map[string]any, schools int) {
	p.t.Helper()
	at := "/curricula/" + p.current.ID.String()
	audience["revision"] = get[curricula.View](p.t, p.clerk, at).Revision
	p.current = send[curricula.View](p.t, p.clerk, "PUT", at+"/audience", audience)
	got := send[curricula.Published](p.t, p.clerk, "POST", at+"/publish", map[string]any{"revision": p.current.Revision})
	if got.Schools != schools {
		p.t.Errorf("published to %d schools, want %d", got.Schools, schools)
	}
}

// changes checks what the second version says of the first.
func (p *publisher) changes() {
	d := get[curricula.Diff](p.t, p.clerk, "/curricula/"+p.current.ID.String()+"/versions/2/diff")
	if len(d.AudienceAdded) != 1 || !d.AudienceAdded[0].All || len(d.AudienceRemoved) != 1 || len(d.Added) != 0 {
		p.t.Errorf("what version 2 changes: %+v", d)
	}
}

// seenBy checks every reader at every door: the list, the search in Chinese, pinyin and initials, the course, the lesson,
// the address that plays it.
func (p *publisher) seenBy(readers map[string]*client, may ...string) {
	p.t.Helper()
	for name, r := range readers {
		sees := slices.Contains(may, name)
		for _, path := range []string{"/courses", "/catalogue", "/courses?q=春茶", "/courses?q=chuncha", "/courses?q=ccgl", "/catalogue?q=diyichu"} {
			found := slices.ContainsFunc(get[db.Page[curricula.Course]](p.t, r, path).Items, func(c curricula.Course) bool { return c.ID == p.course.ID })
			if found != sees {
				p.t.Errorf("%s finds the course by %s: %v, want %v", name, path, found, sees)
			}
		}
		for _, path := range []string{"/courses/" + p.course.ID.String(), "/lessons/" + p.lesson.ID.String(), "/lessons/" + p.lesson.ID.String() + "/video"} {
			if sees {
				get[any](p.t, r, path)
				continue
			}
			refused(p.t, r, "GET", path, nil, 404, "access.not_found")
		}
		p.plays(r, map[bool]int{true: 206, false: 404}[sees])
	}
	p.plays(p.h.visitor(p.t), 401)
}

// plays asks for the first bytes at the address that plays the lesson. With an S3 store they come from there.
func (p *publisher) plays(r *client, status int) {
	p.t.Helper()
	got := r.do("GET", "/lessons/"+p.lesson.ID.String()+"/play", "", nil, "Range", "bytes=0-99")
	if p.h.store != "" && status == 206 {
		to := got.Header.Get("Location")
		if got.StatusCode != 302 || !strings.HasPrefix(to, p.h.store+"/") {
			p.t.Errorf("playing leads to %d %q, want the store", got.StatusCode, to)
			return
		}
		got = r.do("GET", to, "", nil, "Range", "bytes=0-99")
	}
	if status == 401 && got.StatusCode == 303 { // a page asks to sign in
		return
	}
	if got.StatusCode != status || status == 206 && (len(got.Body) != 100 || got.Header.Get("Content-Type") != "video/mp4") {
		p.t.Errorf("playing: %d with %d bytes of %s, want %d", got.StatusCode, len(got.Body), got.Header.Get("Content-Type"), status)
	}
}

func videoFile(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(video)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

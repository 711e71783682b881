package videos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"huotang/handlers/videos"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/media"
	"huotang/media/mediatest"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula/curriculatest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	model "huotang/models/videos"
)

// limit of one video on the test's site.
const limit = 1 << 20

// house is a site with a township's course: a lesson that wants a video, and a talk.
type house struct {
	*dbtest.Env
	orgtest.Tree
	site            *webtest.Site
	lib             *media.Library
	clerk, reviewer access.Actor // both of the township
	course          courses.CourseID
	lesson, talk    courses.LessonID
}

// each runs fn with a folder on every database, and with an S3 server on SQLite and MySQL.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		t.Run("disk", func(t *testing.T) { fn(t, open(t, e, disk(t))) })
	})
	t.Run("s3", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, open(t, e, mediatest.S3(t))) })
	})
}

func disk(t *testing.T) media.Store {
	t.Helper()
	s, err := media.OpenDisk(t.TempDir(), dbtest.NewClock(dbtest.Start).Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t *testing.T, e *dbtest.Env, store media.Store) *house {
	t.Helper()
	h := &house{Env: e, Tree: orgtest.County(t, e), lib: &media.Library{DB: e.DB, Store: store, Limit: limit, Temp: t.TempDir()}}
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { videos.Mount(p, api, h.lib) })
	h.clerk = coursestest.Actor(t, e, access.Township, h.Township.Path)
	h.reviewer = coursestest.Actor(t, e, access.Township, h.Township.Path)
	c := coursestest.Course(t, e, h.clerk, h.Township.ID, "春茶管理", "讲一讲")
	h.course, h.talk = c.ID, c.Lessons[0].ID
	e.Do(t, func(tx *db.Tx) error {
		l, err := courses.New().AddLesson(tx, h.clerk, courses.AddLessonInput{
			Course: c.ID, Title: "采摘", Medium: courses.Video, Minutes: 20, Language: courses.Dialect,
		})
		h.lesson = l.ID
		return err
	})
	return h
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../media/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shown is the lesson's video; zero while it has none.
func (h *house) shown(t *testing.T) model.View {
	t.Helper()
	var all map[courses.LessonID]model.View
	h.See(t, func(tx *db.Tx) (err error) {
		all, err = model.OfLessons(tx, []courses.LessonID{h.lesson})
		return err
	})
	return all[h.lesson]
}

// upload stores a video for the lesson, past the pages.
func (h *house) upload(t *testing.T) model.View {
	t.Helper()
	v, err := h.lib.Receive(context.Background(), h.clerk, h.lesson, "采茶.mp4", bytes.NewReader(file(t, "plain.mp4")))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// publish reviews the course and publishes the lesson to Site alone.
func (h *house) publish(t *testing.T) {
	t.Helper()
	coursestest.Review(t, h.Env, h.reviewer, h.course)
	curriculatest.Published(t, h.Env, h.clerk, h.Township.ID, []courses.LessonID{h.lesson}, h.Site.ID)
}

// client is a browser that follows no redirect, so that each answer is seen.
type client struct {
	t    *testing.T
	http *http.Client
	url  string
}

func (h *house) visitor(t *testing.T) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, h.site.URL}
}

func (h *house) as(t *testing.T, by access.Actor) *client {
	t.Helper()
	c := h.visitor(t)
	form := url.Values{"account": {by.Account.String()}}.Encode()
	if got := c.do(http.MethodPost, "/test/sign-in", strings.NewReader(form), "Content-Type", "application/x-www-form-urlencoded"); got.status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", got.status)
	}
	return c
}

// seat is a browser of somebody with the role on the unit.
func (h *house) seat(t *testing.T, role access.Role, path string) *client {
	t.Helper()
	return h.as(t, coursestest.Actor(t, h.Env, role, path))
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// text is the words of a page.
func (a answer) text(t *testing.T) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

// code is that of a problem.
func (a answer) code() string {
	var p struct {
		Code   string `json:"code"`
		Errors []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	if json.Unmarshal(a.body, &p) != nil || len(p.Errors) == 0 {
		return p.Code
	}
	return p.Errors[0].Code
}

func (c *client) do(method, path string, body io.Reader, header ...string) answer {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, data}
}

func (c *client) get(path string, header ...string) answer {
	c.t.Helper()
	return c.do(http.MethodGet, path, nil, header...)
}

// send posts the upload form with a file; an empty name is a form in which none was chosen.
func (c *client) send(path, name string, data []byte) answer {
	c.t.Helper()
	body, kind := form(c.t, name, data)
	return c.do(http.MethodPost, path, body, "Content-Type", kind)
}

func form(t *testing.T, name string, data []byte) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("form_id", "3a7e8f1e-8a32-4d3c-9a52-0d7f0f6f8a11"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

package videos_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"huotang/handlers/videos"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	model "huotang/models/videos"
)

func TestUploadForm(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := "/lessons/" + h.lesson.String() + "/video"
		clerk := h.as(t, h.clerk)
		page := clerk.get(path)
		if text := page.text(t); page.status != 200 || !strings.Contains(text, "传上去") || !strings.Contains(text, "最大1兆") || strings.Contains(text, "现在的视频") {
			t.Fatalf("%d %s", page.status, text)
		}
		sent := clerk.send(path, "采茶.mp4", file(t, "plain.mp4"))
		if sent.status != http.StatusSeeOther || sent.header.Get("Location") != "/courses/"+h.course.String() {
			t.Fatalf("%d to %q: %s", sent.status, sent.header.Get("Location"), sent.body)
		}
		if v := h.shown(t); v.Name != "采茶.mp4" || v.Width != 96 {
			t.Errorf("%+v", v)
		}
		if text := clerk.get(path).text(t); !strings.Contains(text, "现在的视频") || !strings.Contains(text, "采茶.mp4") || !strings.Contains(text, "96×64") {
			t.Error(text)
		}
	})
}

// What is wrong with a file is said on the same page, and nothing changes.
func TestUploadFormAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := "/lessons/" + h.lesson.String() + "/video"
		clerk := h.as(t, h.clerk)
		before := h.upload(t)
		for _, c := range []struct {
			what, name string
			data       []byte
			status     int
			text       string
		}{
			{"a text", "片子.mp4", file(t, "text.mp4"), 422, "这不是MP4视频"},
			{"HEVC", "a.mp4", file(t, "hevc.mp4"), 422, "HEVC"},
			{"truncated", "a.mp4", file(t, "plain.mp4")[:3000], 422, "没有录完整"},
			{"empty", "a.mp4", nil, 422, "这个文件是空的"},
			{"none chosen", "", nil, 422, "请选一个视频文件"},
			{"a byte too many", "a.mp4", make([]byte, limit+1), 413, "最多1兆"},
			{"far too many", "a.mp4", make([]byte, 2*limit), 413, "最多1兆"},
		} {
			got := clerk.send(path, c.name, c.data)
			if text := got.text(t); got.status != c.status || !strings.Contains(text, c.text) || !strings.Contains(text, "传上去") {
				t.Errorf("%s: %d %s", c.what, got.status, text)
			}
		}
		if got := h.shown(t); got.ID != before.ID {
			t.Errorf("shows %+v", got)
		}
	})
}

func TestUploadFormMalformed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := "/lessons/" + h.lesson.String() + "/video"
		clerk := h.as(t, h.clerk)
		if got := clerk.do(http.MethodPost, path, strings.NewReader("file=x"), "Content-Type", "application/x-www-form-urlencoded"); got.status != 422 {
			t.Errorf("not multipart: %d", got.status)
		}
		body, kind := form(t, "a.mp4", file(t, "plain.mp4"))
		body.Truncate(body.Len() / 2)
		if got := clerk.do(http.MethodPost, path, body, "Content-Type", kind); got.status != 422 {
			t.Errorf("broken off: %d %s", got.status, got.text(t))
		}
		other := "/lessons/" + h.talk.String() + "/video"
		for _, got := range []answer{clerk.get(other), clerk.send(other, "a.mp4", file(t, "plain.mp4"))} {
			if text := got.text(t); got.status != 409 || !strings.Contains(text, "不是放视频的") {
				t.Errorf("a talk: %d %s", got.status, text)
			}
		}
		for _, id := range []string{"x", "0197f0a0-0000-7000-8000-000000000000"} {
			for _, got := range []answer{clerk.get("/lessons/" + id + "/video"), clerk.send("/lessons/"+id+"/video", "a.mp4", file(t, "plain.mp4")), clerk.get("/lessons/" + id + "/play")} {
				if got.status != 404 && !(id == "x" && got.status == 422) {
					t.Errorf("lesson %s: %d", id, got.status)
				}
			}
		}
		if got := h.shown(t); got != (model.View{}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhoMayUpload(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := "/lessons/" + h.lesson.String() + "/video"
		for _, c := range []struct {
			what   string
			client *client
			status int
		}{
			{"lecturer", h.seat(t, access.Lecturer, h.Township.Path), 303},
			{"county", h.seat(t, access.County, h.County.Path), 303},
			{"auditor", h.seat(t, access.Auditor, h.County.Path), 403},
			{"host", h.seat(t, access.Host, h.Site.Path), 404},
			{"trainee", h.seat(t, access.Trainee, h.Site.Path), 404},
			{"another township", h.seat(t, access.Township, h.Township2.Path), 404},
		} {
			before := h.shown(t)
			if got := c.client.send(path, "a.mp4", file(t, "plain.mp4")); got.status != c.status {
				t.Errorf("%s posts: %d", c.what, got.status)
			}
			if got := c.client.get(path); got.status != map[int]int{303: 200, 403: 403, 404: 404}[c.status] {
				t.Errorf("%s looks: %d", c.what, got.status)
			}
			if changed := h.shown(t).ID != before.ID; changed != (c.status == 303) {
				t.Errorf("%s: changed %v", c.what, changed)
			}
		}
		visitor := h.visitor(t)
		if got := visitor.get(path); got.status != 303 || got.header.Get("Location") != "/sign-in?next="+url.QueryEscape(path) {
			t.Errorf("visitor looks: %d %s", got.status, got.header.Get("Location"))
		}
		got := visitor.send(path, "a.mp4", make([]byte, limit/2))
		if got.status != 401 || !strings.Contains(string(got.body), `action="/sign-in"`) || !strings.Contains(string(got.body), path) {
			t.Errorf("visitor posts: %d %s", got.status, got.text(t))
		}
	})
}

func TestUploadAPI(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := "/api/v1/lessons/" + h.lesson.String() + "/video"
		clerk := h.as(t, h.clerk)
		put := func(c *client, path string, data []byte) answer {
			t.Helper()
			return c.do(http.MethodPut, path, bytes.NewReader(data), "Content-Type", "video/mp4")
		}
		got := put(clerk, path+"?name="+url.QueryEscape("采茶.mp4"), file(t, "plain.mp4"))
		var v struct{ ID, State, Name, Play string }
		if err := json.Unmarshal(got.body, &v); err != nil || got.status != 200 || v.State != "ready" || v.Name != "采茶.mp4" {
			t.Fatalf("%d %s, %v", got.status, got.body, err)
		}
		got = clerk.get(path)
		if err := json.Unmarshal(got.body, &v); err != nil || got.status != 200 || v.Play != "/lessons/"+h.lesson.String()+"/play" || v.ID != h.shown(t).ID.String() {
			t.Errorf("%d %s, %v", got.status, got.body, err)
		}
		for _, c := range []struct {
			what   string
			client *client
			path   string
			data   []byte
			status int
			code   string
		}{
			{"a text", clerk, path, file(t, "text.mp4"), 422, "videos.not_mp4"},
			{"nothing", clerk, path, nil, 422, "videos.empty"},
			{"too many bytes", clerk, path, make([]byte, limit+1), 413, "videos.too_large"},
			{"far too many bytes", clerk, path, make([]byte, 2*limit), 413, "videos.too_large"},
			{"a talk", clerk, strings.Replace(path, h.lesson.String(), h.talk.String(), 1), file(t, "plain.mp4"), 409, "videos.other_medium"},
			{"bad ID", clerk, "/api/v1/lessons/x/video", file(t, "plain.mp4"), 404, "access.not_found"},
			{"auditor", h.seat(t, access.Auditor, h.County.Path), path, file(t, "plain.mp4"), 403, "access.forbidden"},
			{"another township", h.seat(t, access.Township, h.Township2.Path), path, file(t, "plain.mp4"), 404, "access.not_found"},
			{"visitor", h.visitor(t), path, file(t, "plain.mp4"), 401, "access.sign_in_first"},
		} {
			got := put(c.client, c.path, c.data)
			if got.status != c.status || c.code != "" && got.code() != c.code || got.header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
				t.Errorf("%s: %d %s", c.what, got.status, got.body)
			}
		}
		if h.shown(t).ID.String() != v.ID {
			t.Error("the video changed")
		}
	})
}

// The form is sent twice by a finger that doubts: the lesson gets one video, and its review, given in between, stays.
func TestUploadFormTwice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := "/lessons/" + h.lesson.String() + "/video"
		clerk := h.as(t, h.clerk)
		for range 2 {
			if got := clerk.send(path, "采茶.mp4", file(t, "plain.mp4")); got.status != http.StatusSeeOther || got.header.Get("Location") != "/courses/"+h.course.String() {
				t.Fatalf("%d to %q: %s", got.status, got.header.Get("Location"), got.text(t))
			}
		}
		first := h.shown(t)
		coursestest.Review(t, h.Env, h.reviewer, h.course)
		clerk.send(path, "采茶.mp4", file(t, "plain.mp4"))
		if h.shown(t).ID != first.ID {
			t.Error("sent again, the video was replaced")
		}
		h.See(t, func(tx *db.Tx) error {
			l, err := courses.GetLesson(tx, h.clerk, courses.GetLessonInput{ID: h.lesson})
			if !l.Reviewed {
				t.Error("sent again, the review was withdrawn")
			}
			return err
		})
		if got := clerk.send(path, "另一段.mp4", file(t, "plain.mp4")); got.status != http.StatusConflict || h.shown(t).ID != first.ID {
			t.Errorf("another file under the same key: %d", got.status)
		}
	})
}

// zeros are bytes without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A video of nearly 200 MB goes through the form as it comes, never whole in memory; one of a byte too many is refused with its size.
func TestUploadNearTheLimit(t *testing.T) {
	h := open(t, dbtest.SQLite(t), disk(t))
	const most = 200 << 20
	big := &media.Library{DB: h.DB, Store: h.lib.Store, Limit: most, Temp: t.TempDir()}
	h.site = webtest.New(t, h.Env, func(p *web.Pages, api *web.API) { videos.Mount(p, api, big) })
	clerk := h.as(t, h.clerk)
	path := "/lessons/" + h.lesson.String() + "/video"
	plain := file(t, "plain.mp4")
	send := func(size int64) answer {
		t.Helper()
		head, kind := form(t, "采茶.mp4", plain)
		end := bytes.LastIndex(head.Bytes(), []byte("\r\n--"))
		box := size - int64(len(plain)) // of no meaning to a player
		start := binary.BigEndian.AppendUint32(nil, uint32(box))
		body := io.MultiReader(bytes.NewReader(head.Bytes()[:end]), bytes.NewReader(append(start, "free"...)), io.LimitReader(zeros{}, box-8), bytes.NewReader(head.Bytes()[end:]))
		return clerk.do(http.MethodPost, path, body, "Content-Type", kind)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if got := send(most + 1); got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.text(t), "最多200兆") {
		t.Errorf("a byte too many: %d %s", got.status, got.text(t))
	}
	if got := send(most - 5); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.text(t))
	}
	runtime.ReadMemStats(&after)
	if v := h.shown(t); v.Bytes != most-5 || v.Width != 96 {
		t.Errorf("%+v", v)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
		t.Errorf("%d MB were taken from memory", grown>>20)
	}
}

package videos_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func (h *house) play() string { return "/lessons/" + h.lesson.String() + "/play" }

// plays is the status with which this store answers somebody who may play.
func (h *house) plays() int {
	if h.lib.Store.Origin() == "" {
		return http.StatusOK
	}
	return http.StatusFound
}

// audience holds what each one's browser and API client are told.
func (h *house) audience(t *testing.T, when string, want map[string]int, clients map[string]*client) {
	t.Helper()
	for who, status := range want {
		c := clients[who]
		page, api := c.get(h.play()), c.get("/api/v1/lessons/"+h.lesson.String()+"/video")
		inAPI := status
		switch status {
		case h.plays():
			inAPI = http.StatusOK
		case http.StatusSeeOther:
			inAPI = http.StatusUnauthorized
			if page.header.Get("Location") != "/sign-in?next="+url.QueryEscape(h.play()) {
				t.Errorf("%s, %s: sent to %q", when, who, page.header.Get("Location"))
			}
		}
		if page.status != status || api.status != inAPI {
			t.Errorf("%s, %s: %d, want %d; API %d, want %d", when, who, page.status, status, api.status, inAPI)
		}
		if page.status != h.plays() && bytes.Contains(append(page.body, api.body...), []byte("X-Amz-")) {
			t.Errorf("%s, %s: the address leaks", when, who)
		}
	}
}

func TestWhoMayPlay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		clients := map[string]*client{
			"visitor": h.visitor(t), "clerk": h.as(t, h.clerk), "reviewer": h.as(t, h.reviewer),
			"host": h.seat(t, access.Host, h.Site.Path), "trainee": h.seat(t, access.Trainee, h.Site.Path),
			"village": h.seat(t, access.Village, h.Village.Path), "secretary": h.seat(t, access.Secretary, h.Branch.Path),
			"sister": h.seat(t, access.Host, h.Sister.Path), "neighbour": h.seat(t, access.Trainee, h.Neighbour.Path), "far": h.seat(t, access.Host, h.Far.Path),
			"other clerk": h.seat(t, access.Township, h.Township2.Path), "county": h.seat(t, access.County, h.County.Path), "auditor": h.seat(t, access.Auditor, h.County.Path),
		}
		play := h.plays()
		h.audience(t, "without a video", map[string]int{"clerk": 404, "host": 404, "visitor": 303}, clients)
		h.upload(t)
		h.audience(t, "unreviewed", map[string]int{
			"clerk": play, "reviewer": play, "county": play, "auditor": play, "host": 404, "trainee": 404, "other clerk": 404, "visitor": 303,
		}, clients)
		h.publish(t)
		h.audience(t, "published to one school", map[string]int{
			"visitor": 303, "clerk": play, "county": play, "auditor": play, "host": play, "trainee": play, "village": play, "secretary": 404,
			"sister": 404, "neighbour": 404, "far": 404, "other clerk": 404,
		}, clients)
		h.upload(t) // withdraws the review
		h.audience(t, "changed and not reviewed again", map[string]int{
			"host": 403, "trainee": 403, "sister": 404, "far": 404, "visitor": 303, "reviewer": play,
		}, clients)
		h.licence(t, org.Revoked)
		h.Do(t, func(tx *db.Tx) error {
			l, err := courses.FindLesson(tx, h.lesson)
			if err == nil {
				_, err = courses.New().Review(tx, h.reviewer, courses.ReviewInput{ID: h.lesson, Revision: l.Revision})
			}
			return err
		})
		h.audience(t, "revoked", map[string]int{"host": 404, "trainee": 404, "clerk": play, "visitor": 303}, clients)
		h.licence(t, org.Licensed)
		h.audience(t, "licensed again", map[string]int{"host": play, "trainee": play, "sister": 404}, clients)
		h.public(t)
		all := map[string]int{}
		for who := range clients {
			all[who] = play
		}
		h.audience(t, "public", all, clients)
	})
}

func (h *house) licence(t *testing.T, state org.Licence) {
	t.Helper()
	h.Do(t, func(tx *db.Tx) error {
		_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: h.Site.ID, State: state, Note: "试"})
		return err
	})
}

func (h *house) public(t *testing.T) {
	t.Helper()
	h.Do(t, func(tx *db.Tx) error {
		c, err := courses.FindCourse(tx, h.course)
		if err == nil {
			_, err = courses.New().SetPublic(tx, orgtest.By, courses.SetPublicInput{ID: c.ID, Revision: c.Revision, Public: true})
		}
		return err
	})
}

// The bytes: from the app in ranges with a folder, and from the store alone with S3.
func TestPlaying(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.upload(t)
		h.publish(t)
		obj, err := h.lib.Store.Open(t.Context(), v.Key)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(obj)
		if err != nil || obj.Close() != nil {
			t.Fatal(err)
		}
		host := h.seat(t, access.Host, h.Site.Path)
		if h.lib.Store.Origin() == "" {
			fromDisk(t, host, h.play(), data)
			return
		}
		fromStore(t, h, host, data)
	})
}

func fromDisk(t *testing.T, host *client, path string, data []byte) {
	t.Helper()
	n := len(data)
	for _, c := range []struct {
		ranges, content string
		status          int
		body            []byte
	}{
		{"", "", 200, data},
		{"bytes=0-", fmt.Sprintf("bytes 0-%d/%d", n-1, n), 206, data},
		{"bytes=100-199", fmt.Sprintf("bytes 100-199/%d", n), 206, data[100:200]},
		{"bytes=-50", fmt.Sprintf("bytes %d-%d/%d", n-50, n-1, n), 206, data[n-50:]},
		{fmt.Sprintf("bytes=%d-", n), fmt.Sprintf("bytes */%d", n), 416, nil},
	} {
		got := host.get(path, "Range", c.ranges, "Accept-Encoding", "gzip")
		if got.status != c.status || got.header.Get("Content-Range") != c.content || c.body != nil && !bytes.Equal(got.body, c.body) {
			t.Errorf("%q: %d %v, %d bytes", c.ranges, got.status, got.header, len(got.body))
		}
		if c.body != nil && got.header.Get("Content-Length") != fmt.Sprint(len(c.body)) {
			t.Errorf("%q: length %q", c.ranges, got.header.Get("Content-Length"))
		}
		for name, want := range map[string]string{
			"Accept-Ranges": "bytes", "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff", "Content-Encoding": "", "Set-Cookie": "",
		} {
			if c.status != 416 && got.header.Get(name) != want {
				t.Errorf("%q: %s: %q", c.ranges, name, got.header.Get(name))
			}
		}
		if c.status != 416 && got.header.Get("Content-Type") != "video/mp4" {
			t.Errorf("%q: %q", c.ranges, got.header.Get("Content-Type"))
		}
	}
	tag := host.get(path).header.Get("ETag")
	if got := host.get(path, "If-None-Match", tag); tag == "" || got.status != 304 || len(got.body) > 0 {
		t.Errorf("unchanged %q: %d", tag, got.status)
	}
	if got := host.get(path, "Range", "bytes=0-9", "If-Range", `"other"`); got.status != 200 || len(got.body) != n {
		t.Errorf("a range of another version: %d, %d bytes", got.status, len(got.body))
	}
	if got := host.do(http.MethodHead, path, nil); got.status != 200 || len(got.body) > 0 || got.header.Get("Content-Length") != fmt.Sprint(n) {
		t.Errorf("HEAD: %d %v", got.status, got.header)
	}
}

func fromStore(t *testing.T, h *house, host *client, data []byte) {
	t.Helper()
	origin := h.lib.Store.Origin()
	var address string
	for _, c := range []*client{host, h.seat(t, access.Trainee, h.Site.Path)} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			got := c.do(method, h.play(), nil, "Range", "bytes=0-")
			to := got.header.Get("Location")
			if got.status != http.StatusFound || !strings.HasPrefix(to, origin+"/") || len(got.body) > 0 || got.header.Get("Cache-Control") != "private, no-cache" {
				t.Errorf("%s: %d to %q, %d bytes %v", method, got.status, to, len(got.body), got.header)
			}
			if address != "" && to != address {
				t.Error("two people have two addresses")
			}
			address = to
		}
	}
	stranger := h.visitor(t)
	stranger.url = ""
	if got := stranger.get(address, "Range", "bytes=100-199"); got.status != 206 || !bytes.Equal(got.body, data[100:200]) || got.header.Get("Content-Type") != "video/mp4" {
		t.Errorf("from the store: %d %v", got.status, got.header)
	}
}

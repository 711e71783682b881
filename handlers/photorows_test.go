package handlers_test

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"huotang/media"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/papers"
	"huotang/models/photos"
)

// snapshot stands for the bytes of a picture, alone or in a multipart form.
const snapshot = "@evening.jpg"

func testPicture(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "media", "testdata", name))
}

// fillPhotos puts pictures under the session {done}, one of which was removed.
func (w *world) fillPhotos() {
	w.fillPictures("", "done", coursestest.Actor(w.t, w.Env, access.Host, w.tree.Site.Path))
	w.ids["newphoto"] = id.New[world]().String()
}

// fillPictures puts them under a session; their names begin with the prefix.
func (w *world) fillPictures(prefix, session string, host access.Actor) {
	done := parse[attendance.SessionID](w, session)
	for _, name := range []string{"photo", "spare", "removed"} {
		w.picture(prefix+name, host, done, photos.Evening)
	}
	w.do(func(tx *db.Tx) error {
		_, err := photos.Remove(tx, host, photos.PhotoInput{Session: done, Photo: parse[photos.PhotoID](w, prefix+"removed")})
		return err
	})
}

// picture sends one, without a session one that is not filed.
func (w *world) picture(name string, host access.Actor, session attendance.SessionID, kind photos.Kind) {
	b, err := testPicture("evening.jpg")
	if err != nil {
		w.t.Fatal(err)
	}
	v, _, err := w.areas.Album.Receive(w.t.Context(), host, media.Sent{ID: photos.PhotoID(id.New[world]()), Session: session, Kind: kind, Body: bytes.NewReader(b)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name(name, v.ID)
}

// pictured is who sees the pictures of Site: whoever sees everybody's marks there. A secretary sees his own members' only.
func pictured(w *world, s *seat) int {
	if err := s.actor.Require(access.SessionsSee, w.objects["site"]...); err != nil {
		return status(err)
	}
	if !s.actor.Can(access.SessionsMarks, w.tree.Site.Path) {
		return 403
	}
	return allowed
}

func photoRows() []row {
	submit := access.SessionsSubmit
	return []row{
		{route: "GET /sessions/:id/photos", at: "/sessions/{done}/photos", want: pictured},
		{route: "POST /sessions/:id/photos", at: "/sessions/{done}/photos", body: snapshot, need: submit, on: "site"},
		{route: "GET /sessions/:id/photos/:photo", at: "/sessions/{done}/photos/{photo}", want: pictured},
		{route: "POST /sessions/:id/photos/:photo/remove", at: "/sessions/{done}/photos/{photo}/remove", body: "x=1", need: submit, on: "site"},
		{route: "POST /sessions/:id/photos/:photo/restore", at: "/sessions/{done}/photos/{removed}/restore", body: "x=1", need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/photos", at: "/api/v1/sessions/{done}/photos", want: pictured},
		{route: "PUT /api/v1/sessions/:id/photos/:photo", at: "/api/v1/sessions/{done}/photos/{newphoto}?kind=photo", body: snapshot, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/photos/:photo", at: "/api/v1/sessions/{done}/photos/{photo}", want: pictured},
		{route: "DELETE /api/v1/sessions/:id/photos/:photo", at: "/api/v1/sessions/{done}/photos/{spare}", need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/photos/:photo/restore", at: "/api/v1/sessions/{done}/photos/{removed}/restore", body: `{}`, need: submit, on: "site"},
	}
}

// sendPictures posts a form with files, each under its name.
func (w *world) sendPictures(s *seat, at, kind string, english bool, files ...[]byte) answer {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.WriteField("kind", kind); err != nil {
		w.t.Fatal(err)
	}
	for i, content := range files {
		part, err := m.CreateFormFile("file", fmt.Sprintf("%d.jpg", i))
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	_ = m.Close()
	cookie := s.cookie
	if english {
		cookie += "; lang=en"
	}
	return w.as(s, http.MethodPost, at, b.String(), "Content-Type", m.FormDataContentType(), "Cookie", cookie)
}

// What is no picture is refused in plain words, on the page and by the API, and nothing of it is kept.
func TestPhotoUploads(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	good, err := testPicture("evening.jpg")
	if err != nil {
		t.Fatal(err)
	}
	at, host := w.expand("/sessions/{done}/photos"), w.who("host inside")
	had := w.as(host, http.MethodGet, "/api/v1"+at, "").body
	words := []byte(strings.Repeat("这不是照片。", 1000))
	for _, english := range []bool{false, true} {
		for what, c := range map[string]struct {
			content []byte
			status  int
		}{
			"a text named .jpg": {words, 422},
			"an empty file":     {nil, 422},
			"a page":            {[]byte("<html><script>alert(1)</script>"), 422},
			"half a picture":    {good[:len(good)/2], 422},
			"a bomb":            {append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x02\x00\x00\x00"), 0x3d, 0x0a, 0x1d, 0x8b), 422},
			"too large":         {append(slices.Clone(good), make([]byte, media.MaxPicture)...), 413},
			"far too large":     {make([]byte, 12*media.MaxPicture), 413},
		} {
			a := w.sendPictures(host, at, "photo", english, c.content)
			page := parsePage(t, a)
			said := text(page.Find(".errors"))
			if a.status != c.status || said == "" || han(said) == english {
				t.Errorf("%s: status %d, want %d: %q", what, a.status, c.status, said)
			}
			if page.Find(`input[type=file][name=file]`).Length() != 1 {
				t.Errorf("%s: the form is gone", what)
			}
			api := w.as(host, http.MethodPut, w.expand("/api/v1"+at+"/{newphoto}"), string(c.content), "Content-Type", "image/jpeg")
			if api.status != c.status || !strings.Contains(api.header.Get("Content-Type"), "problem+json") {
				t.Errorf("%s: the API says %d %s", what, api.status, api.body)
			}
		}
	}
	if now := w.as(host, http.MethodGet, "/api/v1"+at, "").body; now != had {
		t.Errorf("kept: %s", now)
	}
	for what, a := range map[string]answer{
		"no file":        w.sendPictures(host, at, "photo", false),
		"no such kind":   w.sendPictures(host, at, "selfie", false, good),
		"too many":       w.sendPictures(host, at, "photo", false, good, good, good, good, good, good, nil),
		"the API's kind": w.as(host, http.MethodPut, w.expand("/api/v1"+at+"/{newphoto}?kind=selfie"), string(good), "Content-Type", "image/jpeg"),
		"the API's time": w.as(host, http.MethodPut, w.expand("/api/v1"+at+"/{newphoto}?taken_at=yesterday"), string(good), "Content-Type", "image/jpeg"),
		"not a form":     w.as(host, http.MethodPost, at, "file=x"),
		"a form cut off": w.as(host, http.MethodPost, at, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nabc", "Content-Type", "multipart/form-data; boundary=x"),
	} {
		if a.status != 422 || strings.Contains(a.body, "视频") {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	for what, c := range map[string]struct {
		by     string
		method string
		path   string
		status int
	}{
		"another school's":        {"host outside", http.MethodPut, "/api/v1/sessions/{done}/photos/{newphoto}", 404},
		"no such session":         {"host inside", http.MethodPut, "/api/v1/sessions/{nobody}/photos/{newphoto}", 404},
		"no ID":                   {"host inside", http.MethodPut, "/api/v1/sessions/{done}/photos/1", 404},
		"the clerk's":             {"township inside", http.MethodPut, "/api/v1/sessions/{done}/photos/{newphoto}", 403},
		"under another session":   {"host inside", http.MethodGet, "/api/v1/sessions/{open}/photos/{photo}", 404},
		"removed under another":   {"host inside", http.MethodDelete, "/api/v1/sessions/{open}/photos/{photo}", 404},
		"what was removed":        {"host inside", http.MethodGet, "/sessions/{done}/photos/{removed}", 404},
		"another's ID":            {"host inside", http.MethodPut, "/api/v1/sessions/{open}/photos/{photo}", 409},
		"the store's folder":      {"host inside", http.MethodGet, "/static/../photos/{photo}.jpg", 404},
		"a secretary looks at it": {"secretary inside", http.MethodGet, "/sessions/{done}/photos/{photo}", 403},
	} {
		body := ""
		if c.method == http.MethodPut {
			body = string(good)
		}
		if a := w.as(w.who(c.by), c.method, w.expand(c.path), body, "Content-Type", "image/jpeg"); a.status != c.status {
			t.Errorf("%s: %d, want %d: %s", what, a.status, c.status, a.body)
		}
	}
	a := w.as(host, http.MethodGet, w.expand(at+"/{photo}"), "")
	if a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(a.header.Get("Cache-Control"), "private") || strings.Contains(a.body, "Exif") {
		t.Errorf("%d %v", a.status, a.header)
	}
}

// namesAt is who reads everybody's name and mark at Site; others who see the school are forbidden, and who reads nobody's anywhere is told so.
func namesAt(w *world, s *seat) int {
	if got := listed(access.SessionsMarks)(w, s); got != allowed {
		return got
	}
	return pictured(w, s)
}

// ownsUnfiled is the host of Site, who sent {unfiled}; another who calls rolls does not find it.
func ownsUnfiled(w *world, s *seat) int {
	if got := listed(access.SessionsSubmit)(w, s); got != allowed {
		return got
	}
	if s.name == "host inside" {
		return allowed
	}
	return 404
}

func paperRows() []row {
	submit := access.SessionsSubmit
	return []row{
		{route: "GET /papers", at: "/papers?site={site}", want: namesAt},
		{route: "GET /p/:code", at: "/p/{code.done}", need: access.SessionsSee, on: "site"},
		{route: "GET /sessions/:id/record", at: "/sessions/{done}/record", need: access.SessionsSee, on: "site"},
		{route: "GET /sessions/:id/sign-in", at: "/sessions/{done}/sign-in", need: access.SessionsSee, on: "site"},
		{route: "GET /sites/:id/book", at: "/sites/{site}/book", need: access.SessionsSee, on: "site"},
		{route: "GET /sheets", want: listed(submit)},
		{route: "POST /sheets", body: snapshot, want: listed(submit)},
		{route: "GET /sheets/:photo", at: "/sheets/{unfiled}", want: ownsUnfiled},
		{route: "POST /sheets/:photo/session", at: "/sheets/{unfiled}/session", body: "session={open}", want: ownsUnfiled},
		{route: "POST /sheets/:photo/drop", at: "/sheets/{unfiled}/drop", body: "x=1", want: ownsUnfiled},
		{route: "GET /api/v1/papers", at: "/api/v1/papers?site={site}", want: namesAt},
		{route: "GET /api/v1/papers/:code", at: "/api/v1/papers/{code.done}", need: access.SessionsSee, on: "site"},
		{route: "GET /api/v1/sites/:id/book", at: "/api/v1/sites/{site}/book", need: access.SessionsSee, on: "site"},
		{route: "GET /api/v1/sheets", want: listed(submit)},
		{route: "GET /api/v1/sheets/choices", want: listed(submit)},
		{route: "PUT /api/v1/sheets/:photo", at: "/api/v1/sheets/{newphoto}", body: snapshot, want: listed(submit)},
		{route: "GET /api/v1/sheets/:photo", at: "/api/v1/sheets/{unfiled}", want: ownsUnfiled},
		{route: "DELETE /api/v1/sheets/:photo", at: "/api/v1/sheets/{loose}", want: ownsUnfiled},
		{route: "POST /api/v1/sheets/:photo/session", at: "/api/v1/sheets/{unfiled}/session", body: `{"session":"{open}"}`, want: ownsUnfiled},
	}
}

// fillSheets puts a picture of a paper roll there that the host has sent and nobody has filed.
func (w *world) fillSheets() {
	for _, name := range []string{"unfiled", "loose"} {
		w.picture(name, w.who("host inside").actor, attendance.SessionID{}, photos.Sheet)
	}
	w.ids["code.done"] = string(papers.CodeOf(parse[attendance.SessionID](w, "done")))
}

// sheetPicture is a photo of a paper roll with a code.
func sheetPicture(t *testing.T, text string) []byte {
	t.Helper()
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	page := image.NewGray(image.Rect(0, 0, 1200, 1600))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(page, image.Rect(860, 80, 1160, 380), q.Image(300), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, page, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A photo of a paper roll goes under the session that its code names, if that is the sender's; else he is told why in plain words and
// chooses himself. What is no picture is refused.
func TestSheetUploads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		host, far, clerk := w.who("host inside"), w.who("host outside"), w.who("township inside")
		of := func(c papers.Code) []byte { return sheetPicture(t, "http://127.0.0.1/p/"+string(c)) }
		open, mine := parse[attendance.SessionID](w, "open"), parse[org.SiteID](w, "site")
		good := of(papers.CodeOf(open))
		if a := w.sendPictures(host, "/sheets", "sheet", false, good); a.status != 303 || a.header.Get("Location") != w.expand("/sessions/{open}/roll") {
			t.Errorf("a sheet of his own: %d %s %s", a.status, a.header.Get("Location"), a.body)
		}
		roll := parsePage(t, w.as(host, http.MethodGet, w.expand("/sessions/{open}/roll"), ""))
		if roll.Find(".paper-beside img").Length() != 1 || roll.Find(`input[name=on_paper][value="1"]`).Length() != 1 {
			t.Error("the photo does not stand beside the roll, or it is not said to be from paper")
		}
		if a := w.as(host, http.MethodGet, w.expand("/api/v1/sessions/{open}/photos"), ""); !strings.Contains(a.body, `"kind":"sheet"`) {
			t.Errorf("it is not under the session: %s", a.body)
		}
		for what, c := range map[string]struct {
			by   *seat
			file []byte
			says string
		}{
			"no code":            {host, sheetPictureless(t), "papers.no_code"},
			"another's text":     {host, sheetPicture(t, "weixin://pay/1"), "papers.foreign"},
			"another's school":   {far, good, "papers.foreign"},
			"an unknown session": {host, of(papers.CodeOf(attendance.SessionID(id.New[world]()))), "papers.foreign"},
			"no day on it":       {host, of(papers.CodeOfSchool(mine)), "papers.of_school"},
		} {
			photo := id.New[world]().String()
			a := w.as(c.by, http.MethodPut, "/api/v1/sheets/"+photo, string(c.file), "Content-Type", "image/jpeg")
			if a.status != 200 || !strings.Contains(a.body, `"code":"`+c.says+`"`) || !strings.Contains(a.body, `"session":""`) {
				t.Errorf("%s: %d %s", what, a.status, a.body)
			}
			if again := w.as(c.by, http.MethodPut, "/api/v1/sheets/"+photo, string(c.file), "Content-Type", "image/jpeg"); again.body != a.body {
				t.Errorf("%s: sent again: %s", what, again.body)
			}
			other := host
			if c.by == host {
				other = far
			}
			if a := w.as(other, http.MethodGet, "/sheets/"+photo, ""); a.status != 404 {
				t.Errorf("%s: another sees it: %d", what, a.status)
			}
		}
		page := parsePage(t, w.as(host, http.MethodGet, "/sheets", ""))
		if page.Find("select[name=session] option").Length() < 2 {
			t.Error("there is nothing to choose by hand")
		}
		for what, c := range map[string]struct {
			by      *seat
			session string
			status  int
		}{
			"another's session": {host, "{farlate}", 404}, "no session": {host, "{nobody}", 404}, "nothing chosen": {host, "", 422},
			"the clerk": {clerk, "{open}", 403},
		} {
			if a := w.as(c.by, http.MethodPost, w.expand("/sheets/{unfiled}/session"), w.expand("session="+c.session)); a.status != c.status {
				t.Errorf("%s: %d, want %d", what, a.status, c.status)
			}
		}
		if a := w.as(host, http.MethodPost, w.expand("/sheets/{unfiled}/session"), w.expand("session={done}")); a.status != 303 {
			t.Errorf("by hand: %d %s", a.status, a.body)
		}
		for what, file := range map[string][]byte{"text": []byte("名单"), "half": good[:len(good)/3]} {
			if a := w.sendPictures(host, "/sheets", "sheet", false, file); a.status != 422 || parsePage(t, a).Find(".errors").Length() == 0 {
				t.Errorf("%s: %d", what, a.status)
			}
		}
		if a := w.sendPictures(host, "/sheets", "sheet", false); a.status != 422 {
			t.Errorf("no file: %d", a.status)
		}
		if a := w.sendPictures(clerk, "/sheets", "sheet", false, good); a.status != 403 {
			t.Errorf("the clerk, who calls no roll: %d", a.status)
		}
	})
}

func sheetPictureless(t *testing.T) []byte {
	t.Helper()
	b, err := testPicture("evening.jpg")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A planned day that nobody has opened is opened by its sheet.
func TestSheetOpensItsDay(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	host := w.who("host inside")
	var day calendar.DayView
	w.Env.See(t, func(tx *db.Tx) (err error) {
		day, err = calendar.FindDay(tx, parse[calendar.DayID](w, "day"))
		return err
	})
	a := w.sendPictures(host, "/sheets", "sheet", false, sheetPicture(t, "http://127.0.0.1/p/"+string(papers.CodeOf(day.SessionID))))
	if a.status != 303 || a.header.Get("Location") != "/sessions/"+day.SessionID.String()+"/roll" {
		t.Errorf("%d %s", a.status, a.header.Get("Location"))
	}
}

// When a sheet cannot be filed under its session, nothing stays of what was done for it: its day is not opened either.
func TestSheetWithoutRoom(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	host := w.who("host inside")
	var day calendar.DayView
	w.do(func(tx *db.Tx) (err error) { // it was opened by mistake before
		if day, err = calendar.FindDay(tx, parse[calendar.DayID](w, "day")); err != nil {
			return err
		}
		if _, err := attendance.New().Open(tx, host.actor, attendance.OpenInput{ActivityDay: day.ID}); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE sessions SET state = 'void' WHERE id = ?", day.SessionID).Error; err != nil {
			return err
		}
		for range 40 {
			if err := tx.Exec("INSERT INTO session_photos (id, session_id, kind, state, object_key, hash, bytes, width, height, account_id, made_at) VALUES (?, ?, 'photo', 'ready', '', '', 1, 1, 1, ?, ?)",
				id.New[world](), day.SessionID, host.actor.Account, tx.Now).Error; err != nil {
				return err
			}
		}
		return nil
	})
	sheet := sheetPicture(t, "http://127.0.0.1/p/"+string(papers.CodeOf(day.SessionID)))
	a := w.as(host, http.MethodPut, w.expand("/api/v1/sheets/{newphoto}"), string(sheet), "Content-Type", "image/jpeg")
	if a.status != 200 || !strings.Contains(a.body, `"code":"photos.full"`) || !strings.Contains(a.body, `"session":""`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.Env.See(t, func(tx *db.Tx) error {
		n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM sessions WHERE id = ? AND state <> 'void'", day.SessionID)
		if err == nil && n[0] != 0 {
			t.Error("its day is open")
		}
		return err
	})
}

// A session says that there are pictures, and loads none: data is paid for. Their page gives room to each before it comes.
func TestSessionLeadsToItsPictures(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	at := w.expand("/sessions/{done}")
	for _, who := range []string{"host inside", "township inside"} {
		page := parsePage(t, w.as(w.who(who), http.MethodGet, at, ""))
		if page.Find("main img").Length() != 0 || text(page.Find(`a[href="`+at+`/photos"]`)) != "看照片" {
			t.Errorf("%s: %d pictures, %q", who, page.Find("main img").Length(), text(page.Find(`a[href="`+at+`/photos"]`)))
		}
	}
	list := parsePage(t, w.as(w.who("host inside"), http.MethodGet, at+"/photos", ""))
	if n := list.Find(`.pictures img[width="40"][height="60"][loading=lazy]`).Length(); n != 2 {
		t.Errorf("%d pictures", n)
	}
}

// The sheet of an exchange meeting leads its host to the group while it is planned, and opens the joint roll on its day, not before.
func TestSheetOpensItsMeeting(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	host, session := w.who("host inside"), parse[attendance.SessionID](w, "meet.session")
	code := string(papers.CodeOf(session))
	if a := w.as(host, http.MethodGet, "/p/"+code, ""); a.status != 303 || a.header.Get("Location") != w.expand("/exchange/groups/{meet}") {
		t.Errorf("%d %s", a.status, a.header.Get("Location"))
	}
	sheet := sheetPicture(t, "http://127.0.0.1/p/"+code)
	if a := w.as(host, http.MethodPut, w.expand("/api/v1/sheets/{newphoto}"), string(sheet), "Content-Type", "image/jpeg"); a.status != 200 || !strings.Contains(a.body, `"session":""`) {
		t.Errorf("before its day: %d %s", a.status, a.body)
	}
	w.do(func(tx *db.Tx) error {
		return tx.Exec("UPDATE exchange_groups SET held_on = ? WHERE session_id = ?", tx.Today(), session).Error
	})
	if a := w.sendPictures(host, "/sheets", "sheet", false, sheet); a.status != 303 || a.header.Get("Location") != "/sessions/"+session.String()+"/roll" {
		t.Errorf("on its day: %d %s", a.status, a.header.Get("Location"))
	}
	if a := w.as(host, http.MethodGet, "/p/"+code, ""); a.header.Get("Location") != "/sessions/"+session.String()+"/roll" {
		t.Errorf("opened: %s", a.header.Get("Location"))
	}
}

package attendance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	handlers "huotang/handlers/attendance"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/progress"
	"huotang/models/relay"
)

// BenchmarkRoll opens and hands in rolls of 20 people over HTTP, beside the same rows stored in one transaction written
// by hand, and beside a bare handler that moves the same bytes.
func BenchmarkRoll(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchRoll(b, dbtest.SQLite(b)) })
	b.Run("mysql", func(b *testing.B) { benchRoll(b, dbtest.Server(b, "mysql")) })
}

func benchRoll(b *testing.B, e *dbtest.Env) {
	h := house{School: attendancetest.New(b, e, 20, 5), area: attendance.New(), e: e}
	h.area.OnSubmitted(progress.Credit)
	h.site = webtest.New(b, e, func(p *web.Pages, api *web.API) {
		handlers.Mount(p, api, h.area, relay.New(bytes.Repeat([]byte{11}, 32), h.area))
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	resp, err := client.PostForm(h.site.URL+"/test/sign-in", url.Values{"account": {h.Host.Account.String()}})
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	call := func(b *testing.B, method, address string, body []byte) {
		req, err := http.NewRequest(method, address, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%s %s: %d %v %s", method, address, resp.StatusCode, err, answer)
		}
		_ = resp.Body.Close()
	}
	b.Run("submit", func(b *testing.B) {
		urls := make([]string, b.N)
		bodies := make([][]byte, b.N)
		for i := range urls {
			s := h.opened(b)
			urls[i], bodies[i] = h.site.URL+"/api/v1/sessions/"+s.String()+"/roll", h.item(b)
		}
		b.ResetTimer()
		defer e.Spent(b)()
		for i := range urls {
			call(b, http.MethodPost, urls[i], bodies[i])
		}
	})
	b.Run("by hand", func(b *testing.B) {
		sessions := make([]attendance.SessionID, b.N)
		for i := range sessions {
			sessions[i] = h.opened(b)
		}
		b.ResetTimer()
		defer e.Spent(b)()
		for _, s := range sessions {
			h.byHand(b, s)
		}
	})
	s := h.opened(b)
	for name, path := range map[string]string{"open": "/sessions/" + s.String() + "/roll", "today": "/today", "api open": "/api/v1/sessions/" + s.String() + "/roll"} {
		b.Run(name, func(b *testing.B) {
			defer e.Spent(b)()
			for b.Loop() {
				call(b, http.MethodGet, h.site.URL+path, nil)
			}
		})
	}
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer bare.Close()
	b.Run("bare", func(b *testing.B) {
		body := h.item(b)
		defer e.Spent(b)()
		for b.Loop() {
			call(b, http.MethodPost, bare.URL, body)
		}
	})
}

func (h house) opened(b *testing.B) attendance.SessionID {
	s := attendance.SessionID(id.New[house]())
	h.e.Do(b, func(tx *db.Tx) error {
		_, err := h.area.Open(tx, h.Host, attendance.OpenInput{Session: s, Site: h.School.School.ID})
		return err
	})
	return s
}

func (h house) item(b *testing.B) []byte {
	in := h.Item(attendancetest.All(h.Members, attendance.Present)...)
	in.Lessons = h.Lessons[:1]
	body, err := json.Marshal(in)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// byHand stores what a roll leaves behind: the session, 20 marks, the lesson, the tallies of 20 people, their credits,
// the item with a receipt, the audit row.
func (h house) byHand(b *testing.B, s attendance.SessionID) {
	ctx := context.Background()
	tx, err := h.e.Pool().BeginTx(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	now, site, day := h.e.Now(), h.School.School.ID, h.Day.PlannedOn
	run := func(query string, args ...any) {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			b.Fatal(err)
		}
	}
	rows := func(head, one, tail string, values func(p access.PersonID) []any) {
		var args []any
		for _, p := range h.Members {
			args = append(args, values(p)...)
		}
		run(head+" VALUES "+strings.Repeat(one+", ", len(h.Members)-1)+one+tail, args...)
	}
	lock, twice, same := "", " ON CONFLICT DO UPDATE SET sessions = sessions + 1", " ON CONFLICT DO NOTHING"
	if h.e.Driver() != db.SQLite {
		lock, twice, same = " FOR UPDATE", " ON DUPLICATE KEY UPDATE sessions = sessions + 1", " ON DUPLICATE KEY UPDATE person_id = person_id"
	}
	var state string
	if err := tx.QueryRowContext(ctx, "SELECT state FROM sessions WHERE id = ?"+lock, s).Scan(&state); err != nil {
		b.Fatal(err)
	}
	run("UPDATE sessions SET state = 'submitted', revision = 1, minutes = 90, due = 20, present = 20, recorder = '杨桂芳', submitted_by = ?, submitted_at = ?, changed_at = ? WHERE id = ?",
		h.Host.Account, now, now, s)
	rows("INSERT INTO marks (session_id, person_id, site_id, `list`, state, reason, revision, account_id, happened_at, recorded_at, received_at, device, seq)",
		"(?, ?, ?, 'due', 'present', '', 1, ?, ?, ?, ?, 'phone', 1)", "", func(p access.PersonID) []any {
			return []any{s, p, site, h.Host.Account, now, now, now}
		})
	run("INSERT INTO session_lessons (session_id, lesson_id, place) VALUES (?, ?, 0)", s, h.Lessons[0])
	rows("INSERT INTO person_months (person_id, `month`, site_id, `year`, sessions, minutes)", "(?, '2026-11', ?, 2026, 1, 90)", twice, func(p access.PersonID) []any { return []any{p, site} })
	rows("INSERT INTO person_sites (person_id, site_id, sessions)", "(?, ?, 1)", twice, func(p access.PersonID) []any { return []any{p, site} })
	rows("INSERT INTO credits (person_id, lesson_id, `year`, minutes, centi_hours, rule, source, session_id, on_day, made_at)",
		"(?, ?, 2026, 30, 100, 'yunnan-2024', 'session', ?, ?, ?)", same, func(p access.PersonID) []any { return []any{p, h.Lessons[0], s, day, now} })
	run("INSERT INTO roll_items (device, seq, session_id, hash, revision, why, receipt, account_id, received_at) VALUES (?, 1, ?, ?, 1, '', ?, ?, ?)",
		s.String(), s, strings.Repeat("0", 64), strings.Repeat("r", 3000), h.Host.Account, now)
	run("INSERT INTO audit_rows (at, account_id, `system`, act, object, object_id, unit_id, changed, request_id) VALUES (?, ?, '', 'session.submit', 'session', ?, ?, '[]', '')",
		now, h.Host.Account, s.String(), site)
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

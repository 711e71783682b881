//go:build linux

package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"huotang/configs"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/progress"
)

// rollSize is how many people the measured rolls have.
const rollSize = 20

// evening is a school of 20 people with a host and a public lesson, in a database of its own.
type evening struct {
	env     *dbtest.Env
	site    org.SiteID
	people  []people.PersonID
	lesson  courses.LessonID
	host    access.Actor
	name    string // user name of the host
	area    *attendance.Area
	devices int
}

// benchSecret is that of the houses of a run, so that the host's password holds in them.
var benchSecret = configs.Secret(strings.Repeat("figures.", 5))

func newEvening(b *testing.B, e *dbtest.Env) *evening {
	b.Helper()
	e.Clock.Set(time.Now())
	tree := orgtest.County(b, e)
	v := &evening{env: e, site: tree.Site.ID, area: attendance.New()}
	v.area.OnSubmitted(progress.Credit)
	v.people, _ = peopletest.Roster(b, e, tree, tree.Site, rollSize, 0)
	v.host = accountstest.Of(b, e, v.people[0], access.Host, org.SiteUnit(v.site))
	cfg := configs.Default()
	cfg.Secret = benchSecret
	v.name = accountstest.SetPassword(b, e, accounts.New(cfg.Key("accounts")), v.host.Account, accountstest.Password)
	e.Do(b, func(tx *db.Tx) error {
		_, err := privacy.Agree(tx, v.host, privacy.AnswerInput{Version: 1})
		return err
	})
	clerk := coursestest.Actor(b, e, access.Township, tree.Township.Path)
	county := coursestest.Actor(b, e, access.County, tree.County.Path)
	course := coursestest.Reviewed(b, e, clerk, county, tree.Township.ID, "春茶管理", "春茶管理")
	v.lesson = course.Lessons[0].ID
	e.Do(b, func(tx *db.Tx) error {
		now, err := courses.FindCourse(tx, course.ID)
		if err == nil {
			_, err = courses.New().SetPublic(tx, county, courses.SetPublicInput{ID: course.ID, Revision: now.Revision, Public: true})
		}
		return err
	})
	return v
}

// item is the roll of a session, everyone marked. A device's number is used once.
func (v *evening) item(session attendance.SessionID) attendance.SubmitInput {
	v.devices++
	began := time.Now().UTC().Truncate(time.Minute).Add(-time.Minute)
	adults, children, chair := 2, 1, "杨桂芳"
	in := attendance.SubmitInput{
		Session: session, Minutes: 90, Lessons: []courses.LessonID{v.lesson}, Chair: &chair, Recorder: &chair,
		Adults: &adults, Children: &children,
		Stamp: attendance.Stamp{Device: "phone", Seq: int64(v.devices), RecordedAt: &began, HappenedAt: &began},
	}
	for i, p := range v.people {
		m := attendance.MarkInput{Person: p, Value: attendance.Value{State: attendance.Present}}
		if i%6 == 5 {
			m.Value = attendance.Value{State: attendance.OnLeave, Reason: attendance.Farm}
		}
		in.Marks = append(in.Marks, m)
	}
	return in
}

// open starts sessions through the op.
func (v *evening) open(b *testing.B, n int) []attendance.SessionID {
	b.Helper()
	out := make([]attendance.SessionID, n)
	v.env.Do(b, func(tx *db.Tx) error {
		for i := range out {
			s, err := v.area.Open(tx, v.host, attendance.OpenInput{Session: attendance.SessionID(id.New[attendanceTag]()), Site: v.site})
			if err != nil {
				return err
			}
			out[i] = s.ID
		}
		return nil
	})
	return out
}

// byHand stores a roll as somebody would who wants nothing but its rows: one transaction through database/sql, with
// one prepared statement for each table on SQLite and one statement with many rows on MySQL.
type byHand struct {
	*evening
	pool   *sql.DB
	sqlite bool

	fresh   bool             // the session is made, too; everybody was there
	device  string           // "" for "hand"
	account access.AccountID // zero for the host of the evening
}

func (h byHand) submit(ctx context.Context, session attendance.SessionID, receipt string) (err error) {
	tx, err := h.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback()
		}
	}()
	h.devices++
	now := time.Now().UTC().Truncate(time.Millisecond)
	day := date.Of(now)
	device, account := cmp.Or(h.device, "hand"), h.host.Account
	if h.fresh {
		account = h.account
		if err = h.make(ctx, tx, session, now); err != nil {
			return err
		}
	}
	if _, err = tx.ExecContext(ctx, "UPDATE sessions SET minutes = 90, state = 'submitted', chair = ?, recorder = ?, revision = 1, due = 20, present = 17, "+
		"on_leave = 3, adults = 2, children = 1, attended = 20, happened_at = ?, recorded_at = ?, received_at = ?, device = ?, seq = ?, "+
		"submitted_by = ?, submitted_at = ?, changed_at = ? WHERE id = ?",
		"杨桂芳", "杨桂芳", now, now, now, device, h.devices, account, now, now, session); err != nil {
		return err
	}
	var marks, months, sites, credits [][]any
	for i, p := range h.people {
		state, reason := "present", ""
		if i%6 == 5 && !h.fresh {
			state, reason = "on_leave", "farm"
		}
		marks = append(marks, []any{session, p, h.site, "due", state, reason, nil, 1, account, now, now, now, device, h.devices})
		if state == "present" {
			months = append(months, []any{p, day.Month(), h.site, day.Year(), 1, 90})
			sites = append(sites, []any{p, h.site, 1})
			credits = append(credits, []any{p, h.lesson, day.Year(), 30, 100, "yunnan-2024", "session", session, day, now})
		}
	}
	for _, t := range []struct {
		into, clash string
		rows        [][]any
	}{
		{"marks (session_id, person_id, site_id, list, state, reason, made_up_on, revision, account_id, happened_at, recorded_at, received_at, device, seq)", "", marks},
		{"session_lessons (session_id, lesson_id, place)", "", [][]any{{session, h.lesson, 0}}},
		{"person_months (person_id, month, site_id, year, sessions, minutes)", "sessions = sessions + 1, minutes = minutes + 90", months},
		{"person_sites (person_id, site_id, sessions)", "sessions = sessions + 1", sites},
		{"credits (person_id, lesson_id, year, minutes, centi_hours, rule, source, session_id, on_day, made_at)", keepFirst, credits},
		{"audit_rows (at, account_id, `system`, act, object, object_id, unit_id, changed, request_id)", "", [][]any{{
			now, account, "", "session.submit", "session", session.String(), h.site,
			`[{"field":"state","before":"open","after":"submitted"},{"field":"revision","before":0,"after":1}]`, "01234567-89ab-cdef-0123-456789abcdef",
		}}},
		{"roll_items (device, seq, session_id, hash, revision, why, receipt, account_id, received_at)", "", [][]any{{
			device, h.devices, session, strings.Repeat("0", 64), 1, "", receipt, account, now,
		}}},
	} {
		if err = h.insert(ctx, tx, t.into, t.clash, t.rows); err != nil {
			return fmt.Errorf("%s: %w", t.into, err)
		}
	}
	return tx.Commit()
}

// make stores the session that the roll brings with it, and that it was opened.
func (h byHand) make(ctx context.Context, tx *sql.Tx, session attendance.SessionID, now time.Time) error {
	err := h.insert(ctx, tx, "sessions (id, site_id, venue_site_id, kinds, held_on, minutes, state, place, chair, recorder, revision, due, present, on_leave, absent, made_up, "+
		"exempt, unmarked, observers, guests, adults, children, attended, happened_at, recorded_at, received_at, device, seq, opened_by, made_at, changed_at)", "", [][]any{{
		session, h.site, h.site, "party_class", date.Of(now), 0, "open", "", "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, now, now, now, h.device, h.devices, h.account, now, now,
	}})
	if err != nil {
		return err
	}
	return h.insert(ctx, tx, "audit_rows (at, account_id, `system`, act, object, object_id, unit_id, changed, request_id)", "", [][]any{{
		now, h.account, "", "session.open", "session", session.String(), h.site, `[{"field":"state","before":"","after":"open"}]`, "01234567-89ab-cdef-0123-456789abcdef",
	}})
}

// keepFirst leaves a row that is there already.
const keepFirst = "minutes = minutes"

func (h byHand) insert(ctx context.Context, tx *sql.Tx, into, clash string, rows [][]any) error {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(rows[0])), ",") + ")"
	query := "INSERT INTO " + strings.NewReplacer("month,", "`month`,", "year,", "`year`,").Replace(into) + " VALUES " + one
	if !h.sqlite {
		query += strings.Repeat(","+one, len(rows)-1)
		if clash != "" {
			query += " ON DUPLICATE KEY UPDATE " + clash
		}
		var args []any
		for _, r := range rows {
			args = append(args, r...)
		}
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	switch clash {
	case "":
	case keepFirst:
		query += " ON CONFLICT DO NOTHING"
	default:
		query += " ON CONFLICT DO UPDATE SET " + clash
	}
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for _, r := range rows {
		if _, err := stmt.ExecContext(ctx, r...); err != nil {
			return err
		}
	}
	return nil
}

// counts is how many rows each table has.
func counts(b *testing.B, pool *sql.DB) map[string]int {
	b.Helper()
	out := map[string]int{}
	for _, t := range []string{
		"sessions", "marks", "mark_changes", "mark_conflicts", "guests", "session_lessons", "person_months", "person_sites", "credits",
		"audit_rows", "roll_items", "form_keys", "outbox_rows",
	} {
		var n int
		if err := pool.QueryRow("SELECT COUNT(*) FROM " + t).Scan(&n); err != nil {
			b.Fatal(err)
		}
		out[t] = n
	}
	return out
}

// sameRows fails when writing by hand leaves other rows than the op does.
func (h byHand) sameRows(b *testing.B) {
	b.Helper()
	grown := func(do func()) string {
		was := counts(b, h.pool)
		do()
		now := counts(b, h.pool)
		for t := range now {
			now[t] -= was[t]
		}
		return fmt.Sprint(now)
	}
	s := h.open(b, 3)
	submit := func(session attendance.SessionID) {
		h.env.Do(b, func(tx *db.Tx) error { _, err := h.area.Submit(tx, h.host, h.item(session)); return err })
	}
	submit(s[0]) // the first of the month makes rows that later ones only change
	op := grown(func() { submit(s[1]) })
	hand := grown(func() {
		if err := h.submit(context.Background(), s[2], "{}"); err != nil {
			b.Fatal(err)
		}
	})
	if op != hand {
		b.Fatalf("by hand %s, by the op %s", hand, op)
	}
}

// place is where an evening's house and its limits run.
type benchPlace struct {
	name     string
	ours     *evening // served by a process of its own
	house    *child
	limits   *child
	hand     byHand
	database db.Config // of ours
	server   int       // process of the database server, 0 for none
}

func openBench(b *testing.B, program, name string) *benchPlace {
	b.Helper()
	p := &benchPlace{name: name}
	environ := []string{"HUOTANG_SECRET=" + string(benchSecret), "HUOTANG_JOBS=off"}
	data := b.TempDir()
	if name == "SQLite" {
		p.ours = newEvening(b, dbtest.SQLite(b))
		file := filepath.Join(data, "huotang.db")
		if _, err := p.ours.env.Pool().Exec("VACUUM INTO ?", file); err != nil {
			b.Fatal(err)
		}
		p.database = db.Config{Driver: db.SQLite, Path: file}
		p.hand = byHand{evening: newEvening(b, dbtest.SQLite(b)), sqlite: true}
		synced, err := db.Open(patient(b), db.Config{Driver: db.SQLite, Path: p.hand.env.Conf.Path}, time.Now) // the test's own does not wait for the disk
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = synced.Close() })
		p.hand.pool = synced.Pool()
	} else {
		p.ours = newEvening(b, dbtest.Server(b, "mysql"))
		p.database = p.ours.env.Conf
		environ = append(environ, "HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN="+p.database.DSN)
		p.hand = byHand{evening: newEvening(b, dbtest.Server(b, "mysql"))}
		p.hand.pool = p.hand.env.Pool()
		var err error
		if p.server, err = serverOn(os.Getenv("HUOTANG_TEST_MYSQL")); err != nil {
			b.Fatal(err)
		}
	}
	p.hand.sameRows(b)
	at := freeAddress(b)
	p.house = startChild(b, at, environ, program, "serve", "--data", data, "--listen", at)
	p.limits = startLimits(b, p.database)
	return p
}

// evenings measures what a host does, from the sign-in on, on one database.
func (f *figures) evenings(b *testing.B, program, database string) {
	b.Helper()
	p := openBench(b, program, database)
	host := newCaller(b, p.house.url)
	host.signIn("/sign-in", map[string]string{"username": p.ours.name, "password": accountstest.Password})
	session := id.New[attendanceTag]()
	host.send("/sessions", map[string]any{"session": session, "site": p.ours.site})
	queries := []string{
		fmt.Sprintf("SELECT * FROM sessions WHERE id = x'%x'", session[:]),
		fmt.Sprintf("SELECT p.id, p.name, t.standing, EXISTS (SELECT 1 FROM exemptions e WHERE e.person_id = p.id AND e.until >= '%[2]s') FROM rosters r "+
			"JOIN persons p ON p.id = r.person_id JOIN standings t ON t.person_id = p.id WHERE r.site_id = x'%[1]x' AND r.since <= '%[2]s' "+
			"AND (r.until IS NULL OR r.until >= '%[2]s') ORDER BY p.name", p.ours.site[:], date.Of(time.Now())),
	}
	const asked = "bare Gin: two queries by hand, same bytes"
	f.add("open a roll of 20, page", database, asked, 0.8, "46–66").
		against(b, 60, p.house, host, "/sessions/"+session.String()+"/roll", p.limits, p.server, queries...)
	f.add("open a roll of 20, API", database, asked, 0.8, "").
		against(b, 60, p.house, host, "/api/v1/sessions/"+session.String()+"/roll", p.limits, p.server, queries...)
	f.submits(b, p, host)
	f.signIns(b, p)
	f.permissions(b, p, host)
}

// submits measures a roll handed in over HTTP against its rows written by hand, without HTTP.
func (f *figures) submits(b *testing.B, p *benchPlace, host *caller) {
	b.Helper()
	const batch = 40
	var receipt string
	x := f.add("submit a roll of 20, API", p.name, "the same rows in one transaction by hand, no HTTP", 1.5, "12–13 ungraded, 99–103 graded")
	var paths []string
	var bodies [][]byte
	ours := &side{pids: []int{p.house.pid}, server: p.server}
	ours.prepare = func() {
		paths, bodies = paths[:0], bodies[:0]
		for range batch {
			session := attendance.SessionID(id.New[attendanceTag]())
			host.send("/sessions", map[string]any{"session": session, "site": p.ours.site})
			paths = append(paths, "/api/v1/sessions/"+session.String()+"/roll")
			bodies = append(bodies, p.ours.body(b, session))
		}
	}
	ours.request = func(i int) {
		if i > 0 {
			host.do(false, http.MethodPost, paths[i%batch], bodies[i%batch])
			return
		}
		a := host.do(true, http.MethodPost, paths[i%batch], bodies[i%batch], "Accept-Encoding", "identity")
		receipt, x.Bytes = string(a.body), a.size
	}
	var open []attendance.SessionID
	hand := &side{pids: []int{os.Getpid()}, server: p.server}
	hand.prepare = func() { open = p.hand.open(b, batch) }
	hand.request = func(i int) {
		if err := p.hand.submit(context.Background(), open[i%batch], receipt); err != nil {
			b.Fatal(err)
		}
	}
	x.measure(b, batch, ours, hand)
}

type attendanceTag = struct{}

// body is an item as a phone sends it.
func (v *evening) body(b *testing.B, session attendance.SessionID) []byte {
	b.Helper()
	body, err := json.Marshal(v.item(session))
	if err != nil {
		b.Fatal(err)
	}
	return body
}

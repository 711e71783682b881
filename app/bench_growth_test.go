//go:build linux

package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
)

// mostGrowth is how much more a request may cost with ten years of history than with one.
const mostGrowth = 1.3

// growth measures what people open every day in the demo county with one year of history and with ten, in turns.
func (f *figures) growth(b *testing.B, program, file, database string) {
	b.Helper()
	one, ten := historyOf(b, file, 1), historyOf(b, file, 10)
	var sides [2]*growthSide
	for i, file := range []string{ten, one} {
		sides[i] = newGrowthSide(b, openCounty(b, program, database, file, nil))
	}
	for _, r := range sides[0].requests {
		other := sides[1].find(r.name)
		x := f.add(r.name+", ten years", database, "the same with one year", 0, "")
		x.measure(b, 6,
			&side{request: r.do, pids: []int{sides[0].county.house.pid}, server: sides[0].county.server},
			&side{request: other.do, pids: []int{sides[1].county.house.pid}, server: sides[1].county.server})
		bound := mostGrowth
		if r.whole { // adds up all there is
			bound = 0
		}
		f.budget("ten years beside one, "+database+": "+r.name, x.ratio().median, "×", bound)
	}
}

type growthRequest struct {
	name  string
	do    func(i int)
	whole bool // of all time
}

type growthSide struct {
	county   *benchCounty
	requests []growthRequest
}

func (s *growthSide) find(name string) growthRequest {
	return s.requests[slices.IndexFunc(s.requests, func(r growthRequest) bool { return r.name == name })]
}

func newGrowthSide(b *testing.B, c *benchCounty) *growthSide {
	b.Helper()
	s := &growthSide{county: c}
	home := c.homes[len(c.homes)/2]
	host := c.hostCaller(b, home)
	session := attendance.SessionID(id.New[attendanceTag]())
	host.send("/sessions", map[string]any{"session": session, "site": home.site})
	get := func(name string, by *caller, path string) {
		s.requests = append(s.requests, growthRequest{name, func(int) { by.do(false, http.MethodGet, path, nil) }, strings.Contains(name, "all time")})
	}
	today := date.Of(time.Now())
	year := fmt.Sprintf("?from=%s&to=%s", date.New(today.Year(), 1, 1), date.New(today.Year(), 12, 31))
	get("roll page", host, "/sessions/"+session.String()+"/roll")
	s.requests = append(s.requests, growthRequest{"roll handed in", func(i int) {
		in := c.item(home, 1000+i, 0)
		body, err := json.Marshal(in)
		if err != nil {
			b.Fatal(err)
		}
		host.do(false, http.MethodPost, "/api/v1/sessions/"+in.Session.String()+"/roll", body)
	}, false})
	get("today", host, "/today?site="+home.site.String())
	get("what a phone takes along", host, "/api/v1/sites/"+home.site.String()+"/phone")
	get("a school's records", host, "/sessions?site="+home.site.String())
	get("own rows", host, "/me/rolls")
	county, clerk := c.caller(b, access.County), c.caller(b, access.Township)
	get("county report of the year, API", county, "/api/v1/reports/summary"+year)
	get("county report of the year, page", county, "/county"+year)
	get("county report of all time, API", county, "/api/v1/reports/summary")
	get("the county's records", county, "/sessions")
	get("people, page", county, "/people")
	get("schools, page", county, "/sites")
	get("acts, page", county, "/audit")
	get("a township's month", clerk, "/month")
	get("a township's calendar", clerk, "/calendar")
	get("what waits for a township", clerk, "/waiting")
	get("absences, page", c.caller(b, access.Secretary), "/absences")
	return s
}

// historyOf gives a copy of a demo's database with so many years of history: the last one, and as often the same again, a year
// earlier each time.
func historyOf(b *testing.B, file string, years int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), fmt.Sprintf("years-%d.db", years))
	if _, err := openPool(b, db.Config{Driver: db.SQLite, Path: file}).Pool().Exec("VACUUM INTO ?", path); err != nil {
		b.Fatal(err)
	}
	pool, err := sql.Open("sqlite3", "file:"+path+"?_pragma=foreign_keys(0)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	h := copier{b, pool}
	cut := date.Of(time.Now()).AddDays(-365)
	for _, t := range []string{"marks", "guests", "session_lessons", "mark_changes", "mark_conflicts", "roll_items", "credits", "session_changes"} {
		h.exec("DELETE FROM "+t+" WHERE session_id IN (SELECT id FROM sessions WHERE held_on < ?)", cut.String())
	}
	h.exec("DELETE FROM sessions WHERE held_on < ?", cut.String())
	h.exec("DELETE FROM cancellations WHERE activity_day_id IN (SELECT id FROM activity_days WHERE planned_on < ?)", cut.String())
	h.exec("DELETE FROM activity_days WHERE planned_on < ?", cut.String())
	h.exec("DELETE FROM person_months WHERE `month` < ?", cut.Month().String())
	h.exec("DELETE FROM audit_rows WHERE at < ?", cut.String())
	own := map[string][]string{
		"sessions": {"id", "activity_day_id"}, "marks": {"session_id"}, "session_lessons": {"session_id"}, "guests": {"id", "session_id"},
		"credits": {"session_id"}, "activity_days": {"id", "session_id"}, "person_months": nil, "audit_rows": nil, "mark_changes": {"session_id"},
	}
	for t, ids := range own {
		last := "SELECT MAX(rowid) FROM " + t
		if t != "audit_rows" && t != "mark_changes" {
			last = ""
		}
		h.again(t, ids, years, last)
	}
	h.exec("UPDATE person_sites SET sessions = sessions * ?", years)
	return path
}

type copier struct {
	b    *testing.B
	pool *sql.DB
}

func (h copier) exec(query string, args ...any) {
	h.b.Helper()
	if _, err := h.pool.Exec(query, args...); err != nil {
		h.b.Fatalf("%v: %.300s", err, query)
	}
}

// again repeats the rows of a table for the years before, with its dates, months and years set back. ids are the columns whose IDs are of
// that year alone; last is a query for the last row that is there before, "" where the table has no running number.
func (h copier) again(table string, ids []string, years int, last string) {
	h.b.Helper()
	upTo := int64(0)
	if last != "" {
		if err := h.pool.QueryRow(last).Scan(&upTo); err != nil {
			upTo = 0
		}
	} else {
		h.exec("CREATE TEMP TABLE base AS SELECT * FROM " + table)
		defer h.exec("DROP TABLE base")
	}
	names := columnOf(h.b, h.pool, "SELECT name FROM pragma_table_info(?)", table)
	kinds := columnOf(h.b, h.pool, "SELECT type FROM pragma_table_info(?)", table)
	for back := 1; back < years; back++ {
		var into, from []string
		for i, n := range names {
			if last != "" && n == "id" {
				continue
			}
			v := "`" + n + "`"
			switch {
			case slices.Contains(ids, n):
				v = fmt.Sprintf("CASE WHEN %[1]s IS NULL THEN NULL ELSE unhex(printf('%%02X', %[2]d) || substr(hex(%[1]s), 3)) END", v, 0xE0+back)
			case kinds[i] == "DATE":
				v = fmt.Sprintf("date(%s, '-%d years')", v, back)
			case kinds[i] == "DATETIME":
				v = fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%f', %s, '-%d years')", v, back)
			case n == "month":
				v = fmt.Sprintf("substr(date(%s || '-01', '-%d years'), 1, 7)", v, back)
			case n == "year":
				v = fmt.Sprintf("%s - %d", v, back)
			}
			into, from = append(into, "`"+n+"`"), append(from, v)
		}
		source := "temp.base"
		if last != "" {
			source = fmt.Sprintf("%s WHERE id <= %d", table, upTo)
		}
		h.exec("INSERT OR IGNORE INTO main." + table + " (" + strings.Join(into, ", ") + ") SELECT " + strings.Join(from, ", ") + " FROM " + source)
	}
}

package reports

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
)

// county is a county of the size that the figures are aimed at, written straight into the
// tables: 13 townships, 187 villages, 583 schools, 24 months with 7,996 sessions. Built for speed, not for rules.
type county struct {
	attendances, marks, people int
}

type raw = id.ID[struct{}]

// filler writes rows in batches.
type filler struct {
	t    testing.TB
	tx   *sql.Tx
	rows map[string][]any
	n    map[string]int
}

const batch = 200

func (f *filler) add(table string, columns string, values ...any) {
	f.t.Helper()
	f.rows[table] = append(f.rows[table], values...)
	if f.n[table]++; f.n[table] == batch {
		f.flush(table, columns, len(values))
	}
}

func (f *filler) flush(table, columns string, width int) {
	f.t.Helper()
	if f.n[table] == 0 {
		return
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	query := "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+",", f.n[table]), ",")
	if _, err := f.tx.Exec(query, f.rows[table]...); err != nil {
		f.t.Fatalf("%s: %v", table, err)
	}
	f.rows[table], f.n[table] = f.rows[table][:0], 0
}

const (
	unitColumns    = "id, tree, kind, code, name, search_key, parent_id, path"
	siteColumns    = "id, plaque, licence, licensed_on, changed_on, address, equipment, network, made_at"
	personColumns  = "id, name, search_key, gender, birth_year, village_id, mobile, made_at, changed_at"
	standColumns   = "person_id, since, standing"
	rosterColumns  = "id, site_id, person_id, since"
	sessionColumns = "id, site_id, venue_site_id, kinds, held_on, minutes, state, place, chair, recorder, revision, due, present, on_leave, absent, " +
		"made_up, exempt, unmarked, observers, guests, adults, children, attended, happened_at, recorded_at, received_at, device, seq, submitted_at, made_at, changed_at"
	markColumns = "session_id, person_id, site_id, list, state, reason, revision, happened_at, recorded_at, received_at, device, seq"
	dayColumns  = "id, site_id, `month`, nth, planned_on, ruled_on, shift, state, reason, session_id, made_at, changed_at"
)

// fill makes the county.
func fill(t testing.TB, e *dbtest.Env) county {
	t.Helper()
	tx, err := e.Pool().Begin()
	if err != nil {
		t.Fatal(err)
	}
	f := &filler{t: t, tx: tx, rows: map[string][]any{}, n: map[string]int{}}
	var c county
	rnd := rand.New(rand.NewPCG(1, 2))
	var root raw
	now := e.Now()
	unit := func(kind, code, name string, parent *raw, path string) raw {
		v := id.New[struct{}]()
		f.add("units", unitColumns, v, "a", kind, code, name, name, parent, path)
		return v
	}
	root = unit("county", "530921", "凤庆县", nil, "/a/530921/")
	type school struct {
		site, village raw
		members       []raw
		others        []raw
	}
	var schools []school
	village := 0
	for town := range 13 {
		tcode := fmt.Sprintf("530921%03d", 101+town)
		tpath := "/a/530921/" + tcode + "/"
		tid := unit("township", tcode, fmt.Sprintf("乡镇%02d", town+1), &root, tpath)
		for v := range 187/13 + btoi(town < 187%13) {
			vcode := fmt.Sprintf("%s%03d", tcode, 201+v)
			vid := unit("village", vcode, fmt.Sprintf("村%03d", village), &tid, tpath+vcode+"/")
			for s := range 3 + btoi(village < 583-3*187) {
				code := fmt.Sprintf("%s%02d", vcode, s+1)
				schools = append(schools, school{site: unit("site", code, "家庭党校"+code, &vid, tpath+vcode+"/"+code+"/"), village: vid})
			}
			village++
		}
	}
	f.flush("units", unitColumns, 8)
	since := date.New(2024, 1, 1)
	for i := range schools {
		s := &schools[i]
		f.add("sites", siteColumns, s.site, "", "licensed", since, since, "", "", "", now)
	}
	f.flush("sites", siteColumns, 9)
	for i := range schools {
		s := &schools[i]
		for n := range 20 + rnd.IntN(2) {
			p := id.New[struct{}]()
			f.add("persons", personColumns, p, "名字", "名字", "female", 1968, s.village, false, now, now)
			standing := "full"
			if n >= 13 {
				standing = "villager"
				s.others = append(s.others, p)
			} else {
				s.members = append(s.members, p)
			}
			f.add("standings", standColumns, p, since, standing)
			f.add("rosters", rosterColumns, id.New[struct{}](), s.site, p, since)
			c.people++
		}
	}
	f.flush("persons", personColumns, 9)
	f.flush("standings", standColumns, 3)
	f.flush("rosters", rosterColumns, 4)
	start := date.Of(now).Month().Add(-23)
	type pm struct {
		p, s raw
		m    date.Month
	}
	months, sites := map[pm]int{}, map[pm]int{}
	for n := range 7996 {
		s := schools[n%len(schools)]
		m := start.Add(n * 24 / 7996)
		held := m.First().AddDays(rnd.IntN(22))
		sid, at := id.New[struct{}](), held.At(21, 30)
		present, made, leave, absent, obs := 0, 0, 0, 0, 0
		type mark struct {
			p           raw
			list, state string
		}
		var marks []mark
		for _, p := range s.members {
			state := "present"
			switch x := rnd.IntN(100); {
			case x < 76:
				present++
			case x < 80:
				state = "made_up"
				made++
			case x < 92:
				state = "on_leave"
				leave++
			default:
				state = "absent"
				absent++
			}
			marks = append(marks, mark{p, "due", state})
		}
		for _, p := range s.others {
			if rnd.IntN(5) == 0 {
				obs++
				marks = append(marks, mark{p, "came", "observer"})
			}
		}
		adults, children := rnd.IntN(3), rnd.IntN(2)
		f.add("sessions", sessionColumns, sid, s.site, s.site, "activity_day", held, 90, "submitted", "", "", "", 1, len(s.members), present, leave, absent,
			made, 0, 0, obs, 0, adults, children, present+made+obs+adults+children, at, at, at, "d", n, at, at, at)
		f.flush("sessions", sessionColumns, 31)
		for _, k := range marks {
			f.add("marks", markColumns, sid, k.p, s.site, k.list, k.state, "", 1, at, at, at, "d", n)
			c.marks++
			if k.state == "present" || k.state == "made_up" || k.state == "observer" {
				months[pm{k.p, s.site, m}]++
				sites[pm{p: k.p, s: s.site}]++
			}
		}
		c.attendances += present + made + obs + adults + children
	}
	f.flush("marks", markColumns, 12)
	for k, n := range months {
		f.add("person_months", "person_id, `month`, site_id, sessions, minutes", k.p, k.m, k.s, n, 90*n)
	}
	f.flush("person_months", "person_id, `month`, site_id, sessions, minutes", 5)
	for k, n := range sites {
		f.add("person_sites", "person_id, site_id, sessions", k.p, k.s, n)
	}
	f.flush("person_sites", "person_id, site_id, sessions", 3)
	this := date.Of(now).Month()
	for i, s := range schools {
		state := "held"
		if i%9 == 0 {
			state = "planned"
		}
		on := this.First().AddDays(i % 25)
		f.add("activity_days", dayColumns, id.New[struct{}](), s.site, this, 1, on, on, "", state, "", id.New[struct{}](), now, now)
	}
	f.flush("activity_days", dayColumns, 12)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if e.Driver() == db.SQLite {
		if _, err := e.Pool().Exec("ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

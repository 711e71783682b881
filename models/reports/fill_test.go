package reports

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

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
	rnd  *rand.Rand
	now  time.Time
	made county
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
	monthColumns = "person_id, `month`, site_id, sessions, minutes"
	markColumns  = "session_id, person_id, site_id, list, state, reason, revision, happened_at, recorded_at, received_at, device, seq"
	dayColumns   = "id, site_id, `month`, nth, planned_on, ruled_on, shift, state, reason, session_id, made_at, changed_at"
)

// filled is a school with its people, while the county is being filled.
type filled struct {
	site, village   raw
	members, others []raw
}

// fill makes the county.
func fill(t testing.TB, e *dbtest.Env) county {
	t.Helper()
	tx, err := e.Pool().Begin()
	if err != nil {
		t.Fatal(err)
	}
	f := &filler{t: t, tx: tx, rows: map[string][]any{}, n: map[string]int{}, rnd: rand.New(rand.NewPCG(1, 2)), now: e.Now()}
	schools := f.units()
	f.persons(schools)
	f.history(schools)
	f.days(schools)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if e.Driver() == db.SQLite {
		if _, err := e.Pool().Exec("ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	return f.made
}

func (f *filler) unit(kind, code, name string, parent *raw, path string) raw {
	v := id.New[struct{}]()
	f.add("units", unitColumns, v, "a", kind, code, name, name, parent, path)
	return v
}

// units makes 13 townships, 187 villages and 583 licensed schools.
func (f *filler) units() []filled {
	root := f.unit("county", "530921", "凤庆县", nil, "/a/530921/")
	var schools []filled
	village := 0
	for town := range 13 {
		tcode := fmt.Sprintf("530921%03d", 101+town)
		tpath := "/a/530921/" + tcode + "/"
		tid := f.unit("township", tcode, fmt.Sprintf("乡镇%02d", town+1), &root, tpath)
		for v := range 187/13 + btoi(town < 187%13) {
			vcode := fmt.Sprintf("%s%03d", tcode, 201+v)
			vid := f.unit("village", vcode, fmt.Sprintf("村%03d", village), &tid, tpath+vcode+"/")
			for s := range 3 + btoi(village < 583-3*187) {
				code := fmt.Sprintf("%s%02d", vcode, s+1)
				schools = append(schools, filled{site: f.unit("site", code, "家庭党校"+code, &vid, tpath+vcode+"/"+code+"/"), village: vid})
			}
			village++
		}
	}
	f.flush("units", unitColumns, 8)
	for _, s := range schools {
		f.add("sites", siteColumns, s.site, "", "licensed", begun, begun, "", "", "", f.now)
	}
	f.flush("sites", siteColumns, 9)
	return schools
}

// begun is since when everything stands.
var begun = date.New(2024, 1, 1)

// persons puts 13 members and seven or eight villagers on each roster.
func (f *filler) persons(schools []filled) {
	for i := range schools {
		s := &schools[i]
		for n := range 20 + f.rnd.IntN(2) {
			p, standing := id.New[struct{}](), "full"
			f.add("persons", personColumns, p, "名字", "名字", "female", 1968, s.village, false, f.now, f.now)
			if n >= 13 {
				standing = "villager"
				s.others = append(s.others, p)
			} else {
				s.members = append(s.members, p)
			}
			f.add("standings", standColumns, p, begun, standing)
			f.add("rosters", rosterColumns, id.New[struct{}](), s.site, p, begun)
			f.made.people++
		}
	}
	f.flush("persons", personColumns, 9)
	f.flush("standings", standColumns, 3)
	f.flush("rosters", rosterColumns, 4)
}

// tally counts a person's sessions at a school, in a month or in all.
type tally struct {
	person, site raw
	month        date.Month
}

// history holds 7,996 sessions over 24 months, with their tallies.
func (f *filler) history(schools []filled) {
	start := date.Of(f.now).Month().Add(-23)
	months, sites := map[tally]int{}, map[tally]int{}
	for n := range 7996 {
		s, m := schools[n%len(schools)], start.Add(n*24/7996)
		for _, p := range f.session(n, s, m.First().AddDays(f.rnd.IntN(22))) {
			months[tally{p, s.site, m}]++
			sites[tally{person: p, site: s.site}]++
		}
	}
	f.flush("marks", markColumns, 12)
	for k, n := range months {
		f.add("person_months", monthColumns, k.person, k.month, k.site, n, 90*n)
	}
	f.flush("person_months", monthColumns, 5)
	for k, n := range sites {
		f.add("person_sites", "person_id, site_id, sessions", k.person, k.site, n)
	}
	f.flush("person_sites", "person_id, site_id, sessions", 3)
}

// session writes one with its roll, and tells who came.
func (f *filler) session(n int, s filled, held date.Date) (came []raw) {
	type mark struct {
		person      raw
		list, state string
	}
	var marks []mark
	count := map[string]int{}
	for _, p := range s.members {
		state := "present"
		switch x := f.rnd.IntN(100); {
		case x >= 92:
			state = "absent"
		case x >= 80:
			state = "on_leave"
		case x >= 76:
			state = "made_up"
		}
		marks = append(marks, mark{p, "due", state})
	}
	for _, p := range s.others {
		if f.rnd.IntN(5) == 0 {
			marks = append(marks, mark{p, "came", "observer"})
		}
	}
	for _, m := range marks {
		if count[m.state]++; m.state != "absent" && m.state != "on_leave" {
			came = append(came, m.person)
		}
	}
	sid, at := id.New[struct{}](), held.At(21, 30)
	adults, children := f.rnd.IntN(3), f.rnd.IntN(2)
	attended := len(came) + adults + children
	f.add("sessions", sessionColumns, sid, s.site, s.site, "activity_day", held, 90, "submitted", "", "", "", 1, len(s.members), count["present"],
		count["on_leave"], count["absent"], count["made_up"], 0, 0, count["observer"], 0, adults, children, attended, at, at, at, "d", n, at, at, at)
	f.flush("sessions", sessionColumns, 31)
	for _, m := range marks {
		f.add("marks", markColumns, sid, m.person, s.site, m.list, m.state, "", 1, at, at, at, "d", n)
	}
	f.made.marks += len(marks)
	f.made.attendances += attended
	return came
}

// days plans this month's activity days, and has most of them held.
func (f *filler) days(schools []filled) {
	this := date.Of(f.now).Month()
	for i, s := range schools {
		state, on := "held", this.First().AddDays(i%25)
		if i%9 == 0 {
			state = "planned"
		}
		f.add("activity_days", dayColumns, id.New[struct{}](), s.site, this, 1, on, on, "", state, "", id.New[struct{}](), f.now, f.now)
	}
	f.flush("activity_days", dayColumns, 12)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

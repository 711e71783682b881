//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"huotang/configs"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// phonesVariable is how many seeds the simulator is run with on each database; one with few phones unless told. The first seed of more
// than one has [allPhones].
const (
	phonesVariable = "HUOTANG_PHONES"
	fewPhones      = 240
	allPhones      = 10_000
	killsWanted    = 34 // of each database's servers: a hundred altogether
)

// phoneWorld is what the simulator is told, see app/phones.
type phoneWorld struct {
	URL     string       `json:"url"`
	Readers []phoneLogin `json:"readers"`
	Sites   []phoneSite  `json:"sites"`
	Phones  int          `json:"phones"`
	Items   int          `json:"items"`
	Lines   int          `json:"lines"`
	env     *dbtest.Env  // of a server database

	patience time.Duration // of phones that get no receipt
	conf     db.Config     // of what the server writes
}

type phoneLogin struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type phoneSite struct {
	ID        org.SiteID        `json:"id"`
	Hosts     []phoneLogin      `json:"hosts"`
	Due       []access.PersonID `json:"due"`
	Villagers []access.PersonID `json:"villagers"`
	Days      []date.Date       `json:"days"`
}

// newPhoneWorld makes schools, each with two hosts, in a database that only the simulated server will write.
func newPhoneWorld(t *testing.T, e *dbtest.Env) *phoneWorld {
	t.Helper()
	e.Clock.Set(time.Now())
	tree := orgtest.County(t, e)
	cfg := configs.Default()
	cfg.Secret = benchSecret
	area := accounts.New(cfg.Key("accounts"))
	login := func(a access.Actor) phoneLogin {
		e.Do(t, func(tx *db.Tx) error {
			_, err := privacy.Agree(tx, a, privacy.AnswerInput{Version: 1})
			return err
		})
		return phoneLogin{accountstest.SetPassword(t, e, area, a.Account, accountstest.Password), accountstest.Password}
	}
	w := &phoneWorld{Phones: fewPhones, patience: 3 * time.Minute, Items: 3, Lines: 24, env: e, conf: e.Conf}
	for _, v := range []org.UnitView{tree.Village, tree.Village2, tree.Village3} {
		w.Readers = append(w.Readers, login(accountstest.As(t, e, access.Village, v.ID)))
	}
	today := date.Of(time.Now())
	for _, s := range tree.Schools() {
		site := phoneSite{ID: s.ID, Days: []date.Date{today, today.AddDays(-1)}}
		site.Due, site.Villagers = peopletest.Roster(t, e, tree, s, 8, 3)
		for _, p := range site.Due[:2] {
			site.Hosts = append(site.Hosts, login(accountstest.Of(t, e, p, access.Host, org.SiteUnit(s.ID))))
		}
		w.Sites = append(w.Sites, site)
	}
	return w
}

// environ is that of the server, in a folder of its own.
func (w *phoneWorld) environ(t *testing.T, data string) []string {
	t.Helper()
	env := []string{"HUOTANG_SECRET=" + string(benchSecret), "HUOTANG_JOBS=off"}
	if w.env.Name != "sqlite" {
		return append(env, "HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN="+w.conf.DSN)
	}
	w.conf = db.Config{Driver: db.SQLite, Path: filepath.Join(data, "huotang.db")}
	if _, err := w.env.Pool().Exec("VACUUM INTO ?", w.conf.Path); err != nil {
		t.Fatal(err)
	}
	return env
}

// simulate lets the phones send to a server that is killed again and again, so often at most, and gives what they say of it.
func (w *phoneWorld) simulate(t *testing.T, house, phones, data string, environ []string, seed uint64, most int) (out string, kills int, err error) {
	t.Helper()
	at := freeAddress(t)
	w.URL = "http://" + at
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "world.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	start := func() *child { return startChild(t, at, environ, house, "serve", "--data", data, "--listen", at) }
	server := start()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
	defer cancel()
	cmd := exec.CommandContext(ctx, phones, "--world", file, "--seed", strconv.FormatUint(seed, 10), "--patience", w.patience.String())
	said := &syncBuffer{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	random := rand.New(rand.NewPCG(seed, 2))
	for {
		select {
		case err := <-done:
			server.stop(t)
			return said.String(), kills, err
		case <-time.After(time.Duration(100+random.IntN(400)) * time.Millisecond):
		}
		if kills == most {
			continue
		}
		if err := server.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = server.cmd.Wait() // it was killed
		kills++
		server = start()
	}
}

// rows holds what the simulator cannot see: each item and each mark is there once, the changes lead from nothing to what stands, and the
// tallies are those of the rows.
func (w *phoneWorld) rows(t *testing.T) {
	t.Helper()
	d, err := db.Open(t.Context(), w.conf, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		differ, err := attendance.CheckTallies(tx)
		for _, x := range differ {
			t.Errorf("tally differs: %+v", x)
		}
		if err != nil {
			return err
		}
		torn, err := db.Ask[string](tx, "SELECT CONCAT('session ', HEX(s.id)) FROM sessions s WHERE s.state <> 'submitted' OR s.revision <> "+
			"(SELECT COUNT(DISTINCT i.revision) FROM roll_items i WHERE i.session_id = s.id)")
		for _, x := range torn {
			t.Errorf("%s is torn", x)
		}
		if err != nil {
			return err
		}
		return replayed(t, tx)
	})
	if err != nil {
		t.Error(err)
	}
}

// replayed plays each mark's appended changes from nothing on; they must meet, and end at what stands.
func replayed(t *testing.T, tx *db.Tx) error {
	t.Helper()
	type line struct{ Session, Person, Before, After string }
	changes, err := db.Ask[line](tx, "SELECT HEX(session_id) AS session, HEX(person_id) AS person, before_state AS `before`, after_state AS `after` FROM mark_changes ORDER BY id")
	if err != nil {
		return err
	}
	now := map[[2]string]string{}
	for _, c := range changes {
		key := [2]string{c.Session, c.Person}
		was, ok := now[key]
		if !ok {
			was = string(attendance.Unmarked)
		}
		if c.Before != was {
			t.Errorf("a change of %v goes out from %s, where %s stood", key, c.Before, was)
		}
		now[key] = c.After
	}
	marks, err := db.Ask[line](tx, "SELECT HEX(session_id) AS session, HEX(person_id) AS person, state AS `after` FROM marks")
	for _, m := range marks {
		if end, ok := now[[2]string{m.Session, m.Person}]; ok && end != m.After {
			t.Errorf("the changes of %s lead to %s, and %s stands", m.Person, end, m.After)
		}
	}
	if len(changes) == 0 {
		t.Error("nothing was changed; do the phones disagree at all?")
	}
	return err
}

// TestPhones has many phones on a bad network hand in their rolls, on every database, while the server is killed a hundred times.
func TestPhones(t *testing.T) {
	if !dbtest.All() {
		t.Log("phones are simulated in the full run only")
		return
	}
	seeds, err := strconv.Atoi(os.Getenv(phonesVariable))
	if err != nil {
		seeds = 1
	}
	house, phones := buildPhones(t, nil)
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newPhoneWorld(t, e)
		data := t.TempDir()
		environ := w.environ(t, data)
		kills := 0
		seed := uint64(time.Now().UnixNano())
		for i := 0; i < seeds || kills < killsWanted; i++ {
			w.Phones = fewPhones
			if i == 0 && seeds > 1 {
				w.Phones = allPhones
			}
			said, n, err := w.simulate(t, house, phones, data, environ, seed+uint64(i), max(killsWanted-kills, 3))
			t.Logf("%s%d kills", said, n)
			if err != nil {
				t.Fatal(err)
			}
			kills += n
			w.rows(t)
		}
		t.Logf("%d kills", kills)
	})
}

// TestPhonesFindBrokenBuilds holds that the simulator would tell: one server knows no item again, another gives receipts before it commits.
func TestPhonesFindBrokenBuilds(t *testing.T) {
	if !dbtest.All() {
		t.Log("phones are simulated in the full run only")
		return
	}
	for name, breaks := range map[string][]breakage{ // each must give a session that is not what its receipts say
		"no unique key": {{
			"../models/attendance/submit.go", "tx.Where(\"device = ? AND seq = ?\", in.Device, in.Seq)", "tx.Where(\"device = ? AND seq = ? AND 1 = 0\", in.Device, in.Seq)",
		}},
		"receipt before commit": {
			{"../models/db/tx.go", "pool.WithContext(ctx).Begin(", "pool.WithContext(context.WithoutCancel(ctx)).Begin("},
			{"../models/db/tx.go", "\twritable  bool\n", "\twritable, Late bool\n"},
			{"../models/db/tx.go", "if err := g.Commit().Error; err != nil {", "if tx.Late {\n\t\tgo func() { time.Sleep(30 * time.Millisecond); _ = d.commitFailed(g.Commit().Error) }()\n\t} else if err := g.Commit().Error; err != nil {"},
			{"../models/attendance/submit.go", "err = db.Insert(w.tx, &itemRow{", "w.tx.Late = true\n\terr = db.Insert(w.tx, &itemRow{"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			house, phones := buildPhones(t, breaks)
			w := newPhoneWorld(t, dbtest.SQLite(t))
			w.patience = 15 * time.Second // some items may never get a receipt
			data := t.TempDir()
			environ := w.environ(t, data)
			if name == "no unique key" {
				w.forgetKeys(t)
			}
			seed := uint64(time.Now().UnixNano())
			said, kills, err := w.simulate(t, house, phones, data, environ, seed, 8)
			if err == nil || !strings.Contains(said, "\nsession ") {
				t.Errorf("the phones have found no session that differs, in %d kills", kills)
			}
			t.Log(said)
		})
	}
}

// breakage replaces a piece of a file's text.
type breakage struct{ file, is, becomes string }

// buildPhones makes the server and the simulator; the server with its source changed, when it is to be broken.
func buildPhones(t *testing.T, breaks []breakage) (house, phones string) {
	t.Helper()
	dir := t.TempDir()
	house, phones = filepath.Join(dir, "huotang"), filepath.Join(dir, "phones")
	over := map[string]string{}
	for _, b := range breaks {
		name, err := filepath.Abs(b.file)
		if err != nil {
			t.Fatal(err)
		}
		from := name
		if broken, ok := over[name]; ok {
			from = broken
		}
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), b.is) != 1 {
			t.Fatalf("%s has not once %q", b.file, b.is)
		}
		over[name] = filepath.Join(dir, fmt.Sprint(len(over), filepath.Base(name)))
		if err := os.WriteFile(over[name], []byte(strings.Replace(string(text), b.is, b.becomes, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": over})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-overlay", filepath.Join(dir, "overlay.json"), "-o", house, "."}, {"-o", phones, "./phones"}} {
		cmd := exec.Command("go", slices.Concat([]string{"build", "-tags", "nomsgpack", "-trimpath"}, args)...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return house, phones
}

// forgetKeys leaves the items without their unique key.
func (w *phoneWorld) forgetKeys(t *testing.T) {
	t.Helper()
	d, err := db.Open(t.Context(), w.conf, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var table string
	if err := d.Pool().QueryRow("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'roll_items'").Scan(&table); err != nil {
		t.Fatal(err)
	}
	key := "PRIMARY KEY (`device`, `seq`)"
	if strings.Count(table, key) != 1 {
		t.Fatalf("the key of the items is not %s: %s", key, table)
	}
	for _, query := range []string{
		"DROP TABLE roll_items", strings.Replace(table, key, "CHECK (1)", 1),
	} {
		if _, err := d.Pool().Exec(query); err != nil {
			t.Fatal(err)
		}
	}
}

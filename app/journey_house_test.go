package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"huotang/configs"
	"huotang/handlers/web/browsertest"
	"huotang/media/mediatest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

func TestMain(m *testing.M) {
	runLimits() // in the processes that the figures are held against, and nothing else
	code := m.Run()
	if err := browsertest.Stop(); err != nil && code == 0 {
		panic(err)
	}
	os.Exit(code)
}

// place is the whole server, running on a test's database and store with the test's clock.
type place struct {
	*Server
	env   *dbtest.Env
	store string // origin of the S3 store, "" for a folder on disk
	shut  func() // stops the server before the test's end
}

// openPlace starts the server; jobs run only when a test runs them.
func openPlace(t testing.TB, e *dbtest.Env, change func(*configs.Config)) *place {
	t.Helper()
	h := openOn(t, e.DB, e.Clock.Now, false, change)
	h.env = e
	return h
}

func openOn(t testing.TB, d *db.DB, now func() time.Time, demo bool, change func(*configs.Config)) *place {
	t.Helper()
	return openVersion(t, d, now, demo, "test", change)
}

func openVersion(t testing.TB, d *db.DB, now func() time.Time, demo bool, version string, change func(*configs.Config)) *place {
	t.Helper()
	cfg := configs.Default()
	cfg.SecondFactor = "off" // has its own tests; these are about the evening
	cfg.Listen, cfg.Data, cfg.Jobs = "127.0.0.1:0", t.TempDir(), "off"
	cfg.Secret = configs.Secret(strings.Repeat("journey", 5))
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s, err := New(ctx, Options{
		Config: cfg, Demo: demo, Version: version, Now: now, Log: slog.New(slog.NewTextHandler(logTo{t}, nil)), Out: io.Discard, DB: d,
	})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	h := &place{Server: s, store: s.store.Origin()}
	h.shut = sync.OnceFunc(func() {
		stop()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.shut)
	h.ready(t)
	return h
}

// again opens the house anew at the same address and on the same database, in another version of the program.
func (h *place) again(t testing.TB, version string) *place {
	t.Helper()
	address := strings.TrimPrefix(h.URL(), "http://")
	next := openVersion(t, h.env.DB, h.env.Clock.Now, false, version, func(cfg *configs.Config) { cfg.Listen = address })
	next.env = h.env
	return next
}

// ready waits until Run has opened the house.
func (h *place) ready(t testing.TB) {
	t.Helper()
	for {
		resp, err := http.Get(h.URL() + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
}

// logTo shows the server's log beside the test's own words, from warnings up.
type logTo struct{ t testing.TB }

func (w logTo) Write(b []byte) (int, error) {
	if s := string(b); !strings.Contains(s, "level=INFO") && !strings.Contains(s, "level=DEBUG") {
		w.t.Log(strings.TrimSpace(s))
	}
	return len(b), nil
}

// onDisk is a house of SQLite and a folder.
func onDisk(t testing.TB, changes ...func(*configs.Config)) *place {
	t.Helper()
	return openPlace(t, dbtest.SQLite(t), each(changes))
}

// onServers is a house of MySQL and an S3 store.
func onServers(t testing.TB, changes ...func(*configs.Config)) *place {
	t.Helper()
	return openPlace(t, dbtest.Server(t, "mysql"), each(append(changes, inBucket(t))))
}

func each(changes []func(*configs.Config)) func(*configs.Config) {
	return func(cfg *configs.Config) {
		for _, change := range changes {
			change(cfg)
		}
	}
}

func inBucket(t testing.TB) func(*configs.Config) {
	t.Helper()
	s3 := mediatest.Config(t)
	return func(cfg *configs.Config) {
		cfg.Store.Kind = configs.Bucket
		cfg.S3 = configs.S3{
			Endpoint: s3.Endpoint, Bucket: s3.Bucket, Region: "us-east-1", Lookup: "path",
			AccessKey: configs.Secret(s3.AccessKey), SecretKey: configs.Secret(s3.SecretKey),
		}
	}
}

// inBothPlaces runs a journey in the browser where it must run: SQLite with a folder, MySQL with an S3 store.
func inBothPlaces(t *testing.T, fn func(t *testing.T, h *place), changes ...func(*configs.Config)) {
	t.Helper()
	t.Run("sqlite+disk", func(t *testing.T) { fn(t, onDisk(t, changes...)) })
	t.Run("mysql+s3", func(t *testing.T) { fn(t, onServers(t, changes...)) })
}

// onEveryDatabase runs a journey through the API on each database: SQLite with a folder, the servers with an S3 store.
func onEveryDatabase(t *testing.T, fn func(t *testing.T, h *place)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		if e.Name == "sqlite" {
			fn(t, openPlace(t, e, nil))
			return
		}
		fn(t, openPlace(t, e, inBucket(t)))
	})
}

// phone and desk open a browser and sign in as people do.
func (h *place) phone(t testing.TB, username string) *browsertest.Person {
	t.Helper()
	p := browsertest.Phone(t, h.URL())
	signIn(p, username)
	return p
}

func (h *place) desk(t testing.TB, username string) *browsertest.Person {
	t.Helper()
	p := browsertest.Desk(t, h.URL())
	signIn(p, username)
	return p
}

func signIn(p *browsertest.Person, username string) {
	p.Open("/sign-in")
	p.Fill("用户名", username)
	p.Fill("密码", accountstest.Password)
	p.Tap("登录")
	p.NotSee("密码")
}

// settled checks what every page of a journey must keep.
func (h *place) settled(p *browsertest.Person) {
	p.NoConsoleErrors()
	p.NoKeys()
	p.NoBrokenPictures()
	if h.store == "" {
		p.NoForeignRequests()
	} else {
		p.NoForeignRequests(h.store)
	}
}

// county is a small county with the people of the journeys. Names are user names.
type county struct {
	orgtest.Tree
	clerk, reviewer, office, farClerk         string // of the township, of it too, of the county, of the other township
	host, sister, neighbour, far              string // of the four schools
	trainee, secretary, auditor               string
	accounts                                  map[string]access.Actor
	members, villagers, sisters, others, afar []people.PersonID
}

// newCounty fills an empty house: four schools with rosters, activity day on the 23rd, which is today.
func newCounty(t testing.TB, h *place, due, villagers int) *county {
	t.Helper()
	e := h.env
	c := &county{Tree: orgtest.County(t, e), accounts: map[string]access.Actor{}}
	c.members, c.villagers = peopletest.Roster(t, e, c.Tree, c.Site, due, villagers)
	c.sisters, _ = peopletest.Roster(t, e, c.Tree, c.Sister, 3, 0)
	c.others, _ = peopletest.Roster(t, e, c.Tree, c.Neighbour, 2, 0)
	c.afar, _ = peopletest.Roster(t, e, c.Tree, c.Far, 2, 1)
	for _, town := range []org.UnitID{c.Township.ID, c.Township2.ID} {
		calendartest.Rule(t, e, town, calendartest.OnDay(23))
	}
	site := func(s org.School) org.UnitID { return org.SiteUnit(s.ID) }
	c.office = c.account(t, h, access.County, c.County.ID, access.PersonID{})
	c.auditor = c.account(t, h, access.Auditor, c.County.ID, access.PersonID{})
	c.clerk = c.account(t, h, access.Township, c.Township.ID, access.PersonID{})
	c.reviewer = c.account(t, h, access.Township, c.Township.ID, access.PersonID{})
	c.farClerk = c.account(t, h, access.Township, c.Township2.ID, access.PersonID{})
	c.secretary = c.account(t, h, access.Secretary, c.Branch.ID, access.PersonID{})
	c.host = c.account(t, h, access.Host, site(c.Site), c.members[0])
	c.sister = c.account(t, h, access.Host, site(c.Sister), c.sisters[0])
	c.neighbour = c.account(t, h, access.Host, site(c.Neighbour), c.others[0])
	c.far = c.account(t, h, access.Host, site(c.Far), c.afar[0])
	c.trainee = c.account(t, h, access.Trainee, site(c.Site), c.members[1])
	return c
}

// account makes an account with a password and gives its user name.
func (c *county) account(t testing.TB, h *place, role access.Role, unit org.UnitID, person access.PersonID) string {
	t.Helper()
	actor := accountstest.Of(t, h.env, person, role, unit)
	name := accountstest.SetPassword(t, h.env, h.areas.Accounts, actor.Account, accountstest.Password)
	h.env.Do(t, func(tx *db.Tx) error {
		_, err := privacy.Agree(tx, actor, privacy.AnswerInput{Version: 1})
		return err
	})
	c.accounts[name] = actor
	return name
}

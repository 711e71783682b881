package handlers_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"

	"huotang/configs"
	"huotang/handlers"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/jobs"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/feeds"
	"huotang/models/id"
	"huotang/models/imports/importstest"
	"huotang/models/messages"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/progress"
	"huotang/models/relay"
	"huotang/models/service"
	"huotang/models/videos"
)

// world is a small county with something of everything in it, behind every page and endpoint that there is. What
// stands inside is in 凤山镇 at the school Site; Far stands for the other township.
type world struct {
	*webtest.Site
	t       testing.TB
	handler http.Handler
	areas   handlers.Areas
	tree    orgtest.Tree
	seats   []*seat
	ids     map[string]string // what a row or a case calls "{site}", "{lesson}" …
	objects map[string][]string
	asked   int
	watch   *sql.Conn // reads how often others have written
	copy    string    // of the SQLite file as it was when everything stood
}

// password lets the seats sign in by themselves, and gives their user names.
func (w *world) password(names ...string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, n := range names {
		out[n] = accountstest.SetPassword(w.t, w.Env, w.areas.Accounts, w.who(n).actor.Account, accountstest.Password)
	}
	w.keep()
	return out
}

// seat is somebody who asks: an account with one role, inside where it sees Site or outside where it does not.
type seat struct {
	name   string
	role   access.Role
	inside bool
	actor  access.Actor
	cookie string
	ids    map[string]string // his own: {sign_in}
}

// newWorld builds it in an empty database.
func newWorld(t testing.TB, e *dbtest.Env) *world {
	t.Helper()
	return configured(t, e, web.Config{BaseURL: "http://127.0.0.1", Version: "test"})
}

func configured(t testing.TB, e *dbtest.Env, cfg web.Config) *world {
	t.Helper()
	w := &world{t: t, ids: map[string]string{}, objects: map[string][]string{}}
	w.build(e, cfg)
	w.fill()
	w.sit()
	w.fillMessages()
	w.fillSheets()
	w.fillImports()
	w.fillSlips()
	w.fillFeeds()
	w.keep()
	return w
}

// build puts the app together on a database, with videos in a folder.
func (w *world) build(e *dbtest.Env, cfg web.Config) {
	w.t.Helper()
	store, err := media.OpenDisk(w.t.TempDir(), e.Clock.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	w.areas = handlers.Areas{
		People:   peopletest.Area(w.t),
		Privacy:  privacy.New(peopletest.Ring(w.t)),
		Accounts: accounts.New(bytes.Repeat([]byte{7}, 32)), Courses: courses.New(), Curricula: curricula.New(), Exchange: exchange.New(), Attendance: attendance.New(),
		Feeds:   feeds.New(bytes.Repeat([]byte{9}, 32)),
		Service: service.New(), Library: &media.Library{DB: e.DB, Store: store, Limit: 4 << 20}, Album: media.NewAlbum(e.DB, store),
		Jobs: jobs.New(e.DB, log, "test", e.Clock.Now),
	}
	w.areas.Relay = relay.New(bytes.Repeat([]byte{11}, 32), w.areas.Attendance)
	w.areas.Accounts.SealWith(peopletest.Ring(w.t))
	w.areas.Imports = importstest.Area(w.t)
	w.areas.Importer = jobs.NewImporter(e.DB, w.areas.Imports, log)
	w.areas.Messages = messages.New(w.areas.People, messages.Quiet{}, true)
	w.areas.Messages.Listen(e.DB)
	for _, part := range []people.Part{accounts.PeoplePart(), attendance.PeoplePart(), progress.PeoplePart()} {
		w.areas.People.OnMerged(part)
	}
	for _, k := range []people.Keeper{attendance.SiteKeeper(), accounts.SiteKeeper()} {
		w.areas.People.OnHandover(k)
	}
	w.areas.Courses.OnReview(videos.BeforeReview)
	w.areas.Exchange.OnTaught(attendance.TaughtAt)
	w.areas.Attendance.OnSubmitted(progress.Credit)
	if err := w.areas.Jobs.Add(jobs.At(configs.Default().Schedules, jobs.CalendarPlan(), jobs.AccountsCloseLeft(), jobs.Retention(w.areas.Privacy))...); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = w.areas.Jobs.Stop(context.Background()) })
	w.Site = webtest.Config(w.t, e, cfg, func(p *web.Pages, _ *web.API) { handlers.New(p.App(), w.areas) })
	w.handler = w.App.Handler()
}

func (w *world) keep() {
	if w.Env.Name != "sqlite" {
		return
	}
	if w.watch == nil {
		file, err := sql.Open("sqlite3", "file:"+w.Env.Conf.Path)
		if err == nil {
			w.watch, err = file.Conn(w.t.Context())
		}
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(func() { _ = w.watch.Close(); _ = file.Close() })
	}
	w.copy = filepath.Join(w.t.TempDir(), "kept.db")
	w.raw(func(c driver.Conn) error { return c.Raw().Backup("main", "file:"+w.copy) })
}

// reset makes the database what it was when the world was built.
func (w *world) reset() {
	w.t.Helper()
	w.raw(func(c driver.Conn) error { return c.Raw().Restore("main", "file:"+w.copy) })
}

func (w *world) raw(do func(driver.Conn) error) {
	w.t.Helper()
	if err := w.watch.Raw(func(c any) error { return do(c.(driver.Conn)) }); err != nil {
		w.t.Fatal(err)
	}
}

// name gives an ID a name, and the object's paths, for rows.
func (w *world) name(name string, id interface{ String() string }, paths ...string) {
	w.ids[name] = id.String()
	if len(paths) > 0 {
		w.objects[name] = paths
	}
}

func (w *world) do(fn func(tx *db.Tx) error) { w.t.Helper(); w.Env.Do(w.t, fn) }

// sit makes the accounts that ask, and signs each in.
func (w *world) sit() {
	add := func(where string, inside bool, seats []orgtest.Seat) {
		for _, s := range seats {
			w.seat(&seat{name: string(s.Role) + " " + where, role: s.Role, inside: inside, actor: w.account(s, inside)})
		}
	}
	add("inside", true, w.tree.Inside())
	add("outside", false, w.tree.Outside())
	var bare accounts.View
	w.do(func(tx *db.Tx) (err error) {
		bare, err = accounts.Add(tx, orgtest.By, accounts.AddInput{Username: "bare", Name: "没有职务"})
		return err
	})
	w.seat(&seat{name: "nobody in particular", actor: access.New(bare.ID, access.PersonID{}, bare.Name, nil)})
	w.seats = append(w.seats, &seat{name: "visitor", actor: access.Visitor(), role: access.Public, ids: map[string]string{"sign_in": id.Random[world]().String()}})
}

// account makes the account of a seat; hosts, secretaries and trainees are people of the rosters.
func (w *world) account(s orgtest.Seat, inside bool) access.Actor {
	var unit org.Unit
	w.Env.See(w.t, func(tx *db.Tx) (err error) {
		unit, err = db.One[org.Unit](tx.Where("path = ?", s.Path), "org.unit_missing")
		return err
	})
	who := map[bool]map[access.Role]string{
		true: {access.Host: "member", access.Trainee: "member2"}, false: {access.Host: "farman"},
	}[inside][s.Role]
	var person access.PersonID
	if who != "" {
		person = parse[access.PersonID](w, who)
	}
	return accountstest.Of(w.t, w.Env, person, s.Role, unit.ID)
}

func (w *world) seat(s *seat) {
	w.t.Helper()
	w.agree(s.actor)
	a := w.as(nil, http.MethodPost, "/test/sign-in", "account="+s.actor.Account.String())
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "huotang" {
			s.cookie = c.Name + "=" + c.Value
		}
	}
	if s.cookie == "" {
		w.t.Fatalf("%s: no sign-in: %d %s", s.name, a.status, a.body)
	}
	w.Env.See(w.t, func(tx *db.Tx) error {
		list, err := accounts.SignIns(tx, s.actor, accounts.SignInsInput{})
		if err == nil {
			s.ids = map[string]string{"sign_in": list.Items[0].ID.String()}
		}
		return err
	})
	w.seats = append(w.seats, s)
}

// who finds a seat by its name.
func (w *world) who(name string) *seat {
	w.t.Helper()
	for _, s := range w.seats {
		if s.name == name {
			return s
		}
	}
	w.t.Fatalf("nobody is %q", name)
	return nil
}

// emptyWorld has every page and nothing in it.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, ids: map[string]string{}, objects: map[string][]string{}}
	w.build(dbtest.SQLite(t), web.Config{BaseURL: "http://127.0.0.1", Version: "test"})
	return w
}

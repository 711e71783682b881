package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"huotang/app/demo"
	"huotang/configs"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/lang"
)

// The files of a demo's folder beside those of every installation. The marker is written first, so that
// a folder without one is somebody else's; the database gets its final name last, so that a fill that was
// killed starts over.
const (
	demoMarker = "demo.json"
	demoFill   = "filling.db"
)

// marker says what a demo's folder was filled with.
type marker struct {
	Seed  uint64    `json:"seed"`
	Today date.Date `json:"today"`
}

// demo runs a populated county in a folder of its own, made on the first start.
func (sh *shell) demo(ctx context.Context, args []string) error {
	set := sh.flags("demo")
	dir := set.String("dir", "./data/demo", "演示数据的 `文件夹` / folder of the demo's data")
	addr := set.String("addr", "127.0.0.1:8080", "监听的 `地址` / address to listen on")
	reset := set.Bool("reset", false, "重新造数据 / make the data anew")
	if _, err := sh.parse(set, args, 0); err != nil {
		return err
	}
	// What is configured for the real site does not reach the demo; only how it logs.
	cfg, err := configs.Load("", only(sh.environ, configs.Prefix+"LOG_"), map[string]string{"listen": *addr, "data": *dir})
	if err != nil {
		return err
	}
	d := &demoFolder{shell: sh, cfg: cfg, reset: *reset, county: demo.Fill}
	s, err := New(ctx, Options{
		Config: cfg, Demo: true, Version: buildVersion(), Now: sh.now, Log: newLog(sh.err, cfg.Log), Out: sh.out, prepare: d.prepare,
	})
	if err != nil {
		return err
	}
	if err := d.greet(ctx, s); err != nil {
		return errors.Join(err, s.Close())
	}
	lean(sh.environ, demoMemory)
	return errors.Join(s.Run(ctx), s.Close())
}

// only keeps the variables whose names begin with the prefix.
func only(environ []string, prefix string) []string {
	var kept []string
	for _, v := range environ {
		if strings.HasPrefix(v, prefix) {
			kept = append(kept, v)
		}
	}
	return kept
}

// demoFolder is a demo's folder, held by this process.
type demoFolder struct {
	*shell
	cfg   configs.Config
	reset bool
	made  marker

	county func(ctx context.Context, d demo.Deps, seed uint64, now time.Time, p demo.Progress) error
}

func (d *demoFolder) path(name string) string { return filepath.Join(d.cfg.Data, name) }

// prepare fills the folder unless it is filled.
func (d *demoFolder) prepare(ctx context.Context, f *front) error {
	filled, err := d.look()
	if err != nil {
		return err
	}
	if filled && !d.reset {
		return nil
	}
	if err := d.clear(); err != nil {
		return err
	}
	d.made = marker{Seed: demo.DefaultSeed, Today: date.Of(d.now())}
	if err := d.writeMarker(); err != nil {
		return err
	}
	if err := d.fill(ctx, &progressLine{out: d.out, front: f, began: d.now(), now: d.now}); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// look reports whether the folder has a whole demo; it refuses a folder with anything else in it.
func (d *demoFolder) look() (filled bool, err error) {
	text, err := os.ReadFile(d.path(demoMarker))
	if errors.Is(err, fs.ErrNotExist) {
		return false, d.refuseForeign()
	}
	if err != nil {
		return false, fmt.Errorf("demo: %w", err)
	}
	if err := json.Unmarshal(text, &d.made); err != nil {
		return false, nil //nolint:nilerr // cut off while it was written: start over
	}
	_, err = os.Stat(d.cfg.DatabaseFile())
	return err == nil, nil
}

func (d *demoFolder) refuseForeign() error {
	entries, err := os.ReadDir(d.cfg.Data)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for _, e := range entries {
		if e.Name() != lockName && !d.isKey(e.Name()) {
			return fmt.Errorf("demo: %s 里有别的东西,换一个 --dir / holds other things, choose another --dir", d.cfg.Data)
		}
	}
	return nil
}

// isKey reports a file with keys, or one half written.
func (d *demoFolder) isKey(name string) bool {
	for _, file := range []string{d.cfg.SecretFile(), d.cfg.PhoneKeyFile()} {
		if base := filepath.Base(file); name == base || strings.HasPrefix(name, base+"-") {
			return true
		}
	}
	return false
}

// clear removes what a demo keeps, the marker last.
func (d *demoFolder) clear() error {
	var errs []error
	for _, name := range []string{filepath.Base(d.cfg.DatabaseFile()), demoFill} {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			errs = append(errs, os.RemoveAll(d.path(name+suffix)))
		}
	}
	for _, file := range []string{d.cfg.SecretFile(), d.cfg.PhoneKeyFile()} {
		halves, err := filepath.Glob(file + "-*")
		errs = append(errs, err)
		for _, half := range halves {
			errs = append(errs, os.Remove(half))
		}
	}
	errs = append(errs, os.RemoveAll(d.cfg.ObjectFolder()), os.RemoveAll(d.path(demoMarker)))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("demo: clear: %w", err)
	}
	return nil
}

func (d *demoFolder) writeMarker() error {
	text, err := json.Marshal(d.made)
	if err == nil {
		err = os.WriteFile(d.path(demoMarker), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// fill makes the county in a database that waits for no disk, writes that out, and gives it its name.
func (d *demoFolder) fill(ctx context.Context, line *progressLine) error {
	if err := keepKeys(&d.cfg); err != nil {
		return err
	}
	if err := d.fillDatabase(ctx, line); err != nil {
		return err
	}
	for _, name := range []string{d.path(demoFill), d.cfg.Data} {
		if err := syncFile(name); err != nil {
			return err
		}
	}
	if err := os.Rename(d.path(demoFill), d.cfg.DatabaseFile()); err != nil {
		return err //nolint:wrapcheck // prepare wraps
	}
	line.end()
	return syncFile(d.cfg.Data)
}

func (d *demoFolder) fillDatabase(ctx context.Context, line *progressLine) (err error) {
	clock := demo.NewClock(d.now())
	database, err := db.Open(ctx, db.Config{Driver: db.SQLite, Path: d.path(demoFill), Unsafe: true}, clock.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if _, err := database.Migrate(ctx, nil); err != nil {
		return err
	}
	store, err := openStore(ctx, d.cfg, d.now, d.out)
	if err != nil {
		return err
	}
	if c, ok := store.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	a, err := connect(d.cfg, database, store)
	if err != nil {
		return err
	}
	deps := demo.Deps{
		DB: database, Clock: clock, Library: a.Library, People: a.People, Accounts: a.Accounts, Courses: a.Courses,
		Curricula: a.Curricula, Exchange: a.Exchange, Attendance: a.Attendance, Service: a.Service,
	}
	if err := d.county(ctx, deps, d.made.Seed, d.now(), line.show); err != nil {
		return err
	}
	_, err = database.Pool().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err //nolint:wrapcheck // prepare wraps
	}
	return errors.Join(f.Sync(), f.Close())
}

// greet prints the address and the cards of the sign-in page.
func (d *demoFolder) greet(ctx context.Context, s *Server) error {
	var cards []accounts.DemoCard
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		cards, err = accounts.DemoCards(tx)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "火塘的演示县在 / the demo county is at %s\n", s.URL())
	fmt.Fprintf(d.out, "登录:打开 %s/sign-in,点一张卡片 / sign in: open it and tap a card\n", s.URL())
	for _, c := range cards {
		fmt.Fprintf(d.out, "  %-10s %s · %s\n", c.Role, lang.Chinese.T("role."+string(c.Role)), c.Who)
	}
	if today := date.Of(d.now()); d.made.Today != today {
		fmt.Fprintf(d.out, "数据是按 %s 造的;按今天重新造 / the data is as of %s; to make it as of today: huotang demo --reset\n", d.made.Today, d.made.Today)
	}
	return nil
}

// progressLine tells how far the filling is: on the terminal, and to those who open the address too early.
type progressLine struct {
	out   io.Writer
	front *front
	began time.Time
	now   func() time.Time
	last  int // per cent told
}

// show is a demo.Progress.
func (p *progressLine) show(step string, share float64) {
	percent := int(100 * share)
	if percent == p.last && percent > 0 {
		return
	}
	p.last = percent
	zh, en := lang.Chinese.T(step), lang.English.T(step)
	p.front.say(fmt.Sprintf("正在造演示的县 %d%%:%s", percent, zh), fmt.Sprintf("making the demo county, %d%%: %s", percent, en))
	fmt.Fprintf(p.out, "\r正在造演示的县 / making the demo county %3d%% %s   ", percent, zh)
}

func (p *progressLine) end() {
	fmt.Fprintf(p.out, "\r演示的县造好了,用了 %.0f 秒 / the demo county is made, in %.0f s        \n", p.now().Sub(p.began).Seconds(), p.now().Sub(p.began).Seconds())
}

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/app/demo"
	"huotang/configs"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// smallCounty fills in a moment, and fails in the middle when it is told to.
func smallCounty(fail error) func(context.Context, demo.Deps, uint64, time.Time, demo.Progress) error {
	return func(ctx context.Context, d demo.Deps, _ uint64, _ time.Time, p demo.Progress) error {
		p("demo.units", 0)
		err := d.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := org.AddUnit(tx, access.System("demo.fill"), org.AddUnitInput{Tree: org.Administrative, Kind: org.County, Code: "530921", Name: "凤庆县"})
			return err
		})
		if err == nil {
			err = d.Library.Store.Put(ctx, "videos/a.mp4", strings.NewReader("x"), 1, "")
		}
		p("demo.done", 1)
		return errors.Join(err, fail)
	}
}

func testDemo(t *testing.T, dir string, reset bool, now time.Time, fail error) (*demoFolder, error) {
	t.Helper()
	cfg := configs.Default()
	cfg.Data = dir
	d := &demoFolder{
		shell: &shell{out: &strings.Builder{}, now: func() time.Time { return now }}, cfg: cfg, reset: reset, county: smallCounty(fail),
	}
	return d, d.prepare(context.Background(), testFront(t))
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func TestDemoStartsOverAfterItWasKilled(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 3, 6, 4, 0, 0, 0, time.UTC)
	killed := errors.New("killed")
	if _, err := testDemo(t, dir, false, now, killed); !errors.Is(err, killed) {
		t.Fatal(err)
	}
	if exists(dir, "huotang.db") || !exists(dir, demoFill) {
		t.Fatal("a fill that was cut off has the final name")
	}
	if _, err := testDemo(t, dir, false, now, nil); err != nil {
		t.Fatal(err)
	}
	if !exists(dir, "huotang.db") || exists(dir, demoFill) || exists(dir, demoFill+"-wal") || !exists(dir, "objects/videos/a.mp4") {
		entries, _ := os.ReadDir(dir)
		t.Errorf("after the fill: %v", entries)
	}

	// Once filled it stays, on another day too, until it is reset.
	d, err := testDemo(t, dir, false, now.AddDate(0, 0, 3), killed)
	if err != nil || d.made.Today.String() != "2026-03-06" {
		t.Errorf("filled twice: %v, as of %s", err, d.made.Today)
	}
	if d, err = testDemo(t, dir, true, now.AddDate(0, 0, 3), nil); err != nil || d.made.Today.String() != "2026-03-09" {
		t.Errorf("reset: %v, as of %s", err, d.made.Today)
	}

	// A reset that is killed, and a marker that was cut off, start over.
	if _, err = testDemo(t, dir, true, now, killed); !errors.Is(err, killed) || exists(dir, "huotang.db") {
		t.Errorf("reset cut off: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, demoMarker), []byte(`{"se`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = testDemo(t, dir, false, now, nil); err != nil || !exists(dir, "huotang.db") {
		t.Errorf("marker cut off: %v", err)
	}
}

func TestDemoLeavesOtherFoldersAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "huotang.db"), []byte("a real county"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, reset := range []bool{false, true} {
		if _, err := testDemo(t, dir, reset, time.Now(), nil); err == nil || !exists(dir, "huotang.db") {
			t.Errorf("reset %v: takes a folder that is no demo's: %v", reset, err)
		}
	}
}

// The demo is told nothing of the real site but how to log.
func TestDemoIgnoresTheRealConfiguration(t *testing.T) {
	got := only([]string{"HUOTANG_DATABASE_DSN=x", "HUOTANG_LOG_LEVEL=debug", "PATH=/bin"}, configs.Prefix+"LOG_")
	if len(got) != 1 || got[0] != "HUOTANG_LOG_LEVEL=debug" {
		t.Errorf("%v", got)
	}
}

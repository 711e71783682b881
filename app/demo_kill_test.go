package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"huotang/app/demo"
	"huotang/configs"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
)

// A demo that is killed runs in a process of its own: this test binary, started again for [TestDemoProcess] beside the
// folder, with "small" or "whole" in killedCounty.
const (
	killedCounty = "HUOTANG_TEST_KILLED_COUNTY"
	killedFolder = "demo"
)

// TestDemoProcess is what the other process runs; here it has nothing to do.
func TestDemoProcess(t *testing.T) {
	switch os.Getenv(killedCounty) {
	case "small":
		if err := slowDemo(killedFolder); err != nil {
			t.Fatal(err)
		}
	case "whole":
		sh := &shell{out: os.Stdout, err: os.Stderr, now: time.Now}
		os.Exit(sh.run(context.Background(), []string{"demo", "--dir", killedFolder, "--addr", "127.0.0.1:0"}))
	}
}

const slowUnits = 20

// slowDemo prepares a folder with a county that takes a tenth of a second, in the order in which a server starts.
func slowDemo(dir string) error {
	release, err := holdFolder(dir)
	if err != nil {
		return err
	}
	cfg := configs.Default()
	cfg.Data = dir
	if err := cfg.KeepSecret(); err != nil {
		return err
	}
	f, err := openFront(configs.Config{Listen: "127.0.0.1:0"}, newLog(os.Stderr, cfg.Log))
	if err != nil {
		return err
	}
	d := &demoFolder{shell: &shell{out: os.Stdout, now: time.Now}, cfg: cfg, county: slowCounty}
	return errors.Join(d.prepare(context.Background(), f), f.server.Close(), release())
}

func slowCounty(ctx context.Context, d demo.Deps, _ uint64, _ time.Time, p demo.Progress) error {
	for i := range slowUnits {
		err := d.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := org.AddUnit(tx, access.System("demo.fill"), org.AddUnitInput{
				Tree: org.Administrative, Kind: org.County, Code: fmt.Sprintf("5309%02d", i), Name: "县",
			})
			return err
		})
		if err == nil {
			err = d.Library.Store.Put(ctx, fmt.Sprintf("videos/%d.mp4", i), strings.NewReader("x"), 1, "")
		}
		if err != nil {
			return err
		}
		p("demo.units", float64(i)/slowUnits)
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

func demoProcess(t *testing.T, dir, county string) (*exec.Cmd, *syncBuffer) {
	t.Helper()
	program, err := os.Executable() // whole, since it starts in another folder
	if err != nil {
		t.Fatal(err)
	}
	out := &syncBuffer{}
	cmd := exec.Command(program, "-test.run=^TestDemoProcess$", "-test.count=1")
	cmd.Dir, cmd.Env = filepath.Dir(dir), append(os.Environ(), killedCounty+"="+county)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// kill ends the process as a power cut would, and reports whether it was still running.
func kill(t *testing.T, cmd *exec.Cmd) (cut bool) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	return cmd.Wait() != nil
}

// Killed at any moment, the folder has a whole county or none, and the next start makes it whole.
func TestDemoKilledAtAnyMoment(t *testing.T) {
	dir := filepath.Join(t.TempDir(), killedFolder)
	cuts := 0
	for range 12 {
		cmd, out := demoProcess(t, dir, "small")
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		cut := kill(t, cmd)
		if !cut && !cmd.ProcessState.Success() {
			t.Fatal(out)
		}
		if !cut || exists(dir, "huotang.db") {
			wholeDemo(t, dir)
			dir = filepath.Join(t.TempDir(), killedFolder) // a new one, since this one only serves from now on
			continue
		}
		cuts++
	}
	cmd, out := demoProcess(t, dir, "small")
	if err := cmd.Wait(); err != nil {
		t.Fatal(err, out)
	}
	wholeDemo(t, dir)
	t.Logf("%d of 12 were cut before the end", cuts)
}

// wholeDemo fails unless every unit and object is there and nothing else.
func wholeDemo(t *testing.T, dir string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{Driver: db.SQLite, Path: filepath.Join(dir, "huotang.db")}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var units int
	var state string
	err = d.Pool().QueryRowContext(t.Context(), "SELECT COUNT(*), (SELECT integrity_check FROM pragma_integrity_check) FROM units").Scan(&units, &state)
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	objects, err := os.ReadDir(filepath.Join(dir, "objects", "videos"))
	if err != nil || units != slowUnits || state != "ok" || len(objects) != slowUnits {
		t.Errorf("%d units, %s, %d objects, %v", units, state, len(objects), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), demoFill) || strings.HasPrefix(e.Name(), "secret-") {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// The county itself, killed three times while it fills, comes up with the figures that the demo promises.
func TestDemoCountyKilled(t *testing.T) {
	if !dbtest.All() {
		t.Log("a whole county is filled in the full run only")
		return
	}
	dir := filepath.Join(t.TempDir(), killedFolder)
	for range 3 {
		percent := 1 + rand.IntN(60)
		cmd, out := demoProcess(t, dir, "whole")
		until(t, out, func(told string) bool { return toldPercent(told) >= percent })
		if !kill(t, cmd) || exists(dir, "huotang.db") {
			t.Errorf("killed at %d%%, it is whole:\n%s", percent, out)
		}
	}
	cmd, out := demoProcess(t, dir, "whole")
	defer kill(t, cmd)
	until(t, out, func(told string) bool { return strings.Contains(told, "msg=serving") })
	site := line(t, out, "the demo county is at ")
	if status, body := fetch(t, site+"/readyz"); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	askCounty(t, site)
}

// until waits for what a process tells minutes after its start.
func until(t *testing.T, out *syncBuffer, told func(string) bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !told(out.String()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never told:\n%s", out)
		}
	}
}

// toldPercent is the last share that the progress line shows.
func toldPercent(out string) int {
	_, last, _ := strings.Cut(out[max(0, strings.LastIndexByte(out, '\r')):], "county ")
	n, _, _ := strings.Cut(last, "%")
	percent, _ := strconv.Atoi(strings.TrimSpace(n)) // 0 before the first
	return percent
}

// askCounty signs in by the county's card and reads the report.
func askCounty(t *testing.T, site string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	resp, err := client.Post(site+"/api/v1/demo/sign-in", "application/json", strings.NewReader(`{"role": "county"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	resp, err = client.Get(site + "/api/v1/reports/summary")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var body bytes.Buffer
	var got struct{ Schools, Sessions, Attendances int }
	if _, err := body.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body.Bytes(), &got); err != nil || got.Schools != demo.SiteCount || got.Sessions != 7996 || got.Attendances < 100_000 {
		t.Errorf("%v: %s", err, &body)
	}
}

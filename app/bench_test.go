//go:build linux

// The figures of `make bench`: what requests cost in processor time, ours and the database's, beside what the same
// answers would cost without huotang. It is a benchmark so that `go test` leaves it alone:
//
//	go test -run '^$' -bench Figures -benchtime 1x ./app        # all; leaves the tables in .cache
//	go test -run '^$' -bench Figures/demo -benchtime 1x ./app   # or SQLite, MySQL, planning, burst, growth; HUOTANG_BENCH_DEMO=huotang.db of a demo saves making one
//
// How time is counted: the house is the program as it is shipped, in a process of its own, and the database server is one; the
// kernel's clock of each process is read before and after a batch of requests. The client is this process, whose time is
// not counted. The limits of pages are a bare Gin engine in a third process, asked by the same client. Only the
// transaction written by hand and the bare hash of a password run in this process, which does nothing else meanwhile and has
// no HTTP to pay for.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"huotang/configs"
	"huotang/media"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// runLimits makes this process one of the limits when it was started as one.
func runLimits() {
	setup := os.Getenv(limitVariable)
	if setup == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	context.AfterFunc(ctx, func() { stop(); os.Exit(0) })
	fmt.Fprintln(os.Stderr, serveLimits(setup))
	os.Exit(1)
}

func BenchmarkFigures(b *testing.B) {
	f := &figures{Machine: machine(), At: time.Now()}
	program, size := buildHouse(b)
	parts := 0
	part := func(name string, measure func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			measure(b)
			parts++
		})
	}
	part("SQLite", func(b *testing.B) { f.evenings(b, program, "SQLite") })
	part("MySQL", func(b *testing.B) { f.evenings(b, program, "MySQL") })
	part("demo", func(b *testing.B) { f.demo(b, program) })
	part("planning", f.planning)
	var file string
	demo := func() string { // of the whole run: its folder outlives the parts
		if file == "" {
			file = demoFile(b, program)
		}
		return file
	}
	for _, database := range []string{"SQLite", "MySQL"} {
		part("burst/"+database, func(b *testing.B) { f.burst(b, program, demo(), database) })
		part("growth/"+database, func(b *testing.B) { f.growth(b, program, demo(), database) })
	}
	f.budget("program, stripped, without cgo", size, "MB", 60)
	if f.write(os.Stdout); parts == 8 {
		f.keep(b)
	}
}

// machine names the processor.
func machine() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	_, rest, found := strings.Cut(string(text), "model name\t: ")
	model, _, _ := strings.Cut(rest, "\n")
	if err != nil || !found {
		model = runtime.GOARCH
	}
	return fmt.Sprintf("%d × %s", runtime.NumCPU(), model)
}

// demo measures what is read by many, in the demo county.
func (f *figures) demo(b *testing.B, program string) {
	b.Helper()
	dir := f.fillDemo(b, program)
	at := freeAddress(b)
	house := startChild(b, at, nil, program, "demo", "--dir", dir, "--addr", at)
	f.budget("demo: ready at the second start", house.waited.Seconds(), "s", 2)
	cfg := configs.Default()
	cfg.Data = dir
	database := db.Config{Driver: db.SQLite, Path: cfg.DatabaseFile()}
	limits := startLimits(b, database)

	trainee, county := newCaller(b, house.url), newCaller(b, house.url)
	trainee.signIn("/demo/sign-in", map[string]string{"role": "trainee"})
	county.signIn("/demo/sign-in", map[string]string{"role": "county"})
	f.busy(b, house, "second")
	f.lists(b, house, county, limits)

	f.add("catalogue, page, no page cache", "SQLite", "bare Gin: same bytes", 0.8, "29–36").
		against(b, 60, house, trainee, "/catalogue", limits, 0)
	clerk := newCaller(b, house.url)
	clerk.signIn("/demo/sign-in", map[string]string{"role": "township"})
	for _, view := range []string{"month", "agenda"} {
		f.add("calendar of a township, "+view, "SQLite", "bare Gin: same bytes", 0, "").against(b, 20, house, clerk, "/calendar?view="+view, limits, 0)
	}
	const asked = "bare Gin: three queries by hand on the same tables, same bytes"
	queries := []string{
		"SELECT COUNT(*) FROM sites WHERE licence = 'licensed'",
		"SELECT COUNT(*), SUM(attended), SUM(minutes) FROM sessions WHERE state = 'submitted'",
		"SELECT COUNT(DISTINCT person_id) FROM person_sites",
	}
	f.add("county report, API", "SQLite", asked, 5, "393 ms for a lesser one").
		against(b, 30, house, county, "/api/v1/reports/summary", limits, 0, queries...)
	f.add("county report, page", "SQLite", asked, 0, "").
		against(b, 20, house, county, "/county", limits, 0, queries...)
	f.video(b, house, trainee, limits, cfg, database)
}

// planning measures what it costs to plan a month of a province, 75,000 schools, beside a bare batched insert of the same rows; planned
// again nothing is written. It runs in this process, once on each database.
func (f *figures) planning(b *testing.B) {
	b.Helper()
	size := calendartest.ProvinceMonth
	for _, name := range []string{"SQLite", "MySQL"} {
		var e *dbtest.Env
		if name == "SQLite" {
			e = dbtest.SQLite(b)
		} else {
			e = dbtest.Server(b, "mysql")
		}
		c := size.Measure(b, e, size.Fill(b, e))
		for _, part := range []struct {
			name string
			cost calendartest.Cost
		}{{"planned", c.Plan}, {"the same rows in bare batched inserts", c.Bare}, {"planned again, which writes nothing", c.Again}} {
			f.budget("a province's month of 75,000 schools, "+name+": "+part.name+", processor time", part.cost.CPU.Seconds(), "s", 0)
		}
	}
}

// fills is how often the demo county is made.
const fills = 3

// fillDemo makes the county three times, and asks the last one for as much as the second start is asked for.
func (f *figures) fillDemo(b *testing.B, program string) (dir string) {
	b.Helper()
	dir = filepath.Join(b.TempDir(), "demo")
	var waited, cpu [fills]float64
	for i := range fills {
		at := freeAddress(b)
		house := startChild(b, at, nil, program, "demo", "--reset", "--dir", dir, "--addr", at)
		used, err := cpuOf(house.pid)
		if err != nil {
			b.Fatal(err)
		}
		waited[i], cpu[i] = house.waited.Seconds(), used.Seconds()
		if i == fills-1 {
			f.busy(b, house, "first")
		}
		house.stop(b)
	}
	slices.Sort(waited[:])
	slices.Sort(cpu[:])
	f.budget("demo: ready at the first start, median of 3", waited[fills/2], "s", 30)
	f.budget("demo: processor time of the first start, median of 3", cpu[fills/2], "s", 0)
	return dir
}

// busy asks for 200 pages, for workbooks and for the description of the API, and tells what memory the demo then has.
func (f *figures) busy(b *testing.B, house *child, start string) {
	b.Helper()
	trainee, county := newCaller(b, house.url), newCaller(b, house.url)
	trainee.signIn("/demo/sign-in", map[string]string{"role": "trainee"})
	county.signIn("/demo/sign-in", map[string]string{"role": "county"})
	for range 40 {
		for _, path := range []string{"/catalogue", "/me/study", "/api/v1/courses"} {
			trainee.do(false, http.MethodGet, path, nil)
		}
		for _, path := range []string{"/county", "/api/v1/reports/summary"} {
			county.do(false, http.MethodGet, path, nil)
		}
	}
	for range 10 {
		for _, path := range []string{"/people", "/sites", "/calendar", "/audit", "/reports/print", "/reports/summary.xlsx", "/api/v1/openapi.json"} {
			county.do(false, http.MethodGet, path, nil)
		}
	}
	f.budget("demo: resident memory after 270 requests, "+start+" start", house.memory(b, "VmRSS"), "MB", 150)
}

// video measures ranges of 1 MB from the disk. The demo's own videos are smaller, so a file of 8 MB takes the place
// of one: whoever sends ranges reads no further than its size.
func (f *figures) video(b *testing.B, house *child, trainee *caller, limits *child, cfg configs.Config, database db.Config) {
	b.Helper()
	const part, parts = 1 << 20, 8
	lesson, key := aVideo(b, database)
	store, err := media.OpenDisk(cfg.ObjectFolder(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := store.Put(patient(b), key, strings.NewReader(strings.Repeat("huotang.", part)), parts*part, "video/mp4"); err != nil {
		b.Fatal(err)
	}
	bareGin := newCaller(b, limits.url)
	bareGin.send("/limits/video", limit{File: filepath.Join(cfg.ObjectFolder(), key)})
	get := func(c *caller, path string) func(int) {
		return func(i int) {
			from := i % parts * part
			a := c.do(false, http.MethodGet, path, nil, "Range", fmt.Sprintf("bytes=%d-%d", from, from+part-1))
			if a.size != part {
				b.Fatalf("%s: %d bytes", path, a.size)
			}
		}
	}
	x := f.add("video, range of 1 MB from disk", "SQLite", "bare Gin: http.ServeContent of the file", 0, "")
	x.Bytes = part
	x.measure(b, 60,
		&side{request: get(trainee, "/lessons/"+lesson.String()+"/play"), pids: []int{house.pid}},
		&side{request: get(bareGin, "/limits/video"), pids: []int{limits.pid}})
}

// aVideo is one of the demo's.
func aVideo(b *testing.B, database db.Config) (lesson courses.LessonID, key string) {
	b.Helper()
	d, err := db.Open(patient(b), database, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	err = d.Pool().QueryRow("SELECT lesson_id, object_key FROM videos WHERE state = 'ready' ORDER BY object_key LIMIT 1").Scan(&lesson, &key)
	if err != nil {
		b.Fatal(err)
	}
	return lesson, key
}

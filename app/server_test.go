package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"huotang/configs"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// syncBuffer is an output that may be read while a server writes to it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start runs a command that serves, until the returned function stops it.
func start(t *testing.T, environ []string, args ...string) (out *syncBuffer, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &syncBuffer{}
	sh := &shell{environ: environ, in: strings.NewReader(""), out: out, err: out, now: time.Now}
	done := make(chan int, 1)
	go func() { done <- sh.run(ctx, args) }()
	stop = sync.OnceValue(func() int {
		cancel()
		select {
		case code := <-done:
			return code
		case <-time.After(30 * time.Second):
			t.Error("the server does not stop")
			return -1
		}
	})
	t.Cleanup(func() { stop() })
	return out, stop
}

// line waits for a line with the mark and gives what follows the mark.
func line(t *testing.T, out *syncBuffer, mark string) string {
	t.Helper()
	var found string
	dbtest.Wait(t, mark+" in the output", func() bool {
		_, rest, ok := strings.Cut(out.String(), mark)
		found, _, _ = strings.Cut(rest, "\n")
		return ok && strings.Contains(rest, "\n")
	})
	return found
}

func TestServeOnEmptyInstance(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}
	out, stop := start(t, nil, args...)
	at := line(t, out, "huotang is at ")
	link := line(t, out, "once\n  ")
	if !strings.HasPrefix(link, at+"/setup?code=") {
		t.Errorf("set-up link %q", link)
	}
	dbtest.Wait(t, "ready", func() bool { status, _ := fetch(t, at+"/readyz"); return status == 200 })
	if status, body := fetch(t, link); status != 200 || !strings.Contains(body, "<form") {
		t.Errorf("set-up page: %d\n%s", status, body)
	}
	if code, _, errs := testShell(t, "", nil, "serve", "--data", data, "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "another huotang") {
		t.Errorf("a second server on the folder: exit %d, %s", code, errs)
	}
	if code := stop(); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}

	_, _, _ = testShell(t, "Correct horse 7\n", nil, "admin", "add", "--data", data, "--username", "li", "--name", "李",
		"--county-code", "530921", "--county", "凤庆县")
	out, stop = start(t, nil, args...)
	line(t, out, "huotang is at ")
	dbtest.Wait(t, "serving", func() bool { return strings.Contains(out.String(), "msg=serving") })
	if code := stop(); code != 0 || strings.Contains(out.String(), "/setup?code=") {
		t.Errorf("exit %d, offers the set-up again:\n%s", code, out)
	}
}

func TestAddressTaken(t *testing.T) {
	f := testFront(t)
	code, _, errs := testShell(t, "", nil, "serve", "--data", t.TempDir(), "--listen", f.addr())
	if code != 1 || !strings.Contains(errs, "address already in use") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestOlderProgramRefusesNewerSchema(t *testing.T) {
	data := t.TempDir()
	if code, _, errs := testShell(t, "", nil, "migrate", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	cfg := configs.Default()
	cfg.Data = data
	d, err := db.Open(context.Background(), db.Config{Driver: db.SQLite, Path: cfg.DatabaseFile()}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Pool().Exec("INSERT INTO schema_versions (version_id, is_applied) VALUES (29990101000000, 1)")
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "migrate"} {
		code, _, errs := testShell(t, "", nil, command, "--data", data, "--listen", "127.0.0.1:0")
		if code != 1 || !strings.Contains(errs, "newer than this program") {
			t.Errorf("%s: exit %d, %s", command, code, errs)
		}
	}
}

// The server comes up before its database does, and waits.
func TestWaitsForTheDatabase(t *testing.T) {
	server := dbtest.Service(t, "HUOTANG_TEST_MYSQL") // "user:password@tcp(host:port)/"
	user, rest, _ := strings.Cut(server, "@tcp(")
	target, _, _ := strings.Cut(rest, ")")
	e := dbtest.Server(t, "mysql")
	name := e.Conf.DSN[strings.LastIndexByte(e.Conf.DSN, '/')+1:]

	door, err := net.Listen("tcp", "127.0.0.1:0") // the address is ours, and nobody answers at it yet
	if err != nil {
		t.Fatal(err)
	}
	at := door.Addr().String()
	if err := door.Close(); err != nil {
		t.Fatal(err)
	}
	out, stop := start(t, []string{
		"HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN=" + user + "@tcp(" + at + ")/" + name, "HUOTANG_JOBS=off",
	}, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	line(t, out, "waiting for ")
	door, err = net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = door.Close() }()
	go forward(door, target)
	url := line(t, out, "huotang is at ")
	dbtest.Wait(t, "ready", func() bool { status, _ := fetch(t, url+"/readyz"); return status == 200 })
	if code := stop(); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// forward joins each connection to the door with one to the target.
func forward(door net.Listener, target string) {
	for {
		in, err := door.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", target)
		if err != nil {
			_ = in.Close()
			continue
		}
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
	}
}

func TestGivesUpWaiting(t *testing.T) {
	code, out, errs := testShell(t, "", []string{
		"HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN=root:Hunter2@tcp(127.0.0.1:1)/x", "HUOTANG_WAIT_SECONDS=1",
	}, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errs, "gave up after 1s") || !strings.Contains(out, "waiting for") || strings.Contains(out+errs, "Hunter2") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestStopsWhileWaiting(t *testing.T) {
	out, stop := start(t, []string{
		"HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN=root@tcp(127.0.0.1:1)/x",
	}, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	line(t, out, "waiting for ")
	if code := stop(); code != 1 {
		t.Errorf("exit %d", code)
	}
}

// What was opened is closed in the reverse order, all of it, whatever fails.
func TestCloseGoesBackwards(t *testing.T) {
	var order []string
	s := &Server{}
	for _, name := range []string{"database", "store", "jobs"} {
		s.later(name, func() error { order = append(order, name); return errors.New(name + " is stuck") })
	}
	err := s.Close()
	if got := fmt.Sprint(order); got != "[jobs store database]" || err == nil || strings.Count(err.Error(), "stuck") != 3 {
		t.Errorf("order %v, err %v", order, err)
	}
	if err := s.Close(); err != nil || len(order) != 3 {
		t.Errorf("closed twice: %v %v", order, err)
	}
}

func TestLogNamesTheRequestOnce(t *testing.T) {
	var b bytes.Buffer
	log := newLog(&b, configs.Log{Level: "info", Format: "json"})
	ctx := db.WithRequestID(context.Background(), "r-12345678")
	log.InfoContext(ctx, "one")
	log.With("job", "x").InfoContext(ctx, "two", slog.String("request_id", "r-12345678"))
	log.DebugContext(ctx, "not shown")
	if strings.Count(b.String(), "r-12345678") != 2 || strings.Contains(b.String(), "not shown") {
		t.Error(b.String())
	}
}

// A folder's data is made in files that only its owner reads.
func TestFolderIsTheOwners(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new")
	release, err := holdFolder(data)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := holdFolder(data); err == nil {
		t.Error("two hold the folder")
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = holdFolder(data)
	if err != nil {
		t.Fatal(err)
	}
	_ = release()
}

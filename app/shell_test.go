package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/configs"
)

// testShell runs a command line and gives what it printed.
func testShell(t *testing.T, in string, environ []string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	sh := &shell{environ: environ, in: strings.NewReader(in), out: &o, err: &e, now: time.Now}
	code = sh.run(context.Background(), args)
	return code, o.String(), e.String()
}

func TestCommandLines(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("listn: x\nsecret: Hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	admin := []string{"admin", "add", "--data", data, "--username", "li", "--name", "李"}
	for _, c := range []struct {
		in      string
		environ []string
		args    []string
		code    int
		want    string // in what was printed
	}{
		{args: []string{"help"}, want: "admin add --username NAME"},
		{args: []string{"-h"}, want: "huotang config default"},
		{args: []string{"serve", "-h"}, want: "-listen"},
		{args: []string{"version"}},
		{args: []string{"config", "default"}, want: "upload_limit_mb: 200"},
		{args: []string{"config", "check"}, want: "no faults"},
		{args: []string{"config", "check", "--data", "/srv/x"}, want: "--data"},
		{args: []string{"config", "check"}, environ: []string{"HUOTANG_SECRET=" + strings.Repeat("Hunter2", 6)}, want: "«set»"},
		{args: []string{"config", "check", "--config", bad}, code: 1, want: "bad.yaml:1"},
		{args: []string{"config", "check"}, environ: []string{"HUOTANG_CONFIG=" + bad}, code: 1, want: "bad.yaml:2"},
		{args: []string{"config", "check"}, environ: []string{"HUOTANG_LISTEM=x"}, want: "HUOTANG_LISTEM"},
		{args: []string{"--config", bad}, code: 1, want: "bad.yaml:1"},
		{args: []string{"config"}, code: 2, want: "no such command: config"},
		{args: []string{"bogus"}, code: 2, want: "no such command: bogus"},
		{args: []string{"serve", "--bogus"}, code: 2, want: "-bogus"},
		{args: []string{"serve", "now"}, code: 2, want: "takes 0 more words"},
		{args: []string{"jobs", "run"}, code: 2, want: "takes 1 more words"},
		{args: []string{"jobs", "list", "--data", data}, code: 1, want: "huotang migrate"},
		{args: []string{"migrate", "--data", data}, want: "the database is up to date"},
		{args: []string{"migrate", "--data", data}, want: "0 steps"},
		{args: []string{"jobs", "list", "--data", data}, want: "calendar.plan"},
		{args: []string{"jobs", "run", "retention", "--data", data}, want: "retention:"},
		{args: []string{"jobs", "run", "calendar.announce", "--dry-run", "--data", data}, want: "calendar.announce: announced 0"},
		{args: []string{"jobs", "run", "--data", data, "nothing"}, code: 1, want: "no such job"},
		{args: []string{"jobs", "history", "--data", data}, want: "finished (by hand)"},
		{args: []string{"jobs", "history", "--job", "calendar.announce", "--data", data}, want: "finished (dry run)"},
		{args: []string{"jobs", "history", "--limit", "1", "--data", data}, want: "announced 0"},
		{args: []string{"jobs", "history", "--limit", "many", "--data", data}, code: 2, want: "limit"},
		{args: []string{"jobs", "history", "retention", "--data", data}, code: 2, want: "takes 0 more words"},
		{args: []string{"admin", "add"}, code: 2, want: "--username"},
		{args: admin, in: "Correct horse 7\n", code: 2, want: "--county-code"},
		{args: append(admin, "--county-code", "530921", "--county", "凤庆县"), in: "short\n", code: 1, want: "password:"},
		{args: append(admin, "--county-code", "530921", "--county", "凤庆县"), in: "Correct horse 7\n", want: "account li is made"},
		{args: admin, in: "Correct horse 7\n", code: 1, want: "already in use"},
		{args: []string{"health", "--listen", "127.0.0.1:1"}, code: 1, want: "refused"},
		{args: []string{"demo", "--dir", data}, code: 1, want: "another --dir"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			code, out, errs := testShell(t, c.in, c.environ, c.args...)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("exit %d, want %d with %q\n%s%s", code, c.code, c.want, out, errs)
			}
			if strings.Contains(out+errs, "Hunter2") || strings.Contains(out+errs, "horse") {
				t.Error("prints a secret")
			}
			if c.code != 0 && !strings.Contains(errs, "huotang: ") {
				t.Errorf("the fault is not on the error output: %q", errs)
			}
		})
	}
}

func TestHealthAsksThisMachine(t *testing.T) {
	for listen, want := range map[string]string{
		":8080":          "http://127.0.0.1:8080/healthz",
		"0.0.0.0:80":     "http://127.0.0.1:80/healthz",
		"[::]:80":        "http://127.0.0.1:80/healthz",
		"127.0.0.1:8080": "http://127.0.0.1:8080/healthz",
		"[::1]:8080":     "http://[::1]:8080/healthz",
	} {
		cfg := configs.Default()
		cfg.Listen = listen
		if got := healthURL(cfg); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
	f := testFront(t)
	if code, out, _ := testShell(t, "", nil, "health", "--listen", f.addr()); code != 0 || out != "ok\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	srv := httptest.NewServer(nil) // answers 404
	defer srv.Close()
	if code, _, errs := testShell(t, "", nil, "health", "--listen", srv.Listener.Addr().String()); code != 1 || !strings.Contains(errs, "404") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

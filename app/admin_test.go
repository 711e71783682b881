package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"huotang/models/db/dbtest"
)

// Who has lost the county's password is let in from the server, by a link that works once.
func TestAdminReset(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if code, _, errs := testShell(t, "", nil, "migrate", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := testShell(t, "Correct horse 7\n", nil, "admin", "add", "--data", data, "--username", "li", "--name", "李",
		"--county-code", "530921", "--county", "凤庆县"); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := testShell(t, "", nil, "admin", "reset", "--data", data, "--username", "nobody"); code != 1 || errs == "" {
		t.Errorf("an account that is not there: exit %d, %s", code, errs)
	}
	code, out, errs := testShell(t, "", nil, "admin", "reset", "--data", data, "--username", " Li ")
	if code != 0 {
		t.Fatalf("exit %d, %s", code, errs)
	}
	_, link, _ := strings.Cut(out, "/first/")
	link = "/first/" + strings.TrimSpace(link)

	served, stop := start(t, nil, "serve", "--data", data, "--listen", "127.0.0.1:0")
	at := line(t, served, "huotang is at ")
	dbtest.Wait(t, "ready", func() bool { status, _ := fetch(t, at+"/readyz"); return status == http.StatusOK })
	if status, body := fetch(t, at+link); status != http.StatusOK || !strings.Contains(body, "这是您吗") || strings.Contains(body, "horse") {
		t.Errorf("%d %s", status, body)
	}
	send := func(path string, form url.Values) (int, string) {
		t.Helper()
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := (&http.Client{Jar: jar}).PostForm(at+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode, res.Request.URL.Path
	}
	fresh := url.Values{"password": {"Better horse 8"}, "again": {"Better horse 8"}}
	if status, path := send(link, fresh); status != http.StatusOK || path != "/sign-in/second" {
		t.Errorf("%d at %s: the second lock is to be made anew", status, path)
	}
	if status, _ := send(link, fresh); status != http.StatusUnprocessableEntity {
		t.Errorf("the link works twice: %d", status)
	}
	for password, want := range map[string]int{"Correct horse 7": http.StatusUnprocessableEntity, "Better horse 8": http.StatusOK} {
		if status, _ := send("/sign-in", url.Values{"username": {"li"}, "password": {password}}); status != want {
			t.Errorf("%s: status %d", password, status)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("exit %d\n%s", code, served)
	}
}

package reports

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// Chromium puts each sheet that the server laid out on one page of A4: 第x页/共y页 is true on paper.
func TestSheetsArePages(t *testing.T) {
	chromium := dbtest.Service(t, "HUOTANG_TEST_CHROMIUM")
	w := start(t, dbtest.SQLite(t))
	w.Env.Do(t, func(tx *db.Tx) error {
		for i := range 60 {
			name := fmt.Sprintf("古平村%s%d家庭党校", strings.Repeat("上寨", i%9), i)
			if _, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: w.County.Village3.ID, Name: name, LicensedOn: orgtest.LicensedOn}); err != nil {
				return err
			}
		}
		return nil
	})
	b := w.as(t, access.County)
	for _, path := range []string{"/reports/print", "/reports/print?detail=schools", "/reports/month/print"} {
		page := b.Get(path).Want(200)
		sheets := page.Find(".sheet").Length()
		html := strings.NewReplacer(`href="/`, `href="`+w.URL+`/`, `src="/`, `src="`+w.URL+`/`).Replace(page.Body)
		if got := pages(t, chromium, html); got != sheets || sheets < 1 {
			t.Errorf("%s: %d sheets on %d pages", path, sheets, got)
		}
	}
}

// pages prints a page and counts the paper.
func pages(t *testing.T, chromium, html string) int {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(in, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+in)
	cmd.WaitDelay = 5 * time.Second
	if log, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	pdf, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(pdf, []byte("/Type /Page")) - bytes.Count(pdf, []byte("/Type /Pages"))
}

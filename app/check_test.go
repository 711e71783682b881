package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
)

// 试试这部手机 tries storage, offline, video and camera on the phone alone: beyond the page and its files it asks for a second
// of video when that is tried, and what is photographed stays where it is.
func TestCheckSendsNothing(t *testing.T) {
	h := onDisk(t)
	p := browsertest.Phone(t, h.URL())
	all := p.Mark()
	p.Open("/check")
	p.In("没信号时把名单记在手机里").See("✓ 能")
	p.In("没信号时打开点名的页面").See("✓ 能")
	p.Quiet(all)

	photo := filepath.Join(t.TempDir(), "茶.jpg")
	if err := os.WriteFile(photo, []byte("a picture of tea"), 0o600); err != nil {
		t.Fatal(err)
	}
	after := p.Mark()
	p.Attach("拍照", photo)
	p.In("拍照").See("✓ 能")
	if sent := p.Since(after); len(sent.Requests) > 0 {
		t.Errorf("looking at a picture asks the server:\n%s", sent)
	}
	p.In("放课的视频").Tap("试")
	p.In("放课的视频").See("✓ 能")
	for _, r := range p.Since(all).Requests {
		u, err := url.Parse(r.URL)
		if err != nil || r.Method != "GET" || u.Path != "/check" && !strings.HasPrefix(u.Path, "/static/") && u.Path != "/favicon.svg" && u.Path != "/manifest.webmanifest" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
	}
	var sent int
	if err := h.env.Pool().QueryRow("SELECT (SELECT COUNT(*) FROM audit_rows) + (SELECT COUNT(*) FROM sign_ins) + (SELECT COUNT(*) FROM devices)").Scan(&sent); err != nil || sent > 0 {
		t.Errorf("%d rows were written: %v", sent, err)
	}
	p.NoSideScroll()
	p.Axe()
	h.settled(p)
}

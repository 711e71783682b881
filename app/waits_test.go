package main

import (
	"io"
	"net"
	"strings"
	"testing"

	"huotang/media/mediatest"
	"huotang/models/db/dbtest"
)

// The start waits for an object store that is not there yet, as it does for a database: it says so, is not ready meanwhile, and opens once
// the store answers. One that never comes ends the start with its name.
func TestStartWaitsForTheStore(t *testing.T) {
	s3 := mediatest.Config(t)
	_, target, _ := strings.Cut(s3.Endpoint, "://")
	at, house := unused(t), unused(t)
	environ := []string{
		"HUOTANG_STORE_KIND=s3", "HUOTANG_S3_ENDPOINT=http://" + at, "HUOTANG_S3_BUCKET=" + s3.Bucket, "HUOTANG_S3_LOOKUP=path",
		"HUOTANG_S3_ACCESS_KEY=" + s3.AccessKey, "HUOTANG_S3_SECRET_KEY=" + s3.SecretKey,
	}
	out, stop := start(t, environ, "serve", "--data", t.TempDir(), "--listen", house)
	dbtest.Wait(t, "that it waits", func() bool { return strings.Contains(out.String(), "waiting for 文件存储/the object store") })
	site := "http://" + house
	if status, _ := fetch(t, site+"/readyz"); status == 200 {
		t.Error("ready without a store")
	}
	passOn(t, at, target)
	dbtest.Wait(t, "ready", func() bool { status, _ := fetch(t, site+"/readyz"); return status == 200 })
	if code := stop(); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}

	never := append(environ, "HUOTANG_WAIT_SECONDS=1", "HUOTANG_S3_ENDPOINT=http://127.0.0.1:1")
	if code, _, errs := testShell(t, "", never, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "the object store: gave up after 1s") {
		t.Errorf("a store that never comes: exit %d, %s", code, errs)
	}
}

// unused is an address that nobody listens at.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// passOn listens at one address and passes everything on to another, until the test ends.
func passOn(t *testing.T, at, target string) {
	t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			go pass(in, target)
		}
	}()
}

func pass(in net.Conn, target string) {
	out, err := net.Dial("tcp", target)
	if err != nil {
		_ = in.Close()
		return
	}
	go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
	_, _ = io.Copy(in, out)
	_ = in.Close()
}

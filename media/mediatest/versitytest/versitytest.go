// Package versitytest runs versitygw, an S3 server written by others on other ground than
// MinIO, so that we lean on nothing that only one of them does. It is apart from mediatest because it
// is large to link.
package versitytest

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"

	"huotang/media"
	"huotang/media/mediatest"
)

// Start runs the gateway in this process until the test ends. There can be
// one at a time, and it changes the working directory.
func Start(t *testing.T) media.S3Config {
	t.Helper()
	old, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	store, err := posix.New(attributeDir(t), meta.XattrMeta{}, posix.PosixOpts{CopyObjectThreshold: 5 << 30})
	if err != nil {
		t.Fatal(err)
	}
	cfg := embedgw.Config{
		RootUserAccess: rand.Text(), RootUserSecret: rand.Text(), Ports: []string{freeAddr(t)},
		MaxConnections: 1000, MaxRequests: 500, MultipartMaxParts: 10000, HealthPath: "/health", Quiet: true, KeepAlive: true,
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- embedgw.RunVersityGW(ctx, &apart{Backend: store}, &cfg) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := os.Chdir(old); err != nil {
			t.Error(err)
		}
	})
	endpoint := "http://" + cfg.Ports[0]
	awaitHealth(t, endpoint+cfg.HealthPath, done)
	return media.S3Config{
		Endpoint: endpoint, AccessKey: cfg.RootUserAccess, SecretKey: cfg.RootUserSecret, Lookup: media.LookupPath,
	}
}

// attributeDir gives a temporary folder on a file system with extended attributes.
func attributeDir(t *testing.T) string {
	t.Helper()
	for _, base := range []string{"", "/var/tmp", "/dev/shm", "."} {
		dir, err := os.MkdirTemp(base, "huotang-versity-")
		if err != nil {
			continue
		}
		t.Cleanup(func() {
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		})
		if (meta.XattrMeta{}).Test(dir) == nil {
			return dir
		}
	}
	mediatest.Need(t, "no folder with extended attributes for versitygw")
	return ""
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return addr
}

func awaitHealth(t *testing.T, address string, done chan error) {
	t.Helper()
	for range 200 {
		if res, err := http.Get(address); err == nil {
			res.Body.Close()
			return
		}
		select {
		case err := <-done:
			t.Fatalf("versitygw ended: %v", err)
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatal("versitygw did not start")
}

package media_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"huotang/media"
	"huotang/media/mediatest"
)

func TestS3Config(t *testing.T) {
	good := media.S3Config{Endpoint: "http://127.0.0.1:1", Bucket: "bucket", AccessKey: "a", SecretKey: "s"}
	for name, change := range map[string]func(*media.S3Config){
		"no endpoint":        func(c *media.S3Config) { c.Endpoint = "" },
		"no scheme":          func(c *media.S3Config) { c.Endpoint = "s3.example.cn" },
		"another scheme":     func(c *media.S3Config) { c.Endpoint = "ftp://s3.example.cn" },
		"a path":             func(c *media.S3Config) { c.Endpoint = "http://s3.example.cn/store" },
		"bad public":         func(c *media.S3Config) { c.PublicEndpoint = "s3.example.cn" },
		"no bucket":          func(c *media.S3Config) { c.Bucket = "" },
		"unknown lookup":     func(c *media.S3Config) { c.Lookup = "dns" },
		"a server not there": func(*media.S3Config) {},
	} {
		cfg := good
		change(&cfg)
		if s, err := media.OpenS3(t.Context(), cfg); err == nil {
			t.Errorf("%s: opened %v", name, s.Origin())
		}
	}
}

// A browser reaches the store under another name than the app does: the address
// carries that name and its signature covers it.
func TestS3PublicEndpoint(t *testing.T) {
	cfg := mediatest.Server(t)
	cfg.PublicEndpoint = strings.Replace(cfg.Endpoint, "127.0.0.1", "localhost", 1)
	if cfg.PublicEndpoint == cfg.Endpoint {
		t.Fatalf("the test server is not at 127.0.0.1: %s", cfg.Endpoint)
	}
	s := mediatest.Bucket(t, cfg)
	if s.Origin() != cfg.PublicEndpoint {
		t.Errorf("origin %q, want %q", s.Origin(), cfg.PublicEndpoint)
	}
	if err := s.Put(t.Context(), "a.txt", strings.NewReader("seen"), 4, ""); err != nil {
		t.Fatal(err)
	}
	address, err := s.URL(t.Context(), "a.txt", time.Minute, media.URLOptions{})
	if err != nil || !strings.HasPrefix(address, cfg.PublicEndpoint+"/") {
		t.Fatalf("address %q, %v", address, err)
	}
	if got := body(t, address); got != "200 OK seen" {
		t.Errorf("under the public name: %s", got)
	}
	wrong := strings.Replace(address, "localhost", "127.0.0.1", 1)
	if got := body(t, wrong); !strings.HasPrefix(got, "403") {
		t.Errorf("under another name than was signed: %s", got)
	}
}

func body(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Status + " " + string(data)
}

// Two stores on one bucket, as replicas have, both find or make it.
func TestS3SameBucket(t *testing.T) {
	cfg := mediatest.Server(t)
	first := mediatest.Bucket(t, cfg)
	cfg.Bucket = first.Bucket()
	second, err := media.OpenS3(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Put(t.Context(), "a", strings.NewReader("x"), 1, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Stat(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

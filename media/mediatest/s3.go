package mediatest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"huotang/media"
)

// Need ends the test for want of something: a failure where everything must run
// (HUOTANG_TEST_ALL=1), otherwise a skip.
func Need(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("HUOTANG_TEST_ALL") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// Server says how to reach the S3 server that HUOTANG_TEST_S3 names
// ("http://ACCESS:SECRET@127.0.0.1:9000"), with no bucket chosen.
func Server(t testing.TB) media.S3Config {
	t.Helper()
	server := os.Getenv("HUOTANG_TEST_S3")
	if server == "" {
		Need(t, "HUOTANG_TEST_S3 names no S3 server")
	}
	u, err := url.Parse(server)
	if err != nil || u.User == nil {
		t.Fatal("HUOTANG_TEST_S3 is not http://ACCESS:SECRET@host:port")
	}
	secret, _ := u.User.Password()
	return media.S3Config{
		Endpoint: u.Scheme + "://" + u.Host, AccessKey: u.User.Username(), SecretKey: secret, Lookup: media.LookupPath,
	}
}

// S3 gives a store in a new bucket on that server. The bucket goes when the test ends.
func S3(t testing.TB) *media.S3 {
	t.Helper()
	return Bucket(t, Server(t))
}

// Bucket gives a store in a new bucket on the server of cfg. The bucket goes when
// the test ends, which fails when an unfinished upload is left in it.
func Bucket(t testing.TB, cfg media.S3Config) *media.S3 {
	t.Helper()
	s, _ := bucket(t, cfg)
	return s
}

// Config names a new bucket on the server that HUOTANG_TEST_S3 names, as [Bucket] makes it, for tests
// that open their store themselves.
func Config(t testing.TB) media.S3Config {
	t.Helper()
	_, cfg := bucket(t, Server(t))
	return cfg
}

func bucket(t testing.TB, cfg media.S3Config) (*media.S3, media.S3Config) {
	t.Helper()
	cfg.Bucket = "test-" + strings.ToLower(rand.Text())
	s, err := media.OpenS3(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, cfg) })
	return s, cfg
}

// remove empties the bucket and removes it.
func remove(t testing.TB, cfg media.S3Config) {
	ctx := context.Background() // that of the test has ended
	u, err := url.Parse(cfg.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	c, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Secure: u.Scheme == "https",
	})
	if err != nil {
		t.Fatal(err)
	}
	for up := range c.ListIncompleteUploads(ctx, cfg.Bucket, "", true) {
		t.Errorf("an unfinished upload of %q is left, %v", up.Key, up.Err)
	}
	for o := range c.ListObjectsIter(ctx, cfg.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		if err := c.RemoveObject(ctx, cfg.Bucket, o.Key, minio.RemoveObjectOptions{}); err != nil || o.Err != nil {
			t.Errorf("remove %q: %v, %v", o.Key, err, o.Err)
		}
	}
	if err := c.RemoveBucket(ctx, cfg.Bucket); err != nil {
		t.Errorf("remove bucket: %v", err)
	}
}

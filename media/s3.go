package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// partSize is how an upload is cut, and about half of the memory that one takes: the
// least that S3 allows. With its limit of 10,000 parts objects can have 50 GB.
const partSize = 5 << 20

// probeKey is written and removed by Check. Its dot keeps it apart from all keys.
const probeKey = ".check"

// tries is how often a request is sent in all before its error counts.
const tries = 4

// S3Config says where an S3 server is.
type S3Config struct {
	Endpoint       string // "https://s3.example.cn" or "http://127.0.0.1:9000", as the app reaches it
	PublicEndpoint string // the same as browsers reach it; "" when it is the same
	Region         string // "" means us-east-1, which servers without regions take
	Bucket         string
	AccessKey      string
	SecretKey      string
	Lookup         Lookup // where the bucket's name stands in addresses
}

// Lookup says where the bucket's name stands in addresses.
type Lookup string

// The lookups.
const (
	LookupAuto Lookup = ""     // in the host for the large clouds, else in the path
	LookupPath Lookup = "path" // https://host/bucket/key
	LookupHost Lookup = "host" // https://bucket.host/key
)

// S3 is a Store in a bucket of an S3 server. It uses nothing beyond plain S3:
// objects, multipart uploads, listing V2, presigned addresses.
type S3 struct {
	client *minio.Client // what the app itself asks
	signer *minio.Client // signs for the public endpoint and never asks
	bucket string
	region string
	origin string
}

// OpenS3 connects to the server and creates the bucket when it is missing.
func OpenS3(ctx context.Context, cfg S3Config) (*S3, error) {
	s, err := newS3(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := s.makeBucket(ctx); err != nil {
		return nil, fmt.Errorf("media: bucket %q: %w", s.bucket, err)
	}
	return s, nil
}

func newS3(ctx context.Context, cfg S3Config) (*S3, error) {
	if cfg.PublicEndpoint == "" {
		cfg.PublicEndpoint = cfg.Endpoint
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	client, err := connect(cfg, cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	signer, err := connect(cfg, cfg.PublicEndpoint)
	if err != nil {
		return nil, err
	}
	s := &S3{client: client, signer: signer, bucket: cfg.Bucket, region: cfg.Region}
	return s, s.findOrigin(ctx)
}

// connect makes a client for one of the endpoints. It asks nothing: the region is given.
func connect(cfg S3Config, endpoint string) (*minio.Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("media: endpoint %q is not http(s)://host[:port]", endpoint)
	}
	lookup, ok := lookups[cfg.Lookup]
	if !ok {
		return nil, fmt.Errorf("media: lookup %q is not path, host or empty", cfg.Lookup)
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""),
		Secure:       u.Scheme == "https",
		Region:       cfg.Region,
		BucketLookup: lookup,
		MaxRetries:   tries,
	})
	if err != nil {
		return nil, fmt.Errorf("media: endpoint %q: %w", endpoint, err)
	}
	return client, nil
}

var lookups = map[Lookup]minio.BucketLookupType{
	LookupAuto: minio.BucketLookupAuto, LookupPath: minio.BucketLookupPath, LookupHost: minio.BucketLookupDNS,
}

// Bucket is the name of the bucket.
func (s *S3) Bucket() string { return s.bucket }

// findOrigin reads the origin off a signed address, where the bucket may be in the host.
func (s *S3) findOrigin(ctx context.Context) error {
	u, err := s.signer.PresignedGetObject(ctx, s.bucket, probeKey, time.Minute, nil)
	if err != nil {
		return fmt.Errorf("media: bucket %q: %w", s.bucket, err)
	}
	s.origin = u.Scheme + "://" + u.Host
	return nil
}

// makeBucket creates the bucket unless it is there; another replica may be as quick.
func (s *S3) makeBucket(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil || there {
		return err
	}
	err = s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region})
	if err == nil {
		return nil
	}
	if there, again := s.client.BucketExists(ctx, s.bucket); again == nil && there {
		return nil
	}
	return err
}

// Put implements Store. What fits into one part is read first and can be sent again
// when the net fails; more goes as a multipart upload, aborted on any error.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if contentType == "" {
		contentType = typeOf(key)
	}
	r = &source{ctx: ctx, r: r, left: size}
	head, err := io.ReadAll(io.LimitReader(r, partSize))
	if err != nil {
		return fmt.Errorf("media: put %q: %w", key, err)
	}
	if len(head) < partSize {
		size = int64(len(head))
	}
	opts := minio.PutObjectOptions{
		ContentType: contentType, PartSize: partSize,
		DisableContentSha256: size == 0, // a signed stream of nothing confuses some servers
	}
	_, err = s.client.PutObject(ctx, s.bucket, key, body(head, r, size), size, opts)
	if err != nil {
		return fmt.Errorf("media: put %q: %w", key, err)
	}
	return nil
}

// body is head alone when that is all, so that it can be read again, else head and
// the rest of r.
func body(head []byte, r io.Reader, size int64) io.Reader {
	if size == int64(len(head)) {
		return bytes.NewReader(head)
	}
	return io.MultiReader(bytes.NewReader(head), r)
}

// s3Object reads by ranges of one version, as its ETag says.
type s3Object struct {
	io.ReadSeekCloser
	info Info
}

func (o *s3Object) Info() Info { return o.info }

// Open implements Store.
func (s *S3) Open(ctx context.Context, key string) (Object, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, missing(key, err)
	}
	st, err := o.Stat()
	if err != nil {
		return nil, errors.Join(missing(key, err), o.Close())
	}
	return &s3Object{ReadSeekCloser: o, info: s3Info(key, st)}, nil
}

// Stat implements Store.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	st, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, missing(key, err)
	}
	return s3Info(key, st), nil
}

func s3Info(key string, st minio.ObjectInfo) Info {
	return Info{
		Key: key, Size: st.Size, Modified: st.LastModified.UTC(), ContentType: st.ContentType,
		ETag: strings.Trim(st.ETag, `"`),
	}
}

// missing names the key, and says ErrNotFound when that is what err means.
func missing(key string, err error) error {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound && answer.Code != "NoSuchBucket" {
		err = ErrNotFound
	}
	return fmt.Errorf("%w: %q", err, key)
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	if err == nil || errors.Is(missing(key, err), ErrNotFound) {
		return nil
	}
	return fmt.Errorf("media: delete %q: %w", key, err)
}

// List implements Store.
func (s *S3) List(ctx context.Context, prefix, after string, limit int) ([]Info, error) {
	if noKeys(prefix) {
		return nil, ctx.Err()
	}
	limit = pageSize(limit)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var found []Info
	opts := minio.ListObjectsOptions{
		Prefix: prefix, StartAfter: after, Recursive: true, MaxKeys: limit, FetchOwner: new(false),
	}
	for o := range s.client.ListObjectsIter(ctx, s.bucket, opts) {
		if o.Err != nil {
			return nil, fmt.Errorf("media: list %q: %w", prefix, o.Err)
		}
		if checkKey(o.Key) != nil {
			continue // not ours
		}
		info := s3Info(o.Key, o)
		info.ContentType = ""
		if found = append(found, info); len(found) == limit {
			break
		}
	}
	return found, ctx.Err()
}

// URL implements Store.
func (s *S3) URL(ctx context.Context, key string, expires time.Duration, opts URLOptions) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	q := url.Values{}
	if opts.ContentType != "" {
		q.Set("response-content-type", opts.ContentType)
	}
	if opts.Filename != "" || opts.Download {
		q.Set("response-content-disposition", opts.disposition(key))
	}
	u, err := s.signer.PresignedGetObject(ctx, s.bucket, key, expires, q)
	if err != nil {
		return "", fmt.Errorf("media: sign %q: %w", key, err)
	}
	return u.String(), nil
}

// Origin implements Store.
func (s *S3) Origin() string { return s.origin }

// Check implements Store.
func (s *S3) Check(ctx context.Context) error {
	_, err := s.client.PutObject(ctx, s.bucket, probeKey, strings.NewReader("ok"), 2, minio.PutObjectOptions{})
	if err == nil {
		err = s.client.RemoveObject(ctx, s.bucket, probeKey, minio.RemoveObjectOptions{})
	}
	if err != nil {
		return fmt.Errorf("media: bucket %q is not writable: %w", s.bucket, err)
	}
	return nil
}

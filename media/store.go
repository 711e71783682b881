// Package media keeps objects (videos, pictures, documents) and knows video files.
//
// A [Store] holds objects under slash-separated keys. There are two: [Disk], a
// folder, for a machine with nothing else on it, and [S3], any server that speaks
// S3. Both pass the one suite in package mediatest, so a caller needs to know of
// one difference only: an object on S3 has an address from which a browser reads it
// directly ([Store.URL]); an object on disk has none, and the app serves it with [Serve].
//
// [Probe] says whether a file is a video that every browser we serve can play, and
// if not, why, with an error value per reason. [FastStart] moves a video's index to
// its front so that playing starts before the file has arrived.
//
// None of these knows of people or permissions: whoever holds a key or an address may read
// the object. [Library] is where lessons' videos and stores meet: it takes uploads and hands out
// addresses, and leaves every decision to the ops of models/videos.
package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What a store refuses. Compare with errors.Is; anything else is a broken machine
// or a cancelled context.
var (
	// ErrNotFound: there is no object under the key.
	ErrNotFound = errors.New("media: no such object")
	// ErrKey: the key is not one that every store can keep; see Store.
	ErrKey = errors.New("media: bad key")
	// ErrSize: the reader gave fewer or more bytes than were announced.
	ErrSize = errors.New("media: size differs from the announced one")
)

// Limits of keys, in bytes: what every file system and S3 server can keep.
const (
	maxKey     = 512
	maxSegment = 255
)

// maxList is the most that one call of List gives.
const maxList = 1000

// Store keeps objects under slash-separated keys such as "videos/0197…/source.mp4".
//
// A key is valid UTF-8 of at most 512 bytes; each segment has 1 to 255 bytes, does
// not begin with a dot, neither begins nor ends with a space, and has no control
// character or backslash. Other keys are refused with ErrKey. A key must not
// be the folder of another ("a" beside "a/b"): some stores refuse the second.
//
// All methods are safe for concurrent use.
type Store interface {
	// Put stores what r gives until its end and replaces what was there. It is all
	// or nothing: until it returns nil readers see the old object, and after an
	// error or a cancelled context nothing of the new one remains. Of concurrent
	// puts of one key one wins whole. size is the number of bytes, or -1 when not
	// known; ErrSize if r gives another number. An empty contentType is derived
	// from the key's extension; a store may derive it always.
	Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error

	// Open gives the object for reading, or ErrNotFound. ctx holds until Close. When
	// the object is replaced or deleted meanwhile, reading goes on in the old bytes
	// or fails; it never mixes the two. A store may let Put and Delete of the key
	// wait for its readers: never call them holding it open.
	Open(ctx context.Context, key string) (Object, error)

	// Stat gives what Open would say, without opening; or ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)

	// Delete removes the object. That it is not there is no error.
	Delete(ctx context.Context, key string) error

	// List gives the objects whose keys begin with prefix and come after the key
	// after, in the byte order of their keys, at most limit of them (1 to 1000; any
	// other limit means 1000). ContentType is empty in what it gives.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)

	// URL gives an address that reads the object without credentials until expires
	// has passed (1 second to 7 days), with ranges. It asks nobody: the object need
	// not exist. "" and nil from a store that cannot be read directly.
	URL(ctx context.Context, key string, expires time.Duration, opts URLOptions) (string, error)

	// Check returns nil when objects can be written and removed now.
	Check(ctx context.Context) error

	// Origin is the "scheme://host" of the addresses from URL, for a
	// Content-Security-Policy; "" when there are none.
	Origin() string
}

// Object is one open object. It is not safe for concurrent use.
type Object interface {
	io.ReadSeekCloser
	Info() Info
}

// Info describes an object.
type Info struct {
	Key         string
	Size        int64
	Modified    time.Time // UTC
	ContentType string
	ETag        string // changes whenever the object is replaced; without quotes
}

// URLOptions change the headers under which an object is read.
type URLOptions struct {
	ContentType string // "" leaves the object's own
	Filename    string // the name under which a browser saves it; "" leaves that to the address
	Download    bool   // save it instead of showing it
}

// checkKey returns ErrKey unless every store can keep the key.
func checkKey(key string) error {
	if len(key) > maxKey || !utf8.ValidString(key) {
		return fmt.Errorf("%w: %.80q", ErrKey, key)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if !goodSegment(segment) {
			return fmt.Errorf("%w: %.80q", ErrKey, key)
		}
	}
	return nil
}

func goodSegment(s string) bool {
	return s != "" && len(s) <= maxSegment && s[0] != '.' && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
}

// noKeys says that no key begins with the prefix.
func noKeys(prefix string) bool {
	return prefix != "" && checkKey(prefix) != nil && checkKey(prefix+"x") != nil
}

// types has the content types of what the system keeps. The tables of the operating
// system are not asked: they differ from machine to machine. A .mov is called MP4
// because it is played, where Probe lets it pass, by the same demuxer, and browsers
// turn down the name video/quicktime.
var types = map[string]string{
	".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".m4s": "video/iso.segment",
	".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".m3u8": "application/vnd.apple.mpegurl",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp",
	".svg": "image/svg+xml", ".vtt": "text/vtt; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".pdf": "application/pdf", ".zip": "application/zip",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// typeOf derives a content type from the key's extension.
func typeOf(key string) string {
	if t, ok := types[strings.ToLower(path.Ext(key))]; ok {
		return t
	}
	return "application/octet-stream"
}

// pageSize is how many objects one List gives at most.
func pageSize(limit int) int {
	if limit < 1 || limit > maxList {
		return maxList
	}
	return limit
}

// source wraps what Put reads: it ends with an error when ctx does, and with
// ErrSize when r gives another number of bytes than size, unless size is negative.
// The last bytes are given only once r is known to have no more.
type source struct {
	ctx  context.Context
	r    io.Reader
	left int64 // negative: any number
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.left < 0 || len(p) == 0 {
		return s.r.Read(p)
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	switch {
	case s.left == 0 && (err == nil || errors.Is(err, io.EOF)):
		if err = s.end(err); !errors.Is(err, io.EOF) {
			return 0, err
		}
		return n, io.EOF
	case errors.Is(err, io.EOF):
		return n, fmt.Errorf("%w: %d bytes missing", ErrSize, s.left)
	}
	return n, err
}

// end says how to end after the last announced byte, given how that read ended.
func (s *source) end(err error) error {
	var one [1]byte
	for err == nil {
		var n int
		if n, err = s.r.Read(one[:]); n > 0 {
			return fmt.Errorf("%w: more bytes than announced", ErrSize)
		}
	}
	return err
}

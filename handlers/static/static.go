// Package static holds the style sheet, scripts and icons, and gives each an
// address with a hash of its content, so that browsers may keep it for good. Files are compressed once, at start.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Prefix of the addresses of static files.
const Prefix = "/static/"

// Pack is the content of a file for who asks for it packed, as those of Serve are.
func Pack(raw []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = z.Write(raw)                                   // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

//go:embed css/*.css js/*.js icons/sprite.svg icons/*.png video/*.mp4 favicon.svg manifest.webmanifest
var files embed.FS

type file struct {
	name, address, kind string
	raw, packed         []byte
}

var byName, byAddress = load(files)

// load hashes every file. Scripts name each other by plain names ("./huotang.js"), which become addresses here.
func load(fsys fs.FS) (names, addresses map[string]*file) {
	names, addresses = map[string]*file{}, map[string]*file{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		names[name] = &file{name: name, raw: raw}
		return err
	})
	if err != nil {
		panic(err) // embedded
	}
	for name, list := range packs {
		names[name] = &file{name: name, raw: pack(names, list)}
	}
	for _, f := range names {
		finish(f, names, nil)
		addresses[f.address] = f
	}
	return names, addresses
}

var (
	importPath = regexp.MustCompile(`(from\s+'|import\s+')\./([a-z-]+\.js)'`)
	staticName = regexp.MustCompile(`'static:([a-z0-9./-]+)'`)
)

// finish gives a file its address, after those whose addresses stand in it: a script's depends on what it imports or names as
// 'static:css/huotang.css'. Files that name each other in a ring cannot be.
func finish(f *file, names map[string]*file, within []string) {
	if f.address != "" {
		return
	}
	if slices.Contains(within, f.name) {
		panic(fmt.Sprintf("static: %s names itself by way of %v", f.name, within))
	}
	address := func(name string) string {
		dep, ok := names[name]
		if !ok {
			panic(fmt.Sprintf("static: %s names %s", f.name, name))
		}
		finish(dep, names, append(within, f.name))
		return dep.address
	}
	if path.Ext(f.name) == ".js" {
		f.raw = importPath.ReplaceAllFunc(f.raw, func(m []byte) []byte {
			p := importPath.FindSubmatch(m)
			return fmt.Appendf(nil, "%s%s'", p[1], address("js/"+string(p[2])))
		})
		f.raw = staticName.ReplaceAllFunc(f.raw, func(m []byte) []byte {
			return fmt.Appendf(nil, "'%s'", address(string(staticName.FindSubmatch(m)[1])))
		})
	}
	sum := sha256.Sum256(f.raw)
	ext := path.Ext(f.name)
	f.address = Prefix + strings.TrimSuffix(f.name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	f.kind = kind(ext)
	f.packed = Pack(f.raw)
}

func kind(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".pack":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".mp4":
		return "video/mp4"
	}
	return mime.TypeByExtension(ext)
}

// Path is the address of a file: "css/huotang.css" → "/static/css/huotang.1a2b3c.css".
// An unknown name panics, which the first rendering of a view would show.
func Path(name string) string {
	f, ok := byName[name]
	if !ok {
		panic("static: no file " + name)
	}
	return f.address
}

// Root serves a file at an address of its own, without a hash: the icon and the manifest,
// which browsers want under stable names. They are kept for a day.
func Root(name string) http.HandlerFunc {
	f, ok := byName[name]
	if !ok {
		panic("static: no file " + name)
	}
	return func(w http.ResponseWriter, r *http.Request) { f.answer(w, r, "public, max-age=86400") }
}

// Worker is the service worker, which stands at the root: what it stands on, and itself after it. version stands in the place of
// VERSION in it, so that a browser takes a new one whenever anything that it keeps has changed.
func Worker(version string) []byte {
	var b bytes.Buffer
	for _, name := range []string{"js/store.js", "js/send.js", "js/worker.js"} {
		b.Write(byName[name].raw)
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("VERSION"), []byte(version))
}

// packs are files that are fetched together, in one request: a JSON object of their texts by address. A service worker takes them apart.
var packs = map[string][]string{"js/roll-call.pack": {
	"js/store.js", "js/send.js", "js/words.js", "js/draft.js", "js/device.js", "js/relay.js", "js/page.js", "js/today.js", "js/roll-call.js",
	"js/photos.js", "js/hand-in.js", "js/outbox.js", "js/offline.js",
}}

func pack(names map[string]*file, list []string) []byte {
	texts := make(map[string]string, len(list))
	for _, name := range list {
		finish(names[name], names, nil)
		texts[names[name].address] = string(names[name].raw)
	}
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts
	}
	return b
}

// Serve answers a request for a static file.
func Serve(w http.ResponseWriter, r *http.Request) {
	f, ok := byAddress[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	f.answer(w, r, "public, max-age=31536000, immutable")
}

func (f *file) answer(w http.ResponseWriter, r *http.Request, cache string) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", cache)
	h.Set("Vary", "Accept-Encoding")
	if path.Ext(f.name) == ".mp4" { // players ask for parts
		http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.raw))
		return
	}
	body := f.raw
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that went away is no error of ours
	}
}

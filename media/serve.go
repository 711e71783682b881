package media

import (
	"io"
	"net/http"
	"path"
	"strings"
)

// Serve answers a GET or HEAD with the object, or with the range of it that was
// asked for, under the last segment of its key as file name. It is for stores
// whose URL is "". Whoever calls has settled the right to read: the answer may be
// kept by the one browser only and is asked for anew each time (304 when unchanged),
// so that a right taken away ends at once.
func Serve(w http.ResponseWriter, r *http.Request, obj Object) {
	ServeAs(w, r, obj, URLOptions{})
}

// ServeAs is Serve under other headers, as URL does it for a store read directly.
func ServeAs(w http.ResponseWriter, r *http.Request, obj Object, opts URLOptions) {
	info := obj.Info()
	if opts.ContentType == "" {
		opts.ContentType = info.ContentType
	}
	h := w.Header()
	h.Set("Content-Type", opts.ContentType)
	h.Set("Content-Disposition", opts.disposition(info.Key))
	h.Set("ETag", `"`+info.ETag+`"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Accept-Ranges", "bytes")
	http.ServeContent(w, r, "", info.Modified, content(obj))
}

// content is the file itself when the object is one, which the kernel can send.
func content(obj Object) io.ReadSeeker {
	if d, ok := obj.(*diskObject); ok {
		return d.File
	}
	return obj
}

// disposition is the Content-Disposition for the object under key.
func (o URLOptions) disposition(key string) string {
	kind, name := "inline", o.Filename
	if o.Download {
		kind = "attachment"
	}
	if name == "" {
		name = path.Base(key)
	}
	return kind + "; filename*=UTF-8''" + extValue(name)
}

// extValue encodes a text for a header parameter (RFC 8187).
func extValue(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if attrChar(c) {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

func attrChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}

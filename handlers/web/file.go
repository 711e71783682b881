package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// File answers with a file to be saved under its name, which may be Chinese; kind is its content type.
func (r *Request) File(name, kind string, body []byte) error {
	r.Header("Content-Length", strconv.Itoa(len(body)))
	r.StartFile(name, kind)
	_, err := r.Writer().Write(body)
	return err //nolint:wrapcheck // the reader went away
}

// StartFile is [Request.File] for one that is written to [Request.Writer] piece by piece.
func (r *Request) StartFile(name, kind string) {
	plain := "file" // for browsers that do not read the other
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		plain += strings.Map(ascii, name[i:])
	}
	r.Header("Content-Type", kind)
	r.Header("Content-Disposition", `attachment; filename="`+plain+`"; filename*=UTF-8''`+url.PathEscape(name))
	r.Header("Cache-Control", "no-store")
	r.Writer().WriteHeader(http.StatusOK)
}

// ascii keeps what may stand in a quoted name.
func ascii(c rune) rune {
	if c > ' ' && c < 0x7f && c != '"' && c != '\\' {
		return c
	}
	return -1
}

// Workbook is the content type of an .xlsx.
const Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

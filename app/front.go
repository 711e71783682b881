package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"huotang/configs"
)

// Times of a connection. There is no limit on a whole request: 200 MB on an average
// uplink take an hour. Instead every read of a body and every write of an answer must make progress.
const (
	headerTimeout   = 15 * time.Second
	idleTimeout     = 2 * time.Minute
	progressTimeout = time.Minute
	maxHeader       = 64 << 10 // bytes
)

// front is the address that people reach. It answers from the first moment: /healthz
// says that the process lives, everything else that the house is not open yet, until [front.show].
type front struct {
	listener net.Listener
	server   *http.Server
	house    atomic.Pointer[http.Handler]
	status   atomic.Pointer[string]
	failed   chan error
}

// openFront takes the address and begins to answer.
func openFront(cfg configs.Config, log *slog.Logger) (*front, error) {
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	f := &front{listener: l, failed: make(chan error, 1)}
	f.say("正在启动", "starting")
	f.server = &http.Server{
		Handler:           f,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken handshakes and the like
	}
	if cfg.TLS.Cert != "" {
		pair, err := tls.LoadX509KeyPair(cfg.TLS.Cert, cfg.TLS.Key)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen: %w", err), l.Close())
		}
		f.server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	}
	go f.serve()
	return f, nil
}

func (f *front) serve() {
	var err error
	if f.server.TLSConfig != nil {
		err = f.server.ServeTLS(f.listener, "", "")
	} else {
		err = f.server.Serve(f.listener)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		f.failed <- fmt.Errorf("serve: %w", err)
	}
}

// addr is the address taken, with its port.
func (f *front) addr() string { return f.listener.Addr().String() }

// say tells people who come too early what goes on.
func (f *front) say(zh, en string) {
	s := zh + " / " + en
	f.status.Store(&s)
}

// show opens the house.
func (f *front) show(h http.Handler) { f.house.Store(&h) }

// close stops accepting and waits for the requests under way until ctx ends, which cuts them.
func (f *front) close(ctx context.Context) error {
	if err := f.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("serve: %w", err), f.server.Close())
	}
	return nil
}

// ServeHTTP keeps slow connections from holding on for ever, and passes the request on.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn := http.NewResponseController(w)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &steadyBody{r.Body, conn}
	}
	w = &steadyWriter{w, conn}
	if house := f.house.Load(); house != nil {
		(*house).ServeHTTP(w, r)
		return
	}
	f.early(w, r)
}

// early answers while the house is not open.
func (f *front) early(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	switch r.URL.Path {
	case "/healthz":
		_, _ = io.WriteString(w, "ok\n")
	case "/readyz":
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "not ready: "+*f.status.Load()+"\n")
	default:
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Retry-After", "2")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintf(w, earlyPage, html.EscapeString(*f.status.Load()))
	}
}

const earlyPage = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2"><title>火塘</title>
<h1>火塘正在生火</h1><p>%s</p><p>好了会自动打开。 / This page opens by itself when the site is ready.</p></html>
`

// steadyBody gives each read of a body its own time.
type steadyBody struct {
	io.ReadCloser
	conn *http.ResponseController
}

func (b *steadyBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(progressTimeout)) // not every writer of tests can
	n, err := b.ReadCloser.Read(p)
	if err != nil { // the end, too: what the handler does now has no such limit
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// steadyWriter gives each write of an answer its own time.
type steadyWriter struct {
	http.ResponseWriter
	conn *http.ResponseController
}

func (w *steadyWriter) Write(p []byte) (int, error) {
	_ = w.conn.SetWriteDeadline(time.Now().Add(progressTimeout)) // not every writer of tests can
	return w.ResponseWriter.Write(p)
}

// sendAtOnce is how much one sendfile may be about: 35 kbit/s keep up with it.
const sendAtOnce = 256 << 10

// ReadFrom lets the kernel send files, a part at a time.
func (w *steadyWriter) ReadFrom(src io.Reader) (total int64, err error) {
	to, ok := w.ResponseWriter.(io.ReaderFrom)
	if !ok {
		return io.Copy(struct{ io.Writer }{w}, src)
	}
	limited, ok := src.(*io.LimitedReader) // the one wrapping that sendfile looks through
	if !ok {
		limited = &io.LimitedReader{R: src, N: math.MaxInt64}
	}
	for limited.N > 0 {
		_ = w.conn.SetWriteDeadline(time.Now().Add(progressTimeout)) // not every writer of tests can
		part := min(limited.N, sendAtOnce)
		n, err := to.ReadFrom(io.LimitReader(limited.R, part))
		limited.N -= n
		total += n
		if err != nil || n < part {
			return total, err //nolint:wrapcheck // a writer in the middle
		}
	}
	return total, nil
}

// Flush is for what asks for an http.Flusher.
func (w *steadyWriter) Flush() { _ = w.conn.Flush() }

// Unwrap is for http.ResponseController.
func (w *steadyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

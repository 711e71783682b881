package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"huotang/configs"
)

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func testFront(t *testing.T) *front {
	t.Helper()
	cfg := configs.Default()
	cfg.Listen = "127.0.0.1:0"
	f, err := openFront(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.server.Close() })
	return f
}

func TestFrontAnswersBeforeTheHouseIsOpen(t *testing.T) {
	f := testFront(t)
	at := "http://" + f.addr()
	f.say("正在造 <5%>", "making")
	if status, body := fetch(t, at+"/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	if status, body := fetch(t, at+"/readyz"); status != 503 || !strings.Contains(body, "正在造 <5%> / making") {
		t.Errorf("readyz: %d %q", status, body)
	}
	if status, body := fetch(t, at+"/sites"); status != 503 || !strings.Contains(body, "&lt;5%&gt;") {
		t.Errorf("page: %d %q", status, body)
	}
	f.show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "house "+r.URL.Path) }))
	if status, body := fetch(t, at+"/healthz"); status != 200 || body != "house /healthz" {
		t.Errorf("opened: %d %q", status, body)
	}
}

func TestFrontFinishesRequestsUnderWay(t *testing.T) {
	f := testFront(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	f.show(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		fmt.Fprint(w, "done")
	}))
	answer := make(chan string, 1)
	go func() {
		_, body := fetch(t, "http://"+f.addr())
		answer <- body
	}()
	<-entered
	closed := make(chan error, 1)
	go func() { closed <- f.close(context.Background()) }()
	for { // no longer accepts
		c, err := net.Dial("tcp", f.addr())
		if err != nil {
			break
		}
		_ = c.Close()
		time.Sleep(time.Millisecond)
	}
	close(leave)
	if body := <-answer; body != "done" {
		t.Errorf("answer %q", body)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestFrontCutsRequestsThatTakeTooLong(t *testing.T) {
	f := testFront(t)
	entered := make(chan struct{})
	f.show(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}))
	go func() {
		resp, err := http.Get("http://" + f.addr())
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-entered
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := f.close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err %v", err)
	}
}

// Bodies and answers pass unchanged through what gives each read and write its own time.
func TestFrontPassesBodiesOn(t *testing.T) {
	f := testFront(t)
	f.show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := io.Copy(w, struct{ io.Reader }{bytes.NewReader(body)}); err != nil { // by ReadFrom
			t.Error(err)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	}))
	sent := bytes.Repeat([]byte("火塘"), 200_000)
	resp, err := http.Post("http://"+f.addr(), "text/plain", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Errorf("got %d bytes, sent %d", len(got), len(sent))
	}
}

func TestReadFromStopsAtTheLimit(t *testing.T) {
	var out bytes.Buffer
	rec := &plainWriter{out: &out}
	w := &steadyWriter{rec, http.NewResponseController(rec)}
	src := bytes.NewReader(bytes.Repeat([]byte("x"), 3*sendAtOnce))
	n, err := io.CopyN(w, src, 2*sendAtOnce+5)
	if err != nil || n != 2*sendAtOnce+5 || out.Len() != int(n) || src.Len() != sendAtOnce-5 {
		t.Errorf("n %d, out %d, left %d, err %v", n, out.Len(), src.Len(), err)
	}
	if n, err := io.Copy(w, src); err != nil || n != sendAtOnce-5 || src.Len() != 0 {
		t.Errorf("the rest: n %d, left %d, err %v", n, src.Len(), err)
	}
	if rec.largest > sendAtOnce {
		t.Errorf("one part had %d bytes", rec.largest)
	}
}

// plainWriter is a ResponseWriter that takes from readers, as net/http's does.
type plainWriter struct {
	out     *bytes.Buffer
	largest int64
}

func (w *plainWriter) Header() http.Header         { return http.Header{} }
func (w *plainWriter) WriteHeader(int)             {}
func (w *plainWriter) Write(p []byte) (int, error) { return w.out.Write(p) }
func (w *plainWriter) ReadFrom(r io.Reader) (int64, error) {
	n, err := w.out.ReadFrom(r)
	w.largest = max(w.largest, n)
	return n, err
}

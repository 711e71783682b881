//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// child is a process whose processor time is counted.
type child struct {
	url    string
	pid    int
	waited time.Duration // from its start to /readyz
	cmd    *exec.Cmd
	out    *syncBuffer
}

// startChild runs a program that serves at address, until the benchmark ends or stop is called.
func startChild(b testing.TB, address string, environ []string, program string, args ...string) *child {
	b.Helper()
	c := &child{url: "http://" + address, cmd: exec.Command(program, args...), out: &syncBuffer{}}
	c.cmd.Env = append(bare(os.Environ()), environ...)
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.out
	begin := time.Now()
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c.pid = c.cmd.Process.Pid
	b.Cleanup(func() { c.stop(b) })
	for !c.ready() {
		if c.gone() || time.Since(begin) > 10*time.Minute {
			b.Fatalf("%s does not come up:\n%s", program, c.out)
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.waited = time.Since(begin)
	return c
}

// bare leaves out what is configured for a huotang of this machine, and the limits of this process.
func bare(environ []string) []string {
	var kept []string
	for _, v := range environ {
		if !strings.HasPrefix(v, "HUOTANG_") && !strings.HasPrefix(v, "GOGC=") && !strings.HasPrefix(v, "GOMEMLIMIT=") {
			kept = append(kept, v)
		}
	}
	return kept
}

func (c *child) ready() bool {
	resp, err := http.Get(c.url + "/readyz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// gone reports that the process has ended.
func (c *child) gone() bool {
	var how unix.Siginfo
	err := unix.Waitid(unix.P_PID, c.pid, &how, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && how.Signo != 0
}

func (c *child) stop(b testing.TB) {
	b.Helper()
	if c.cmd.ProcessState != nil {
		return
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	if err := c.cmd.Wait(); err != nil {
		b.Logf("%s: %v\n%s", c.cmd.Path, err, c.out)
	}
}

// memory reads a field of /proc/PID/status (VmRSS, VmHWM) in MB.
func (c *child) memory(b testing.TB, field string) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				b.Fatal(err)
			}
			return float64(kb) * 1024 / 1e6
		}
	}
	b.Fatalf("no %s in %s", field, text)
	return 0
}

// freeAddress is one that nobody listens at.
func freeAddress(b testing.TB) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// buildHouse makes the program as it is shipped.
func buildHouse(b testing.TB) (program string, megabytes float64) {
	b.Helper()
	program = filepath.Join(b.TempDir(), "huotang")
	cmd := exec.Command("go", "build", "-tags", "nomsgpack", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	return program, float64(info.Size()) / 1e6
}

// cpuOf is the processor time that processes have used so far: all threads, user and system, in nanoseconds. Every
// process has a clock of it, see clock_getcpuclockid(3); the ticks of /proc/PID/stat would be too coarse.
func cpuOf(pids ...int) (time.Duration, error) {
	var sum time.Duration
	for _, pid := range pids {
		var t unix.Timespec
		if err := unix.ClockGettime(int32(^pid<<3|2), &t); err != nil {
			return 0, fmt.Errorf("processor time of %d: %w", pid, err)
		}
		sum += time.Duration(t.Nano())
	}
	return sum, nil
}

// serverOn finds the database server of this machine that was started with the port of the address, as
// .ci/services does; HUOTANG_BENCH_MYSQL_PID names another one.
func serverOn(address string) (int, error) {
	if v := os.Getenv("HUOTANG_BENCH_MYSQL_PID"); v != "" {
		return strconv.Atoi(v)
	}
	_, rest, _ := strings.Cut(address, "@tcp(")
	host, _, _ := strings.Cut(rest, ")")
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		return 0, err
	}
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return 0, err
	}
	for _, name := range all {
		line, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		words := bytes.Split(line, []byte{0})
		if !strings.HasSuffix(string(words[0]), "mysqld") {
			continue
		}
		for _, w := range words {
			if string(w) == "--port="+port {
				return strconv.Atoi(filepath.Base(filepath.Dir(name)))
			}
		}
	}
	return 0, errors.New("no mysqld runs with --port=" + port + "; name its process in HUOTANG_BENCH_MYSQL_PID")
}

// patient is how long one request may take on a busy machine.
func patient(b testing.TB) context.Context {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	b.Cleanup(cancel)
	return ctx
}

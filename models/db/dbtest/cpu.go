package dbtest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	driver "github.com/go-sql-driver/mysql"
)

// Spent measures a benchmark: what it returns reports the processor time of one operation, this process's and the
// database server's together ("cpu-ms/op"), which other work on the machine stretches less than the time on the clock.
func (e *Env) Spent(b *testing.B) func() {
	b.Helper()
	start := e.CPU(b)
	return func() {
		b.Helper()
		b.ReportMetric(float64(e.CPU(b)-start)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
	}
}

// CPU is the processor time that this process and the database server have spent so far.
func (e *Env) CPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	spent := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if e.Conf.DSN == "" {
		return spent
	}
	server, err := serverCPU(e.Conf.DSN)
	if err != nil {
		b.Fatalf("processor time of %s: %v", e.Name, err)
	}
	return spent + server
}

// serverCPU finds the process that listens on the server's port and reads its processor time.
func serverCPU(dsn string) (time.Duration, error) {
	c, err := driver.ParseDSN(dsn)
	if err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return 0, err
	}
	socket, err := listening(port)
	if err != nil {
		return 0, err
	}
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0, err
	}
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && to == socket {
			return processCPU(strings.Split(l, "/")[2])
		}
	}
	return 0, fmt.Errorf("nobody is seen to listen on %s", port)
}

// listening gives the socket in LISTEN on the port, as /proc names it.
func listening(port string) (string, error) {
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", err
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		for s := bufio.NewScanner(f); s.Scan(); {
			w := strings.Fields(s.Text())
			if len(w) > 9 && strings.HasSuffix(w[1], fmt.Sprintf(":%04X", n)) && w[3] == "0A" {
				return "socket:[" + w[9] + "]", f.Close()
			}
		}
		if err := f.Close(); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("no socket listens on %s", port)
}

// tick is the kernel's unit of process times (USER_HZ, 100 on every Linux that Go runs on).
const tick = 10 * time.Millisecond

func processCPU(pid string) (time.Duration, error) {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, err
	}
	w := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:])) // from the state on
	user, err := strconv.Atoi(w[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(w[12])
	return time.Duration(user+system) * tick, err
}

//go:build linux

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// pairs of batches that count, after one that warms both sides up.
const pairs = 12

// side is ours, or the limit that it is held against.
type side struct {
	prepare func()      // before a batch, not counted; may be nil
	request func(i int) // i counts on over all batches
	pids    []int       // whose processor time counts
	server  int         // the database server's process among them, 0 for none
	done    int
}

// figure is one line of the table. Times are processor milliseconds per request.
type figure struct {
	Name     string   `json:"name"`
	Database string   `json:"database"`
	Against  string   `json:"against"` // what the limit is
	Ours     []sample `json:"ours"`
	Limit    []sample `json:"limit"`
	Aim      float64  `json:"aim,omitempty"`
	Moodle   string   `json:"moodle,omitempty"`
	Bytes    int      `json:"bytes,omitempty"` // of an answer's body on the wire
}

type sample struct {
	CPU    float64 `json:"cpu_ms"`
	Server float64 `json:"server_cpu_ms"` // of it, the database server's
}

// measure runs the two sides in turns, batch by batch, so that a busy minute of the machine hits both alike.
func (f *figure) measure(b *testing.B, batch int, ours, limit *side) {
	b.Helper()
	for n := range pairs + 1 {
		first, second := ours, limit
		if n%2 == 1 {
			first, second = limit, ours
		}
		one, two := first.batch(b, batch), second.batch(b, batch)
		if n%2 == 1 {
			one, two = two, one
		}
		if n > 0 {
			f.Ours, f.Limit = append(f.Ours, one), append(f.Limit, two)
		}
	}
	fmt.Fprintln(os.Stderr, f.line(" "))
}

func (s *side) batch(b *testing.B, n int) sample {
	b.Helper()
	if s.prepare != nil {
		s.prepare()
	}
	runtime.GC() // of this process, whose time counts where the limit runs in it
	all, server := s.spent(b)
	for range n {
		s.request(s.done)
		s.done++
	}
	allNow, serverNow := s.spent(b)
	each := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(n) }
	return sample{CPU: each(allNow - all), Server: each(serverNow - server)}
}

func (s *side) spent(b *testing.B) (all, server time.Duration) {
	b.Helper()
	all, err := cpuOf(s.pids...)
	if err == nil && s.server != 0 {
		server, err = cpuOf(s.server)
	}
	if err != nil {
		b.Fatal(err)
	}
	return all + server, server
}

// spread is the median of a row of numbers with its quartiles.
type spread struct{ low, median, high float64 }

func spreadOf(v []float64) spread {
	v = slices.Clone(v)
	slices.Sort(v)
	at := func(q float64) float64 {
		place := q * float64(len(v)-1)
		i := int(place)
		if i+1 == len(v) {
			return v[i]
		}
		return v[i] + (place-float64(i))*(v[i+1]-v[i])
	}
	return spread{at(0.25), at(0.5), at(0.75)}
}

func (s spread) String() string {
	if s.median >= 100 {
		return fmt.Sprintf("%.0f (%.0f–%.0f)", s.median, s.low, s.high)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.low, s.high)
}

func cpus(all []sample, of func(sample) float64) spread {
	out := make([]float64, len(all))
	for i, s := range all {
		out[i] = of(s)
	}
	return spreadOf(out)
}

func all(s sample) float64    { return s.CPU }
func server(s sample) float64 { return s.Server }

// ratio is the median of the pairs' ratios, which a busy machine shifts less than the times.
func (f *figure) ratio() spread {
	out := make([]float64, len(f.Ours))
	for i := range f.Ours {
		out[i] = f.Ours[i].CPU / math.Max(f.Limit[i].CPU, 1e-9)
	}
	return spreadOf(out)
}

var columns = []string{"", "database", "ours, CPU-ms", "of it database", "aim", "limit, CPU-ms", "ratio", "bytes", "Moodle 4.5", "the limit is"}

func (f *figure) cells() []string {
	ofServer, aim, size := "in ours", "", ""
	if s := cpus(f.Ours, server); s.median > 0 {
		ofServer = fmt.Sprintf("%.2f", s.median)
	}
	if f.Aim > 0 {
		aim = fmt.Sprintf("≤ %g", f.Aim)
	}
	if f.Bytes > 0 {
		size = fmt.Sprint(f.Bytes)
	}
	return []string{
		f.Name, f.Database, cpus(f.Ours, all).String(), ofServer, aim, cpus(f.Limit, all).String(),
		fmt.Sprintf("%.1f×", f.ratio().median), size, cmp.Or(f.Moodle, "–"), f.Against,
	}
}

func (f *figure) line(sep string) string { return strings.Join(f.cells(), sep) }

// budget is one figure that is held against a bound.
type budget struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Bound float64 `json:"bound,omitempty"`
}

// figures is everything that a run measured.
type figures struct {
	Machine string    `json:"machine"`
	At      time.Time `json:"at"`
	Figures []*figure `json:"figures"`
	Budgets []budget  `json:"budgets"`
}

func (f *figures) add(name, database, against string, aim float64, moodle string) *figure {
	x := &figure{Name: name, Database: database, Against: against, Aim: aim, Moodle: moodle}
	f.Figures = append(f.Figures, x)
	return x
}

func (f *figures) budget(name string, value float64, unit string, bound float64) {
	f.Budgets = append(f.Budgets, budget{name, value, unit, bound})
}

// write gives the tables in Markdown.
func (f *figures) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s, %s. Medians of %d interleaved pairs of batches, quartiles in brackets; CPU milliseconds per request.\n\n",
		f.At.Format(time.DateOnly), f.Machine, pairs)
	fmt.Fprintf(w, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, x := range f.Figures {
		fmt.Fprintf(w, "| %s |\n", x.line(" | "))
	}
	fmt.Fprint(w, "\n| | | bound |\n|---|---|---|\n")
	for _, x := range f.Budgets {
		bound := ""
		if x.Bound > 0 {
			bound = fmt.Sprintf("≤ %g %s", x.Bound, x.Unit)
		}
		fmt.Fprintf(w, "| %s | %.3g %s | %s |\n", x.Name, x.Value, x.Unit, bound)
	}
}

// keep leaves the tables, and all that was measured, in .cache.
func (f *figures) keep(b *testing.B) {
	b.Helper()
	dir, err := filepath.Abs("../.cache")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	var raw []byte
	if err == nil {
		raw, err = json.MarshalIndent(f, "", "\t")
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "figures.json"), raw, 0o644)
	}
	var text strings.Builder
	f.write(&text)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "figures.md"), []byte(text.String()), 0o644)
	}
	if err != nil {
		b.Error(err)
	}
}

//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/id"
	"huotang/models/people"
)

// burstRounds is how often each side has its evening, in turns.
const burstRounds = 3

// round is what one evening of one side took.
type round struct {
	perSecond, p99 float64 // sessions, and milliseconds from sending to the answer
	cpu            float64 // milliseconds per session
}

// burst measures an evening on which every school of the county hands in three sessions at once, over HTTP, beside the same rows
// written by hand by as many hands at once, without HTTP. Each phone sends its three one after the other.
func (f *figures) burst(b *testing.B, program, file, database string) {
	b.Helper()
	ours, hand := openCounty(b, program, database, file, nil), (*benchCounty)(nil)
	hand = openCounty(b, program, database, file, nil)
	hand.house.stop(b)
	var receipt string
	sides := [2]func(n int) round{
		func(n int) round { return ours.evening(b, n, &receipt) },
		func(n int) round { return hand.eveningByHand(b, n, receipt) },
	}
	var got [2][]round
	for n := range burstRounds {
		for side, run := range sides {
			got[side] = append(got[side], run(n))
		}
	}
	name := fmt.Sprintf("evening burst, %s: %d schools × 3 sessions × 13 marks", database, len(ours.homes))
	of := func(side int, what func(round) float64) float64 {
		out := make([]float64, burstRounds)
		for i, r := range got[side] {
			out[i] = what(r)
		}
		slices.Sort(out)
		return out[burstRounds/2]
	}
	speed, slowest, cpu := func(r round) float64 { return r.perSecond }, func(r round) float64 { return r.p99 }, func(r round) float64 { return r.cpu }
	f.budget(name+", over HTTP", of(0, speed), "sessions/s", 0)
	f.budget(name+", rows by hand", of(1, speed), "sessions/s", 0)
	f.budget(name+", share of the limit", 100*of(0, speed)/of(1, speed), "%", 0)
	f.budget(name+", p99 with all phones at once", of(0, slowest), "ms", 0)
	f.budget(name+", p99 of the limit", of(1, slowest), "ms", 0)
	f.budget(name+", p99 beside the limit", of(0, slowest)/of(1, slowest), "×", 0)
	f.budget(name+", processor time of a session", of(0, cpu), "ms", 0)
	f.budget(name+", processor time of the limit", of(1, cpu), "ms", 0)
}

// item is what a phone without a network has kept of an evening: the session comes with it.
func (c *benchCounty) item(h *benchHome, n, i int) attendance.SubmitInput {
	at := time.Now().UTC().Truncate(time.Minute).Add(-time.Hour).AddDate(0, 0, -i)
	chair := "杨桂芳"
	in := attendance.SubmitInput{
		Session: attendance.SessionID(id.New[attendanceTag]()), Site: h.site, HeldOn: date.Of(at), Minutes: 90, Lessons: []courses.LessonID{c.lesson}, Chair: &chair, Recorder: &chair,
		Kinds: []attendance.Kind{attendance.PartyClass},
		Stamp: attendance.Stamp{Device: "phone-" + h.site.String(), Seq: int64(n*3 + i + 1), RecordedAt: &at, HappenedAt: &at},
	}
	for _, p := range h.people {
		in.Marks = append(in.Marks, attendance.MarkInput{Person: p, Value: attendance.Value{State: attendance.Present}})
	}
	return in
}

// together runs one act of each school three times, all schools at once.
func (c *benchCounty) together(b *testing.B, pids []int, act func(h *benchHome, i int) error) round {
	b.Helper()
	var wg sync.WaitGroup
	took := make([]float64, 3*len(c.homes))
	start := make(chan struct{})
	before, err := cpuOf(pids...)
	if err != nil {
		b.Fatal(err)
	}
	for n, h := range c.homes {
		wg.Go(func() {
			<-start
			for i := range 3 {
				begin := time.Now()
				if err := act(h, i); err != nil {
					b.Error(err)
				}
				took[3*n+i] = time.Since(begin).Seconds() * 1000
			}
		})
	}
	begin := time.Now()
	close(start)
	wg.Wait()
	all := time.Since(begin).Seconds()
	after, err := cpuOf(pids...)
	if err != nil || b.Failed() {
		b.FailNow()
	}
	slices.Sort(took)
	r := round{float64(len(took)) / all, took[len(took)*99/100], (after - before).Seconds() * 1000 / float64(len(took))}
	fmt.Fprintf(os.Stderr, "  %s: %.0f sessions/s, p99 %.0f ms, %.2f CPU-ms each\n", c.name, r.perSecond, r.p99, r.cpu)
	return r
}

func (c *benchCounty) pids(own int) []int {
	if c.server != 0 {
		return []int{own, c.server}
	}
	return []int{own}
}

// evening has every phone hand in over HTTP on a connection of its own; a receipt must name every mark.
func (c *benchCounty) evening(b *testing.B, n int, receipt *string) round {
	b.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: len(c.homes), MaxConnsPerHost: 0}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	type message struct {
		path string
		body []byte
	}
	ready := map[*benchHome][3]message{}
	for _, h := range c.homes {
		var three [3]message
		for i := range three {
			in := c.item(h, n, i)
			body, err := json.Marshal(in)
			if err != nil {
				b.Fatal(err)
			}
			three[i] = message{c.house.url + "/api/v1/sessions/" + in.Session.String() + "/roll", body}
		}
		ready[h] = three
	}
	var once sync.Once
	return c.together(b, c.pids(c.house.pid), func(h *benchHome, i int) error {
		m := ready[h][i]
		req, err := http.NewRequest(http.MethodPost, m.path, bytes.NewReader(m.body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Cookie", h.cookie)
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%d %.200s %w", resp.StatusCode, body, err)
		}
		once.Do(func() { *receipt = string(body) })
		return nil
	})
}

// eveningByHand stores the same rows.
func (c *benchCounty) eveningByHand(b *testing.B, n int, receipt string) round {
	b.Helper()
	hands := map[*benchHome]*byHand{}
	for _, h := range c.homes {
		hands[h] = &byHand{
			evening: &evening{site: h.site, people: slices.Clone[[]people.PersonID](h.people), lesson: c.lesson, devices: n * 3}, pool: c.pool, sqlite: c.server == 0,
			fresh: true, device: "hand-" + h.site.String(), account: h.host,
		}
	}
	return c.together(b, c.pids(os.Getpid()), func(h *benchHome, _ int) error {
		return hands[h].submit(context.Background(), attendance.SessionID(id.New[attendanceTag]()), receipt)
	})
}

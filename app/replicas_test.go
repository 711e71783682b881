package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"huotang/configs"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/outbox"
	"huotang/models/runs"
)

// Three replicas of the program share one MySQL. The test is their clock: it tells them the hour, kills them with
// SIGKILL, stops them for longer than a lease lasts and lets them go on, and their clocks are wrong by a minute and a half.
// Each hour's work is done in steps that are read first and written later, so that a step done twice, by one that
// was replaced and does not know it, would show.
const (
	replicaVariable = "HUOTANG_TEST_REPLICA"
	soakVariable    = "HUOTANG_SOAK" // how many hours; 60 unless told
	soakJob         = "test.soak"
	soakSteps       = 3
	soakLease       = 600 * time.Millisecond
)

// replicaSetup is what a replica is told at its start.
type replicaSetup struct {
	DSN, Data string
	Now       time.Time
	Ahead     time.Duration // of its clock
}

// TestReplicaProcess is what the other processes run; here it has nothing to do.
func TestReplicaProcess(t *testing.T) {
	text := os.Getenv(replicaVariable)
	if text == "" {
		return
	}
	var setup replicaSetup
	if err := json.Unmarshal([]byte(text), &setup); err != nil {
		t.Fatal(err)
	}
	if err := setup.serve(os.Stdin); err != nil {
		t.Fatal(err)
	}
}

// serve is a whole server with one job more; each line of in is a time to set its clock to.
func (r replicaSetup) serve(in io.Reader) error {
	var told atomic.Pointer[time.Time]
	told.Store(&r.Now)
	cfg := configs.Default()
	cfg.Listen, cfg.Data = "127.0.0.1:0", r.Data
	cfg.Database.Driver, cfg.Database.DSN = configs.MySQL, configs.Secret(r.DSN)
	if err := cfg.KeepSecret(); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := New(ctx, Options{
		Config: cfg, Version: "soak", Now: func() time.Time { return told.Load().Add(r.Ahead) }, Log: newLog(os.Stderr, cfg.Log), Out: os.Stderr,
	})
	if err != nil {
		return err
	}
	s.areas.Jobs.LeaseTTL = soakLease
	s.areas.Jobs.Wall = func() time.Time { return time.Now().Add(r.Ahead) }
	if err := s.areas.Jobs.Add(jobs.Job{Name: soakJob, Spec: "0 * * * *", CatchUp: true, Run: soak}); err != nil {
		return err
	}
	go func() {
		if err := s.Run(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		sec, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			return err
		}
		now := time.Unix(sec, 0)
		told.Store(&now)
		s.areas.Jobs.Sweep()
	}
	return s.Close()
}

// soak reads which steps of the hour are left, and then does them.
func soak(ctx context.Context, r *jobs.Run) (string, error) {
	done := map[string]bool{}
	err := r.Read(ctx, func(tx *db.Tx, _ access.Actor) error {
		rows, err := db.All[outbox.Row](tx.Where("kind = ? AND payload LIKE ?", soakJob, step(r.Due(), "%")))
		for _, row := range rows {
			done[row.Payload] = true
		}
		return err
	})
	if err != nil {
		return "", err
	}
	for i := range soakSteps {
		name := step(r.Due(), strconv.Itoa(i))
		if done[name] {
			continue
		}
		time.Sleep(rand.N(20 * time.Millisecond))
		err := r.Write(context.WithoutCancel(ctx), func(tx *db.Tx, _ access.Actor) error { // not even a lost lease keeps it from trying
			return outbox.Add(tx, soakJob, json.RawMessage(name))
		})
		if err != nil {
			return "", err
		}
	}
	return "soaked", nil
}

func step(due time.Time, i string) string {
	return fmt.Sprintf(`"%s %s"`, due.In(date.Zone).Format("2006-01-02 15"), i)
}

// replicaProcess is one of the three.
type replicaProcess struct {
	setup replicaSetup
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *syncBuffer
	alive bool
}

func (p *replicaProcess) start(t *testing.T, now time.Time) {
	t.Helper()
	p.setup.Now = now
	text, err := json.Marshal(p.setup)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(os.Args[0], "-test.run=^TestReplicaProcess$", "-test.count=1")
	p.cmd.Env = append(os.Environ(), replicaVariable+"="+string(text))
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if p.in, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.alive = true
}

func (p *replicaProcess) tell(now time.Time) {
	if p.alive {
		_, _ = fmt.Fprintln(p.in, now.Unix()) // it may have been killed meanwhile
	}
}

func (p *replicaProcess) kill(t *testing.T) {
	t.Helper()
	p.alive = false
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // it was killed
	_ = p.in.Close()
}

// pause stops the process for longer than its lease lasts, and lets it go on.
func (p *replicaProcess) pause(t *testing.T) {
	t.Helper()
	err := p.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(soakLease + rand.N(soakLease))
	if err = errors.Join(err, p.cmd.Process.Signal(syscall.SIGCONT)); err != nil {
		t.Error(err)
	}
}

// Of three replicas exactly one does an hour's work, each step once, whatever becomes of them.
func TestThreeReplicas(t *testing.T) {
	hours := 60
	if n, err := strconv.Atoi(os.Getenv(soakVariable)); err == nil {
		hours = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d hours", seed, hours)
	random := rand.New(rand.NewPCG(seed, 1))
	e := dbtest.Server(t, "mysql")
	begin := date.New(2026, time.November, 23).At(0, 30)
	var all []*replicaProcess
	for _, ahead := range []time.Duration{0, 90 * time.Second, -90 * time.Second} {
		p := &replicaProcess{setup: replicaSetup{DSN: e.Conf.DSN, Data: t.TempDir(), Ahead: ahead}, out: &syncBuffer{}}
		p.start(t, begin)
		all = append(all, p)
		t.Cleanup(func() {
			if p.alive {
				p.kill(t)
			}
			if t.Failed() {
				t.Logf("replica %s ahead:\n%s", ahead, p.out)
			}
		})
	}
	kills, pauses := 0, 0
	for i := range hours {
		hour := begin.Add(30*time.Minute + time.Duration(i)*time.Hour)
		for _, k := range random.Perm(len(all)) {
			all[k].tell(hour)
		}
		var wg sync.WaitGroup
		victim := all[random.IntN(len(all))]
		switch random.IntN(3) {
		case 0:
			kills++
			time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
			victim.kill(t)
		case 1:
			pauses++
			time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
			wg.Go(func() { victim.pause(t) })
		}
		soaked(t, e, all, hour)
		wg.Wait()
		if !victim.alive {
			victim.start(t, hour)
		}
	}
	t.Logf("%d killed, %d paused", kills, pauses)
	soakedOnce(t, e, begin, hours)
}

// soaked waits until the hour's work is done, and tells the time again meanwhile, as minutes would.
func soaked(t *testing.T, e *dbtest.Env, all []*replicaProcess, hour time.Time) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for told := hour; ; told = told.Add(time.Minute) {
		var n int64
		e.See(t, func(tx *db.Tx) error {
			return tx.Table("job_runs").Where("job = ? AND due_at = ? AND state = ?", soakJob, hour.UTC(), runs.Finished).Count(&n).Error
		})
		if n == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody did the work of %s", hour.In(date.Zone))
		}
		if told.Sub(hour) < 30*time.Minute {
			for _, p := range all {
				p.tell(told)
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// soakedOnce holds what was written against what should have been.
func soakedOnce(t *testing.T, e *dbtest.Env, begin time.Time, hours int) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		rows, err := db.All[outbox.Row](tx.Where("kind = ?", soakJob).Order("id"))
		if err != nil {
			return err
		}
		times := map[string]int{}
		for _, r := range rows {
			times[r.Payload]++
		}
		for i := range hours {
			hour := begin.Add(30*time.Minute + time.Duration(i)*time.Hour)
			for k := range soakSteps {
				if name := step(hour, strconv.Itoa(k)); times[name] != 1 {
					t.Errorf("%s was done %d times", name, times[name])
				}
			}
		}
		if len(rows) != hours*soakSteps {
			t.Errorf("%d steps, want %d", len(rows), hours*soakSteps)
		}
		list, err := db.All[runs.Run](tx.Where("job = ?", soakJob).Order("due_at"))
		took := map[string]int{}
		for i, r := range list {
			if want := begin.Add(30*time.Minute + time.Duration(i)*time.Hour); !r.DueAt.Equal(want) || r.State != runs.Finished {
				t.Errorf("run %d: %s %s, want %s finished", i, r.DueAt, r.State, want)
			}
			took[r.Host]++
		}
		t.Logf("runs by process: %v", took)
		replicas, err2 := runs.Replicas(tx, access.System("test"), runs.ReplicasInput{})
		var ahead []string
		for _, r := range replicas.Items {
			ahead = append(ahead, (time.Duration(r.AheadMS) * time.Millisecond).Round(time.Second).String())
		}
		if text := " " + strings.Join(ahead, " ") + " "; !strings.Contains(text, " 1m30s ") || !strings.Contains(text, " -1m30s ") {
			t.Errorf("the clocks are told as %v", ahead)
		}
		return errors.Join(err, err2)
	})
}

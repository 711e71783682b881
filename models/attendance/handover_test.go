package attendance_test

import (
	"context"
	"sync"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// house is a school that is handed from one member with an account to another.
type house struct {
	attendancetest.School
	e        *dbtest.Env
	a        *attendance.Area
	people   *people.Area
	old, new access.Actor
	today    date.Date
}

func newHouse(t *testing.T, e *dbtest.Env) *house {
	t.Helper()
	h := &house{School: attendancetest.New(t, e, 4, 1), e: e, a: attendance.New(), people: peopletest.Area(t), today: date.Of(dbtest.Start)}
	h.people.OnHandover(accounts.SiteKeeper())
	h.people.OnHandover(attendance.SiteKeeper())
	h.old = accountstest.Of(t, e, h.Members[0], access.Host, org.SiteUnit(h.Site.ID))
	h.new = accountstest.Of(t, e, h.Members[1], access.Trainee, org.SiteUnit(h.Site.ID))
	return h
}

func (h *house) handOver(on date.Date) (v people.HandoverView, err error) {
	err = h.e.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = h.people.HandOver(tx, orgtest.As(access.Village, h.Village.Path), people.HandOverInput{
			Site: h.Site.ID, On: on, Host: h.Members[1], HeadToo: true, Address: "新家",
		})
		return err
	})
	return v, err
}

func (h *house) undo(handover people.HandoverID) error {
	return h.e.Write(context.Background(), func(tx *db.Tx) error {
		_, err := h.people.UndoHandover(tx, orgtest.By, people.HandoverInput{Site: h.Site.ID, Handover: handover})
		return err
	})
}

// fresh is the actor as the next request reads it.
func (h *house) fresh(t *testing.T, by access.Actor) (now access.Actor) {
	t.Helper()
	h.e.See(t, func(tx *db.Tx) (err error) {
		now, _, err = accounts.Actor(tx, by.Account)
		return err
	})
	return now
}

// item is a roll of a day that only a phone knows.
func (h *house) item(on date.Date) attendance.SubmitInput {
	in := h.Item(mark(h.Members[2], attendance.Present))
	in.Session, in.ActivityDay, in.Site, in.HeldOn = attendance.SessionID(id.New[School]()), [16]byte{}, h.Site.ID, on
	return in
}

func (h *house) submit(by access.Actor, in attendance.SubmitInput) error {
	_, err := attendancetest.Submit(h.e, h.a, by, in)
	return err
}

// What the old host's phone sends late about days before the change is taken, what is about later ones is not; the new host may at once.
func TestHandoverAndLateRecords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := newHouse(t, e)
		open := h.item(h.today.AddDays(-4))
		e.Do(t, func(tx *db.Tx) error {
			_, err := h.a.Open(tx, h.old, attendance.OpenInput{Session: open.Session, Site: open.Site, HeldOn: open.HeldOn})
			return err
		})
		sent := h.item(h.today.AddDays(-1))
		if err := h.submit(h.old, sent); err != nil {
			t.Fatal(err)
		}
		if _, err := h.handOver(h.today.AddDays(-2)); err != nil {
			t.Fatal(err)
		}
		old, now := h.fresh(t, h.old), h.fresh(t, h.new)
		if old.Can(access.SessionsSubmit, h.Site.Path) || !now.Can(access.SessionsSubmit, h.Site.Path) {
			t.Error("the grants did not follow the post")
		}
		moved := h.item(h.today.AddDays(-3))
		for name, c := range map[string]struct {
			by   access.Actor
			in   attendance.SubmitInput
			want string
		}{
			"late, before the change":   {old, h.item(h.today.AddDays(-3)), ""},
			"late, of an open session":  {old, open, ""},
			"late, with stale rights":   {h.old, h.item(h.today.AddDays(-5)), ""},
			"on the day of the change":  {old, h.item(h.today.AddDays(-2)), "attendance.handed_over"},
			"today, with stale rights":  {h.old, h.item(h.today), "attendance.handed_over"},
			"sent before, comes again":  {old, sent, ""},
			"of another school":         {old, elsewhere(h), "access.not_found"},
			"the new host, today":       {now, h.item(h.today), ""},
			"the new host, days before": {now, h.item(h.today.AddDays(-6)), ""},
		} {
			err := h.submit(c.by, c.in)
			if c.want == "" && err != nil || c.want != "" && !fail.Is(err, c.want) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
		}
		if err := h.submit(old, moved); err != nil {
			t.Fatal(err)
		}
		again := moved
		again.HeldOn, again.BaseRevision, again.Why, again.Stamp.Seq = h.today, 1, "记错了", 2
		if err := h.submit(old, again); !fail.Is(err, "attendance.handed_over") {
			t.Errorf("a late record is moved past the change: %v", err)
		}
		err := e.Write(context.Background(), func(tx *db.Tx) error {
			_, err := h.a.Open(tx, h.old, attendance.OpenInput{Site: h.Site.ID, HeldOn: h.today})
			return err
		})
		if !fail.Is(err, "attendance.handed_over") {
			t.Errorf("the old host opens a session: %v", err)
		}
	})
}

func elsewhere(h *house) attendance.SubmitInput {
	in := h.item(h.today.AddDays(-3))
	in.Site = h.Sister.ID
	return in
}

// A hand-over is undone while nothing was held under the new host: then everything is as before.
func TestUndoHandover(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := newHouse(t, e)
		v, err := h.handOver(h.today.AddDays(-1))
		if err == nil {
			err = h.submit(h.fresh(t, h.old), h.item(h.today.AddDays(-2))) // hinders nothing
		}
		if err == nil {
			err = h.undo(v.ID)
		}
		if err == nil {
			err = h.undo(v.ID) // twice is once
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := h.submit(h.fresh(t, h.old), h.item(h.today)); err != nil {
			t.Errorf("the old host is host again: %v", err)
		}
		for _, by := range []access.Actor{h.fresh(t, h.new), as(h.new, access.Host, h.Site.Path)} {
			if err := h.submit(by, h.item(h.today)); err == nil {
				t.Error("the new host has kept his right")
			}
		}
		e.See(t, func(tx *db.Tx) error {
			host, _, err := people.HostOf(tx, h.Site.ID, h.today)
			address, bad := org.AddressOf(tx, h.Site.ID)
			if host.Person != h.Members[0] || host.Since != orgtest.LicensedOn || address == "新家" || bad != nil {
				t.Errorf("host %+v at %s, %v", host, address, bad)
			}
			return err
		})
		if v, err = h.handOver(h.today); err == nil {
			err = h.submit(h.fresh(t, h.new), h.item(h.today))
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := h.undo(v.ID); !fail.Is(err, "attendance.held_since_handover") {
			t.Errorf("undone after a session: %v", err)
		}
	})
}

func as(by access.Actor, role access.Role, path string) access.Actor {
	return access.New(by.Account, by.Person, by.Name, []access.Grant{{Role: role, Path: path}})
}

// A roll of today that is handed in while the school is handed over comes before it or is refused, whatever the request knew of the
// host's rights; one of a day before is always taken. Likewise a first roll of the new host and the undoing.
func TestHandoverBesideSubmit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := newHouse(t, e)
		for round := range rounds {
			late, today := h.item(h.today.AddDays(-1-round%5)), h.item(h.today)
			var v people.HandoverView
			errs := beside(
				func() (err error) { v, err = h.handOver(h.today); return err },
				func() error { return h.submit(h.old, late) },
				func() error { return h.submit(h.old, today) },
			)
			if errs[0] != nil || errs[1] != nil || errs[2] != nil && !fail.Is(errs[2], "attendance.handed_over") {
				t.Fatalf("round %d: %v", round, errs)
			}
			if err := h.submit(h.old, h.item(h.today)); !fail.Is(err, "attendance.handed_over") {
				t.Fatalf("round %d: after the hand-over %v", round, err)
			}
			stale := h.fresh(t, h.new)
			errs = beside(
				func() error { return h.undo(v.ID) },
				func() error { return h.submit(stale, h.item(h.today)) },
			)
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("round %d: undone %v, held %v", round, errs[0], errs[1])
			}
			if errs[0] != nil { // held: clear it away for the next round
				e.Do(t, func(tx *db.Tx) error {
					return tx.Exec("UPDATE sessions SET state = ? WHERE site_id = ?", attendance.Withdrawn, h.Site.ID).Error
				})
				if err := h.undo(v.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func beside(acts ...func() error) []error {
	errs := make([]error, len(acts))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, act := range acts {
		wg.Go(func() { <-start; errs[i] = act() })
	}
	close(start)
	wg.Wait()
	return errs
}

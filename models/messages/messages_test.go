package messages_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/messages"
	"huotang/models/org"
)

// A house hears that its day comes, is moved, is called off and takes place after all; who did it knows, and nobody else hears. What does not
// hold any more waits for nobody.
func TestADayOfAHouse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		nov := h.day("2026-11")
		for range 2 { // the job runs twice
			do(h, calendar.Announce, access.System("calendar.announce"), calendar.DueInput{})
		}
		h.want(h.host, "the host", messages.DayAnnounced)
		h.want(h.head, "the head", messages.DayAnnounced)
		h.want(h.clerk, "the clerk")
		h.want(h.far, "a host elsewhere")
		h.holds(h.inbox(h.host)[0].Text, "安石村王家院家庭党校", "11月26日 星期四")
		e.Clock.Add(time.Second)
		do(h, calendar.Move, h.host, calendar.MoveInput{ID: nov.ID, To: on("2026-11-28"), Reason: calendar.Road})
		h.want(h.host, "the host, who moved it")
		h.want(h.head, "the head", messages.DayMoved)
		h.holds(h.inbox(h.head)[0].Text, "原定11月26日", "11月28日 星期六", "下雨路断")
		if all := h.inbox(h.head); len(all) != 2 || !all[1].Overtaken || all[1].Read {
			t.Errorf("%+v", all)
		}
		e.Clock.Add(time.Second)
		do(h, calendar.Cancel, h.clerk, calendar.CancelInput{ID: nov.ID, Reason: calendar.Power})
		h.want(h.host, "the host", messages.DayOff)
		h.holds(h.inbox(h.host)[0].Text, "不开展", "停电")
		e.Clock.Add(time.Second)
		do(h, calendar.Undo, h.clerk, calendar.UndoInput{ID: nov.ID})
		h.want(h.host, "the host", messages.DayOn)
		e.Clock.Add(time.Second)
		do(h, calendar.Confirm, h.clerk, calendar.ConfirmInput{ID: nov.ID})
		h.want(h.host, "the host, once it is agreed")
		if got := len(h.inbox(h.host)); got != 3 {
			t.Errorf("%d messages in all", got)
		}
	})
}

// A request waits for the township's clerks until it is settled; refused, it is told to who asked.
func TestARequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		village := accountstest.As(t, e, access.Village, h.tree.Village.ID)
		dec := h.day("2026-12")
		ask := func() {
			e.Clock.Add(time.Second)
			do(h, calendar.Cancel, village, calendar.CancelInput{ID: dec.ID, Reason: calendar.FarmWork, Note: "字大爷说不行"})
		}
		ask()
		h.want(h.clerk, "the clerk", messages.CancelAsked)
		text := h.inbox(h.clerk)[0].Text
		h.holds(text, "安石村王家院家庭党校", "12月26日", "农忙", "等你定")
		do(h, calendar.Undo, village, calendar.UndoInput{ID: dec.ID})
		h.want(h.clerk, "the clerk, once it was withdrawn")
		ask()
		h.want(h.clerk, "the clerk, asked again", messages.CancelAsked)
		var waiting db.Page[calendar.RequestView]
		e.See(t, func(tx *db.Tx) (err error) {
			waiting, err = calendar.Requests(tx, h.clerk, calendar.RequestsInput{})
			return err
		})
		do(h, calendar.DecideCancel, h.clerk, calendar.DecideInput{IDs: []calendar.CancellationID{waiting.Items[0].ID}, Answer: "还早"})
		h.want(h.clerk, "the clerk, who decided")
		h.want(village, "who asked", messages.CancelRefused)
		h.want(h.host, "the host", messages.CancelRefused)
		var facts []string
		e.See(t, func(tx *db.Tx) (err error) {
			facts, err = db.Ask[string](tx, "SELECT facts FROM messages WHERE facts LIKE '%字大爷%'")
			return err
		})
		if len(facts) != 0 {
			t.Errorf("free text is kept: %v", facts)
		}
	})
}

// A rule that moves many days is one message for each house, about the nearest.
func TestARuleIsOneMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		e.Clock.Add(time.Second)
		calendartest.Plan(t, e, h.tree.Township.ID, month(t, "2026-11"), month(t, "2027-03"))
		h.want(h.host, "the host, before")
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(27))
		h.want(h.host, "the host", messages.DayRuled)
		m := h.inbox(h.host)[0]
		h.holds(m.Text, "原来11月26日", "11月27日", "后面还有")
		if m.Facts.More < 1 || m.Facts.On != on("2026-11-27") {
			t.Errorf("%+v", m.Facts)
		}
		h.want(h.far, "a host elsewhere")
	})
}

func month(t *testing.T, s string) date.Month {
	t.Helper()
	m, err := date.ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The same event, told by many at once, is one message.
func TestAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, true)
		do(h, h.area.SetPref, h.host, messages.SetPrefInput{SMS: true})
		nov := h.day("2026-11")
		event := calendar.DaysChanged{Days: []calendar.DayChange{{
			What: calendar.WhatAnnounced, Day: nov.ID, Site: nov.Site, Sequence: 7, On: nov.PlannedOn,
		}}}
		var wait sync.WaitGroup
		for range 6 {
			wait.Go(func() {
				if err := e.Write(context.Background(), func(tx *db.Tx) error { return tx.Tell(event) }); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		var n []int
		e.See(t, func(tx *db.Tx) (err error) {
			n, err = db.Ask[int](tx, "SELECT COUNT(*) FROM messages WHERE account_id = ? UNION ALL SELECT COUNT(*) FROM outbox_rows", h.host.Account)
			return err
		})
		if n[0] != 1 || n[1] != 1 {
			t.Errorf("%d messages, %d rows in the outbox", n[0], n[1])
		}
	})
}

// Reading is each account's own; a list changes nothing, and a mark is put once.
func TestReading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		for i := range 5 {
			e.Clock.Add(time.Second)
			event := calendar.DaysChanged{Days: []calendar.DayChange{{What: calendar.WhatOn, Day: calendar.DayID{byte(i + 1)}, Site: h.tree.Site.ID, On: on("2026-12-01")}}}
			e.Do(t, func(tx *db.Tx) error { return tx.Tell(event) })
		}
		var first, second db.Page[messages.View]
		e.See(t, func(tx *db.Tx) (err error) {
			if first, err = messages.List(tx, h.host, messages.ListInput{Limit: 3}); err != nil {
				return err
			}
			var after messages.MessageID
			if err := after.UnmarshalText([]byte(first.Next)); err != nil {
				return err
			}
			second, err = messages.List(tx, h.host, messages.ListInput{Limit: 3, After: after})
			return err
		})
		if len(first.Items) != 3 || len(second.Items) != 2 || second.Next != "" || !first.Items[2].MadeAt.After(second.Items[0].MadeAt) {
			t.Fatalf("%d and %d, %q", len(first.Items), len(second.Items), second.Next)
		}
		for _, by := range []access.Actor{h.head, h.clerk, access.System("x")} {
			if err := try(h, messages.Read, by, messages.ReadInput{ID: first.Items[0].ID}); err == nil {
				t.Error("somebody else's message")
			}
		}
		for range 2 {
			if v := do(h, messages.Read, h.host, messages.ReadInput{ID: first.Items[1].ID}); !v.Read {
				t.Errorf("%+v", v)
			}
		}
		count := do(h, messages.ReadAll, h.host, messages.ReadAllInput{Until: second.Items[0].ID})
		if count.Unread != 2 {
			t.Errorf("%d left", count.Unread)
		}
		h.want(h.head, "the head", messages.DayOn, messages.DayOn, messages.DayOn, messages.DayOn, messages.DayOn)
		if err := try(h, messages.List, access.Visitor(), messages.ListInput{}); fail.KindOf(err) != fail.Unauthenticated {
			t.Error(err)
		}
	})
}

// The schools of an exchange week hear with whom they meet; drawn anew, they hear of the new one alone.
func TestAnExchangeWeek(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		sister := accountstest.As(t, e, access.Host, org.SiteUnit(h.tree.Sister.ID))
		q4, area := date.QuarterOf(on("2026-12-01")), exchange.New()
		do(h, area.SetWeek, h.clerk, exchange.SetWeekInput{Unit: h.tree.Township.ID, Quarter: q4, Day: on("2026-12-09")})
		for range 2 {
			do(h, area.Plan, h.clerk, exchange.PlanInput{Unit: h.tree.Township.ID, Quarter: q4})
		}
		h.want(h.host, "the host", messages.GroupPlanned)
		h.want(sister, "the sister's host", messages.GroupPlanned)
		m := h.inbox(h.host)[0]
		h.holds(m.Text, "安石村王家院家庭党校和", h.tree.Sister.Name, "12月", "晚上8点")
		group := exchange.GroupID(m.ObjectID)
		e.Clock.Add(time.Second)
		do(h, area.Move, h.clerk, exchange.MoveInput{ID: group, To: on("2026-12-12"), Hour: "15:30"})
		h.want(h.host, "the host", messages.GroupChanged)
		h.holds(h.inbox(h.host)[0].Text, "12月12日 星期六 下午3点半")
		e.Clock.Add(time.Second)
		do(h, area.CallOff, h.clerk, exchange.CallOffInput{ID: group, Reason: calendar.HostAway})
		h.want(h.host, "the host", messages.GroupOff)
		e.Clock.Add(time.Second)
		do(h, area.Restore, h.clerk, exchange.GroupInput{ID: group})
		h.want(sister, "the sister's host", messages.GroupOn)
		h.want(h.far, "a host elsewhere")
		e.Clock.Set(on("2026-12-12").At(23, 0))
		h.want(sister, "the sister's host, in the evening", messages.GroupOn)
		e.Clock.Set(on("2026-12-13").At(0, 0))
		h.want(sister, "the sister's host, when it is over")
		if n := do(h, messages.Count, sister, messages.CountInput{}).Unread; n != 0 || !h.inbox(sister)[0].Over {
			t.Errorf("%d wait for a meeting that is over", n)
		}
	})
}

// The clerk hears once a week what waits, as numbers; hosts never do.
func TestDigest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		admin := accountstest.As(t, e, access.TownshipAdmin, h.tree.Township.ID)
		job := access.System("digest")
		run := func() int { return do(h, h.area.Digest, job, messages.DigestInput{Unit: h.tree.Township.ID}).Messages }
		if n := run(); n != 0 {
			t.Errorf("%d messages about nothing", n)
		}
		e.Clock.Add(5 * 24 * time.Hour) // the days of November have passed
		do(h, calendar.Cancel, h.host, calendar.CancelInput{ID: h.day("2026-12").ID, Reason: calendar.Road})
		do(h, messages.ReadAll, h.clerk, messages.ReadAllInput{Until: h.inbox(h.clerk)[0].ID})
		e.Clock.Add(time.Second)
		if n := run() + run(); n != 2 {
			t.Errorf("%d messages to two clerks", n)
		}
		h.want(h.clerk, "the clerk", messages.Digest)
		h.want(admin, "the admin", messages.Digest, messages.CancelAsked)
		m := h.inbox(h.clerk)[0]
		h.holds(m.Text, h.tree.Township.Name, "想取消的活动日1个", "还没有记录的活动日3个")
		if m.Link != "/calendar/requests" || m.Facts.Imports != 0 {
			t.Errorf("%+v", m)
		}
		h.want(h.host, "the host")
		e.Clock.Add(7 * 24 * time.Hour)
		if n := run(); n != 2 {
			t.Errorf("%d messages a week later", n)
		}
		h.want(h.clerk, "the clerk, a week later", messages.Digest)
		if err := try(h, h.area.Digest, h.clerk, messages.DigestInput{Unit: h.tree.Township.ID}); fail.KindOf(err) != fail.ForbiddenAct {
			t.Error(err)
		}
	})
}

// Who looks after a school finds the words for its days; nobody else does.
func TestWhoFindsTheWords(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e, false)
	nov := h.day("2026-11")
	may := map[access.Role]bool{
		access.County: true, access.TownshipAdmin: true, access.Township: true, access.Village: true, access.Host: true, access.Head: true,
	}
	for i, seat := range append(h.tree.Inside(), h.tree.Outside()...) {
		err := try(h, messages.Notice, seat.Actor, messages.NoticeInput{ID: nov.ID})
		if want := may[seat.Role] && (i < len(h.tree.Inside()) || seat.Role == access.County); (err == nil) != want {
			t.Errorf("%s: %v, want %v", seat.Name, err, want)
		}
	}
	if err := try(h, messages.Notice, access.Visitor(), messages.NoticeInput{ID: nov.ID}); fail.KindOf(err) != fail.Unauthenticated {
		t.Error(err)
	}
}

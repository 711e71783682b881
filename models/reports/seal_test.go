package reports

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

var november = date.NewMonth(2026, 11)

// seal seals November of the first township, as the job does.
func (w *world) seal(t *testing.T) int {
	t.Helper()
	n := 0
	w.Do(t, func(tx *db.Tx) (err error) {
		n, err = Seal(tx, access.System("calendar.close"), SealInput{Unit: w.Township.ID, Month: november})
		return err
	})
	return n
}

func (w *world) give(site org.SiteID, on, locked date.Date, why string) error {
	return w.Write(context.Background(), func(tx *db.Tx) error {
		_, err := calendar.GiveTime(tx, orgtest.By, calendar.GiveTimeInput{Site: site, Month: november, OnTimeUntil: on, LockedAfter: locked, Reason: why})
		return err
	})
}

// Sealed figures stay, with what comes later beside them, on every reading; an exception puts the sealing of its school off; what comes
// after the school's own day is late; who has handed in since needs no call.
func TestSealedMonth(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.Clock.Set(date.New(2026, 11, 1).At(9, 0))
		calendartest.Rule(t, w.Env, w.Township.ID, calendartest.OnDay(20))
		w.Clock.Set(date.New(2026, 12, 1).At(9, 0))
		if err := w.give(w.Sister.ID, date.New(2026, 12, 15), date.New(2026, 12, 20), "停电"); err != nil {
			t.Fatal(err)
		}
		w.Clock.Set(date.New(2026, 12, 6).At(9, 0))
		w.Hold(t, w.Neighbour, date.New(2026, 11, 20)) // after the 5th
		w.Clock.Set(date.New(2026, 12, 11).At(1, 0))
		if n := w.seal(t); n != 2 {
			t.Errorf("sealed %d: the sister has time until the 20th", n)
		}
		of := func(s org.School) SchoolMonth {
			t.Helper()
			all := must(t, w, Month, orgtest.By, MonthInput{Month: november}).Items
			return all[slices.IndexFunc(all, func(m SchoolMonth) bool { return m.Site == s.ID })]
		}
		if n := of(w.Neighbour); !n.Late || n.CameOn != date.New(2026, 12, 6) || n.SealedAt == nil || n.State != calendar.Held || n.Period != nil {
			t.Errorf("came on the 6th: %+v", n)
		}
		w.Clock.Set(date.New(2026, 12, 12).At(9, 0))
		w.Hold(t, w.Sister, date.New(2026, 11, 20))
		w.Hold(t, w.Site, date.New(2026, 11, 20))
		s, sister := of(w.Site), of(w.Sister)
		if s.State != calendar.NoRecord || s.Sessions != 0 || s.Later == nil || s.Later.State != calendar.Held || s.Later.Sessions != 1 || !s.Late {
			t.Errorf("the sealed school: %+v", s)
		}
		if sister.SealedAt != nil || sister.Late || sister.State != calendar.Held || sister.Period == nil || sister.Period.Reason != "停电" {
			t.Errorf("the school with more time: %+v", sister)
		}
		if call := must(t, w, w.Reports.Missing, orgtest.By, MissingInput{Month: november, Unit: w.Township.Code}); len(call.Items) != 0 {
			t.Errorf("called although it has handed in: %+v", call.Items)
		}
		if v := must(t, w, Summary, orgtest.By, SummaryInput{Span{From: november.First(), To: november.Last()}}); v.Sessions != 3 {
			t.Errorf("the summary counts the rows: %+v", v.Figures)
		}
		w.Clock.Set(date.New(2026, 12, 21).At(1, 0))
		if n := w.seal(t); n != 1 {
			t.Errorf("sealed %d once the time is over", n)
		}
		if again := w.seal(t); again != 0 || of(w.Site).State != calendar.NoRecord {
			t.Errorf("sealed again: %d", again)
		}
		if of(w.Sister).Later != nil {
			t.Error("the sister's figures were hers when they were sealed")
		}
	})
}

// What a county asks holds from a month on; what is at fault is said by its field, and changes nothing.
func TestPeriods(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		set := func(in calendar.SetPeriodInput) error {
			in.Unit = w.County.Tree.County.ID
			return w.Write(context.Background(), func(tx *db.Tx) error { _, err := calendar.SetPeriod(tx, orgtest.By, in); return err })
		}
		faulty := func(err error, field string) {
			t.Helper()
			f, ok := fail.As(err)
			if !ok || !slices.ContainsFunc(f.Fields, func(x fail.Field) bool { return x.Name == field }) {
				t.Errorf("want a fault of %s: %v", field, err)
			}
		}
		dec := date.NewMonth(2026, 12)
		faulty(set(calendar.SetPeriodInput{Times: 0, OnTime: 5, Locked: 10}), "times")
		faulty(set(calendar.SetPeriodInput{Times: 1, OnTime: 61, Locked: 70}), "on_time")
		faulty(set(calendar.SetPeriodInput{Times: 1, OnTime: 20, Locked: 10}), "locked")
		faulty(set(calendar.SetPeriodInput{Times: 1, OnTime: 5, Locked: 91}), "locked")
		faulty(set(calendar.SetPeriodInput{From: november.Add(-2), Times: 1, OnTime: 5, Locked: 10}), "from")
		last := november.Last()
		faulty(w.give(w.Site.ID, last.AddDays(5), last.AddDays(10), " "), "reason")
		faulty(w.give(w.Site.ID, last.AddDays(-1), last.AddDays(10), "停电"), "on_time_until")
		faulty(w.give(w.Site.ID, last.AddDays(11), last.AddDays(10), "停电"), "locked_after")
		faulty(w.give(w.Site.ID, last.AddDays(5), last.AddDays(181), "停电"), "locked_after")
		if err := set(calendar.SetPeriodInput{From: dec, Times: 2, OnTime: 3, Locked: 20}); err != nil {
			t.Fatal(err)
		}
		w.See(t, func(tx *db.Tx) error {
			for m, want := range map[date.Month][3]string{november: {"2026-12-05", "2026-12-10"}, dec: {"2027-01-03", "2027-01-20"}} {
				p, err := calendar.PeriodOf(tx, w.Site.ID, m)
				if err != nil {
					return err
				}
				if p.OnTimeUntil.String() != want[0] || p.LockedAfter.String() != want[1] || p.Times != map[date.Month]int{november: 1, dec: 2}[m] {
					t.Errorf("%s: %+v", m, p)
				}
			}
			v, err := calendar.Periods(tx, orgtest.By, calendar.GetRuleInput{Unit: w.County.Tree.County.ID})
			if v.Rule.Times != 1 || len(v.Coming) != 1 || v.Coming[0].From != dec || v.Coming[0].Times != 2 {
				t.Errorf("%+v", v)
			}
			return err
		})
		w.Clock.Set(date.New(2026, 12, 8).At(9, 0))
		w.See(t, func(tx *db.Tx) error {
			v, err := calendar.PreviewPeriod(tx, orgtest.By, calendar.SetPeriodInput{Unit: w.County.Tree.County.ID, From: november, Times: 1, OnTime: 3, Locked: 7})
			if len(v.Months) != 6 || !v.Months[0].Seals() || v.Months[1].Seals() || v.Months[0].Was.Locked {
				t.Errorf("seals November at once: %+v", v.Months)
			}
			return err
		})
		w.Clock.Set(date.New(2027, 1, 5).At(9, 0))
		w.Hold(t, w.Site, date.New(2026, 12, 28))
		v := must(t, w, Month, orgtest.By, MonthInput{Month: dec, Unit: w.Site.Code})
		if s := v.Items[0]; s.Short != 1 || !s.Late || v.Period.Times != 2 {
			t.Errorf("once of twice: %+v", s)
		}
	})
}

// A month is sealed while rolls are handed in: what is sealed of a school is all or nothing of its roll, and what came later stands beside.
func TestSealWhileRollsComeIn(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.Clock.Set(date.New(2026, 11, 1).At(9, 0))
		calendartest.Rule(t, w.Env, w.Township.ID, calendartest.OnDay(20))
		w.Clock.Set(date.New(2026, 12, 11).At(1, 0))
		var wg sync.WaitGroup
		for i, s := range []org.School{w.Site, w.Sister, w.Neighbour} {
			d := calendartest.Day(t, w.Env, s.ID, november)
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 3 * time.Millisecond)
				err := w.Write(context.Background(), func(tx *db.Tx) error {
					_, err := w.Area.Submit(tx, orgtest.By, attendance.SubmitInput{
						Session: d.SessionID, ActivityDay: d.ID, HeldOn: d.PlannedOn, Minutes: 60, Stamp: attendance.Stamp{Device: "d", Seq: int64(i + 1)},
						Marks: []attendance.MarkInput{{Person: w.Members[s.ID][0], Value: attendance.Value{State: attendance.Present}}},
					})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		for range 2 {
			wg.Go(func() {
				err := w.Write(context.Background(), func(tx *db.Tx) error {
					_, err := Seal(tx, access.System("calendar.close"), SealInput{Unit: w.Township.ID, Month: november})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v := must(t, w, Month, orgtest.By, MonthInput{Month: november, Unit: w.Township.Code})
		if v.Sealed != 3 {
			t.Errorf("%d sealed", v.Sealed)
		}
		for _, s := range v.Items {
			in := s.State == calendar.Held && s.Sessions == 1 && s.Attendances == 1 && s.Later == nil
			out := s.State == calendar.NoRecord && s.Sessions == 0 && s.Attendances == 0 && s.Later != nil && s.Later.Sessions == 1
			if !in && !out {
				t.Errorf("half in: %+v later %+v", s, s.Later)
			}
		}
	})
}

// A roll that came after its month was sealed stands nowhere until the township lets it in; then it stands beside what was sealed, which
// stays, and two clerks who let it in at once count it once.
func TestLateRollsBesideTheSeal(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.Clock.Set(date.New(2026, 11, 1).At(9, 0))
		calendartest.Rule(t, w.Env, w.Township.ID, calendartest.OnDay(20))
		w.Clock.Set(date.New(2026, 11, 20).At(21, 0))
		w.Hold(t, w.Sister, date.New(2026, 11, 20))
		w.Clock.Set(date.New(2026, 12, 11).At(1, 0))
		w.seal(t)
		w.Clock.Set(date.New(2026, 12, 12).At(9, 0))
		var late []attendance.SessionID
		for i, s := range []org.School{w.Site, w.Sister} {
			host := coursestest.Actor(t, w.Env, access.Host, s.Path)
			taken := date.New(2026, 11, 21).At(20, 0)
			in := attendance.SubmitInput{
				Session: attendance.SessionID(id.New[world]()), Site: s.ID, HeldOn: date.New(2026, 11, 21), Minutes: 60,
				Stamp: attendance.Stamp{Device: "phone", Seq: int64(i + 1), RecordedAt: &taken},
				Marks: []attendance.MarkInput{{Person: w.Members[s.ID][0], Value: attendance.Value{State: attendance.Present}}},
			}
			w.Do(t, func(tx *db.Tx) error {
				r, err := w.Area.Submit(tx, host, in)
				if !r.Late {
					t.Errorf("%+v", r)
				}
				return err
			})
			late = append(late, in.Session)
		}
		months := func() map[org.SiteID]SchoolMonth {
			out := map[org.SiteID]SchoolMonth{}
			for _, m := range must(t, w, Month, orgtest.By, MonthInput{Month: november, Unit: w.Township.Code}).Items {
				out[m.Site] = m
			}
			return out
		}
		before := months()
		if m := before[w.Site.ID]; m.Later != nil || m.Sessions != 0 || m.State != calendar.NoRecord {
			t.Errorf("stands there before it was let in: %+v %+v", m, m.Later)
		}
		if m := before[w.Sister.ID]; m.Later != nil || m.Sessions != 1 {
			t.Errorf("the sister: %+v %+v", m, m.Later)
		}
		var wg sync.WaitGroup
		var n atomic.Int64
		for range 2 {
			clerk := coursestest.Actor(t, w.Env, access.Township, w.Township.Path)
			wg.Go(func() {
				var v attendance.Admitted
				err := w.Write(context.Background(), func(tx *db.Tx) (err error) {
					v, err = w.Area.Admit(tx, clerk, attendance.AdmitInput{Sessions: late})
					return err
				})
				if err != nil {
					t.Error(err)
				}
				n.Add(int64(v.Admitted))
			})
		}
		wg.Wait()
		if n.Load() != 2 {
			t.Errorf("%d let in", n.Load())
		}
		for site, m := range months() {
			was := before[site]
			if m.Sessions != was.Sessions || m.Attendances != was.Attendances || m.State != was.State || m.SealedAt == nil {
				t.Errorf("what was sealed has changed: %+v, was %+v", m, was)
			}
			want := map[org.SiteID]int{w.Site.ID: 1, w.Sister.ID: 2}[site]
			if (want > 0) != (m.Later != nil) || want > 0 && m.Later.Sessions != want {
				t.Errorf("beside it: %+v, want %d", m.Later, want)
			}
		}
	})
}

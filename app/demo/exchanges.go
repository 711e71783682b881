package demo

import (
	"fmt"

	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

// joint is the quarter before today's, in whose exchange week the schools of the demo's township met.
func (c *County) joint() date.Quarter { return date.QuarterOf(c.Today).Add(-1) }

// home is the demo's township by index into Divisions.
func (c *County) home() int { return c.Sites[c.DemoSite].Township }

// JointCount is how many meetings of that week were held: of the pairs of the demo's township all but the last, which has no
// record.
func (c *County) JointCount() int {
	n := 0
	for _, s := range c.Sites {
		if s.Township == c.home() {
			n++
		}
	}
	return n/2 - 1
}

// meetBefore plans the exchange week of the quarter before this one on its first day, and holds its meetings when they come.
func (f *filler) meetBefore(day date.Date, hosts map[int]int) error {
	if q := f.c.joint(); day == q.First() {
		v, err := f.exchangeWeek(f.c.home(), q, day.AddDays(45))
		if err != nil {
			return err
		}
		f.meetings = v.Groups[:min(len(v.Groups), f.c.JointCount())]
	}
	for _, g := range f.meetings {
		if g.HeldOn != day {
			continue
		}
		f.Clock.Set(day.At(23, 30)) // after the rolls of the day
		if err := f.write(func(tx *db.Tx) error { return f.meet(tx, g, hosts) }); err != nil {
			return fmt.Errorf("exchange at %s: %w", g.Host.Code, err)
		}
	}
	return nil
}

// exchangeWeek sets the week of a township's quarter and lets its schools be matched.
func (f *filler) exchangeWeek(township int, quarter date.Quarter, day date.Date) (v exchange.WeekView, err error) {
	unit := f.unit(org.Administrative, f.c.Divisions[township].Code).ID
	err = f.write(func(tx *db.Tx) error {
		if _, err := f.Exchange.SetWeek(tx, by, exchange.SetWeekInput{Unit: unit, Quarter: quarter, Day: day}); err != nil {
			return err
		}
		v, err = f.Exchange.Plan(tx, by, exchange.PlanInput{Unit: unit, Quarter: quarter})
		return err
	})
	return v, err
}

// meet hands the joint roll of a meeting in as its host's phone would.
func (f *filler) meet(tx *db.Tx, g exchange.GroupView, hosts map[int]int) error {
	site := f.siteOf(g.Host.Code)
	actor, err := f.actor(tx, hosts[site])
	if heir, handed := f.heirs[site]; handed {
		actor, err = heir, nil
	}
	if err != nil {
		return err
	}
	s, err := f.Attendance.Open(tx, actor, attendance.OpenInput{Session: g.SessionID, Site: g.Host.ID, HeldOn: g.HeldOn})
	if err != nil {
		return err
	}
	roll, err := attendance.Roll(tx, actor, attendance.SessionInput{ID: s.ID})
	if err != nil {
		return err
	}
	d := f.c.dice("exchange", g.Host.Code, g.HeldOn.String())
	host, _ := f.c.hands(site, g.HeldOn)
	name, adults := f.c.People[host].Name, d.weighted(4, 3, 2, 1)
	in := attendance.SubmitInput{
		Session: s.ID, HeldOn: g.HeldOn, Kinds: []attendance.Kind{attendance.Exchange}, Minutes: 60 + 10*d.between(0, 4), Chair: &name, Recorder: &name,
		Adults: &adults, Stamp: attendance.Stamp{Device: "exchange-" + g.Host.Code, Seq: 1},
	}
	for _, p := range roll.DueList {
		v := attendance.Value{State: attendance.Present}
		switch {
		case p.Exempt:
			continue
		case !d.chance(0.8):
			v = attendance.Value{State: attendance.OnLeave, Reason: attendance.Farm}
		}
		in.Marks = append(in.Marks, attendance.MarkInput{Person: p.Person, Value: v})
	}
	if g.HeldOn.After(f.last[site]) {
		f.last[site] = g.HeldOn
	}
	_, err = f.Attendance.Submit(tx, actor, in)
	return err
}

func (f *filler) siteOf(code string) int {
	for i, s := range f.c.Sites {
		if s.Code == code {
			return i
		}
	}
	return None
}

// meetSoon plans the exchange week of this quarter in every township: the coming week, or this one when the quarter ends with it.
func (f *filler) meetSoon() error {
	quarter, day := date.QuarterOf(f.c.Today), f.c.Today.AddDays(7)
	thursday := func(d date.Date) date.Date { return d.AddDays(3 - (int(d.Weekday())+6)%7) }
	if date.QuarterOf(thursday(day)) != quarter {
		day = f.c.Today
	}
	for _, township := range f.c.townships {
		if _, err := f.exchangeWeek(township, date.QuarterOf(thursday(day)), day); err != nil {
			return fmt.Errorf("exchange week of %s: %w", f.c.Divisions[township].Name, err)
		}
	}
	return nil
}

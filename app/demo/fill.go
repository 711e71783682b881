package demo

import (
	"context"
	"embed"
	"fmt"
	"sync/atomic"
	"time"

	"huotang/media"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/service"
)

//go:embed videos/*.mp4
var videoFiles embed.FS

// Clock is the clock of a database that is being filled: it says what the story says.
type Clock struct{ at atomic.Int64 }

// NewClock gives a clock that says t.
func NewClock(t time.Time) *Clock {
	c := &Clock{}
	c.Set(t)
	return c
}

// Now is what the clock says.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.at.Load()).UTC() }

// Set moves the clock.
func (c *Clock) Set(t time.Time) { c.at.Store(t.UnixMilli()) }

// Deps is what filling needs: an empty, migrated database whose clock is Clock, and the areas
// with the callbacks that app registers.
type Deps struct {
	DB         *db.DB
	Clock      *Clock
	Library    *media.Library
	People     *people.Area
	Accounts   *accounts.Area
	Courses    *courses.Area
	Curricula  *curricula.Area
	Exchange   *exchange.Area
	Attendance *attendance.Area
	Service    *service.Area
}

// Progress is told how far the filling is: a step's name (a catalogue key) and the share of the whole, 0 to 1.
type Progress func(step string, share float64)

// by is who founds the county; everything later is done by the accounts themselves.
var by = access.System("demo.fill")

// filler carries the county's plan into the database, through the same ops that pages and
// endpoints use.
type filler struct {
	Deps
	c        *County
	ctx      context.Context //nolint:containedctx // lives as long as one call of Fill
	progress Progress
	founded  time.Time

	units    map[string]org.UnitView // by tree and code
	hamlets  map[int]org.UnitID      // villagers' groups, by their index
	sites    []org.SiteID
	people   []people.PersonID
	accounts []accounts.AccountID
	actors   map[int]access.Actor
	courses  []courses.CourseID
	lessons  []courses.LessonID
	heirs    map[int]access.Actor // of schools that changed hands
	last     map[int]date.Date    // day on which a school held something
	meetings []exchange.GroupView // of the exchange week before this quarter, to be held
}

// Fill brings the county of the seed as of today into an empty database: its units, people and
// accounts as of the first day of the history, then 24 months of life in order. It leaves the clock at now.
// A fill that was interrupted is thrown away by the caller.
func Fill(ctx context.Context, d Deps, seed uint64, now time.Time, progress Progress) error {
	c, err := New(seed, date.Of(now))
	if err != nil {
		return err
	}
	f := &filler{
		Deps: d, c: c, ctx: ctx, progress: progress, founded: c.HistoryFrom.At(7, 0),
		units: map[string]org.UnitView{}, hamlets: map[int]org.UnitID{}, actors: map[int]access.Actor{},
		heirs: map[int]access.Actor{}, last: map[int]date.Date{},
	}
	f.Clock.Set(f.founded)
	for _, part := range []struct {
		step string
		from float64
		do   func() error
	}{
		{step: "demo.units", from: 0, do: f.foundUnits},
		{step: "demo.people", from: 0.02, do: f.foundPeople},
		{step: "demo.accounts", from: 0.35, do: f.foundAccounts},
		{step: "demo.courses", from: 0.38, do: f.foundCourses},
		{step: "demo.calendar", from: 0.40, do: f.foundCalendar},
		{step: "demo.sessions", from: 0.42, do: f.live},
		{step: "demo.public", from: 0.98, do: f.openToPublic},
	} {
		progress(part.step, part.from)
		if err := part.do(); err != nil {
			return fmt.Errorf("demo: %s: %w", part.step, err)
		}
	}
	f.Clock.Set(now)
	if err := f.settle(); err != nil {
		return fmt.Errorf("demo: today: %w", err)
	}
	progress("demo.done", 1)
	return nil
}

// write runs one unit of work at the clock's time.
func (f *filler) write(fn func(tx *db.Tx) error) error { return f.DB.Write(f.ctx, fn) }

// inBatches runs do for each index, size of them in one unit of work.
func (f *filler) inBatches(n, size int, do func(tx *db.Tx, i int) error) error {
	for from := 0; from < n; from += size {
		err := f.write(func(tx *db.Tx) error {
			for i := from; i < min(from+size, n); i++ {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// actor is an account's actor with the grants that it has in the database.
func (f *filler) actor(tx *db.Tx, account int) (access.Actor, error) {
	if a, ok := f.actors[account]; ok {
		return a, nil
	}
	a, _, err := accounts.Actor(tx, f.accounts[account])
	if err == nil {
		f.actors[account] = a
	}
	return a, err
}

func (f *filler) unit(tree org.Tree, code string) org.UnitView { return f.units[string(tree)+code] }

package calendar

import (
	"slices"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/reports"
)

// cell is a date with what stands on it.
type cell struct {
	On       date.Date
	Lunar    string
	Inside   bool // of the month that is shown; else of one beside it
	Today    bool
	Holiday  *calendar.HolidayView // day off or make-up workday
	Exchange []string              // townships whose exchange week it is
	Days     []placedDay
	Hints    []calendar.Hint // that hold for all days of the cell of which the reader is shown hints
	Towns    []calendar.TownDays
	Meetings []exchange.MeetingView
}

// placedDay is a day with the hints that are its own.
type placedDay struct {
	calendar.PlacedDay
	Hints []calendar.Hint
}

// hint gives the days of the cell their hints. What is said of all of them is said once, of the date.
func (c *cell) hint(of map[calendar.DayID][]calendar.Hint) {
	var common []calendar.Hint
	looked := 0
	for i := range c.Days {
		hints, ok := of[c.Days[i].ID]
		if !ok {
			continue
		}
		c.Days[i].Hints = hints
		if looked++; looked == 1 {
			common = slices.Clone(hints)
			continue
		}
		common = slices.DeleteFunc(common, func(h calendar.Hint) bool { return !slices.Contains(hints, h) })
	}
	if looked < 2 {
		return
	}
	c.Hints = common
	for i := range c.Days {
		c.Days[i].Hints = slices.DeleteFunc(c.Days[i].Hints, func(h calendar.Hint) bool { return slices.Contains(common, h) })
	}
}

// Empty reports a date with nothing to tell of.
func (c cell) Empty() bool {
	return len(c.Days)+len(c.Towns)+len(c.Meetings) == 0 && c.Holiday == nil
}

// fewNames is how many schools a cell names before the rest is folded.
const fewNames = 5

// First are the schools that are always named.
func (c cell) First() []placedDay {
	if c.folds() {
		return c.Days[:fewNames]
	}
	return c.Days
}

// Rest are the folded ones.
func (c cell) Rest() []placedDay {
	if c.folds() {
		return c.Days[fewNames:]
	}
	return nil
}

// folds reports a cell with so many that folding them saves more than a line.
func (c cell) folds() bool { return len(c.Days) > fewNames+1 }

// Standing counts the schools that meet.
func (c cell) Standing() (n int) {
	for _, d := range c.Days {
		if d.State != calendar.Cancelled && d.State != calendar.NotHeld {
			n++
		}
	}
	for _, t := range c.Towns {
		n += t.Days
	}
	return n
}

// Hour is the hour at which all meet, "" when they differ.
func (c cell) Hour() string {
	if len(c.Days) == 0 || slices.ContainsFunc(c.Days, func(d placedDay) bool { return d.Hour != c.Days[0].Hour }) {
		return ""
	}
	return c.Days[0].Hour
}

// Class is the look of the cell.
func (c cell) Class() string {
	s := "day"
	if !c.Inside {
		s += " beside"
	}
	if c.Today {
		s += " today"
	}
	if c.Empty() {
		s += " empty"
	}
	return s
}

// grid is the weeks, Monday to Sunday, that a month touches.
type grid struct {
	from, to date.Date
	weeks    [][]*cell
}

func newGrid(m date.Month, today date.Date) grid {
	first, last := m.First(), m.Last()
	g := grid{from: first.AddDays(-weekday(first)), to: last.AddDays(6 - weekday(last))}
	for d := g.from; !d.After(g.to); d = d.AddDays(1) {
		if weekday(d) == 0 {
			g.weeks = append(g.weeks, nil)
		}
		n := len(g.weeks) - 1
		g.weeks[n] = append(g.weeks[n], &cell{On: d, Lunar: calendar.LunarOf(d), Inside: d.Month() == m, Today: d == today})
	}
	return g
}

// weekday is 0 for Monday to 6 for Sunday.
func weekday(d date.Date) int { return (int(d.Weekday()) + 6) % 7 }

// at is the cell of a date, nil for one that is not on the page.
func (g grid) at(d date.Date) *cell {
	if d.Before(g.from) || d.After(g.to) {
		return nil
	}
	n := d.Sub(g.from)
	return g.weeks[n/7][n%7]
}

// filled are the cells of the month that have something to tell.
func (g grid) filled() []*cell {
	var out []*cell
	for _, w := range g.weeks {
		for _, c := range w {
			if c.Inside && !c.Empty() {
				out = append(out, c)
			}
		}
	}
	return out
}

// holidays marks the days off and the make-up workdays, and tells the years of which they are not entered.
func (g grid) holidays(tx *db.Tx, by access.Actor) (unloaded []int, err error) {
	for y := max(g.from.Year(), firstYear); y <= min(g.to.Year(), lastYear); y++ {
		year, err := calendar.Year(tx, by, calendar.YearInput{Year: y})
		if err != nil {
			return nil, err
		}
		if !year.Loaded {
			unloaded = append(unloaded, y)
		}
		for _, h := range year.Days {
			if c := g.at(h.Day); c != nil {
				c.Holiday = &h
			}
		}
	}
	return unloaded, nil
}

// hints gives the days that are still to come what the reader is to think of when he plans.
func (g grid) hints(tx *db.Tx) error {
	var days []calendar.PlacedDay
	for _, w := range g.weeks {
		for _, c := range w {
			for _, d := range c.Days {
				days = append(days, d.PlacedDay)
			}
		}
	}
	of, err := reports.HintsAhead(tx, days)
	if err != nil {
		return err
	}
	for _, w := range g.weeks {
		for _, c := range w {
			c.hint(of)
		}
	}
	return nil
}

package reports

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// nov is the month of the days in these tests: the 25th, two days after today.
var nov = date.NewMonth(2026, 11)

// coming plans the 25th for both townships, with a reviewed talk for the schools given, else for nobody.
func (w *world) coming(t *testing.T, sites ...org.SiteID) {
	t.Helper()
	for _, town := range []org.UnitView{w.Township, w.Township2} {
		calendartest.Rule(t, w.Env, town.ID, calendartest.OnDay(25))
	}
	if len(sites) > 0 {
		author, reviewer := coursestest.Actor(t, w.Env, access.County, w.Tree.County.Path), coursestest.Actor(t, w.Env, access.County, w.Tree.County.Path)
		c := coursestest.Reviewed(t, w.Env, author, reviewer, w.Tree.County.ID, "冬闲", "核桃修剪")
		curriculatest.Published(t, w.Env, author, w.Tree.County.ID, curriculatest.Lessons(c), sites...)
	}
}

func (w *world) everySite() []org.SiteID {
	return []org.SiteID{w.Site.ID, w.Sister.ID, w.Neighbour.ID, w.Far.ID}
}

// lacks lists what each school wants, by its code.
func lacks(v ReadyView) map[string]string {
	out := map[string]string{}
	for _, d := range v.Items {
		var words []string
		for _, l := range d.Lacks {
			words = append(words, strings.Trim(fmt.Sprint(l.Code, " ", l.Item, l.State), " "))
		}
		out[d.Code] = strings.Join(words, "; ")
	}
	return out
}

func order(v ReadyView) (out []string) {
	for _, d := range v.Items {
		out = append(out, fmt.Sprint(d.Code, " ", d.First))
	}
	return out
}

func (w *world) act(t *testing.T, fns ...func(tx *db.Tx) error) {
	t.Helper()
	for _, fn := range fns {
		w.Do(t, fn)
	}
}

func equip(site org.SiteID, network string, items ...org.Item) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: site, Network: network, Items: items})
		return err
	}
}

func licence(site org.SiteID, state org.Licence) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: site, State: state, Note: "试"})
		return err
	}
}

// Each thing that is missing is told of the school that lacks it and of no other, and no longer when it is there.
func TestReadySaysWhatIsMissing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.coming(t, w.everySite()...)
		site, sister, neighbour, far := w.Site.Code, w.Sister.Code, w.Neighbour.Code, w.Far.Code
		expect := func(what string, want map[string]string) {
			t.Helper()
			for _, code := range []string{site, sister, neighbour, far} {
				if _, ok := want[code]; !ok {
					want[code] = ""
				}
			}
			if d := cmp.Diff(want, lacks(must(t, w, w.Reports.Ready, orgtest.By, ReadyInput{}))); d != "" {
				t.Errorf("%s: %s", what, d)
			}
		}
		expect("all is there", map[string]string{})
		host := w.Members[w.Sister.ID][0]
		w.act(
			t, equip(w.Site.ID, "none", org.Item{Kind: "speaker", Count: 1, State: "broken"}, org.Item{Kind: "desks", Count: 4, State: "broken"}, org.Item{Kind: "television", Count: 1, State: "good"}),
			func(tx *db.Tx) error {
				_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: host, State: people.Away})
				return err
			},
			licence(w.Neighbour.ID, org.Suspended),
			func(tx *db.Tx) error {
				for _, list := range [][]people.PersonID{w.Members[w.Far.ID], w.Others[w.Far.ID]} {
					for _, p := range list {
						if _, err := people.Leave(tx, orgtest.By, people.LeaveInput{Site: w.Far.ID, Person: p}); err != nil {
							return err
						}
					}
				}
				return nil
			},
		)
		// A talk needs neither a screen nor a network; the broken speaker is told all the same.
		expect("one thing each", map[string]string{site: "equipment_fault speakerbroken", sister: "host_away", neighbour: "licence suspended", far: "roster_none"})
		w.act(
			t, equip(w.Site.ID, "broadband"), licence(w.Neighbour.ID, org.Licensed),
			func(tx *db.Tx) error {
				_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: host, State: people.AtHome})
				return err
			},
			func(tx *db.Tx) error {
				_, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: w.Far.ID, Person: w.Members[w.Far.ID][0]})
				return err
			},
		)
		expect("all is there again", map[string]string{})
		w.act(t, func(tx *db.Tx) error {
			_, err := calendar.Cancel(tx, orgtest.As(access.Host, w.Site.Path), calendar.CancelInput{ID: calendar.IDOf(w.Site.ID, nov, 1), Reason: calendar.TooFew})
			return err
		}, func(tx *db.Tx) error {
			_, err := people.Depart(tx, orgtest.By, people.DepartInput{Person: host})
			return err
		})
		expect("asked to be called off; the host moved away", map[string]string{site: "cancel_asked too_few", sister: "host_none"})
	})
}

// What a lesson is shown on depends on its medium; the register is believed where it was filled.
func TestReadyContentAndEquipment(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.coming(t)
		clerk := coursestest.Actor(t, w.Env, access.County, w.Tree.County.Path)
		other := coursestest.Actor(t, w.Env, access.County, w.Tree.County.Path)
		want := func(what, lack string) ReadyDay {
			t.Helper()
			v := must(t, w, w.Reports.Ready, clerk, ReadyInput{Unit: w.Site.Code})
			if got := lacks(v)[w.Site.Code]; got != lack {
				t.Errorf("%s: %q, want %q", what, got, lack)
			}
			return v.Items[0]
		}
		want("nothing is planned", "content_none")
		var c courses.View
		w.act(t, func(tx *db.Tx) error {
			a := courses.New()
			made, err := a.Create(tx, clerk, courses.CreateInput{Unit: w.Tree.County.ID, Task: courses.Skills, Title: "果树"})
			if err != nil {
				return err
			}
			_, err = a.AddLesson(tx, clerk, courses.AddLessonInput{Course: made.ID, Title: "核桃防病", Medium: courses.Disc, Minutes: 30, Language: courses.Dialect})
			if err == nil {
				c, err = courses.Get(tx, clerk, courses.GetInput{ID: made.ID})
			}
			return err
		})
		coursestest.Review(t, w.Env, other, c.ID)
		curriculatest.Published(t, w.Env, clerk, w.Tree.County.ID, curriculatest.Lessons(c), w.Site.ID)
		d := want("a disc, and an empty register", "")
		if d.Content.Title != "核桃防病" || d.Content.Planned != 1 || d.Content.Medium != courses.Disc {
			t.Errorf("content %+v", d.Content)
		}
		tv, player, discs := org.Item{Kind: "television", Count: 1, State: "good"}, org.Item{Kind: "player", Count: 1, State: "good"}, org.Item{Kind: "discs", Count: 3, State: "good"}
		w.act(t, equip(w.Site.ID, "none", tv))
		want("only a television", "equipment_missing player; equipment_missing discs")
		w.act(t, equip(w.Site.ID, "none", tv, player, discs))
		want("everything", "")
		player.State = "repair"
		w.act(t, equip(w.Site.ID, "none", tv, player, discs))
		if d := want("the player is to be repaired", "equipment_fault playerrepair"); !d.First || !d.Lacks[0].May {
			t.Errorf("%+v", d)
		}
		w.act(t, equip(w.Site.ID, "none", tv, discs, org.Item{Kind: "computer", Count: 1, State: "good"}))
		want("a computer plays discs, too", "")
		w.act(t, func(tx *db.Tx) error {
			_, err := courses.New().EditLesson(tx, clerk, courses.EditLessonInput{
				ID: c.Lessons[0].ID, Revision: c.Lessons[0].Revision, Title: "核桃防病", Medium: courses.Video, Minutes: 30, Language: courses.Dialect,
			})
			return err
		})
		if d := want("changed, and not reviewed", "content_review"); d.Lacks[0].Lesson != c.Lessons[0].ID || !d.Content.Lesson.IsZero() {
			t.Errorf("%+v", d)
		}
		w.act(t, func(tx *db.Tx) error { // as a lesson that was reviewed before a video had to be there
			return tx.Exec("UPDATE lessons SET reviewed_revision = revision, reviewed_by = ?, reviewed_at = ? WHERE id = ?", other.Account, tx.Now, c.Lessons[0].ID).Error
		})
		want("a video without a file, and no network", "content_video; network_none")
		w.act(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE lessons SET medium = 'talk' WHERE id = ?", c.Lessons[0].ID).Error
		})
		want("a talk", "")
		w.taught(t, c.Lessons[0].ID)
		want("taught this month", "content_taught")
	})
}

// taught hands in a session of the school in which the lesson was taught.
func (w *world) taught(t *testing.T, lesson courses.LessonID) {
	t.Helper()
	r := w.Hold(t, w.Site, date.New(2026, 11, 5))
	w.Do(t, func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO session_lessons (session_id, lesson_id, place) VALUES (?, ?, 1)", r.Session, lesson).Error
	})
}

// Those to call come first; a word of the host or on the telephone moves a school down, and taking it back up again.
func TestReadyIsAnOrderOfWork(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.coming(t, w.Sister.ID) // the others have nothing to teach
		clerk, host := orgtest.As(access.Township, w.Township.Path), orgtest.As(access.Host, w.Site.Path)
		site, sister, neighbour := w.Site.Code, w.Sister.Code, w.Neighbour.Code
		expect := func(what string, counts ReadyCounts, want ...string) {
			t.Helper()
			v := must(t, w, w.Reports.Ready, clerk, ReadyInput{})
			if d := cmp.Diff(want, order(v)); d != "" || v.Counts != counts {
				t.Errorf("%s: %+v %s", what, v.Counts, d)
			}
		}
		say := func(by access.Actor, op func(*db.Tx, access.Actor, calendar.DayID) error, site org.SiteID) {
			t.Helper()
			w.Do(t, func(tx *db.Tx) error { return op(tx, by, calendar.IDOf(site, nov, 1)) })
		}
		confirm := func(tx *db.Tx, by access.Actor, d calendar.DayID) error {
			_, err := calendar.Confirm(tx, by, calendar.ConfirmInput{ID: d})
			return err
		}
		unconfirm := func(tx *db.Tx, by access.Actor, d calendar.DayID) error {
			_, err := calendar.Unconfirm(tx, by, calendar.UndoInput{ID: d})
			return err
		}
		expect("at first", ReadyCounts{Days: 3, First: 2}, site+" true", neighbour+" true", sister+" false")
		say(host, confirm, w.Site.ID)
		say(clerk, confirm, w.Neighbour.ID)
		expect("both confirmed", ReadyCounts{Days: 3, Confirmed: 2, ByHost: 1}, site+" false", sister+" false", neighbour+" false")
		v := must(t, w, w.Reports.Ready, clerk, ReadyInput{})
		if v.Items[0].ConfirmedHow != calendar.ByHost || v.Items[2].ConfirmedHow != calendar.ByPhone || v.Items[0].State != calendar.Confirmed || !v.Items[0].MayConfirm {
			t.Errorf("%+v", v.Items)
		}
		say(clerk, unconfirm, w.Neighbour.ID)
		say(clerk, unconfirm, w.Neighbour.ID) // twice is once
		expect("one taken back", ReadyCounts{Days: 3, First: 1, Confirmed: 1, ByHost: 1}, neighbour+" true", site+" false", sister+" false")

		first := must(t, w, w.Reports.Ready, clerk, ReadyInput{Limit: 2})
		rest := must(t, w, w.Reports.Ready, clerk, ReadyInput{Limit: 2, After: first.Next})
		if got := append(order(first), order(rest)...); len(got) != 3 || got[0] != neighbour+" true" || got[2] != sister+" false" || rest.Next != "" {
			t.Errorf("in parts %v", got)
		}
		w.Clock.Set(date.New(2026, 11, 20).At(9, 0))
		expect("five days before", ReadyCounts{})
		if v := must(t, w, w.Reports.Ready, clerk, ReadyInput{Days: 7}); len(v.Items) != 3 || v.To != date.New(2026, 11, 27) {
			t.Errorf("a week ahead %+v", v)
		}
		_, err := ask(w, w.Reports.Ready, clerk, ReadyInput{Days: 30})
		want(t, "a month ahead", err, fail.InvalidInput)
		w.Clock.Set(date.New(2026, 11, 25).At(9, 0))
		w.Hold(t, w.Sister, date.New(2026, 11, 25))
		v = must(t, w, w.Reports.Ready, clerk, ReadyInput{})
		if len(v.Items) != 3 || v.Items[0].State != calendar.DueToday {
			t.Errorf("on the day %v %+v", order(v), v.Items)
		}
	})
}

// A day that the host taps and the office ticks at the same time is confirmed once, by one of the two, with one row in the trace.
func TestHostTapsWhileTheOfficeTicks(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.coming(t)
		clerk, host := orgtest.As(access.Township, w.Township.Path), orgtest.As(access.Host, w.Site.Path)
		day := calendar.IDOf(w.Site.ID, nov, 1)
		for round := range 5 {
			var wg sync.WaitGroup
			for _, by := range []access.Actor{clerk, host, clerk, host} {
				wg.Go(func() {
					err := w.Write(context.Background(), func(tx *db.Tx) error {
						_, err := calendar.Confirm(tx, by, calendar.ConfirmInput{ID: day})
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			var rows int64
			w.See(t, func(tx *db.Tx) error {
				return tx.Table("audit_rows").Where("act = 'calendar.confirm'").Count(&rows).Error
			})
			d := must(t, w, calendar.GetDay, clerk, calendar.GetDayInput{ID: day})
			if rows != int64(round+1) || d.Sequence != 2*round+1 || d.ConfirmedHow == "" {
				t.Errorf("round %d: %d rows, %+v", round, rows, d)
			}
			w.Do(t, func(tx *db.Tx) error {
				_, err := calendar.Unconfirm(tx, host, calendar.UndoInput{ID: day})
				return err
			})
		}
	})
}

// The counts of a roster are those of its list, on whatever day and whatever became of the people.
func TestSizesAreTheLists(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		m, o := w.Members[w.Site.ID], w.Others[w.Site.ID]
		w.act(t, func(tx *db.Tx) error {
			_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: m[0], State: people.Away})
			return err
		}, func(tx *db.Tx) error {
			_, err := people.Leave(tx, orgtest.By, people.LeaveInput{Site: w.Site.ID, Person: o[0]})
			return err
		}, func(tx *db.Tx) error {
			today := tx.Today()
			for _, s := range []people.SetLifeInput{{Person: m[1], State: people.Away, Since: today.AddDays(-20)}, {Person: m[1], State: people.AtHome, Since: today.AddDays(-10)}} {
				if _, err := people.SetLife(tx, orgtest.By, s); err != nil {
					return err
				}
			}
			for _, s := range []people.SetStandingInput{
				{Person: o[1], Standing: people.Applicant, Since: today.AddDays(-15)}, {Person: o[1], Standing: people.Probationary, Since: today.AddDays(-5)},
			} {
				if _, err := people.SetStanding(tx, orgtest.By, s); err != nil {
					return err
				}
			}
			for _, x := range []people.ExemptInput{ // two that hold on the same days
				{Person: m[2], ApprovedBy: "凤山镇党委", Since: today.AddDays(-12), Until: today.AddDays(30)},
				{Person: m[2], ApprovedBy: "凤山镇党委", Since: today.AddDays(-8), Until: today.AddDays(60)},
			} {
				if _, err := people.Exempt(tx, orgtest.By, x); err != nil {
					return err
				}
			}
			return nil
		})
		w.See(t, func(tx *db.Tx) error {
			for _, day := range []date.Date{
				orgtest.LicensedOn.AddDays(-1), tx.Today().AddDays(-17), tx.Today().AddDays(-11), tx.Today().AddDays(-7), tx.Today().AddDays(-1), tx.Today(),
			} {
				sizes, err := people.SizesOf(tx, w.everySite(), day)
				if err != nil {
					return err
				}
				for _, site := range w.everySite() {
					list, err := people.RosterOn(tx, site, day)
					if err != nil {
						return err
					}
					n := people.Size{People: len(list)}
					for _, p := range list {
						if p.Standing.Due() && !p.Exempt {
							n.Due++
						}
					}
					if sizes[site] != n {
						t.Errorf("%s: %+v, the list has %+v", day, sizes[site], n)
					}
				}
			}
			away, err := people.AwayOf(tx, append(m[:2:2], o...), tx.Today())
			if len(away) != 1 || !away[m[0]] {
				t.Errorf("away %v", away)
			}
			return err
		})
	})
}

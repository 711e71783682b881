package feeds_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apognu/gocal"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/feeds"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
)

var (
	area = feeds.New(bytes.Repeat([]byte{9}, 32))
	q4   = date.NewQuarter(2026, 4)
)

type county struct {
	orgtest.Tree
	e *dbtest.Env
	t *testing.T
}

func open(t *testing.T, e *dbtest.Env) county {
	t.Helper()
	c := county{orgtest.County(t, e), e, t}
	calendartest.Rule(t, e, c.Township.ID, calendar.Rule{Kind: calendar.OnDay, Day: 28, Hour: "20:00", Holiday: calendar.Keep})
	calendartest.Rule(t, e, c.Township2.ID, calendartest.OnDay(28))
	return c
}

// feed makes a feed and gives its address.
func (c county) feed(by access.Actor, in feeds.MakeInput) (secret string) {
	c.t.Helper()
	c.e.Do(c.t, func(tx *db.Tx) error {
		v, err := area.Make(tx, by, in)
		if err != nil {
			return err
		}
		a, err := area.Get(tx, by, feeds.FeedInput{ID: v.ID})
		secret = strings.TrimSuffix(strings.TrimPrefix(a.Path, "/ics/"), ".ics")
		return err
	})
	return secret
}

func (c county) read(secret string) (f feeds.Feed, err error) {
	err = c.e.Read(context.Background(), func(tx *db.Tx) (err error) { f, err = area.Read(tx, secret); return err })
	return f, err
}

// events rereads a feed by a library that had no part in writing it.
func (c county) events(secret string) map[string]gocal.Event {
	c.t.Helper()
	f, err := c.read(secret)
	if err != nil {
		c.t.Fatal(err)
	}
	text := f.ICS("https://dangxiao.example.cn")
	for i, line := range strings.SplitAfter(text, "\n") {
		if line != "" && !strings.HasSuffix(line, "\r\n") || len(line) > 77 {
			c.t.Fatalf("line %d is not one of RFC 5545: %q", i, line)
		}
	}
	p := gocal.NewParser(strings.NewReader(text))
	p.SkipBounds, p.AllDayEventsTZ = true, date.Zone
	if err := p.Parse(); err != nil {
		c.t.Fatalf("%v in\n%s", err, text)
	}
	out := map[string]gocal.Event{}
	for _, e := range p.Events {
		if _, twice := out[e.Uid]; twice {
			c.t.Errorf("%s stands twice", e.Uid)
		}
		out[e.Uid] = e
	}
	return out
}

// compare holds a feed against the lists of activity days.
func (c county) compare(secret string, by access.Actor, in calendar.DaysInput) map[string]gocal.Event {
	c.t.Helper()
	got := c.events(secret)
	n := 0
	for _, in.Year = range []int{2026, 2027} {
		var days db.Page[calendar.DayView]
		c.e.See(c.t, func(tx *db.Tx) (err error) { days, err = calendar.ListDays(tx, by, in); return err })
		for _, d := range days.Items {
			n++
			e, ok := got[d.ID.String()+"@huotang"]
			if !ok {
				c.t.Errorf("%s %s is not in the feed", d.Name, d.PlannedOn)
				continue
			}
			c.same(e, d)
		}
	}
	if n == 0 {
		c.t.Error("there are no days to compare")
	}
	for uid, e := range got {
		if !strings.Contains(e.Summary, "交流周") {
			if n--; n < 0 {
				c.t.Errorf("%s is in no list", uid)
			}
		}
	}
	return got
}

func (c county) same(e gocal.Event, d calendar.DayView) {
	c.t.Helper()
	begin, end, status := d.PlannedOn.At(0, 0), d.PlannedOn.At(24, 0), "CONFIRMED"
	if d.Hour != "" {
		begin, end = d.PlannedOn.At(20, 0), d.PlannedOn.At(22, 0)
	}
	if d.State == calendar.Cancelled || d.State == calendar.NotHeld {
		status = "CANCELLED"
	}
	if !e.Start.Equal(begin) || !e.End.Equal(end) || e.Status != status || e.Sequence != d.Sequence || e.Location != d.Name {
		c.t.Errorf("%s %s: %v to %v, %s, sequence %d at %s", d.Name, d.PlannedOn, e.Start, e.End, e.Status, e.Sequence, e.Location)
	}
	if e.LastModified == nil || !e.LastModified.Equal(d.ChangedAt.Truncate(time.Second)) || !e.Stamp.Equal(*e.LastModified) {
		c.t.Errorf("%s: changed %v, stamped %v, want %v", d.Name, e.LastModified, e.Stamp, d.ChangedAt)
	}
}

// A feed is what the lists say: as planned, and after a move, a cancellation and its being taken back. The same thing keeps its UID, and
// its sequence grows with every change.
func TestFeedIsTheLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		c := open(t, e)
		clerk := accountstest.As(t, e, access.Township, c.Township.ID)
		host := accountstest.As(t, e, access.Host, org.SiteUnit(c.Site.ID))
		kinds := []struct {
			secret string
			by     access.Actor
			in     calendar.DaysInput
		}{
			{c.feed(clerk, feeds.MakeInput{Kind: feeds.OfTownship, Under: c.Township.Code}), clerk, calendar.DaysInput{}},
			{c.feed(host, feeds.MakeInput{Kind: feeds.OfSchool, Site: c.Site.ID}), host, calendar.DaysInput{}},
			{c.feed(host, feeds.MakeInput{Kind: feeds.Own}), host, calendar.DaysInput{}},
		}
		dec := calendartest.Day(t, e, c.Site.ID, date.NewMonth(2026, 12))
		uid := dec.ID.String() + "@huotang"
		sequence := -1
		for _, step := range []struct {
			name   string
			act    func(tx *db.Tx) error
			status string
			on     date.Date
		}{
			{"plan", func(*db.Tx) error { return nil }, "CONFIRMED", date.New(2026, 12, 28)},
			{"move", func(tx *db.Tx) error {
				_, err := calendar.Move(tx, host, calendar.MoveInput{ID: dec.ID, To: date.New(2026, 12, 30), Reason: calendar.HostAway})
				return err
			}, "CONFIRMED", date.New(2026, 12, 30)},
			{"cancel", func(tx *db.Tx) error {
				_, err := calendar.Cancel(tx, clerk, calendar.CancelInput{ID: dec.ID, Reason: calendar.Road, Note: "王大爷家办事"})
				return err
			}, "CANCELLED", date.New(2026, 12, 30)},
			{"undo", func(tx *db.Tx) error {
				_, err := calendar.Undo(tx, clerk, calendar.UndoInput{ID: dec.ID})
				return err
			}, "CONFIRMED", date.New(2026, 12, 30)},
		} {
			e.Clock.Add(time.Minute)
			e.Do(t, step.act)
			for _, k := range kinds {
				got, ok := c.compare(k.secret, k.by, k.in)[uid]
				if !ok || got.Status != step.status || !got.Start.Equal(step.on.At(20, 0)) || got.Sequence <= sequence {
					t.Errorf("%s: %+v", step.name, got)
				}
				if strings.Contains(got.Description+got.Summary, "王大爷") || strings.Contains(got.Description, "户主") {
					t.Errorf("%s names somebody: %s %s", step.name, got.Summary, got.Description)
				}
			}
			e.See(t, func(tx *db.Tx) error {
				d, err := calendar.FindDay(tx, dec.ID)
				sequence = d.Sequence
				return err
			})
		}
	})
}

// After a swap the meeting is called off for the school that left, stands for the one that came, and is the same one with a higher
// sequence for those who stayed.
func TestSwapInTheFeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		c := open(t, e)
		sites := []org.SiteID{c.Site.ID, c.Sister.ID, c.Neighbour.ID}
		e.Do(t, func(tx *db.Tx) error { // a fourth school, so that there are two groups
			in := org.AddSiteInput{Village: c.Village2.ID, Name: "大寺村新寨家庭党校", LicensedOn: orgtest.LicensedOn, Address: "大寺村", Network: "mobile_weak"}
			v, err := org.AddSite(tx, orgtest.By, in)
			sites = append(sites, v.ID)
			return err
		})
		clerk := accountstest.As(t, e, access.Township, c.Township.ID)
		x := exchange.New()
		var v exchange.WeekView
		e.Do(t, func(tx *db.Tx) (err error) {
			if _, err = x.SetWeek(tx, clerk, exchange.SetWeekInput{Unit: c.Township.ID, Quarter: q4, Day: date.New(2026, 12, 9)}); err != nil {
				return err
			}
			v, err = x.Plan(tx, clerk, exchange.PlanInput{Unit: c.Township.ID, Quarter: q4})
			return err
		})
		if len(v.Groups) != 2 {
			t.Fatalf("%d groups", len(v.Groups))
		}
		secret := map[org.SiteID]string{}
		for _, s := range sites {
			secret[s] = c.feed(clerk, feeds.MakeInput{Kind: feeds.OfSchool, Site: s})
		}
		g, other := v.Groups[0], v.Groups[1]
		uid := g.ID.String() + "@huotang"
		first := c.events(secret[g.Host.ID])[uid]
		if first.Status != "CONFIRMED" || !first.Start.Equal(g.HeldOn.At(20, 0)) || !strings.Contains(first.Summary, g.Host.Name) {
			t.Fatalf("%+v", first)
		}
		leaves, comes := g.Guests[0].ID, other.Guests[0].ID
		e.Clock.Add(time.Minute)
		e.Do(t, func(tx *db.Tx) error {
			_, err := x.Swap(tx, clerk, exchange.SwapInput{ID: g.ID, Site: leaves, With: comes})
			return err
		})
		for _, w := range []struct {
			site   org.SiteID
			status string
		}{{g.Host.ID, "CONFIRMED"}, {comes, "CONFIRMED"}, {leaves, "CANCELLED"}} {
			got := c.events(secret[w.site])[uid]
			if got.Status != w.status || got.Sequence <= first.Sequence || !got.LastModified.After(*first.LastModified) {
				t.Errorf("%+v, want %s", got, w.status)
			}
		}
		if got := c.events(secret[other.Host.ID])[uid]; got.Uid != "" {
			t.Errorf("a school that has no part in it: %+v", got)
		}
		town := c.events(c.feed(clerk, feeds.MakeInput{Kind: feeds.OfTownship, Under: c.Township.Code}))
		if got := town[uid]; got.Status != "CONFIRMED" {
			t.Errorf("for the township: %+v", got)
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := x.CallOff(tx, clerk, exchange.CallOffInput{ID: g.ID, Reason: calendar.Road})
			return err
		})
		if got := c.events(secret[comes])[uid]; got.Status != "CANCELLED" || !strings.HasPrefix(got.Summary, "已取消") {
			t.Errorf("called off: %+v", got)
		}
	})
}

// A person's own feed has the schools that he keeps or belongs to, and only those.
func TestOwnFeed(t *testing.T) {
	e := dbtest.SQLite(t)
	c := open(t, e)
	members, _ := peopletest.Roster(t, e, c.Tree, c.Sister, 2, 0)
	trainee := accountstest.Of(t, e, members[0], access.Trainee, org.SiteUnit(c.Sister.ID))
	nobody := accountstest.As(t, e, access.Cadre, c.Township.ID)
	names := func(by access.Actor) (out []string) {
		for _, ev := range c.events(c.feed(by, feeds.MakeInput{Kind: feeds.Own})) {
			out = append(out, ev.Location)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	if got := names(trainee); !slices.Equal(got, []string{c.Sister.Name}) {
		t.Errorf("%v", got)
	}
	if got := names(nobody); len(got) != 0 {
		t.Errorf("who belongs to no school: %v", got)
	}
}

// An address works until it is revoked or renewed, and as long as its owner may see what it shows.
func TestAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		c := open(t, e)
		clerk := accountstest.As(t, e, access.Township, c.Township.ID)
		other := accountstest.As(t, e, access.Township, c.Township2.ID)
		in := feeds.MakeInput{Kind: feeds.OfSchool, Site: c.Site.ID}
		secret := c.feed(clerk, in)
		gone := func(secret string) {
			t.Helper()
			if _, err := c.read(secret); !fail.Is(err, "feeds.gone") {
				t.Errorf("%v", err)
			}
		}
		if len(secret) < 52 { // 128 bits of identity and 130 of secret, in letters of five bits
			t.Errorf("%d letters", len(secret))
		}
		if again := c.feed(clerk, in); again != secret {
			t.Error("made again, it has another address")
		}
		for _, wrong := range []string{"", "x", secret[:len(secret)-1], strings.Replace(secret, secret[40:], strings.Repeat("a", len(secret)-40), 1), secret + "aaaaaaaa"} {
			gone(wrong)
		}
		if _, err := c.read(strings.ToUpper(secret)); err != nil {
			t.Errorf("in capitals: %v", err)
		}
		if _, err := feedsOf(e, feeds.New(bytes.Repeat([]byte{8}, 32)), secret); !fail.Is(err, "feeds.gone") {
			t.Errorf("with another key: %v", err)
		}
		var mine db.Page[feeds.View]
		e.See(t, func(tx *db.Tx) (err error) { mine, err = feeds.Mine(tx, clerk, struct{}{}); return err })
		if len(mine.Items) != 1 {
			t.Fatalf("%+v", mine)
		}
		id := feeds.FeedInput{ID: mine.Items[0].ID}
		for _, theirs := range []func(tx *db.Tx) error{
			func(tx *db.Tx) error { _, err := area.Get(tx, other, id); return err },
			func(tx *db.Tx) error { _, err := area.Renew(tx, other, id); return err },
			func(tx *db.Tx) error { _, err := area.Revoke(tx, other, id); return err },
			func(tx *db.Tx) error { _, err := area.Make(tx, other, in); return err },
			func(tx *db.Tx) error {
				_, err := area.Make(tx, other, feeds.MakeInput{Kind: feeds.OfTownship, Under: c.Township.Code})
				return err
			},
		} {
			if err := e.Write(context.Background(), theirs); fail.KindOf(err) != fail.Missing {
				t.Errorf("another's feed: %v", err)
			}
		}
		var renewed feeds.View
		e.Do(t, func(tx *db.Tx) (err error) { renewed, err = area.Renew(tx, clerk, id); return err })
		gone(secret)
		secret = c.feed(clerk, in)
		if _, err := c.read(secret); err != nil {
			t.Fatal(err)
		}
		e.Do(t, func(tx *db.Tx) error { return tx.Exec("DELETE FROM grants WHERE account_id = ?", clerk.Account).Error })
		gone(secret)
		e.Do(t, func(tx *db.Tx) error { _, err := area.Revoke(tx, clerk, feeds.FeedInput{ID: renewed.ID}); return err })
		gone(secret)
		host := accountstest.As(t, e, access.Host, org.SiteUnit(c.Site.ID))
		secret = c.feed(host, feeds.MakeInput{Kind: feeds.Own})
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE accounts SET disabled_at = ? WHERE id = ?", tx.Now, host.Account).Error
		})
		gone(secret)
		var rows int64
		e.See(t, func(tx *db.Tx) error {
			return tx.Table("audit_rows").Where("act IN ?", []string{"feed.make", "feed.renew", "feed.revoke"}).Count(&rows).Error
		})
		if rows != 4 {
			t.Errorf("%d audit rows", rows)
		}
	})
}

func feedsOf(e *dbtest.Env, a *feeds.Area, secret string) (f feeds.Feed, err error) {
	err = e.Read(context.Background(), func(tx *db.Tx) (err error) { f, err = a.Read(tx, secret); return err })
	return f, err
}

package jobs_test

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"huotang/configs"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/messages"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/outbox"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

const (
	sharedSecret = "a secret that the county shares with its gateway"
	hostsPhone   = "13800138000"
)

// gateway is a county's receiver: it refuses as often as it is told to, then takes what is signed.
type gateway struct {
	t       *testing.T
	server  *httptest.Server
	refuse  atomic.Int32
	answer  int // of refusals; 0 means 503
	mu      sync.Mutex
	got     []messages.SMS
	headers []http.Header
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{t: t}
	g.server = httptest.NewServer(g)
	t.Cleanup(g.server.Close)
	return g
}

// ServeHTTP checks the signature as the manual describes it, by its own hand.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Error(err)
	}
	if r.URL.Path == "/elsewhere" {
		g.t.Error("followed a redirect with a number")
	}
	if g.refuse.Add(-1) >= 0 {
		if g.answer == http.StatusTemporaryRedirect {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(cmp.Or(g.answer, http.StatusServiceUnavailable))
		return
	}
	key, err := hkdf.Key(sha256.New, []byte(sharedSecret), nil, "huotang/webhook", 32)
	if err != nil {
		g.t.Error(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.Header.Get("Huotang-Timestamp") + "." + string(body)))
	if want := "v1=" + hex.EncodeToString(mac.Sum(nil)); r.Header.Get("Huotang-Signature") != want {
		g.t.Errorf("signed %s, want %s", r.Header.Get("Huotang-Signature"), want)
	}
	var sms messages.SMS
	if err := json.Unmarshal(body, &sms); err != nil {
		g.t.Error(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got, g.headers = append(g.got, sms), append(g.headers, r.Header)
	w.WriteHeader(http.StatusNoContent)
}

func (g *gateway) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.got)
}

// post is a host who wants text messages, in a county with a gateway.
type post struct {
	*dbtest.Env
	t       *testing.T
	tree    orgtest.Tree
	area    *messages.Area
	host    access.Actor
	gateway *gateway
}

func newPost(t *testing.T, e *dbtest.Env) post {
	t.Helper()
	a := peopletest.Area(t)
	p := post{Env: e, t: t, tree: orgtest.County(t, e), area: messages.New(a, messages.Quiet{From: 21 * 60, Until: 7 * 60}, true), gateway: newGateway(t)}
	p.area.Listen(e.DB)
	member := peopletest.Add(t, e, p.tree, peopletest.Person{Site: p.tree.Site.ID, Post: people.Host})
	p.host = accountstest.Of(t, e, member, access.Host, org.SiteUnit(p.tree.Site.ID))
	accountstest.As(t, e, access.Head, org.SiteUnit(p.tree.Site.ID)) // who did not ask for them
	e.Do(t, func(tx *db.Tx) error {
		if _, err := a.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: member, Phone: hostsPhone}); err != nil {
			return err
		}
		_, err := p.area.SetPref(tx, p.host, messages.SetPrefInput{SMS: true})
		return err
	})
	return p
}

// tell lets n things happen at the school.
func (p post) tell(n int) {
	p.t.Helper()
	p.Do(p.t, func(tx *db.Tx) error {
		event := calendar.DaysChanged{}
		for i := range n {
			event.Days = append(event.Days, calendar.DayChange{
				What: calendar.WhatMoved, Day: calendar.DayID{byte(i), byte(tx.Now.Unix() % 251)}, Site: p.tree.Site.ID, Sequence: i,
				Was: tx.Today().AddDays(i), On: tx.Today().AddDays(i + 1), Hour: "20:00",
			})
			if err := tx.Tell(event); err != nil {
				return err
			}
			event.Days = nil
		}
		return nil
	})
}

func (p post) sender(name string) *jobs.Sender {
	c := configs.Default()
	c.Webhook.URL, c.Webhook.Secret = p.gateway.server.URL+"/sms?token=hidden", sharedSecret
	return jobs.NewSender(p.DB, p.area, jobs.Gateway{URL: c.Webhook.URL, Key: c.Webhook.Key(), Host: name}, slog.New(slog.DiscardHandler))
}

// drain sends until nothing is due, and says how many it handled.
func drain(s *jobs.Sender) (n int) {
	for s.Once(context.Background()) {
		n++
	}
	return n
}

func (p post) rows() (rows []outbox.Row) {
	p.t.Helper()
	p.See(p.t, func(tx *db.Tx) (err error) { rows, err = db.All[outbox.Row](tx.Order("id")); return err })
	return rows
}

// A gateway that fails gets the message later, once, signed, with the number; the audit keeps that it was used, and neither number nor text
// lies in the outbox.
func TestSendAfterFailures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		s := p.sender("a")
		p.gateway.refuse.Store(2)
		p.tell(1)
		for try := 1; try <= 2; try++ {
			if n := drain(s); n != 1 {
				t.Fatalf("try %d handled %d", try, n)
			}
			rows := p.rows()
			if len(rows) != 1 || rows[0].DoneAt != nil || rows[0].Failure != "the gateway answered 503" || rows[0].Attempts != try {
				t.Fatalf("%+v", rows)
			}
			if strings.Contains(rows[0].Payload+rows[0].Failure, hostsPhone) || strings.Contains(rows[0].Payload, "家庭党校") {
				t.Errorf("the outbox holds %s", rows[0].Payload)
			}
			if n := drain(s); n != 0 {
				t.Error("tried again at once")
			}
			e.Clock.Add(outbox.Wait(try))
		}
		if n := drain(s); n != 1 || p.gateway.count() != 1 {
			t.Fatalf("handled %d, got %d", n, p.gateway.count())
		}
		sms, head := p.gateway.got[0], p.gateway.headers[0]
		if sms.To != hostsPhone || !strings.HasPrefix(sms.Text, "【家庭党校】安石村王家院家庭党校的活动日改期了") || sms.Kind != messages.DayMoved || sms.Language != "zh-CN" {
			t.Errorf("%+v", sms)
		}
		if head.Get("Huotang-Delivery") != sms.ID.String() || head.Get("Content-Type") != "application/json" ||
			head.Get("Huotang-Timestamp") != strconv.FormatInt(e.Clock.Now().Unix(), 10) {
			t.Errorf("%v", head)
		}
		var acts []string
		e.See(t, func(tx *db.Tx) (err error) {
			acts, err = db.Ask[string](tx, "SELECT object_id FROM audit_rows WHERE act = 'messages.sms'")
			return err
		})
		if !slices.Equal(acts, []string{p.host.Person.String()}) {
			t.Errorf("audited: %v", acts)
		}
		e.Clock.Add(48 * time.Hour)
		if n := drain(s); n != 0 || p.gateway.count() != 1 {
			t.Error("sent again")
		}
	})
}

// A redirect is refused: the number goes to nobody but the gateway.
func TestNoRedirect(t *testing.T) {
	e := dbtest.SQLite(t)
	p := newPost(t, e)
	p.gateway.answer = http.StatusTemporaryRedirect
	p.gateway.refuse.Store(1)
	p.tell(1)
	drain(p.sender("a"))
	if rows := p.rows(); rows[0].DoneAt != nil || rows[0].Failure != "the gateway answered 307" {
		t.Errorf("%+v", rows)
	}
}

// A gateway that is not there, and one that answers too much, are failures whose words name no address.
func TestNoGatewayThere(t *testing.T) {
	e := dbtest.SQLite(t)
	p := newPost(t, e)
	s := p.sender("a")
	p.gateway.server.Close()
	p.tell(1)
	drain(s)
	if f := p.rows()[0].Failure; !strings.HasPrefix(f, "gateway: ") || strings.Contains(f, "hidden") || strings.Contains(f, hostsPhone) {
		t.Errorf("%q", f)
	}
}

// Nothing goes in the quiet hours, over midnight; what waited goes in the morning, and what has passed meanwhile does not.
func TestQuietNight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		s := p.sender("a")
		at := func(day, hour, minute int) { e.Clock.Set(date.New(2026, 11, day).At(hour, minute).UTC()) }
		at(24, 21, 0)
		p.tell(2)
		for _, hour := range []int{21, 23} {
			at(24, hour, 30)
			if n := drain(s); n != 0 {
				t.Errorf("handled %d at %d:30", n, hour)
			}
		}
		at(25, 6, 59)
		if n := drain(s); n != 0 || p.gateway.count() != 0 {
			t.Errorf("handled %d before seven", n)
		}
		at(25, 7, 0)
		if n := drain(s); n != 2 || p.gateway.count() != 2 {
			t.Errorf("handled %d at seven, got %d", n, p.gateway.count())
		}
		p.gateway.refuse.Store(1)
		at(25, 20, 59) // a retry would be due in the quiet hours
		p.tell(1)
		drain(s)
		if due := p.rows(); !slices.ContainsFunc(due, func(r outbox.Row) bool {
			return r.DoneAt == nil && r.DueAt.Equal(date.New(2026, 11, 26).At(7, 0).UTC())
		}) {
			t.Errorf("%+v", due)
		}
		at(28, 9, 0) // its day was the 26th
		if n := drain(s); n != 1 || p.gateway.count() != 2 {
			t.Errorf("handled %d, got %d", n, p.gateway.count())
		}
	})
}

// What was read, overtaken or is not wanted any more does not go.
func TestOfNoUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		s := p.sender("a")
		change := calendar.DayChange{What: calendar.WhatOn, Day: calendar.DayID{1}, Site: p.tree.Site.ID, On: date.New(2026, 12, 1)}
		tell := func() {
			change.Sequence++
			e.Do(t, func(tx *db.Tx) error { return tx.Tell(calendar.DaysChanged{Days: []calendar.DayChange{change}}) })
		}
		tell()
		e.Do(t, func(tx *db.Tx) error {
			page, err := messages.List(tx, p.host, messages.ListInput{})
			if err == nil {
				_, err = messages.Read(tx, p.host, messages.ReadInput{ID: page.Items[0].ID})
			}
			return err
		})
		drain(s)
		tell()
		change.What = calendar.WhatOther
		tell()
		drain(s)
		change.What = calendar.WhatOff
		tell()
		e.Do(t, func(tx *db.Tx) error { _, err := p.area.SetPref(tx, p.host, messages.SetPrefInput{}); return err })
		tell() // of which no row is made any more
		drain(s)
		var notes []string
		for _, r := range p.rows() {
			if r.DoneAt == nil {
				t.Errorf("still to do: %+v", r)
			}
			notes = append(notes, r.Failure)
		}
		slices.Sort(notes)
		if want := []string{"not wanted any more", "overtaken", "read meanwhile"}; !slices.Equal(notes, want) || p.gateway.count() != 0 {
			t.Errorf("%v, got %d", notes, p.gateway.count())
		}
	})
}

// Two senders at once send each message once.
func TestTwoSenders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		const n = 12
		p.tell(n)
		var wait sync.WaitGroup
		for _, name := range []string{"a", "b"} {
			wait.Go(func() {
				s := p.sender(name)
				for p.gateway.count() < n && s.Once(context.Background()) {
					continue
				}
			})
		}
		wait.Wait()
		drain(p.sender("c"))
		seen := map[messages.MessageID]int{}
		for _, sms := range p.gateway.got {
			seen[sms.ID]++
		}
		if len(seen) != n || p.gateway.count() != n {
			t.Errorf("%d messages were sent %d times", len(seen), p.gateway.count())
		}
	})
}

// A sender that dies with a claim is taken over when the claim ends, and not before.
func TestSenderDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		p.tell(1)
		var d messages.Delivery
		e.Do(t, func(tx *db.Tx) (err error) { d, _, err = p.area.Next(tx, "dead"); return err })
		if d.Body == nil {
			t.Fatal("nothing claimed")
		}
		s := p.sender("b")
		if n := drain(s); n != 0 {
			t.Error("taken over while it may live")
		}
		e.Clock.Add(2*time.Minute + time.Millisecond)
		if n := drain(s); n != 1 || p.gateway.count() != 1 {
			t.Errorf("handled %d, got %d", n, p.gateway.count())
		}
		e.Do(t, func(tx *db.Tx) error { return p.area.NotSent(tx, d, io.ErrUnexpectedEOF) })
		e.Clock.Add(time.Hour)
		if n := drain(s); n != 0 {
			t.Error("what the dead one says brings it back")
		}
	})
}

// After the last attempt a message is given up, the county sees it, without number or text, and sends it again.
func TestGiveUpAndAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		s := p.sender("a")
		county := orgtest.As(access.County, p.tree.County.Path)
		p.gateway.refuse.Store(1000)
		e.Do(t, func(tx *db.Tx) error {
			return tx.Tell(calendar.DaysChanged{Days: []calendar.DayChange{{
				What: calendar.WhatOff, Day: calendar.DayID{9}, Site: p.tree.Site.ID, On: tx.Today().AddDays(30),
			}}})
		})
		for range outbox.MostAttempts {
			drain(s)
			e.Clock.Add(24 * time.Hour)
		}
		look := func() (v messages.DeliveriesView) {
			e.See(t, func(tx *db.Tx) (err error) {
				v, err = p.area.Deliveries(tx, county, messages.DeliveriesInput{})
				return err
			})
			return v
		}
		v := look()
		if v.GaveUp != 1 || v.Waiting != 0 || len(v.Items) != 1 || v.Items[0].Failure != "the gateway answered 503" || v.Items[0].Unit != p.tree.Site.Name {
			t.Fatalf("%+v", v)
		}
		if got := gauges(t, s)["huotang_outbox_given_up"]; got != 1 {
			t.Errorf("measured %v", got)
		}
		p.gateway.refuse.Store(0)
		if n := drain(s); n != 0 {
			t.Error("tried after it was given up")
		}
		e.Do(t, func(tx *db.Tx) error {
			again, err := p.area.SendAgain(tx, county, messages.AgainInput{ID: v.Items[0].ID})
			if again.Again != 1 {
				t.Errorf("%+v", again)
			}
			return err
		})
		e.Clock.Add(time.Minute)
		if m := gauges(t, s); m["huotang_outbox_waiting"] != 1 || m["huotang_outbox_oldest_seconds"] != 60 {
			t.Errorf("measured %v", m)
		}
		if n := drain(s); n != 1 || p.gateway.count() != 1 || len(look().Items) != 0 {
			t.Errorf("handled %d, got %d", n, p.gateway.count())
		}
	})
}

func gauges(t *testing.T, s *jobs.Sender) map[string]float64 {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	if err := reg.Register(s); err != nil {
		t.Fatal(err)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		out[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	return out
}

// The loop wakes, sends and stops.
func TestSenderLoop(t *testing.T) {
	e := dbtest.SQLite(t)
	p := newPost(t, e)
	s := p.sender("a")
	p.area.OnWork(s.Wake)
	s.Start()
	p.tell(3)
	dbtest.Wait(t, "three messages", func() bool { return p.gateway.count() == 3 })
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	p.tell(1)
	time.Sleep(50 * time.Millisecond)
	if p.gateway.count() != 3 {
		t.Error("sends after it was stopped")
	}
}

// The job tells each township's clerks once a week; tried, it says what it would and keeps nothing.
func TestDigestJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		p := newPost(t, e)
		accountstest.As(t, e, access.Township, p.tree.Township.ID)
		day := calendar.Day{
			ID: calendar.DayID{1}, SiteID: p.tree.Site.ID, Month: date.NewMonth(2026, 11), Nth: 1, PlannedOn: date.New(2026, 11, 20),
			RuledOn: date.New(2026, 11, 20), State: calendar.NoRecord, SessionID: calendar.SessionID{1}, MadeAt: e.Clock.Now(), ChangedAt: e.Clock.Now(),
		}
		e.Do(t, func(tx *db.Tx) error { return db.Insert(tx, &day) })
		s := replica(t, e, "a", jobs.At(configs.Default().Schedules, jobs.Digest(p.area))...)
		run := func(dry bool) string {
			v, err := s.RunNow(context.Background(), access.System("test"), jobs.LaunchInput{Name: "digest", Dry: dry})
			if err != nil {
				t.Fatal(err)
			}
			return v.Summary
		}
		for _, c := range []struct {
			dry  bool
			want string
		}{{true, "townships 2, messages 1"}, {true, "townships 2, messages 1"}, {false, "townships 2, messages 1"}, {false, "townships 2, messages 0"}} {
			e.Clock.Add(time.Second)
			if got := run(c.dry); got != c.want {
				t.Errorf("dry %v: %q, want %q", c.dry, got, c.want)
			}
		}
	})
}

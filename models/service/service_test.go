package service

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

type world struct {
	*dbtest.Env
	orgtest.Tree
	a                     *Area
	county, clerk, farOne access.Actor
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := &world{Env: e, Tree: orgtest.County(t, e), a: New()}
		w.county = w.sign(t, access.County, w.County.Path)
		w.clerk = w.sign(t, access.Township, w.Township.Path)
		w.farOne = w.sign(t, access.Township, w.Township2.Path)
		fn(t, w)
	})
}

// sign is an account that stands in its table.
func (w *world) sign(t *testing.T, role access.Role, path string) access.Actor {
	t.Helper()
	account := access.AccountID(id.New[struct{}]())
	w.Do(t, func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO accounts (id, username, name, secret, language, elder, made_at) VALUES (?, ?, ?, '', '', '', ?)`,
			account, account.String(), string(role), tx.Now).Error
	})
	return access.New(account, access.PersonID{}, string(role), []access.Grant{{Role: role, Path: path}})
}

// try runs an op that may fail in a unit of work of its own.
func try[In, Out any](w *world, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = op(tx, by, in)
		return err
	})
	return out, err
}

func must[In, Out any](t *testing.T, w *world, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) Out {
	t.Helper()
	out, err := try(w, op, by, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func want(t *testing.T, what string, err error, kind fail.Kind) {
	t.Helper()
	if got := fail.KindOf(err); got != kind {
		t.Errorf("%s: %q (%v), want %q", what, got, err, kind)
	}
}

func (w *world) send(t *testing.T, text string) FeedbackView {
	t.Helper()
	v := must(t, w, w.a.Send, access.Visitor(), SendInput{Text: text, Page: "/today"})
	return must(t, w, w.a.Find, access.Visitor(), FindInput(v))
}

func TestFeedbackIsAnsweredInPublic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.send(t, "字太小\r\n看不清")
		if len(f.Code) != codeLength || strings.Trim(f.Code, codeLetters) != "" || f.Text != "字太小\n看不清" || f.AnsweredAt != nil {
			t.Errorf("sent %+v", f)
		}
		spelled := strings.ToLower(f.Code[:4] + " " + f.Code[4:])
		if got := must(t, w, w.a.Find, access.Visitor(), FindInput{Code: spelled}); got.ID != f.ID {
			t.Errorf("by %q found %+v", spelled, got)
		}
		if p := must(t, w, w.a.Answered, access.Visitor(), ListInput{}); len(p.Items) != 0 {
			t.Errorf("unanswered feedback is in public: %+v", p)
		}
		if p := must(t, w, w.a.Inbox, w.county, InboxInput{Open: true}); len(p.Items) != 1 {
			t.Errorf("the county sees %+v", p)
		}
		w.Clock.Add(time.Hour)
		a := must(t, w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Answer: "已经改成长辈版。"})
		if a.Revision != 1 || a.AnsweredAt == nil || !a.AnsweredAt.Equal(w.Clock.Now()) {
			t.Errorf("answered %+v", a)
		}
		p := must(t, w, w.a.Answered, access.Visitor(), ListInput{})
		if len(p.Items) != 1 || p.Items[0].Answer != "已经改成长辈版。" || p.Items[0].Text == "" {
			t.Errorf("in public %+v", p)
		}
		if p := must(t, w, w.a.Inbox, w.county, InboxInput{Open: true}); len(p.Items) != 0 {
			t.Errorf("still open %+v", p)
		}
	})
}

func TestAnswerIsEditedWithItsTrace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.send(t, "王老三没来也算到")
		must(t, w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Answer: "谢谢"})
		_, err := try(w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Answer: "另一个"})
		want(t, "an answer on top of one not seen", err, fail.Outdated)
		v := must(t, w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Revision: 1, Answer: "谢谢,已经核对。", HideText: true})
		if v.Text == "" || v.Revision != 2 {
			t.Errorf("the county reads %+v", v)
		}
		p := must(t, w, w.a.Answered, access.Visitor(), ListInput{})
		if p.Items[0].Text != "" || !p.Items[0].TextHidden || p.Items[0].Answer == "" {
			t.Errorf("in public %+v", p.Items[0])
		}
		same := must(t, w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Revision: 2, Answer: "谢谢,已经核对。", HideText: true})
		if same.Revision != 2 {
			t.Errorf("no change made revision %d", same.Revision)
		}
		if got := w.audit(t, "feedback.answer"); len(got) != 2 || !strings.Contains(got[1], "text_hidden") || strings.Contains(got[1], "核对") {
			t.Errorf("audit %q", got)
		}
	})
}

// audit lists what the rows of an act say has changed.
func (w *world) audit(t *testing.T, act string) (changed []string) {
	t.Helper()
	w.See(t, func(tx *db.Tx) (err error) {
		changed, err = db.Ask[string](tx, "SELECT changed FROM audit_rows WHERE act = ? ORDER BY id", act)
		return err
	})
	return changed
}

func TestNobodyKnowsWhoSent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		must(t, w, w.a.Send, w.clerk, SendInput{Text: "一句话", Page: "/sessions/0190c1d2-aaaa-7bbb-8ccc-0123456789ab?x=1"})
		w.See(t, func(tx *db.Tx) error {
			rows, err := db.Ask[struct {
				Page    string
				Account *string
			}](tx, "SELECT f.page, a.account_id AS account FROM feedback f JOIN audit_rows a ON a.object = 'feedback'")
			if len(rows) != 1 || rows[0].Page != "/sessions/_" || rows[0].Account != nil {
				t.Errorf("kept %+v", rows)
			}
			return err
		})
	})
}

func TestPageOf(t *testing.T) {
	for in, out := range map[string]string{
		"/today": "/today", "/county?unit=530921": "/county", "/sites/53092110120101/calendar": "/sites/_/calendar",
		"/people/0190c1d2-aaaa-7bbb-8ccc-0123456789ab/edit": "/people/_/edit", "": "", "https://example.org/": "", "/a b": "", "/\x00": "",
		"/" + strings.Repeat("a", 300): "", "/see#here": "/see",
	} {
		if got := PageOf(in); got != out {
			t.Errorf("PageOf(%q) = %q, want %q", in, got, out)
		}
	}
}

func TestFeedbackRefusesBadText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, text := range []string{"", "  \n ", strings.Repeat("茶", MostText+1), "\x00", "\xff"} {
			_, err := try(w, w.a.Send, access.Visitor(), SendInput{Text: text})
			want(t, "text", err, fail.InvalidInput)
		}
		if _, err := try(w, w.a.Send, access.Visitor(), SendInput{Text: strings.Repeat("茶", MostText)}); err != nil {
			t.Error(err)
		}
		f := w.send(t, "x")
		for _, answer := range []string{"", strings.Repeat("茶", MostAnswer+1)} {
			_, err := try(w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Answer: answer})
			want(t, "answer", err, fail.InvalidInput)
		}
		_, err := try(w, w.a.Find, access.Visitor(), FindInput{Code: "NICHTDA3"})
		want(t, "no such code", err, fail.Missing)
		_, err = try(w, w.a.Answered, access.Visitor(), ListInput{After: "x"})
		want(t, "bad place in the list", err, fail.InvalidInput)
	})
}

// Two codes that are the same: the second sending takes another one. Twenty at once get twenty.
func TestCodesAreUnique(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		codes := []string{"AAAAAAAA", "AAAAAAAA", "AAAAAAAA", "CCCCCCCC"}
		w.a.code = func() string {
			mu.Lock()
			defer mu.Unlock()
			if len(codes) == 0 {
				return newCode()
			}
			c := codes[0]
			codes = codes[1:]
			return c
		}
		first, second := w.send(t, "一"), w.send(t, "二")
		if first.Code != "AAAAAAAA" || second.Code != "CCCCCCCC" {
			t.Errorf("codes %s %s", first.Code, second.Code)
		}
		var wg sync.WaitGroup
		seen := make([]SendView, 20)
		for i := range seen {
			wg.Go(func() {
				var err error
				if seen[i], err = try(w, w.a.Send, access.Visitor(), SendInput{Text: "同时"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all := map[string]bool{}
		for _, v := range seen {
			all[v.Code] = true
		}
		if len(all) != 20 {
			t.Errorf("%d codes", len(all))
		}
	})
}

// Two answers at once: one stands, the other is told.
func TestAnswersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.send(t, "一句话")
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = try(w, w.a.Answer, w.county, AnswerInput{ID: f.ID, Answer: strings.Repeat("答", i+1)})
			})
		}
		wg.Wait()
		stood := 0
		for _, err := range errs {
			if err == nil {
				stood++
			} else {
				want(t, "the others", err, fail.Outdated)
			}
		}
		if stood != 1 {
			t.Errorf("%d answers stood", stood)
		}
	})
}

func TestListsHaveParts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			w.send(t, "一句话")
			must(t, w, w.a.Publish, w.clerk, PublishInput{Unit: w.Township.ID, Title: "通知", Body: "正文"})
		}
		seen := map[string]bool{}
		in := InboxInput{ListInput: ListInput{Limit: 2}}
		for range 3 {
			p := must(t, w, w.a.Inbox, w.county, in)
			for _, f := range p.Items {
				seen[f.ID.String()] = true
			}
			in.After = p.Next
		}
		notices := NoticesInput{Limit: 2}
		for range 3 {
			p := must(t, w, w.a.Notices, access.Visitor(), notices)
			for _, n := range p.Items {
				seen[n.ID.String()] = true
			}
			notices.After = p.Next
		}
		if len(seen) != 10 || in.After != "" || notices.After != "" {
			t.Errorf("saw %d of 10, then %q %q", len(seen), in.After, notices.After)
		}
	})
}

func TestNotices(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		today := date.Of(w.Clock.Now())
		n := must(t, w, w.a.Publish, w.clerk, PublishInput{Unit: w.Township.ID, Title: "领光盘", Body: "赶街天来领", ExpiresOn: today.AddDays(1)})
		if n.UnitName != "凤山镇" || n.PublishedOn != today || !n.MayChange {
			t.Errorf("published %+v", n)
		}
		must(t, w, w.a.Publish, w.county, PublishInput{Unit: w.County.ID, Title: "交流周", Body: "28日起"})
		public := func() []string {
			var titles []string
			for _, v := range must(t, w, w.a.Notices, access.Visitor(), NoticesInput{}).Items {
				titles = append(titles, v.Title)
			}
			return titles
		}
		if got := public(); len(got) != 2 {
			t.Errorf("in public %q", got)
		}
		v := must(t, w, w.a.Edit, w.clerk, EditInput{ID: n.ID, Revision: 1, Title: "领光盘和优盘", Body: "赶街天来领", ExpiresOn: today.AddDays(1)})
		if v.Title != "领光盘和优盘" || v.Revision != 2 {
			t.Errorf("edited %+v", v)
		}
		_, err := try(w, w.a.Edit, w.clerk, EditInput{ID: n.ID, Revision: 1, Title: "x", Body: "y"})
		want(t, "an edit of what has changed", err, fail.Outdated)
		w.Clock.Add(48 * time.Hour)
		if got := public(); len(got) != 1 || got[0] != "交流周" {
			t.Errorf("after the last day %q", got)
		}
		_, err = try(w, w.a.Notice, access.Visitor(), NoticeInput{ID: n.ID})
		want(t, "past its last day", err, fail.Missing)
		if own := must(t, w, w.a.Notices, w.clerk, NoticesInput{Own: true}).Items; len(own) != 1 || !own[0].Expired {
			t.Errorf("own %+v", own)
		}
		county := must(t, w, w.a.Notices, w.county, NoticesInput{Own: true}).Items
		if len(county) != 2 {
			t.Fatalf("the county's own %+v", county)
		}
		must(t, w, w.a.Withdraw, w.county, NoticeInput{ID: county[0].ID})
		must(t, w, w.a.Withdraw, w.county, NoticeInput{ID: county[0].ID})
		_, err = try(w, w.a.Edit, w.county, EditInput{ID: county[0].ID, Revision: 2, Title: "x", Body: "y"})
		want(t, "edit of a withdrawn one", err, fail.Conflicting)
		if got := public(); len(got) != 0 {
			t.Errorf("after the withdrawal %q", got)
		}
		if got := w.audit(t, "notice.withdraw"); len(got) != 1 {
			t.Errorf("%d traces of a withdrawal", len(got))
		}
	})
}

func TestNoticeInput(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		today := date.Of(w.Clock.Now())
		_, err := try(w, w.a.Publish, w.county, PublishInput{Unit: w.Village.ID, ExpiresOn: today.AddDays(-1), Body: strings.Repeat("长", MostBody+1)})
		e, ok := fail.As(err)
		if !ok || len(e.Fields) != 4 {
			t.Errorf("faults: %v", err)
		}
		_, err = try(w, w.a.Publish, w.county, PublishInput{Title: "x", Body: "y"})
		want(t, "no unit", err, fail.InvalidInput)
	})
}

// Each op by each role; outside their own township the clerks may read only.
func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.send(t, "一句话")
		n := must(t, w, w.a.Publish, w.clerk, PublishInput{Unit: w.Township.ID, Title: "通知", Body: "正文"})
		for _, seat := range w.Inside() {
			by, name := seat.Actor, seat.Name
			may := func(ok bool, kind fail.Kind) fail.Kind {
				if ok {
					return ""
				}
				return kind
			}
			_, err := try(w, w.a.Send, by, SendInput{Text: "x"})
			want(t, name+" sends", err, "")
			_, err = try(w, w.a.Inbox, by, InboxInput{})
			want(t, name+" opens the inbox", err, may(seat.Role == access.County, fail.ForbiddenAct))
			_, err = try(w, w.a.Answer, by, AnswerInput{ID: f.ID, Revision: 9, Answer: "x"})
			want(t, name+" answers", err, map[bool]fail.Kind{true: fail.Outdated, false: fail.ForbiddenAct}[seat.Role == access.County])
			publisher := seat.Role == access.County || seat.Role == access.TownshipAdmin || seat.Role == access.Township
			_, err = try(w, w.a.Publish, by, PublishInput{Unit: w.Township.ID, Title: "", Body: "x"})
			want(t, name+" publishes", err, map[bool]fail.Kind{true: fail.InvalidInput, false: fail.ForbiddenAct}[publisher])
			_, err = try(w, w.a.Edit, by, EditInput{ID: n.ID, Title: "", Body: "x"})
			want(t, name+" edits", err, map[bool]fail.Kind{true: fail.InvalidInput, false: fail.ForbiddenAct}[publisher])
			_, err = try(w, w.a.Notices, by, NoticesInput{Own: true})
			want(t, name+" lists own", err, may(publisher, fail.ForbiddenAct))
			_, err = try(w, w.a.Outlets, by, OutletsInput{})
			want(t, name+" asks where", err, may(publisher, fail.ForbiddenAct))
			if !publisher {
				_, err = try(w, w.a.Withdraw, by, NoticeInput{ID: n.ID})
				want(t, name+" withdraws", err, fail.ForbiddenAct)
			}
		}
		for what, act := range map[string]func() error{
			"publishes": func() error {
				_, err := try(w, w.a.Publish, w.farOne, PublishInput{Unit: w.Township.ID, Title: "x", Body: "y"})
				return err
			},
			"publishes for the county": func() error {
				_, err := try(w, w.a.Publish, w.farOne, PublishInput{Unit: w.County.ID, Title: "x", Body: "y"})
				return err
			},
			"edits": func() error {
				_, err := try(w, w.a.Edit, w.farOne, EditInput{ID: n.ID, Title: "x", Body: "y"})
				return err
			},
			"withdraws": func() error { _, err := try(w, w.a.Withdraw, w.farOne, NoticeInput{ID: n.ID}); return err },
		} {
			want(t, "the other township "+what, act(), fail.ForbiddenAct)
		}
		_, err := try(w, w.a.Inbox, access.Visitor(), InboxInput{})
		want(t, "a visitor", err, fail.Unauthenticated)
		_, err = try(w, w.a.Publish, access.Visitor(), PublishInput{})
		want(t, "a visitor", err, fail.Unauthenticated)
		outlets := must(t, w, w.a.Outlets, w.county, OutletsInput{})
		if len(outlets) != 3 || outlets[0].Kind != org.County {
			t.Errorf("outlets %+v", outlets)
		}
	})
}

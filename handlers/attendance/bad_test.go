package attendance_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"huotang/handlers/web/webtest"
	"huotang/models/db/dbtest"
	"huotang/models/people/peopletest"
)

// Each wrong input: the status, a message beside the field, and everything else as it was typed.
func TestBadInput(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		h.Open(t, e, h.area)
		roll := h.host.Get(h.at("roll"))
		typed := url.Values{
			"mark.0": {"present"}, "mark.1": {"on_leave"}, "came": {h.Villagers[0].String()}, "extra": {"何永贵", "", ""},
			"adults": {"2"}, "children": {"1"}, "next": {"check"},
		}
		for name, tc := range map[string]struct{ field, value, want string }{
			"letters":       {"adults", "两个", "请填数字"},
			"a fraction":    {"adults", "1.5", "请填数字"},
			"negative":      {"children", "-1", "0 到 300"},
			"too many":      {"children", "301", "0 到 300"},
			"too long name": {"extra", strings.Repeat("长", 61), "最多 60 个字"},
		} {
			t.Run(name, func(t *testing.T) {
				set := clone(typed)
				set[tc.field] = []string{tc.value}
				page := h.host.Submit(roll, "form.roll", set).Want(http.StatusUnprocessableEntity, tc.want)
				same(t, page.Find("form.roll"), set, "next")
			})
		}
		check := h.host.Submit(roll, "form.roll", typed).Want(200)
		filled := url.Values{"began": {"19:30"}, "ended": {"21:00"}, "recorder": {"杨桂芳"}, "place": {"院子"}, "held_on": {"2026-11-23"}, "reason.1": {"farm"}}
		for name, tc := range map[string]struct{ field, value, want string }{
			"no beginning":        {"began", "", "这里要填"},
			"no time":             {"began", "25:00", "20:00 这样"},
			"too long an evening": {"ended", "19:00", "最长 12 个小时"},
			"no such day":         {"held_on", "2026-02-30", "没有这一天"},
			"tomorrow":            {"held_on", "2026-11-24", "还没到这一天"},
			"long ago":            {"held_on", "2026-01-01", "最多补记 60 天"},
			"long recorder":       {"recorder", strings.Repeat("长", 61), "最多 60 个字"},
			"long place":          {"place", strings.Repeat("长", 101), "最多 100 个字"},
			"control characters":  {"recorder", "杨\x01", "不能用的字符"},
			"another kind":        {"kind", "party", "从给出的里面选"},
			"no lesson":           {"lesson", "abc", "请重新选"},
			"a foreign lesson":    {"lesson", h.Day.ID.String(), "没有发给这所学校"},
		} {
			t.Run(name, func(t *testing.T) {
				set := clone(filled)
				set[tc.field] = []string{tc.value}
				page := h.host.Submit(check, "#check", set).Want(http.StatusUnprocessableEntity, tc.want)
				if page.Find(".errors a").Length() != 1 {
					t.Errorf("the summary says %q", page.Find(".errors").Text())
				}
				if tc.field != "lesson" && tc.field != "kind" && tc.value != "" && page.Find("#"+tc.field).AttrOr("aria-invalid", "") != "true" {
					t.Error("the field is not marked")
				}
				same(t, page.Find("#check"), set, map[bool]string{true: tc.field}[tc.field == "lesson" || tc.field == "kind"])
			})
		}
		t.Run("no kind", func(t *testing.T) {
			set := clone(filled)
			set["kind"] = nil
			page := h.host.Submit(check, "#check", set).Want(http.StatusUnprocessableEntity, "这里要填")
			delete(set, "kind")
			same(t, page.Find("#check"), set, "")
		})
		t.Run("signed out meanwhile", func(t *testing.T) {
			page := h.site.Visitor(t).Submit(check, "#check", filled)
			got := webtest.Values(page.Find("form.form:has(input[name=password])"))
			for name, want := range filled {
				if d := cmp.Diff(want, got["carry."+name]); d != "" {
					t.Errorf("%s is not carried through the sign-in: %s", name, d)
				}
			}
		})
		t.Run("too large", func(t *testing.T) {
			h.host.Post(h.at("roll"), url.Values{"extra": {strings.Repeat("x", 1<<21)}}).Want(http.StatusRequestEntityTooLarge)
			if s := h.host.API("POST", "/sessions/"+h.Day.SessionID.String()+"/roll", `{"why":"`+strings.Repeat("x", 1<<21)+`"}`, nil); s != http.StatusRequestEntityTooLarge {
				t.Errorf("the API answers %d", s)
			}
		})
		none := h.host.Submit(check, "#check", url.Values{"mark.0": {""}, "mark.1": {""}, "came": nil, "extra": nil, "adults": {"0"}, "children": {"0"}, "began": {"19:30"}, "ended": {"20:30"}})
		none.Want(http.StatusUnprocessableEntity, "一个人也没有点")
		if v := h.host.Get(h.at("roll")); v.Find(".marks .none[checked]").Length() != 5 {
			t.Error("something was stored")
		}
	})
}

// Names and whatever is typed are text, never markup.
func TestMarksAreEscaped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		h.Open(t, e, h.area)
		const evil = `"><script>alert(1)</script>`
		peopletest.Add(t, e, h.Tree, peopletest.Person{Name: evil, Site: h.School.School.ID})
		page := h.host.Get(h.at("roll")).Want(200)
		page = h.host.Submit(page, "form.roll", url.Values{"all": {"present"}, "mark.0": {evil}, "mark.1": {"on_leave"}, "reason.1": {evil}, "was.2": {evil}, "extra": {evil}, "adults": {evil}})
		page.Want(200)
		if got := page.Find("main script").Length(); got != 0 || !strings.Contains(page.Body, "&lt;script&gt;") {
			t.Errorf("%d scripts in the page", got)
		}
		if got := page.Find(`.marks input[name="was.2"]`).AttrOr("value", ""); got != evil {
			t.Errorf("was.2 is %q", got)
		}
	})
}

// same compares every field that was set with what the form shows, but for one.
func same(t *testing.T, form *goquery.Selection, set url.Values, but string) {
	t.Helper()
	got := webtest.Values(form)
	for name, want := range set {
		have := got[name]
		if name == "extra" {
			want, have = filledIn(want), filledIn(have)
		}
		if d := cmp.Diff(want, have); d != "" && name != but {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func filledIn(list []string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func clone(v url.Values) url.Values {
	out := url.Values{}
	for k, x := range v {
		out[k] = append([]string{}, x...)
	}
	return out
}

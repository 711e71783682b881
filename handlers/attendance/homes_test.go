package attendance_test

import (
	"net/url"
	"slices"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"huotang/handlers/web/webtest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// households reads the headings of the roll with the people under each.
func households(p *webtest.Page) (out []string) {
	p.Find(".marks > li").Each(func(_ int, s *goquery.Selection) {
		if h := s.Find("h3"); h.Length() > 0 {
			out = append(out, h.Text()+":")
			return
		}
		if name := s.AttrOr("aria-label", ""); len(out) == 0 {
			out = append(out, name)
		} else {
			out[len(out)-1] += " " + name
		}
	})
	return out
}

// The roll is called by name or by household, one tap apart; what was tapped stays with its person, and goes on to the check.
func TestRollByHousehold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		if h.host.Get("/today").Find("form").Length() == 0 {
			t.Fatal("no evening")
		}
		h.host.Submit(h.host.Get("/today"), ".night form", nil)
		page := h.host.Get(h.at("roll")).Want(200, "点名:应到5人")
		if page.Find(`[name=order]`).Length() != 0 {
			t.Error("an order by household where nobody has one")
		}
		before := names(page)
		called := map[string]people.PersonID{}
		e.Do(t, func(tx *db.Tx) error {
			all, err := people.Names(tx, h.Members)
			for p, name := range all {
				called[name] = p
			}
			for _, home := range []struct {
				code, name string
				persons    []string
			}{{"10", "王家", before[:1]}, {"9", "李家", []string{before[2], before[4]}}} {
				in := people.AddHouseholdInput{Village: h.Village.ID, Code: home.code, Name: home.name}
				for _, n := range home.persons {
					in.Persons = append(in.Persons, called[n])
				}
				if err == nil {
					_, err = people.AddHousehold(tx, orgtest.By, in)
				}
			}
			return err
		})
		page = h.host.Get(h.at("roll"))
		page = h.host.Submit(page, "form.roll", url.Values{"mark.4": {"on_leave"}, "order": {"household"}}).Want(200, "点名:应到5人")
		want := []string{"李家 户: " + before[2] + " " + before[4], "王家 户: " + before[0], "没有登记户的: " + before[1] + " " + before[3]}
		if d := cmp.Diff(want, households(page)); d != "" {
			t.Fatal(d)
		}
		last := page.Find(`.marks > li[aria-label="` + before[4] + `"]`)
		if last.Find(`input[value=on_leave][checked]`).Length() != 1 || page.Find(`.marks input[value=on_leave][checked]`).Length() != 1 {
			t.Error("what was tapped went to somebody else")
		}
		page = h.host.Submit(page, "form.roll", url.Values{"all": {"present"}})
		if d := cmp.Diff(want, households(page)); d != "" {
			t.Error(d)
		}
		h.host.Submit(page, "form.roll", url.Values{"next": {"check"}}).Want(200, "核对一下再交", before[4])
		page = h.host.Submit(page, "form.roll", url.Values{"order": {"name"}})
		if got := names(page); !slices.Equal(got, before) || page.Find(`.marks input[value=present][checked]`).Length() != 4 {
			t.Errorf("%v, want %v", got, before)
		}
	})
}

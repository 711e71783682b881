package reports

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// Every role, inside and outside: who reads the list, whose host and number he sees, who may say that a day stands.
func TestWhoSeesReadiness(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.coming(t)
		host := w.Members[w.Site.ID][0]
		w.Do(t, func(tx *db.Tx) error {
			_, err := peopletest.Area(t).SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: host, Phone: "13812345678"})
			return err
		})
		type sight struct{ phone, whole string }
		const masked, whole = "138****5678", "13812345678"
		sees := map[access.Role]sight{
			access.County: {masked, whole}, access.TownshipAdmin: {masked, whole}, access.Township: {masked, whole}, access.Village: {masked, whole},
			access.Auditor: {masked, ""}, access.Resident: {"", ""},
		}
		for _, s := range w.Inside() {
			wanted, may := sees[s.Role]
			v, err := ask(w, w.Reports.Ready, s.Actor, ReadyInput{Unit: w.Village.Code})
			calls, refused := w.call(s.Actor, ReadyInput{Unit: w.Village.Code})
			if !may {
				if k := fail.KindOf(err); k != fail.ForbiddenAct && k != fail.Missing {
					t.Errorf("%s reads the list: %v", s.Name, err)
				}
				if k := fail.KindOf(refused); k != fail.ForbiddenAct && k != fail.Missing {
					t.Errorf("%s reads the numbers: %v", s.Name, refused)
				}
				continue
			}
			if err != nil || len(v.Items) != 2 || v.Items[0].Host.Phone != wanted.phone || v.Items[0].Host.Name == "" || v.MayCall != (wanted.whole != "") {
				t.Errorf("%s: %+v, %v", s.Name, v, err)
			}
			moves := access.Allowed(s.Role, access.CalendarMove)
			if v.Items[0].MayConfirm != moves || v.Items[0].Lacks[0].May != access.Allowed(s.Role, access.CurriculaPublish) {
				t.Errorf("%s may confirm: %v, may mend: %v", s.Name, v.Items[0].MayConfirm, v.Items[0].Lacks[0].May)
			}
			if wanted.whole == "" {
				want(t, s.Name+" reads the numbers", refused, fail.ForbiddenAct)
				continue
			}
			if refused != nil || calls.Items[0].Host.Phone != wanted.whole {
				t.Errorf("%s calls: %+v, %v", s.Name, calls, refused)
			}
		}
		for _, s := range w.Outside() {
			if _, err := ask(w, w.Reports.Ready, s.Actor, ReadyInput{Unit: w.Village.Code}); err == nil {
				t.Errorf("%s outside reads the list", s.Name)
			}
			if _, err := w.call(s.Actor, ReadyInput{Unit: w.Village.Code}); err == nil {
				t.Errorf("%s outside reads the numbers", s.Name)
			}
			if _, err := w.callMissing(s.Actor, MissingInput{Unit: w.Village.Code}); err == nil {
				t.Errorf("%s outside reads the numbers of the month", s.Name)
			}
		}
	})
}

func (w *world) call(by access.Actor, in ReadyInput) (v ReadyView, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = w.Reports.CallReady(tx, by, in)
		return err
	})
	return v, err
}

func (w *world) callMissing(by access.Actor, in MissingInput) (v MonthView, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = w.Reports.CallMissing(tx, by, in)
		return err
	})
	return v, err
}

// Each list of numbers that is shown leaves one row, for the unit that it is of; of several units one for each; without a number none.
func TestNumbersLeaveATrace(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.coming(t)
		phones := peopletest.Area(t)
		set := func(site org.School, phone string) {
			w.Do(t, func(tx *db.Tx) error {
				_, err := phones.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: w.Members[site.ID][0], Phone: phone})
				return err
			})
		}
		trace := func() (out []string) {
			w.See(t, func(tx *db.Tx) (err error) {
				out, err = db.Ask[string](tx, "SELECT CONCAT(u.name, ' ', a.changed) FROM audit_rows a JOIN units u ON u.id = a.unit_id WHERE a.act = 'people.call_list' ORDER BY a.id")
				return err
			})
			return out
		}
		clerk := orgtest.As(access.Township, w.Township.Path)
		if _, err := w.call(clerk, ReadyInput{}); err != nil || len(trace()) != 0 {
			t.Errorf("no number: %v %v", err, trace())
		}
		set(w.Site, "13812345678")
		set(w.Neighbour, "13912345678")
		set(w.Far, "13712345678")
		must(t, w, w.Reports.Ready, clerk, ReadyInput{})
		if v, err := w.call(clerk, ReadyInput{}); err != nil || v.Items[0].Host.Phone != "13812345678" || v.Items[1].Host.Phone != "" {
			t.Errorf("%+v, %v", v.Items, err)
		}
		const one = `[{"field":"phones","before":0,"after":1}]`
		two := strings.Replace(one, "1}", "2}", 1)
		if d := cmp.Diff([]string{"凤山镇 " + two}, trace()); d != "" {
			t.Error(d)
		}
		both := access.New(access.AccountID{9}, access.PersonID{}, "", []access.Grant{
			{Role: access.Village, Path: w.Village.Path}, {Role: access.Township, Path: w.Township2.Path},
		})
		if v, err := w.call(both, ReadyInput{}); err != nil || len(v.Items) != 3 {
			t.Errorf("%+v, %v", v, err)
		}
		w.Clock.Set(date.New(2026, 11, 26).At(9, 0))
		if v, err := w.callMissing(clerk, MissingInput{}); err != nil || len(v.Items) != 3 || v.Items[0].HostPhone != "13812345678" {
			t.Errorf("%+v, %v", v.Items, err)
		}
		if v := must(t, w, w.Reports.Missing, clerk, MissingInput{}); v.Items[0].HostPhone != "138****5678" || !v.MayCall {
			t.Errorf("%+v", v.Items)
		}
		if d := cmp.Diff([]string{"凤山镇 " + two, "安石村 " + one, "鲁史镇 " + one, "凤山镇 " + two}, trace()); d != "" {
			t.Error(d)
		}
	})
}

package privacy_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/progress"
	"huotang/models/reports"
	"huotang/models/reports/reportstest"
)

// figures are all totals of the county up to a day, as text.
func figures(t *testing.T, e *dbtest.Env, by access.Actor, to date.Date) string {
	t.Helper()
	var out []any
	e.See(t, func(tx *db.Tx) error {
		for _, unit := range []string{"530921", "530921101", "530921102", "530921101201"} {
			v, err := reports.Overview(tx, by, reports.OverviewInput{Span: reports.Span{From: date.New(2026, 1, 1), To: to, Unit: unit}, Coverage: true})
			if err != nil {
				return err
			}
			b, err := json.Marshal([]any{v.Summary.Figures, v.Summary.People, v.Units.Items, v.Units.Coverage, v.Trend.Months})
			if err != nil {
				return err
			}
			out = append(out, json.RawMessage(b))
		}
		tallies, err := db.Ask[struct{ A, B, C, D, E, F int }](tx, "SELECT (SELECT COUNT(*) FROM marks) AS a, (SELECT SUM(attended) FROM sessions) AS b, "+
			"(SELECT SUM(sessions) FROM person_months) AS c, (SELECT SUM(sessions) FROM person_sites) AS d, (SELECT SUM(centi_hours) FROM credits) AS e, "+
			"(SELECT COUNT(*) FROM guests) AS f")
		out = append(out, tallies)
		return err
	})
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Nobody can tell from any total that somebody was erased, and nothing in the database says his name.
func TestErasureKeepsTotals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := reportstest.New(t, e)
		w.Area.OnSubmitted(progress.Credit)
		w.History(t)
		county := accountstest.As(t, e, access.County, w.County.ID)
		host := w.Members[w.Site.ID][0]
		name := "独孤无名"
		e.Do(t, func(tx *db.Tx) error {
			v, err := people.Get(tx, county, people.GetInput{ID: host})
			if err == nil {
				_, err = peopletest.Area(t).SetPhone(tx, county, people.SetPhoneInput{Person: host, Phone: "13987654321"})
			}
			if err == nil {
				_, err = people.Edit(tx, county, people.EditInput{Person: host, Details: people.Details{Name: name, Gender: people.Female, BirthYear: 1968, Village: v.VillageID}})
			}
			if err == nil {
				_, err = people.AddHousehold(tx, county, people.AddHouseholdInput{Village: v.VillageID, Name: name + "家", Persons: []people.PersonID{host}})
			}
			return err
		})
		account := accountstest.Of(t, e, host, access.Host, org.SiteUnit(w.Site.ID))
		accountstest.SetPassword(t, e, accounts.New(accountstest.Key), account.Account, accountstest.Password)
		e.Do(t, func(tx *db.Tx) error {
			if err := tx.Exec("UPDATE accounts SET name = ?, username = 'dugu' WHERE id = ?", name, account.Account).Error; err != nil {
				return err
			}
			if err := tx.Exec("UPDATE sessions SET recorder = ?, chair = ? WHERE site_id = ?", name, name, w.Site.ID).Error; err != nil {
				return err
			}
			if err := tx.Exec("UPDATE mark_changes SET why = ? WHERE person_id = ?", name+"来晚了", host).Error; err != nil {
				return err
			}
			_, err := privacy.AskCorrection(tx, account, privacy.AskCorrectionInput{Body: "我叫" + name})
			return err
		})
		e.Do(t, func(tx *db.Tx) error {
			_, err := privacy.AskErasure(tx, county, privacy.AskErasureInput{Person: host, Basis: privacy.OwnWish, Name: name})
			return err
		})
		erase(t, e, 0) // not yet
		if n := holding(t, e, name); len(n) == 0 {
			t.Fatal("erased before its time")
		}
		e.Clock.Add(8 * 24 * time.Hour)
		today := date.Of(e.Clock.Now())
		before := figures(t, e, county, today)
		erase(t, e, 1)
		if d := cmp.Diff(before, figures(t, e, county, today)); d != "" {
			t.Errorf("totals differ:\n%s", d)
		}
		attendancetest.Sound(t, e)
		e.See(t, func(tx *db.Tx) error {
			diff, err := progress.CheckCredits(tx)
			if len(diff) > 0 {
				t.Errorf("credits differ: %+v", diff)
			}
			return err
		})
		for _, word := range []string{name, "dugu", "13987654321"} {
			if found := holding(t, e, word); len(found) > 0 {
				t.Errorf("%s still stands in %v", word, found)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			v, err := people.Get(tx, county, people.GetInput{ID: host})
			if v.Name != privacy.ErasedName() || v.Gender != "" || v.BirthYear != 0 {
				t.Errorf("%+v", v)
			}
			roster, err2 := people.RosterOn(tx, w.Site.ID, today.AddDays(1))
			for _, m := range roster {
				if m.Person == host {
					t.Error("an erased person is on tomorrow's roll")
				}
			}
			if err == nil {
				err = err2
			}
			return err
		})
		e.Clock.Add(40 * 24 * time.Hour)
		if d := cmp.Diff(before, figures(t, e, county, today)); d != "" {
			t.Errorf("totals of the past differ a month later:\n%s", d)
		}
		if _, _, err := actor(e, account.Account); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("the account of an erased person: %v", err)
		}
	})
}

func actor(e *dbtest.Env, account access.AccountID) (by access.Actor, prefs accounts.Prefs, err error) {
	err = e.Read(context.Background(), func(tx *db.Tx) error {
		by, prefs, err = accounts.Actor(tx, account)
		return err
	})
	return by, prefs, err
}

func erase(t *testing.T, e *dbtest.Env, want int) {
	t.Helper()
	n := 0
	for more := true; more; {
		e.Do(t, func(tx *db.Tx) (err error) {
			more, err = privacy.New(peopletest.Ring(t)).EraseDue(tx, access.System("retention"))
			return err
		})
		if more {
			n++
		}
	}
	if n != want {
		t.Errorf("erased %d, want %d", n, want)
	}
}

// holding lists the columns of the database in which a word stands.
func holding(t *testing.T, e *dbtest.Env, word string) []string {
	t.Helper()
	var found []string
	e.See(t, func(tx *db.Tx) error {
		for _, c := range columns(t, tx) {
			if !c.text {
				continue
			}
			rows, err := db.Ask[int](tx, "SELECT COUNT(*) FROM `"+c.table+"` WHERE `"+c.name+"` LIKE ?", "%"+word+"%")
			if err != nil {
				return err
			}
			if rows[0] > 0 {
				found = append(found, c.table+"."+c.name)
			}
		}
		return nil
	})
	return found
}

func TestErasureCanBeUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		county := accountstest.As(t, e, access.County, s.County.ID)
		who := s.Members[1]
		ask := func(name string, basis privacy.Basis) error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := privacy.AskErasure(tx, county, privacy.AskErasureInput{Person: who, Basis: basis, Name: name})
				return err
			})
		}
		var name string
		e.See(t, func(tx *db.Tx) error {
			v, err := privacy.Erasure(tx, county, privacy.PersonInput{Person: who})
			name = v.Name
			if v.Wait != 7 || v.Pending != nil || v.Erased {
				t.Errorf("%+v", v)
			}
			return err
		})
		if err := ask("别人", privacy.OwnWish); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("another name: %v", err)
		}
		if err := ask(name, "because"); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("no reason: %v", err)
		}
		if err := ask(" "+name, privacy.WrongOne); err != nil {
			t.Fatal(err)
		}
		if err := ask(name, privacy.WrongOne); !fail.Is(err, "privacy.erasure_asked") {
			t.Errorf("twice: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error {
			list, err := privacy.Pending(tx, county, privacy.PendingInput{})
			if len(list.Items) != 1 || list.Items[0].Name != name {
				t.Errorf("%+v", list)
			}
			if err == nil {
				_, err = privacy.UndoErasure(tx, county, privacy.PersonInput{Person: who})
			}
			return err
		})
		e.Clock.Add(30 * 24 * time.Hour)
		erase(t, e, 0)
		err := e.Write(context.Background(), func(tx *db.Tx) error {
			_, err := privacy.UndoErasure(tx, county, privacy.PersonInput{Person: who})
			return err
		})
		if !fail.Is(err, "privacy.no_erasure") {
			t.Errorf("undone twice: %v", err)
		}
		if err := ask(name, privacy.NoNeed); err != nil {
			t.Errorf("asked again: %v", err)
		}
		e.Clock.Add(7 * 24 * time.Hour)
		erase(t, e, 1)
		if err := ask(privacy.ErasedName(), privacy.NoNeed); !fail.Is(err, "privacy.erasure_asked") {
			t.Errorf("erased twice: %v", err)
		}
	})
}

// The last account that steers the county is not closed by erasing its owner, nor does anybody erase himself.
func TestErasureKeepsTheCountyInHand(t *testing.T) {
	e := dbtest.SQLite(t)
	s := attendancetest.New(t, e, 2, 0)
	boss := accountstest.Of(t, e, s.Members[0], access.County, s.County.ID)
	other := accountstest.As(t, e, access.County, s.County.ID)
	err := e.Write(context.Background(), func(tx *db.Tx) error {
		v, err := people.Get(tx, other, people.GetInput{ID: s.Members[0]})
		if err == nil {
			_, err = privacy.AskErasure(tx, boss, privacy.AskErasureInput{Person: s.Members[0], Basis: privacy.OwnWish, Name: v.Name})
		}
		return err
	})
	if !fail.Is(err, "privacy.not_yourself") {
		t.Error(err)
	}
}

// Everything that one takes away stands in words: no IDs, no codes.
func TestOwnDataIsReadable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		who := s.Members[0]
		e.Do(t, func(tx *db.Tx) error {
			_, err := peopletest.Area(t).SetPhone(tx, access.System("test"), people.SetPhoneInput{Person: who, Phone: "13987654321"})
			return err
		})
		by := accountstest.Of(t, e, who, access.Host, org.SiteUnit(s.Site.ID))
		a := attendance.New()
		a.OnSubmitted(progress.Credit)
		s.Open(t, e, a)
		item := s.Item(attendancetest.All(s.Members, attendance.Present)...)
		item.Lessons = s.Lessons
		attendancetest.MustSubmit(t, e, a, s.Host, item)
		e.Do(t, func(tx *db.Tx) error {
			if _, err := privacy.Agree(tx, by, privacy.AnswerInput{Version: 1}); err != nil {
				return err
			}
			_, err := privacy.AskCorrection(tx, by, privacy.AskCorrectionInput{Body: "出生年应该是1962年"})
			return err
		})
		area := privacy.New(peopletest.Ring(t))
		var own privacy.OwnView
		e.See(t, func(tx *db.Tx) (err error) {
			own, err = area.Own(tx, by, privacy.OwnInput{})
			return err
		})
		var text strings.Builder
		keys := map[string]bool{}
		for _, sec := range own.Sections {
			keys[sec.Key] = true
			for _, row := range sec.Rows {
				if len(row) != len(sec.Columns) {
					t.Errorf("%s: %d cells, %d columns", sec.Key, len(row), len(sec.Columns))
				}
				text.WriteString(strings.Join(row, " ") + "\n")
			}
		}
		for _, key := range []string{"person", "standings", "affiliations", "rosters", "posts", "marks", "credits", "months", "requests", "accounts", "grants", "consents", "history"} {
			if !keys[key] {
				t.Errorf("no section %s", key)
			}
		}
		for _, want := range []string{"13987654321", "正式党员", "女", "1968", "到会", "春茶管理", "同意", "出生年应该是1962年", s.Site.Name, "户主", "请求更正"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("does not hold %q:\n%s", want, text.String())
			}
		}
		for _, code := range []string{who.String(), by.Account.String(), "present", "full", "female", "%!", "agreed", "person.add"} {
			if strings.Contains(text.String(), code) {
				t.Errorf("holds %q:\n%s", code, text.String())
			}
		}
		stranger := accountstest.As(t, e, access.Auditor, s.County.ID)
		e.See(t, func(tx *db.Tx) error {
			own, err := area.Own(tx, stranger, privacy.OwnInput{Language: "en"})
			for _, sec := range own.Sections {
				if sec.Key == "person" || sec.Key == "marks" {
					t.Errorf("an account that is nobody's has %s", sec.Key)
				}
			}
			return err
		})
	})
}

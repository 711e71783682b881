package audit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
)

type thing struct{}

var object = id.Must[thing]("0190b3a2-7c51-7def-8abc-0123456789ab")

// A name, or free text never gets into the audit: the code that tries is wrong and stops.
func TestNamesAreRefused(t *testing.T) {
	for name, try := range map[string]func(){
		"name before": func() { audit.Changes{}.Code("f", "王秀兰", "x") },
		"name after":  func() { audit.Changes{}.Code("f", "", "𬭩䶮") },
		"free text":   func() { audit.Changes{}.Code("f", "", "came late; rain") },
		"a line":      func() { audit.Changes{}.Code("f", "", "a\nb") },
		"long":        func() { audit.Changes{}.Code("f", "", strings.Repeat("a", 121)) },
	} {
		refused := func() (refused bool) {
			defer func() { refused = recover() != nil }()
			try()
			return false
		}()
		if !refused {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAddAndHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		by := access.New(access.AccountID{1}, access.PersonID{}, "王秀兰", []access.Grant{{Role: access.County, Path: "/a/530921/"}})
		ctx := db.WithRequestID(context.Background(), "r-1")
		other := id.Random[thing]()
		change := audit.Changes{}.Code("state", "open", "closed").Code("same", "x", "x").Int("minutes", 40, 45).Int("same", 1, 1).
			Field("title").ID("unit", object, other)
		err := e.Write(ctx, func(tx *db.Tx) error {
			return audit.Add(tx, by, audit.Row{Act: "thing.close", Object: "thing", ID: object, Unit: audit.Unit(other), Change: change})
		})
		if err != nil {
			t.Fatal(err)
		}
		e.Do(t, func(tx *db.Tx) error {
			return audit.Add(tx, access.System("thing.sweep"), audit.Row{Act: "thing.sweep", Object: "thing", ID: object})
		})
		err = e.Write(ctx, func(tx *db.Tx) error {
			if err := audit.Add(tx, by, audit.Row{Act: "thing.undone", Object: "thing", ID: object}); err != nil {
				return err
			}
			return fail.Conflict("a.b")
		})
		if fail.KindOf(err) != fail.Conflicting {
			t.Fatal(err)
		}
		in := audit.HistoryInput{Object: "thing", ID: object.String()}
		e.See(t, func(tx *db.Tx) error {
			page, err := audit.History(tx, by, in)
			if err != nil || len(page.Items) != 2 {
				t.Fatalf("%v %v", page.Items, err)
			}
			swept, closed := page.Items[0], page.Items[1]
			if swept.System != "thing.sweep" || !swept.Account.IsZero() || string(swept.Changed) != "[]" {
				t.Errorf("%+v", swept)
			}
			want := `[{"field":"state","before":"open","after":"closed"},{"field":"minutes","before":40,"after":45},{"field":"title"},` +
				`{"field":"unit","before":"` + object.String() + `","after":"` + other.String() + `"}]`
			if d := cmp.Diff(want, string(closed.Changed)); d != "" || closed.Account != by.Account || closed.System != "" || !closed.At.Equal(dbtest.Start) {
				t.Errorf("%s %+v", d, closed)
			}
			var request string
			err = tx.Raw("SELECT request_id FROM audit_rows WHERE act = 'thing.close'").Scan(&request).Error
			if request != "r-1" {
				t.Errorf("request %q", request)
			}
			return err
		})
	})
}

func TestWhoReadsTheAudit(t *testing.T) {
	e := dbtest.SQLite(t)
	for role, want := range map[access.Role]fail.Kind{
		access.County: "", access.Auditor: "", access.TownshipAdmin: fail.ForbiddenAct, access.Township: fail.ForbiddenAct,
		access.Village: fail.ForbiddenAct, access.Secretary: fail.ForbiddenAct, access.GroupLeader: fail.ForbiddenAct,
		access.Host: fail.ForbiddenAct, access.Head: fail.ForbiddenAct, access.Resident: fail.ForbiddenAct, access.Lecturer: fail.ForbiddenAct,
		access.Cadre: fail.ForbiddenAct, access.Delegate: fail.ForbiddenAct, access.Trainee: fail.ForbiddenAct,
	} {
		by := access.New(access.AccountID{1}, access.PersonID{}, "", []access.Grant{{Role: role, Path: "/a/530921/"}})
		err := e.Read(context.Background(), func(tx *db.Tx) error { _, err := audit.History(tx, by, audit.HistoryInput{}); return err })
		if fail.KindOf(err) != want {
			t.Errorf("%s: %v", role, err)
		}
	}
	err := e.Read(context.Background(), func(tx *db.Tx) error {
		_, err := audit.History(tx, access.Visitor(), audit.HistoryInput{})
		return err
	})
	if fail.KindOf(err) != fail.Unauthenticated {
		t.Error(err)
	}
}

// Branching from one list of changes must not mix the branches.
func TestChangesAreValues(t *testing.T) {
	e := dbtest.SQLite(t)
	base := audit.Changes{}.Field("a").Field("b").Field("c")
	one, two := base.Field("one"), base.Field("two")
	e.Do(t, func(tx *db.Tx) error {
		for _, ch := range []audit.Changes{one, two} {
			if err := audit.Add(tx, access.System("x"), audit.Row{Act: "x", Object: "x", ID: object, Change: ch}); err != nil {
				return err
			}
		}
		var changed []string
		err := tx.Raw("SELECT changed FROM audit_rows ORDER BY id").Scan(&changed).Error
		if len(changed) != 2 || !strings.Contains(changed[0], "one") || !strings.Contains(changed[1], "two") {
			t.Errorf("%v", changed)
		}
		return err
	})
	if !(audit.Changes{}).Empty() || one.Empty() {
		t.Error("Empty")
	}
}

package imports_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/imports"
	"huotang/models/imports/importstest"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// names makes n people of the two villages of the township, all different.
func names(n int) [][]any {
	const surnames, given = "王李张杨罗字周毕段茶赵钱孙吴郑冯陈褚卫蒋", "秀兰建国桂芬文学丽琼正祥春梅玉珍朝明福贵光华"
	s, g := []rune(surnames), []rune(given)
	rows := [][]any{{"序号", "姓名", "性别", "出生年月", "政治面貌", "所在支部", "村", "联系电话", "家庭党校"}}
	for i := range n {
		name := string(s[i%20]) + string(g[i/20%20]) + string(g[i/400%20])
		village, branch, site := "安石村", "安石第一党支部", "王家院家庭党校"
		if i%2 == 1 {
			village, branch, site = "大寺村", "", "街子家庭党校"
		}
		rows = append(rows, []any{
			i + 1, name, []string{"男", "女"}[i%2], fmt.Sprintf("%d.%d", 1940+i/8000+i%47, i%12+1), []string{"正式党员", "群众"}[i%2], branch, village,
			fmt.Sprintf("139%08d", i), site,
		})
	}
	return rows
}

// township is a list of 12,000, of whom every hundredth has faults.
func township() [][]any {
	rows := names(12000)
	for i := 100; i < len(rows); i += 100 {
		rows[i] = []any{i, "", "不详", "去年", "先锋", "没有的支部", "天上村", "110", ""}
	}
	return rows
}

// A township's 12,000 with their faults are previewed and brought in, and the same file again changes nothing. How long it takes is for
// [BenchmarkPreviewTownship].
func TestTwelveThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("brings in 12,000 people")
	}
	h := open(t, dbtest.SQLite(t))
	rows := township()
	data := importstest.Workbook(t, importstest.Sheet{Name: "党员", Rows: rows})
	v := h.check(h.clerk, "people", data)
	if v.Total != 12000 || v.Faulty != 120 || v.Good() != 11880 {
		t.Fatalf("%+v", v)
	}
	if v = h.apply(h.clerk, v.ID); v.Applied != 11880 || v.Refused != 0 {
		t.Fatalf("%+v", v)
	}
	if v = h.check(h.clerk, "people", data); v.Unchanged != 11880 || v.Good() != 0 {
		t.Errorf("again: %+v", v)
	}
}

// A worker that is killed in the middle of applying is followed by another, which goes on where it stopped; the first one
// commits nothing more.
func TestCrashInTheMiddle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		v := h.check(h.clerk, "people", importstest.Workbook(t, importstest.Sheet{Name: "a", Rows: names(50)}))
		h.Do(t, func(tx *db.Tx) error {
			_, err := h.a.Apply(tx, h.clerk, imports.ApplyInput{ID: v.ID})
			return err
		})
		first := h.claim()
		h.step(first, 20)
		if h.work.Once(context.Background()) {
			t.Fatal("two work at once")
		}
		dead := errors.New("killed")
		if err := e.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := h.a.Step(tx, first, 10); err != nil {
				return err
			}
			return dead // in the middle of a unit of work
		}); !errors.Is(err, dead) {
			t.Fatal(err)
		}
		h.expire()
		second := h.claim()
		h.step(second, 15)
		err := e.Write(context.Background(), func(tx *db.Tx) error { _, err := h.a.Step(tx, first, 10); return err })
		if !imports.IsLost(err) {
			t.Errorf("the first goes on: %v", err)
		}
		h.expire()
		h.works()
		if v = h.get(h.clerk, v.ID); v.State != imports.Applied || v.Applied != 50 || len(h.people()) != 50 {
			t.Errorf("%+v, %d people", v, len(h.people()))
		}
	})
}

func (h *house) claim() (c imports.Claim) {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) (err error) {
		var ok bool
		if c, ok, err = h.a.Next(tx); err == nil && !ok {
			err = errors.New("nothing to claim")
		}
		return err
	})
	return c
}

func (h *house) step(c imports.Claim, n int) {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) error { _, err := h.a.Step(tx, c, n); return err })
}

// expire lets every claim run out, as the database's clock would.
func (h *house) expire() {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) error {
		return tx.Exec("UPDATE imports SET claimed_until = '2000-01-01 00:00:00.000' WHERE claimed_until IS NOT NULL").Error
	})
}

// Work that fails again and again is stopped, and can be asked for once more.
func TestStoppedWork(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	v := h.check(h.clerk, "people", list(t))
	h.Do(t, func(tx *db.Tx) error {
		_, err := h.a.Apply(tx, h.clerk, imports.ApplyInput{ID: v.ID})
		return err
	})
	for range 4 {
		h.claim()
		h.expire()
	}
	h.works()
	if v = h.get(h.clerk, v.ID); v.State != imports.Checked || v.Failure != "imports.stopped" {
		t.Fatalf("%+v", v)
	}
	if v = h.apply(h.clerk, v.ID); v.State != imports.Applied || v.Applied != 4 || v.Failure != "" {
		t.Errorf("%+v", v)
	}
}

// Two clerks bring in the same list at once: everybody is there once.
func TestTheSameListAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		other := accountstest.As(t, e, access.Township, h.tree.Township.ID)
		data := importstest.Workbook(t, importstest.Sheet{Name: "a", Rows: names(120)})
		one, two := h.check(h.clerk, "people", data), h.check(other, "people", data)
		h.Do(t, func(tx *db.Tx) error {
			_, err := h.a.Apply(tx, h.clerk, imports.ApplyInput{ID: one.ID})
			if err == nil {
				_, err = h.a.Apply(tx, other, imports.ApplyInput{ID: two.ID})
			}
			return err
		})
		var both sync.WaitGroup
		for range 2 {
			both.Go(h.works)
		}
		both.Wait()
		h.expire()
		h.works()
		one, two = h.get(h.clerk, one.ID), h.get(other, two.ID)
		if one.Applied+two.Applied != 120 || one.Refused+two.Refused != 120 || len(h.people()) != 120 {
			t.Errorf("%+v\n%+v\n%d people", one, two, len(h.people()))
		}
	})
}

// What somebody has changed since the check is left alone.
func TestChangedMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		p := peopletest.Add(t, e, h.tree, peopletest.Person{Name: "张三"})
		data := []byte("姓名,性别,政治面貌,村\n张三,男,群众,安石村\n李四,男,群众,安石村\n")
		v, err := h.upload(h.clerk, "people", "a.csv", data)
		if err != nil {
			t.Fatal(err)
		}
		v = h.agree(h.clerk, v.ID, nil)
		h.Do(t, func(tx *db.Tx) error {
			_, err := people.Edit(tx, orgtest.By, people.EditInput{Person: p, Details: people.Details{Name: "张三", BirthYear: 1950, Village: h.tree.Village.ID}})
			return err
		})
		peopletest.Add(t, e, h.tree, peopletest.Person{Name: "李四"})
		v = h.apply(h.clerk, v.ID)
		got := strings.Join(h.rows(h.clerk, v.ID), "|")
		if v.Applied != 0 || v.Refused != 2 || !strings.Contains(got, "fault_meanwhile") || !strings.Contains(got, "fault_added_meanwhile") {
			t.Errorf("%+v %s", v, got)
		}
	})
}

// An import is done with the rights that its account has when it is done.
func TestRightsAreThoseOfTheMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		v := h.check(h.clerk, "people", list(t))
		h.Do(t, func(tx *db.Tx) error {
			return tx.Exec("DELETE FROM grants WHERE account_id = ?", h.clerk.Account).Error
		})
		h.Do(t, func(tx *db.Tx) error { // asked for before the rights were taken away
			_, err := h.a.Apply(tx, h.clerk, imports.ApplyInput{ID: v.ID})
			return err
		})
		h.works()
		v = h.get(h.clerk, v.ID)
		if v.State != imports.Checked || v.Failure == "" || v.Applied != 0 || len(h.people()) != 0 {
			t.Errorf("%+v", v)
		}
		h.Do(t, func(tx *db.Tx) error {
			_, err := accounts.Grant(tx, orgtest.By, accounts.GrantInput{Account: h.clerk.Account, Role: access.Village, Unit: h.tree.Village.ID})
			return err
		})
		v = h.apply(h.clerk, v.ID)
		if v.State != imports.Applied || v.Applied != 3 || v.Refused != 1 { // one of the four lives in the other village
			t.Errorf("%+v %v", v, h.rows(h.clerk, v.ID))
		}
	})
}

// Each role brings in what is its own, and nobody sees another's import.
func TestRoles(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	mine, err := h.upload(h.clerk, "people", "a.csv", []byte("姓名,政治面貌\n张三,群众\n"))
	if err != nil {
		t.Fatal(err)
	}
	roles := accountstest.Everyone(t, e, h.tree)
	roles["visitor"] = access.Visitor()
	for role, by := range roles {
		may := !by.Visible(access.PeopleEdit).Empty()
		_, err := h.upload(by, "people", "a.csv", []byte("姓名,政治面貌,村\n李"+strings.Repeat("四", len(role)%3+1)+",群众,安石村\n"))
		want := map[bool]fail.Kind{true: "", false: fail.ForbiddenAct}[may]
		if role == "visitor" {
			want = fail.Unauthenticated
		}
		if got := fail.KindOf(err); got != want {
			t.Errorf("%s uploads: %v", role, err)
		}
		unseen := fail.Missing
		if role == "visitor" {
			unseen = fail.Unauthenticated
		}
		for what, op := range map[string]func(tx *db.Tx) error{
			"get":     func(tx *db.Tx) error { _, err := h.a.Get(tx, by, imports.GetInput{ID: mine.ID}); return err },
			"rows":    func(tx *db.Tx) error { _, err := h.a.Rows(tx, by, imports.RowsInput{ID: mine.ID}); return err },
			"columns": func(tx *db.Tx) error { _, err := h.a.Sheets(tx, by, imports.GetInput{ID: mine.ID}); return err },
			"results": func(tx *db.Tx) error { _, err := h.a.Results(tx, by, imports.GetInput{ID: mine.ID}); return err },
			"map":     func(tx *db.Tx) error { _, err := h.a.Map(tx, by, imports.MapInput{ID: mine.ID}); return err },
			"apply":   func(tx *db.Tx) error { _, err := h.a.Apply(tx, by, imports.ApplyInput{ID: mine.ID}); return err },
			"give up": func(tx *db.Tx) error { _, err := h.a.GiveUp(tx, by, imports.ApplyInput{ID: mine.ID}); return err },
		} {
			if err := e.Write(context.Background(), op); fail.KindOf(err) != unseen {
				t.Errorf("%s: %s: %v", role, what, err)
			}
		}
	}
}

// Files and rows go after thirty days; that there was an import stays.
func TestSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		done := h.apply(h.clerk, h.check(h.clerk, "people", list(t)).ID)
		open, err := h.upload(h.clerk, "people", "a.csv", []byte("姓名,政治面貌\n张三,群众\n"))
		if err != nil {
			t.Fatal(err)
		}
		sweep := func() (n int64) {
			h.Do(t, func(tx *db.Tx) (err error) {
				n, err = imports.SweepBefore(tx, tx.Now.Add(-imports.Keep))
				return err
			})
			return n
		}
		e.Clock.Add(imports.Keep - time.Minute)
		if n := sweep(); n != 0 {
			t.Errorf("%d too early", n)
		}
		e.Clock.Add(2 * time.Minute)
		if n := sweep(); n != 2 {
			t.Errorf("%d swept, want 2", n)
		}
		if n := sweep(); n != 0 {
			t.Errorf("%d swept again", n)
		}
		var left int
		e.See(t, func(tx *db.Tx) error {
			return tx.Raw("SELECT (SELECT COUNT(*) FROM import_files) + (SELECT COUNT(*) FROM import_rows) + (SELECT COUNT(*) FROM imports WHERE LENGTH(data) > 0)").Scan(&left).Error
		})
		if v := h.get(h.clerk, done.ID); left != 0 || v.State != imports.Applied || v.Applied != 4 {
			t.Errorf("%d left, %+v", left, v)
		}
		if v := h.get(h.clerk, open.ID); v.State != imports.GivenUp {
			t.Errorf("%+v", v)
		}
	})
}

// What lies in the database shows neither names nor numbers.
func TestSealed(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.check(h.clerk, "people", importstest.Workbook(t, importstest.Sheet{Name: "a", Rows: [][]any{
		{"姓名", "政治面貌", "村", "电话"}, {"欧阳罕见", "群众", "安石村", "13812345678"},
	}}))
	h.See(t, func(tx *db.Tx) error {
		var all [][]byte
		for _, q := range []string{"SELECT data FROM import_rows", "SELECT data FROM import_files", "SELECT data FROM imports", "SELECT CAST(mapping AS BLOB) FROM imports", "SELECT CAST(changed AS BLOB) FROM audit_rows"} {
			var some [][]byte
			if err := tx.Raw(q).Scan(&some).Error; err != nil {
				return err
			}
			all = append(all, some...)
		}
		for _, b := range all {
			if strings.Contains(string(b), "欧阳罕见") || strings.Contains(string(b), "13812345678") {
				t.Errorf("%.200s", b)
			}
		}
		return nil
	})
}

// Work that failed is taken up again by itself after the pause: nobody waits for the next look of the worker.
func TestAgainAfterThePause(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	v, err := h.upload(h.clerk, "people", "名单.xlsx", importstest.Workbook(t, importstest.Sheet{Name: "a", Rows: names(3)}))
	if err != nil {
		t.Fatal(err)
	}
	h.Do(t, func(tx *db.Tx) error {
		return tx.Exec("CREATE TRIGGER broken BEFORE INSERT ON import_rows BEGIN SELECT RAISE(ABORT, 'broken'); END").Error
	})
	if got := h.agree(h.clerk, v.ID, nil); got.State != imports.Mapped {
		t.Fatalf("with a broken database: %+v", got)
	}
	h.Do(t, func(tx *db.Tx) error { return tx.Exec("DROP TRIGGER broken").Error })
	begun := time.Now()
	h.work.Start()
	defer func() {
		if err := h.work.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	for h.get(h.clerk, v.ID).State != imports.Checked {
		if time.Since(begun) > 2*imports.Pause {
			t.Fatal("nobody went on")
		}
		runtime.Gosched()
	}
}

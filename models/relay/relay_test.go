package relay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/relay"
)

type fixture struct {
	*dbtest.Env
	attendancetest.School
	rolls *attendance.Area
	area  *relay.Area
	clerk access.Actor
}

func newFixture(t *testing.T, e *dbtest.Env) fixture {
	rolls := attendance.New()
	s := attendancetest.New(t, e, 3, 0)
	return fixture{e, s, rolls, relay.New(bytes.Repeat([]byte{5}, 32), rolls), attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})}
}

func (f fixture) key(t *testing.T, by access.Actor, device string) relay.Key {
	t.Helper()
	var k relay.Key
	f.Do(t, func(tx *db.Tx) (err error) {
		k, err = f.area.DeviceKey(tx, by, relay.KeyInput{Device: device})
		return err
	})
	return k
}

func (f fixture) text(t *testing.T, k relay.Key, in attendance.SubmitInput) string {
	t.Helper()
	body, err := json.Marshal(relay.Item{Session: in.Session, SubmitInput: in})
	if err != nil {
		t.Fatal(err)
	}
	code, err := relay.Seal(k, body)
	if err != nil {
		t.Fatal(err)
	}
	return "火塘代传 " + f.School.School.Name + " 到2人\n" + code + "."
}

func (f fixture) handIn(by access.Actor, text string) (relay.HandedIn, error) {
	var v relay.HandedIn
	err := f.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = f.area.HandIn(tx, by, relay.HandInInput{Text: text})
		return err
	})
	return v, err
}

func marks(s attendancetest.School) []attendance.MarkInput {
	return attendancetest.All(s.Members[:2], attendance.Present)
}

// The clerk pastes; the roll is the phone's word, and the phone gets the same receipt when it hands the item in itself, before or after.
func TestHandIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		f := newFixture(t, e)
		in := f.Item(marks(f.School)...)
		k := f.key(t, f.Host, in.Device)
		if again := f.key(t, f.Host, in.Device); again != k {
			t.Error("another key the second time")
		}
		text := f.text(t, k, in)
		v, err := f.handIn(f.clerk, text)
		if err != nil || len(v.Receipts) != 1 || v.Receipts[0].Present != 2 || v.Receipts[0].EnteredBy != f.clerk.Account {
			t.Fatalf("%+v %v", v, err)
		}
		later := attendancetest.MustSubmit(t, e, f.rolls, f.Host, in)
		same := cmpopts.EquateComparable(date.Date{})
		if d := cmp.Diff(v.Receipts[0], later, same); d != "" {
			t.Errorf("the phone gets another receipt: %s", d)
		}
		// broken by a messenger, and pasted by another clerk
		village := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Village, Path: f.Village.Path})
		torn := text[:len(text)/2] + "\n \u200b" + text[len(text)/2:] + "\n收到请回 OK"
		if again, err := f.handIn(village, torn); err != nil || cmp.Diff(v, again, same) != "" {
			t.Errorf("pasted twice: %+v %v", again, err)
		}
		e.See(t, func(tx *db.Tx) error {
			roll, err := attendance.Get(tx, f.Host, attendance.SessionInput{ID: in.Session})
			if roll.SubmittedBy != f.Host.Account || len(roll.Revisions) != 1 || roll.Revisions[0].EnteredBy != f.clerk.Account || roll.Revisions[0].Account != f.Host.Account {
				t.Errorf("%+v", roll)
			}
			acts, _ := db.Ask[struct {
				AccountID access.AccountID
				Act       string
			}](tx, "SELECT account_id, act FROM audit_rows WHERE act IN ('session.submit', 'session.relay') ORDER BY id")
			if len(acts) != 2 || acts[0].AccountID != f.Host.Account || acts[1].AccountID != f.clerk.Account {
				t.Errorf("audit %+v", acts)
			}
			return err
		})
		attendancetest.Sound(t, e)
	})
}

// Two codes in one text are two items.
func TestSeveralCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		f := newFixture(t, e)
		one := f.Item(marks(f.School)[:1]...)
		two := f.Item(marks(f.School)[1:]...)
		two.Device, two.Seq, two.BaseRevision, two.Why = one.Device, 2, 1, "漏了一个"
		k := f.key(t, f.Host, one.Device)
		v, err := f.handIn(f.clerk, f.text(t, k, one)+"\n"+f.text(t, k, two))
		if err != nil || len(v.Receipts) != 2 || v.Receipts[1].Present != 2 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

// What was changed on the way, comes from another key or names another device does not open; who may not relay learns nothing.
func TestHandInRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		f := newFixture(t, e)
		in := f.Item(marks(f.School)...)
		k := f.key(t, f.Host, in.Device)
		good := f.text(t, k, in)
		other := in
		other.Device = "phone-of-somebody"
		far := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: f.Township2.Path})
		flipped := func(at int) string {
			i := strings.Index(good, relay.Prefix) + len(relay.Prefix) + at
			c := byte('A')
			if good[i] == c {
				c = 'B'
			}
			return good[:i] + string(c) + good[i+1:]
		}
		for name, tc := range map[string]struct {
			by   access.Actor
			text string
			kind fail.Kind
		}{
			"nothing":            {f.clerk, "", fail.InvalidInput},
			"no code":            {f.clerk, "到18人", fail.InvalidInput},
			"too short":          {f.clerk, "HT1.AAAA.", fail.InvalidInput},
			"too long":           {f.clerk, good + strings.Repeat("长", relay.MostText), fail.InvalidInput},
			"too many":           {f.clerk, strings.Repeat(good+"\n", 1) + strings.Repeat("HT1.AAAA.", 21), fail.InvalidInput},
			"cut":                {f.clerk, good[:len(good)-9], fail.InvalidInput},
			"another format":     {f.clerk, flipped(0), fail.InvalidInput},
			"another key":        {f.clerk, flipped(4), fail.InvalidInput},
			"another nonce":      {f.clerk, flipped(16), fail.InvalidInput},
			"another text":       {f.clerk, flipped(60), fail.InvalidInput},
			"another device":     {f.clerk, f.text(t, k, other), fail.InvalidInput},
			"another township":   {far, good, fail.Missing},
			"the host himself":   {f.Host, good, fail.ForbiddenAct},
			"a visitor":          {access.Visitor(), good, fail.Unauthenticated},
			"who has no schools": {attendancetest.Seated(t, e, orgtest.Seat{Role: access.Trainee, Path: f.School.School.Path}), good, fail.ForbiddenAct},
		} {
			if _, err := f.handIn(tc.by, tc.text); fail.KindOf(err) != tc.kind {
				t.Errorf("%s: %v, want %s", name, err, tc.kind)
			}
		}
		if _, err := f.handIn(f.clerk, good); err != nil {
			t.Errorf("at last: %v", err)
		}
	})
}

// Whose phone may hand in nothing gets no key, and an account that was closed hands in nothing by its text.
func TestKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		f := newFixture(t, e)
		for name, tc := range map[string]struct {
			by     access.Actor
			device string
			kind   fail.Kind
		}{
			"a clerk":     {f.clerk, "phone", fail.ForbiddenAct},
			"a visitor":   {access.Visitor(), "phone", fail.Unauthenticated},
			"no device":   {f.Host, " ", fail.InvalidInput},
			"a long name": {f.Host, strings.Repeat("x", 65), fail.InvalidInput},
		} {
			err := e.Write(t.Context(), func(tx *db.Tx) error {
				_, err := f.area.DeviceKey(tx, tc.by, relay.KeyInput{Device: tc.device})
				return err
			})
			if fail.KindOf(err) != tc.kind {
				t.Errorf("%s: %v, want %s", name, err, tc.kind)
			}
		}
		in := f.Item(marks(f.School)...)
		text := f.text(t, f.key(t, f.Host, in.Device), in)
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE accounts SET disabled_at = ? WHERE id = ?", tx.Now, f.Host.Account).Error
		})
		if _, err := f.handIn(f.clerk, text); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("of a closed account: %v", err)
		}
	})
}

// No text makes the reader fail otherwise than by saying so.
func FuzzHandIn(f *testing.F) {
	f.Add("HT1.AXk3.")
	f.Add("HT1." + strings.Repeat("A", 80) + ".HT1.")
	e := dbtest.SQLite(f)
	area := relay.New(bytes.Repeat([]byte{5}, 32), attendance.New())
	clerk := orgtest.As(access.Township, "/a/x/")
	f.Fuzz(func(t *testing.T, text string) {
		err := e.Write(context.Background(), func(tx *db.Tx) error {
			_, err := area.HandIn(tx, clerk, relay.HandInInput{Text: text})
			return err
		})
		if fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("%q: %v", text, err)
		}
	})
}

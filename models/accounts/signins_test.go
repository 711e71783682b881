package accounts_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func TestSignIns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		other := accountstest.As(t, e, access.Head, org.SiteUnit(tree.Site.ID))
		keep := func(token string, account access.AccountID, data string) {
			e.Do(t, func(tx *db.Tx) error {
				return accounts.KeepSignIn(tx, accounts.SignIn{
					Token: token, Account: account, Data: []byte(data), Agent: "WeChat", ExpiresAt: dbtest.Start.Add(48 * time.Hour),
				})
			})
		}
		find := func(token string) (s accounts.SignIn, k fail.Kind) {
			k = fail.KindOf(e.Read(context.Background(), func(tx *db.Tx) (err error) { s, err = accounts.FindSignIn(tx, token); return err }))
			return s, k
		}
		list := func(who access.Actor) []accounts.SignInView {
			page, err := write(e, accounts.SignIns, who, accounts.SignInsInput{Token: "a"})
			if err != nil {
				t.Fatal(err)
			}
			return page.Items
		}
		keep("visitor", access.AccountID{}, "v")
		keep("a", by.Account, "\x00\xff")
		e.Clock.Add(time.Minute)
		keep("b", by.Account, "2")
		keep("c", other.Account, "3")
		keep("a", by.Account, "\x00\xfe")
		if s, k := find("a"); k != "" || !bytes.Equal(s.Data, []byte("\x00\xfe")) || s.Account != by.Account || s.Stale(dbtest.Start) {
			t.Errorf("%+v %s", s, k)
		}
		if s, k := find("visitor"); k != "" || !s.Account.IsZero() {
			t.Errorf("%+v %s", s, k)
		}
		mine := list(by)
		if len(mine) != 2 || mine[0].Current || !mine[1].Current || !mine[1].MadeAt.Equal(dbtest.Start) {
			t.Fatalf("%+v", mine)
		}
		for name, got := range map[string][2]fail.Kind{
			"another's":     {kind(e, accounts.EndSignIn, other, accounts.EndSignInInput{ID: mine[0].ID}), fail.Missing},
			"visitor":       {kind(e, accounts.EndSignIn, access.Visitor(), accounts.EndSignInInput{ID: mine[0].ID}), fail.Unauthenticated},
			"list, visitor": {kind(e, accounts.SignIns, access.Visitor(), accounts.SignInsInput{}), fail.Unauthenticated},
			"own":           {kind(e, accounts.EndSignIn, by, accounts.EndSignInInput{ID: mine[0].ID}), ""},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %q", name, got[0])
			}
		}
		keep("b", by.Account, "what a request under way stores afterwards")
		if _, k := find("b"); k != fail.Missing || len(list(by)) != 1 {
			t.Errorf("an ended sign-in came back: %q", k)
		}
		keep("d", by.Account, "4")
		if _, err := write(e, accounts.EndOthers, by, accounts.SignInsInput{Token: "a"}); err != nil {
			t.Error(err)
		}
		if l := list(by); len(l) != 1 || !l[0].Current || len(list(other)) != 1 {
			t.Errorf("%+v", l)
		}
		e.Clock.Set(dbtest.Start.Add(48 * time.Hour))
		if _, k := find("a"); k != fail.Missing {
			t.Errorf("expired: %q", k)
		}
	})
}

// Last-seen is written at most every five minutes, however often a sign-in is used.
func TestTouch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Do(t, func(tx *db.Tx) error {
			return accounts.KeepSignIn(tx, accounts.SignIn{Token: "a", Data: []byte{1}, ExpiresAt: tx.Now.Add(time.Hour)})
		})
		for _, step := range []struct {
			after time.Duration
			stale bool
			seen  time.Duration
		}{
			{4 * time.Minute, false, 0},
			{time.Minute, true, 5 * time.Minute},
			{time.Minute, false, 5 * time.Minute},
			{9 * time.Minute, true, 15 * time.Minute},
		} {
			e.Clock.Add(step.after)
			e.Do(t, func(tx *db.Tx) error {
				s, err := accounts.FindSignIn(tx, "a")
				if err != nil {
					return err
				}
				if s.Stale(tx.Now) != step.stale {
					t.Errorf("stale %v at %s", !step.stale, tx.Now)
				}
				return accounts.Touch(tx, "a")
			})
			e.See(t, func(tx *db.Tx) error {
				s, err := accounts.FindSignIn(tx, "a")
				if !s.SeenAt.Equal(dbtest.Start.Add(step.seen)) {
					t.Errorf("seen %s, want %s after the start", s.SeenAt, step.seen)
				}
				return err
			})
		}
	})
}

package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"huotang/models/db"
	"huotang/models/db/dbtest"
)

type event struct{ n int }

// Listeners hear in their order, in the unit of work, and one that fails takes it back; registered again, one hears once.
func TestTell(t *testing.T) {
	e := dbtest.SQLite(t)
	var heard []string
	hear := func(name string, fails bool) db.Listener {
		return func(_ *db.Tx, ev any) error {
			if _, ok := ev.(event); !ok {
				return nil
			}
			heard = append(heard, name)
			if fails {
				return errors.New(name)
			}
			return nil
		}
	}
	e.OnTold("a", hear("first", false))
	e.OnTold("b", hear("second", false))
	e.OnTold("a", hear("first again", false))
	tell := func() error {
		return e.Write(context.Background(), func(tx *db.Tx) error { return errors.Join(tx.Tell("nothing"), tx.Tell(event{1})) })
	}
	if err := tell(); err != nil || !slices.Equal(heard, []string{"first again", "second"}) {
		t.Errorf("%v %v", heard, err)
	}
	e.OnTold("b", hear("fails", true))
	if err := tell(); err == nil || err.Error() != "fails" {
		t.Errorf("%v", err)
	}
}

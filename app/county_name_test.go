package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// Two servers of one database show the county's name as it is, also when it was changed by the other; at the latest ten seconds after.
func TestCountyNameOnEveryReplica(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		other, err := db.Open(context.Background(), e.Conf, e.Clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = other.Close() })
		places := []*place{openPlace(t, e, nil), openOn(t, other, e.Clock.Now, false, nil)}
		header := func(h *place) string {
			resp, err := http.Get(h.URL() + "/about")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			page, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(page), "<header")
			head, _, _ := strings.Cut(rest, "</header>")
			return head
		}
		for i, h := range places {
			if !strings.Contains(header(h), tree.County.Name) {
				t.Fatalf("server %d: %s", i, header(h))
			}
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := org.Rename(tx, orgtest.By, org.RenameInput{ID: tree.County.ID, Name: "新庆县"})
			return err
		})
		e.Clock.Add(10 * time.Second)
		for i, h := range places {
			if !strings.Contains(header(h), "新庆县") {
				t.Errorf("server %d after the change: %s", i, header(h))
			}
		}
	})
}

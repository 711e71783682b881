package imports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/imports"
	"huotang/models/imports/importstest"
	"huotang/models/imports/tables"
	"huotang/models/lang"
)

// benchRows is a township's list.
const benchRows = 2000

// BenchmarkRead reads a workbook of 12,000 rows.
func BenchmarkRead(b *testing.B) {
	data := importstest.Workbook(b, importstest.Sheet{Name: "a", Rows: names(12000)})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := tables.Read("a.xlsx", data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPreview checks 2,000 rows and stores what was found.
func BenchmarkPreview(b *testing.B) {
	each(b, func(b *testing.B, e *dbtest.Env) {
		h := open(b, e)
		v, err := h.upload(h.clerk, "people", "a.xlsx", importstest.Workbook(b, importstest.Sheet{Name: "a", Rows: names(benchRows)}))
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		for b.Loop() {
			if v = h.agree(h.clerk, v.ID, nil); v.New != benchRows {
				b.Fatalf("%+v", v)
			}
		}
		perSecond(b, start)
	})
}

// previewLimit is how long a clerk waits for 12,000 rows with their faults.
const previewLimit = 5 * time.Second

// BenchmarkPreviewTownship checks a township's 12,000 rows with their faults, from the file to what is found of each row: s/preview, and
// x-limit over the five seconds that it may take. In turns with it the same file is read by the library alone and its cells are
// inserted in batches as they stand: x-bare is the time of the one over that of the other. cpu-s/preview is the processor time of ours and the
// database's, which other work on the machine stretches less.
func BenchmarkPreviewTownship(b *testing.B) {
	each(b, func(b *testing.B, e *dbtest.Env) {
		data := importstest.Workbook(b, importstest.Sheet{Name: "a", Rows: township()})
		h := open(b, e)
		var ours, bare, spent time.Duration
		for b.Loop() {
			start, used := time.Now(), e.CPU(b)
			if v := h.check(h.clerk, "people", data); v.Total != 12000 || v.Faulty != 120 {
				b.Fatalf("%+v", v)
			}
			ours += time.Since(start)
			b.StopTimer()
			spent += e.CPU(b) - used
			bare += h.bareRows(data)
			b.StartTimer()
		}
		b.ReportMetric(ours.Seconds()/float64(b.N), "s/preview")
		b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s/preview")
		b.ReportMetric(ours.Seconds()/float64(b.N)/previewLimit.Seconds(), "x-limit")
		b.ReportMetric(bare.Seconds()/float64(b.N), "s/bare")
		b.ReportMetric(ours.Seconds()/bare.Seconds(), "x-bare")
	})
}

// bareRows reads a workbook and inserts its rows as JSON, as little as can be done with it.
func (h *house) bareRows(data []byte) time.Duration {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) error {
		if err := tx.Exec("DROP TABLE IF EXISTS bare_rows").Error; err != nil {
			return err
		}
		return tx.Exec("CREATE TABLE bare_rows (id INTEGER PRIMARY KEY, cells TEXT NOT NULL)").Error
	})
	defer h.Do(h.t, func(tx *db.Tx) error { return tx.Exec("DROP TABLE bare_rows").Error })
	start := time.Now()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		h.t.Fatal(err)
	}
	cells, err := f.GetRows("a")
	if err != nil {
		h.t.Fatal(err)
	}
	h.Do(h.t, func(tx *db.Tx) error {
		rows := make([][]any, len(cells))
		for i, r := range cells {
			text, err := json.Marshal(r)
			if err != nil {
				return err
			}
			rows[i] = []any{i, string(text)}
		}
		return db.Bulk{Table: "bare_rows", Columns: []string{"id", "cells"}}.Fill(tx, rows)
	})
	return time.Since(start)
}

// BenchmarkApply brings 2,000 people in through the ops: matched, with standing, place, number, roster and their traces. In turns with it
// stand bare rows of the same persons, standings, places, roster places and traces, inserted in batches in as many units of work:
// x-bare is the time of the one over that of the other.
func BenchmarkApply(b *testing.B) {
	each(b, func(b *testing.B, e *dbtest.Env) {
		data := importstest.Workbook(b, importstest.Sheet{Name: "a", Rows: names(benchRows)})
		h := open(b, e)
		var ours, bare time.Duration
		for b.Loop() {
			b.StopTimer()
			h.empty()
			v := h.check(h.clerk, "people", data)
			b.StartTimer()
			start := time.Now()
			if v = h.apply(h.clerk, v.ID); v.Applied != benchRows {
				b.Fatalf("%+v", v)
			}
			ours += time.Since(start)
			b.StopTimer()
			h.empty()
			start = time.Now()
			for from := 0; from < benchRows; from += imports.AppliedAtOnce {
				h.Do(b, func(tx *db.Tx) error { return h.bare(tx, from, imports.AppliedAtOnce) })
			}
			bare += time.Since(start)
			b.StartTimer()
		}
		b.ReportMetric(float64(b.N*benchRows)/ours.Seconds(), "rows/s")
		b.ReportMetric(float64(b.N*benchRows)/bare.Seconds(), "bare-rows/s")
		b.ReportMetric(ours.Seconds()/bare.Seconds(), "x-bare")
	})
}

func perSecond(b *testing.B, start time.Time) {
	b.ReportMetric(float64(b.N*benchRows)/time.Since(start).Seconds(), "rows/s")
}

// each runs a benchmark on SQLite, and on MySQL where there is one.
func each(b *testing.B, fn func(b *testing.B, e *dbtest.Env)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, dbtest.SQLite(b)) })
	b.Run("mysql", func(b *testing.B) { fn(b, dbtest.Server(b, "mysql")) })
}

// empty takes all people away.
func (h *house) empty() {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) error {
		for _, table := range []string{"rosters", "standings", "affiliations", "persons"} {
			if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) bare(tx *db.Tx, from, n int) error {
	type rows = [][]any
	var persons, standings, places, rosters, traces rows
	for i := from; i < from+n; i++ {
		who, name := id.New[house](), fmt.Sprintf("甲乙%05d", i)
		persons = append(persons, []any{who, name, lang.SearchKey("甲乙丙"), "male", 1960, h.tree.Village.ID, h.tree.Branch.ID, false, tx.Now, tx.Now, []byte("sealed, as long as a number is when sealed"), name})
		standings = append(standings, []any{who, tx.Today(), "full"})
		places = append(places, []any{who, tx.Today(), h.tree.Village.ID, h.tree.Branch.ID})
		rosters = append(rosters, []any{id.New[house](), h.tree.Site.ID, who, tx.Today()})
		for range 3 {
			traces = append(traces, []any{tx.Now, "person.add", "person", who.String(), `[{"field":"name"}]`, "", ""})
		}
	}
	for _, t := range []struct {
		table, columns string
		rows           rows
	}{
		{"persons", "id name search_key gender birth_year village_id branch_id mobile made_at changed_at phone phone_index", persons},
		{"standings", "person_id since standing", standings},
		{"affiliations", "person_id since village_id branch_id", places},
		{"rosters", "id site_id person_id since", rosters},
		{"audit_rows", "at act object object_id changed request_id system", traces},
	} {
		if err := (db.Bulk{Table: t.table, Columns: strings.Fields(t.columns)}).Fill(tx, t.rows); err != nil {
			return err
		}
	}
	return nil
}

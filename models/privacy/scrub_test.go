package privacy_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/imports"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/reports/reportstest"
)

type anything struct{}

func fresh() id.ID[anything] { return id.Random[anything]() }

// texts is a county in whose every free text somebody can be named.
type texts struct {
	*reportstest.County
	county access.Actor
	lists  *imports.Area
	clerk  access.Actor
}

func newTexts(t *testing.T, e *dbtest.Env) texts {
	t.Helper()
	w := reportstest.New(t, e)
	w.History(t)
	ring := peopletest.Ring(t)
	return texts{w, accountstest.As(t, e, access.County, w.County.ID), imports.New(ring, people.New(ring)), accountstest.As(t, e, access.Township, w.Township.ID)}
}

func (w texts) rename(t *testing.T, person access.PersonID, name string) {
	t.Helper()
	w.Env.Do(t, func(tx *db.Tx) error {
		v, err := people.Get(tx, w.county, people.GetInput{ID: person})
		if err == nil {
			_, err = people.Edit(tx, w.county, people.EditInput{Person: person, Details: people.Details{Name: name, Village: v.VillageID}})
		}
		return err
	})
}

// tell lets people write of the name at a school, and everywhere where no school is.
func (w texts) tell(t *testing.T, school org.School, name string) {
	t.Helper()
	said, at := "听"+name+"说的", "2026-11-20 03:00:00.000"
	handover, household, course, lesson, curriculum, called := fresh(), fresh(), fresh(), fresh(), fresh(), fresh()
	session := "(SELECT id FROM sessions WHERE site_id = ? ORDER BY id LIMIT 1)"
	lists := "INSERT INTO imports (id, account_id, kind, state, file_name, format, bytes, data, mapping, total, done, fresh, changed, unchanged, faulty, " +
		"skipped, applied, refused, failure, attempts, fence, made_at, changed_at) VALUES (?, ?, 'people', 'applied', ?, 'csv', 1, '', '[]', 1, 1, 1, 0, 0, 0, 0, 1, 0, '', 0, 0, ?, ?)"
	w.Env.Do(t, func(tx *db.Tx) error {
		for _, s := range []struct {
			query string
			args  []any
		}{
			{"UPDATE sessions SET place = ?, chair = ?, recorder = ? WHERE site_id = ?", []any{said, name + "、李四", name, school.ID}},
			{"INSERT INTO guests (id, session_id, place, name, at) VALUES (?, " + session + ", 9, ?, ?)", []any{fresh(), school.ID, name, at}},
			{
				"INSERT INTO mark_changes (session_id, person_id, revision, before_state, after_state, before_reason, after_reason, why, happened_at, recorded_at, received_at, device, seq) " +
					"VALUES (" + session + ", ?, 2, 'absent', 'present', '', '', ?, ?, ?, ?, '', 1)",
				[]any{school.ID, w.Members[w.Far.ID][1], said, at, at, at},
			},
			{"UPDATE roll_items SET why = ? WHERE session_id IN (SELECT id FROM sessions WHERE site_id = ?)", []any{said, school.ID}},
			{
				"INSERT INTO roll_corrections (id, site_id, session_id, input, why, state, asked_at, answer, revision) VALUES (?, ?, " + session + ", ?, ?, 'asked', ?, ?, 0)",
				[]any{fresh(), school.ID, school.ID, `{"submit":{"guests":["` + said + `"]}}`, said, at, said},
			},
			{"INSERT INTO handovers (id, site_id, on_day, address_before, address_after, note, made_at) VALUES (?, ?, '2026-11-01', ?, ?, ?, ?)", []any{handover, school.ID, name + "家", said, said, at}},
			{"INSERT INTO handover_items (handover_id, place, kind, quantity, state, note, was_note) VALUES (?, 1, 'television', 1, 'handed', ?, ?)", []any{handover, said, said}},
			{"INSERT INTO site_items (site_id, kind, quantity, state, note) VALUES (?, 'television', 1, 'good', ?)", []any{school.ID, said}},
			{
				"INSERT INTO activity_days (id, site_id, `month`, nth, planned_on, ruled_on, shift, state, reason, note, session_id, made_at, changed_at) " +
					"VALUES (?, ?, '2026-01', 9, '2026-01-09', '2026-01-09', '', 'not_held', 'power', ?, ?, ?, ?)",
				[]any{called, school.ID, said, fresh(), at, at},
			},
			{"INSERT INTO period_exceptions (site_id, `month`, on_time_until, locked_after, reason, given_at) VALUES (?, '2026-01', '2026-02-05', '2026-02-10', ?, ?)", []any{school.ID, said, at}},
			{"INSERT INTO cancellations (id, activity_day_id, reason, note, state, asked_at, answer) VALUES (?, ?, 'power', ?, 'refused', ?, ?)", []any{fresh(), called, said, at, said}},
			{"UPDATE sites SET address = ?, equipment = ? WHERE id = ?", []any{name + "家", said, school.ID}},
			{"INSERT INTO licence_events (id, site_id, state, on_day, number, note, at) VALUES (?, ?, 'licensed', '2026-01-01', '', ?, ?)", []any{fresh(), school.ID, said, at}},
			{"INSERT INTO households (id, village_id, code, name, search_key, made_at) VALUES (?, ?, '1', ?, ?, ?)", []any{household, w.Village.ID, name + "户", name + "户", at}},
			{"UPDATE accounts SET name = ? WHERE person_id IS NULL AND id = ?", []any{said, w.county.Account}},
			{"INSERT INTO exemptions (person_id, since, approved_by) VALUES (?, '2026-01-01', ?)", []any{w.Members[w.Far.ID][1], said}},
			{"INSERT INTO correction_requests (id, person_id, body, made_at, state, answer) VALUES (?, ?, ?, ?, 'done', ?)", []any{fresh(), w.Members[w.Far.ID][1], said, at, said}},
			{"INSERT INTO feedback (id, code, page, body, made_at, answer, text_hidden, revision) VALUES (?, ?, '', ?, ?, ?, ?, 1)", []any{fresh(), fresh().String()[:8], said, at, said, false}},
			{"INSERT INTO notices (id, unit_id, title, body, published_on, made_at, changed_at, revision) VALUES (?, ?, ?, ?, '2026-11-01', ?, ?, 1)", []any{fresh(), w.County.County.ID, said, said, at, at}},
			{
				"INSERT INTO courses (id, unit_id, task, title, summary, lecturer, search_key, author_id, is_public, made_at, changed_at, revision) VALUES (?, ?, 'theory', '茶', ?, ?, ?, ?, ?, ?, ?, 1)",
				[]any{course, w.County.County.ID, said, name + "、李四", name + " duguwuming", w.county.Account, false, at, at},
			},
			{
				"INSERT INTO lessons (id, course_id, place, title, search_key, medium, minutes, language, material, revision, reviewed_revision, review_note, made_at, changed_at) VALUES (?, ?, 1, '茶', '', 'talk', 40, '', ?, 1, 0, ?, ?, ?)",
				[]any{lesson, course, said, said, at, at},
			},
			{
				"INSERT INTO curricula (id, unit_id, title, `year`, version, author_id, made_at, changed_at, revision) VALUES (?, ?, '安排', 2026, 1, ?, ?, ?, 1)",
				[]any{curriculum, w.County.County.ID, w.county.Account, at, at},
			},
			{"INSERT INTO curriculum_versions (curriculum_id, version, published_at, published_by, note) VALUES (?, 1, ?, ?, ?)", []any{curriculum, at, w.county.Account, said}},
			{
				"INSERT INTO videos (id, lesson_id, state, object_key, name, bytes, duration_ms, width, height, codecs, account_id, failure, made_at) VALUES (?, ?, 'failed', '', ?, 1, 0, 0, 0, '', ?, '', ?)",
				[]any{fresh(), lesson, said, w.county.Account, at},
			},
			{lists, []any{fresh(), w.clerk.Account, said, at, at}},
			{"INSERT INTO form_keys (account_id, form_id, op, hash, answer, made_at) VALUES (?, ?, 'x', '', ?, ?)", []any{w.clerk.Account, fresh(), `{"name":"` + name + `"}`, at}},
		} {
			if err := tx.Exec(s.query, s.args...).Error; err != nil {
				return fmt.Errorf("%s: %w", s.query, err)
			}
		}
		return nil
	})
}

func (w texts) upload(t *testing.T, by access.Actor, text string) imports.ImportID {
	t.Helper()
	f, err := w.lists.Read(context.Background(), "people", "a.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var v imports.View
	w.Env.Do(t, func(tx *db.Tx) (err error) {
		v, err = w.lists.Upload(tx, by, f)
		return err
	})
	return v.ID
}

func (w texts) eraseAll(t *testing.T, person access.PersonID, name string) {
	t.Helper()
	w.Env.Do(t, func(tx *db.Tx) error {
		_, err := privacy.AskErasure(tx, w.county, privacy.AskErasureInput{Person: person, Basis: privacy.OwnWish, Name: name})
		return err
	})
	w.Env.Clock.Add(8 * 24 * time.Hour)
	erase(t, w.Env, 1)
}

// Wherever people can write, the name of one who is erased is gone, and the rest of what they wrote stays.
func TestNoTextNamesTheErased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newTexts(t, e)
		who, name := w.Members[w.Site.ID][1], "独孤无名"
		w.rename(t, who, name)
		w.tell(t, w.Far, name)
		held := holding(t, e, name)
		for _, column := range append(privacy.FreeTexts(), "form_keys.answer", "courses.lecturer") {
			if !slices.Contains(held, column) {
				t.Errorf("the test names nobody in %s", column)
			}
		}
		mine := w.upload(t, w.clerk, "姓名,政治面貌\n独孤 无名,群众\n")
		others := w.upload(t, w.clerk, "姓名,政治面貌\n张三,群众\n")
		afar := w.upload(t, accountstest.As(t, e, access.Township, w.Township2.ID), "姓名,政治面貌\n独孤无名,群众\n")
		w.eraseAll(t, who, name)
		for _, word := range []string{name, "duguwuming"} {
			if found := holding(t, e, word); len(found) > 0 {
				t.Errorf("%s still stands in %v", word, found)
			}
		}
		if found := holding(t, e, "听某人说的"); len(found) < 15 {
			t.Errorf("what else was written is gone, too: %v", found)
		}
		e.See(t, func(tx *db.Tx) error {
			kept, err := db.Ask[imports.ImportID](tx, "SELECT import_id FROM import_files")
			if slices.Contains(kept, mine) || !slices.Contains(kept, others) || !slices.Contains(kept, afar) {
				t.Errorf("lists that are kept: %v; of the person %s, of others %s, of another township %s", kept, mine, others, afar)
			}
			lecturer, err2 := db.Ask[string](tx, "SELECT lecturer FROM courses WHERE title = '茶'")
			if lecturer[0] != "某人、李四" {
				t.Errorf("the lecturers are %q", lecturer)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

// Where somebody else's name holds the characters, nobody can say who is meant: only what was written at schools to which just
// the erased one belonged is changed.
func TestNamesakesStayNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newTexts(t, e)
		who, name := w.Members[w.Site.ID][1], "王芳"
		w.rename(t, who, name)
		w.rename(t, w.Members[w.Far.ID][1], "王芳芳")
		w.tell(t, w.Far, name)
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE sessions SET chair = ?, place = ? WHERE site_id = ?", name, name+"家", w.Site.ID).Error
		})
		var seen privacy.EraseView
		e.See(t, func(tx *db.Tx) (err error) {
			seen, err = privacy.Erasure(tx, w.county, privacy.PersonInput{Person: who})
			return err
		})
		if !seen.Namesake {
			t.Error("the page does not tell of the namesake")
		}
		before := holding(t, e, name)
		w.eraseAll(t, who, name)
		after := holding(t, e, name)
		for _, column := range before {
			if !slices.Contains(after, column) && column != "form_keys.answer" {
				t.Errorf("%s has lost the name of another", column)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM sessions WHERE site_id = ? AND (INSTR(chair, ?) > 0 OR INSTR(place, ?) > 0)", w.Site.ID, name, name)
			if n[0] != 0 {
				t.Errorf("%d sessions of the own school still name the erased one", n[0])
			}
			other, err2 := people.Get(tx, w.county, people.GetInput{ID: w.Members[w.Far.ID][1]})
			if other.Name != "王芳芳" {
				t.Errorf("the other is called %s", other.Name)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

// Taken back within its days, an erasure leaves everything as it was: the name, the number, the account that was closed for it.
func TestUndoneErasureGivesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newTexts(t, e)
		who := w.Members[w.Site.ID][1]
		w.rename(t, who, "独孤无名")
		e.Do(t, func(tx *db.Tx) error {
			_, err := peopletest.Area(t).SetPhone(tx, w.county, people.SetPhoneInput{Person: who, Phone: "13987654321"})
			return err
		})
		open := accountstest.Of(t, e, who, access.Host, org.SiteUnit(w.Site.ID))
		rows := func() string {
			var out string
			e.See(t, func(tx *db.Tx) error {
				for _, q := range []string{
					"SELECT name, search_key, gender, birth_year, HEX(phone) AS phone, phone_index, gone_on FROM persons WHERE id = ?",
					"SELECT username, name, secret, disabled_at, HEX(open_person_id) AS open_person FROM accounts WHERE person_id = ?",
					"SELECT HEX(site_id) AS site, since, `until`, list FROM (SELECT site_id, since, `until`, '' AS list FROM rosters WHERE person_id = ?) r",
					"SELECT g.role, g.expires_at FROM grants g JOIN accounts a ON a.id = g.account_id WHERE a.person_id = ?",
				} {
					found := []map[string]any{}
					if err := tx.Raw(q, who).Scan(&found).Error; err != nil {
						return err
					}
					out += fmt.Sprintln(found)
				}
				return nil
			})
			return out
		}
		before := rows()
		ask := func() {
			e.Do(t, func(tx *db.Tx) error {
				_, err := privacy.AskErasure(tx, w.county, privacy.AskErasureInput{Person: who, Basis: privacy.OwnWish, Name: "独孤无名"})
				return err
			})
		}
		undo := func() {
			e.Do(t, func(tx *db.Tx) error {
				_, err := privacy.UndoErasure(tx, w.county, privacy.PersonInput{Person: who})
				return err
			})
		}
		ask()
		if _, _, err := actor(e, open.Account); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("the account is still open: %v", err)
		}
		e.Clock.Add(6 * 24 * time.Hour)
		erase(t, e, 0)
		undo()
		if after := rows(); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		if _, _, err := actor(e, open.Account); err != nil {
			t.Errorf("the account stays closed: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error { // closed for another reason: it stays
			_, err := accounts.SetDisabled(tx, w.county, accounts.SetDisabledInput{ID: open.Account, Disabled: true})
			return err
		})
		e.Clock.Add(time.Minute)
		ask()
		undo()
		if _, _, err := actor(e, open.Account); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("undoing opened an account that had been closed before: %v", err)
		}
	})
}

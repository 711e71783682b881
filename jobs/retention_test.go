package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/runs"
)

type anything struct{}

// kept is a county with one person, one account and one lesson, into which rows of every kind are laid.
type kept struct {
	*dbtest.Env
	attendancetest.School
	county access.Actor
	owner  access.Actor
	person people.PersonID
	lesson courses.LessonID
	held   attendance.SessionID
}

func keep(t *testing.T, e *dbtest.Env) kept {
	t.Helper()
	s := attendancetest.New(t, e, 3, 0)
	k := kept{Env: e, School: s, county: accountstest.As(t, e, access.County, s.County.ID), person: s.Members[1], lesson: s.Lessons[0]}
	k.owner = accountstest.Of(t, e, s.Members[2], access.Host, org.SiteUnit(s.Site.ID))
	k.held = s.Open(t, e, attendance.New()).ID
	return k
}

// row is one of a kind, with what is laid by a query: "?at" stands for its time, the other marks for args.
type row struct {
	count string // of the rows that are there
	lay   string
	args  func(k kept, n string) []any
}

func fresh() id.ID[anything] { return id.Random[anything]() }

// rowsOf says how a row of each kind comes to be, and how those that are left are counted.
var rowsOf = map[privacy.Kind]row{
	"sign_in_failures": {
		"SELECT COUNT(*) FROM sign_in_failures", "INSERT INTO sign_in_failures (last_at, username, address, failures) VALUES (?, ?, '1', 1)",
		func(_ kept, n string) []any { return []any{n} },
	},
	"sign_ins": {
		"SELECT COUNT(*) FROM sign_ins", "INSERT INTO sign_ins (expires_at, made_at, seen_at, token, id, account_id, data, agent) VALUES (?, '2020-01-01 00:00:00.000', '2020-01-01 00:00:00.000', ?, ?, ?, '', '')",
		func(k kept, n string) []any { return []any{n, fresh(), k.owner.Account} },
	},
	"codes": {
		"SELECT COUNT(*) FROM setup_codes", "INSERT INTO setup_codes (expires_at, made_at, hash, purpose) VALUES (?, '2020-01-01 00:00:00.000', ?, 'test')",
		func(_ kept, n string) []any { return []any{n} },
	},
	"forms": {
		"SELECT COUNT(*) FROM form_keys", "INSERT INTO form_keys (made_at, account_id, form_id, op, hash, answer) VALUES (?, ?, ?, 'x', '', '')",
		func(k kept, _ string) []any { return []any{k.owner.Account, fresh()} },
	},
	"devices": {
		"SELECT COUNT(*) FROM devices", "INSERT INTO devices (used_at, device, account_id) VALUES (?, ?, ?)",
		func(k kept, n string) []any { return []any{n, k.owner.Account} },
	},
	"job_runs": {
		"SELECT COUNT(*) FROM job_runs WHERE job = 'test'",
		"INSERT INTO job_runs (finished_at, id, job, due_at, by_hand, state, host, fence, started_at, summary, failure) VALUES (?, ?, 'test', '2020-01-01 00:00:00.000', ?, 'finished', '', 1, '2020-01-01 00:00:00.000', '', '')",
		func(_ kept, n string) []any { return []any{fresh(), n == "young"} },
	},
	"imports": {
		"SELECT COUNT(*) FROM import_files", "", nil, // laid by hand: two rows
	},
	"receipts": {
		"SELECT COUNT(*) FROM roll_items", "INSERT INTO roll_items (received_at, device, seq, session_id, hash, revision, why, receipt) VALUES (?, ?, 1, ?, '', 1, '', '')",
		func(_ kept, n string) []any { return []any{n, fresh()} },
	},
	"watches": {
		"SELECT COUNT(*) FROM watches", "INSERT INTO watches (changed_at, account_id, lesson_id, position_ms) VALUES (?, ?, ?, 1)",
		func(k kept, n string) []any {
			if n == "young" {
				return []any{k.county.Account, k.lesson}
			}
			return []any{k.owner.Account, k.lesson}
		},
	},
	"pictures": {
		"SELECT COUNT(*) FROM session_photos WHERE state = 'ready'",
		"INSERT INTO session_photos (made_at, id, kind, state, object_key, hash, bytes, width, height, account_id) VALUES (?, ?, 'photo', 'ready', 'x', '', 1, 1, 1, ?)",
		func(k kept, _ string) []any { return []any{fresh(), k.owner.Account} },
	},
	"messages": {
		"SELECT COUNT(*) FROM messages", "INSERT INTO messages (made_at, id, account_id, kind, object, object_id, sequence, unit_id, facts) VALUES (?, ?, ?, 'test', 'test', ?, 1, ?, '{}')",
		func(k kept, _ string) []any { return []any{fresh(), k.owner.Account, fresh(), k.County.ID} },
	},
	"outbox": {
		"SELECT COUNT(*) FROM outbox_rows", "INSERT INTO outbox_rows (done_at, id, kind, payload, made_at, due_at, attempts, claimed_by, failure) VALUES (?, ?, 'test', '{}', '2020-01-01 00:00:00.000', '2020-01-01 00:00:00.000', 1, '', '')",
		func(kept, string) []any { return []any{fresh()} },
	},
	"guests": {
		"SELECT COUNT(*) FROM guests WHERE name LIKE '客%'", "INSERT INTO guests (at, id, session_id, place, name) VALUES (?, ?, ?, 1, '客人')",
		func(k kept, _ string) []any { return []any{fresh(), k.held} },
	},
	"reasons": {
		"SELECT COUNT(*) FROM mark_changes WHERE why <> ''",
		"INSERT INTO mark_changes (received_at, session_id, person_id, revision, before_state, after_state, before_reason, after_reason, why, happened_at, recorded_at, device, seq) " +
			"VALUES (?, ?, ?, 1, 'absent', 'present', '', '', 'x', '2020-01-01 00:00:00.000', '2020-01-01 00:00:00.000', 'x', 1)",
		func(k kept, _ string) []any { return []any{k.held, k.person} },
	},
	"agreements": {
		"SELECT COUNT(*) FROM roll_corrections WHERE why <> '' AND answer <> ''",
		"INSERT INTO roll_corrections (decided_at, id, site_id, session_id, input, why, state, asked_at, answer, revision) " +
			"VALUES (?, ?, ?, ?, '', 'x', 'declined', '2020-01-01 00:00:00.000', 'x', 0)",
		func(k kept, _ string) []any { return []any{fresh(), k.Site.ID, k.held} },
	},
	"handovers": {
		"SELECT COUNT(*) FROM handovers WHERE note <> ''",
		"INSERT INTO handovers (made_at, id, site_id, on_day, address_before, address_after, note) VALUES (?, ?, ?, '2020-01-01', '', '', 'x')",
		func(k kept, _ string) []any { return []any{fresh(), k.Site.ID} },
	},
	"feedback": {
		"SELECT COUNT(*) FROM feedback", "INSERT INTO feedback (answered_at, id, code, page, body, made_at, answer, text_hidden, revision) VALUES (?, ?, ?, '', 'x', '2020-01-01 00:00:00.000', 'x', ?, 1)",
		func(_ kept, n string) []any { return []any{fresh(), n, false} },
	},
	"corrections": {
		"SELECT COUNT(*) FROM correction_requests", "INSERT INTO correction_requests (decided_at, id, person_id, body, made_at, state, answer) VALUES (?, ?, ?, 'x', '2020-01-01 00:00:00.000', 'done', '')",
		func(k kept, _ string) []any { return []any{fresh(), k.person} },
	},
	"audit": {
		"SELECT COUNT(*) FROM audit_rows WHERE act = 'test'", "INSERT INTO audit_rows (at, `system`, act, object, object_id, changed, request_id) VALUES (?, '', 'test', '', '', '[]', '')",
		func(kept, string) []any { return nil },
	},
	"reports": {
		"SELECT COUNT(*) FROM retention_reports WHERE kind = 'test'", "INSERT INTO retention_reports (at, kind, days, older_than, dropped) VALUES (?, 'test', 1, '2020-01-01 00:00:00.000', 1)",
		func(kept, string) []any { return nil },
	},
}

// lay makes a row of every kind that is as many days old as the kind is kept, and some.
func (k kept) lay(t *testing.T, n string, than int) {
	t.Helper()
	k.Do(t, func(tx *db.Tx) error {
		all, err := privacy.Retention(tx, k.county, privacy.RetentionInput{})
		for _, v := range all.Items {
			if err != nil {
				break
			}
			at := tx.Today().AddDays(-v.Days-than).At(0, 30).UTC()
			r, ok := rowsOf[v.Kind]
			switch {
			case v.Propose: // the county decides; nothing goes by itself
			case !ok:
				t.Errorf("%s: no row to try it with", v.Kind)
			case v.Kind == "imports":
				err = k.upload(tx, at)
			default:
				err = tx.Exec(r.lay, append([]any{at}, r.args(k, n)...)...).Error
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", v.Kind, err)
			}
		}
		return err
	})
}

func (k kept) upload(tx *db.Tx, at time.Time) error {
	list := fresh()
	err := tx.Exec("INSERT INTO imports (id, account_id, kind, state, file_name, format, bytes, data, mapping, total, done, fresh, changed, unchanged, faulty, "+
		"skipped, applied, refused, failure, attempts, fence, made_at, changed_at) VALUES (?, ?, 'people', 'applied', '张三.csv', 'csv', 1, 'x', '{}', "+
		"1, 1, 1, 0, 0, 0, 0, 1, 0, '', 0, 0, ?, ?)", list, k.owner.Account, at, at).Error
	if err == nil {
		err = tx.Exec("INSERT INTO import_files (import_id, data, made_at) VALUES (?, 'x', ?)", list, at).Error
	}
	return err
}

func lastRun(t *testing.T, e *dbtest.Env, job string) runs.View {
	t.Helper()
	for _, r := range history(t, e) {
		if r.Job == job {
			return r
		}
	}
	t.Fatal(job + " never ran")
	return runs.View{}
}

// left counts what is there of each kind.
func (k kept) left(t *testing.T) map[privacy.Kind]int {
	t.Helper()
	out := map[privacy.Kind]int{}
	k.See(t, func(tx *db.Tx) error {
		for kind, r := range rowsOf {
			n, err := db.Ask[int](tx, r.count)
			if err != nil {
				return err
			}
			out[kind] = n[0]
		}
		return nil
	})
	return out
}

// reports sums what the reports say was dropped.
func (k kept) reports(t *testing.T) map[privacy.Kind]int {
	t.Helper()
	out := map[privacy.Kind]int{}
	k.See(t, func(tx *db.Tx) error {
		page, err := privacy.Reports(tx, k.county, privacy.ReportsInput{})
		for _, r := range page.Items {
			out[r.Kind] += r.Dropped
		}
		return err
	})
	delete(out, "test")
	return out
}

// Of each kind the job drops what is a day over its time, leaves what has a day to go, and says in its reports how many went.
func TestRetentionDropsWhatIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(local(23, 3, 0))
		k := keep(t, e)
		before := k.left(t)
		k.lay(t, "old", 1)
		k.lay(t, "young", 0)
		s := replica(t, e, "a", jobs.Retention(privacy.New(peopletest.Ring(t))))
		s.Tick()
		run := lastRun(t, e, "retention")
		if run.State != runs.Finished {
			t.Fatal(run.Failure)
		}
		said := k.reports(t)
		for kind, n := range k.left(t) {
			if n != before[kind]+1 {
				t.Errorf("%s: %d rows, want the young one beside %d", kind, n, before[kind])
			}
			if said[kind] != 1 || !strings.Contains(run.Summary, string(kind)+" 1") {
				t.Errorf("%s: the reports say %d, the run %q", kind, said[kind], run.Summary)
			}
		}
		e.Clock.Add(time.Minute)
		s.Tick() // not due again
		e.Clock.Set(local(23, 3, 0).Add(24 * time.Hour))
		s.Tick()
		for kind, n := range k.left(t) {
			if n != before[kind] {
				t.Errorf("%s: the young one was not dropped a day later: %d", kind, n)
			}
		}
		e.Clock.Add(24 * time.Hour)
		s.Tick()
		if run := lastRun(t, e, "retention"); run.Summary != "erased 0" {
			t.Errorf("a run with nothing to do: %q", run.Summary)
		}
	})
}

// What the county sets is what the job goes by; every batch is told, and a run that was cut off is finished by the next one.
func TestRetentionGoesByTheSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(local(23, 3, 0))
		k := keep(t, e)
		const many = 2300
		e.Do(t, func(tx *db.Tx) error {
			if _, err := privacy.SetRetention(tx, k.county, privacy.SetRetentionInput{Kind: "sign_in_failures", Days: 60}); err != nil {
				return err
			}
			_, err := privacy.SetRetention(tx, k.county, privacy.SetRetentionInput{Kind: "codes", Days: 2})
			return err
		})
		lay := func(kind privacy.Kind, n int, on date.Date) {
			e.Do(t, func(tx *db.Tx) error {
				for i := range n {
					r := rowsOf[kind]
					if err := tx.Exec(r.lay, append([]any{on.At(1, 0).UTC()}, r.args(k, fmt.Sprint(i))...)...).Error; err != nil {
						return err
					}
				}
				return nil
			})
		}
		today := date.Of(e.Clock.Now())
		lay("sign_in_failures", 3, today.AddDays(-59))
		lay("codes", many, today.AddDays(-3))
		cut := jobs.Retention(privacy.New(peopletest.Ring(t)))
		whole := cut.Run
		cut.Run = func(ctx context.Context, r *jobs.Run) (string, error) {
			err := r.Write(ctx, func(tx *db.Tx, by access.Actor) error {
				n, more, err := privacy.Drop(tx, "codes")
				if n != 1000 || !more || err != nil {
					return errors.Join(err, fmt.Errorf("a batch of %d, more %t", n, more))
				}
				return privacy.NoteDropped(tx, by, "codes", n)
			})
			return "", errors.Join(errors.New("cut off"), err)
		}
		s := replica(t, e, "a", cut)
		s.Tick()
		if got := k.reports(t); got["codes"] != 1000 || k.left(t)["codes"] != many-1000 {
			t.Errorf("after the first batch the reports say %v, %d are left: %s", got, k.left(t)["codes"], lastRun(t, e, "retention").Failure)
		}
		e.Clock.Add(24 * time.Hour)
		cut.Run = whole
		replica(t, e, "b", cut).Tick()
		if got := k.reports(t); got["codes"] != many || got["sign_in_failures"] != 0 {
			t.Errorf("the reports say %v", got)
		}
		if left := k.left(t); left["codes"] != 0 || left["sign_in_failures"] != 3 {
			t.Errorf("left %v", left)
		}
	})
}

// The job erases who waits for it, and one who left office is signed in no more.
func TestTheNightErasesAndCloses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(local(23, 3, 0))
		k := keep(t, e)
		e.Do(t, func(tx *db.Tx) error {
			p, err := people.Get(tx, k.county, people.GetInput{ID: k.person})
			if err == nil {
				_, err = privacy.AskErasure(tx, k.county, privacy.AskErasureInput{Person: k.person, Basis: privacy.OwnWish, Name: p.Name})
			}
			if err == nil {
				_, err = accounts.Leave(tx, k.county, accounts.LeaveInput{ID: k.owner.Account, On: tx.Today().AddDays(1)})
			}
			return err
		})
		s := replica(t, e, "a", jobs.Retention(privacy.New(peopletest.Ring(t))), jobs.AccountsCloseLeft())
		told := func() string {
			s.Tick()
			return lastRun(t, e, "retention").Summary + "; " + lastRun(t, e, "accounts.close_left").Summary
		}
		if said := told(); !strings.Contains(said, "erased 0") || !strings.Contains(said, "closed 0") {
			t.Error(said)
		}
		e.Clock.Add(8 * 24 * time.Hour)
		if said := told(); !strings.Contains(said, "erased 1") || !strings.Contains(said, "closed 1") {
			t.Error(said)
		}
		e.See(t, func(tx *db.Tx) error {
			p, err := people.Get(tx, k.county, people.GetInput{ID: k.person})
			if p.Name != privacy.ErasedName() {
				t.Errorf("still called %s", p.Name)
			}
			return err
		})
	})
}

package attendance_test

import (
	"fmt"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func seats(t *testing.T, e *dbtest.Env, site org.SiteID, n int) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: site, Seats: n})
		return err
	})
}

// A school is asked about more people than its house holds, with both figures; never where nobody has said how many that is, nor
// where it met elsewhere, nor for study that was made up at home. Over all kinds one question is open for a school and month.
func TestCrowded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		hold := func(on date.Date, change func(*attendance.SubmitInput)) {
			t.Helper()
			in := s.Item(attendancetest.All(s.Members, attendance.Present)...)
			two := 2
			in.Session, in.ActivityDay, in.Site, in.HeldOn, in.Adults = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID, on, &two
			change(&in)
			attendancetest.MustSubmit(t, e, a, s.Host, in)
		}
		ask := func(want int) []attendance.QuestionView {
			t.Helper()
			var list db.Page[attendance.QuestionView]
			e.Do(t, func(tx *db.Tx) error {
				n, err := attendance.AskQuestions(tx, access.System("rolls.ask"))
				if n.Asked != want {
					t.Errorf("%d questions, want %d", n.Asked, want)
				}
				return err
			})
			e.See(t, func(tx *db.Tx) (err error) {
				list, err = attendance.Questions(tx, s.Host, attendance.QuestionsInput{})
				return err
			})
			return list.Items
		}
		today, before := date.Of(dbtest.Start), date.Of(dbtest.Start).AddDays(-30)
		hold(today, func(*attendance.SubmitInput) {})
		ask(0) // how many the house holds is not known
		seats(t, e, s.School.ID, 5)
		ask(0) // five people on five seats
		seats(t, e, s.School.ID, 4)
		if list := ask(1); len(list) != 1 || list[0].Kind != attendance.Crowded || list[0].Came != 5 || list[0].Seats != 4 || list[0].HeldOn != today {
			t.Fatalf("%+v", list)
		}
		hold(before, func(in *attendance.SubmitInput) {
			place := "村委会"
			in.Place = &place
		})
		hold(before, func(in *attendance.SubmitInput) {
			in.Marks = append(attendancetest.All(s.Members[:2], attendance.Present), attendance.MarkInput{
				Person: s.Members[2], Value: attendance.Value{State: attendance.MadeUp, MadeUpOn: before.AddDays(3)},
			})
		})
		ask(0)
		clock := dbtest.Start.Add(48 * time.Hour) // of a phone, in the same month: waits until the other one is answered
		hold(date.Of(clock), func(in *attendance.SubmitInput) { in.RecordedAt = &clock })
		list := ask(0)
		e.Do(t, func(tx *db.Tx) error {
			_, err := attendance.AnswerQuestion(tx, s.Host, attendance.AnswerInput{Question: list[0].ID, Answer: attendance.ItIsRight})
			return err
		})
		if list := ask(1); len(list) != 1 || list[0].Kind != attendance.Ahead {
			t.Errorf("%+v", list)
		}
	})
}

// An activity day of a whole county, on which everybody is at one school and some at two, is looked through fast enough for a write.
func TestQuestionsOfACounty(t *testing.T) {
	e := dbtest.SQLite(t)
	s := attendancetest.New(t, e, 2, 0)
	const schools, each = 400, 13
	e.Do(t, func(tx *db.Tx) error {
		began := date.Of(dbtest.Start).At(20, 0).UTC()
		for i := range schools {
			unit, session := id.New[School](), id.New[School]()
			for _, q := range []struct {
				sql  string
				args []any
			}{
				{
					"INSERT INTO units (id, tree, kind, code, name, search_key, parent_id, path, since) SELECT ?, tree, kind, ?, name, '', parent_id, ?, since FROM units WHERE id = ?",
					[]any{unit, fmt.Sprintf("x%d", i), fmt.Sprintf("/a/x/%d/", i), s.School.ID},
				},
				{
					"INSERT INTO sites (id, plaque, licence, licensed_on, changed_on, address, equipment, network, made_at) SELECT ?, '', licence, licensed_on, changed_on, '', '', '', made_at FROM sites WHERE id = ?",
					[]any{unit, s.School.ID},
				},
				{
					`INSERT INTO sessions (id, site_id, venue_site_id, kinds, held_on, began_at, ended_at, minutes, state, place, chair, recorder, revision, due, present, on_leave, absent, made_up, exempt,
unmarked, observers, guests, adults, children, attended, happened_at, recorded_at, received_at, device, seq, made_at, changed_at)
VALUES (?, ?, ?, 'activity_day', ?, ?, ?, 90, 'submitted', '', '', '', 1, 13, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, ?, ?, ?, '', 0, ?, ?)`,
					[]any{session, unit, unit, date.Of(dbtest.Start), began, began.Add(time.Hour), began, began, began, began, began},
				},
			} {
				if err := tx.Exec(q.sql, q.args...).Error; err != nil {
					return err
				}
			}
			for j := range each {
				person := id.New[School]()
				if err := tx.Exec("INSERT INTO persons (id, name, search_key, gender, birth_year, village_id, mobile, phone_index, made_at, changed_at) SELECT ?, 'x', '', '', 0, village_id, mobile, '', made_at, changed_at FROM persons WHERE id = ?",
					person, s.Members[0]).Error; err != nil {
					return err
				}
				if j == 0 && i%100 == 0 {
					person = id.As[School](s.Members[0])
				}
				if err := tx.Exec("INSERT INTO marks (session_id, person_id, site_id, `list`, state, reason, revision, happened_at, recorded_at, received_at, device, seq) VALUES (?, ?, ?, 'due', 'present', '', 1, ?, ?, ?, '', 0)",
					session, person, unit, began, began, began).Error; err != nil {
					return err
				}
			}
		}
		return nil
	})
	start := time.Now()
	e.Do(t, func(tx *db.Tx) error {
		n, err := attendance.AskQuestions(tx, access.System("rolls.ask"))
		if n.Asked != 4 {
			t.Errorf("%d questions", n.Asked)
		}
		return err
	})
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	} else {
		t.Logf("took %v", took)
	}
}

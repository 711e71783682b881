package attendance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
)

// Who may do what with a roll that was handed in: its township agrees, its own people answer, everybody else is refused, and outside of
// them nobody learns that there is such a thing. Each act is tried from the same beginning.
func TestLifeRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		taken := dbtest.Start.AddDate(0, 0, -60)
		late := s.Item(mark(s.Members[0], attendance.Present))
		late.Session, late.ActivityDay, late.Site, late.HeldOn, late.RecordedAt = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID, date.Of(taken), &taken
		attendancetest.MustSubmit(t, e, a, s.Host, late)
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		e.Clock.Add(80 * time.Hour)
		waits := attendancetest.MustSubmit(t, e, a, s.Host, correction(t, e, s, mark(s.Members[1], attendance.Absent))).Waiting
		dispute, question := attendance.DisputeID(id.New[School]()), attendance.QuestionID(id.New[School]())
		e.Do(t, func(tx *db.Tx) error {
			err := tx.Exec("INSERT INTO mark_disputes (id, session_id, person_id, said, outcome, open, asked_at) VALUES (?, ?, ?, 'on_leave', 'open', 1, ?)",
				dispute, s.Day.SessionID, s.Members[2], tx.Now).Error
			if err == nil {
				err = tx.Exec("INSERT INTO roll_questions (id, site_id, `month`, kind, session_id, open, answer, made_at) VALUES (?, ?, ?, 'ahead', ?, 1, '', ?)",
					question, s.School.ID, date.Of(dbtest.Start).Month(), s.Day.SessionID, tx.Now).Error
			}
			return err
		})
		approves := map[access.Role]bool{access.Township: true, access.TownshipAdmin: true}
		submits := map[access.Role]bool{access.Village: true, access.Host: true, access.Head: true}
		sees := map[access.Role]bool{
			access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true, access.Secretary: true, access.GroupLeader: true, access.Resident: true,
		}
		asked := map[access.Role]bool{access.Township: true, access.TownshipAdmin: true, access.Village: true, access.Host: true, access.Head: true}
		of := func(may map[access.Role]bool, otherwise func(access.Role) fail.Kind) func(access.Role) fail.Kind {
			return func(r access.Role) fail.Kind {
				if may[r] {
					return ""
				}
				return otherwise(r)
			}
		}
		forbidden := func(access.Role) fail.Kind { return fail.ForbiddenAct }
		hidden := func(r access.Role) fail.Kind {
			if sees[r] {
				return fail.ForbiddenAct
			}
			return fail.Missing
		}
		acts := []struct {
			name   string
			inside func(access.Role) fail.Kind
			list   bool // what is elsewhere is left out instead of refused
			do     func(tx *db.Tx, by access.Actor) (int, error)
		}{
			{"list late rolls", of(approves, forbidden), true, func(tx *db.Tx, by access.Actor) (int, error) {
				v, err := attendance.LateRolls(tx, by, attendance.LateInput{})
				return len(v.Items), err
			}},
			{"admit", of(approves, forbidden), false, func(tx *db.Tx, by access.Actor) (int, error) {
				v, err := a.Admit(tx, by, attendance.AdmitInput{Sessions: []attendance.SessionID{late.Session}})
				return v.Admitted, err
			}},
			{"list corrections", of(approves, forbidden), true, func(tx *db.Tx, by access.Actor) (int, error) {
				v, err := attendance.Corrections(tx, by, attendance.CorrectionsInput{})
				return len(v.Items), err
			}},
			{"decide", of(approves, forbidden), false, func(tx *db.Tx, by access.Actor) (int, error) {
				v, err := a.Decide(tx, by, attendance.DecideInput{IDs: []attendance.CorrectionID{waits}, Agree: true})
				return v.Settled, err
			}},
			{"list disputes", of(submits, forbidden), true, func(tx *db.Tx, by access.Actor) (int, error) {
				v, err := attendance.Disputes(tx, by, attendance.DisputesInput{})
				return len(v.Items), err
			}},
			{"settle a dispute", of(submits, hidden), false, func(tx *db.Tx, by access.Actor) (int, error) {
				_, err := a.SettleDispute(tx, by, attendance.SettleDisputeInput{Dispute: dispute})
				return 1, err
			}},
			{"list questions", of(asked, forbidden), true, func(tx *db.Tx, by access.Actor) (int, error) {
				v, err := attendance.Questions(tx, by, attendance.QuestionsInput{})
				return len(v.Items), err
			}},
			{"answer a question", of(submits, hidden), false, func(tx *db.Tx, by access.Actor) (int, error) {
				_, err := attendance.AnswerQuestion(tx, by, attendance.AnswerInput{Question: question, Answer: attendance.ItIsRight})
				return 1, err
			}},
		}
		undo := errors.New("taken back")
		try := func(do func(tx *db.Tx, by access.Actor) (int, error), by access.Actor) (int, fail.Kind) {
			n := 0
			err := e.Write(context.Background(), func(tx *db.Tx) (err error) {
				if n, err = do(tx, by); err == nil {
					err = undo
				}
				return err
			})
			if errors.Is(err, undo) {
				return n, ""
			}
			return 0, fail.KindOf(err)
		}
		for _, seat := range s.Inside() {
			by := attendancetest.Seated(t, e, seat)
			for _, act := range acts {
				want := act.inside(seat.Role)
				if n, got := try(act.do, by); got != want || want == "" && n != 1 {
					t.Errorf("%s by %s inside: %q and %d, want %q", act.name, seat.Name, got, n, want)
				}
			}
		}
		for _, seat := range s.Outside() {
			by := attendancetest.Seated(t, e, seat)
			for _, act := range acts {
				want := act.inside(seat.Role)
				if !act.list && (want == "" || want == fail.ForbiddenAct && sees[seat.Role] && act.inside(access.Trainee) == fail.Missing) {
					want = fail.Missing
				}
				if n, got := try(act.do, by); got != want || n != 0 {
					t.Errorf("%s by %s outside: %q and %d, want %q", act.name, seat.Name, got, n, want)
				}
			}
		}
		for _, act := range acts {
			if _, got := try(act.do, access.Visitor()); got != fail.Unauthenticated {
				t.Errorf("%s by a visitor: %q", act.name, got)
			}
		}
	})
}

package reports

import (
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
	"huotang/models/privacy"
)

// WaitingInput has nothing to choose.
type WaitingInput struct{}

// WaitingView is what waits for the actor (等我办的), each list in its own order; empty where he has no part in it.
type WaitingView struct {
	Corrections   []attendance.CorrectionView `json:"corrections"`   // of closed rolls, to agree to
	Late          []attendance.SessionView    `json:"late"`          // rolls of sealed months, to let in (补传)
	Conflicts     []attendance.OpenConflict   `json:"conflicts"`     // two phones said different things
	Disputes      []attendance.DisputeView    `json:"disputes"`      // people whose own row is not right (对不上)
	Questions     []attendance.QuestionView   `json:"questions"`     // 请核对
	Cancellations []calendar.RequestView      `json:"cancellations"` // activity days to call off
	Away          []people.Noted              `json:"away"`          // who was noted as away or gone, to confirm
	Requests      []privacy.RequestView       `json:"requests"`      // what people want corrected about themselves
	Erasures      []privacy.ProposedView      `json:"erasures"`      // whose time is over
}

// Nothing reports that nothing waits.
func (v WaitingView) Nothing() bool {
	return len(v.Corrections)+len(v.Late)+len(v.Conflicts)+len(v.Disputes)+len(v.Questions)+len(v.Cancellations)+len(v.Away)+len(v.Requests)+len(v.Erasures) == 0
}

// Waiting gathers what waits for the actor's word, from every area, by what he may do. Permission: being signed in; each list asks for its
// own.
func Waiting(tx *db.Tx, by access.Actor, _ WaitingInput) (WaitingView, error) {
	if !by.SignedIn() && by.Job() == "" {
		return WaitingView{}, fail.NoSignIn("access.sign_in_first")
	}
	var v WaitingView
	var err error
	for _, step := range []func(){
		func() { v.Corrections, err = gather(tx, by, attendance.Corrections, attendance.CorrectionsInput{}) },
		func() { v.Late, err = gather(tx, by, attendance.LateRolls, attendance.LateInput{}) },
		func() { v.Conflicts, err = gather(tx, by, attendance.OpenConflicts, attendance.OpenConflictsInput{}) },
		func() { v.Disputes, err = gather(tx, by, attendance.Disputes, attendance.DisputesInput{}) },
		func() { v.Questions, err = gather(tx, by, attendance.Questions, attendance.QuestionsInput{}) },
		func() { v.Cancellations, err = gather(tx, by, calendar.Requests, calendar.RequestsInput{}) },
		func() { v.Away, err = gather(tx, by, people.Unconfirmed, people.UnconfirmedInput{}) },
		func() { v.Requests, err = gather(tx, by, privacy.Requests, privacy.RequestsInput{}) },
		func() { v.Erasures, err = gather(tx, by, privacy.Proposed, privacy.ProposedInput{}) },
	} {
		if step(); err != nil {
			return WaitingView{}, err
		}
	}
	v.Questions = slices.DeleteFunc(v.Questions, func(q attendance.QuestionView) bool { return !q.MayAnswer })
	v.Away = slices.DeleteFunc(v.Away, func(n people.Noted) bool { return !n.MayConfirm })
	return v, nil
}

// gather is one list, empty for who may not read it.
func gather[In, T any](tx *db.Tx, by access.Actor, list func(*db.Tx, access.Actor, In) (db.Page[T], error), in In) ([]T, error) {
	page, err := list(tx, by, in)
	if fail.KindOf(err) == fail.ForbiddenAct {
		return []T{}, nil
	}
	if page.Items == nil {
		page.Items = []T{}
	}
	return page.Items, err
}

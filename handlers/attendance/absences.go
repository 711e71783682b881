package attendance

import (
	"huotang/handlers/web"
	"huotang/models/attendance"
)

type absencesPage struct {
	web.Base
	Facts attendance.Absences
}

// absences shows the secretary of a branch how often its members came.
func absences(r *web.Request) error {
	var in attendance.AbsencesInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, attendance.AbsencesOf, in)
	if err != nil {
		return err
	}
	return r.Render("attendance/absences", absencesPage{Base: r.Base("attendance.absences"), Facts: v})
}

type memberPage struct {
	web.Base
	Facts attendance.MemberAbsences
}

// memberAbsences shows the sessions behind a member's line.
func memberAbsences(r *web.Request) error {
	var in attendance.AbsencesOfInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, attendance.AbsencesOfMember, in)
	if err != nil {
		return err
	}
	return r.Render("attendance/member", memberPage{Base: r.Base("attendance.absences_of", v.Line.Name), Facts: v})
}

package attendance

import (
	"strings"

	"huotang/handlers/web"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/db"
)

type ownPage struct {
	web.Base
	Rows []attendance.OwnRow
	Year int
}

// Sayable are the states that somebody can say of himself instead of what the roll says.
func (ownPage) Sayable(now attendance.State) []attendance.State {
	var out []attendance.State
	for _, s := range attendance.Sayable {
		if s != now && (s != attendance.Present || now != attendance.Observer) {
			out = append(out, s)
		}
	}
	return out
}

// KindsOf is what a session was held as.
func (p ownPage) KindsOf(kinds []attendance.Kind) string { return kindsText(p.Base, kinds) }

func kindsText(b web.Base, kinds []attendance.Kind) string {
	return named(b, "attendance.kind.", kinds)
}

func waysText(b web.Base, ways []courses.Medium) string { return named(b, "attendance.way.", ways) }

// named joins the names of codes.
func named[T ~string](b web.Base, prefix string, codes []T) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = b.T(prefix + string(c))
	}
	return strings.Join(out, b.T("attendance.and"))
}

// ownRows is what the rolls of a year say of the reader himself.
func ownRows(r *web.Request) error { return showOwn(r, web.Form{}) }

func showOwn(r *web.Request, f web.Form) error {
	var in attendance.OwnRowsInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	var found db.Page[attendance.OwnRow]
	found, err := web.Ask(r, attendance.OwnRows, in)
	if err != nil {
		return err
	}
	page := ownPage{Base: r.Base("attendance.own_rows"), Rows: found.Items, Year: in.Year}
	page.Form = f
	return r.Render("attendance/own", page)
}

// dispute says that one's own row is not right.
func dispute(r *web.Request) error {
	var in attendance.DisputeInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, attendance.Dispute, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showOwn(r, f) })
	}
	return r.SeeNote("/me/rolls", "attendance.dispute_asked")
}

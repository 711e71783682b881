package papers

import (
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// BookInput names a school and a year.
type BookInput struct {
	Site org.SiteID `path:"id"`
	Year int        `query:"year"` // 0 for this one
}

// BookView is the record book of a school: everything that it held in a year, the earliest first.
type BookView struct {
	Site     org.SiteID            `json:"site"`
	SiteCode string                `json:"site_code"`
	SiteName string                `json:"site_name"`
	Year     int                   `json:"year"`
	Sessions []attendance.RollView `json:"sessions"`
}

// mostSessions of a year: more than one a day is no school.
const mostSessions = 400

// Book gives a school's sessions of a year with their rolls, those only that count. Permission: SessionsSee on the school or its branch; names
// as in [attendance.Get].
func Book(tx *db.Tx, by access.Actor, in BookInput) (BookView, error) {
	if in.Year == 0 {
		in.Year = tx.Today().Year()
	}
	var c fail.Check
	if c.If(in.Year < 2000 || in.Year > tx.Today().Year(), "year", "input.range", 2000, tx.Today().Year()) {
		if err := mayRead(tx, by, in.Site); err != nil {
			return BookView{}, err
		}
		return BookView{}, c.Err()
	}
	list := attendance.ListInput{
		Site: in.Site, From: date.New(in.Year, 1, 1), To: date.New(in.Year, 12, 31), State: attendance.HandedIn, Limit: 200,
	}
	v := BookView{Site: in.Site, Year: in.Year, Sessions: []attendance.RollView{}}
	for {
		page, err := attendance.List(tx, by, list)
		if err != nil {
			return v, err
		}
		for _, s := range page.Items {
			roll, err := attendance.Get(tx, by, attendance.SessionInput{ID: s.ID})
			if err != nil {
				return v, err
			}
			v.Sessions = append(v.Sessions, roll)
		}
		if list.After = page.Next; page.Next == "" || len(v.Sessions) >= mostSessions {
			break
		}
	}
	slices.Reverse(v.Sessions)
	school, err := org.FindSchool(tx, in.Site)
	v.SiteCode, v.SiteName = school.Code, school.Name
	return v, err
}

func mayRead(tx *db.Tx, by access.Actor, site org.SiteID) error {
	school, err := org.FindSchool(tx, site)
	if err != nil {
		return hidden(by, err)
	}
	return by.Require(access.SessionsSee, school.Paths()...)
}

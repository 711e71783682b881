package org

import (
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/settings"
)

// DutyLines are the lines that a township adds to the duties of its schools (学校职责), below those that hold for all.
var DutyLines = settings.Key[[]string]{Name: "org.duties"}

// mostDuties keeps the sheet on one page.
const mostDuties = 8

// DutiesView is what a township adds, and what the duties of all schools are called in the catalogues.
type DutiesView struct {
	Common []string `json:"common"` // keys
	Lines  []string `json:"lines"`
}

// CommonDuties are the keys of the duties that every school has.
var CommonDuties = []string{
	"org.duty.day", "org.duty.roll", "org.duty.reviewed", "org.duty.study", "org.duty.service", "org.duty.things", "org.duty.fund", "org.duty.safety", "org.duty.handover",
}

// TownshipInput names a township.
type TownshipInput struct {
	ID UnitID `path:"id"`
}

// GetDuties reads the lines of a township. Permission: OrgSee on the township.
func GetDuties(tx *db.Tx, by access.Actor, in TownshipInput) (DutiesView, error) {
	u, err := FindUnit(tx, in.ID)
	if err == nil {
		err = by.Require(access.OrgSee, u.Path)
	}
	if err != nil {
		return DutiesView{}, err
	}
	if u.Kind != Township {
		return DutiesView{}, fail.NotFound("org.unit_missing")
	}
	return duties(tx, u.ID)
}

func duties(tx *db.Tx, township UnitID) (DutiesView, error) {
	f, err := settings.Get(tx, DutyLines, tx.Today(), settings.Unit(township))
	v := DutiesView{Common: CommonDuties, Lines: f.Value}
	if v.Lines == nil {
		v.Lines = []string{}
	}
	return v, err
}

// DutiesOf reads the duties of a school. Permission: OrgSee on the school or its branch.
func DutiesOf(tx *db.Tx, by access.Actor, in GetSiteInput) (DutiesView, error) {
	if _, err := GetSite(tx, by, in); err != nil {
		return DutiesView{}, err
	}
	chain, err := Chain(tx, SiteUnit(in.ID))
	if err != nil {
		return DutiesView{}, err
	}
	return duties(tx, chain[2].ID)
}

// SetDutiesInput replaces the lines of a township from today on.
type SetDutiesInput struct {
	Township UnitID   `path:"id" json:"-"`
	Lines    []string `json:"lines"` // eight at most, 100 characters each; empty ones are left out
}

// SetDuties keeps what a township adds to the duties of its schools. Locks the township. Permission: OrgEdit on the township.
func SetDuties(tx *db.Tx, by access.Actor, in SetDutiesInput) (DutiesView, error) {
	u, err := LockUnit(tx, in.Township)
	if err == nil {
		err = by.Require(access.OrgEdit, u.Path)
	}
	if err != nil {
		return DutiesView{}, err
	}
	if u.Kind != Township {
		return DutiesView{}, fail.NotFound("org.unit_missing")
	}
	var c fail.Check
	lines := []string{}
	for _, l := range in.Lines {
		if strings.TrimSpace(l) != "" {
			lines = append(lines, c.Text("lines", l, 0, 100))
		}
	}
	c.If(len(lines) > mostDuties, "lines", "org.many_duties", mostDuties)
	if err := c.Err(); err != nil {
		return DutiesView{}, err
	}
	if err := settings.Put(tx, by, DutyLines, settings.Unit(u.ID), tx.Today(), lines); err != nil {
		return DutiesView{}, err
	}
	return duties(tx, u.ID)
}

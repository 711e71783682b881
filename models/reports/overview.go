package reports

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// Above is a unit above the one that is looked at.
type Above struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// MissingSchool is a school without a record, in short.
type MissingSchool struct {
	Site      org.SiteID `json:"site"`
	Code      string     `json:"code"`
	Name      string     `json:"name"`
	PlannedOn date.Date  `json:"planned_on"`
}

// OverviewInput is the span of the page 全县情况.
type OverviewInput struct {
	Span
	Coverage bool `query:"coverage"` // counted below the county in any case, and for the whole county when asked
}

// OverviewView is all that the page shows, from as few queries as will do.
type OverviewView struct {
	Summary   SummaryView     `json:"summary"`
	Units     UnitsView       `json:"units"`
	Trend     TrendView       `json:"trend"`
	Above     []Above         `json:"above"`      // units that the actor sees above this one, the highest first
	Counts    *MonthCounts    `json:"month"`      // of the running month; null for a school
	Missing   []MissingSchool `json:"missing"`    // the first ones of it without a record
	MayExport bool            `json:"may_export"` // by whoever asked
}

// firstMissing is how many schools without a record the overview names; [Missing] lists all.
const firstMissing = 10

// Overview is summary, trend and units of a place at once. Permission: ReportsSee on the unit.
func Overview(tx *db.Tx, by access.Actor, in OverviewInput) (OverviewView, error) {
	p, err := in.find(tx, by, access.ReportsSee)
	if err != nil {
		return OverviewView{}, err
	}
	v := OverviewView{MayExport: by.Can(access.ReportsExport, p.scope.Paths...), Above: []Above{}, Missing: []MissingSchool{}}
	children, err := p.children(tx)
	if err != nil {
		return v, err
	}
	if v.Units, err = p.byUnit(tx, children, in.Coverage || p.Kind != org.County && p.Kind != org.Site); err != nil {
		return v, err
	}
	v.Summary = SummaryView{Figures: v.Units.Total, Head: p.Head}
	if v.Summary.People, err = p.people(tx); err != nil {
		return v, err
	}
	if v.Trend, err = p.trend(tx); err != nil {
		return v, err
	}
	if p.Kind != org.Site {
		if err := p.thisMonth(tx, &v); err != nil {
			return v, err
		}
	}
	return v, p.above(tx, by, &v)
}

// thisMonth counts the schools of the running month by state.
func (p place) thisMonth(tx *db.Tx, v *OverviewView) error {
	counts, none, err := p.counts(tx, tx.Today().Month(), firstMissing)
	v.Counts, v.Missing = &counts, append(v.Missing, none...)
	return err
}

func (p place) above(tx *db.Tx, by access.Actor, v *OverviewView) error {
	if p.unit.ParentID == nil {
		return nil
	}
	chain, err := org.Chain(tx, *p.unit.ParentID)
	for _, u := range chain {
		if by.Can(access.ReportsSee, u.Path) {
			v.Above = append([]Above{{u.Code, u.Name}}, v.Above...)
		}
	}
	return err
}

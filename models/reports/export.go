package reports

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// ExportInput is the span of an export.
type ExportInput struct{ Span }

// ExportView is all that goes into a file or onto paper.
type ExportView struct {
	Summary SummaryView `json:"summary"`
	Units   UnitsView   `json:"units"`   // right below
	Schools UnitsView   `json:"schools"` // every school of the unit
	Trend   TrendView   `json:"trend"`
}

// Export counts everything at once. Permission: ReportsExport on the unit.
func Export(tx *db.Tx, by access.Actor, in ExportInput) (ExportView, error) {
	p, err := in.find(tx, by, access.ReportsExport)
	if err != nil {
		return ExportView{}, err
	}
	var v ExportView
	if v.Summary, err = p.summary(tx); err != nil {
		return v, err
	}
	if v.Trend, err = p.trend(tx); err != nil {
		return v, err
	}
	children, err := p.children(tx)
	if err != nil {
		return v, err
	}
	if v.Units, err = p.byUnit(tx, children, true); err != nil {
		return v, err
	}
	if p.Kind == org.Village { // the units below are the schools
		v.Schools = v.Units
		return v, nil
	}
	schools, err := p.allSchools(tx)
	if err != nil {
		return v, err
	}
	v.Schools, err = p.byUnit(tx, schools, true)
	return v, err
}

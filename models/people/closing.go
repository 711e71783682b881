package people

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// CloseUnit closes a unit of either tree (a villagers' group, a village, a branch that is no more), see [org.Shut]; conflict while
// people live or belong there or hold an office of it. Locks the unit. Permission: OrgEdit on the unit, for a villagers' group
// PeopleEdit.
func CloseUnit(tx *db.Tx, by access.Actor, in org.ShutInput) (org.UnitView, error) {
	v, err := org.Shut(tx, by, in)
	if err != nil {
		return v, err
	}
	day := v.Until
	n, err := db.Ask[int](tx, "SELECT (SELECT COUNT(*) FROM persons p WHERE (p.village_id = ? OR p.village_group_id = ? OR p.branch_id = ? OR p.group_id = ?) "+
		"AND p.merged_into IS NULL AND (p.gone_on IS NULL OR p.gone_on > ?)) + (SELECT COUNT(*) FROM offices o WHERE o.unit_id = ? AND (o.`until` IS NULL OR o.`until` > ?))",
		v.ID, v.ID, v.ID, v.ID, day, v.ID, day)
	if err != nil {
		return v, err
	}
	if n[0] > 0 {
		return org.UnitView{}, fail.Conflict("people.unit_has_people", n[0])
	}
	return v, nil
}

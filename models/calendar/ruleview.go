package calendar

import (
	"path"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/settings"
)

// RuleEntry is a rule with the month from which it holds.
type RuleEntry struct {
	From date.Month `json:"from"`
	Rule
}

// OwnRule is a school that does not follow its township this month.
type OwnRule struct {
	ID   org.UnitID `json:"id"`
	Code string     `json:"code"`
	Name string     `json:"name"`
	Rule Rule       `json:"rule"`
}

// RuleView is what holds for a township or a school.
type RuleView struct {
	Unit    org.UnitID  `json:"unit"`
	Code    string      `json:"code"`
	Name    string      `json:"name"`
	School  bool        `json:"school"`
	Now     Rule        `json:"now"`     // this month; the zero Rule when there is none
	Own     bool        `json:"own"`     // Now is the unit's own rule
	Entries []RuleEntry `json:"entries"` // the unit's own, the earliest first
	Schools []OwnRule   `json:"schools"` // of a township: those with a rule of their own, by code
}

// GetRuleInput names a township or a school.
type GetRuleInput struct {
	Unit org.UnitID `path:"unit"`
}

// GetRule reads the rule of a township or school. Permission: CalendarSee on the unit.
func GetRule(tx *db.Tx, by access.Actor, in GetRuleInput) (RuleView, error) {
	u, err := findRuled(tx, in.Unit, false)
	if err != nil {
		return RuleView{}, err
	}
	if err := by.Require(access.CalendarSee, u.paths...); err != nil {
		return RuleView{}, err
	}
	return readRule(tx, u)
}

func readRule(tx *db.Tx, u ruled) (RuleView, error) {
	rs, err := loadRules(tx)
	if err != nil {
		return RuleView{}, err
	}
	month := tx.Today().Month()
	own, ok := rs.own(month, u.unit.ID)
	v := RuleView{
		Unit: u.unit.ID, Code: u.unit.Code, Name: u.unit.Name, School: u.unit.Kind == org.Site,
		Now: rs.at(month, u.unit.ID, u.township.ID), Own: ok && own.IsSet(), Entries: []RuleEntry{}, Schools: []OwnRule{},
	}
	for _, f := range rs[settings.Unit(u.unit.ID)] {
		v.Entries = append(v.Entries, RuleEntry{f.ValidFrom.Month(), f.Value})
	}
	if v.School {
		return v, nil
	}
	sites, err := sitesUnder(tx, u.unit.Path)
	if err != nil {
		return v, err
	}
	for _, s := range sites {
		if r, ok := rs.own(month, org.SiteUnit(s.ID)); ok && r.IsSet() {
			v.Schools = append(v.Schools, OwnRule{org.SiteUnit(s.ID), s.Code, s.Name, r})
		}
	}
	return v, nil
}

// site is a school as planning sees it.
type site struct {
	ID      org.SiteID
	Code    string
	Name    string
	Licence org.Licence
	// LicensedOn is the first day of the licence; zero when it has none.
	LicensedOn date.Date
}

// sitesUnder lists the schools below a path, by code.
func sitesUnder(tx *db.Tx, path string) ([]site, error) {
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{path}})
	return db.Ask[site](tx, "SELECT s.id, u.code, u.name, s.licence, s.licensed_on FROM sites s JOIN units u ON u.id = s.id WHERE "+cond+" ORDER BY u.code", args...)
}

// TownRule is a township with the rule that holds this month.
type TownRule struct {
	ID   org.UnitID `json:"id"`
	Code string     `json:"code"`
	Name string     `json:"name"`
	Rule Rule       `json:"rule"` // the zero Rule when there is none
}

// RulesInput is empty.
type RulesInput struct{}

// SeesRules reports whether the actor sees the rule of a township: people of a village, a school or a branch do not, and
// read the rule of their school by itself.
func SeesRules(by access.Actor) bool {
	s := by.Visible(access.CalendarSee)
	return s.All || slices.ContainsFunc(s.Paths, func(p string) bool {
		return strings.HasPrefix(p, "/a/") && len(path.Base(p)) <= townshipDigits
	})
}

// townshipDigits is the length of a township's code; those of units above are shorter, of units below longer.
const townshipDigits = 9

// Rules lists the townships that the actor sees with their rules, by code. Permission: CalendarSee on a township or above.
func Rules(tx *db.Tx, by access.Actor, _ RulesInput) (db.Page[TownRule], error) {
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return db.Page[TownRule]{}, err
	}
	if !SeesRules(by) {
		return db.Page[TownRule]{}, fail.Forbidden("access.nowhere")
	}
	cond, args := db.PathRange("path", by.Visible(access.CalendarSee))
	towns, err := db.All[org.Unit](tx.Where("kind = ?", org.Township).Where(cond, args...).Order("code"))
	if err != nil {
		return db.Page[TownRule]{}, err
	}
	rs, err := loadRules(tx)
	page := db.Page[TownRule]{Items: make([]TownRule, len(towns))}
	for i, u := range towns {
		page.Items[i] = TownRule{u.ID, u.Code, u.Name, rs.at(tx.Today().Month(), u.ID)}
	}
	return page, err
}

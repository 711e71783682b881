package org

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
)

const siteColumns = `SELECT s.id, u.code, u.name, v.name AS village, t.name AS township, s.plaque, s.licence,
s.licensed_on, s.changed_on, s.address, s.equipment, s.network, s.seats, COALESCE(b.name, '') AS branch,
s.village_group_id, COALESCE(n.name, '') AS village_group
FROM sites s JOIN units u ON u.id = s.id JOIN units v ON v.id = u.parent_id JOIN units t ON t.id = v.parent_id
LEFT JOIN units b ON b.id = s.branch_id LEFT JOIN units n ON n.id = s.village_group_id `

func readSite(tx *db.Tx, site SiteID) (SiteView, error) {
	rows, err := db.Ask[SiteView](tx, siteColumns+"WHERE s.id = ?", site)
	if err != nil {
		return SiteView{}, err
	}
	if len(rows) == 0 {
		return SiteView{}, fail.NotFound("org.site_missing")
	}
	return rows[0], nil
}

// GetSiteInput names a school.
type GetSiteInput struct {
	ID SiteID `path:"id"`
}

// GetSite reads a school. Permission: OrgSee on the school or its branch.
func GetSite(tx *db.Tx, by access.Actor, in GetSiteInput) (SiteView, error) {
	s, err := FindSchool(tx, in.ID)
	if err != nil {
		return SiteView{}, err
	}
	if err := by.Require(access.OrgSee, s.Paths()...); err != nil {
		return SiteView{}, err
	}
	return readSite(tx, in.ID)
}

// SitesInput narrows the list of schools.
type SitesInput struct {
	Under   string  `query:"under"` // code of an administrative unit
	Q       string  `query:"q"`     // name, pinyin, initials or code
	Licence Licence `query:"licence"`
	After   string  `query:"after"` // code
	Limit   int     `query:"limit"` // 1–1000; 0 means 50
}

// Sites lists the schools that the actor sees, in code order; forbidden for who could see none anywhere. Permission:
// OrgSee on the school or its branch.
func Sites(tx *db.Tx, by access.Actor, in SitesInput) (db.Page[SiteView], error) {
	if err := by.RequireAnywhere(access.OrgSee); err != nil {
		return db.Page[SiteView]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 1000 {
		limit = 50
	}
	cond, args := db.SchoolRange("u.path", "b.path", by.Visible(access.OrgSee))
	query := siteColumns + "WHERE " + cond + " AND u.code > ?"
	args = append(args, in.After)
	if in.Under != "" {
		top, err := FindCode(tx, Administrative, in.Under)
		if err != nil {
			return db.Page[SiteView]{}, err
		}
		cond, more := db.PathRange("u.path", access.Scope{Paths: []string{top.Path}})
		query, args = query+" AND "+cond, append(args, more...)
	}
	if in.Licence != "" {
		query, args = query+" AND s.licence = ?", append(args, in.Licence)
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		cond, arg := db.Like("u.search_key", term)
		query, args = query+" AND "+cond, append(args, arg)
	}
	rows, err := db.Ask[SiteView](tx, query+" ORDER BY u.code LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return db.Page[SiteView]{}, err
	}
	page := db.Page[SiteView]{Items: rows[:min(len(rows), limit)]}
	if len(rows) > limit {
		page.Next = rows[limit-1].Code
	}
	return page, nil
}

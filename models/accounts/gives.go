package accounts

import (
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/org"
)

// gives says which roles a role may give and take away, on its own unit and below. Nobody gives his own rank but the county.
// The admin of a township gives its clerks and lets a team that lives in a village for a time in; the clerk gives what
// the work of the schools needs; the village only what is held at its own schools.
var gives = map[access.Role][]access.Role{
	access.County: access.Roles,
	access.TownshipAdmin: {
		access.Township, access.Village, access.Secretary, access.GroupLeader, access.Host, access.Head, access.Resident, access.Lecturer,
		access.Cadre, access.Delegate, access.Trainee,
	},
	access.Township: {
		access.Village, access.Secretary, access.GroupLeader, access.Host, access.Head, access.Lecturer, access.Cadre, access.Delegate,
		access.Trainee,
	},
	access.Village: {access.Host, access.Head, access.Trainee},
}

// heldOn says on which kinds of unit a role is held. Offices are held in either tree: the county's and the townships'
// are the party's committees.
var heldOn = map[access.Role][]org.Kind{
	access.County:        {org.County, org.CountyCommittee},
	access.Auditor:       {org.County, org.CountyCommittee, org.Township, org.TownshipCommittee},
	access.TownshipAdmin: {org.Township, org.TownshipCommittee},
	access.Township:      {org.Township, org.TownshipCommittee},
	access.Village:       {org.Village},
	access.Secretary:     {org.GeneralBranch, org.Branch},
	access.GroupLeader:   {org.Group},
	access.Host:          {org.Site},
	access.Head:          {org.Site},
	access.Resident:      {org.Village},
	access.Lecturer:      {org.County, org.Township},
	access.Cadre:         {org.Township, org.Village, org.Site},
	access.Delegate:      {org.County, org.Township, org.Village, org.Site},
	access.Trainee:       {org.Site, org.Village},
}

// mayGive reports whether the actor may give or take the role on the path.
func mayGive(by access.Actor, role access.Role, path string) bool {
	return by.Job() != "" || slices.ContainsFunc(by.Grants(), func(g access.Grant) bool {
		return strings.HasPrefix(path, g.Path) && slices.Contains(gives[g.Role], role)
	})
}

// MayGive lists the roles that the actor may give on a unit, in the order of access.Roles.
func MayGive(by access.Actor, u org.Unit) []access.Role {
	out := []access.Role{}
	for _, role := range access.Roles {
		if slices.Contains(heldOn[role], u.Kind) && by.Can(access.AccountsManage, u.Path) && mayGive(by, role, u.Path) {
			out = append(out, role)
		}
	}
	return out
}

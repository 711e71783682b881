// Package orgtest builds units and schools for tests, through org's own ops.
package orgtest

import (
	"testing"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
)

// Tree is a small county with both trees.
//
//	凤庆县 530921
//	  凤山镇 Township: 安石村 Village (Site, Sister), 大寺村 Village2 (Neighbour)
//	  鲁史镇 Township2: 古平村 Village3 (Far)
//	中共凤庆县委员会 Committee
//	  TownshipCommittee > GeneralBranch > Branch (keeps Site and Sister) > Group
//	  TownshipCommittee2 > GeneralBranch2 > Branch2 (keeps Far)
//
// No branch keeps Neighbour.
type Tree struct {
	County, Township, Township2, Village, Village2, Village3   org.UnitView
	Committee, TownshipCommittee, GeneralBranch, Branch, Group org.UnitView
	TownshipCommittee2, GeneralBranch2, Branch2, Group2        org.UnitView
	Site, Sister, Neighbour, Far                               org.School
}

// Schools lists the four in code order.
func (t Tree) Schools() []org.School { return []org.School{t.Site, t.Sister, t.Neighbour, t.Far} }

// LicensedOn is the day that every school of [County] got its licence.
var LicensedOn = date.New(2023, 3, 1)

// By is the job that the builders of tests act as.
var By = access.System("test")

// County makes the tree in an empty database.
func County(t testing.TB, e *dbtest.Env) Tree {
	t.Helper()
	var out Tree
	e.Do(t, func(tx *db.Tx) error {
		b := builder{tx: tx}
		out = b.county()
		return b.err
	})
	return out
}

type builder struct {
	tx  *db.Tx
	err error
}

func (b *builder) county() Tree {
	var t Tree
	a, p := org.Administrative, org.Party
	t.County = b.unit(a, org.County, "530921", "凤庆县", org.UnitID{})
	t.Township = b.unit(a, org.Township, "530921101", "凤山镇", t.County.ID)
	t.Township2 = b.unit(a, org.Township, "530921102", "鲁史镇", t.County.ID)
	t.Village = b.unit(a, org.Village, "530921101201", "安石村", t.Township.ID)
	t.Village2 = b.unit(a, org.Village, "530921101202", "大寺村", t.Township.ID)
	t.Village3 = b.unit(a, org.Village, "530921102201", "古平村", t.Township2.ID)

	t.Committee = b.unit(p, org.CountyCommittee, "530921", "中共凤庆县委员会", org.UnitID{})
	t.TownshipCommittee = b.unit(p, org.TownshipCommittee, "530921101", "中共凤庆县凤山镇委员会", t.Committee.ID)
	t.GeneralBranch = b.unit(p, org.GeneralBranch, "530921101201", "安石党总支", t.TownshipCommittee.ID)
	t.Branch = b.unit(p, org.Branch, "530921101201-1", "安石第一党支部", t.GeneralBranch.ID)
	t.Group = b.unit(p, org.Group, "530921101201-1-1", "王家院党小组", t.Branch.ID)
	t.TownshipCommittee2 = b.unit(p, org.TownshipCommittee, "530921102", "中共凤庆县鲁史镇委员会", t.Committee.ID)
	t.GeneralBranch2 = b.unit(p, org.GeneralBranch, "530921102201", "古平党总支", t.TownshipCommittee2.ID)
	t.Branch2 = b.unit(p, org.Branch, "530921102201-1", "古平党支部", t.GeneralBranch2.ID)
	t.Group2 = b.unit(p, org.Group, "530921102201-1-1", "犀牛党小组", t.Branch2.ID)

	t.Site = b.school(t.Village, "安石村王家院家庭党校", t.Branch.ID)
	t.Sister = b.school(t.Village, "安石村李家寨家庭党校", t.Branch.ID)
	t.Neighbour = b.school(t.Village2, "大寺村街子家庭党校", org.UnitID{})
	t.Far = b.school(t.Village3, "古平村犀牛家庭党校", t.Branch2.ID)
	return t
}

func (b *builder) unit(tree org.Tree, kind org.Kind, code, name string, parent org.UnitID) org.UnitView {
	if b.err != nil {
		return org.UnitView{}
	}
	var u org.UnitView
	u, b.err = org.AddUnit(b.tx, By, org.AddUnitInput{Tree: tree, Kind: kind, Code: code, Name: name, Parent: parent})
	return u
}

func (b *builder) school(village org.UnitView, name string, branch org.UnitID) org.School {
	if b.err != nil {
		return org.School{}
	}
	var v org.SiteView
	v, b.err = org.AddSite(b.tx, By, org.AddSiteInput{
		Village: village.ID, Name: name, Branch: branch, LicensedOn: LicensedOn, Address: name, Network: "mobile_weak",
	})
	if b.err != nil {
		return org.School{}
	}
	var s org.School
	s, b.err = org.FindSchool(b.tx, v.ID)
	return s
}

// As is an actor with one role on one path and an account of its own that stands in no
// table; where a row names the account, use accountstest instead.
func As(role access.Role, path string) access.Actor {
	return access.New(access.AccountID(id.New[struct{}]()), access.PersonID{}, string(role), []access.Grant{{Role: role, Path: path}})
}

// Seat is a role where it usually sits in the tree.
type Seat struct {
	Name  string // of the subtest: "township of the same township"
	Actor access.Actor
	Role  access.Role
	Path  string
}

// Inside lists every role on the unit it is usually held on, such that [Tree.Site] lies
// within; Outside the same roles in the other township, such that it does not.
func (t Tree) Inside() []Seat {
	return seats(t.County.Path, t.Township.Path, t.Village.Path, t.Branch.Path, t.Group.Path, t.Site.Path)
}

// Outside lists every role below the county where it sees nothing of [Tree.Site].
func (t Tree) Outside() []Seat {
	return seats("", t.Township2.Path, t.Village3.Path, t.Branch2.Path, t.Group2.Path, t.Far.Path)
}

func seats(county, township, village, branch, group, site string) []Seat {
	paths := map[access.Role]string{
		access.County: county, access.Auditor: county, access.TownshipAdmin: township, access.Township: township, access.Village: village,
		access.Secretary: branch, access.GroupLeader: group, access.Host: site, access.Head: site, access.Resident: village,
		access.Lecturer: township, access.Cadre: site, access.Delegate: township, access.Trainee: site,
	}
	var out []Seat
	for _, r := range access.Roles {
		if p := paths[r]; p != "" {
			out = append(out, Seat{Name: string(r), Actor: As(r, p), Role: r, Path: p})
		}
	}
	return out
}

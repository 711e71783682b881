package access

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/fail"
)

const (
	county   = "/a/530921/"
	township = "/a/530921/530921101/"
	village  = "/a/530921/530921101/530921101201/"
	school   = "/a/530921/530921101/530921101201/53092110120101/"
	foreign  = "/a/530921/530921102/"
	branch   = "/p/530921/530921101/530921101201/1/"
	group    = "/p/530921/530921101/530921101201/1/1/"
)

func as(role Role, paths ...string) Actor {
	var grants []Grant
	for _, p := range paths {
		grants = append(grants, Grant{role, p})
	}
	return New(AccountID{1}, PersonID{}, "", grants)
}

// What may not be seen is not found; what is seen but may not be done is forbidden; a visitor signs in first.
func TestRequire(t *testing.T) {
	for name, tc := range map[string]struct {
		by    Actor
		p     Permission
		paths []string
		want  fail.Kind
	}{
		"inside":                          {as(Township, township), OrgEdit, []string{school}, ""},
		"the unit itself":                 {as(Township, township), OrgEdit, []string{township}, ""},
		"above":                           {as(Township, township), OrgEdit, []string{county}, fail.Missing},
		"beside":                          {as(Township, township), OrgEdit, []string{foreign}, fail.Missing},
		"seen, not allowed":               {as(Auditor, county), OrgEdit, []string{school}, fail.ForbiddenAct},
		"not even seen":                   {as(Trainee, school), PeopleEdit, []string{school}, fail.Missing},
		"second path":                     {as(Secretary, branch), OrgSee, []string{school, branch}, ""},
		"no second path":                  {as(Secretary, branch), OrgSee, []string{school, ""}, fail.Missing},
		"a code that begins like another": {as(Township, "/a/530921/530921101/"), OrgSee, []string{"/a/530921/5309211012/"}, fail.Missing},
		"two grants":                      {as(Village, foreign, village), PeopleEdit, []string{school}, ""},
		"visitor":                         {Visitor(), OrgSee, []string{school}, fail.Unauthenticated},
		"visitor, public":                 {Visitor(), PublicRead, nil, ""},
		"visitor, feedback":               {Visitor(), FeedbackSend, nil, ""},
		"zero actor":                      {Actor{}, PublicRead, nil, fail.Unauthenticated},
		"no grants left":                  {as(Host), OrgSee, []string{school}, fail.Missing},
		"job":                             {System("x"), JobsRun, nil, ""},
		"job, any path":                   {System("x"), OrgEdit, []string{school}, ""},
		"anywhere":                        {as(Trainee, school), ProgressOwn, nil, ""},
		"anywhere, not the role":          {as(Trainee, school), JobsRun, nil, fail.ForbiddenAct},
		"group leader, his group":         {as(GroupLeader, group), PeopleSee, []string{group}, ""},
		"group leader, another group":     {as(GroupLeader, group), PeopleSee, []string{branch + "2/"}, fail.Missing},
		"group leader, his branch":        {as(GroupLeader, group), PeopleSee, []string{branch}, fail.Missing},
		"group leader, a school of it":    {as(GroupLeader, group), SessionsSee, []string{school, branch}, ""},
		"group leader, another's school":  {as(GroupLeader, group), SessionsSee, []string{school, "/p/530921/530921101/530921101201/2/"}, fail.Missing},
		"group leader, marks of it":       {as(GroupLeader, group), SessionsMarks, []string{school, branch}, fail.ForbiddenAct},
		"anywhere, seen":                  {as(Auditor, county), JobsRun, nil, fail.ForbiddenAct},
		"unknown permission":              {as(County, county), "x.y", []string{school}, fail.Missing},
	} {
		if got := fail.KindOf(tc.by.Require(tc.p, tc.paths...)); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// Without an object it is enough to hold the permission somewhere.
func TestRequireAnywhere(t *testing.T) {
	for name, tc := range map[string]struct {
		by   Actor
		want fail.Kind
	}{
		"held":              {as(Trainee, school), ""},
		"held by a job":     {System("x"), ""},
		"not the role":      {as(Lecturer), fail.ForbiddenAct},
		"no grants":         {New(AccountID{1}, PersonID{}, "", Visitor().Grants()), fail.ForbiddenAct},
		"visitor":           {Visitor(), fail.Unauthenticated},
		"nobody whatsoever": {Actor{}, fail.Unauthenticated},
	} {
		if got := fail.KindOf(tc.by.RequireAnywhere(OrgSee)); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestVisible(t *testing.T) {
	for name, tc := range map[string]struct {
		by   Actor
		p    Permission
		want Scope
	}{
		"own subtree":       {as(Township, township), PeopleSee, Scope{Paths: []string{township}}},
		"with committee":    {as(Township, township), OrgSee, Scope{Paths: []string{township, "/p/" + strings.TrimPrefix(township, "/a/")}}},
		"nested grants":     {as(Village, school, village, foreign), OrgSee, Scope{Paths: []string{village, foreign}}},
		"no permission":     {as(Trainee, school), PeopleSee, Scope{}},
		"job":               {System("x"), OrgSee, Scope{All: true}},
		"group, of people":  {as(GroupLeader, group), PeopleSee, Scope{Paths: []string{group}}},
		"group, of schools": {as(GroupLeader, group), OrgSee, Scope{Paths: []string{branch}}},
		"anywhere":          {as(Trainee, school), NoticesRead, Scope{All: true}},
		"visitor":           {Visitor(), OrgSee, Scope{}},
		"visitor, public":   {Visitor(), PublicRead, Scope{All: true}},
		"two roles, one of": {New(AccountID{1}, PersonID{}, "", []Grant{{Trainee, school}, {Secretary, branch}}), PeopleSee, Scope{Paths: []string{branch}}},
	} {
		got := tc.by.Visible(tc.p)
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if got.Empty() != (!tc.want.All && tc.want.Paths == nil) {
			t.Errorf("%s: empty %v", name, got.Empty())
		}
	}
	s := as(Township, township).Visible(OrgSee)
	if !s.Contains(school) || s.Contains(foreign) || s.Contains(county) {
		t.Error("the scope contains what it should not, or not what it should")
	}
}

// Visible must not change the actor, whose grants are read again and again.
func TestVisibleLeavesTheActorAlone(t *testing.T) {
	by := as(Village, foreign, village, school)
	before := by.Grants()
	by.Visible(OrgSee)
	by.Grants()[0].Role = County
	if d := cmp.Diff(before, by.Grants()); d != "" {
		t.Error(d)
	}
}

func TestWho(t *testing.T) {
	p := PersonID{7}
	by := New(AccountID{1}, p, "甲", []Grant{{Host, school}})
	if !by.Is(p) || by.Is(PersonID{8}) || Visitor().Is(PersonID{}) || !by.SignedIn() || Visitor().SignedIn() || System("x").SignedIn() {
		t.Error("who is who")
	}
	if !by.Has(County, Host) || by.Has(County) || by.Job() != "" || System("x").Job() != "x" {
		t.Error("roles")
	}
}

// An office of a county or township keeps the bodies of its committee, and nothing else there; the villages' and all others' roles do not.
func TestCommittees(t *testing.T) {
	const own, other = "/p/530921/530921101/1/", "/p/530921/530921102/1/"
	for _, r := range Roles {
		by := New(AccountID{1}, PersonID{}, "", []Grant{{r, "/a/530921/530921101/"}})
		office := r == County || r == TownshipAdmin || r == Township
		for _, p := range Permissions() {
			if anywhere[p] {
				continue
			}
			if got, want := by.Can(p, own), office && (p == OrgSee || p == OrgEdit); got != want {
				t.Errorf("%s %s on a branch of the township: %v, want %v", r, p, got, want)
			}
			if by.Can(p, other) || by.Visible(p).Contains(other) || by.Visible(p).Contains(own) != by.Can(p, own) {
				t.Errorf("%s %s: another township's, or a list that says otherwise", r, p)
			}
		}
	}
	for _, path := range []string{"/p/530921/530921101/", "/a/"} {
		if by := New(AccountID{1}, PersonID{}, "", []Grant{{Township, path}}); by.Can(OrgEdit, "/a/530921/530921101/1/") != (path == "/a/") || by.Can(OrgEdit, "/p/530921/530921102/") {
			t.Errorf("%s reaches too far", path)
		}
	}
}

func TestLive(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	got := Live([]time.Time{{}, now, now.Add(1), now.Add(-1)}, now, func(t time.Time) time.Time { return t })
	if d := cmp.Diff([]time.Time{{}, now.Add(1)}, got); d != "" {
		t.Error(d)
	}
}

// The matrix hangs together: whoever may do a thing to an object may see it, and only known roles are named.
func TestMatrix(t *testing.T) {
	known := append(slices.Clone(Roles), Public)
	for _, p := range Permissions() {
		r := matrix[p]
		if _, ok := matrix[r.see]; !ok {
			t.Errorf("%s is seen by %q, which is not there", p, r.see)
		}
		for _, role := range r.roles {
			if !slices.Contains(known, role) || !Allowed(role, r.see) {
				t.Errorf("%s may %s without %s", role, p, r.see)
			}
		}
	}
	for _, some := range []map[Permission]bool{anywhere, branchwide, committees} {
		for p := range some {
			if _, ok := matrix[p]; !ok {
				t.Errorf("%s is not in the table", p)
			}
		}
	}
	if len(matrix) != len(table) {
		t.Errorf("%d rows of %d permissions", len(table), len(matrix))
	}
}

// What must never be, whatever the matrix becomes: written down by hand.
func TestNeverAllowed(t *testing.T) {
	for p, roles := range map[Permission][]Role{
		PeopleSee:        {Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		PeopleNames:      {Lecturer, Cadre, Delegate, Trainee, Public},
		PeopleEdit:       {Auditor, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		PeoplePhone:      {Auditor, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		AccountsSee:      {Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		AccountsManage:   {Auditor, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		SettingsEdit:     {Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		AuditSee:         {TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		SessionsMarks:    {Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		SessionsSubmit:   {County, Auditor, TownshipAdmin, Township, Secretary, GroupLeader, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		ProgressSee:      {Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		ReportsExport:    {Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		CurriculaPublish: {Auditor, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		CoursesReview:    {Auditor, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		CoursesEdit:      {Auditor, Village, Secretary, GroupLeader, Host, Head, Resident, Cadre, Delegate, Trainee, Public},
		FeedbackAnswer:   {Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		PrivacyErase:     {Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		JobsRun:          {Auditor, TownshipAdmin, Township, Village, Secretary, GroupLeader, Host, Head, Resident, Lecturer, Cadre, Delegate, Trainee, Public},
		OrgSee:           {Public},
	} {
		for _, role := range roles {
			if Allowed(role, p) {
				t.Errorf("%s may %s", role, p)
			}
		}
	}
}

// An auditor changes nothing: all he may is to look, and what everybody may.
func TestAuditorsOnlyRead(t *testing.T) {
	reads := []string{"see", "names", "study", "own", "read", "export", "marks"}
	for _, p := range Permissions() {
		_, verb, _ := strings.Cut(string(p), ".")
		if Allowed(Auditor, p) && !slices.Contains(reads, verb) && p != FeedbackSend {
			t.Errorf("an auditor may %s", p)
		}
	}
}

// The township's admin may what its clerk may, a head what a host may, and a clerk what a village's may that is not
// for those who were there.
func TestWhoStandsAboveWhom(t *testing.T) {
	there := []Permission{SessionsSubmit, PeopleAway}
	for _, p := range Permissions() {
		if Allowed(Township, p) != Allowed(TownshipAdmin, p) || Allowed(Host, p) != Allowed(Head, p) {
			t.Errorf("%s sets them apart", p)
		}
		if Allowed(Village, p) && !Allowed(Township, p) && !slices.Contains(there, p) {
			t.Errorf("a village may %s, the township may not", p)
		}
	}
}

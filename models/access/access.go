// Package access says who may do what. The table of roles and permissions is
// matrix.go; a grant gives an account a role on one unit of either tree and covers
// everything below it. An op asks [Actor.Require] with the path of its object,
// a list starts from [Actor.Visible].
//
// Paths are those of models/org: "/a/530921/530921101/" in the administrative
// tree, "/p/…/" in the party's. They always begin and end with a slash, so "below"
// is "begins with".
package access

import (
	"slices"
	"strings"
	"time"

	"huotang/models/fail"
	"huotang/models/id"
)

type (
	accountTag struct{}
	personTag  struct{}
)

// AccountID identifies an account (models/accounts); named here because every op has an actor.
type AccountID = id.ID[accountTag]

// PersonID identifies a person (models/people).
type PersonID = id.ID[personTag]

// Grant is a role on a unit and all below it.
type Grant struct {
	Role Role
	Path string
}

// Actor is who acts: an account with its grants, a job, or a visitor. The zero
// Actor may do nothing; adapters make actors, ops only read them.
type Actor struct {
	Account AccountID // zero for jobs and visitors
	Person  PersonID  // zero when the account is nobody's
	Name    string    // for greeting on pages; never stored by ops
	system  string
	grants  []Grant
}

// New gives the actor of a signed-in account. Grants that have expired must not be passed.
func New(account AccountID, person PersonID, name string, grants []Grant) Actor {
	return Actor{Account: account, Person: person, Name: name, grants: grants}
}

// System gives the actor of a job, which may do everything and is named in the audit.
func System(job string) Actor { return Actor{system: job} }

// Visitor gives the actor of a request without sign-in.
func Visitor() Actor { return Actor{grants: []Grant{{Role: Public, Path: "/"}}} }

// Job is the name of the job that acts, "" for people.
func (a Actor) Job() string { return a.system }

// RequireJob refuses people: what only the machine does is nobody's to ask for.
func (a Actor) RequireJob() error {
	if a.system == "" {
		return fail.Forbidden("access.forbidden")
	}
	return nil
}

// SignedIn reports whether an account acts.
func (a Actor) SignedIn() bool { return !a.Account.IsZero() }

// Grants lists the actor's grants, in the order they were given.
func (a Actor) Grants() []Grant { return slices.Clone(a.grants) }

// Has reports whether the actor holds the role on any unit.
func (a Actor) Has(roles ...Role) bool {
	return slices.ContainsFunc(a.grants, func(g Grant) bool { return slices.Contains(roles, g.Role) })
}

// Is reports whether the actor is this person.
func (a Actor) Is(p PersonID) bool { return !p.IsZero() && a.Person == p }

// Can reports whether the actor may do this to an object on any of these paths.
func (a Actor) Can(p Permission, paths ...string) bool {
	if a.system != "" {
		return true
	}
	return slices.ContainsFunc(a.grants, func(g Grant) bool {
		if !Allowed(g.Role, p) {
			return false
		}
		root, committee := g.reach(p)
		return anywhere[p] || slices.ContainsFunc(paths, func(path string) bool {
			return path != "" && (strings.HasPrefix(path, root) || committee != "" && strings.HasPrefix(path, committee))
		})
	})
}

// reach is the path below which the grant gives the permission, and a second one for what a unit's committee has, "" for none.
func (g Grant) reach(p Permission) (path, committee string) {
	switch {
	case g.Role == GroupLeader && branchwide[p]:
		branch := strings.TrimSuffix(g.Path, "/")
		return branch[:strings.LastIndexByte(branch, '/')+1], ""
	case committees[p] && slices.Contains(offices, g.Role):
		if unit, ok := strings.CutPrefix(g.Path, "/a/"); ok && unit != "" {
			return g.Path, "/p/" + unit
		}
	}
	return g.Path, ""
}

// Require is nil when [Actor.Can] holds; otherwise unauthenticated for a visitor,
// forbidden when the actor may see the object or there is none to see, and not_found when it may not.
func (a Actor) Require(p Permission, paths ...string) error {
	switch {
	case a.Can(p, paths...):
		return nil
	case !a.SignedIn():
		return fail.NoSignIn("access.sign_in_first")
	case a.Can(matrix[p].see, paths...):
		return fail.Forbidden("access.forbidden")
	case anywhere[p]:
		return fail.Forbidden("access.nowhere")
	}
	return fail.NotFound("access.not_found")
}

// RequireAnywhere is nil when the actor holds the permission on any unit at all: for lists, which have no object,
// and for an input that leaves its object out. Otherwise unauthenticated for a visitor, forbidden for everybody else:
// that there is such a list is no secret.
func (a Actor) RequireAnywhere(p Permission) error {
	switch {
	case !a.Visible(p).Empty():
		return nil
	case !a.SignedIn():
		return fail.NoSignIn("access.sign_in_first")
	}
	return fail.Forbidden("access.nowhere")
}

// Scope is the part of the trees within which an actor holds a permission.
type Scope struct {
	All   bool
	Paths []string // subtree roots, none within another
}

// Empty reports a scope with nothing in it.
func (s Scope) Empty() bool { return !s.All && len(s.Paths) == 0 }

// Contains reports whether the path lies in the scope.
func (s Scope) Contains(path string) bool {
	return s.All || slices.ContainsFunc(s.Paths, func(root string) bool { return strings.HasPrefix(path, root) })
}

// Visible gives the scope of a permission; lists start from it (models/org turns it into SQL).
func (a Actor) Visible(p Permission) Scope {
	if a.system != "" {
		return Scope{All: true}
	}
	var s Scope
	for _, g := range a.grants {
		if !Allowed(g.Role, p) {
			continue
		}
		if g.Path == "/" || anywhere[p] {
			return Scope{All: true}
		}
		path, committee := g.reach(p)
		if s.Paths = append(s.Paths, path); committee != "" {
			s.Paths = append(s.Paths, committee)
		}
	}
	s.Paths = roots(s.Paths)
	return s
}

// roots drops the paths that lie within another of them.
func roots(paths []string) []string {
	slices.Sort(paths)
	out := paths[:0]
	for _, p := range paths {
		if len(out) == 0 || !strings.HasPrefix(p, out[len(out)-1]) {
			out = append(out, p)
		}
	}
	return out
}

// Live drops grants past their expiry; the zero time never expires.
func Live[G any](grants []G, now time.Time, expires func(G) time.Time) []G {
	return slices.DeleteFunc(grants, func(g G) bool {
		t := expires(g)
		return !t.IsZero() && !now.Before(t)
	})
}

package accounts

import (
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/settings"
)

// Terms is the setting of how many months a role that is for a time (access.TimeLimited) may be given for at once. A team that
// lives in a village is sent for two years.
var Terms = settings.Key[map[access.Role]int]{Name: "accounts.terms", Default: map[access.Role]int{access.Resident: 24}}

// usualTerm is the months of a role that the setting says nothing of.
const usualTerm = 12

// LongestDay is the last day until which the role may be given today; zero for a role without a term. No permission is asked.
func LongestDay(tx *db.Tx, role access.Role) (date.Date, error) {
	if !slices.Contains(access.TimeLimited, role) {
		return date.Date{}, nil
	}
	found, err := settings.Get(tx, Terms, tx.Today())
	months := found.Value[role]
	if months < 1 {
		months = usualTerm
	}
	month := tx.Today().Month().Add(months)
	return month.First().AddDays(min(tx.Today().Day(), month.Days()) - 1), err
}

// EndingView is what ends within SoonDays and concerns the actor.
type EndingView struct {
	Own    []GrantView `json:"own"`    // his own roles
	Others int         `json:"others"` // roles of others that he may give anew
}

// Ending tells of roles that end soon: one's own, and how many of others that are the actor's to give anew or to let
// go. Permission: being signed in.
func Ending(tx *db.Tx, by access.Actor, _ struct{}) (EndingView, error) {
	v := EndingView{Own: []GrantView{}}
	if !by.SignedIn() {
		return v, fail.NoSignIn("access.sign_in_first")
	}
	soon := tx.Today().AddDays(SoonDays+1).At(0, 0)
	lines, err := db.Ask[holderLine](tx, holdersQuery+" AND g.expires_at <= ? AND (a.disabled_at IS NULL OR a.id = ?) ORDER BY g.expires_at, g.id",
		tx.Now, soon, by.Account)
	for _, l := range lines {
		switch {
		case l.AccountID == by.Account:
			v.Own = append(v.Own, l.Held.view())
		case mayEnd(by, l.Held):
			v.Others++
		}
	}
	return v, err
}

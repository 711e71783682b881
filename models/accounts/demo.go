package accounts

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/settings"
)

// demoCards says which account each sign-in card of a demo stands for, by role.
var demoCards = settings.Key[[]DemoCard]{Name: "demo.cards"}

// demoFrom is the one day that the cards are kept under, so that setting them again replaces them.
var demoFrom = date.New(2000, 1, 1)

// DemoCard is a card on the sign-in page of a demo.
type DemoCard struct {
	Role    access.Role `json:"role"`
	Account AccountID   `json:"account"`
	Who     string      `json:"who"` // an invented name and a unit
}

// SetDemoCards keeps the cards. Only a job may: the demo's filling.
func SetDemoCards(tx *db.Tx, by access.Actor, cards []DemoCard) error {
	if err := by.RequireJob(); err != nil {
		return err
	}
	return settings.Put(tx, by, demoCards, settings.UnitID{}, demoFrom, cards)
}

// DemoCards lists the cards; the web layer calls it in demo mode only.
func DemoCards(tx *db.Tx) ([]DemoCard, error) {
	found, err := settings.Get(tx, demoCards, tx.Today())
	return found.Value, err
}

// DemoAccount is the account of a role's card.
func DemoAccount(tx *db.Tx, role access.Role) (AccountID, error) {
	cards, err := DemoCards(tx)
	if err != nil {
		return AccountID{}, err
	}
	for _, c := range cards {
		if c.Role == role {
			return c.Account, nil
		}
	}
	return AccountID{}, fail.NotFound("accounts.no_card")
}

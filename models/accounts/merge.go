package accounts

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
)

// PeoplePart gives the account to the kept person when two records turn out to be one person's; app registers it with
// [people.Area.OnMerged]. Roles stay with the account. Conflict when both have an account that works, since a person has one.
func PeoplePart() people.Part {
	return people.Part{Name: "accounts", Move: moveAccounts, Back: accountsBack, Has: hasAccounts}
}

func hasAccounts(tx *db.Tx, person access.PersonID) ([]people.Fact, error) {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM accounts WHERE person_id = ?", person)
	if err != nil || n[0] == 0 {
		return nil, err
	}
	return []people.Fact{{Code: "people.has_account", N: n[0]}}, nil
}

func moveAccounts(tx *db.Tx, _ access.Actor, m people.Merging) (any, error) {
	rows, err := db.All[accountRow](tx.Locked().Where("person_id IN ?", []access.PersonID{m.Kept, m.Gone}).Order("id"))
	if err != nil {
		return nil, err
	}
	moved, open := []AccountID{}, 0
	for _, r := range rows {
		if r.DisabledAt == nil {
			open++
		}
		if *r.PersonID == m.Gone {
			moved = append(moved, r.ID)
		}
	}
	if open > 1 {
		return nil, fail.Conflict("people.two_accounts")
	}
	if len(moved) == 0 {
		return moved, nil
	}
	_, err = db.Set(tx.Model(&accountRow{}).Where("id IN ?", moved), map[string]any{"person_id": m.Kept, "open_person_id": openPerson(m.Kept)})
	return moved, err
}

func accountsBack(tx *db.Tx, _ access.Actor, m people.Merging, memory []byte) error {
	var moved []AccountID
	if err := json.Unmarshal(memory, &moved); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	if len(moved) == 0 {
		return nil
	}
	_, err := db.Set(tx.Model(&accountRow{}).Where("id IN ? AND person_id = ?", moved, m.Kept), map[string]any{"person_id": m.Gone, "open_person_id": openPerson(m.Gone)})
	return err
}

// openPerson is the value of the column that holds the person of an account that is open.
func openPerson(person access.PersonID) any {
	return gorm.Expr("CASE WHEN disabled_at IS NULL THEN ? END", person)
}

package accounts

import (
	"slices"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// holdingAtOnce is how many units one query names.
const holdingAtOnce = 500

// Holding lists, by unit, the accounts that hold one of the roles on the unit itself today and can sign in, in the order of their
// IDs. No permission is asked: it is for those who tell them something.
func Holding(tx *db.Tx, units []org.UnitID, roles ...access.Role) (map[org.UnitID][]AccountID, error) {
	out := make(map[org.UnitID][]AccountID, len(units))
	for part := range slices.Chunk(units, holdingAtOnce) {
		rows, err := db.Ask[struct {
			UnitID    org.UnitID
			AccountID AccountID
		}](tx, "SELECT DISTINCT g.unit_id, g.account_id FROM grants g JOIN accounts a ON a.id = g.account_id WHERE g.unit_id IN ? AND g.role IN ? "+
			"AND (g.expires_at IS NULL OR g.expires_at > ?) AND a.disabled_at IS NULL ORDER BY g.unit_id, g.account_id", part, roles, tx.Now)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !slices.Contains(out[r.UnitID], r.AccountID) { // a unit may stand in two parts
				out[r.UnitID] = append(out[r.UnitID], r.AccountID)
			}
		}
	}
	return out, nil
}

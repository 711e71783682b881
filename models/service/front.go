package service

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// FrontInput asks for nothing more.
type FrontInput struct{}

// FrontView is what the front page says of the county.
type FrontView struct {
	County  string `json:"county"`  // "" before the set-up
	Schools int    `json:"schools"` // with a licence
}

// Front tells visitors how many schools the county has. Permission: PublicRead.
func (a *Area) Front(tx *db.Tx, by access.Actor, _ FrontInput) (FrontView, error) {
	if err := by.Require(access.PublicRead); err != nil {
		return FrontView{}, err
	}
	rows, err := db.Ask[FrontView](tx, `SELECT u.name AS county, (SELECT COUNT(*) FROM sites WHERE licence = ?) AS schools
FROM units u WHERE u.tree = ? AND u.kind = ?`, org.Licensed, org.Administrative, org.County)
	if err != nil || len(rows) == 0 {
		return FrontView{}, err
	}
	return rows[0], nil
}

package accounts

import (
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type signInTag struct{}

// SignInID names a sign-in in lists; it is not the secret token.
type SignInID = id.ID[signInTag]

type signInRow struct {
	Token     string `gorm:"primaryKey"` // a hash of the cookie's token
	ID        SignInID
	AccountID *AccountID
	Data      []byte
	Agent     string
	MadeAt    time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

func (signInRow) TableName() string { return "sign_ins" }

// SignIn is a sign-in as the web layer keeps it.
type SignIn struct {
	Token     string // a hash of the cookie's token
	Account   AccountID
	Data      []byte
	Agent     string // a word for the browser, at most 200 characters
	ExpiresAt time.Time
}

// FindSignIn reads a sign-in that has not expired; not_found otherwise. It is the key
// itself, so no permission is asked.
func FindSignIn(tx *db.Tx, token string) (SignIn, error) {
	r, err := db.One[signInRow](tx.Where("token = ?", token), "accounts.sign_in_missing")
	if err != nil {
		return SignIn{}, err
	}
	if !r.ExpiresAt.After(tx.Now) {
		return SignIn{}, fail.NotFound("accounts.sign_in_missing")
	}
	return SignIn{r.Token, id.Or(r.AccountID), r.Data, r.Agent, r.ExpiresAt}, nil
}

// KeepSignIn stores a sign-in, or its new state.
func KeepSignIn(tx *db.Tx, in SignIn) error {
	r := signInRow{
		Token: in.Token, ID: id.New[signInTag](), AccountID: in.Account.Ptr(), Data: in.Data, Agent: in.Agent,
		MadeAt: tx.Now, SeenAt: tx.Now, ExpiresAt: in.ExpiresAt,
	}
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "token"}},
		DoUpdates: clause.AssignmentColumns([]string{"account_id", "data", "seen_at", "expires_at"}),
	}).Create(&r).Error
}

// DropSignIn ends a sign-in; one that is not there is no error.
func DropSignIn(tx *db.Tx, token string) error {
	return tx.Where("token = ?", token).Delete(&signInRow{}).Error
}

// touchEvery is how stale last-seen may be; a GET must not write each time.
const touchEvery = 5 * time.Minute

// Stale reports whether a sign-in's last-seen should be refreshed by [Touch].
func Stale(tx *db.Tx, token string) (bool, error) {
	r, err := db.One[signInRow](tx.Select("seen_at").Where("token = ?", token), "accounts.sign_in_missing")
	return err == nil && tx.Now.Sub(r.SeenAt) >= touchEvery, err
}

// Touch notes that a sign-in was used now.
func Touch(tx *db.Tx, token string) error {
	_, err := db.Set(tx.Model(&signInRow{}).Where("token = ? AND seen_at <= ?", token, tx.Now.Add(-touchEvery)),
		map[string]any{"seen_at": tx.Now})
	return err
}

package accounts

import (
	"encoding/binary"
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// moveLife is how long the six digits to go on in another browser work; once.
const moveLife = 10 * time.Minute

// Wrong digits are bounded by address, as wrong passwords are, and in all: thirty, beyond them one every two minutes. With
// the few codes that live at a time, a guess among a million does not succeed in years.
var moveBucket = bucket{"*move", "*all", 30, 2 * time.Minute}

// MoveCode is a code to go on in another browser, six digits.
type MoveCode struct {
	Code      string    `json:"code" kept:"never"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (a *Area) digitsOf(seed seedID) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(a.stream(forMove, seed))%1_000_000)
}

// MakeMoveCode gives the actor six digits with which he signs in in another browser on the same phone, since WeChat's own
// and the phone's are two; those given before stop working. Locks the account. Permission: being signed in.
func (a *Area) MakeMoveCode(tx *db.Tx, by access.Actor, _ struct{}) (MoveCode, error) {
	if !by.SignedIn() {
		return MoveCode{}, fail.NoSignIn("access.sign_in_first")
	}
	if _, err := lock(tx, by.Account); err != nil {
		return MoveCode{}, err
	}
	// Six digits come round again: codes that are over make room at once.
	err := tx.Where("purpose = ? AND (account_id = ? OR expires_at <= ? OR used_at IS NOT NULL)", forMove, by.Account, tx.Now).Delete(&codeRow{}).Error
	if err != nil {
		return MoveCode{}, wrap(err)
	}
	seed := id.Random[seedTag]()
	c := MoveCode{a.digitsOf(seed), tx.Now.Add(moveLife)}
	err = db.Insert(tx, &codeRow{
		Hash: a.hash(forMove, c.Code), Purpose: forMove, AccountID: by.Account.Ptr(), MadeAt: tx.Now, ExpiresAt: c.ExpiresAt, Seed: &seed,
	})
	if db.IsDuplicate(err) {
		return c, db.Repeat(err) // others
	}
	if err != nil {
		return c, err
	}
	return c, audit.Add(tx, by, audit.Row{Act: "account.move_code", Object: "account", ID: by.Account})
}

// OwnMoveCode reads the actor's digits while they work, the zero MoveCode for none. Permission: being signed in.
func (a *Area) OwnMoveCode(tx *db.Tx, by access.Actor, _ struct{}) (MoveCode, error) {
	if !by.SignedIn() {
		return MoveCode{}, fail.NoSignIn("access.sign_in_first")
	}
	rows, err := db.All[codeRow](tx.Where("purpose = ? AND account_id = ? AND used_at IS NULL AND expires_at > ?", forMove, by.Account, tx.Now).Limit(1))
	if err != nil || len(rows) == 0 || rows[0].Seed == nil {
		return MoveCode{}, err
	}
	return MoveCode{a.digitsOf(*rows[0].Seed), rows[0].ExpiresAt}, nil
}

// ErrMoveCode says that the digits do not work, and not why.
var ErrMoveCode = fail.Invalid("accounts.move_wrong")

// TakeMoveCode gives the account of six digits and uses them up. Wrong ones give the zero account without an error, so that
// the failure is stored; the caller answers [ErrMoveCode]. Limited after too many wrong ones. Locks the failures of the
// address and the code, which is the permission.
func (a *Area) TakeMoveCode(tx *db.Tx, code, address string) (AccountID, error) {
	c := Candidate{username: moveBucket.name, address: cut(address)}
	f, err := lockFailures(tx, c.username, c.address)
	if err == nil {
		err = f.mustWait(tx.Now)
	}
	if err == nil {
		err = moveBucket.mustWait(tx)
	}
	if err != nil {
		return AccountID{}, err
	}
	r, err := a.lockCode(tx, digits(code), forMove)
	if fail.KindOf(err) == fail.InvalidInput {
		if err := countFailure(tx, f, c.username, c.address); err != nil {
			return AccountID{}, err
		}
		return AccountID{}, moveBucket.fill(tx)
	}
	if err != nil {
		return AccountID{}, err
	}
	row, err := lock(tx, *r.AccountID)
	if err != nil || row.DisabledAt != nil {
		return AccountID{}, err
	}
	if err := useCode(tx, r); err != nil {
		return AccountID{}, err
	}
	if err := tx.Where("username = ? AND address = ?", c.username, c.address).Delete(&failureRow{}).Error; err != nil {
		return AccountID{}, wrap(err)
	}
	return row.ID, auditOwn(tx, row.ID, "account.moved")
}

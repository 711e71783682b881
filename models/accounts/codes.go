package accounts

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
)

// The purposes of one-time codes.
const (
	forSetUp = "set_up"
	forReset = "reset"
)

type codeRow struct {
	Hash      string `gorm:"primaryKey"`
	Purpose   string
	AccountID *AccountID
	MadeAt    time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

func (codeRow) TableName() string { return "setup_codes" }

// codeLife is how long a code works; it works once.
const codeLife = 24 * time.Hour

// Code is a one-time code as it is shown, once: five groups of four letters and digits, 100 random bits.
type Code struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
}

// alphabet is Crockford's: no I, L, O, U, so that a code can be read out and written down.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const codeLength = 20

func newCode() string {
	var b [codeLength]byte
	_, _ = rand.Read(b[:]) // never fails
	var s strings.Builder
	for i, v := range b {
		if i > 0 && i%4 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(alphabet[v%32])
	}
	return s.String()
}

var codeFolder = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// hash keys a code, as people type it, with the installation's secret: fast, since the code is random.
func (a *Area) hash(purpose, code string) string {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte(purpose + ":" + codeFolder.Replace(strings.ToUpper(strings.TrimSpace(code)))))
	return hex.EncodeToString(m.Sum(nil))
}

func (a *Area) makeCode(tx *db.Tx, purpose string, account AccountID) (Code, error) {
	c := Code{newCode(), tx.Now.Add(codeLife)}
	return c, db.Insert(tx, &codeRow{
		Hash: a.hash(purpose, c.Code), Purpose: purpose, AccountID: account.Ptr(), MadeAt: tx.Now, ExpiresAt: c.ExpiresAt,
	})
}

// errCode says that a code does not work, and not why.
func errCode() error {
	var c fail.Check
	c.Add("code", "accounts.code_invalid")
	return c.Err()
}

// lockCode locks a code that still works; of two uses at once the second finds it used.
func (a *Area) lockCode(tx *db.Tx, purpose, code string) (codeRow, error) {
	r, err := db.One[codeRow](tx.Locked().Where("hash = ? AND purpose = ?", a.hash(purpose, code), purpose), "accounts.code_invalid")
	if fail.KindOf(err) == fail.Missing || err == nil && (r.UsedAt != nil || !r.ExpiresAt.After(tx.Now)) {
		return r, errCode()
	}
	return r, err
}

func useCode(tx *db.Tx, r codeRow) error {
	n, err := db.Set(tx.Model(&codeRow{}).Where("hash = ? AND used_at IS NULL", r.Hash), map[string]any{"used_at": tx.Now})
	if err == nil && n == 0 {
		return errCode()
	}
	return err
}

// MakeResetCode gives a one-time code with which the account's owner sets a password of his own, face to face
// at the township; the account's earlier codes stop working. Nobody ever knows another's password. Locks the account.
// Permission: AccountsManage over everything that the account may do, see [Grant].
func (a *Area) MakeResetCode(tx *db.Tx, by access.Actor, in AccountInput) (Code, error) {
	h, err := lockHeld(tx, in.ID)
	if err != nil {
		return Code{}, err
	}
	if err := h.requireOver(by); err != nil {
		return Code{}, err
	}
	if h.row.DisabledAt != nil {
		return Code{}, fail.Conflict("accounts.is_disabled")
	}
	_, err = db.Set(tx.Model(&codeRow{}).Where("account_id = ? AND purpose = ? AND used_at IS NULL", in.ID, forReset), map[string]any{"used_at": tx.Now})
	if err != nil {
		return Code{}, err
	}
	c, err := a.makeCode(tx, forReset, in.ID)
	if err != nil {
		return Code{}, err
	}
	return c, audit.Add(tx, by, audit.Row{Act: "account.reset_code", Object: "account", ID: in.ID})
}

// Reset sets the password of the account that the code was made for, and gives the account. Its sign-ins
// end. Locks the code and the account. The code is the permission.
func (a *Area) Reset(tx *db.Tx, code string, s Secret) (AccountID, error) {
	r, err := a.lockCode(tx, forReset, code)
	if err != nil {
		return AccountID{}, err
	}
	var c fail.Check
	s.check(&c, "password")
	if err := c.Err(); err != nil {
		return AccountID{}, err
	}
	row, err := lock(tx, *r.AccountID)
	if err != nil {
		return AccountID{}, err
	}
	if row.DisabledAt != nil {
		return AccountID{}, errCode()
	}
	if err := useCode(tx, r); err != nil {
		return AccountID{}, err
	}
	return row.ID, setSecret(tx, access.New(row.ID, access.PersonID{}, "", nil), row.ID, s, "")
}

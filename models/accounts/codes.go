package accounts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// The purposes of one-time codes.
const (
	forSetUp = "set_up"
	forReset = "reset"
	forFirst = "first" // of a slip, for an account that has no secret yet
	forMove  = "move"  // six digits, to go on in another browser
)

type codeRow struct {
	Hash      string `gorm:"primaryKey"`
	Purpose   string
	AccountID *AccountID
	MadeAt    time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time

	Seed   *seedID // what the code is made of, together with the area's key; nil for codes made before slips were
	Batch  *BatchID
	MadeBy *AccountID
}

type seedTag struct{}

type seedID = id.ID[seedTag]

func (codeRow) TableName() string { return "setup_codes" }

// codeLife is how long a code works; it works once.
const codeLife = 24 * time.Hour

// Code is a one-time code as it is shown, once: five groups of four letters and digits, 100 random bits.
type Code struct {
	Code      string    `json:"code" kept:"never"`
	ExpiresAt time.Time `json:"expires_at"`
}

// alphabet is Crockford's: no I, L, O, U, so that a code can be read out and written down.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const codeLength = 20

// codeOf makes a code from its seed, so that a slip can be shown again to the one who made it although no code is
// stored: the database alone does not tell it.
func (a *Area) codeOf(purpose string, seed seedID) string {
	b := a.stream(purpose, seed)
	var s strings.Builder
	for i, v := range b[:codeLength] {
		if i > 0 && i%4 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(alphabet[v%32])
	}
	return s.String()
}

// stream are 32 bytes that only who has the area's key can tell.
func (a *Area) stream(purpose string, seed seedID) []byte {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte("seed:" + purpose + ":"))
	m.Write(seed[:])
	return m.Sum(nil)
}

var codeFolder = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// hash keys a code, as people type it, with the installation's secret: fast, since the code is random.
func (a *Area) hash(purpose, code string) string {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte(purpose + ":" + codeFolder.Replace(strings.ToUpper(strings.TrimSpace(code)))))
	return hex.EncodeToString(m.Sum(nil))
}

func (a *Area) makeCode(tx *db.Tx, row codeRow, life time.Duration) (Code, error) {
	seed := id.Random[seedTag]()
	c := Code{a.codeOf(row.Purpose, seed), tx.Now.Add(life)}
	row.Hash, row.Seed, row.MadeAt, row.ExpiresAt = a.hash(row.Purpose, c.Code), &seed, tx.Now, c.ExpiresAt
	return c, db.Insert(tx, &row)
}

// voidCodes makes the account's codes stop working.
func voidCodes(tx *db.Tx, account AccountID) error {
	_, err := db.Set(tx.Model(&codeRow{}).Where("account_id = ? AND used_at IS NULL", account), map[string]any{"used_at": tx.Now})
	return err
}

// errCode says that a code does not work, and not why.
func errCode() error {
	var c fail.Check
	c.Add("code", "accounts.code_invalid")
	return c.Err()
}

// lockCode locks a code that still works; of two uses at once the second finds it used.
func (a *Area) lockCode(tx *db.Tx, code string, purposes ...string) (codeRow, error) {
	return a.findCode(tx, tx.Locked(), code, purposes...)
}

// findCode reads a code that still works, for any of the purposes.
func (a *Area) findCode(tx *db.Tx, q *gorm.DB, code string, purposes ...string) (codeRow, error) {
	hashes := make([]string, len(purposes))
	for i, p := range purposes {
		hashes[i] = a.hash(p, code)
	}
	r, err := db.One[codeRow](q.Where("hash IN ?", hashes), "accounts.code_invalid")
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
// Permission: AccountsManage over everything that the account may do, see [Grant]; nobody resets his own.
func (a *Area) MakeResetCode(tx *db.Tx, by access.Actor, in AccountInput) (Code, error) {
	h, err := lockOver(tx, by, in.ID)
	if err != nil {
		return Code{}, err
	}
	return a.resetCode(tx, by, h, nil)
}

// lockOver locks an account that works and that the actor may let somebody into.
func lockOver(tx *db.Tx, by access.Actor, account AccountID) (holder, error) {
	h, err := lockHeld(tx, account)
	if err == nil {
		err = h.requireOver(by)
	}
	if err == nil && h.row.DisabledAt != nil {
		err = fail.Conflict("accounts.is_disabled")
	}
	if err == nil && by.SignedIn() && by.Account == account {
		err = fail.Forbidden("accounts.not_own")
	}
	return h, err
}

// resetCode makes a code for an account that is locked; the first one of an account that has no secret lives longer.
func (a *Area) resetCode(tx *db.Tx, by access.Actor, h holder, batch *BatchID) (Code, error) {
	if err := voidCodes(tx, h.row.ID); err != nil {
		return Code{}, err
	}
	purpose, life := forReset, codeLife
	if h.row.Secret == "" && batch != nil {
		purpose, life = forFirst, slipLife
	}
	c, err := a.makeCode(tx, codeRow{Purpose: purpose, AccountID: h.row.ID.Ptr(), Batch: batch, MadeBy: by.Account.Ptr()}, life)
	if err != nil {
		return Code{}, err
	}
	act := map[string]string{forReset: "account.reset_code", forFirst: "account.slip"}[purpose]
	return c, audit.Add(tx, by, audit.Row{Act: act, Object: "account", ID: h.row.ID})
}

// Reset sets the password, or the six digits, of the account that the code was made for, and gives the account. Its
// sign-ins end. Locks the code and the account. The code is the permission.
func (a *Area) Reset(tx *db.Tx, code string, s Secret) (AccountID, error) {
	r, err := a.lockCode(tx, code, forReset, forFirst)
	if err != nil {
		return AccountID{}, err
	}
	h, err := lockHeld(tx, *r.AccountID)
	if err != nil {
		return AccountID{}, err
	}
	if h.row.DisabledAt != nil {
		return AccountID{}, errCode()
	}
	var c fail.Check
	s.check(&c, "password")
	c.If(s.pin && !h.mayPin(tx.Now), "password", "accounts.pin_not_for_office")
	if err := c.Err(); err != nil {
		return AccountID{}, err
	}
	if err := useCode(tx, r); err != nil {
		return AccountID{}, err
	}
	return h.row.ID, setSecret(tx, access.New(h.row.ID, access.PersonID{}, "", nil), h.row.ID, s, "")
}

// Over is nil when the actor may let the account's owner in again, close the account or end it. It locks nothing: it is for
// showing what can be done.
func Over(tx *db.Tx, by access.Actor, in AccountInput) error {
	h, err := readHeld(tx, in.ID)
	if err != nil {
		return err
	}
	return h.requireOver(by)
}

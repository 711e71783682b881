package accounts

import (
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// The kinds of a second factor: an app that shows six digits, or a card of codes on paper.
const (
	FactorApp  = "app"
	FactorCard = "card"
)

// factorRow is the second factor of an account: one that is not confirmed yet lets nobody in.
type factorRow struct {
	AccountID   AccountID `gorm:"primaryKey"`
	Kind        string
	Data        []byte // the app's secret, sealed; empty for a card
	Step        int64  // the last one whose digits were taken, so that none are taken twice
	MadeAt      time.Time
	ConfirmedAt *time.Time
}

func (factorRow) TableName() string { return "factors" }

// factorCodeRow is one code on paper: of a card, or to get in without the app.
type factorCodeRow struct {
	AccountID AccountID `gorm:"primaryKey"`
	Number    int       `gorm:"primaryKey;autoIncrement:false"`
	Hash      string
	Seed      seedID
	MadeAt    time.Time
	UsedAt    *time.Time
}

func (factorCodeRow) TableName() string { return "factor_codes" }

// factorRoles are the roles that see a county or a township with its people: they sign in with a second factor.
var factorRoles = []access.Role{access.County, access.Auditor, access.TownshipAdmin, access.Township}

// NeedsFactor reports whether the actor signs in with a second factor, where the installation asks for it.
func NeedsFactor(by access.Actor) bool { return by.Has(factorRoles...) }

// Factor is the state of one's own second factor.
type Factor struct {
	Kind string `json:"kind"` // "" for none
	Left int    `json:"left"` // codes on paper that were not used
}

// FactorOf reads an account's factor. No permission is asked: the caller knows whose it is.
func FactorOf(tx *db.Tx, account AccountID) (Factor, error) {
	rows, err := db.All[factorRow](tx.Where("account_id = ? AND confirmed_at IS NOT NULL", account))
	if err != nil || len(rows) == 0 {
		return Factor{}, err
	}
	left, err := db.Ask[int](tx, "SELECT COUNT(*) FROM factor_codes WHERE account_id = ? AND used_at IS NULL", account)
	if err != nil {
		return Factor{}, err
	}
	return Factor{rows[0].Kind, left[0]}, nil
}

func bound(account AccountID) string { return "factors.data/" + account.String() }

const (
	period  = 30 // seconds that six digits of an app count for
	digits6 = otp.DigitsSix
)

// How long the secret of an app that is not confirmed is read, and how long it is given again to who begins anew: what was begun last can
// be read for a quarter of an hour at least.
const (
	startedLife = time.Hour
	startedAnew = startedLife - 15*time.Minute
)

// StartedFactor reads the secret that [Area.StartFactor] made; conflict when none was, or too long ago. The caller has checked the password.
func (a *Area) StartedFactor(tx *db.Tx, account AccountID, issuer string) (address, secret string, err error) {
	row, err := db.One[accountRow](tx.Where("id = ?", account), "accounts.missing")
	if err != nil {
		return "", "", err
	}
	f, err := db.All[factorRow](tx.Where("account_id = ? AND confirmed_at IS NULL AND made_at > ?", account, tx.Now.Add(-startedLife)))
	if err == nil && (len(f) == 0 || len(f[0].Data) == 0) {
		err = fail.Conflict("accounts.factor_missing")
	}
	if err == nil {
		secret, err = a.ring.Open(f[0].Data, bound(account))
	}
	if err != nil {
		return "", "", err
	}
	return appAddress(issuer, row.Username, secret), secret, nil
}

// StartFactor makes the secret of an app for an account that has no confirmed factor, or gives the one that was made just before,
// as the address that the app reads from a QR code. issuer names the site in the app. The caller has checked the password.
func (a *Area) StartFactor(tx *db.Tx, account AccountID, issuer string) (address, secret string, err error) {
	row, err := lock(tx, account)
	if err != nil {
		return "", "", err
	}
	old, err := db.All[factorRow](tx.Where("account_id = ?", account))
	if err != nil {
		return "", "", err
	}
	if len(old) > 0 && old[0].ConfirmedAt != nil {
		return "", "", fail.Conflict("accounts.factor_there")
	}
	if len(old) > 0 && len(old[0].Data) > 0 && tx.Now.Sub(old[0].MadeAt) < startedAnew {
		if secret, err = a.ring.Open(old[0].Data, bound(account)); err != nil {
			return "", "", wrap(err)
		}
		return appAddress(issuer, row.Username, secret), secret, nil
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: row.Username})
	if err != nil {
		return "", "", wrap(err)
	}
	secret = key.Secret()
	f := factorRow{AccountID: account, Kind: FactorApp, Data: a.ring.Seal(secret, bound(account)), MadeAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error; err != nil {
		return "", "", wrap(err)
	}
	return appAddress(issuer, row.Username, secret), secret, nil
}

func appAddress(issuer, username, secret string) string {
	// Names as the key URI of authenticator apps wants them; the library writes spaces as "+", which some apps show.
	e := strings.NewReplacer("%", "%25", " ", "%20", ":", "%3A", "?", "%3F", "#", "%23", "/", "%2F", "&", "%26").Replace
	return "otpauth://totp/" + e(issuer) + ":" + e(username) + "?secret=" + secret + "&issuer=" + e(issuer)
}

// errFactor says that the digits are not the right ones, under the form's field.
func errFactor() error {
	var c fail.Check
	c.Add("code", "accounts.factor_wrong")
	return c.Err()
}

// ErrFactor is [errFactor] for callers of [Area.CheckFactor].
func ErrFactor() error { return errFactor() }

// ConfirmFactor takes the app into use when it shows the right digits, and makes the codes for the day it is lost. The
// caller has checked the password.
func (a *Area) ConfirmFactor(tx *db.Tx, account AccountID, code string) error {
	f, err := a.lockFactor(tx, account)
	if err != nil {
		return err
	}
	if f.ConfirmedAt != nil {
		return fail.Conflict("accounts.factor_there")
	}
	step, ok, err := a.stepOf(f, code, tx.Now)
	if err != nil {
		return err
	}
	if !ok {
		return errFactor()
	}
	return a.takeFactor(tx, account, map[string]any{"confirmed_at": tx.Now, "step": step}, recoveryCodes, "app")
}

// How many codes are on paper.
const (
	recoveryCodes = 10
	cardCodes     = 40
)

// TakeCard makes a card of codes the second factor of an account that has none. The caller has checked the password.
func (a *Area) TakeCard(tx *db.Tx, account AccountID) error {
	if _, err := lock(tx, account); err != nil {
		return err
	}
	old, err := db.All[factorRow](tx.Where("account_id = ? AND confirmed_at IS NOT NULL", account))
	if err != nil {
		return err
	}
	if len(old) > 0 {
		return fail.Conflict("accounts.factor_there")
	}
	f := factorRow{AccountID: account, Kind: FactorCard, Data: []byte{}, MadeAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error; err != nil {
		return wrap(err)
	}
	return a.takeFactor(tx, account, map[string]any{"confirmed_at": tx.Now}, cardCodes, "card")
}

func (a *Area) takeFactor(tx *db.Tx, account AccountID, columns map[string]any, codes int, kind string) error {
	if _, err := db.Set(tx.Model(&factorRow{}).Where("account_id = ?", account), columns); err != nil {
		return err
	}
	if err := a.makePaper(tx, account, codes); err != nil {
		return err
	}
	by := access.New(account, access.PersonID{}, "", nil)
	return audit.Add(tx, by, audit.Row{Act: "account.factor", Object: "account", ID: account, Change: audit.Changes{}.Code("factor", "", kind)})
}

// makePaper puts new codes in the place of all old ones.
func (a *Area) makePaper(tx *db.Tx, account AccountID, n int) error {
	if err := tx.Where("account_id = ?", account).Delete(&factorCodeRow{}).Error; err != nil {
		return wrap(err)
	}
	rows := make([]factorCodeRow, n)
	for i := range rows {
		seed := id.Random[seedTag]()
		rows[i] = factorCodeRow{AccountID: account, Number: i + 1, Seed: seed, Hash: a.hash("paper:"+account.String(), a.paperCode(seed)), MadeAt: tx.Now}
	}
	return wrapNil(tx.Create(&rows).Error)
}

// paperCode is two groups of four letters and digits, 40 random bits: tries are bounded.
func (a *Area) paperCode(seed seedID) string { return a.codeOf("paper", seed)[:9] }

func (a *Area) lockFactor(tx *db.Tx, account AccountID) (factorRow, error) {
	f, err := db.One[factorRow](tx.Locked().Where("account_id = ?", account), "accounts.factor_missing")
	if fail.KindOf(err) == fail.Missing {
		err = fail.Conflict("accounts.factor_missing")
	}
	return f, err
}

// stepOf finds the step of time that the digits of the app belong to: the present one, or the ones beside it, since clocks differ.
func (a *Area) stepOf(f factorRow, code string, now time.Time) (int64, bool, error) {
	if len(f.Data) == 0 {
		return 0, false, nil
	}
	secret, err := a.ring.Open(f.Data, bound(f.AccountID))
	if err != nil {
		return 0, false, wrap(err)
	}
	code = digits(code)
	present := now.Unix() / period
	for _, step := range []int64{present, present - 1, present + 1} {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: digits6, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // after 1970
		if err != nil {
			return 0, false, fmt.Errorf("accounts: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > f.Step {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// CheckFactor takes six digits of the app or a code on paper, each once. A wrong one is false without an error, so that the
// failure is stored; the caller answers [ErrFactor]. Limited after too many wrong ones, wherever they come from: whoever tries
// has the password. Locks the failures and the factor.
func (a *Area) CheckFactor(tx *db.Tx, account AccountID, code string) (bool, error) {
	name := "*factor " + account.String()
	tries, err := lockFailures(tx, name, "*")
	if err == nil {
		err = tries.mustWait(tx.Now)
	}
	if err != nil {
		return false, err
	}
	f, err := a.lockFactor(tx, account)
	if err != nil {
		return false, err
	}
	ok := false
	if f.ConfirmedAt != nil {
		if ok, err = a.useFactor(tx, f, code); err != nil {
			return false, err
		}
	}
	if !ok {
		if err := countFailure(tx, tries, name, "*"); err != nil {
			return false, err
		}
		return false, auditOwn(tx, account, "account.factor_refused")
	}
	return true, wrapNil(tx.Where("username = ?", name).Delete(&failureRow{}).Error)
}

func (a *Area) useFactor(tx *db.Tx, f factorRow, code string) (bool, error) {
	step, ok, err := a.stepOf(f, code, tx.Now)
	if err != nil {
		return false, err
	}
	if ok {
		_, err := db.Set(tx.Model(&factorRow{}).Where("account_id = ?", f.AccountID), map[string]any{"step": step})
		return true, err
	}
	hash := a.hash("paper:"+f.AccountID.String(), code)
	n, err := db.Set(tx.Model(&factorCodeRow{}).Where("account_id = ? AND hash = ? AND used_at IS NULL", f.AccountID, hash), map[string]any{"used_at": tx.Now})
	return n > 0, err
}

// PaperCode is a code on paper as it is printed.
type PaperCode struct {
	Number int    `json:"number"`
	Code   string `json:"code" kept:"never"` // "" when it was used
}

// paperShown is how long after they were made codes on paper can be read.
const paperShown = 30 * time.Minute

// Paper lists the actor's codes on paper, for half an hour after they were made; none after that. Permission: being signed in.
func (a *Area) Paper(tx *db.Tx, by access.Actor, _ struct{}) (db.Page[PaperCode], error) {
	page := db.Page[PaperCode]{Items: []PaperCode{}}
	if !by.SignedIn() {
		return page, fail.NoSignIn("access.sign_in_first")
	}
	rows, err := db.All[factorCodeRow](tx.Where("account_id = ? AND made_at > ?", by.Account, tx.Now.Add(-paperShown)).Order("number"))
	for _, r := range rows {
		c := PaperCode{Number: r.Number}
		if r.UsedAt == nil {
			c.Code = a.paperCode(r.Seed)
		}
		page.Items = append(page.Items, c)
	}
	return page, err
}

// NewPaper makes new codes on paper for the actor; the old ones stop working. Permission: being signed in; the caller
// has asked for the factor just before.
func (a *Area) NewPaper(tx *db.Tx, by access.Actor, _ struct{}) (struct{}, error) {
	if !by.SignedIn() {
		return struct{}{}, fail.NoSignIn("access.sign_in_first")
	}
	f, err := a.lockFactor(tx, by.Account)
	if err != nil {
		return struct{}{}, err
	}
	n := recoveryCodes
	if f.Kind == FactorCard {
		n = cardCodes
	}
	if err := a.makePaper(tx, by.Account, n); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, audit.Add(tx, by, audit.Row{Act: "account.paper", Object: "account", ID: by.Account})
}

// ResetFactor takes away the second factor of an account whose owner has lost it, who makes a new one at his next sign-in;
// his sign-ins end. Face to face, and never one's own: for the county another county account does it, or somebody on the
// server. Locks the account. Permission: AccountsManage over everything that the account may do, and the county's role.
func ResetFactor(tx *db.Tx, by access.Actor, in AccountInput) (View, error) {
	h, err := lockOver(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	if by.Job() == "" && !by.Has(access.County) {
		return View{}, fail.Forbidden("accounts.not_yours_to_give")
	}
	for _, row := range []any{&factorRow{}, &factorCodeRow{}} {
		if err := tx.Where("account_id = ?", in.ID).Delete(row).Error; err != nil {
			return View{}, wrap(err)
		}
	}
	if _, err := EndAll(tx, in.ID, ""); err != nil {
		return View{}, err
	}
	return h.view(), audit.Add(tx, by, audit.Row{Act: "account.factor_reset", Object: "account", ID: in.ID})
}

package db

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/fail"
	"huotang/models/id"
)

type formTag struct{}

// FormID is the UUID that a form (or an API client's Idempotency-Key) carries: sent
// twice, it is done once.
type FormID = id.ID[formTag]

type formKey struct {
	AccountID access.AccountID `gorm:"primaryKey"`
	FormID    FormID           `gorm:"primaryKey"`
	Op        string
	Hash      string
	Answer    string
	Rights    string
	MadeAt    time.Time
}

// Sending is a form (or a request of an API client) as it was sent.
type Sending struct {
	By     access.AccountID
	Form   FormID
	Op     string
	Hash   string // tells two inputs apart, and nothing of what they hold
	Rights string // what the account might do when it was sent
}

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{formKey{}} }

// Once runs do, and keeps its answer under (account, form) in the same transaction. A
// second call with the same hash of the input gets the first answer as its JSON kept it; with
// another hash it is a conflict, and so it is when the account's rights have changed since: what was
// done stays done, and what it showed is not shown again to who might not see it now. A do that fails keeps nothing, so a
// corrected form may be sent again.
func Once[Out any](tx *Tx, s Sending, do func() (Out, error)) (Out, error) {
	out, done, err := Kept[Out](tx, s)
	if err != nil || done {
		return out, err
	}
	if out, err = do(); err != nil {
		return out, err
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return out, fmt.Errorf("db: answer of %s: %w", s.Op, err)
	}
	err = Insert(tx, &formKey{AccountID: s.By, FormID: s.Form, Op: s.Op, Hash: s.Hash, Answer: string(answer), Rights: s.Rights, MadeAt: tx.Now})
	if IsDuplicate(err) {
		return out, Repeat(errors.Join(errors.New("db: the same form at the same time"), err))
	}
	return out, err
}

// Kept gives the answer that [Once] has kept of a form, if it was done; its conflicts are Once's.
func Kept[Out any](tx *Tx, s Sending) (out Out, done bool, err error) {
	kept, err := One[formKey](tx.Where("account_id = ? AND form_id = ?", s.By, s.Form), "form.missing")
	switch {
	case err == nil && (kept.Op != s.Op || kept.Hash != s.Hash):
		return out, false, fail.Conflict("form.different")
	case err == nil && kept.Rights != s.Rights:
		return out, false, fail.Conflict("form.rights_changed")
	case err == nil:
		if err := json.Unmarshal([]byte(kept.Answer), &out); err != nil {
			return out, false, fmt.Errorf("db: answer of %s: %w", s.Op, err)
		}
		return out, true, nil
	case fail.KindOf(err) != fail.Missing:
		return out, false, err
	}
	return out, false, nil
}

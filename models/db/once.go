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
	MadeAt    time.Time
}

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{formKey{}} }

// Once runs do, and keeps its answer under (account, form) in the same transaction. A
// second call with the same hash of the input gets the first answer as its JSON kept it; with
// another hash it is a conflict. A do that fails keeps nothing, so a corrected form may be sent again.
func Once[Out any](tx *Tx, by access.AccountID, form FormID, op, hash string, do func() (Out, error)) (Out, error) {
	var out Out
	kept, err := One[formKey](tx.Where("account_id = ? AND form_id = ?", by, form), "form.missing")
	switch {
	case err == nil && (kept.Op != op || kept.Hash != hash):
		return out, fail.Conflict("form.different")
	case err == nil:
		if err := json.Unmarshal([]byte(kept.Answer), &out); err != nil {
			return out, fmt.Errorf("db: answer of %s: %w", op, err)
		}
		return out, nil
	case fail.KindOf(err) != fail.Missing:
		return out, err
	}
	if out, err = do(); err != nil {
		return out, err
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return out, fmt.Errorf("db: answer of %s: %w", op, err)
	}
	err = Insert(tx, &formKey{AccountID: by, FormID: form, Op: op, Hash: hash, Answer: string(answer), MadeAt: tx.Now})
	if IsDuplicate(err) {
		return out, Repeat(errors.Join(errors.New("db: the same form at the same time"), err))
	}
	return out, err
}

// ForgetForms drops the answers kept by [Once] before the time and returns how many. A form sent again
// after that is done again.
func ForgetForms(tx *Tx, before time.Time) (int64, error) {
	res := tx.Where("made_at < ?", before).Delete(&formKey{})
	if res.Error != nil {
		return 0, fmt.Errorf("db: forget forms: %w", res.Error)
	}
	return res.RowsAffected, nil
}

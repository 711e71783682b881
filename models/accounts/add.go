package accounts

import (
	"errors"
	"regexp"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
)

// AddInput describes a new account. It may do nothing until it has a grant, and nobody can sign in with it
// until its owner has set a password ([Area.MakeResetCode]).
type AddInput struct {
	Username string          `json:"username" form:"username"` // 2–64 letters, digits, dots, hyphens; stored in lower case
	Name     string          `json:"name" form:"name"`
	Person   access.PersonID `json:"person" form:"person"`     // zero for an official who is on no roster
	Language string          `json:"language" form:"language"` // "" for as the browser asks
}

// Add makes an account. Permission: AccountsManage on any unit; for a person's account where the person lives, belongs
// or attends, since it will show his own records.
func Add(tx *db.Tx, by access.Actor, in AddInput) (View, error) {
	if err := by.RequireAnywhere(access.AccountsManage); err != nil {
		return View{}, err
	}
	var c fail.Check
	row := newAccount(tx, by, &c, in.Username, in.Name, in.Language)
	if !in.Person.IsZero() {
		if err := personOf(tx, by, in.Person); err != nil {
			return View{}, err
		}
		row.PersonID, row.OpenPersonID = in.Person.Ptr(), in.Person.Ptr()
	}
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if err := insertAccount(tx, by, row); err != nil {
		return View{}, err
	}
	return read(tx, row.ID)
}

// personOf asks for the right to make an account of the person, who must be there still and not have one that works.
func personOf(tx *db.Tx, by access.Actor, person access.PersonID) error {
	p, paths, err := homeOf(tx, person)
	if err != nil {
		return err
	}
	if err := by.Require(access.AccountsManage, paths...); err != nil {
		return err
	}
	switch {
	case !p.MergedInto.IsZero():
		return fail.Conflict("people.merged")
	case !p.Gone.IsZero() && !p.Gone.After(tx.Today()):
		return fail.Conflict("accounts.person_gone")
	}
	held, err := openOf(tx, person)
	if err == nil && !held.ID.IsZero() {
		err = fail.Conflict("accounts.person_has")
	}
	return err
}

// openOf reads the open account of a person, the zero row for none.
func openOf(tx *db.Tx, person access.PersonID) (accountRow, error) {
	held, err := db.All[accountRow](tx.Where("open_person_id = ?", person).Limit(1))
	if err != nil || len(held) == 0 {
		return accountRow{}, err
	}
	return held[0], nil
}

var usernameForm = regexp.MustCompile(`^[\p{L}\p{Nd}][\p{L}\p{Nd}._-]+$`)

// newAccount checks what every account has and makes its row.
func newAccount(tx *db.Tx, by access.Actor, c *fail.Check, username, name, language string) accountRow {
	username = c.Text("username", username, 2, 64)
	c.If(username != "" && !usernameForm.MatchString(fold(username)), "username", "accounts.username_form")
	c.If(language != "" && !slices.Contains(lang.Langs, lang.Lang(language)), "language", "input.choice")
	return accountRow{
		ID: AccountID(id.New[accountRow]()), Username: fold(username), Name: c.Text("name", name, 1, 60), Language: language,
		MadeAt: tx.Now, MadeBy: by.Account.Ptr(),
	}
}

func insertAccount(tx *db.Tx, by access.Actor, row accountRow) error {
	if err := db.Insert(tx, &row); err != nil {
		if db.IsDuplicate(err) {
			if row.PersonID != nil {
				if held, findErr := openOf(tx, *row.PersonID); findErr != nil || !held.ID.IsZero() {
					return errors.Join(findErr, fail.Conflict("accounts.person_has").Because(err))
				}
			}
			e := fail.Conflict("accounts.username_taken").Because(err)
			e.Fields = []fail.Field{{Name: "username", Code: "accounts.username_taken"}}
			return e
		}
		return err
	}
	change := audit.Changes{}.Field("username").Field("name").ID("person_id", access.PersonID{}, id.Or(row.PersonID))
	return audit.Add(tx, by, audit.Row{Act: "account.add", Object: "account", ID: row.ID, Change: change})
}

// SetDisabledInput closes an account or opens it again.
type SetDisabledInput struct {
	ID       AccountID `path:"id" json:"-"`
	Disabled bool      `json:"disabled" form:"disabled"`
}

// SetDisabled closes an account, which ends its sign-ins at once, or opens it again. The last account that
// can steer the county stays open: conflict. Locks the account. Permission: AccountsManage over everything that the account may do, see [Grant].
func SetDisabled(tx *db.Tx, by access.Actor, in SetDisabledInput) (View, error) {
	h, err := lockHeld(tx, in.ID)
	if err != nil {
		return View{}, err
	}
	if err := h.requireOver(by); err != nil {
		return View{}, err
	}
	if (h.row.DisabledAt != nil) == in.Disabled {
		return read(tx, in.ID)
	}
	columns, state := map[string]any{"disabled_at": nil, "open_person_id": h.row.PersonID, "ends_on": nil}, [2]string{"disabled", "open"}
	if in.Disabled {
		if err := h.keepCounty(tx, h.grants...); err != nil {
			return View{}, err
		}
		if _, err := EndAll(tx, in.ID, ""); err != nil {
			return View{}, err
		}
		if err := voidCodes(tx, in.ID); err != nil {
			return View{}, err
		}
		columns, state = map[string]any{"disabled_at": tx.Now, "open_person_id": nil}, [2]string{"open", "disabled"}
	}
	if _, err := db.Set(tx.Model(&accountRow{}).Where("id = ?", in.ID), columns); err != nil {
		if db.IsDuplicate(err) {
			err = fail.Conflict("accounts.person_has").Because(err)
		}
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "account.disable", Object: "account", ID: in.ID, Change: audit.Changes{}.Code("state", state[0], state[1]),
	})
	if err != nil {
		return View{}, err
	}
	return read(tx, in.ID)
}

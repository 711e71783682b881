package privacy

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/people"
	"huotang/models/settings"
)

// Basis says why a person is erased.
type Basis string

// The bases.
const (
	OwnWish  Basis = "own_wish"  // he asked for it
	NoNeed   Basis = "no_need"   // dead or gone for long, the purpose has ended
	WrongOne Basis = "wrong_one" // should never have been entered
)

// Bases lists them.
var Bases = []Basis{OwnWish, NoNeed, WrongOne}

// EraseWait is how many days an erasure can be undone.
var EraseWait = settings.Key[int]{Name: "privacy.erase_wait", Default: 7}

// ErasedName stands where the name of an erased person stood.
func ErasedName() string { return lang.Chinese.T("privacy.erased_name") }

// ErasureView is an erasure that waits, was undone or is done.
type ErasureView struct {
	ID      ErasureID       `json:"id"`
	Person  access.PersonID `json:"person"`
	Basis   Basis           `json:"basis"`
	AskedAt time.Time       `json:"asked_at"`
	DueOn   date.Date       `json:"due_on"` // done in the night before
	Undone  bool            `json:"undone"`
	Done    bool            `json:"done"`
}

func (r erasureRow) view() ErasureView {
	return ErasureView{r.ID, r.PersonID, r.Basis, r.AskedAt, r.DueOn, r.UndoneAt != nil, r.DoneAt != nil}
}

// EraseView names what would go and what stays.
type EraseView struct {
	Person   access.PersonID `json:"person"`
	Name     string          `json:"name"`
	Accounts []string        `json:"accounts"` // user names that can sign in no more
	Sessions int             `json:"sessions"` // marks that stay counted, without a name
	Credits  int             `json:"credits"`  // likewise
	Schools  []string        `json:"schools"`  // whose names hold the person's, and stay until somebody changes them
	Namesake bool            `json:"namesake"` // somebody else's name holds this one: where both may be meant, texts stay as they are
	Wait     int             `json:"wait"`     // days
	Pending  *ErasureView    `json:"pending"`  // null while none waits
	Erased   bool            `json:"erased"`   // already
}

// PersonInput names a person.
type PersonInput struct {
	Person access.PersonID `path:"id" json:"-"`
}

// Erasure tells what the erasure of a person would take and leave. Permission: PrivacyErase on the person.
func Erasure(tx *db.Tx, by access.Actor, in PersonInput) (EraseView, error) {
	p, err := requireErase(tx, by, in.Person)
	if err != nil {
		return EraseView{}, err
	}
	v := EraseView{Person: p.ID, Name: p.Name, Schools: []string{}}
	rows, err := db.All[erasureRow](tx.Where("person_id = ? AND undone_at IS NULL", p.ID).Order("asked_at"))
	if err != nil {
		return v, err
	}
	for _, r := range rows {
		if v.Erased = r.DoneAt != nil; !v.Erased {
			w := r.view()
			v.Pending = &w
		}
	}
	wait, err := settings.Get(tx, EraseWait, tx.Today())
	if err != nil {
		return v, err
	}
	v.Wait = wait.Value
	if v.Accounts, err = db.Ask[string](tx, "SELECT username FROM accounts WHERE person_id = ? ORDER BY username", p.ID); err != nil {
		return v, err
	}
	counts, err := db.Ask[struct{ Sessions, Credits int }](tx,
		"SELECT (SELECT COUNT(*) FROM marks WHERE person_id = ?) AS sessions, (SELECT COUNT(*) FROM credits WHERE person_id = ?) AS credits", p.ID, p.ID)
	if err != nil {
		return v, err
	}
	v.Sessions, v.Credits = counts[0].Sessions, counts[0].Credits
	if v.Namesake, err = hasNamesake(tx, p.ID, p.Name); err == nil && !v.Erased {
		v.Schools, err = db.Ask[string](tx, "SELECT name FROM units WHERE kind = 'site' AND INSTR(name, ?) > 0 ORDER BY code LIMIT 20", p.Name)
	}
	return v, err
}

func requireErase(tx *db.Tx, by access.Actor, person access.PersonID) (people.Person, error) {
	p, err := people.Find(tx, person)
	if err != nil {
		if !by.SignedIn() && by.Job() == "" {
			err = fail.NoSignIn("access.sign_in_first")
		}
		return p, err
	}
	if err := by.Require(access.PrivacyErase, p.Home()...); err != nil {
		return p, err
	}
	if !p.MergedInto.IsZero() { // what was his is the other's now
		return p, fail.Conflict("people.merged")
	}
	return p, nil
}

// MayErase reports whether the actor could ask for the erasure of a person, for the links of pages.
func MayErase(tx *db.Tx, by access.Actor, person string) (bool, error) {
	var in PersonInput
	if err := in.Person.UnmarshalText([]byte(person)); err != nil {
		return false, nil //nolint:nilerr // no person
	}
	_, err := requireErase(tx, by, in.Person)
	if k := fail.KindOf(err); k == fail.Missing || k == fail.ForbiddenAct || k == fail.Unauthenticated || k == fail.Conflicting {
		return false, nil
	}
	return err == nil, err
}

// AskErasureInput says who is to be erased and why. Name is the person's, typed again, so that nobody is erased by a slip.
type AskErasureInput struct {
	Person access.PersonID `path:"id" json:"-"`
	Basis  Basis           `json:"basis" form:"basis"`
	Name   string          `json:"name" form:"name"`
}

// AskErasure plans the erasure of a person. His accounts are closed at once; the rest is done when the days of waiting are
// over, by [Area.EraseDue], and until then [UndoErasure] takes it back. Locks the person. Permission: PrivacyErase on the person.
func AskErasure(tx *db.Tx, by access.Actor, in AskErasureInput) (ErasureView, error) {
	if err := tx.Lock("persons", in.Person); err != nil {
		return ErasureView{}, err
	}
	v, err := Erasure(tx, by, PersonInput{in.Person})
	if err != nil {
		return ErasureView{}, err
	}
	if v.Pending != nil || v.Erased {
		return ErasureView{}, fail.Conflict("privacy.erasure_asked")
	}
	if by.Is(in.Person) {
		return ErasureView{}, fail.Conflict("privacy.not_yourself")
	}
	var c fail.Check
	c.If(!slices.Contains(Bases, in.Basis), "basis", "input.choice")
	c.If(lang.SearchTerm(in.Name) != lang.SearchTerm(v.Name), "name", "privacy.name_differs")
	if err := c.Err(); err != nil {
		return ErasureView{}, err
	}
	if err := closeAccounts(tx, by, in.Person); err != nil {
		return ErasureView{}, err
	}
	r := erasureRow{
		ID: id.New[erasureTag](), PersonID: in.Person, Basis: in.Basis, AskedBy: by.Account.Ptr(), AskedAt: tx.Now, DueOn: tx.Today().AddDays(v.Wait),
	}
	if err := db.Insert(tx, &r); err != nil {
		return ErasureView{}, err
	}
	change := audit.Changes{}.Code("basis", "", string(r.Basis)).Code("due_on", "", r.DueOn.String())
	return r.view(), people.AuditOf(tx, by, in.Person, "erasure.ask", change)
}

// closeAccounts closes the person's accounts; the last one that steers the county stays, and with it the person.
func closeAccounts(tx *db.Tx, by access.Actor, person access.PersonID) error {
	open, err := db.Ask[access.AccountID](tx, "SELECT id FROM accounts WHERE person_id = ? AND disabled_at IS NULL ORDER BY id", person)
	for _, account := range open {
		if err == nil {
			_, err = accounts.SetDisabled(tx, by, accounts.SetDisabledInput{ID: account, Disabled: true})
		}
	}
	return err
}

// UndoErasure takes an erasure back while it waits, and opens the accounts that were closed for it, unless the person has another
// one by now. Locks the person. Permission: PrivacyErase on the person.
func UndoErasure(tx *db.Tx, by access.Actor, in PersonInput) (ErasureView, error) {
	if err := tx.Lock("persons", in.Person); err != nil {
		return ErasureView{}, err
	}
	if _, err := requireErase(tx, by, in.Person); err != nil {
		return ErasureView{}, err
	}
	rows, err := db.All[erasureRow](tx.Where("person_id = ? AND undone_at IS NULL AND done_at IS NULL", in.Person))
	if err != nil {
		return ErasureView{}, err
	}
	if len(rows) == 0 {
		return ErasureView{}, fail.Conflict("privacy.no_erasure")
	}
	r := rows[0]
	now := tx.Now
	r.UndoneBy, r.UndoneAt = by.Account.Ptr(), &now
	if _, err := db.Set(tx.Model(&erasureRow{}).Where("id = ?", r.ID), map[string]any{"undone_by": r.UndoneBy, "undone_at": now}); err != nil {
		return ErasureView{}, err
	}
	if err := openAccounts(tx, by, r); err != nil {
		return ErasureView{}, err
	}
	return r.view(), people.AuditOf(tx, by, in.Person, "erasure.undo", audit.Changes{})
}

// openAccounts opens again what the asking closed, which the instant tells.
func openAccounts(tx *db.Tx, by access.Actor, r erasureRow) error {
	closed, err := db.Ask[access.AccountID](tx, "SELECT id FROM accounts WHERE person_id = ? AND disabled_at = ? "+
		"AND NOT EXISTS (SELECT 1 FROM accounts o WHERE o.person_id = ? AND o.disabled_at IS NULL) ORDER BY id", r.PersonID, r.AskedAt, r.PersonID)
	for _, account := range closed {
		if err == nil {
			_, err = accounts.SetDisabled(tx, by, accounts.SetDisabledInput{ID: account, Disabled: false})
		}
	}
	return err
}

// PendingView is an erasure that waits, with the name that it will take.
type PendingView struct {
	Person  access.PersonID `json:"person"`
	Name    string          `json:"name"`
	Village string          `json:"village"`
	Basis   Basis           `json:"basis"`
	DueOn   date.Date       `json:"due_on"`
}

// PendingInput is empty.
type PendingInput struct{}

// Pending lists the erasures that wait, the next first. Permission: PrivacyErase.
func Pending(tx *db.Tx, by access.Actor, _ PendingInput) (db.Page[PendingView], error) {
	page := db.Page[PendingView]{Items: []PendingView{}}
	scope := by.Visible(access.PrivacyErase)
	if scope.Empty() {
		return page, by.RequireAnywhere(access.PrivacyErase)
	}
	cond, args := db.PathRange("v.path", scope)
	rows, err := db.Ask[PendingView](tx, "SELECT p.id AS person, p.name, v.name AS village, e.basis, e.due_on FROM erasures e JOIN persons p ON p.id = e.person_id "+
		"JOIN units v ON v.id = p.village_id WHERE e.done_at IS NULL AND e.undone_at IS NULL AND "+cond+" ORDER BY e.due_on, e.id LIMIT 200", args...)
	page.Items = append(page.Items, rows...)
	return page, err
}

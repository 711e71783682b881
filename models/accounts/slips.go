package accounts

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type batchTag struct{}

// BatchID identifies slips that were made together.
type BatchID = id.ID[batchTag]

const (
	slipLife  = 30 * 24 * time.Hour // a first code is handed out at the next meeting
	slipShown = 2 * time.Hour       // how long who made slips can look at them again
	slipsMost = 400                 // in one batch: fifty sheets
)

// SlipsInput names the accounts that get a slip.
type SlipsInput struct {
	Accounts []AccountID `json:"accounts" form:"account"`
}

// Batch names slips that were made together.
type Batch struct {
	ID BatchID `json:"id"`
	N  int     `json:"n"`
}

// MakeSlips makes a new code for each account, to be printed and handed over face to face: for the first use of one that has
// no secret, else to set a new one. Earlier codes of these accounts stop working, so a slip that was lost is worth nothing.
// Locks the accounts. Permission: AccountsManage over everything that each account may do, see [Grant].
func (a *Area) MakeSlips(tx *db.Tx, by access.Actor, in SlipsInput) (Batch, error) {
	if err := by.RequireAnywhere(access.AccountsManage); err != nil {
		return Batch{}, err
	}
	list := slices.Clone(in.Accounts)
	slices.SortFunc(list, func(a, b AccountID) int { return slices.Compare(a[:], b[:]) })
	list = slices.Compact(list)
	var c fail.Check
	c.If(len(list) == 0, "account", "accounts.choose_some")
	c.If(len(list) > slipsMost, "account", "accounts.too_many", slipsMost)
	if err := c.Err(); err != nil {
		return Batch{}, err
	}
	batch := Batch{id.Random[batchTag](), len(list)}
	for _, account := range list {
		h, err := lockOver(tx, by, account)
		if err != nil {
			return Batch{}, err
		}
		if _, err := a.resetCode(tx, by, h, &batch.ID); err != nil {
			return Batch{}, err
		}
	}
	return batch, nil
}

// Slip is what is printed for one person.
type Slip struct {
	Name      string    `json:"name"`
	Username  string    `json:"username"`
	Places    []string  `json:"places"` // units of the roles
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
	Pin       bool      `json:"pin"`   // six digits are enough
	First     bool      `json:"first"` // nobody has signed in with the account yet
}

// BatchInput names a batch.
type BatchInput struct {
	ID BatchID `path:"batch" json:"-"`
}

// Slips reads the slips of a batch that were not used, by user name. They are shown to the one who made them, for two hours;
// later a new one is made. Permission: being the one.
func (a *Area) Slips(tx *db.Tx, by access.Actor, in BatchInput) (db.Page[Slip], error) {
	page := db.Page[Slip]{Items: []Slip{}}
	if err := by.RequireAnywhere(access.AccountsManage); err != nil {
		return page, err
	}
	rows, err := db.Ask[struct {
		Code     codeRow `gorm:"embedded"`
		Username string
		Name     string
	}](tx, "SELECT c.*, a.username, a.name FROM setup_codes c JOIN accounts a ON a.id = c.account_id "+
		"WHERE c.batch = ? AND c.made_by = ? AND c.made_at > ? ORDER BY a.username", in.ID, by.Account, tx.Now.Add(-slipShown))
	if err != nil {
		return page, err
	}
	if len(rows) == 0 {
		return page, fail.NotFound("accounts.batch_missing")
	}
	for _, r := range rows {
		if r.Code.UsedAt != nil || r.Code.Seed == nil {
			continue
		}
		h, err := readHeld(tx, *r.Code.AccountID)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, Slip{
			Name: r.Name, Username: r.Username, Places: h.places(tx.Now), Code: a.codeOf(r.Code.Purpose, *r.Code.Seed), ExpiresAt: r.Code.ExpiresAt,
			Pin: h.mayPin(tx.Now), First: r.Code.Purpose == forFirst,
		})
	}
	return page, nil
}

// places names the units of the account's roles, each once.
func (h holder) places(now time.Time) []string {
	out := []string{}
	for _, g := range h.grants {
		if g.live(now) {
			out = once(out, g.Name)
		}
	}
	return out
}

// Outstanding is an account whose slip was not used, or that never had one.
type Outstanding struct {
	View
	ExpiresAt time.Time `json:"expires_at,omitzero"` // of the slip that is out; zero for none that works
}

// OutstandingInput is a part of the list.
type OutstandingInput struct {
	Unit  org.UnitID `query:"unit"`  // roles held on it or below
	After string     `query:"after"` // user name
	Limit int        `query:"limit"` // 1–200; 0 means 50
}

// ListOutstanding lists the accounts for which a slip is out or none was printed, by user name, so that a slip that was lost
// is printed again. Permission: AccountsSee, as for [List].
func ListOutstanding(tx *db.Tx, by access.Actor, in OutstandingInput) (db.Page[Outstanding], error) {
	out := db.Page[Outstanding]{Items: []Outstanding{}}
	q, err := listed(tx, by, in.Unit)
	if err != nil {
		return out, err
	}
	q = q.Where("disabled_at IS NULL AND (secret = '' OR id IN (SELECT account_id FROM setup_codes WHERE used_at IS NULL AND expires_at > ? AND purpose IN ?))",
		tx.Now, []string{forFirst, forReset}).Where("username > ?", in.After)
	if in.Limit < 1 || in.Limit > 200 {
		in.Limit = 50
	}
	rows, err := db.All[accountRow](q.Order("username").Limit(in.Limit + 1))
	if err != nil {
		return out, err
	}
	views, err := page(tx, rows, in.Limit)
	if err != nil {
		return out, err
	}
	ids := make([]AccountID, len(views.Items))
	for i, v := range views.Items {
		ids[i] = v.ID
	}
	codes, err := db.All[codeRow](tx.Where("account_id IN ? AND used_at IS NULL AND expires_at > ? AND purpose IN ?", ids, tx.Now, []string{forFirst, forReset}))
	if err != nil {
		return out, err
	}
	out.Next = views.Next
	for _, v := range views.Items {
		o := Outstanding{View: v}
		if i := slices.IndexFunc(codes, func(c codeRow) bool { return *c.AccountID == v.ID }); i >= 0 {
			o.ExpiresAt = codes[i].ExpiresAt
		}
		out.Items = append(out.Items, o)
	}
	return out, nil
}

// FirstView is what a slip shows before it is used: enough to know oneself, too little for who finds it.
type FirstView struct {
	Name   string   `json:"name"` // half of it hidden
	Places []string `json:"places"`
	Pin    bool     `json:"pin"`   // six digits are enough
	First  bool     `json:"first"` // else a new secret for an account that had one
}

// First reads the account of a code without using it up: WeChat looks at every address before people do, and a slip is
// scanned on one phone and used on another. The code is the permission.
func (a *Area) First(tx *db.Tx, code string) (FirstView, error) {
	r, err := a.findCode(tx, tx.DB, code, forReset, forFirst)
	if err != nil {
		return FirstView{}, err
	}
	h, err := readHeld(tx, *r.AccountID)
	if err != nil {
		return FirstView{}, err
	}
	if h.row.DisabledAt != nil {
		return FirstView{}, errCode()
	}
	return FirstView{Half(h.row.Name), h.places(tx.Now), h.mayPin(tx.Now), r.Purpose == forFirst}, nil
}

// Half hides the middle of a name, or its end where it is short: 李*, 王*芳, 阿***木.
func Half(name string) string {
	r := []rune(name)
	for i := 1; i < len(r) && (i < len(r)-1 || len(r) == 2); i++ {
		r[i] = '*'
	}
	return string(r)
}

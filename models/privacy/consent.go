package privacy

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// ConsentView is what an account has said to the notice.
type ConsentView struct {
	Version int       `json:"version"` // that holds today
	Answer  Answer    `json:"answer"`  // to it; "" while nothing was said
	At      time.Time `json:"at,omitzero"`
	Before  int       `json:"before"` // the latest earlier version that was agreed to; 0 for none
}

// ConsentInput is empty.
type ConsentInput struct{}

// Consent reads what the actor has said. Permission: being signed in.
func Consent(tx *db.Tx, by access.Actor, _ ConsentInput) (ConsentView, error) {
	if !by.SignedIn() {
		return ConsentView{}, fail.NoSignIn("access.sign_in_first")
	}
	return ConsentOf(tx, by.Account)
}

// ConsentOf is [Consent] of any account; no permission is asked.
func ConsentOf(tx *db.Tx, account access.AccountID) (ConsentView, error) {
	current, err := CurrentVersion(tx)
	v := ConsentView{Version: current}
	if err != nil {
		return v, err
	}
	rows, err := db.All[consentRow](tx.Where("account_id = ? AND version <= ?", account, current).Order("version, at"))
	for _, r := range rows {
		switch {
		case r.Version == current:
			v.Answer, v.At = r.Answer, r.At
		case r.Answer == Agreed:
			v.Before = r.Version
		}
	}
	return v, err
}

// AnswerInput is what somebody says to a version of the notice.
type AnswerInput struct {
	Version int `json:"version" form:"version"`
}

// Agree notes that the actor has read the notice and agrees. Stale when another version holds by now. Permission: being signed in.
func Agree(tx *db.Tx, by access.Actor, in AnswerInput) (ConsentView, error) {
	return answer(tx, by, in, Agreed, "consent.agree")
}

// Decline notes that the actor does not agree, or no longer. Nothing else changes: no account is closed and no data goes. As [Agree].
func Decline(tx *db.Tx, by access.Actor, in AnswerInput) (ConsentView, error) {
	return answer(tx, by, in, Declined, "consent.decline")
}

func answer(tx *db.Tx, by access.Actor, in AnswerInput, a Answer, act string) (ConsentView, error) {
	if !by.SignedIn() {
		return ConsentView{}, fail.NoSignIn("access.sign_in_first")
	}
	if err := tx.Lock("accounts", by.Account); err != nil {
		return ConsentView{}, err
	}
	v, err := ConsentOf(tx, by.Account)
	if err != nil {
		return v, err
	}
	if in.Version != v.Version {
		return v, fail.Stale("privacy.text_changed")
	}
	if v.Answer == a {
		return v, nil
	}
	if root, err := org.Root(tx); err == nil {
		if err := keepFirst(tx, root); err != nil {
			return v, err
		}
	} else if fail.KindOf(err) != fail.Missing {
		return v, err
	}
	at := tx.Now
	if !at.After(v.At) { // an answer within the millisecond of the one before
		at = v.At.Add(time.Millisecond)
	}
	if err := db.Insert(tx, &consentRow{AccountID: by.Account, Version: v.Version, At: at, Answer: a}); err != nil {
		return v, err
	}
	before := v.Answer
	v.Answer, v.At = a, at
	return v, audit.Add(tx, by, audit.Row{
		Act: act, Object: "account", ID: by.Account, Change: audit.Changes{}.Int("version", 0, v.Version).Code("answer", string(before), string(a)),
	})
}

// PaperView is a school with its sheet of paper.
type PaperView struct {
	Site    org.SiteID `json:"site"`
	Code    string     `json:"code"`
	Name    string     `json:"name"`
	Version int        `json:"version"`          // of the notice that holds today
	DoneOn  date.Date  `json:"done_on,omitzero"` // zero while it is not done
	Before  date.Date  `json:"before,omitzero"`  // when an earlier version was done
	Later   int        `json:"later"`            // how many came onto the roster after it was done, and have agreed nowhere else
	May     bool       `json:"may"`              // be ticked by whoever asks
	Path    string     `json:"-"`
	Party   string     `json:"-"`
}

// PapersInput narrows the list.
type PapersInput struct {
	After string `query:"after"` // code
	Limit int    `query:"limit"` // 1–200; 0 means 60
}

// unsigned holds for people p on the rosters r today who have agreed to a version neither by an account nor on paper: no school had its
// sheet done while they were on its roster. It wants the day three times, and the version twice.
const unsigned = onPaper +
	" AND NOT EXISTS (SELECT 1 FROM paper_consents k JOIN rosters o ON o.site_id = k.site_id WHERE o.person_id = p.id AND k.version = ? " +
	"AND o.since <= k.done_on AND (o.`until` IS NULL OR o.`until` >= k.done_on))"

const noAccount = "NOT EXISTS (SELECT 1 FROM accounts a JOIN consents c ON c.account_id = a.id " +
	"WHERE a.person_id = p.id AND a.disabled_at IS NULL AND c.version = ? AND c.answer = 'agreed')"

const papersQuery = `SELECT s.id AS site, u.code, u.name, u.path, COALESCE(b.path, '') AS party,
(SELECT p.done_on FROM paper_consents p WHERE p.site_id = s.id AND p.version = ?) AS done_on,
(SELECT MAX(p.done_on) FROM paper_consents p WHERE p.site_id = s.id AND p.version < ?) AS ` + "`before`" + `,
CASE WHEN EXISTS (SELECT 1 FROM paper_consents p WHERE p.site_id = s.id AND p.version = ?) THEN (SELECT COUNT(*) FROM rosters r JOIN persons p ON p.id = r.person_id
WHERE r.site_id = s.id AND ` + unsigned + `) ELSE 0 END AS later
FROM sites s JOIN units u ON u.id = s.id LEFT JOIN units b ON b.id = s.branch_id WHERE u.code > ? AND `

// Papers lists the schools with their sheets, by code. Permission: PrivacyPaper or AuditSee.
func Papers(tx *db.Tx, by access.Actor, in PapersInput) (db.Page[PaperView], error) {
	page := db.Page[PaperView]{Items: []PaperView{}}
	scope := by.Visible(access.PrivacyPaper)
	if see := by.Visible(access.AuditSee); !see.Empty() {
		scope = see
	}
	if scope.Empty() {
		return page, by.RequireAnywhere(access.PrivacyPaper)
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 60
	}
	version, err := CurrentVersion(tx)
	if err != nil {
		return page, err
	}
	today := tx.Today()
	cond, args := db.SchoolRange("u.path", "COALESCE(b.path, '')", scope)
	rows, err := db.Ask[PaperView](tx, papersQuery+cond+" ORDER BY u.code LIMIT ?", append(append([]any{version, version, version, today, today, today, version, version, in.After}, args...), limit+1)...)
	for i, v := range rows {
		if i == limit {
			page.Next = rows[i-1].Code
			break
		}
		v.Version, v.May = version, by.Can(access.PrivacyPaper, v.Path, v.Party)
		page.Items = append(page.Items, v)
	}
	return page, err
}

// PaperInput names a school.
type PaperInput struct {
	Site org.SiteID `path:"site" json:"-"`
}

// SheetView is what is printed for a school.
type SheetView struct {
	PaperView
	Text       TextView `json:"text"`
	Names      []string `json:"names"`       // on the roster today, without an account that has agreed
	LaterNames []string `json:"later_names"` // those of them who came after the sheet was done, and have signed at no other school
}

const paperNames = "SELECT p.name FROM rosters r JOIN persons p ON p.id = r.person_id WHERE r.site_id = ? AND "

const (
	onPaper    = "r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) AND (p.gone_on IS NULL OR p.gone_on > ?) AND " + noAccount
	paperOrder = " ORDER BY p.name, p.id"
)

// Paper is a school's sheet: the notice and the names of those who have not agreed by an account of their own. Permission:
// PrivacyPaper on the school or its branch, with PeopleNames there.
func Paper(tx *db.Tx, by access.Actor, in PaperInput) (SheetView, error) {
	school, err := org.FindSchool(tx, in.Site)
	if err == nil {
		err = by.Require(access.PrivacyPaper, school.Paths()...)
	}
	if err == nil {
		err = by.Require(access.PeopleNames, school.Paths()...)
	}
	if err != nil {
		return SheetView{}, err
	}
	v := SheetView{PaperView: PaperView{Site: school.ID, Code: school.Code, Name: school.Name, May: true}}
	if v.Text, err = Text(tx, access.Visitor(), TextInput{}); err != nil {
		return v, err
	}
	v.Version = v.Text.Version
	done, err := db.All[paperRow](tx.Where("site_id = ? AND version = ?", in.Site, v.Version))
	if err != nil {
		return v, err
	}
	for _, d := range done {
		v.DoneOn = d.DoneOn
	}
	today := tx.Today()
	v.Names, err = db.Ask[string](tx, paperNames+onPaper+paperOrder, in.Site, today, today, today, v.Version)
	if v.LaterNames = []string{}; err != nil || v.DoneOn.IsZero() {
		return v, err
	}
	v.LaterNames, err = db.Ask[string](tx, paperNames+unsigned+paperOrder, in.Site, today, today, today, v.Version, v.Version)
	v.Later = len(v.LaterNames)
	return v, err
}

// TickPaperInput says that a school's sheet was read out and signed.
type TickPaperInput struct {
	Site    org.SiteID `path:"site" json:"-"`
	Version int        `json:"version" form:"version"`
	DoneOn  date.Date  `json:"done_on" form:"done_on"` // zero means today
}

// TickPaper notes that a school's sheet is signed, or corrects the day. Locks the school. Permission: PrivacyPaper on the
// school or its branch.
func TickPaper(tx *db.Tx, by access.Actor, in TickPaperInput) (PaperView, error) {
	school, err := org.LockSite(tx, in.Site)
	if err == nil {
		err = by.Require(access.PrivacyPaper, school.Paths()...)
	}
	if err != nil {
		return PaperView{}, err
	}
	text, err := Text(tx, access.Visitor(), TextInput{Version: in.Version})
	if err != nil {
		return PaperView{}, err
	}
	var c fail.Check
	if in.DoneOn.IsZero() {
		in.DoneOn = tx.Today()
	}
	c.If(in.DoneOn.After(tx.Today()), "done_on", "people.future")
	if err := c.Err(); err != nil {
		return PaperView{}, err
	}
	old, err := db.All[paperRow](tx.Where("site_id = ? AND version = ?", in.Site, text.Version))
	if err != nil {
		return PaperView{}, err
	}
	v := PaperView{Site: school.ID, Code: school.Code, Name: school.Name, Version: text.Version, DoneOn: in.DoneOn, May: true}
	var was date.Date
	if len(old) > 0 {
		if was = old[0].DoneOn; was == in.DoneOn {
			return v, nil
		}
		_, err = db.Set(tx.Model(&paperRow{}).Where("site_id = ? AND version = ?", in.Site, text.Version),
			map[string]any{"done_on": in.DoneOn, "account_id": by.Account.Ptr(), "made_at": tx.Now})
	} else {
		err = db.Insert(tx, &paperRow{SiteID: in.Site, Version: text.Version, DoneOn: in.DoneOn, AccountID: by.Account.Ptr(), MadeAt: tx.Now})
	}
	if err != nil {
		return v, err
	}
	return v, audit.Add(tx, by, audit.Row{
		Act: "consent.paper", Object: "site", ID: in.Site, Unit: audit.Unit(in.Site),
		Change: audit.Changes{}.Int("version", 0, text.Version).Code("done_on", was.String(), in.DoneOn.String()),
	})
}

package service

import (
	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// NoticeView is a notice as everybody reads it.
type NoticeView struct {
	ID          NoticeID  `json:"id"`
	Unit        string    `json:"unit"` // code
	UnitName    string    `json:"unit_name"`
	Title       string    `json:"title"`
	Body        string    `json:"body"`
	PublishedOn date.Date `json:"published_on"`
	ExpiresOn   date.Date `json:"expires_on"` // last day that it is shown, "" for no end
	Withdrawn   bool      `json:"withdrawn"`
	Expired     bool      `json:"expired"`
	Revision    int       `json:"revision"`
	MayChange   bool      `json:"may_change"` // by whoever asked
}

// The limits of a notice, in characters.
const (
	MostTitle = 120
	MostBody  = 4000
)

type noticeUnit struct {
	Row      noticeRow `gorm:"embedded"`
	UnitCode string
	UnitName string
	UnitPath string
}

const noticeQuery = `SELECT n.*, u.code AS unit_code, u.name AS unit_name, u.path AS unit_path
FROM notices n JOIN units u ON u.id = n.unit_id WHERE `

func (n noticeUnit) view(tx *db.Tx, by access.Actor) NoticeView {
	return NoticeView{
		ID: n.Row.ID, Unit: n.UnitCode, UnitName: n.UnitName, Title: n.Row.Title, Body: n.Row.Body, PublishedOn: n.Row.PublishedOn, ExpiresOn: n.Row.ExpiresOn,
		Withdrawn: n.Row.WithdrawnAt != nil, Expired: n.expired(tx.Today()), Revision: n.Row.Revision,
		MayChange: by.Can(access.NoticesPublish, n.UnitPath),
	}
}

func (n noticeUnit) expired(today date.Date) bool {
	return !n.Row.ExpiresOn.IsZero() && n.Row.ExpiresOn.Before(today)
}

func readNotice(tx *db.Tx, notice NoticeID) (noticeUnit, error) {
	rows, err := db.Ask[noticeUnit](tx, noticeQuery+"n.id = ?", notice)
	if err != nil {
		return noticeUnit{}, err
	}
	if len(rows) == 0 {
		return noticeUnit{}, fail.NotFound("notice.missing")
	}
	return rows[0], nil
}

// PublishInput is a new notice.
type PublishInput struct {
	Unit      org.UnitID `json:"unit" form:"unit"` // the county or a township
	Title     string     `json:"title" form:"title"`
	Body      string     `json:"body" form:"body"`
	ExpiresOn date.Date  `json:"expires_on" form:"expires_on"` // may be zero
}

// Publish shows a notice to everybody from today on. Permission: NoticesPublish on the unit.
func (a *Area) Publish(tx *db.Tx, by access.Actor, in PublishInput) (NoticeView, error) {
	u, err := publisher(tx, by, in.Unit)
	if err != nil {
		return NoticeView{}, err
	}
	var c fail.Check
	c.If(u.Kind != org.County && u.Kind != org.Township, "unit", "notice.unit_kind")
	title, body := text(&c, tx, in.Title, in.Body, in.ExpiresOn)
	if err := c.Err(); err != nil {
		return NoticeView{}, err
	}
	row := noticeRow{
		ID: id.New[noticeTag](), UnitID: u.ID, Title: title, Body: body, PublishedOn: tx.Today(), ExpiresOn: in.ExpiresOn,
		AccountID: by.Account.Ptr(), MadeAt: tx.Now, ChangedAt: tx.Now, Revision: 1,
	}
	if err := db.Insert(tx, &row); err != nil {
		return NoticeView{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "notice.publish", Object: "notice", ID: row.ID, Unit: audit.Unit(u.ID),
		Change: audit.Changes{}.Field("title").Field("body").Code("expires_on", "", in.ExpiresOn.String()),
	})
	return noticeUnit{row, u.Code, u.Name, u.Path}.view(tx, by), err
}

// publisher reads the unit that a notice shall be of. Units are in no way secret, but nobody
// learns which IDs there are without the permission somewhere.
func publisher(tx *db.Tx, by access.Actor, unit org.UnitID) (org.Unit, error) {
	if by.Visible(access.NoticesPublish).Empty() {
		return org.Unit{}, by.Require(access.NoticesPublish)
	}
	if unit.IsZero() {
		var c fail.Check
		c.Add("unit", "input.required")
		return org.Unit{}, c.Err()
	}
	u, err := org.FindUnit(tx, unit)
	if err != nil {
		return org.Unit{}, err
	}
	return u, by.Require(access.NoticesPublish, u.Path)
}

func text(c *fail.Check, tx *db.Tx, title, body string, expires date.Date) (string, string) {
	c.If(!expires.IsZero() && expires.Before(tx.Today()), "expires_on", "notice.expires_past")
	return c.Text("title", title, 1, MostTitle), c.Prose("body", body, 1, MostBody)
}

// EditInput changes a notice.
type EditInput struct {
	ID        NoticeID  `path:"id" json:"-"`
	Revision  int       `json:"revision" form:"revision"` // that was read
	Title     string    `json:"title" form:"title"`
	Body      string    `json:"body" form:"body"`
	ExpiresOn date.Date `json:"expires_on" form:"expires_on"`
}

// lock locks a notice for a change of the revision that was read.
func lock(tx *db.Tx, by access.Actor, notice NoticeID) (noticeUnit, error) {
	if _, err := db.One[noticeRow](tx.Locked().Where("id = ?", notice), "notice.missing"); err != nil {
		return noticeUnit{}, err
	}
	n, err := readNotice(tx, notice)
	if err != nil {
		return noticeUnit{}, err
	}
	return n, by.Require(access.NoticesPublish, n.UnitPath)
}

// Edit changes a notice in its place. Stale when it has changed since it was read. Locks the notice.
// Permission: NoticesPublish on its unit.
func (a *Area) Edit(tx *db.Tx, by access.Actor, in EditInput) (NoticeView, error) {
	n, err := lock(tx, by, in.ID)
	if err != nil {
		return NoticeView{}, err
	}
	var c fail.Check
	title, body := text(&c, tx, in.Title, in.Body, in.ExpiresOn)
	if err := c.Err(); err != nil {
		return NoticeView{}, err
	}
	switch {
	case n.Row.WithdrawnAt != nil:
		return NoticeView{}, fail.Conflict("notice.withdrawn")
	case in.Revision != n.Row.Revision:
		return NoticeView{}, fail.Stale("notice.changed_meanwhile")
	}
	change := audit.Changes{}.Code("expires_on", n.Row.ExpiresOn.String(), in.ExpiresOn.String())
	if title != n.Row.Title {
		change = change.Field("title")
	}
	if body != n.Row.Body {
		change = change.Field("body")
	}
	if change.Empty() {
		return n.view(tx, by), nil
	}
	n.Row.Title, n.Row.Body, n.Row.ExpiresOn, n.Row.Revision = title, body, in.ExpiresOn, n.Row.Revision+1
	return n.keep(tx, by, "notice.edit", change, map[string]any{"title": n.Row.Title, "body": n.Row.Body, "expires_on": n.Row.ExpiresOn})
}

// keep stores the columns and the new revision, with the trace of the act.
func (n noticeUnit) keep(tx *db.Tx, by access.Actor, act string, change audit.Changes, columns map[string]any) (NoticeView, error) {
	columns["revision"], columns["changed_at"] = n.Row.Revision, tx.Now
	if _, err := db.Set(tx.Model(&noticeRow{}).Where("id = ?", n.Row.ID), columns); err != nil {
		return NoticeView{}, err
	}
	return n.view(tx, by), audit.Add(tx, by, audit.Row{Act: act, Object: "notice", ID: n.Row.ID, Unit: audit.Unit(n.Row.UnitID), Change: change})
}

// NoticeInput names a notice.
type NoticeInput struct {
	ID NoticeID `path:"id" json:"-"`
}

// Withdraw takes a notice back: it is kept, but only those who publish there see it. Doing it again changes nothing.
// Locks the notice. Permission: NoticesPublish on its unit.
func (a *Area) Withdraw(tx *db.Tx, by access.Actor, in NoticeInput) (NoticeView, error) {
	n, err := lock(tx, by, in.ID)
	if err != nil {
		return NoticeView{}, err
	}
	if n.Row.WithdrawnAt != nil {
		return n.view(tx, by), nil
	}
	n.Row.WithdrawnAt, n.Row.Revision = &tx.Now, n.Row.Revision+1
	return n.keep(tx, by, "notice.withdraw", audit.Changes{}.Code("state", "published", "withdrawn"), map[string]any{"withdrawn_at": n.Row.WithdrawnAt})
}

// Notice reads one notice. What is withdrawn or past its last day is not found, but for those who
// publish there. Permission: NoticesRead.
func (a *Area) Notice(tx *db.Tx, by access.Actor, in NoticeInput) (NoticeView, error) {
	if err := by.Require(access.NoticesRead); err != nil {
		return NoticeView{}, err
	}
	n, err := readNotice(tx, in.ID)
	if err != nil {
		return NoticeView{}, err
	}
	if (n.Row.WithdrawnAt != nil || n.expired(tx.Today())) && !by.Can(access.NoticesPublish, n.UnitPath) {
		return NoticeView{}, fail.NotFound("notice.missing")
	}
	return n.view(tx, by), nil
}

// NoticesInput is a part of the list of notices.
type NoticesInput struct {
	Own   bool   `query:"own"` // of the units that the actor publishes for, the past and withdrawn ones too
	After string `query:"after"`
	Limit int    `query:"limit"` // 1–100; 0 means 20
}

// Notices lists what is shown today, the newest first. Permission: NoticesRead; with Own NoticesPublish somewhere.
func (a *Area) Notices(tx *db.Tx, by access.Actor, in NoticesInput) (db.Page[NoticeView], error) {
	if err := by.Require(access.NoticesRead); err != nil {
		return db.Page[NoticeView]{}, err
	}
	where, args := "n.withdrawn_at IS NULL AND (n.expires_on IS NULL OR n.expires_on >= ?)", []any{tx.Today()}
	if in.Own {
		scope := by.Visible(access.NoticesPublish)
		if scope.Empty() {
			return db.Page[NoticeView]{}, by.Require(access.NoticesPublish)
		}
		where, args = db.PathRange("u.path", scope)
	}
	if in.After != "" {
		last, err := after[noticeTag, noticeRow](tx, in.After)
		if err != nil {
			return db.Page[NoticeView]{}, err
		}
		where, args = where+" AND (n.made_at < ? OR n.made_at = ? AND n.id < ?)", append(args, last.MadeAt, last.MadeAt, last.ID)
	}
	limit := most(in.Limit)
	rows, err := db.Ask[noticeUnit](tx, noticeQuery+where+" ORDER BY n.made_at DESC, n.id DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return db.Page[NoticeView]{}, err
	}
	page := db.Page[NoticeView]{Items: []NoticeView{}}
	for _, n := range rows[:min(len(rows), limit)] {
		page.Items = append(page.Items, n.view(tx, by))
	}
	if len(rows) > limit {
		page.Next = rows[limit-1].Row.ID.String()
	}
	return page, nil
}

// OutletsInput asks for nothing more.
type OutletsInput struct{}

// Outlets lists the units that the actor may publish for, in code order: the county and townships of
// his scope. Permission: NoticesPublish somewhere.
func (a *Area) Outlets(tx *db.Tx, by access.Actor, _ OutletsInput) ([]org.UnitView, error) {
	scope := by.Visible(access.NoticesPublish)
	if scope.Empty() {
		return nil, by.Require(access.NoticesPublish)
	}
	cond, args := db.PathRange("path", scope)
	return db.Ask[org.UnitView](tx, "SELECT id, tree, kind, code, name, path FROM units WHERE tree = ? AND kind IN ? AND "+cond+" ORDER BY code",
		append([]any{org.Administrative, []org.Kind{org.County, org.Township}}, args...)...)
}

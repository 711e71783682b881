package org

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type licenceEvent struct {
	ID        id.ID[licenceTag] `gorm:"primaryKey"`
	SiteID    SiteID
	State     Licence
	OnDay     date.Date
	Number    string
	Note      string
	AccountID *access.AccountID
	At        time.Time
}

type licenceTag struct{}

func (licenceEvent) TableName() string { return "licence_events" }

func keepLicence(tx *db.Tx, by access.Actor, site SiteID, state Licence, on date.Date, number, note string) error {
	return db.Insert(tx, &licenceEvent{
		ID: id.New[licenceTag](), SiteID: site, State: state, OnDay: on, Number: number, Note: note,
		AccountID: by.Account.Ptr(), At: tx.Now,
	})
}

// SetLicenceInput changes the state of a school's licence.
type SetLicenceInput struct {
	Site   SiteID    `path:"id" json:"-"`
	State  Licence   `json:"state" form:"state"`
	On     date.Date `json:"on" form:"on"`         // zero means today; never in the future
	Number string    `json:"number" form:"number"` // of the document
	Note   string    `json:"note" form:"note"`
}

// SetLicence grants again or resumes, suspends or revokes; the latter two say why, or name a document. A school without a licence keeps its records, but
// gets no new activity days and sees no curricula. Locks the school. Permission: SitesLicense on the school or its branch.
func SetLicence(tx *db.Tx, by access.Actor, in SetLicenceInput) (SiteView, error) {
	s, err := LockSite(tx, in.Site)
	if err != nil {
		return SiteView{}, err
	}
	if err := by.Require(access.SitesLicense, s.Paths()...); err != nil {
		return SiteView{}, err
	}
	var c fail.Check
	on := in.On
	if on.IsZero() {
		on = tx.Today()
	}
	c.If(in.State != Licensed && in.State != Suspended && in.State != Revoked, "state", "input.choice")
	c.If(on.After(tx.Today()), "on", "org.licence_future")
	c.If(on.Before(s.ChangedOn) && s.Licence != in.State, "on", "org.licence_before", s.ChangedOn.String())
	number, note := c.Text("number", in.Number, 0, 60), c.Prose("note", in.Note, 0, 300)
	c.If((in.State == Suspended || in.State == Revoked) && s.Licence != in.State && number == "" && note == "", "note", "org.licence_why")
	if err := c.Err(); err != nil {
		return SiteView{}, err
	}
	if s.Licence == in.State {
		return readSite(tx, in.Site)
	}
	if _, err := db.Set(tx.Model(&siteRow{}).Where("id = ?", in.Site), map[string]any{"licence": in.State, "changed_on": on}); err != nil {
		return SiteView{}, err
	}
	if err := keepLicence(tx, by, in.Site, in.State, on, number, note); err != nil {
		return SiteView{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "site.licence", Object: "site", ID: in.Site, Unit: audit.Unit(in.Site),
		Change: audit.Changes{}.Code("licence", string(s.Licence), string(in.State)),
	})
	if err != nil {
		return SiteView{}, err
	}
	return readSite(tx, in.Site)
}

// LicenceView is one change of a school's licence.
type LicenceView struct {
	State  Licence   `json:"state"`
	On     date.Date `json:"on"`
	Number string    `json:"number"`
	Note   string    `json:"note"`
	At     time.Time `json:"at"`
}

// Licences lists the changes of a school's licence, the latest first. Permission: OrgSee.
func Licences(tx *db.Tx, by access.Actor, in GetSiteInput) (db.Page[LicenceView], error) {
	if _, err := GetSite(tx, by, in); err != nil {
		return db.Page[LicenceView]{}, err
	}
	rows, err := db.All[licenceEvent](tx.Where("site_id = ?", in.ID).Order("on_day DESC, at DESC"))
	page := db.Page[LicenceView]{Items: make([]LicenceView, len(rows))}
	for i, r := range rows {
		page.Items[i] = LicenceView{r.State, r.OnDay, r.Number, r.Note, r.At}
	}
	return page, err
}

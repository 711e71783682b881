package org

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
)

// SiteView is a school as pages and clients see it.
type SiteView struct {
	ID         SiteID    `json:"id"`
	Code       string    `json:"code"`
	Name       string    `json:"name"`
	Village    string    `json:"village"`
	Township   string    `json:"township"`
	Plaque     string    `json:"plaque"`
	Licence    Licence   `json:"licence"`
	LicensedOn date.Date `json:"licensed_on"`
	ChangedOn  date.Date `json:"changed_on"`
	Address    string    `json:"address"`
	Equipment  string    `json:"equipment"`
	Network    string    `json:"network"`
	Seats      int       `json:"seats"` // how many can sit in the house, 0 while nobody has said
	Branch     string    `json:"branch"`

	VillageGroupID UnitID `json:"village_group_id,omitzero"` // 村民小组 in which the house stands
	VillageGroup   string `json:"village_group"`
}

// AddSiteInput describes a school that gets its licence.
type AddSiteInput struct {
	Village    UnitID    `json:"village" form:"village"`
	Code       string    `json:"code" form:"code"` // village code + 2 digits; "" takes the next free one
	Name       string    `json:"name" form:"name"`
	Branch     UnitID    `json:"branch" form:"branch"` // may be zero
	Plaque     string    `json:"plaque" form:"plaque"`
	LicensedOn date.Date `json:"licensed_on" form:"licensed_on"`
	Address    string    `json:"address" form:"address"`
	Equipment  string    `json:"equipment" form:"equipment"` // what the list of kinds does not say, see [SetEquipment]
	Network    string    `json:"network" form:"network"`     // one of Networks, "" for not known

	VillageGroup UnitID `json:"village_group" form:"village_group"` // 村民小组 of the village in which the house stands; may be zero
}

// AddSite adds a licensed school to a village. Locks the village, since it may
// allocate the code. Permission: SitesLicense on the village.
func AddSite(tx *db.Tx, by access.Actor, in AddSiteInput) (SiteView, error) {
	if in.Village.IsZero() {
		return SiteView{}, noVillage(by)
	}
	village, err := LockUnit(tx, in.Village)
	if err != nil {
		return SiteView{}, err
	}
	if err := by.Require(access.SitesLicense, village.Path); err != nil {
		return SiteView{}, err
	}
	u, s, err := newSite(tx, village, in)
	if err != nil {
		return SiteView{}, err
	}
	if err := db.Insert(tx, &u); err != nil {
		if db.IsDuplicate(err) {
			return SiteView{}, fail.Conflict("org.code_taken", u.Code).Because(err)
		}
		return SiteView{}, err
	}
	if err := db.Insert(tx, &s); err != nil {
		return SiteView{}, err
	}
	if err := keepLicence(tx, by, s.ID, Licensed, s.LicensedOn, s.Plaque, ""); err != nil {
		return SiteView{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "site.add", Object: "site", ID: s.ID, Unit: audit.Unit(s.ID),
		Change: audit.Changes{}.Code("code", "", u.Code).Field("name"),
	})
	if err != nil {
		return SiteView{}, err
	}
	return readSite(tx, s.ID)
}

// noVillage is the fault of an input that leaves out where the school is, for who may add one somewhere.
func noVillage(by access.Actor) error {
	if err := by.RequireAnywhere(access.SitesLicense); err != nil {
		return err
	}
	var c fail.Check
	c.Add("village", "input.required")
	return c.Err()
}

func newSite(tx *db.Tx, village Unit, in AddSiteInput) (Unit, siteRow, error) {
	var c fail.Check
	c.If(village.Kind != Village, "village", "org.wrong_parent")
	name := c.Text("name", in.Name, 1, 100)
	code, err := siteCode(tx, &c, village, in.Code)
	if err != nil {
		return Unit{}, siteRow{}, err
	}
	on := in.LicensedOn
	if on.IsZero() {
		on = tx.Today()
	}
	c.If(on.After(tx.Today()), "licensed_on", "org.licence_future")
	s := siteRow{
		BranchID: in.Branch.Ptr(), Plaque: c.Text("plaque", in.Plaque, 0, 60), Licence: Licensed, LicensedOn: on, ChangedOn: on,
		Address: c.Text("address", in.Address, 0, 200), Equipment: c.Text("equipment", in.Equipment, 0, 300),
		Network: in.Network, MadeAt: tx.Now, VillageGroupID: in.VillageGroup.Ptr(),
	}
	if err := checkVillageGroup(tx, &c, village.ID, in.VillageGroup); err != nil {
		return Unit{}, siteRow{}, err
	}
	checkNetwork(&c, in.Network)
	if !in.Branch.IsZero() {
		b, err := FindUnit(tx, in.Branch)
		c.If(err != nil || b.Tree != Party, "branch", "input.id")
	}
	unit := id.New[unitTag]()
	s.ID = UnitSite(unit)
	return Unit{
		ID: unit, Tree: Administrative, Kind: Site, Code: code, Name: name, SearchKey: lang.SearchKey(name, code),
		ParentID: village.ID.Ptr(), Path: village.Path + code + "/", Since: on,
	}, s, c.Err()
}

// siteCode checks a given code or allocates the next one of the village, which is locked.
func siteCode(tx *db.Tx, c *fail.Check, village Unit, given string) (string, error) {
	if given != "" {
		c.If(len(given) != len(village.Code)+2 || given[:len(village.Code)] != village.Code || !safeCode(given), "code", "org.site_code_form")
		return given, nil
	}
	var last string
	if err := tx.Raw("SELECT COALESCE(MAX(code), '') FROM units WHERE parent_id = ? AND kind = ?", village.ID, Site).Scan(&last).Error; err != nil {
		return "", fmt.Errorf("org: %w", err)
	}
	n := 0
	if len(last) > 2 {
		if _, err := fmt.Sscanf(last[len(last)-2:], "%d", &n); err != nil {
			return "", fmt.Errorf("org: code %q: %w", last, err)
		}
	}
	c.If(n >= 99, "code", "org.village_full")
	return fmt.Sprintf("%s%02d", village.Code, n+1), nil
}

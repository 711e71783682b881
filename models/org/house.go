package org

import (
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
)

// Networks lists what a house can have to the outside, from none to the best: nothing, a weak or a good mobile network,
// a line of its own.
var Networks = []string{"none", "mobile_weak", "mobile_good", "broadband"}

// Equipment lists the kinds of things that a school works with, in the order of the register.
var Equipment = []string{"television", "player", "receiver", "computer", "projector", "speaker", "discs", "books", "desks", "others"}

// Conditions lists how a thing can be: good, to be repaired, broken for good.
var Conditions = []string{"good", "repair", "broken"}

// siteItem is a kind of thing that a school has.
type siteItem struct {
	SiteID   SiteID `gorm:"primaryKey"`
	Kind     string `gorm:"primaryKey"`
	Quantity int
	State    string
	Note     string
}

func (siteItem) TableName() string { return "site_items" }

// Item is so many of a kind of thing, and how they are.
type Item struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"` // 1–9999
	State string `json:"state"` // one of Conditions
	Note  string `json:"note"`
}

// EquipmentView is what a school has to work with.
type EquipmentView struct {
	Network string `json:"network"` // one of Networks, "" while nobody has said
	Seats   int    `json:"seats"`   // how many can sit in the house, 0 while nobody has said
	Items   []Item `json:"items"`   // in the order of Equipment
	Notes   string `json:"notes"`   // what the kinds do not say
}

// GetEquipment reads what a school has. Permission: OrgSee on the school or its branch.
func GetEquipment(tx *db.Tx, by access.Actor, in GetSiteInput) (EquipmentView, error) {
	s, err := GetSite(tx, by, in)
	if err != nil {
		return EquipmentView{}, err
	}
	return equipment(tx, s)
}

// EquipmentOf reads what many schools have; those of which nothing is said are left out. No permission is asked: the caller's op does.
func EquipmentOf(tx *db.Tx, sites []SiteID) (map[SiteID]EquipmentView, error) {
	out := make(map[SiteID]EquipmentView, len(sites))
	if len(sites) == 0 {
		return out, nil
	}
	houses, err := db.All[siteRow](tx.Select("id", "network", "equipment", "seats").Where("id IN ?", sites))
	if err != nil {
		return nil, err
	}
	for _, h := range houses {
		out[h.ID] = EquipmentView{Network: h.Network, Seats: h.Seats, Items: []Item{}, Notes: h.Equipment}
	}
	rows, err := db.All[siteItem](tx.Where("site_id IN ?", sites))
	for _, r := range rows {
		v := out[r.SiteID]
		v.Items = append(v.Items, Item{r.Kind, r.Quantity, r.State, r.Note})
		out[r.SiteID] = v
	}
	for _, v := range out {
		sortItems(v.Items)
	}
	return out, err
}

func sortItems(items []Item) {
	slices.SortFunc(items, func(a, b Item) int { return slices.Index(Equipment, a.Kind) - slices.Index(Equipment, b.Kind) })
}

func equipment(tx *db.Tx, s SiteView) (EquipmentView, error) {
	rows, err := db.All[siteItem](tx.Where("site_id = ?", s.ID))
	v := EquipmentView{Network: s.Network, Seats: s.Seats, Items: make([]Item, len(rows)), Notes: s.Equipment}
	for i, r := range rows {
		v.Items[i] = Item{r.Kind, r.Quantity, r.State, r.Note}
	}
	sortItems(v.Items)
	return v, err
}

// SetEquipmentInput says what a school has. The list replaces the one before.
type SetEquipmentInput struct {
	Site    SiteID `path:"id" json:"-"`
	Network string `json:"network" form:"network"` // "" for not known
	Seats   int    `json:"seats" form:"seats"`     // how many can sit in the house, 1–999; 0 for not known
	Items   []Item `json:"items"`                  // each kind once; what it does not have is left out
	Notes   string `json:"notes" form:"notes"`
}

// SetEquipment keeps what a school has and how it is, and how many can sit there. The faults of an item are named after its kind: "count_television".
// Locks the school. Permission: SitesEquip on the school or its branch.
func SetEquipment(tx *db.Tx, by access.Actor, in SetEquipmentInput) (EquipmentView, error) {
	s, err := LockSite(tx, in.Site)
	if err == nil {
		err = by.Require(access.SitesEquip, s.Paths()...)
	}
	if err != nil {
		return EquipmentView{}, err
	}
	old, err := readSite(tx, in.Site)
	if err != nil {
		return EquipmentView{}, err
	}
	before, err := equipment(tx, old)
	if err != nil {
		return EquipmentView{}, err
	}
	now, err := in.check()
	if err != nil {
		return EquipmentView{}, err
	}
	if err := storeEquipment(tx, in.Site, now); err != nil {
		return EquipmentView{}, err
	}
	if err := auditEquipment(tx, by, in.Site, before, now); err != nil {
		return EquipmentView{}, err
	}
	return GetEquipment(tx, by, GetSiteInput{ID: in.Site})
}

// ItemsOf reads the register of what a school has, in the order of [Equipment]. No permission is asked: the caller's op does.
func ItemsOf(tx *db.Tx, site SiteID) ([]Item, error) {
	s, err := readSite(tx, site)
	if err != nil {
		return nil, err
	}
	v, err := equipment(tx, s)
	return v.Items, err
}

// KeepItems replaces the register of what a school has, and leaves the rest of its equipment alone. The caller has locked the school
// and asked for his own permission; what changes is audited.
func KeepItems(tx *db.Tx, by access.Actor, site SiteID, items []Item) error {
	s, err := readSite(tx, site)
	if err != nil {
		return err
	}
	before, err := equipment(tx, s)
	if err != nil {
		return err
	}
	now := EquipmentView{Network: before.Network, Seats: before.Seats, Items: items, Notes: before.Notes}
	slices.SortFunc(now.Items, func(a, b Item) int { return slices.Index(Equipment, a.Kind) - slices.Index(Equipment, b.Kind) })
	if slices.Equal(before.Items, now.Items) {
		return nil
	}
	if err := storeEquipment(tx, site, now); err != nil {
		return err
	}
	return auditEquipment(tx, by, site, before, now)
}

// mostSeats is more than any living room and its courtyard hold.
const mostSeats = 999

func (in SetEquipmentInput) check() (EquipmentView, error) {
	var c fail.Check
	v := EquipmentView{Network: in.Network, Seats: in.Seats, Items: []Item{}, Notes: c.Text("notes", in.Notes, 0, 300)}
	checkNetwork(&c, in.Network)
	c.Range("seats", in.Seats, 0, mostSeats)
	seen := map[string]bool{}
	for _, i := range in.Items {
		if c.If(!slices.Contains(Equipment, i.Kind) || seen[i.Kind], "items", "input.choice") {
			continue
		}
		seen[i.Kind] = true
		c.Range("count_"+i.Kind, i.Count, 1, 9999)
		c.If(!slices.Contains(Conditions, i.State), "state_"+i.Kind, "input.choice")
		i.Note = c.Text("note_"+i.Kind, i.Note, 0, 100)
		v.Items = append(v.Items, i)
	}
	return v, c.Err()
}

func checkNetwork(c *fail.Check, network string) {
	c.If(network != "" && !slices.Contains(Networks, network), "network", "input.choice")
}

func storeEquipment(tx *db.Tx, site SiteID, v EquipmentView) error {
	if _, err := db.Set(tx.Model(&siteRow{}).Where("id = ?", site), map[string]any{"network": v.Network, "equipment": v.Notes, "seats": v.Seats}); err != nil {
		return err
	}
	if err := tx.Where("site_id = ?", site).Delete(&siteItem{}).Error; err != nil {
		return fmt.Errorf("org: %w", err)
	}
	if len(v.Items) == 0 {
		return nil
	}
	rows := make([]siteItem, len(v.Items))
	for i, item := range v.Items {
		rows[i] = siteItem{site, item.Kind, item.Count, item.State, item.Note}
	}
	return db.Insert(tx, &rows)
}

func auditEquipment(tx *db.Tx, by access.Actor, site SiteID, before, now EquipmentView) error {
	change := audit.Changes{}.Code("network", before.Network, now.Network).Int("seats", before.Seats, now.Seats)
	if before.Notes != now.Notes {
		change = change.Field("notes")
	}
	words := func(items []Item, kind string) string {
		i := slices.IndexFunc(items, func(i Item) bool { return i.Kind == kind })
		if i < 0 {
			return ""
		}
		return fmt.Sprintf("%d %s", items[i].Count, items[i].State)
	}
	for _, kind := range Equipment {
		change = change.Code(kind, words(before.Items, kind), words(now.Items, kind))
	}
	if change.Empty() {
		return nil
	}
	return audit.Add(tx, by, audit.Row{Act: "site.equip", Object: "site", ID: site, Unit: audit.Unit(site), Change: change})
}

// EditSiteInput corrects what stands on a school's papers. What its code is, and the state of its licence, does not change here; a
// move is a hand-over (models/people).
type EditSiteInput struct {
	Site    SiteID `path:"id" json:"-"`
	Name    string `json:"name" form:"name"`
	Plaque  string `json:"plaque" form:"plaque"`
	Address string `json:"address" form:"address"`
	Branch  UnitID `json:"branch" form:"branch"` // that keeps it; zero for none

	VillageGroup UnitID `json:"village_group" form:"village_group"` // 村民小组 of the village in which the house stands; zero for not known
}

// EditSite corrects name, plaque, address, branch and villagers' group. The name before is kept as an alias, by which lists are matched. Locks
// the school. Permission: OrgEdit on the school or its branch.
func EditSite(tx *db.Tx, by access.Actor, in EditSiteInput) (SiteView, error) {
	s, err := LockSite(tx, in.Site)
	if err == nil {
		err = by.Require(access.OrgEdit, s.Paths()...)
	}
	if err != nil {
		return SiteView{}, err
	}
	old, err := db.One[siteRow](tx.Where("id = ?", in.Site), "org.site_missing")
	if err != nil {
		return SiteView{}, err
	}
	var c fail.Check
	name := c.Text("name", in.Name, 1, 100)
	plaque, address := c.Text("plaque", in.Plaque, 0, 60), c.Text("address", in.Address, 0, 200)
	if !in.Branch.IsZero() {
		b, err := FindUnit(tx, in.Branch)
		if err != nil && fail.KindOf(err) != fail.Missing {
			return SiteView{}, err
		}
		c.If(err != nil || b.Tree != Party, "branch", "input.id")
	}
	if err := checkVillageGroup(tx, &c, s.ParentID, in.VillageGroup); err != nil {
		return SiteView{}, err
	}
	if err := c.Err(); err != nil {
		return SiteView{}, err
	}
	change := audit.Changes{}.ID("branch_id", orZero(old.BranchID), in.Branch).ID("village_group_id", orZero(old.VillageGroupID), in.VillageGroup)
	for field, same := range map[string]bool{"name": s.Name == name, "plaque": old.Plaque == plaque, "address": old.Address == address} {
		if !same {
			change = change.Field(field)
		}
	}
	if change.Empty() {
		return readSite(tx, in.Site)
	}
	if err := storeSite(tx, s, name, map[string]any{"plaque": plaque, "address": address, "branch_id": in.Branch.Ptr(), "village_group_id": in.VillageGroup.Ptr()}); err != nil {
		return SiteView{}, err
	}
	err = audit.Add(tx, by, audit.Row{Act: "site.edit", Object: "site", ID: in.Site, Unit: audit.Unit(in.Site), Change: change})
	if err != nil {
		return SiteView{}, err
	}
	return readSite(tx, in.Site)
}

// checkVillageGroup notes a villagers' group that is none of the village.
func checkVillageGroup(tx *db.Tx, c *fail.Check, village, group UnitID) error {
	if group.IsZero() {
		return nil
	}
	g, err := FindUnit(tx, group)
	if err != nil && fail.KindOf(err) != fail.Missing {
		return err
	}
	c.If(err != nil || g.Kind != VillageGroup || orZero(g.ParentID) != village, "village_group", "input.id")
	return nil
}

func orZero(u *UnitID) (v UnitID) {
	if u != nil {
		v = *u
	}
	return v
}

func storeSite(tx *db.Tx, s School, name string, columns map[string]any) error {
	if _, err := db.Set(tx.Model(&siteRow{}).Where("id = ?", s.ID), columns); err != nil {
		return err
	}
	if name == s.Name {
		return nil
	}
	unit := SiteUnit(s.ID)
	_, err := db.Set(tx.Model(&Unit{}).Where("id = ?", unit), map[string]any{"name": name, "search_key": lang.SearchKey(name, s.Code)})
	if err != nil {
		return err
	}
	u, err := FindUnit(tx, unit)
	if err != nil {
		return err
	}
	begun, err := nameSince(tx, u)
	if err != nil {
		return err
	}
	return keepAlias(tx, unit, s.Name, begun, tx.Today().AddDays(-1))
}

// AddressOf reads where a school is. No permission is asked: the caller's op does.
func AddressOf(tx *db.Tx, site SiteID) (string, error) {
	s, err := db.One[siteRow](tx.Select("address").Where("id = ?", site), "org.site_missing")
	return s.Address, err
}

// Settle writes where a school is, for a hand-over, whose op has locked the school and asked for the permission.
func Settle(tx *db.Tx, site SiteID, address string) error {
	_, err := db.Set(tx.Model(&siteRow{}).Where("id = ?", site), map[string]any{"address": strings.TrimSpace(address)})
	return err
}

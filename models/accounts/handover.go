package accounts

import (
	"fmt"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

// What a hand-over did to a grant.
const (
	handEnded = "ended" // of the one before
	handBegun = "begun" // of the new one
	handTaken = "taken" // begun, and taken back when the hand-over was undone
)

// handoverGrant is a grant that ended or began when a school changed hands, as it was.
type handoverGrant struct {
	HandoverID people.HandoverID `gorm:"primaryKey"`
	GrantID    GrantID           `gorm:"primaryKey"`
	AccountID  AccountID
	Role       access.Role
	UnitID     org.UnitID
	Act        string
	OnDay      date.Date
	GrantedBy  *AccountID
	GrantedAt  time.Time
	ExpiresAt  *time.Time
}

func (handoverGrant) TableName() string { return "handover_grants" }

// SiteKeeper lets the roles of host and head follow the posts when a school changes hands; app registers it with
// [people.Area.OnHandover]. Who hands a school over need not be able to give the roles: they follow from the act.
func SiteKeeper() people.Keeper { return people.Keeper{Begun: handGrants, Undone: takeGrantsBack} }

func handGrants(tx *db.Tx, by access.Actor, h people.Handover) error {
	unit := org.SiteUnit(h.Site)
	if h.HostChanged && !h.HostBefore.IsZero() {
		if err := endGrants(tx, by, h, h.HostBefore, access.Host); err != nil {
			return err
		}
	}
	if h.HeadMoved && !h.HeadBefore.IsZero() {
		if err := endGrants(tx, by, h, h.HeadBefore, access.Head); err != nil {
			return err
		}
	}
	if h.HostChanged && !h.HostAfter.IsZero() {
		if err := beginGrant(tx, by, h, h.HostAfter, access.Host, unit); err != nil {
			return err
		}
	}
	if (h.HostChanged || h.HeadMoved) && !h.HeadAfter.IsZero() && h.HeadAfter != h.HostAfter {
		return beginGrant(tx, by, h, h.HeadAfter, access.Head, unit)
	}
	return nil
}

// ofPerson locks and lists the open accounts of a person.
func ofPerson(tx *db.Tx, person access.PersonID) ([]accountRow, error) {
	return db.All[accountRow](tx.Locked().Where("person_id = ? AND disabled_at IS NULL", person).Order("id"))
}

// endGrants takes the role at the school from the person's accounts, and remembers it.
func endGrants(tx *db.Tx, by access.Actor, h people.Handover, person access.PersonID, role access.Role) error {
	list, err := ofPerson(tx, person)
	if err != nil {
		return err
	}
	for _, a := range list {
		grants, err := db.All[grantRow](tx.Where("account_id = ? AND unit_id = ? AND role = ? AND (expires_at IS NULL OR expires_at > ?)",
			a.ID, org.SiteUnit(h.Site), role, tx.Now))
		if err != nil {
			return err
		}
		for _, g := range grants {
			if err := remember(tx, h, g, handEnded); err != nil {
				return err
			}
			if err := dropGrant(tx, by, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func remember(tx *db.Tx, h people.Handover, g grantRow, act string) error {
	return db.Insert(tx, &handoverGrant{h.ID, g.ID, g.AccountID, g.Role, g.UnitID, act, h.On, g.GrantedBy, g.GrantedAt, g.ExpiresAt})
}

func dropGrant(tx *db.Tx, by access.Actor, g grantRow) error {
	if err := tx.Where("id = ?", g.ID).Delete(&grantRow{}).Error; err != nil {
		return wrap(err)
	}
	change := audit.Changes{}.Code("role", string(g.Role), "").ID("unit_id", g.UnitID, org.UnitID{})
	return audit.Add(tx, by, audit.Row{Act: "account.revoke", Object: "account", ID: g.AccountID, Unit: audit.Unit(g.UnitID), Change: change})
}

// beginGrant gives the role at the school to the person's account, if he has one, unless it holds the role already.
func beginGrant(tx *db.Tx, by access.Actor, h people.Handover, person access.PersonID, role access.Role, unit org.UnitID) error {
	list, err := ofPerson(tx, person)
	if err != nil || len(list) == 0 {
		return err
	}
	account := list[0].ID
	have, err := db.All[grantRow](tx.Where("account_id = ? AND unit_id = ? AND role = ?", account, unit, role).Limit(1))
	if err != nil {
		return err
	}
	if len(have) > 0 {
		if have[0].ExpiresAt == nil || have[0].ExpiresAt.After(tx.Now) {
			return nil
		}
		if err := dropGrant(tx, by, have[0]); err != nil {
			return err
		}
	}
	g := grantRow{ID: id.New[grantTag](), AccountID: account, Role: role, UnitID: unit, GrantedBy: by.Account.Ptr(), GrantedAt: tx.Now}
	if err := insertGrant(tx, by, g); err != nil {
		return err
	}
	return remember(tx, h, g, handBegun)
}

// takeGrantsBack gives back what ended and takes what began. What somebody has given or taken by hand since stays so.
func takeGrantsBack(tx *db.Tx, by access.Actor, h people.Handover) error {
	list, err := db.All[handoverGrant](tx.Where("handover_id = ?", h.ID).Order("grant_id"))
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := tx.Lock("accounts", m.AccountID); err != nil {
			return err
		}
		g := grantRow{m.GrantID, m.AccountID, m.Role, m.UnitID, m.GrantedBy, m.GrantedAt, m.ExpiresAt}
		switch m.Act {
		case handEnded:
			err = giveBack(tx, by, g)
			if err == nil {
				err = m.forget(tx)
			}
		case handBegun:
			err = takeBegun(tx, by, g)
			if err == nil {
				_, err = db.Set(tx.Model(&handoverGrant{}).Where("handover_id = ? AND grant_id = ?", m.HandoverID, m.GrantID), map[string]any{"act": handTaken})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m handoverGrant) forget(tx *db.Tx) error {
	if err := tx.Where("handover_id = ? AND grant_id = ?", m.HandoverID, m.GrantID).Delete(&handoverGrant{}).Error; err != nil {
		return wrap(err)
	}
	return nil
}

func giveBack(tx *db.Tx, by access.Actor, g grantRow) error {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM grants WHERE account_id = ? AND unit_id = ? AND role = ?", g.AccountID, g.UnitID, g.Role)
	if err != nil || n[0] > 0 {
		return err
	}
	return insertGrant(tx, by, g)
}

func takeBegun(tx *db.Tx, by access.Actor, g grantRow) error {
	have, err := db.All[grantRow](tx.Where("id = ?", g.ID))
	if err != nil || len(have) == 0 {
		return err
	}
	return dropGrant(tx, by, have[0])
}

// Handed is what is left to an account whose role at a school ended by a hand-over.
type Handed struct {
	Before date.Date // records of earlier days are still taken; zero for none
	Actor  access.Actor
}

// HandedOver tells, for an account whose role at the school ended or was taken back by a hand-over, until which day it may still hand in
// what its phone has kept, and what it may do now: the actor of the request was read before the school was locked. False for
// every other account. No permission is asked.
func HandedOver(tx *db.Tx, account AccountID, site org.SiteID) (Handed, bool, error) {
	if account.IsZero() {
		return Handed{}, false, nil
	}
	rows, err := db.Ask[handoverGrant](tx, "SELECT act, on_day FROM handover_grants WHERE account_id = ? AND unit_id = ? AND act IN ?",
		account, org.SiteUnit(site), []string{handEnded, handTaken})
	if err != nil || len(rows) == 0 {
		return Handed{}, false, err
	}
	var h Handed
	for _, r := range rows {
		if r.Act == handEnded && r.OnDay.After(h.Before) {
			h.Before = r.OnDay
		}
	}
	h.Actor, _, err = Actor(tx, account)
	return h, true, err
}

// WithAccount says which of the persons have an account that works. No permission is asked: the caller's op does.
func WithAccount(tx *db.Tx, persons ...access.PersonID) (map[access.PersonID]AccountID, error) {
	persons = slices.DeleteFunc(persons, access.PersonID.IsZero)
	out := map[access.PersonID]AccountID{}
	if len(persons) == 0 {
		return out, nil
	}
	rows, err := db.All[accountRow](tx.Select("id", "person_id").Where("person_id IN ? AND disabled_at IS NULL", persons))
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	for _, r := range rows {
		out[*r.PersonID] = r.ID
	}
	return out, nil
}

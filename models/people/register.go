package people

import (
	"slices"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// handedKinds are the things on a hand-over list that stand in the school's register, too; "others" means another thing in each.
var handedKinds = org.Equipment[:len(org.Equipment)-1]

// registered is how a thing that was handed over stands in the register: nothing for what is missing. What is said to be handed over keeps the
// condition that the register knows, what needs repair is to be repaired.
func (i handoverItem) registered() (org.Item, bool) {
	item := org.Item{Kind: i.Kind, Count: max(1, i.Quantity), State: i.WasState, Note: i.WasNote}
	switch {
	case i.State == "missing":
		return item, false
	case i.State == "repair":
		item.State = org.Conditions[1]
	case item.State == "":
		item.State = org.Conditions[0]
	}
	if i.Quantity == 0 {
		item.Count = max(1, i.WasQuantity)
	}
	return item, true
}

// register puts the school's register right by the list, and notes on the list how things stood there before. Things that are not on the
// list stay as they are. The school is locked.
func register(tx *db.Tx, by access.Actor, site org.SiteID, list []handoverItem) error {
	items, err := org.ItemsOf(tx, site)
	if err != nil {
		return err
	}
	for i := range list {
		line := &list[i]
		if !slices.Contains(handedKinds, line.Kind) {
			continue
		}
		at := indexItem(items, line.Kind)
		if at >= 0 {
			line.WasQuantity, line.WasState, line.WasNote = items[at].Count, items[at].State, items[at].Note
			items = slices.Delete(items, at, at+1)
		}
		if now, there := line.registered(); there {
			items = append(items, now)
		}
	}
	return org.KeepItems(tx, by, site, items)
}

// unregister puts back what [register] changed. A thing that stands differently by now was changed by somebody and is left alone.
func unregister(tx *db.Tx, by access.Actor, h handoverRow) error {
	list, err := db.All[handoverItem](tx.Where("handover_id = ?", h.ID).Order("place"))
	if err != nil {
		return err
	}
	items, err := org.ItemsOf(tx, h.SiteID)
	if err != nil {
		return err
	}
	for _, line := range list {
		if !slices.Contains(handedKinds, line.Kind) {
			continue
		}
		made, there := line.registered()
		at := indexItem(items, line.Kind)
		if there != (at >= 0) || there && items[at] != made {
			continue
		}
		if at >= 0 {
			items = slices.Delete(items, at, at+1)
		}
		if line.WasState != "" {
			items = append(items, org.Item{Kind: line.Kind, Count: line.WasQuantity, State: line.WasState, Note: line.WasNote})
		}
	}
	return org.KeepItems(tx, by, h.SiteID, items)
}

func indexItem(items []org.Item, kind string) int {
	return slices.IndexFunc(items, func(i org.Item) bool { return i.Kind == kind })
}

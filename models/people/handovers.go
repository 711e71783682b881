package people

import (
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// HandoverView is a hand-over of a school.
type HandoverView struct {
	ID            HandoverID   `json:"id"`
	On            date.Date    `json:"on"`
	HostBefore    Somebody     `json:"host_before"`
	HostAfter     Somebody     `json:"host_after"`
	HeadBefore    Somebody     `json:"head_before"`
	HeadAfter     Somebody     `json:"head_after"`
	AddressBefore string       `json:"address_before"`
	AddressAfter  string       `json:"address_after"`
	Items         []HandedItem `json:"items"`
	Note          string       `json:"note"`
	MadeAt        time.Time    `json:"made_at"`
	UndoneAt      *time.Time   `json:"undone_at"` // nil while it stands
}

// Somebody is a person by name; both are empty for nobody.
type Somebody struct {
	Person PersonID `json:"person,omitzero"`
	Name   string   `json:"name"`
}

// HostChanged reports whether the school has another host by it.
func (v HandoverView) HostChanged() bool { return v.HostBefore.Person != v.HostAfter.Person }

// HeadChanged reports whether the school has another head by it.
func (v HandoverView) HeadChanged() bool { return v.HeadBefore.Person != v.HeadAfter.Person }

// Moved reports whether the school is elsewhere by it.
func (v HandoverView) Moved() bool { return v.AddressBefore != v.AddressAfter }

const handoverQuery = "SELECT h.id, h.on_day, h.host_before, COALESCE(hb.name, ''), h.host_after, COALESCE(ha.name, ''), h.head_before, COALESCE(eb.name, ''), " +
	"h.head_after, COALESCE(ea.name, ''), h.address_before, h.address_after, h.note, h.made_at, h.undone_at FROM handovers h " +
	"LEFT JOIN persons hb ON hb.id = h.host_before LEFT JOIN persons ha ON ha.id = h.host_after " +
	"LEFT JOIN persons eb ON eb.id = h.head_before LEFT JOIN persons ea ON ea.id = h.head_after WHERE "

func handovers(tx *db.Tx, cond string, args ...any) ([]HandoverView, error) {
	out := []HandoverView{}
	err := db.Each(tx, handoverQuery+cond, args, func(scan func(...any) error) error {
		v := HandoverView{Items: []HandedItem{}}
		err := scan(&v.ID, &v.On, &v.HostBefore.Person, &v.HostBefore.Name, &v.HostAfter.Person, &v.HostAfter.Name, &v.HeadBefore.Person, &v.HeadBefore.Name,
			&v.HeadAfter.Person, &v.HeadAfter.Name, &v.AddressBefore, &v.AddressAfter, &v.Note, &v.MadeAt, &v.UndoneAt)
		out = append(out, v)
		return err
	})
	return out, err
}

func readHandover(tx *db.Tx, handover HandoverID) (HandoverView, error) {
	found, err := handovers(tx, "h.id = ?", handover)
	if err == nil && len(found) == 0 {
		err = fail.NotFound("people.handover_missing")
	}
	if err != nil {
		return HandoverView{}, err
	}
	v := found[0]
	items, err := db.All[handoverItem](tx.Where("handover_id = ?", handover).Order("place"))
	for _, i := range items {
		v.Items = append(v.Items, HandedItem{i.Kind, i.Quantity, i.State, i.Note})
	}
	return v, err
}

// GetHandover reads a hand-over with its list. Permission: PeopleNames on the school or its branch.
func GetHandover(tx *db.Tx, by access.Actor, in HandoverInput) (HandoverView, error) {
	if err := mayName(tx, by, in.Site); err != nil {
		return HandoverView{}, err
	}
	row, err := db.One[handoverRow](tx.Where("id = ? AND site_id = ?", in.Handover, in.Site), "people.handover_missing")
	if err != nil {
		return HandoverView{}, err
	}
	return readHandover(tx, row.ID)
}

func mayName(tx *db.Tx, by access.Actor, site org.SiteID) error {
	s, err := org.FindSchool(tx, site)
	if err != nil {
		return err
	}
	return by.Require(access.PeopleNames, s.Paths()...)
}

// SchoolInput names a school.
type SchoolInput struct {
	Site org.SiteID `path:"id"`
}

// Handovers lists the hand-overs of a school without their lists, the newest first, those that were taken back too. Permission: PeopleNames on
// the school or its branch.
func Handovers(tx *db.Tx, by access.Actor, in SchoolInput) (db.Page[HandoverView], error) {
	if err := mayName(tx, by, in.Site); err != nil {
		return db.Page[HandoverView]{}, err
	}
	items, err := handovers(tx, "h.site_id = ? ORDER BY h.on_day DESC, h.made_at DESC", in.Site)
	return db.Page[HandoverView]{Items: items}, err
}

// SchoolPost is a post at a school with its holder over time.
type SchoolPost struct {
	Somebody
	Post  Post      `json:"post"`
	Since date.Date `json:"since"`
	Until date.Date `json:"until,omitzero"` // last day; zero while it lasts
}

// PostsOf lists who held the posts of a school, the newest first. Permission: PeopleNames on the school or its branch.
func PostsOf(tx *db.Tx, by access.Actor, in SchoolInput) (db.Page[SchoolPost], error) {
	page := db.Page[SchoolPost]{Items: []SchoolPost{}}
	if err := mayName(tx, by, in.Site); err != nil {
		return page, err
	}
	err := db.Each(tx, "SELECT o.person_id, p.name, o.post, o.since, o.`until` FROM posts o JOIN persons p ON p.id = o.person_id "+
		"WHERE o.site_id = ? ORDER BY o.since DESC, o.post DESC", []any{in.Site}, func(scan func(...any) error) error {
		var v SchoolPost
		err := scan(&v.Person, &v.Name, &v.Post, &v.Since, &v.Until)
		page.Items = append(page.Items, v)
		return err
	})
	return page, err
}

package people

import (
	"fmt"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type handoverTag struct{}

// HandoverID identifies a hand-over.
type HandoverID = id.ID[handoverTag]

type handoverRow struct {
	ID            HandoverID `gorm:"primaryKey"`
	SiteID        org.SiteID
	OnDay         date.Date
	HostBefore    *PersonID
	HostAfter     *PersonID
	HeadBefore    *PersonID
	HeadAfter     *PersonID
	AddressBefore string
	AddressAfter  string
	Note          string
	MadeBy        *access.AccountID
	MadeAt        time.Time
	UndoneBy      *access.AccountID
	UndoneAt      *time.Time
}

func (handoverRow) TableName() string { return "handovers" }

type handoverItem struct {
	HandoverID HandoverID `gorm:"primaryKey"`
	Place      int        `gorm:"primaryKey"`
	Kind       string
	Quantity   int
	State      string
	Note       string

	WasQuantity int    // in the school's register before, where the thing belongs into it and stood there
	WasState    string // "" where it stood not
	WasNote     string
}

func (handoverItem) TableName() string { return "handover_items" }

// Handover is what the areas above are told when a school changes hands. Before and after are the same where a post stays
// with its holder; zero is nobody.
type Handover struct {
	ID                     HandoverID
	Site                   org.SiteID
	On                     date.Date // first day that the new one holds it
	HostBefore, HostAfter  PersonID
	HeadBefore, HeadAfter  PersonID
	MadeAt                 time.Time
	HostChanged, HeadMoved bool
}

// Keeper is what an area above does when a school changes hands, in the transaction of the act; an error aborts the whole. The
// keepers run in the order in which they were registered, with the school locked.
type Keeper struct {
	Begun  func(tx *db.Tx, by access.Actor, h Handover) error
	Undone func(tx *db.Tx, by access.Actor, h Handover) error // refuses, or takes back what Begun did
}

// OnHandover registers a keeper. Either function may be nil.
func (a *Area) OnHandover(k Keeper) { a.keepers = append(a.keepers, k) }

// HandedThings lists the kinds of things on a hand-over list: what the school works with, and what belongs to its office.
var HandedThings = append(slices.Clone(org.Equipment[:len(org.Equipment)-1]), "plaque", "key", "ledgers", "fund", "others")

// HandedStates lists what can be said of a thing: handed over, missing, handed over but to be repaired.
var HandedStates = []string{"handed", "missing", "repair"}

// HandedItem is a line of the hand-over list.
type HandedItem struct {
	Kind  string `json:"kind"`  // one of HandedThings
	Count int    `json:"count"` // 0 where nobody counts, as of a plaque
	State string `json:"state"` // one of HandedStates
	Note  string `json:"note"`
}

// Newcomer is somebody of whom nothing is kept yet; he lives in the school's village.
type Newcomer struct {
	Name      string   `json:"name"` // "" for none
	Standing  Standing `json:"standing"`
	BirthYear int      `json:"birth_year"`
}

// HandOverInput changes host (户主), head (校长) or place of a school, or all of them, in one act.
type HandOverInput struct {
	Site    org.SiteID   `path:"id" json:"-"`
	On      date.Date    `json:"on"`       // first day of the new host, or at the new place; zero means today, never in the future
	Host    PersonID     `json:"host"`     // zero: the host stays
	NewHost Newcomer     `json:"new_host"` // in place of Host, for one who is not in the register
	Head    PersonID     `json:"head"`     // zero: the head stays
	HeadToo bool         `json:"head_too"` // the host is the head, too; in place of Head
	Address string       `json:"address"`  // "": the place stays
	Items   []HandedItem `json:"items"`    // each kind once; what the school does not have is left out
	Note    string       `json:"note"`
}

// HandOver hands a school over, and puts its register of equipment right by the list. Its code, plaque and history stay; posts change from the day on, and what was recorded before the day
// stays with who recorded it. The accounts of those who hold a post follow: the one before loses his right to record from the day on, but
// what his phone sends later about days before it is still taken; the new one gets it, if he has an account. Nothing is handed over twice on
// one day, or on the day on which the one before began: conflict. Locks the school. Permission: PeopleEdit on the school or its branch,
// and the names must be ones that the actor may know.
func (a *Area) HandOver(tx *db.Tx, by access.Actor, in HandOverInput) (HandoverView, error) {
	s, err := org.LockSite(tx, in.Site)
	if err == nil {
		err = by.Require(access.PeopleEdit, s.Paths()...)
	}
	if err != nil {
		return HandoverView{}, err
	}
	row, err := fitHandover(tx, by, s, in)
	if err != nil {
		return HandoverView{}, err
	}
	if err := row.posts(tx); err != nil {
		return HandoverView{}, err
	}
	if row.AddressAfter != row.AddressBefore {
		if err := org.Settle(tx, s.ID, row.AddressAfter); err != nil {
			return HandoverView{}, err
		}
	}
	if err := row.store(tx, by, in.Items); err != nil {
		return HandoverView{}, err
	}
	for _, k := range a.keepers {
		if k.Begun == nil {
			continue
		}
		if err := k.Begun(tx, by, row.told()); err != nil {
			return HandoverView{}, err
		}
	}
	if err := audit.Add(tx, by, audit.Row{Act: "site.handover", Object: "site", ID: s.ID, Unit: audit.Unit(s.ID), Change: row.change()}); err != nil {
		return HandoverView{}, err
	}
	return readHandover(tx, row.ID)
}

// fitHandover checks the input, adds a newcomer, and makes the row.
func fitHandover(tx *db.Tx, by access.Actor, s org.School, in HandOverInput) (handoverRow, error) {
	var c fail.Check
	row := handoverRow{ID: id.New[handoverTag](), SiteID: s.ID, OnDay: notFuture(tx, &c, "on", in.On), MadeBy: by.Account.Ptr(), MadeAt: tx.Now}
	c.If(row.OnDay.Before(s.LicensedOn), "on", "people.handover_before_licence", s.LicensedOn.String())
	row.Note = c.Prose("note", in.Note, 0, 500)
	in.Address = c.Text("address", in.Address, 0, 200)
	checkHanded(&c, in.Items)
	if err := row.before(tx); err != nil {
		return row, err
	}
	if err := row.after(tx, by, &c, s, in); err != nil {
		return row, err
	}
	if in.Address != "" {
		row.AddressAfter = in.Address
	}
	h := row.told()
	c.If(!in.newcomer() && !h.HostChanged && !h.HeadMoved && row.AddressAfter == row.AddressBefore, "host", "people.handover_nothing")
	if err := c.Err(); err != nil {
		return row, err
	}
	if err := row.later(tx); err != nil {
		return row, err
	}
	return row, row.welcome(tx, by, s, in)
}

func (in HandOverInput) newcomer() bool { return in.NewHost.Name != "" }

func checkHanded(c *fail.Check, items []HandedItem) {
	seen := map[string]bool{}
	for i := range items {
		item := &items[i]
		if c.If(!slices.Contains(HandedThings, item.Kind) || seen[item.Kind], "items", "input.choice") {
			continue
		}
		seen[item.Kind] = true
		c.Range("count_"+item.Kind, item.Count, 0, 9999)
		c.If(!slices.Contains(HandedStates, item.State), "state_"+item.Kind, "input.choice")
		item.Note = c.Text("note_"+item.Kind, item.Note, 0, 100)
	}
}

// before notes who holds the posts the day before, and where the school is.
func (r *handoverRow) before(tx *db.Tx) (err error) {
	for post, into := range map[Post]**PersonID{Host: &r.HostBefore, Head: &r.HeadBefore} {
		rows, err := db.All[postRow](tx.Where("site_id = ? AND post = ? AND (`until` IS NULL OR `until` >= ?)", r.SiteID, post, r.OnDay).Order("since DESC").Limit(1))
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			*into = rows[0].PersonID.Ptr()
		}
	}
	r.HostAfter, r.HeadAfter = r.HostBefore, r.HeadBefore
	r.AddressBefore, err = org.AddressOf(tx, r.SiteID)
	r.AddressAfter = r.AddressBefore
	return err
}

// after fits the persons whom the input names; a newcomer comes later, when the rest stands.
func (r *handoverRow) after(tx *db.Tx, by access.Actor, c *fail.Check, s org.School, in HandOverInput) error {
	c.If(in.newcomer() && !in.Host.IsZero(), "host", "people.handover_one_host")
	c.If(in.HeadToo && !in.Head.IsZero(), "head", "people.handover_one_head")
	for field, person := range map[string]PersonID{"host": in.Host, "head": in.Head} {
		if person.IsZero() {
			continue
		}
		p, err := Named(tx, by, person)
		if err != nil {
			return err
		}
		c.If(!p.Gone.IsZero(), field, "people.gone")
		if field == "host" {
			r.HostAfter = p.ID.Ptr()
		} else {
			r.HeadAfter = p.ID.Ptr()
		}
	}
	if in.HeadToo && !in.newcomer() {
		r.HeadAfter = r.HostAfter
	}
	if in.newcomer() {
		c.Text("name", in.NewHost.Name, 1, 60)
		c.If(!slices.Contains(Standings, in.NewHost.Standing), "standing", "input.choice")
		if in.NewHost.BirthYear != 0 {
			c.Range("birth_year", in.NewHost.BirthYear, 1900, tx.Today().Year()-leastAge)
		}
		return by.Require(access.PeopleEdit, s.Paths()...)
	}
	return nil
}

// welcome adds the newcomer and gives him the post.
func (r *handoverRow) welcome(tx *db.Tx, by access.Actor, s org.School, in HandOverInput) error {
	if !in.newcomer() {
		return nil
	}
	made, err := Add(tx, by, AddInput{
		Details:  Details{Name: in.NewHost.Name, BirthYear: in.NewHost.BirthYear, Village: s.ParentID},
		Standing: in.NewHost.Standing, Since: r.OnDay,
	})
	if err != nil {
		return err
	}
	r.HostAfter = made.ID.Ptr()
	if in.HeadToo {
		r.HeadAfter = r.HostAfter
	}
	return nil
}

// later refuses a day on or before which something else began: a post, or another hand-over.
func (r *handoverRow) later(tx *db.Tx) error {
	days, err := db.Ask[date.Date](tx, "SELECT since FROM posts WHERE site_id = ? AND since >= ? UNION ALL "+
		"SELECT on_day FROM handovers WHERE site_id = ? AND on_day >= ? AND undone_at IS NULL", r.SiteID, r.OnDay, r.SiteID, r.OnDay)
	if err != nil || len(days) == 0 {
		return err
	}
	return fail.Conflict("people.handover_later", slices.MaxFunc(days, date.Date.Compare).String())
}

// posts ends the posts that change with the day before, and begins the new ones.
func (r *handoverRow) posts(tx *db.Tx) error {
	h := r.told()
	for _, p := range []struct {
		post    Post
		changed bool
		now     *PersonID
	}{{Host, h.HostChanged, r.HostAfter}, {Head, h.HeadMoved, r.HeadAfter}} {
		if !p.changed {
			continue
		}
		_, err := db.Set(tx.Model(&postRow{}).Where("site_id = ? AND post = ? AND (`until` IS NULL OR `until` >= ?)", r.SiteID, p.post, r.OnDay),
			map[string]any{"until": r.OnDay.AddDays(-1)})
		if err != nil {
			return err
		}
		if err := db.Insert(tx, &postRow{SiteID: r.SiteID, Post: p.post, Since: r.OnDay, PersonID: *p.now}); err != nil {
			return err
		}
	}
	return nil
}

func (r *handoverRow) store(tx *db.Tx, by access.Actor, items []HandedItem) error {
	if err := db.Insert(tx, r); err != nil {
		return err
	}
	if len(items) == 0 {
		return nil
	}
	rows := make([]handoverItem, len(items))
	for i, item := range items {
		rows[i] = handoverItem{HandoverID: r.ID, Place: i + 1, Kind: item.Kind, Quantity: item.Count, State: item.State, Note: item.Note}
	}
	if err := register(tx, by, r.SiteID, rows); err != nil {
		return err
	}
	return db.Insert(tx, &rows)
}

func (r *handoverRow) told() Handover {
	h := Handover{
		ID: r.ID, Site: r.SiteID, On: r.OnDay, HostBefore: id.Or(r.HostBefore), HostAfter: id.Or(r.HostAfter),
		HeadBefore: id.Or(r.HeadBefore), HeadAfter: id.Or(r.HeadAfter), MadeAt: r.MadeAt,
	}
	h.HostChanged, h.HeadMoved = h.HostBefore != h.HostAfter, h.HeadBefore != h.HeadAfter
	return h
}

func (r *handoverRow) change() audit.Changes {
	c := audit.Changes{}.ID("host", id.Or(r.HostBefore), id.Or(r.HostAfter)).ID("head", id.Or(r.HeadBefore), id.Or(r.HeadAfter)).
		Code("since", "", r.OnDay.String())
	if r.AddressAfter != r.AddressBefore {
		c = c.Field("address")
	}
	return c
}

// HandoverInput names a hand-over of a school.
type HandoverInput struct {
	Site     org.SiteID `path:"id" json:"-"`
	Handover HandoverID `path:"handover" json:"-"`
}

// UndoHandover takes the newest hand-over of a school back: posts, place, rights and register are again what they were, but for things of
// the register that somebody has changed since; the act stays in the history.
// Conflict once something was recorded for a day under the new host, or changed after it. Locks the school. Permission: as for [Area.HandOver].
func (a *Area) UndoHandover(tx *db.Tx, by access.Actor, in HandoverInput) (HandoverView, error) {
	s, err := org.LockSite(tx, in.Site)
	if err == nil {
		err = by.Require(access.PeopleEdit, s.Paths()...)
	}
	if err != nil {
		return HandoverView{}, err
	}
	row, err := db.One[handoverRow](tx.Where("id = ? AND site_id = ?", in.Handover, in.Site), "people.handover_missing")
	if err != nil {
		return HandoverView{}, err
	}
	if row.UndoneAt != nil {
		return readHandover(tx, row.ID)
	}
	if err := row.newest(tx); err != nil {
		return HandoverView{}, err
	}
	for _, k := range slices.Backward(a.keepers) {
		if k.Undone == nil {
			continue
		}
		if err := k.Undone(tx, by, row.told()); err != nil {
			return HandoverView{}, err
		}
	}
	if err := row.takeBack(tx, by); err != nil {
		return HandoverView{}, err
	}
	if err := unregister(tx, by, row); err != nil {
		return HandoverView{}, err
	}
	change := audit.Changes{}.Code("since", row.OnDay.String(), "")
	if err := audit.Add(tx, by, audit.Row{Act: "site.handover_undo", Object: "site", ID: s.ID, Unit: audit.Unit(s.ID), Change: change}); err != nil {
		return HandoverView{}, err
	}
	return readHandover(tx, row.ID)
}

// newest refuses to take back what something later stands on.
func (r *handoverRow) newest(tx *db.Tx) error {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM posts WHERE site_id = ? AND since > ? UNION ALL "+
		"SELECT COUNT(*) FROM handovers WHERE site_id = ? AND on_day > ? AND undone_at IS NULL", r.SiteID, r.OnDay, r.SiteID, r.OnDay)
	if err == nil && slices.Max(n) > 0 {
		err = fail.Conflict("people.handover_followed")
	}
	return err
}

func (r *handoverRow) takeBack(tx *db.Tx, by access.Actor) error {
	h := r.told()
	for post, p := range map[Post]struct {
		changed bool
		before  PersonID
	}{Host: {h.HostChanged, h.HostBefore}, Head: {h.HeadMoved, h.HeadBefore}} {
		if !p.changed {
			continue
		}
		if err := tx.Where("site_id = ? AND post = ? AND since = ?", r.SiteID, post, r.OnDay).Delete(&postRow{}).Error; err != nil {
			return fmt.Errorf("people: %w", err)
		}
		if p.before.IsZero() {
			continue
		}
		_, err := db.Set(tx.Model(&postRow{}).Where("site_id = ? AND post = ? AND `until` = ?", r.SiteID, post, r.OnDay.AddDays(-1)), map[string]any{"until": nil})
		if err != nil {
			return err
		}
	}
	if r.AddressAfter != r.AddressBefore {
		if err := org.Settle(tx, r.SiteID, r.AddressBefore); err != nil {
			return err
		}
	}
	_, err := db.Set(tx.Model(&handoverRow{}).Where("id = ?", r.ID), map[string]any{"undone_by": by.Account.Ptr(), "undone_at": tx.Now})
	return err
}

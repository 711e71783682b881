package people

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// Lives lists the life states in the order of forms.
var Lives = []Life{AtHome, Away, Moved, Dead}

// Left reports a state in which one has no posts and no account any more.
func (l Life) Left() bool { return l == Moved || l == Dead }

// SetLifeInput says where a person is from a day on.
type SetLifeInput struct {
	Person PersonID  `path:"id" json:"-"`
	State  Life      `json:"state" form:"state"`
	Since  date.Date `json:"since" form:"since"` // zero means today; not in the future
}

// SetLife adds a state to the person's history, or corrects the one that begins on the same day. One who is not at home
// stands on no roll from that day on; rolls that were handed in keep what held then. Locks the person. Permission: PeopleEdit
// on the person.
func SetLife(tx *db.Tx, by access.Actor, in SetLifeInput) (View, error) {
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	c.If(!slices.Contains(Lives, in.State), "state", "input.choice")
	since := notFuture(tx, &c, "since", in.Since)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	return setLife(tx, by, p, lifeRow{
		PersonID: p.ID, Since: since, State: in.State, NotedBy: by.Account.Ptr(), NotedAt: tx.Now, ConfirmedBy: by.Account.Ptr(), ConfirmedAt: &tx.Now,
	}, "person.life")
}

// setLife stores a state of a locked person. Conflict when it would follow a death.
func setLife(tx *db.Tx, by access.Actor, p Person, row lifeRow, act string) (View, error) {
	before, err := lifeOn(tx, p.ID, row.Since)
	if err != nil {
		return View{}, err
	}
	if before.State == Dead && before.Since != row.Since {
		return View{}, fail.Conflict("people.dead_since", before.Since.String())
	}
	if err := upsert(tx, &row); err != nil {
		return View{}, err
	}
	if err := keepGone(tx, p.ID); err != nil {
		return View{}, err
	}
	return changed(tx, by, p, act, audit.Changes{}.Code("life", string(before.State), string(row.State)).Code("since", "", row.Since.String()))
}

// lifeOn is the state that counts on the day; at home when none does.
func lifeOn(tx *db.Tx, person PersonID, day date.Date) (lifeRow, error) {
	rows, err := db.All[lifeRow](tx.Where("person_id = ? AND since <= ?", person, day).Order("since DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return lifeRow{PersonID: person, State: AtHome}, err
	}
	return rows[0], nil
}

// keepGone keeps the first day of the departure beside the person, for lists that must be quick.
func keepGone(tx *db.Tx, person PersonID) error {
	rows, err := db.All[lifeRow](tx.Where("person_id = ?", person).Order("since DESC"))
	if err != nil {
		return err
	}
	var gone date.Date
	for _, r := range rows {
		if !r.State.Left() {
			break
		}
		gone = r.Since
	}
	_, err = db.Set(tx.Model(&personRow{}).Where("id = ?", person), map[string]any{"gone_on": gone, "changed_at": tx.Now})
	return err
}

// NoteAwayInput says of one on a school's roster that he is not there any more.
type NoteAwayInput struct {
	Site   org.SiteID `path:"id" json:"-"`
	Person PersonID   `path:"person" json:"-"`
	State  Life       `json:"state" form:"state"` // away, moved or dead
}

// NoteAway takes somebody off the roll from today on, by the word of who calls it (「这个人外出了 / 不在了」). The village
// confirms it or takes it back, see [Unconfirmed]; noted by who may edit the person, it is confirmed at once. Noting the
// same again changes nothing. Locks the person. Permission: PeopleAway on the school or its branch, on whose roster the person
// must stand: not_found otherwise.
func NoteAway(tx *db.Tx, by access.Actor, in NoteAwayInput) (View, error) {
	s, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return View{}, err
	}
	if err := by.Require(access.PeopleAway, s.Paths()...); err != nil {
		return View{}, err
	}
	p, err := lock(tx, in.Person)
	if err != nil {
		return View{}, err
	}
	here, err := Schools(tx, p.ID, tx.Today())
	if err != nil {
		return View{}, err
	}
	if !slices.ContainsFunc(here, func(h org.School) bool { return h.ID == in.Site }) {
		return View{}, fail.NotFound("people.not_enrolled")
	}
	var c fail.Check
	if c.If(in.State == AtHome || !slices.Contains(Lives, in.State), "state", "input.choice") {
		return View{}, c.Err()
	}
	now, err := lifeOn(tx, p.ID, tx.Today())
	if err != nil || now.State == in.State {
		if err == nil {
			return read(tx, by, p.ID)
		}
		return View{}, err
	}
	row := lifeRow{PersonID: p.ID, Since: tx.Today(), State: in.State, NotedBy: by.Account.Ptr(), NotedAt: tx.Now}
	if by.Can(access.PeopleEdit, p.Home()...) {
		row.ConfirmedBy, row.ConfirmedAt = by.Account.Ptr(), &tx.Now
	}
	return setLife(tx, by, p, row, "person.note_away")
}

// Noted is a state that a host noted and the village has not confirmed.
type Noted struct {
	Item       string           `json:"item"` // for [ConfirmLife] and [UndoLife]
	Person     PersonID         `json:"person"`
	Name       string           `json:"name"`
	Village    string           `json:"village"`
	School     string           `json:"school"` // one of those he attends, "" for none
	State      Life             `json:"state"`
	Since      date.Date        `json:"since"`
	NotedBy    access.AccountID `json:"noted_by"`
	NotedAt    time.Time        `json:"noted_at"`
	MayConfirm bool             `json:"may_confirm"`
}

// UnconfirmedInput narrows the list.
type UnconfirmedInput struct {
	Site org.SiteID `query:"site"`
}

// Unconfirmed lists what was noted and not confirmed, in the order of names, 200 at most: for who may confirm, and for hosts
// what they noted themselves. Permission: PeopleEdit or PeopleAway anywhere.
func Unconfirmed(tx *db.Tx, by access.Actor, in UnconfirmedInput) (db.Page[Noted], error) {
	edit, away := by.Visible(access.PeopleEdit), by.Visible(access.PeopleAway)
	if edit.Empty() && away.Empty() {
		return db.Page[Noted]{}, by.RequireAnywhere(access.PeopleEdit)
	}
	day := tx.Today()
	may, seen := home(edit), within(access.Scope{All: edit.All, Paths: append(slices.Clone(edit.Paths), away.Paths...)}, day)
	args := append([]any{day, day}, may.args...)
	args = append(args, seen.args...)
	query := "SELECT p.id, p.name, v.name, COALESCE((SELECT MIN(w.name) FROM rosters r JOIN units w ON w.id = r.site_id WHERE r.person_id = p.id " +
		"AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?)), ''), l.state, l.since, l.noted_by, l.noted_at, " + may.sql +
		" FROM life_states l JOIN persons p ON p.id = l.person_id JOIN units v ON v.id = p.village_id LEFT JOIN units b ON b.id = p.branch_id " +
		"LEFT JOIN units g ON g.id = p.group_id WHERE l.confirmed_at IS NULL AND p.merged_into IS NULL AND " + seen.sql
	if !in.Site.IsZero() {
		query += " AND p.id IN (SELECT r.person_id FROM rosters r WHERE r.site_id = ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?))"
		args = append(args, in.Site, day, day)
	}
	out := db.Page[Noted]{Items: []Noted{}}
	err := db.Each(tx, query+" ORDER BY p.name, p.id, l.since LIMIT 200", args, func(scan func(...any) error) error {
		var n Noted
		err := scan(&n.Person, &n.Name, &n.Village, &n.School, &n.State, &n.Since, &n.NotedBy, &n.NotedAt, &n.MayConfirm)
		n.Item = n.Person.String() + "_" + n.Since.String()
		out.Items = append(out.Items, n)
		return err
	})
	return out, err
}

// home holds for persons who are administered within the scope.
func home(s access.Scope) condition {
	if s.All || s.Empty() {
		sql, args := db.PathRange("v.path", s)
		return condition{sql, args}
	}
	village, va := db.PathRange("v.path", s)
	branch, ba := db.PathRange("b.path", s)
	group, ga := db.PathRange("g.path", s)
	return condition{"COALESCE(" + village + " OR " + branch + " OR " + group + ", FALSE)", append(append(va, ba...), ga...)}
}

// LifeInput names states of persons: "<person>_<since>", as [Noted] gives them.
type LifeInput struct {
	Items []string `json:"items" form:"items"`
}

// Settled counts what was done.
type Settled struct {
	Count int `json:"count"`
}

type lifeKey struct {
	person PersonID
	since  date.Date
}

// keys reads the items, once each and in the order in which persons are locked.
func (in LifeInput) keys() ([]lifeKey, error) {
	var c fail.Check
	c.If(len(in.Items) == 0, "items", "people.choose_some")
	c.If(len(in.Items) > 200, "items", "input.range", 1, 200)
	var out []lifeKey
	for i, s := range in.Items {
		person, since, _ := strings.Cut(s, "_")
		var k lifeKey
		day, err := date.Parse(since)
		if err == nil {
			err = k.person.UnmarshalText([]byte(person))
		}
		if !c.If(err != nil, fmt.Sprintf("items.%d", i), "input.id") {
			k.since = day
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b lifeKey) int {
		if n := slices.Compare(a.person[:], b.person[:]); n != 0 {
			return n
		}
		return a.since.Compare(b.since)
	})
	return slices.Compact(out), c.Err()
}

// ConfirmLife says that what was noted is so; what is confirmed already stays. Several at once, all or none. Locks the persons.
// Permission: PeopleEdit on each.
func ConfirmLife(tx *db.Tx, by access.Actor, in LifeInput) (Settled, error) {
	return settleLife(tx, in, func(k lifeKey) (bool, error) {
		p, err := lockToEdit(tx, by, k.person)
		if err != nil {
			return false, err
		}
		n, err := db.Set(tx.Model(&lifeRow{}).Where("person_id = ? AND since = ? AND confirmed_at IS NULL", k.person, k.since),
			map[string]any{"confirmed_by": by.Account.Ptr(), "confirmed_at": tx.Now})
		if err != nil || n == 0 {
			return false, err
		}
		change := audit.Changes{}.Code("since", "", k.since.String()).Code("confirmed", "no", "yes")
		return true, audit.Add(tx, by, p.Act("person.life_confirm", change))
	})
}

// UndoLife takes back states that were noted by mistake; the person is again where the one before says. What is not there
// any more counts as done. Several at once, all or none. Locks the persons. Permission: PeopleEdit on each; as long as the
// village has not confirmed it, PeopleAway at a school that he attends is enough.
func UndoLife(tx *db.Tx, by access.Actor, in LifeInput) (Settled, error) {
	return settleLife(tx, in, func(k lifeKey) (bool, error) {
		p, err := lock(tx, k.person)
		if err != nil {
			return false, err
		}
		rows, err := db.All[lifeRow](tx.Where("person_id = ? AND since = ?", k.person, k.since))
		if err != nil {
			return false, err
		}
		if err := requireUndo(tx, by, p, rows); err != nil || len(rows) == 0 {
			return false, err
		}
		if err := tx.Where("person_id = ? AND since = ?", k.person, k.since).Delete(&lifeRow{}).Error; err != nil {
			return false, fmt.Errorf("people: %w", err)
		}
		if err := keepGone(tx, k.person); err != nil {
			return false, err
		}
		change := audit.Changes{}.Code("life", string(rows[0].State), "").Code("since", k.since.String(), "")
		return true, audit.Add(tx, by, p.Act("person.life_undo", change))
	})
}

func requireUndo(tx *db.Tx, by access.Actor, p Person, rows []lifeRow) error {
	if len(rows) > 0 && rows[0].ConfirmedAt == nil {
		seen, err := seenAt(tx, p)
		if err != nil {
			return err
		}
		if by.Can(access.PeopleAway, seen...) {
			return nil
		}
	}
	return requireEdit(tx, by, p)
}

func settleLife(_ *db.Tx, in LifeInput, one func(lifeKey) (bool, error)) (Settled, error) {
	keys, err := in.keys()
	var out Settled
	for _, k := range keys {
		if err != nil {
			return Settled{}, err
		}
		var done bool
		if done, err = one(k); done {
			out.Count++
		}
	}
	return out, err
}

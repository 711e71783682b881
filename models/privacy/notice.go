package privacy

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// mostText bounds a version of the notice, in characters.
const mostText = 8000

// TextView is a version of the notice: who collects, why, what, for how long, and the rights of everybody. A line that
// begins with "#" is a heading.
type TextView struct {
	Version     int       `json:"version"`
	Body        string    `json:"body"`
	EffectiveOn date.Date `json:"effective_on,omitzero"` // zero for the one that came with the program while nobody has agreed to it
	MadeAt      time.Time `json:"made_at,omitzero"`
	Current     bool      `json:"current"`
	Supplied    bool      `json:"-"` // as it came with the program
}

// firstVersion came with the program.
const firstVersion = 1

func supplied() string { return lang.Chinese.T("privacy.body") }

func (r textRow) view(current int) TextView {
	return TextView{r.Version, r.Body, r.EffectiveOn, r.MadeAt, r.Version == current, r.Version == firstVersion && r.Body == supplied()}
}

// texts reads the stored versions, oldest first, and which one holds today: 0 where none is stored.
func texts(tx *db.Tx) (rows []textRow, current int, err error) {
	rows, err = db.All[textRow](tx.Order("version"))
	for _, r := range rows {
		if !r.EffectiveOn.After(tx.Today()) {
			current = r.Version
		}
	}
	return rows, current, err
}

// TextsInput is empty.
type TextsInput struct{}

// Texts lists the versions of the notice, newest first. Permission: PublicRead.
func Texts(tx *db.Tx, by access.Actor, _ TextsInput) (db.Page[TextView], error) {
	if err := by.Require(access.PublicRead); err != nil {
		return db.Page[TextView]{}, err
	}
	rows, current, err := texts(tx)
	page := db.Page[TextView]{Items: []TextView{}}
	for i := len(rows) - 1; i >= 0; i-- {
		page.Items = append(page.Items, rows[i].view(current))
	}
	if err == nil && current == 0 {
		page.Items = append(page.Items, TextView{Version: firstVersion, Body: supplied(), Current: true, Supplied: true})
	}
	return page, err
}

// TextInput names a version; 0 for the one that holds today.
type TextInput struct {
	Version int `path:"version" query:"version"`
}

// Text reads a version of the notice; earlier ones stay readable. Permission: PublicRead.
func Text(tx *db.Tx, by access.Actor, in TextInput) (TextView, error) {
	page, err := Texts(tx, by, TextsInput{})
	if err != nil {
		return TextView{}, err
	}
	for _, v := range page.Items {
		if v.Version == in.Version || in.Version == 0 && v.Current {
			return v, nil
		}
	}
	return TextView{}, fail.NotFound("privacy.no_text")
}

// CurrentVersion is the version that holds today. No permission is asked.
func CurrentVersion(tx *db.Tx) (int, error) {
	_, current, err := texts(tx)
	return max(current, firstVersion), err
}

// PublishInput is a new version of the notice.
type PublishInput struct {
	Version     int       `json:"version" form:"version"` // the newest that the editor saw
	Body        string    `json:"body" form:"body"`
	EffectiveOn date.Date `json:"effective_on" form:"effective_on"` // zero means today
}

// Publish adds a version of the notice; from its day on everybody is asked again. Earlier versions stay as they are. Locks
// the county. Permission: SettingsEdit on the county.
func Publish(tx *db.Tx, by access.Actor, in PublishInput) (TextView, error) {
	county, err := lockCounty(tx, by)
	if err != nil {
		return TextView{}, err
	}
	rows, _, err := texts(tx)
	if err != nil {
		return TextView{}, err
	}
	newest, least := firstVersion, tx.Today()
	if n := len(rows); n > 0 {
		newest = rows[n-1].Version
		if rows[n-1].EffectiveOn.After(least) {
			least = rows[n-1].EffectiveOn
		}
	}
	if in.Version != newest {
		return TextView{}, fail.Stale("privacy.text_changed")
	}
	var c fail.Check
	body := c.Prose("body", in.Body, 50, mostText)
	if in.EffectiveOn.IsZero() {
		in.EffectiveOn = least
	}
	c.If(in.EffectiveOn.Before(least), "effective_on", "privacy.too_early", least)
	if err := c.Err(); err != nil {
		return TextView{}, err
	}
	if err := keepFirst(tx, county); err != nil {
		return TextView{}, err
	}
	r := textRow{UnitID: county.ID, Version: newest + 1, Body: body, EffectiveOn: in.EffectiveOn, AccountID: by.Account.Ptr(), MadeAt: tx.Now}
	if err := db.Insert(tx, &r); err != nil {
		return TextView{}, err
	}
	current, err := CurrentVersion(tx)
	if err != nil {
		return TextView{}, err
	}
	return r.view(current), audit.Add(tx, by, audit.Row{
		Act: "privacy.publish", Object: "privacy_text", ID: county.ID, Unit: audit.Unit(county.ID),
		Change: audit.Changes{}.Int("version", newest, r.Version).Code("effective_on", "", r.EffectiveOn.String()).Field("body"),
	})
}

// lockCounty locks the county's row after asking whether the actor may edit there.
func lockCounty(tx *db.Tx, by access.Actor) (org.Unit, error) {
	root, err := org.Root(tx)
	if err != nil {
		if ask := by.RequireAnywhere(access.SettingsEdit); ask != nil {
			return org.Unit{}, ask
		}
		return org.Unit{}, err
	}
	if err := by.Require(access.SettingsEdit, root.Path); err != nil {
		return org.Unit{}, err
	}
	return org.LockUnit(tx, root.ID)
}

// keepFirst stores the version that came with the program, so that what people agreed to stays readable when the program
// comes with another.
func keepFirst(tx *db.Tx, county org.Unit) error {
	rows, err := db.All[textRow](tx.Limit(1))
	if err != nil || len(rows) > 0 {
		return err
	}
	b := db.Bulk{
		Table: "privacy_texts", Columns: []string{"unit_id", "version", "body", "effective_on", "account_id", "made_at"}, Keys: []string{"unit_id", "version"},
	}
	return b.Fill(tx, [][]any{{county.ID, firstVersion, supplied(), tx.Today(), nil, tx.Now}})
}

package people

import (
	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// AssignInput gives a person a post at a school.
type AssignInput struct {
	Site   org.SiteID `path:"id" json:"-"`
	Post   Post       `json:"post" form:"post"`
	Person PersonID   `json:"person" form:"person"`
	Since  date.Date  `json:"since" form:"since"` // first day; zero means today
}

// Holder is who holds a post, and since when.
type Holder struct {
	Person PersonID  `json:"person"`
	Name   string    `json:"name"`
	Post   Post      `json:"post"`
	Since  date.Date `json:"since"`
}

// Assign gives a person a post at a school; the holder before ends the day before. A post that begins
// on the same day is corrected; one that begins later is a conflict. A post gives no account any right, a grant does.
// Locks the school. Permission: PeopleEdit on the school or its branch, and the person's name must be one that the actor may know.
func Assign(tx *db.Tx, by access.Actor, in AssignInput) (Holder, error) {
	s, err := org.LockSite(tx, in.Site)
	if err != nil {
		return Holder{}, err
	}
	if err := by.Require(access.PeopleEdit, s.Paths()...); err != nil {
		return Holder{}, err
	}
	var c fail.Check
	c.If(in.Post != Host && in.Post != Head, "post", "input.choice")
	since := notFuture(tx, &c, "since", in.Since)
	if c.If(in.Person.IsZero(), "person", "input.required") {
		return Holder{}, c.Err()
	}
	p, err := Find(tx, in.Person)
	if err == nil {
		err = requireName(tx, by, p)
	}
	if err != nil {
		return Holder{}, err
	}
	c.If(!p.Gone.IsZero(), "person", "people.gone")
	if err := c.Err(); err != nil {
		return Holder{}, err
	}
	before, err := follow(tx, in.Site, in.Post, since)
	if err != nil {
		return Holder{}, err
	}
	if err := upsert(tx, &postRow{SiteID: in.Site, Post: in.Post, Since: since, PersonID: in.Person}); err != nil {
		return Holder{}, err
	}
	return Holder{p.ID, p.Name, in.Post, since}, audit.Add(tx, by, audit.Row{
		Act: "post.assign", Object: "site", ID: in.Site, Unit: audit.Unit(in.Site),
		Change: audit.Changes{}.Code("post", "", string(in.Post)).ID("person_id", before, p.ID).Code("since", "", since.String()),
	})
}

// follow ends the post's last holder the day before and tells who it was, zero for nobody.
func follow(tx *db.Tx, site org.SiteID, post Post, since date.Date) (PersonID, error) {
	rows, err := db.All[postRow](tx.Where("site_id = ? AND post = ?", site, post).Order("since DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return PersonID{}, err
	}
	last := rows[0]
	if last.Since.After(since) {
		return PersonID{}, fail.Conflict("people.post_later", last.Since.String())
	}
	if last.Since.Before(since) {
		_, err = db.Set(tx.Model(&postRow{}).Where("site_id = ? AND post = ? AND since = ?", site, post, last.Since),
			map[string]any{"until": since.AddDays(-1)})
	}
	return last.PersonID, err
}

const holdersQuery = "SELECT o.person_id AS person, p.name, o.post, o.since FROM posts o JOIN persons p ON p.id = o.person_id " +
	"WHERE o.site_id = ? AND o.since <= ? AND (o.`until` IS NULL OR o.`until` >= ?) AND (p.gone_on IS NULL OR p.gone_on > ?) ORDER BY o.post DESC"

// Holders lists who holds the school's posts on the day, the host first; a post that nobody holds is left
// out. No permission is asked: the caller's op does.
func Holders(tx *db.Tx, site org.SiteID, day date.Date) ([]Holder, error) {
	return db.Ask[Holder](tx, holdersQuery, site, day, day, day)
}

// HostOf gives the school's host on the day, false for none. No permission is asked: the caller's op does.
func HostOf(tx *db.Tx, site org.SiteID, day date.Date) (Holder, bool, error) {
	holders, err := Holders(tx, site, day)
	for _, h := range holders {
		if h.Post == Host {
			return h, true, err
		}
	}
	return Holder{}, false, err
}

// HostsOf gives the hosts of many schools on the day. Schools without one are left out. No permission is asked: the caller's op does.
func HostsOf(tx *db.Tx, sites []org.SiteID, day date.Date) (map[org.SiteID]Holder, error) {
	hosts := make(map[org.SiteID]Holder, len(sites))
	for len(sites) > 0 {
		n := min(len(sites), namesChunk)
		rows, err := db.Ask[struct {
			SiteID org.SiteID
			Person PersonID
			Name   string
			Since  date.Date
		}](tx, "SELECT o.site_id, o.person_id AS person, p.name, o.since FROM posts o JOIN persons p ON p.id = o.person_id "+
			"WHERE o.site_id IN ? AND o.post = ? AND o.since <= ? AND (o.`until` IS NULL OR o.`until` >= ?) "+
			"AND (p.gone_on IS NULL OR p.gone_on > ?)", sites[:n], Host, day, day, day)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			hosts[r.SiteID] = Holder{r.Person, r.Name, Host, r.Since}
		}
		sites = sites[n:]
	}
	return hosts, nil
}

// AwayOf lists those of the persons who are not at home on the day. No permission is asked: the caller's op does.
func AwayOf(tx *db.Tx, persons []PersonID, day date.Date) (map[PersonID]bool, error) {
	away := map[PersonID]bool{}
	for len(persons) > 0 {
		n := min(len(persons), namesChunk)
		rows, err := db.Ask[PersonID](tx, "SELECT p.id FROM persons p WHERE p.id IN ? AND NOT ("+atHome+")", persons[:n], day)
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			away[p] = true
		}
		persons = persons[n:]
	}
	return away, nil
}

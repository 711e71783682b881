package feeds

import (
	"cmp"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// Feed is what an address gives.
type Feed struct {
	Kind      Kind
	Name      string // of the school or township
	Lang      lang.Lang
	Items     []Item // by date, then by UID
	ChangedAt time.Time
}

// Item is a day or a meeting, as a calendar client has to know it: the same UID for as long as it is the same thing, and a sequence
// that grows when it changes.
type Item struct {
	UID       string
	Exchange  bool
	On        date.Date
	Hour      string // "20:00"; "" for the whole day
	School    string // where
	From      date.Date
	Cancelled bool
	Sequence  int
	ChangedAt time.Time
	Path      string // of its page, for who signs in
}

// How far a feed reaches back and ahead, in days. Days are planned to the end of the year, and at least three months.
const (
	back  = 60
	ahead = 300
)

// Read gives the feed of a secret address: that is the permission, together with what the feed's owner may see now. Everything that
// is wrong is the same not_found.
func (a *Area) Read(tx *db.Tx, secret string) (Feed, error) {
	gone := fail.NotFound("feeds.gone")
	feed, ok := a.open(secret)
	if !ok {
		return Feed{}, gone
	}
	row, err := db.One[feedRow](tx.Where("id = ?", feed), "feeds.gone")
	if err != nil {
		return Feed{}, err
	}
	owner, prefs, err := accounts.Actor(tx, row.AccountID)
	if err == nil {
		var f Feed
		if f, err = read(tx, owner, row); err == nil {
			f.Lang = lang.Match(prefs.Language, "")
			return f, nil
		}
	}
	switch fail.KindOf(err) {
	case fail.Missing, fail.ForbiddenAct, fail.Unauthenticated:
		return Feed{}, gone.Because(err)
	}
	return Feed{}, err
}

func read(tx *db.Tx, owner access.Actor, row feedRow) (Feed, error) {
	// What is not seen in a change, such as who belongs to which school, is a day old at most.
	f := Feed{Kind: row.Kind, ChangedAt: tx.Today().At(0, 0)}
	if row.MadeAt.After(f.ChangedAt) {
		f.ChangedAt = row.MadeAt
	}
	sites, name, err := sitesOf(tx, owner, row)
	if err != nil {
		return f, err
	}
	f.Name = name
	if err := f.days(tx, owner, row, sites); err != nil {
		return f, err
	}
	if err := f.meetings(tx, sites); err != nil {
		return f, err
	}
	slices.SortFunc(f.Items, func(a, b Item) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.UID, b.UID)) })
	for _, i := range f.Items {
		if i.ChangedAt.After(f.ChangedAt) {
			f.ChangedAt = i.ChangedAt
		}
	}
	return f, nil
}

// sitesOf are the schools of a feed, which its owner must see. That of a school whose plaque was taken away (摘牌) goes on for as long as a feed
// reaches back, so that calendars hear that its days are called off; then it is gone.
func sitesOf(tx *db.Tx, owner access.Actor, row feedRow) (sites []org.SiteID, name string, err error) {
	switch row.Kind {
	case OfSchool:
		s, err := org.FindSchool(tx, org.UnitSite(*row.UnitID))
		if err != nil {
			return nil, "", err
		}
		if s.Licence == org.Revoked && s.ChangedOn.Before(tx.Today().AddDays(-back)) {
			return nil, "", fail.NotFound("feeds.gone")
		}
		return []org.SiteID{s.ID}, s.Name, owner.Require(access.CalendarSee, s.Paths()...)
	case OfTownship:
		u, err := org.FindUnit(tx, *row.UnitID)
		if err != nil {
			return nil, "", err
		}
		if err := owner.Require(access.CalendarSee, u.Path); err != nil {
			return nil, "", err
		}
		cond, args := db.PathRange("u.path", access.Scope{Paths: []string{u.Path}})
		sites, err := db.Ask[org.SiteID](tx, "SELECT s.id FROM sites s JOIN units u ON u.id = s.id WHERE "+cond+" ORDER BY u.code", args...)
		return sites, u.Name, err
	}
	sites, err = ownSites(tx, owner)
	return sites, "", err
}

// ownSites are the schools that the owner keeps or whose roster he is on, of those that he sees.
func ownSites(tx *db.Tx, owner access.Actor) ([]org.SiteID, error) {
	paths := []string{""}
	for _, g := range owner.Grants() {
		if g.Role == access.Host || g.Role == access.Head {
			paths = append(paths, g.Path)
		}
	}
	today := tx.Today()
	rows, err := db.Ask[struct {
		ID          org.SiteID
		Path, Party string
	}](tx, "SELECT s.id, u.path, COALESCE(b.path, '') AS party FROM sites s JOIN units u ON u.id = s.id LEFT JOIN units b ON b.id = s.branch_id "+
		"WHERE u.path IN ? OR s.id IN (SELECT site_id FROM rosters WHERE person_id = ? AND since <= ? AND (`until` IS NULL OR `until` > ?)) ORDER BY u.code",
		paths, owner.Person, today, today)
	var out []org.SiteID
	for _, r := range rows {
		if owner.Can(access.CalendarSee, r.Path, r.Party) {
			out = append(out, r.ID)
		}
	}
	return out, err
}

func (f *Feed) days(tx *db.Tx, owner access.Actor, row feedRow, sites []org.SiteID) error {
	in := calendar.BetweenInput{From: tx.Today().AddDays(-back), To: tx.Today().AddDays(ahead), Limit: 1000}
	ask := []org.SiteID{{}}
	if row.Kind == OfTownship {
		u, err := org.FindUnit(tx, *row.UnitID)
		if err != nil {
			return err
		}
		in.Under = u.Code
	} else {
		ask = sites
	}
	for _, in.Site = range ask {
		in.After = ""
		for {
			page, err := calendar.Between(tx, owner, in)
			if err != nil {
				return err
			}
			for _, d := range page.Items {
				f.Items = append(f.Items, dayItem(d.DayView))
			}
			if in.After = page.Next; in.After == "" {
				break
			}
		}
	}
	return nil
}

func dayItem(d calendar.DayView) Item {
	i := Item{
		UID: d.ID.String(), On: d.PlannedOn, Hour: d.Hour, School: d.Name, Sequence: d.Sequence, ChangedAt: d.ChangedAt,
		Cancelled: d.State == calendar.Cancelled || d.State == calendar.NotHeld, Path: "/calendar/days/" + d.ID.String(),
	}
	if d.Shift == calendar.ByHand {
		i.From = d.RuledOn
	}
	return i
}

// meetings adds the meetings of exchange weeks, each once; one that all the feed's schools have left is called off for them.
func (f *Feed) meetings(tx *db.Tx, sites []org.SiteID) error {
	entries, err := exchange.Entries(tx, sites, tx.Today().AddDays(-back))
	if err != nil {
		return err
	}
	at := map[exchange.GroupID]int{}
	for _, e := range entries {
		if i, ok := at[e.Group]; ok {
			f.Items[i].Cancelled = f.Items[i].Cancelled && e.Cancelled
			continue
		}
		at[e.Group] = len(f.Items)
		f.Items = append(f.Items, Item{
			UID: e.Group.String(), Exchange: true, On: e.HeldOn, Hour: e.Hour, School: e.HostName, Cancelled: e.Cancelled, Sequence: e.Sequence,
			ChangedAt: e.ChangedAt, Path: "/calendar?month=" + e.HeldOn.Month().String(),
		})
	}
	return nil
}

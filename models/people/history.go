package people

import (
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// History is what is kept of a person over time, each list from its beginning.
type History struct {
	Standings  []StandingLine  `json:"standings"`
	Places     []PlaceLine     `json:"places"`
	Lives      []LifeLine      `json:"lives"`
	Rosters    []RosterLine    `json:"rosters"`
	Posts      []PostLine      `json:"posts"`
	Offices    []OfficeLine    `json:"offices"`
	Exemptions []ExemptionLine `json:"exemptions"`
	Merges     []MergeLine     `json:"merges"` // into this person, undone ones too
}

// StandingLine is a standing that counts until the next line.
type StandingLine struct {
	Since    date.Date `json:"since"`
	Standing Standing  `json:"standing"`
}

// PlaceLine is where the person lived and belonged until the next line.
type PlaceLine struct {
	Since   date.Date `json:"since"`
	Village string    `json:"village"`
	Branch  string    `json:"branch"`
	Group   string    `json:"group"`

	VillageGroup string `json:"village_group"`
}

// LifeLine is a life state that counts until the next line.
type LifeLine struct {
	Since       date.Date        `json:"since"`
	State       Life             `json:"state"`
	NotedBy     access.AccountID `json:"noted_by"`
	NotedAt     time.Time        `json:"noted_at"`
	ConfirmedBy access.AccountID `json:"confirmed_by"`
	ConfirmedAt *time.Time       `json:"confirmed_at"` // nil until the village says so
}

// RosterLine is a place on a school's roster.
type RosterLine struct {
	Person PersonID   `json:"person"`
	Name   string     `json:"name"`
	Site   org.SiteID `json:"site"`
	School string     `json:"school"`
	Since  date.Date  `json:"since"`
	Until  date.Date  `json:"until,omitzero"` // last day; zero while it lasts
}

// PostLine is a post at a school.
type PostLine struct {
	Site   org.SiteID `json:"site"`
	School string     `json:"school"`
	Post   Post       `json:"post"`
	Since  date.Date  `json:"since"`
	Until  date.Date  `json:"until,omitzero"`
}

// ExemptionLine is a time without a study requirement.
type ExemptionLine struct {
	Since      date.Date `json:"since"`
	Until      date.Date `json:"until"`
	ApprovedBy string    `json:"approved_by"`
}

// MergeLine is a record that was found to be the same person's.
type MergeLine struct {
	ID       MergeID          `json:"id"`
	Gone     PersonID         `json:"gone"`
	Name     string           `json:"name"`
	MergedBy access.AccountID `json:"merged_by"`
	MergedAt time.Time        `json:"merged_at"`
	UndoneAt *time.Time       `json:"undone_at"`
}

// HistoryOf reads a person's history. Permission: PeopleSee where the person lives or belongs, or attends a school of an
// administrative unit; everyone may read his own.
func HistoryOf(tx *db.Tx, by access.Actor, in PersonInput) (History, error) {
	p, err := Find(tx, in.Person)
	if err != nil {
		return History{}, err
	}
	if !by.Is(p.ID) {
		if err := requireAnswer(tx, by, access.PeopleSee, p); err != nil {
			return History{}, err
		}
	}
	var h History
	for _, read := range []func() error{
		func() error {
			return ask(tx, &h.Standings, "SELECT since, standing FROM standings WHERE person_id = ? ORDER BY since", p.ID)
		},
		func() error {
			return ask(tx, &h.Places, "SELECT a.since, v.name AS village, COALESCE(b.name, '') AS branch, COALESCE(g.name, '') AS `group`, COALESCE(n.name, '') AS village_group FROM affiliations a "+
				"JOIN units v ON v.id = a.village_id LEFT JOIN units b ON b.id = a.branch_id LEFT JOIN units g ON g.id = a.group_id LEFT JOIN units n ON n.id = a.village_group_id "+
				"WHERE a.person_id = ? ORDER BY a.since", p.ID)
		},
		func() error {
			return ask(tx, &h.Lives, "SELECT since, state, noted_by, noted_at, confirmed_by, confirmed_at FROM life_states WHERE person_id = ? ORDER BY since", p.ID)
		},
		func() error { return ask(tx, &h.Rosters, rosterLines+"r.person_id = ? ORDER BY r.since, u.code", p.ID) },
		func() error {
			return ask(tx, &h.Posts, "SELECT o.site_id AS site, u.name AS school, o.post, o.since, o.`until` FROM posts o JOIN units u ON u.id = o.site_id "+
				"WHERE o.person_id = ? ORDER BY o.since, u.code, o.post DESC", p.ID)
		},
		func() error {
			return ask(tx, &h.Offices, officeLines+"o.person_id = ? ORDER BY o.since, u.path, o.office", p.ID)
		},
		func() error {
			return ask(tx, &h.Exemptions, "SELECT since, `until`, approved_by FROM exemptions WHERE person_id = ? ORDER BY since", p.ID)
		},
		func() error {
			return ask(tx, &h.Merges, "SELECT m.id, m.gone_id AS gone, p.name, m.merged_by, m.merged_at, m.undone_at FROM merges m "+
				"JOIN persons p ON p.id = m.gone_id WHERE m.kept_id = ? ORDER BY m.merged_at, m.id", p.ID)
		},
	} {
		if err := read(); err != nil {
			return History{}, err
		}
	}
	return h, nil
}

const rosterLines = "SELECT r.person_id AS person, p.name, r.site_id AS site, u.name AS school, r.since, r.`until` FROM rosters r " +
	"JOIN persons p ON p.id = r.person_id JOIN units u ON u.id = r.site_id WHERE "

func ask[T any](tx *db.Tx, into *[]T, query string, args ...any) (err error) {
	*into, err = db.Ask[T](tx, query, args...)
	return err
}

// RosterInput names a school, and a day if not today's roster is wanted.
type RosterInput struct {
	Site org.SiteID `path:"id"`
	On   date.Date  `query:"on"`
}

// Roster is a school's roster.
type Roster struct {
	On   date.Date    `json:"on"`
	Now  []RosterLine `json:"now"`  // on the roster that day, away ones too
	Left []RosterLine `json:"left"` // who stood on it before, the newest end first, 200 at most
	Away []PersonID   `json:"away"` // of Now: not at home that day, so not on the roll
}

// RosterOf reads a school's roster on a day with its history. Permission: PeopleNames on the school or its branch.
func RosterOf(tx *db.Tx, by access.Actor, in RosterInput) (Roster, error) {
	s, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return Roster{}, err
	}
	if err := by.Require(access.PeopleNames, s.Paths()...); err != nil {
		return Roster{}, err
	}
	out := Roster{On: in.On}
	if out.On.IsZero() {
		out.On = tx.Today()
	}
	err = ask(tx, &out.Now, rosterLines+"r.site_id = ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) ORDER BY p.name, p.id", s.ID, out.On, out.On)
	if err == nil {
		err = ask(tx, &out.Left, rosterLines+"r.site_id = ? AND r.`until` < ? ORDER BY r.`until` DESC, p.name, p.id LIMIT 200", s.ID, out.On)
	}
	if err == nil {
		err = ask(tx, &out.Away, "SELECT p.id FROM rosters r JOIN persons p ON p.id = r.person_id WHERE r.site_id = ? AND r.since <= ? "+
			"AND (r.`until` IS NULL OR r.`until` >= ?) AND NOT "+atHome, s.ID, out.On, out.On, out.On)
	}
	return out, err
}

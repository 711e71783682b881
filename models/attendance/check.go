package attendance

import (
	"cmp"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// Difference is a stored figure that the rows do not bear out.
type Difference struct {
	Object string `json:"object"` // session, person_month or person_site
	ID     string `json:"id"`
	Stored string `json:"stored"`
	Rows   string `json:"rows"`
}

// CheckTallies recomputes every tally of sessions and people from the marks, and lists where what is stored
// differs; empty when all is well. It reads and changes nothing.
func CheckTallies(tx *db.Tx) ([]Difference, error) {
	out := []Difference{}
	sessions, err := db.All[sessionRow](tx.Order("id"))
	if err != nil {
		return nil, err
	}
	rows, err := recount(tx, sessions)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if want := rows[s.ID]; s.Tally != want || s.Attended != want.Attendances() {
			out = append(out, Difference{"session", s.ID.String(), fmt.Sprintf("%+v", s.Tally), fmt.Sprintf("%+v", want)})
		}
	}
	people, err := checkPeople(tx)
	return append(out, people...), err
}

// recount makes the tallies of the sessions from marks and guests; unnamed heads are only on the session.
func recount(tx *db.Tx, sessions []sessionRow) (map[SessionID]Tally, error) {
	out := make(map[SessionID]Tally, len(sessions))
	for _, s := range sessions {
		out[s.ID] = Tally{Adults: s.Adults, Children: s.Children}
	}
	marks, err := db.Ask[struct {
		SessionID SessionID
		List      Part
		State     State
		N         int
	}](tx, "SELECT session_id, `list`, state, COUNT(*) AS n FROM marks GROUP BY session_id, `list`, state")
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		t := out[m.SessionID]
		if m.List == ListDue || m.State != Unmarked {
			t.note(m.State, m.N)
		}
		out[m.SessionID] = t
	}
	guests, err := db.Ask[struct {
		SessionID SessionID
		N         int
	}](tx, "SELECT session_id, COUNT(*) AS n FROM guests WHERE person_id IS NULL GROUP BY session_id")
	for _, g := range guests {
		t := out[g.SessionID]
		t.Guests = g.N
		out[g.SessionID] = t
	}
	return out, err
}

// tallyKey is a row of person_months, or with a zero month of person_sites.
type tallyKey struct {
	person access.PersonID
	site   org.SiteID
	month  date.Month
}

type tallySum struct{ sessions, minutes int }

func checkPeople(tx *db.Tx) ([]Difference, error) {
	want, err := recountPeople(tx)
	if err != nil {
		return nil, err
	}
	have := make(map[tallyKey]tallySum, len(want))
	months, err := db.All[monthRow](tx.DB)
	if err != nil {
		return nil, err
	}
	for _, m := range months {
		have[tallyKey{m.PersonID, m.SiteID, m.Month}] = tallySum{m.Sessions, m.Minutes}
	}
	sites, err := db.All[siteRow](tx.DB)
	if err != nil {
		return nil, err
	}
	for _, s := range sites {
		have[tallyKey{s.PersonID, s.SiteID, date.Month{}}] = tallySum{s.Sessions, 0}
	}
	return compare(have, want), nil
}

// recountPeople makes the tallies of everybody, or of some persons, from the marks.
func recountPeople(tx *db.Tx, only ...access.PersonID) (map[tallyKey]tallySum, error) {
	some, args := "", []any{HandedIn, []State{Present, MadeUp, Observer}}
	if len(only) > 0 {
		some, args = "AND m.person_id IN ? ", append(args, only)
	}
	rows, err := db.Ask[struct {
		PersonID access.PersonID
		SiteID   org.SiteID
		HeldOn   date.Date
		Sessions int
		Minutes  int
	}](tx, `SELECT m.person_id, s.site_id, s.held_on, COUNT(*) AS sessions, SUM(s.minutes) AS minutes
FROM marks m JOIN sessions s ON s.id = m.session_id WHERE s.state = ? AND m.state IN ? `+some+`GROUP BY m.person_id, s.site_id, s.held_on`, args...)
	out := make(map[tallyKey]tallySum, len(rows))
	for _, r := range rows {
		in := tallyKey{r.PersonID, r.SiteID, r.HeldOn.Month()}
		out[in] = tallySum{out[in].sessions + r.Sessions, out[in].minutes + r.Minutes}
		at := tallyKey{r.PersonID, r.SiteID, date.Month{}}
		out[at] = tallySum{out[at].sessions + r.Sessions, 0}
	}
	return out, err
}

func compare(have, want map[tallyKey]tallySum) []Difference {
	out := []Difference{}
	add := func(k tallyKey) {
		if have[k] == want[k] {
			return
		}
		object := "person_month"
		if k.month.IsZero() {
			object = "person_site"
		}
		out = append(out, Difference{
			object, k.person.String() + " " + k.site.String() + " " + k.month.String(),
			fmt.Sprintf("%+v", have[k]), fmt.Sprintf("%+v", want[k]),
		})
	}
	for k := range have {
		add(k)
	}
	for k := range want {
		if _, ok := have[k]; !ok {
			add(k)
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.ID, b.ID)) })
	return out
}

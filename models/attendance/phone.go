package attendance

import (
	"cmp"
	"slices"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/people"
)

// What a phone takes along, in days around today and numbers of things. A phone comes back within weeks; the roll of more
// than that is called with a network.
const (
	phoneBack     = 62
	phoneAhead    = 42
	phoneSessions = 3
	phoneHeld     = 14 // back, of meetings that are held and may still be corrected
	phoneNear     = 80
	phoneNearDays = 366 // back, of names that were written here
)

// PhoneView is what a phone keeps of a school in order to call rolls without a network: names and nothing else of people, no
// standing beyond the list that one is on, no telephone numbers. It changes only when what it says changes.
type PhoneView struct {
	Account  access.AccountID `json:"account"` // whose sign-in it was read by
	Who      string           `json:"who"`     // the account's name, the recorder to begin with
	Site     org.SiteID       `json:"site"`
	SiteCode string           `json:"site_code"`
	SiteName string           `json:"site_name"`
	Days     []PhoneDay       `json:"days"`     // activity days, the earliest first
	Meetings []PhoneMeeting   `json:"meetings"` // of exchange weeks, the earliest first
	Roster   []PhonePerson    `json:"roster"`   // of today, in the order of names
	Plan     []PhoneLesson    `json:"plan"`     // reviewed lessons of the months of Days up to the next one
	Last     []PhoneSession   `json:"last"`     // handed in, the newest first
	Near     []string         `json:"near"`     // names to propose for people outside the roster, in the order of names
}

// PhoneDay is an activity day.
type PhoneDay struct {
	ID        calendar.DayID     `json:"id"`
	Session   calendar.SessionID `json:"session"`
	PlannedOn date.Date          `json:"planned_on"`
	Hour      string             `json:"hour,omitempty"` // "20:00"
	State     calendar.State     `json:"state"`          // as seen on the day of reading; see [calendar.State.Seen]
}

// PhoneMeeting is the meeting of an exchange week. Who hosts it calls the roll of all schools; who goes there learns where to.
type PhoneMeeting struct {
	Session calendar.SessionID `json:"session"`
	HeldOn  date.Date          `json:"held_on"`
	Hour    string             `json:"hour,omitempty"`
	State   exchange.State     `json:"state"`          // as seen on the day of reading
	Host    string             `json:"host,omitempty"` // name of the school that one goes to; "" for the host
	Guests  []PhoneGuests      `json:"guests"`         // the schools that come, by code; [] for who goes there
}

// PhoneGuests are the people of a school that comes, but for those whom the meeting has already.
type PhoneGuests struct {
	Name   string        `json:"name"`
	Roster []PhonePerson `json:"roster"`
}

// PhonePerson is a person of the roster.
type PhonePerson struct {
	ID     access.PersonID `json:"id"`
	Name   string          `json:"name"`
	Due    bool            `json:"due,omitempty"`
	Exempt bool            `json:"exempt,omitempty"`
	Home   string          `json:"home,omitempty"`  // name of the household
	Order  string          `json:"order,omitempty"` // code of the household, by which homes are ordered
}

// PhoneLesson is a lesson to tick.
type PhoneLesson struct {
	ID       courses.LessonID `json:"id"`
	Title    string           `json:"title"`
	Minutes  int              `json:"minutes"`
	Month    date.Month       `json:"month"`
	Required bool             `json:"required,omitempty"`
	Taught   bool             `json:"taught,omitempty"` // this year, at the school
}

// PhoneSession is a session that was handed in, as one corrects it or calls the next one like it.
type PhoneSession struct {
	ID          SessionID          `json:"id"`
	ActivityDay calendar.DayID     `json:"activity_day,omitzero"`
	HeldOn      date.Date          `json:"held_on"`
	Kinds       []Kind             `json:"kinds"`
	Minutes     int                `json:"minutes"`
	Revision    int                `json:"revision"`
	Lessons     []courses.LessonID `json:"lessons"`
	Ways        []courses.Medium   `json:"ways"`
	Marks       []PhoneMark        `json:"marks"`
	Guests      []string           `json:"guests"`
	Adults      int                `json:"adults"`
	Children    int                `json:"children"`
}

// PhoneMark is a mark. The name is given of whoever is not on today's roster any more.
type PhoneMark struct {
	Person access.PersonID `json:"person"`
	Name   string          `json:"name,omitempty"`
	Value
}

// PhoneInput names a school.
type PhoneInput struct {
	Site org.SiteID `path:"id"`
}

// Phone gives what a phone keeps of a school. Permission: SessionsSubmit on the school.
func Phone(tx *db.Tx, by access.Actor, in PhoneInput) (PhoneView, error) {
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return PhoneView{}, hide(by, err)
	}
	if err := by.Require(access.SessionsSubmit, school.Paths()...); err != nil {
		return PhoneView{}, err
	}
	v := PhoneView{Account: by.Account, Who: by.Name, Site: school.ID, SiteCode: school.Code, SiteName: school.Name}
	for _, step := range []func(*db.Tx, org.School) error{v.days, v.roster, v.meetings, v.lessons, v.sessions, v.near} {
		if err := step(tx, school); err != nil {
			return PhoneView{}, err
		}
	}
	return v, nil
}

func (v *PhoneView) days(tx *db.Tx, school org.School) error {
	today := tx.Today()
	days, err := calendar.Around(tx, school.ID, today.AddDays(-phoneBack), today.AddDays(phoneAhead))
	v.Days = make([]PhoneDay, len(days))
	for i, d := range days {
		v.Days[i] = PhoneDay{d.ID, d.SessionID, d.PlannedOn, d.Hour, d.State}
	}
	return err
}

func (v *PhoneView) roster(tx *db.Tx, school org.School) error {
	list, err := people.RosterOn(tx, school.ID, tx.Today())
	if err != nil {
		return err
	}
	v.Roster = phonePersons(list)
	persons := make([]access.PersonID, len(list))
	for i, m := range list {
		persons[i] = m.Person
	}
	homes, err := people.Homes(tx, persons)
	for i, p := range v.Roster {
		v.Roster[i].Home, v.Roster[i].Order = homes[p.ID].Name, homes[p.ID].Code
	}
	return err
}

func phonePersons(list []people.Member) []PhonePerson {
	out := make([]PhonePerson, len(list))
	for i, m := range list {
		due := m.Standing.Due()
		out[i] = PhonePerson{ID: m.Person, Name: m.Name, Due: due, Exempt: due && m.Exempt}
	}
	return out
}

// meetings reads the exchange weeks around today, with the rosters of the guests where the school hosts: its roll has them anyway, see
// [Roll].
func (v *PhoneView) meetings(tx *db.Tx, school org.School) error {
	today := tx.Today()
	cards, err := exchange.Around(tx, school.ID, today.AddDays(-phoneBack), today.AddDays(phoneAhead))
	if err != nil {
		return err
	}
	v.Meetings = []PhoneMeeting{}
	for _, c := range cards {
		if c.State == exchange.Held && today.Sub(c.HeldOn) > phoneHeld {
			continue
		}
		m := PhoneMeeting{Session: c.SessionID, HeldOn: c.HeldOn, Hour: c.Hour, State: c.State, Guests: []PhoneGuests{}}
		if c.Host.ID != school.ID {
			m.Host = c.Host.Name
		} else if err := m.invite(tx, v.Roster, c.Guests); err != nil {
			return err
		}
		v.Meetings = append(v.Meetings, m)
	}
	return nil
}

// invite adds the schools that come; who is on two rosters comes with the first, as in [rosterOn].
func (m *PhoneMeeting) invite(tx *db.Tx, home []PhonePerson, schools []exchange.SchoolView) error {
	have := make(map[access.PersonID]bool, len(home))
	for _, p := range home {
		have[p.ID] = true
	}
	for _, s := range schools {
		list, err := people.RosterOn(tx, s.ID, tx.Today())
		if err != nil {
			return err
		}
		all := phonePersons(list)
		others := slices.DeleteFunc(all, func(p PhonePerson) bool { return have[p.ID] })
		for _, p := range others {
			have[p.ID] = true
		}
		m.Guests = append(m.Guests, PhoneGuests{s.Name, others})
	}
	return nil
}

// at is the roster of a session: the school's, and in a meeting that of the guests.
func (v *PhoneView) at(session SessionID) []PhonePerson {
	out := slices.Clone(v.Roster)
	for _, m := range v.Meetings {
		if m.Session == session {
			for _, g := range m.Guests {
				out = append(out, g.Roster...)
			}
		}
	}
	return out
}

// lessons reads the plan of this month and of the months that are left over or come next.
func (v *PhoneView) lessons(tx *db.Tx, school org.School) error {
	v.Plan = []PhoneLesson{}
	now := tx.Today().Month()
	for _, month := range []date.Month{now.Add(-1), now, now.Add(1)} {
		plan, err := planOf(tx, school, month)
		if err != nil {
			return err
		}
		for _, p := range plan {
			if p.Reviewed {
				v.Plan = append(v.Plan, PhoneLesson{p.Lesson, p.Title, p.Minutes, month, p.Required, !p.TaughtOn.IsZero()})
			}
		}
	}
	return nil
}

// sessions reads the last sessions with their rolls; the meeting of an exchange week only while the phone has its guests.
func (v *PhoneView) sessions(tx *db.Tx, school org.School) error {
	rows, err := db.All[sessionRow](tx.Where("site_id = ? AND state = ?", school.ID, HandedIn).Order("held_on DESC, id DESC").Limit(phoneSessions))
	if err != nil {
		return err
	}
	v.Last = []PhoneSession{}
	for _, s := range rows {
		kinds := splitKinds(s.Kinds)
		if slices.Contains(kinds, Exchange) {
			_, joint, err := exchange.Joint(tx, s.ID)
			if err != nil {
				return err
			}
			kept := slices.ContainsFunc(v.Meetings, func(m PhoneMeeting) bool { return m.Session == s.ID })
			if joint && !kept {
				continue
			}
		}
		out, err := v.session(tx, s, kinds)
		if err != nil {
			return err
		}
		v.Last = append(v.Last, out)
	}
	return nil
}

func (v *PhoneView) session(tx *db.Tx, s sessionRow, kinds []Kind) (PhoneSession, error) {
	out := PhoneSession{
		ID: s.ID, HeldOn: s.HeldOn, Kinds: kinds, Minutes: s.Minutes, Revision: s.Revision, Adults: s.Adults, Children: s.Children,
		Lessons: []courses.LessonID{}, Ways: SplitWays(s.Ways), Marks: []PhoneMark{}, Guests: []string{},
	}
	if s.ActivityDayID != nil {
		out.ActivityDay = *s.ActivityDayID
	}
	lessons, err := lessonsOf(tx, s.ID)
	if err != nil {
		return out, err
	}
	out.Lessons = append(out.Lessons, lessonIDs(lessons)...)
	marks, err := namedMarks(tx, s.ID)
	if err != nil {
		return out, err
	}
	here := v.at(s.ID)
	for _, m := range marks {
		if m.Revision == 0 || m.State == Unmarked {
			continue
		}
		mark := PhoneMark{Person: m.PersonID, Value: m.value()}
		if !slices.ContainsFunc(here, func(p PhonePerson) bool { return p.ID == m.PersonID }) {
			mark.Name = m.Name
		}
		out.Marks = append(out.Marks, mark)
	}
	guests, err := db.Ask[string](tx, "SELECT name FROM guests WHERE session_id = ? AND person_id IS NULL ORDER BY place, id", s.ID)
	out.Guests = append(out.Guests, guests...)
	return out, err
}

// near collects the names of people who may come without being on the roster: those on the rosters of the other schools of the
// village, and those who came before. Names alone: neighbours know each other, and nobody's standing follows from it.
func (v *PhoneView) near(tx *db.Tx, school org.School) error {
	today := tx.Today()
	names, err := db.Ask[string](tx, `SELECT g.name FROM guests g JOIN sessions s ON s.id = g.session_id
WHERE s.site_id = ? AND s.held_on >= ? AND g.person_id IS NULL GROUP BY g.name ORDER BY MAX(s.held_on) DESC, g.name LIMIT ?`,
		school.ID, today.AddDays(-phoneNearDays), phoneNear)
	if err != nil {
		return err
	}
	beside, err := db.Ask[string](tx, `SELECT DISTINCT p.name FROM units u JOIN sites t ON t.id = u.id JOIN rosters r ON r.site_id = t.id
JOIN persons p ON p.id = r.person_id WHERE u.parent_id = ? AND u.id <> ? AND r.since <= ? AND (r.`+"`until`"+` IS NULL OR r.`+"`until`"+` >= ?)
AND p.gone_on IS NULL ORDER BY p.name LIMIT ?`, school.ParentID, school.ID, today, today, phoneNear)
	if err != nil {
		return err
	}
	own := make(map[string]bool, len(v.Roster))
	for _, p := range v.Roster {
		own[p.Name] = true
	}
	v.Near = []string{}
	for _, name := range append(names, beside...) {
		if len(v.Near) < phoneNear && !own[name] {
			own[name] = true
			v.Near = append(v.Near, name)
		}
	}
	slices.SortFunc(v.Near, cmp.Compare[string])
	return nil
}

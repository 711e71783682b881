package attendance

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
)

// sheet is the roll as it stands on the page: everything that was tapped and typed, exactly as it was typed, so
// that it can go from page to page and come back. Its form fields are
//
//	revision, p (a person due, in order), mark.N was.N reason.N made_up.N (of the N-th), came and had (villagers),
//	by (the order of those due), extra (guests), adults, children, lesson, taught, kind, began, ended, held_on, place, recorder, on_paper, why.
type sheet struct {
	Revision string
	Due      []line
	Came     []line
	Extra    []string
	Adults   string
	Children string
	Lessons  []string
	Ways     []string
	Kinds    []string
	Began    string
	Ended    string
	HeldOn   string
	Place    string
	Recorder string
	Why      string
	OnPaper  bool
	By       string // "household", or else by name
}

// line is one person of the roll.
type line struct {
	N        int
	ID       string
	Name     string
	State    string // "" for 未点
	Reason   string
	MadeUpOn string
	Was      string // the mark as stored when the page was first shown
	Exempt   bool
}

// Marked reports a state.
func (l line) Marked(state string) bool { return l.State == state }

// sheetOf is the roll as stored.
func sheetOf(v attendance.RollView) sheet {
	s := sheet{
		Revision: strconv.Itoa(v.Revision), Adults: strconv.Itoa(v.Adults), Children: strconv.Itoa(v.Children),
		HeldOn: v.HeldOn.String(), Place: v.Place, Recorder: v.Recorder,
	}
	for i, p := range v.DueList {
		s.Due = append(s.Due, lineOf(i, p))
	}
	for i, p := range v.CameList {
		s.Came = append(s.Came, lineOf(i, p))
	}
	for _, g := range v.GuestList {
		s.Extra = append(s.Extra, g.Name)
	}
	for _, l := range v.Lessons {
		s.Lessons = append(s.Lessons, l.ID.String())
	}
	for _, way := range v.Ways {
		s.Ways = append(s.Ways, string(way))
	}
	for _, k := range v.Kinds {
		s.Kinds = append(s.Kinds, string(k))
	}
	return s
}

func lineOf(n int, p attendance.RollPerson) line {
	l := line{N: n, ID: p.Person.String(), Name: p.Name, State: string(p.State), Reason: string(p.Reason), MadeUpOn: p.MadeUpOn.String(), Exempt: p.Exempt}
	if p.State == attendance.Unmarked || p.State == attendance.Exempt {
		l.State = "" // what nobody needs to tap
	}
	l.Was = l.value()
	return l
}

// value is what the line says, in one word to compare and carry.
func (l line) value() string {
	if l.State == "" {
		return ""
	}
	return strings.TrimRight(l.State+","+l.Reason+","+l.MadeUpOn, ",")
}

// typed reads the sheet back from a form and gives its people their names from the stored roll. People who are
// not on it any more stay, without a name: the op answers for them.
func typed(f url.Values, v attendance.RollView) sheet {
	known := map[string]line{}
	for _, l := range append(sheetOf(v).Due, sheetOf(v).Came...) {
		known[l.ID] = l
	}
	s := sheet{
		Revision: f.Get("revision"), Extra: f["extra"], Adults: f.Get("adults"), Children: f.Get("children"), Lessons: f["lesson"],
		Ways: f["taught"], Kinds: f["kind"], By: f.Get("by"),
		Began: f.Get("began"), Ended: f.Get("ended"), HeldOn: f.Get("held_on"), Place: f.Get("place"), Recorder: f.Get("recorder"), Why: f.Get("why"), OnPaper: f.Get("on_paper") != "",
	}
	for i, person := range f["p"] {
		s.Due = append(s.Due, line{
			N: i, ID: person, Name: known[person].Name, Exempt: known[person].Exempt, State: f.Get(field("mark", i)), Was: f.Get(field("was", i)),
			Reason: f.Get(field("reason", i)), MadeUpOn: f.Get(field("made_up", i)),
		})
	}
	for i, p := range sheetOf(v).Came {
		l := line{N: i, ID: p.ID, Name: p.Name}
		if slices.Contains(f["came"], p.ID) {
			l.State = string(attendance.Observer)
		}
		if slices.Contains(f["had"], p.ID) {
			l.Was = string(attendance.Observer)
		}
		s.Came = append(s.Came, l)
	}
	s.settleDetails()
	return s
}

// settleDetails drops details that the state does not have: a reason stays typed in its field only while the person
// is on leave.
func (s *sheet) settleDetails() {
	for i := range s.Due {
		switch l := &s.Due[i]; attendance.State(l.State) {
		case attendance.MadeUp:
			if !slices.Contains(attendance.MadeUpWays, attendance.Reason(l.Reason)) {
				l.Reason = ""
			}
		case attendance.OnLeave:
			l.MadeUpOn = ""
			if !slices.Contains(attendance.LeaveReasons, attendance.Reason(l.Reason)) {
				l.Reason = ""
			}
		default:
			l.Reason, l.MadeUpOn = "", ""
		}
	}
}

// markAll marks everyone due who is not marked yet.
func (s *sheet) markAll(state attendance.State) {
	for i := range s.Due {
		if l := &s.Due[i]; l.State == "" && !l.Exempt {
			l.State = string(state)
		}
	}
}

// in gives the people due with the state, "" for 未点 (the exempt, of whom nothing is asked, not among them).
func (s sheet) in(state string) []line {
	var out []line
	for _, l := range s.Due {
		if l.State == state && (state != "" || !l.Exempt) {
			out = append(out, l)
		}
	}
	return out
}

// count is how many are in [sheet.in].
func (s sheet) count(state string) int {
	n := 0
	for i := range s.Due {
		if l := &s.Due[i]; l.State == state && (state != "" || !l.Exempt) {
			n++
		}
	}
	return n
}

// Left counts those due of whom nothing is said yet.
func (s sheet) Left() int { return s.count("") }

// Unmarked, OnLeave, Absent and MadeUp are the people due with that state.
func (s sheet) Unmarked() []line { return s.in("") }

// OnLeave is 请假.
func (s sheet) OnLeave() []line { return s.in(string(attendance.OnLeave)) }

// Absent is 没来.
func (s sheet) Absent() []line { return s.in(string(attendance.Absent)) }

// MadeUp is 补学.
func (s sheet) MadeUp() []line { return s.in(string(attendance.MadeUp)) }

// Present counts 到会.
func (s sheet) Present() int { return s.count(string(attendance.Present)) }

// DueCount counts 应到: the exempt only when they came.
func (s sheet) DueCount() int {
	n := 0
	for _, l := range s.Due {
		if l.State != "" || !l.Exempt {
			n++
		}
	}
	return n
}

// Fresh reports that there is somebody to mark and nobody is marked yet: the next thing to do is to mark everyone.
func (s sheet) Fresh() bool { return s.Left() > 0 && s.Left() == s.DueCount() }

// Villagers lists those of the roster who came.
func (s sheet) Villagers() []line {
	return slices.DeleteFunc(slices.Clone(s.Came), func(l line) bool { return l.State == "" })
}

// Guests are the names outside the roster, without the empty fields.
func (s sheet) Guests() []string {
	return slices.DeleteFunc(slices.Clone(s.Extra), func(name string) bool { return strings.TrimSpace(name) == "" })
}

// Inputs are the fields for names outside the roster: those typed, and two more.
func (s sheet) Inputs() []string { return append(s.Guests(), "", "") }

// Named counts villagers and guests.
func (s sheet) Named() int { return len(s.Villagers()) + len(s.Guests()) }

// Heads counts the unnamed, as far as numbers were typed.
func (s sheet) Heads() int { return number(s.Adults) + number(s.Children) }

func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Has reports a lesson that is ticked.
func (s sheet) Has(lesson courses.LessonID) bool { return slices.Contains(s.Lessons, lesson.String()) }

// Taught reports a way of teaching that is ticked.
func (s sheet) Taught(way string) bool { return slices.Contains(s.Ways, way) }

// Is reports a kind that is ticked.
func (s sheet) Is(kind string) bool { return slices.Contains(s.Kinds, kind) }

// marks are those that differ from what the page was made of: what somebody else set meanwhile is not
// contradicted by a page that only showed it.
func (s sheet) marks() []attendance.MarkInput {
	out := []attendance.MarkInput{}
	add := func(l line) {
		var person access.PersonID
		if l.value() == l.Was || person.UnmarshalText([]byte(l.ID)) != nil {
			return
		}
		m := attendance.MarkInput{Person: person, Value: attendance.Value{State: attendance.State(l.State), Reason: attendance.Reason(l.Reason)}}
		if l.State == "" {
			m.State = attendance.Unmarked
			if l.Exempt {
				m.State = attendance.Exempt
			}
		}
		_ = m.MadeUpOn.UnmarshalText([]byte(strings.TrimSpace(l.MadeUpOn))) // checked beside its field
		out = append(out, m)
	}
	for _, l := range s.Due {
		add(l)
	}
	for _, l := range s.Came {
		add(l)
	}
	return out
}

// field is the name of the N-th person's field.
func field(name string, n int) string { return name + "." + strconv.Itoa(n) }

package messages

import (
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// NoticeView says a day to a village in the three ways in which a village hears: as a text to copy into the WeChat group, as lines to read over
// the loudspeaker, each said twice, and as a sheet for the wall.
type NoticeView struct {
	School string    `json:"school"` // of the house where people meet
	On     date.Date `json:"on"`
	Off    bool      `json:"off"`   // it says that nothing takes place
	Over   bool      `json:"over"`  // the day has passed or is settled: there is nothing to say any more, and no words
	Copy   string    `json:"copy"`  // 复制通知
	Aloud  []string  `json:"aloud"` // 大喇叭稿
	Wall   WallView  `json:"wall"`
}

// WallView is the sheet for the wall, A4.
type WallView struct {
	Title string   `json:"title"`
	Lead  string   `json:"lead"` // what it is about, large
	Facts []Fact   `json:"facts"`
	Foot  []string `json:"foot"`
	Sign  string   `json:"sign"` // who says it
}

// Fact is a line of the sheet: what, and the words.
type Fact struct {
	Label string `json:"label"`
	Text  string `json:"text"`
}

// meeting is what a notice is about.
type meeting struct {
	about  string // key of its kind: "day" or "group"
	school string
	others []string // schools that come, or to which one goes
	on     date.Date
	was    date.Date // the date before, of one that somebody moved
	hour   string
	off    bool
	over   bool
	why    calendar.Reason
	topics []string
}

// NoticeInput names an activity day.
type NoticeInput struct {
	ID       calendar.DayID `path:"id"`
	Language string         `query:"language"` // "zh-CN" or "en"; "" is Chinese
}

// Notice gives the words for an activity day as it stands now. Permission: CalendarMove on the school, as its house, its village and its township
// have it.
func Notice(tx *db.Tx, by access.Actor, in NoticeInput) (NoticeView, error) {
	d, err := calendar.GetDay(tx, by, calendar.GetDayInput{ID: in.ID})
	if err != nil {
		return NoticeView{}, err
	}
	s, err := org.FindSchool(tx, d.Site)
	if err != nil {
		return NoticeView{}, err
	}
	if err := by.Require(access.CalendarMove, s.Paths()...); err != nil {
		return NoticeView{}, err
	}
	m := meeting{about: "day", school: s.Name, on: d.PlannedOn, hour: d.Hour, off: d.State == calendar.Cancelled, why: d.Reason}
	if d.Shift == calendar.ByHand && !m.off {
		m.was, m.why = d.RuledOn, ""
	}
	m.over = d.PlannedOn.Before(tx.Today()) || d.State == calendar.Held || d.State == calendar.NotHeld
	if m.topics, err = topics(tx, by, d); err != nil {
		return NoticeView{}, err
	}
	return m.view(lang.Match(in.Language, "")), nil
}

// topics are the titles of what is likely to be taught: the required lessons of the month that were not taught yet, or else the first
// other one.
func topics(tx *db.Tx, by access.Actor, d calendar.DayView) ([]string, error) {
	plan, err := attendance.Plan(tx, by, attendance.PlanInput{Site: d.Site, Month: d.Month})
	if err != nil {
		return nil, err
	}
	plan = slices.DeleteFunc(plan, func(p attendance.Planned) bool { return !p.Reviewed || !p.TaughtOn.IsZero() })
	required := slices.DeleteFunc(slices.Clone(plan), func(p attendance.Planned) bool { return !p.Required })
	if len(required) == 0 {
		required = plan
	}
	if len(required) == 0 {
		return nil, nil
	}
	return []string{required[0].Title}, nil
}

// GroupNoticeInput names a group of an exchange week.
type GroupNoticeInput struct {
	ID       exchange.GroupID `path:"id"`
	Language string           `query:"language"`
}

// GroupNotice gives the words for a meeting of an exchange week as it stands now. Permission: CalendarMove on one of its schools.
func GroupNotice(tx *db.Tx, by access.Actor, in GroupNoticeInput) (NoticeView, error) {
	parties, err := exchange.Parties(tx, []exchange.GroupID{in.ID})
	if err != nil {
		return NoticeView{}, err
	}
	p, ok := parties[in.ID]
	if !ok {
		if !by.SignedIn() {
			return NoticeView{}, fail.NoSignIn("access.sign_in_first")
		}
		return NoticeView{}, fail.NotFound("exchange.group_gone")
	}
	var paths []string
	for _, school := range append([]exchange.SchoolView{p.Host}, p.Guests...) {
		s, err := org.FindSchool(tx, school.ID)
		if err != nil {
			return NoticeView{}, err
		}
		paths = append(paths, s.Paths()...)
	}
	if err := by.Require(access.CalendarMove, paths...); err != nil {
		return NoticeView{}, err
	}
	m := meeting{about: "group", school: p.Host.Name, on: p.HeldOn, hour: p.Hour, off: p.State == exchange.CalledOff, why: p.Reason}
	for _, s := range p.Guests {
		m.others = append(m.others, s.Name)
	}
	m.over = p.HeldOn.Before(tx.Today()) || p.State == exchange.Held || p.State == exchange.Dissolved
	return m.view(lang.Match(in.Language, "")), nil
}

func (m meeting) view(l lang.Lang) NoticeView {
	v := NoticeView{School: m.school, On: m.on, Off: m.off, Over: m.over, Aloud: []string{}, Wall: WallView{Facts: []Fact{}, Foot: []string{}}}
	if m.over {
		return v
	}
	written := voice{l, false}
	v.Copy, v.Wall = m.copied(written), m.wall(written)
	for _, line := range m.aloud(voice{l, true}) {
		v.Aloud = append(v.Aloud, line, line)
	}
	return v
}

// name says what takes place.
func (m meeting) name(v voice) string { return v.T("messages.notice." + m.about) }

// facts are when, where, with whom and about what.
func (m meeting) facts(v voice) []Fact {
	out := []Fact{
		{v.T("messages.notice.date"), v.day(m.on) + v.T("messages.brackets", v.lunar(m.on))},
	}
	if hour := v.hour(m.hour); hour != "" {
		out = append(out, Fact{v.T("messages.notice.time"), hour})
	}
	out = append(out, Fact{v.T("messages.notice.place"), m.school})
	if len(m.others) > 0 {
		out = append(out, Fact{v.T("messages.notice.with"), v.join(m.others)})
	}
	if len(m.topics) > 0 {
		out = append(out, Fact{v.T("messages.notice.topic"), v.join(m.topics)})
	}
	return out
}

// copied is the text for the WeChat group.
func (m meeting) copied(v voice) string {
	if m.off {
		return strings.Join(m.called(v, v.T("messages.notice.head_off", m.school, m.name(v))), "\n")
	}
	lines := []string{v.T("messages.notice.head", m.school, m.name(v))}
	if !m.was.IsZero() {
		lines = append(lines, v.T("messages.notice.moved", v.short(m.was)))
	}
	for _, f := range m.facts(v) {
		lines = append(lines, f.Label+v.T("layout.colon")+f.Text)
	}
	return strings.Join(append(lines, v.T("messages.notice.end")), "\n")
}

// called are the lines that say that nothing takes place.
func (m meeting) called(v voice, head string) []string {
	lines := []string{head, v.T("messages.notice.off", v.day(m.on), m.name(v))}
	if m.why != "" {
		lines = append(lines, v.T("messages.notice.why", lang.Key("calendar.reason."+string(m.why))))
	}
	return append(lines, v.T("messages.notice.off_end"))
}

// aloud are short sentences; whoever reads says each twice.
func (m meeting) aloud(v voice) []string {
	lines := []string{v.T("messages.aloud.hail")}
	if m.off {
		lines = append(lines, v.T("messages.aloud.off", m.school, v.short(m.on), m.name(v)))
		if m.why != "" {
			lines = append(lines, v.T("messages.aloud.why", lang.Key("calendar.reason."+string(m.why))))
		}
		return append(lines, v.T("messages.aloud.off_end"))
	}
	lines = append(lines, v.T("messages.aloud.what", m.school, m.name(v)))
	if !m.was.IsZero() {
		lines = append(lines, v.T("messages.aloud.moved", v.short(m.was)))
	}
	lines = append(lines, v.T("messages.aloud.date", v.day(m.on)), v.T("messages.aloud.lunar", v.lunar(m.on)))
	if hour := v.hour(m.hour); hour != "" {
		lines = append(lines, v.T("messages.aloud.time", hour))
	}
	lines = append(lines, v.T("messages.aloud.place", m.school))
	if len(m.others) > 0 {
		lines = append(lines, v.T("messages.aloud.with", v.join(m.others)))
	}
	if len(m.topics) > 0 {
		lines = append(lines, v.T("messages.aloud.topic", v.join(m.topics)))
	}
	return append(lines, v.T("messages.aloud.end"))
}

// wall is the sheet in large type.
func (m meeting) wall(v voice) WallView {
	w := WallView{Title: v.T("messages.wall.title"), Lead: m.name(v), Facts: m.facts(v), Foot: []string{v.T("messages.notice.end")}, Sign: m.school}
	if m.off {
		lines := m.called(v, "")
		w.Lead, w.Facts, w.Foot = lines[1], []Fact{}, lines[2:]
		return w
	}
	if !m.was.IsZero() {
		w.Foot = append([]string{v.T("messages.notice.moved", v.short(m.was))}, w.Foot...)
	}
	return w
}

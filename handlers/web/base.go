package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"huotang/handlers/static"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/progress"
)

// Base is what every page has; page structs embed it and views call its methods.
type Base struct {
	Title  string
	Lang   lang.Lang
	Actor  access.Actor
	County string // the county's own name, in the header
	Path   string
	Nav    []NavItem
	Note   string // shown once on top
	Elder  int    // how large the type is, see [elderSteps]
	Demo   bool
	Form   Form
	Inbox  bool // the header has the way to the messages
	Unread int  // those that wait to be read

	Wide      bool   // an office page, laid out for a PC
	Stage     bool   // a lesson on a TV: dark, no header
	Style     string // one stylesheet beside huotang.css: "paper.css"
	Script    string // one module beside huotang.js: "roll.js"
	RequestID string
	wechat    bool
}

// NavItem is one of the at most five entries of a role.
type NavItem struct {
	Path, Icon, Label string
	Current           bool
}

// Base makes the common part of a page; the title is a catalogue key.
func (r *Request) Base(title string, args ...any) Base {
	if _, err := r.Who(); err != nil && r.Context().Err() == nil { // else nobody waits for the page
		r.App.Log.ErrorContext(r.Context(), "who asks is not known", "request_id", db.RequestID(r.Context()), "err", err)
	}
	l := r.Lang()
	r.App.readCounty(r.Context())
	return Base{
		Title: l.T(title, args...), Lang: l, Actor: r.Actor, County: r.App.county(l), Path: r.URL.Path,
		Nav: nav(r.Actor, l, r.URL.Path), Note: r.takeNote(), Elder: r.elder(), Demo: r.App.Demo,
		RequestID: db.RequestID(r.Context()), Wide: r.Actor.Has(officeRoles...), Inbox: r.App.inbox.Number != "" && r.Actor.SignedIn(), Unread: r.news(),
		wechat: inWeChat(r),
	}
}

// Bare makes the common part of a page that is the same for everybody, since browsers keep it: it knows nobody, has no entries and
// takes no note. Language and size of type are those of the browser or the account that asked first.
func (r *Request) Bare(title string) (Base, error) {
	if _, err := r.Who(); err != nil {
		return Base{}, err
	}
	l := r.Lang()
	return Base{Title: l.T(title), Lang: l, Actor: access.Visitor(), County: r.App.county(l), Path: r.URL.Path, Elder: r.elder(), wechat: inWeChat(r)}, nil
}

func inWeChat(r *Request) bool { return strings.Contains(r.UserAgent(), "MicroMessenger") }

var officeRoles = []access.Role{
	access.County, access.Auditor, access.TownshipAdmin, access.Township, access.Village, access.Secretary, access.Resident, access.Lecturer,
}

// elderSteps are the sizes of type in the words of [accounts.Prefs]: normal, 长辈版 (18 px and more) and 特大字 (30 px). Forms and
// the cookie name them by their place here.
var elderSteps = []string{"off", "on", "max"}

// elder says how large the type is: as this browser chose, else as the account, else 长辈版 for hosts.
func (r *Request) elder() int {
	if c, err := r.Cookie(elderCookie); err == nil {
		return elderStep(c.Value)
	}
	if step := slices.Index(elderSteps, r.Prefs.Elder); step >= 0 {
		return step
	}
	if r.Actor.Has(access.Host, access.Head) {
		return 1
	}
	return 0
}

// elderStep reads a step as a form or the cookie names it; what names none is the normal size.
func elderStep(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n >= len(elderSteps) {
		return 0
	}
	return n
}

// NextElder is the step that the switch in the header goes to: larger, and from the largest back to normal.
func (b Base) NextElder() int { return (b.Elder + 1) % len(elderSteps) }

// The cookies beside the sign-in; none of them names a person.
const (
	langCookie  = "lang"
	elderCookie = "elder"
	noteCookie  = "note"
)

func (r *Request) cookie(name, value string, seconds int) {
	http.SetCookie(r.gin.Writer, &http.Cookie{ //nolint:gosec // Secure exactly when the site is https
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.App.secureCookies(),
	})
}

// takeNote reads the note that [Request.SeeNote] left, and removes it.
func (r *Request) takeNote() string {
	c, err := r.Cookie(noteCookie)
	if err != nil || c.Value == "" {
		return ""
	}
	r.cookie(noteCookie, "", -1)
	s, err := url.QueryUnescape(c.Value)
	if err != nil {
		return ""
	}
	return s
}

// T is a text in the page's language.
func (b Base) T(key string, args ...any) string { return b.Lang.T(key, args...) }

// Has reports whether a text exists.
func (b Base) Has(key string) bool { return lang.Has(key) }

// FormID is a fresh UUID for a form.
func (b Base) FormID() string { return id.Random[struct{}]().String() }

// HTMLClass is the class of the html element.
func (b Base) HTMLClass() string {
	var c []string
	if b.Elder > 0 {
		c = append(c, "elder")
	}
	if b.Elder > 1 {
		c = append(c, "elder-max")
	}
	if b.Stage {
		c = append(c, "tv")
	}
	if b.wechat {
		c = append(c, "wechat")
	}
	return strings.Join(c, " ")
}

// BodyClass is the class of the body element.
func (b Base) BodyClass() string {
	if b.Stage {
		return "stage"
	}
	var c []string
	if b.Wide {
		c = append(c, "wide")
	}
	if len(b.Nav) > 0 {
		c = append(c, "has-nav")
	}
	return strings.Join(c, " ")
}

// Static is the address of a static file, with its content hash.
func (b Base) Static(name string) string { return static.Path(name) }

// Icon is the address of an icon in the sprite.
func (b Base) Icon(name string) string { return static.Path("icons/sprite.svg") + "#" + name }

// Date writes a day: "11月23日 星期一" or "Mon 23 Nov"; with the year when it is another one than `year`.
func (b Base) Date(d date.Date) string {
	if d.IsZero() {
		return ""
	}
	t := d.UTC()
	if b.Lang == lang.English {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.Format("2006年1月2日") + " " + weekdays[t.Weekday()]
}

// Day writes a day short: "11月23日" or "23 Nov".
func (b Base) Day(d date.Date) string {
	if b.Lang == lang.English {
		return d.UTC().Format("2 Jan")
	}
	return d.UTC().Format("1月2日")
}

// MonthName writes a month: "2026年11月" or "November 2026".
func (b Base) MonthName(m date.Month) string {
	if b.Lang == lang.English {
		return m.First().UTC().Format("January 2006")
	}
	return m.First().UTC().Format("2006年1月")
}

var weekdays = [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// Time writes an instant in the county's zone: "2026-11-23 20:05".
func (b Base) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(date.Zone).Format("2006-01-02 15:04")
}

// Clock writes the time of day of an instant: "20:05".
func (b Base) Clock(t time.Time) string { return t.In(date.Zone).Format("15:04") }

// Count writes a whole number with its thousands apart.
func (b Base) Count(n int) string { return lang.Count(n) }

// Hours writes centi-hours: 150 is "1.5".
func (b Base) Hours(centi int) string { return Hours(centi) }

// StudyRule says how minutes become hours: in the words that the rule has, or line by line.
func (b Base) StudyRule(r progress.Rule) string {
	if key := "progress.rule_" + r.Code; lang.Has(key) {
		return b.T(key)
	}
	lines := make([]string, len(r.Steps))
	for i, s := range r.Steps {
		lines[i] = b.T("progress.rule_step", s.From, Hours(s.CentiHours))
	}
	return b.T("progress.rule_steps", b.Date(r.Since), strings.Join(lines, b.T("progress.rule_comma")))
}

// Size writes a size in bytes.
func (b Base) Size(n int64) string { return Bytes(n) }

// FieldLabel names a field in the summary of errors: "field.title" of the catalogues, where it is there.
func (b Base) FieldLabel(name string) string {
	if key := "field." + name; lang.Has(key) {
		return b.T(key) + b.T("layout.colon")
	}
	return ""
}

// Option is a choice of a select or of radio buttons.
type Option struct{ Value, Label, Icon string }

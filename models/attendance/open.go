package attendance

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/settings"
)

// Back says how many days after a session its roll can still be handed in or corrected.
type Back struct {
	Host    int `json:"host"`    // hosts and heads
	Village int `json:"village"` // village clerks
}

// BackDays is the setting; [alwaysBack] days are allowed whatever it says.
var BackDays = settings.Key[Back]{Name: "attendance.back_days", Default: Back{Host: 60, Village: 366}}

const alwaysBack = 7

// maxKinds keeps the kinds within their column.
const maxKinds = 5

// OpenInput starts a session: of an activity day, or ad hoc at a school.
type OpenInput struct {
	Session     SessionID      `json:"session" form:"session"` // ad hoc: made by the client, or zero for a random one
	Site        org.SiteID     `json:"site" form:"site"`
	ActivityDay calendar.DayID `json:"activity_day" form:"activity_day"`
	HeldOn      date.Date      `json:"held_on" form:"held_on"` // zero: today, or the planned day if that is past
	Kinds       []Kind         `json:"kinds" form:"kinds"`     // empty: activity_day
	Venue       org.SiteID     `json:"venue" form:"venue"`     // zero: the school itself
	Stamp

	item *SubmitInput // that brings the session
}

// Stamp is the three times' worth of where a record comes from (design: happened, recorded, received).
type Stamp struct {
	Device     string     `json:"device"`      // of the phone or page, "" for none
	Seq        int64      `json:"seq"`         // counts the device's items
	RecordedAt *time.Time `json:"recorded_at"` // by the device's clock; nil means now
	HappenedAt *time.Time `json:"happened_at"` // nil means recorded_at
}

// times gives happened and recorded; a clock that is out of all reason is replaced by ours.
func (s Stamp) times(now time.Time) (happened, recorded time.Time) {
	recorded = sane(s.RecordedAt, now)
	return sane(s.HappenedAt, recorded), recorded
}

func sane(t *time.Time, or time.Time) time.Time {
	if t == nil || t.Year() < 2000 || t.Year() > 2200 {
		return or
	}
	return t.UTC().Truncate(time.Millisecond)
}

func (s Stamp) check(c *fail.Check, required bool) {
	least := 0
	if required {
		least = 1
	}
	c.Text("device", s.Device, least, 64)
	c.If(s.Seq < 0 || required && s.Seq == 0, "seq", "input.range", 1, 1<<31)
}

// Open starts the session of an activity day or an ad-hoc one, or gives the one that is open
// already: a second phone, or the same one twice, gets the same session. A session that was voided opens again; one
// that was handed in is given as it is. Locks the school, then the session. Permission: SessionsSubmit on the school.
func (a *Area) Open(tx *db.Tx, by access.Actor, in OpenInput) (SessionView, error) {
	school, day, err := lockForOpen(tx, by, in)
	if err != nil {
		return SessionView{}, err
	}
	before, err := requireHandIn(tx, by, school)
	if err != nil {
		return SessionView{}, err
	}
	if err := mayMeet(tx, in.Session); err != nil {
		return SessionView{}, err
	}
	s, err := openSession(tx, by, school, day, in)
	if err == nil {
		err = stillHis(before, s.HeldOn)
	}
	if err != nil {
		return SessionView{}, err
	}
	return view(s, school, by), nil
}

// mayMeet refuses to open the session of a group that does not meet. What a phone brings that was without a network is
// taken nevertheless: they have met.
func mayMeet(tx *db.Tx, session SessionID) error {
	if session.IsZero() {
		return nil
	}
	m, joint, err := exchange.Joint(tx, session)
	if err == nil && joint && (m.State == exchange.CalledOff || m.State == exchange.Dissolved) {
		err = fail.Conflict("exchange.does_not_meet")
	}
	return err
}

// lockForOpen locks the school that the input names, directly or by its activity day.
func lockForOpen(tx *db.Tx, by access.Actor, in OpenInput) (org.School, *calendar.Day, error) {
	if in.ActivityDay.IsZero() && in.Site.IsZero() {
		return org.School{}, nil, noSite(by)
	}
	if in.ActivityDay.IsZero() {
		school, err := org.LockSite(tx, in.Site)
		return school, nil, hide(by, err)
	}
	day, err := db.One[calendar.Day](tx.Where("id = ?", in.ActivityDay), "attendance.day_missing")
	if err == nil && !in.Site.IsZero() && in.Site != day.SiteID {
		err = fail.NotFound("attendance.day_missing")
	}
	if err != nil {
		return org.School{}, nil, hide(by, err)
	}
	school, err := org.LockSite(tx, day.SiteID)
	return school, &day, err
}

// noSite is the fault of an input that leaves the school out, for who may open sessions somewhere.
func noSite(by access.Actor) error {
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return err
	}
	var c fail.Check
	c.Add("site", "input.required")
	return c.Err()
}

// hide tells a visitor to sign in where others learn that there is no such thing.
func hide(by access.Actor, err error) error {
	if fail.KindOf(err) == fail.Missing && !by.SignedIn() && by.Job() == "" {
		return fail.NoSignIn("access.sign_in_first")
	}
	return err
}

// openSession finds or makes the session of a locked school. Permission is the caller's.
func openSession(tx *db.Tx, by access.Actor, school org.School, day *calendar.Day, in OpenInput) (sessionRow, error) {
	if day != nil {
		in.Session = day.SessionID
	}
	if !in.Session.IsZero() {
		s, err := lockSession(tx, in.Session)
		switch {
		case err == nil && s.SiteID != school.ID && s.State == Withdrawn:
			return adopt(tx, by, school, s, in)
		case err == nil && s.SiteID != school.ID:
			return s, fail.NotFound("attendance.session_missing")
		case err == nil && s.State == Withdrawn:
			return reopen(tx, by, school, s, in)
		case err == nil || fail.KindOf(err) != fail.Missing:
			return s, err
		}
	} else {
		in.Session = SessionID(id.Random[guestTag]())
	}
	s, err := newSession(tx, by, school, day, in)
	if err != nil {
		return s, err
	}
	if err := db.Insert(tx, &s); err != nil {
		if db.IsDuplicate(err) {
			return s, db.Repeat(err)
		}
		return s, err
	}
	return s, audit.Add(tx, by, audit.Row{
		Act: "session.open", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID),
		Change: audit.Changes{}.Code("state", "", string(s.State)).Code("held_on", "", s.HeldOn.String()).Code("kinds", "", s.Kinds),
	})
}

func newSession(tx *db.Tx, by access.Actor, school org.School, day *calendar.Day, in OpenInput) (sessionRow, error) {
	var c fail.Check
	happened, recorded := in.times(tx.Now)
	s := sessionRow{
		ID: in.Session, SiteID: school.ID, VenueSiteID: in.Venue, HeldOn: in.HeldOn, State: Opened,
		HappenedAt: happened, RecordedAt: recorded, ReceivedAt: tx.Now, Device: in.Device, Seq: in.Seq,
		OpenedBy: by.Account.Ptr(), MadeAt: tx.Now, ChangedAt: tx.Now,
	}
	if day != nil {
		s.ActivityDayID = day.ID.Ptr()
	}
	if s.HeldOn.IsZero() {
		s.HeldOn = tx.Today()
		if day != nil && day.PlannedOn.Before(s.HeldOn) {
			s.HeldOn = day.PlannedOn
		}
	}
	if s.VenueSiteID.IsZero() {
		s.VenueSiteID = school.ID
	} else if s.VenueSiteID != school.ID {
		_, err := org.FindSchool(tx, s.VenueSiteID)
		c.If(err != nil, "venue", "input.id")
	}
	if day == nil {
		joint, err := beginJoint(tx, &c, school, s.ID)
		if err != nil {
			return s, err
		}
		in.Kinds = withExchange(in.Kinds, joint)
	}
	s.Kinds = checkKinds(&c, in.Kinds)
	in.check(&c, false)
	if err := in.checkDay(tx, &c, by, school, s.HeldOn); err != nil {
		return s, err
	}
	return s, c.Err()
}

// checkDay checks the day as [checkDay] does; that of what a phone brings as [SubmitInput.checkDay].
func (in OpenInput) checkDay(tx *db.Tx, c *fail.Check, by access.Actor, school org.School, on date.Date) error {
	if in.item != nil {
		return in.item.checkDay(tx, c, by, school, on)
	}
	return checkDay(tx, c, by, school, on)
}

// beginJoint tells the exchange week that a locked school opens the session, when it is the meeting of a group. Who does not host
// that group is refused.
func beginJoint(tx *db.Tx, c *fail.Check, school org.School, session SessionID) (joint bool, err error) {
	m, joint, err := exchange.Begin(tx, session, school.ID)
	c.If(joint && m.Host != school.ID, "site", "attendance.other_host")
	return joint, err
}

// withExchange keeps the joint session what it is, whatever else the evening was.
func withExchange(kinds []Kind, joint bool) []Kind {
	if !joint || slices.Contains(kinds, Exchange) {
		return kinds
	}
	return append(slices.Clone(kinds), Exchange)
}

func checkKinds(c *fail.Check, kinds []Kind) string {
	if len(kinds) == 0 {
		kinds = []Kind{ActivityDay}
	}
	for _, k := range kinds {
		c.If(!slices.Contains(Kinds, k), "kinds", "input.choice")
	}
	joined := joinKinds(kinds)
	c.If(len(splitKinds(joined)) > maxKinds, "kinds", "attendance.many_kinds", maxKinds)
	return joined
}

// checkDay notes a day in the future, outside the school's licence, or further back than the actor's role may enter.
func checkDay(tx *db.Tx, c *fail.Check, by access.Actor, school org.School, on date.Date) error {
	back := tx.Today().Sub(on)
	switch {
	case back < 0:
		c.Add("held_on", "attendance.day_future")
	case outsideLicence(school, on):
		c.Add("held_on", "attendance.day_unlicensed")
	case back > alwaysBack && by.Job() == "":
		most, err := backDays(tx, by)
		c.If(err == nil && back > most, "held_on", "attendance.day_long_ago", most)
		return err
	}
	return nil
}

// backDays is the actor's limit.
func backDays(tx *db.Tx, by access.Actor) (int, error) {
	f, err := settings.Get(tx, BackDays, tx.Today())
	if by.Has(access.Village) {
		return f.Value.Village, err
	}
	return f.Value.Host, err
}

func lockSession(tx *db.Tx, session SessionID) (sessionRow, error) {
	return db.One[sessionRow](tx.Locked().Where("id = ?", session), "attendance.session_missing")
}

// reopen takes a withdrawn session up again, on the day that is given if any.
func reopen(tx *db.Tx, by access.Actor, school org.School, s sessionRow, in OpenInput) (sessionRow, error) {
	was := s.HeldOn
	if !in.HeldOn.IsZero() {
		s.HeldOn = in.HeldOn
	}
	var c fail.Check
	if err := in.checkDay(tx, &c, by, school, s.HeldOn); err != nil {
		return s, err
	}
	if _, err := beginJoint(tx, &c, school, s.ID); err != nil {
		return s, err
	}
	if err := c.Err(); err != nil {
		return s, err
	}
	s.State, s.ChangedAt = Opened, tx.Now
	_, err := db.Set(tx.Model(&sessionRow{}).Where("id = ?", s.ID),
		map[string]any{"state": Opened, "held_on": s.HeldOn, "changed_at": tx.Now})
	if err != nil {
		return s, err
	}
	return s, audit.Add(tx, by, audit.Row{
		Act: "session.open", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID),
		Change: audit.Changes{}.Code("state", string(Withdrawn), string(Opened)).Code("held_on", was.String(), s.HeldOn.String()),
	})
}

// adopt takes up a joint session that another school had opened and taken back before it lost the hosting; any other session
// of another school is not there.
func adopt(tx *db.Tx, by access.Actor, school org.School, s sessionRow, in OpenInput) (sessionRow, error) {
	m, joint, err := exchange.Joint(tx, s.ID)
	if err != nil {
		return s, err
	}
	if !joint || m.Host != school.ID {
		return s, fail.NotFound("attendance.session_missing")
	}
	s.SiteID, s.VenueSiteID = school.ID, school.ID
	_, err = db.Set(tx.Model(&sessionRow{}).Where("id = ?", s.ID), map[string]any{"site_id": school.ID, "venue_site_id": school.ID})
	if err != nil {
		return s, err
	}
	return reopen(tx, by, school, s, in)
}

// VoidInput names a session.
type VoidInput struct {
	Session SessionID `path:"id" json:"-"`
}

// Void takes back a session that was opened by mistake and never handed in; conflict once it was. Voiding twice
// changes nothing. Locks the session. Permission: SessionsSubmit on the school.
func (a *Area) Void(tx *db.Tx, by access.Actor, in VoidInput) (SessionView, error) {
	s, school, err := lockWithSchool(tx, by, in.Session, access.SessionsSubmit)
	if err != nil {
		return SessionView{}, err
	}
	switch s.State {
	case HandedIn, Late:
		return SessionView{}, fail.Conflict("attendance.already_submitted")
	case Opened:
		s.State, s.ChangedAt = Withdrawn, tx.Now
		_, err := db.Set(tx.Model(&sessionRow{}).Where("id = ?", s.ID), map[string]any{"state": Withdrawn, "changed_at": tx.Now})
		if err == nil {
			err = exchange.Abandon(tx, s.ID)
		}
		if err != nil {
			return SessionView{}, err
		}
		err = audit.Add(tx, by, audit.Row{
			Act: "session.void", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID),
			Change: audit.Changes{}.Code("state", string(Opened), string(Withdrawn)),
		})
		if err != nil {
			return SessionView{}, err
		}
	}
	return view(s, school, by), nil
}

// lockWithSchool locks a session, reads its school and asks for the permission there.
func lockWithSchool(tx *db.Tx, by access.Actor, session SessionID, p access.Permission) (sessionRow, org.School, error) {
	s, err := lockSession(tx, session)
	if err != nil {
		return s, org.School{}, hide(by, err)
	}
	school, err := org.FindSchool(tx, s.SiteID)
	if err != nil {
		return s, school, err
	}
	return s, school, by.Require(p, school.Paths()...)
}

package attendance

import (
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/id"
	"huotang/models/org"
)

type guestTag struct{}

// GuestID identifies a name outside the roster, within its session.
type GuestID = id.ID[guestTag]

type sessionRow struct {
	ID            SessionID `gorm:"primaryKey"`
	SiteID        org.SiteID
	VenueSiteID   org.SiteID
	ActivityDayID *calendar.DayID
	Kinds         string
	Ways          string
	HeldOn        date.Date
	BeganAt       *time.Time
	EndedAt       *time.Time
	Minutes       int
	State         SessionState
	Late          *int // 1 while the state is Late, to find these few by an index; null otherwise
	Place         string
	Chair         string
	Recorder      string
	Revision      int
	Tally         `gorm:"embedded"`
	Attended      int // 人次, beside the counts it is made of, so that reports can sum it from an index
	HappenedAt    time.Time
	RecordedAt    time.Time
	ReceivedAt    time.Time
	Device        string
	Seq           int64
	OpenedBy      *access.AccountID
	SubmittedBy   *access.AccountID
	SubmittedAt   *time.Time
	AdmittedBy    *access.AccountID // who let it in after its month was sealed
	AdmittedAt    *time.Time
	OnPaper       bool // entered from a paper roll
	MergedInto    *SessionID
	MadeAt        time.Time
	ChangedAt     time.Time
}

func (sessionRow) TableName() string { return "sessions" }

type lessonRow struct {
	SessionID SessionID        `gorm:"primaryKey"`
	LessonID  courses.LessonID `gorm:"primaryKey"`
	Place     int
}

func (lessonRow) TableName() string { return "session_lessons" }

// markRow is the mark of a person in a session. Revision is the session's revision that set it; 0
// marks a row that only says that the person was due (or exempt) and that nobody has said more.
type markRow struct {
	SessionID  SessionID       `gorm:"primaryKey"`
	PersonID   access.PersonID `gorm:"primaryKey"`
	SiteID     org.SiteID      // the person's own school
	List       Part
	State      State
	Reason     Reason
	MadeUpOn   date.Date
	Revision   int
	AccountID  *access.AccountID
	HappenedAt time.Time
	RecordedAt time.Time
	ReceivedAt time.Time
	Device     string
	Seq        int64
}

func (markRow) TableName() string { return "marks" }

func (m *markRow) value() Value { return Value{m.State, m.Reason, m.MadeUpOn} }

func (m *markRow) standing() standing { return standing{m.value(), m.Revision} }

type changeRow struct {
	ID           int64 `gorm:"primaryKey"`
	SessionID    SessionID
	PersonID     access.PersonID
	Revision     int
	BeforeState  State
	AfterState   State
	BeforeReason Reason
	AfterReason  Reason

	BeforeList, AfterList         Part // both "" for a change from before they were kept
	BeforeMadeUpOn, AfterMadeUpOn date.Date

	AccountID  *access.AccountID
	Why        string
	HappenedAt time.Time
	RecordedAt time.Time
	ReceivedAt time.Time
	Device     string
	Seq        int64
}

func (changeRow) TableName() string { return "mark_changes" }

type conflictRow struct {
	SessionID    SessionID       `gorm:"primaryKey"`
	PersonID     access.PersonID `gorm:"primaryKey"`
	Device       string          `gorm:"primaryKey"`
	Seq          int64           `gorm:"primaryKey"`
	BaseRevision int
	State        State
	Reason       Reason
	MadeUpOn     date.Date
	AccountID    *access.AccountID
	At           time.Time
	SettledBy    *access.AccountID
	SettledAt    *time.Time
	SettledAs    State
}

func (conflictRow) TableName() string { return "mark_conflicts" }

type guestRow struct {
	ID        GuestID `gorm:"primaryKey"`
	SessionID SessionID
	Place     int
	Name      string
	PersonID  *access.PersonID // whose mark it is now
	AccountID *access.AccountID
	At        time.Time

	AttachedBy *access.AccountID
	AttachedAt *time.Time
}

func (guestRow) TableName() string { return "guests" }

// itemRow is an item that a phone or page handed in: its key, the hash of its content and
// the receipt it got.
type itemRow struct {
	Device     string `gorm:"primaryKey"`
	Seq        int64  `gorm:"primaryKey"`
	SessionID  SessionID
	Hash       string
	Revision   int
	Why        string
	Receipt    string
	AccountID  *access.AccountID
	ReceivedAt time.Time
	Ahead      int               // of the phone's clock, in seconds; see [Receipt]
	EnteredBy  *access.AccountID // who pasted it, where another's phone could not hand it in
}

func (itemRow) TableName() string { return "roll_items" }

type monthRow struct {
	PersonID access.PersonID `gorm:"primaryKey"`
	Month    date.Month      `gorm:"primaryKey"`
	SiteID   org.SiteID      `gorm:"primaryKey"`
	Year     int             // of the month, to count a year's people by an index
	Sessions int
	Minutes  int
}

func (monthRow) TableName() string { return "person_months" }

type siteRow struct {
	PersonID access.PersonID `gorm:"primaryKey"`
	SiteID   org.SiteID      `gorm:"primaryKey"`
	Sessions int
}

func (siteRow) TableName() string { return "person_sites" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any {
	return []any{
		sessionRow{}, lessonRow{}, markRow{}, changeRow{}, conflictRow{}, guestRow{}, itemRow{}, monthRow{}, siteRow{}, correctionRow{}, disputeRow{}, questionRow{}, fieldRow{},
	}
}

// Package videos keeps which video belongs to a lesson and where its object lies.
//
// An upload is an intent before its first byte goes to the store: a row that names the key. When the
// bytes are there the row becomes ready and the lesson's earlier video replaced. A row that stays an intent for a
// day belongs to an upload that broke off; the sweeper first tries to complete it and otherwise
// deletes the object and marks it failed. So no object is without a row, and nothing ready is ever deleted
// before its replacement is.
//
// The root of the aggregate is the lesson's course, which courses.LockLesson locks.
package videos

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type videoTag struct{}

// VideoID identifies one uploaded file.
type VideoID = id.ID[videoTag]

// State of a video.
type State string

// The states.
const (
	Intended State = "intended" // bytes are on their way
	Ready    State = "ready"    // the lesson's video
	Replaced State = "replaced" // another one took its place; the object is being removed
	Failed   State = "failed"   // refused or broken off
)

// MaxBytes is the most that one video may have, unless the installation says less.
const MaxBytes = 200 << 20

type videoRow struct {
	ID         VideoID `gorm:"primaryKey"`
	LessonID   courses.LessonID
	State      State
	ObjectKey  string
	Name       string
	Bytes      int64
	DurationMs int
	Width      int
	Height     int
	Codecs     string
	AccountID  access.AccountID
	Failure    string
	MadeAt     time.Time
	ReadyAt    *time.Time
}

func (videoRow) TableName() string { return "videos" }

type addressRow struct {
	VideoID VideoID   `gorm:"primaryKey"`
	OpensAt time.Time `gorm:"primaryKey"`
	Address string
}

func (addressRow) TableName() string { return "video_addresses" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{videoRow{}, addressRow{}} }

// View is a video as pages and clients see it.
type View struct {
	ID         VideoID          `json:"id"`
	Lesson     courses.LessonID `json:"lesson"`
	State      State            `json:"state"`
	Name       string           `json:"name"` // of the file, as it was called
	Bytes      int64            `json:"bytes"`
	DurationMs int              `json:"duration_ms"`
	Width      int              `json:"width"`
	Height     int              `json:"height"`
	Codecs     string           `json:"codecs"`
	ReadyAt    *time.Time       `json:"ready_at"`
	Key        string           `json:"-"` // of the object in the store
}

// Minutes of the video, rounded up.
func (v View) Minutes() int { return (v.DurationMs + 59_999) / 60_000 }

func view(r videoRow) View {
	return View{r.ID, r.LessonID, r.State, r.Name, r.Bytes, r.DurationMs, r.Width, r.Height, r.Codecs, r.ReadyAt, r.ObjectKey}
}

// require asks for the permission to change a lesson, whose course it locks.
func require(tx *db.Tx, by access.Actor, lesson courses.LessonID) (courses.Lesson, error) {
	l, err := courses.LockLesson(tx, lesson)
	if err != nil {
		return l, err
	}
	if err := by.Require(access.CoursesEdit, l.Path); err != nil {
		return l, err
	}
	switch {
	case l.Removed || l.Archived:
		return l, fail.NotFound("courses.lesson_missing")
	case l.Medium != courses.Video:
		return l, fail.Conflict("videos.other_medium")
	}
	return l, nil
}

// IntendInput announces an upload.
type IntendInput struct {
	Lesson courses.LessonID
	Name   string // of the file
	Bytes  int64  // 0 when not known yet
}

// Intend makes the row that an upload needs before its first byte goes to the store.
// Locks the course. Permission: CoursesEdit on its unit.
func Intend(tx *db.Tx, by access.Actor, in IntendInput) (View, error) {
	if _, err := require(tx, by, in.Lesson); err != nil {
		return View{}, err
	}
	if in.Bytes > MaxBytes {
		return View{}, fail.TooLarge("videos.too_large", MaxBytes>>20)
	}
	v := id.New[videoTag]()
	r := videoRow{
		ID: v, LessonID: in.Lesson, State: Intended, ObjectKey: "videos/" + v.String() + "/source.mp4",
		Name: shorten(in.Name, 200), Bytes: in.Bytes, AccountID: by.Account, MadeAt: tx.Now,
	}
	return view(r), db.Insert(tx, &r)
}

func shorten(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}

// CompleteInput says what the stored file is.
type CompleteInput struct {
	Video         VideoID
	Bytes         int64
	DurationMs    int
	Width, Height int
	Codecs        string
}

// Complete makes an intended video the lesson's one: the earlier becomes replaced, the lesson's review is
// withdrawn and the uploader is one of its authors. A video that is ready already stays as it
// is, so it may be repeated. Locks the course. Permission: CoursesEdit on its unit.
func Complete(tx *db.Tx, by access.Actor, in CompleteInput) (View, error) {
	first, err := find(tx, in.Video)
	if err != nil {
		return View{}, err
	}
	l, err := require(tx, by, first.LessonID)
	if err != nil {
		return View{}, err
	}
	r, err := find(tx, in.Video) // again: the course is locked now
	if err != nil {
		return View{}, err
	}
	switch r.State {
	case Ready:
		return view(r), nil
	case Intended:
	default:
		return View{}, fail.Conflict("videos.broken_off")
	}
	if _, err := db.Set(tx.Model(&videoRow{}).Where("lesson_id = ? AND state = ?", r.LessonID, Ready), map[string]any{"state": Replaced}); err != nil {
		return View{}, err
	}
	_, err = db.Set(tx.Model(&videoRow{}).Where("id = ?", r.ID), map[string]any{
		"state": Ready, "bytes": in.Bytes, "duration_ms": in.DurationMs, "width": in.Width, "height": in.Height,
		"codecs": shorten(in.Codecs, 60), "ready_at": tx.Now,
	})
	if err != nil {
		return View{}, err
	}
	if err := courses.Touch(tx, r.LessonID, by); err != nil {
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "video.ready", Object: "video", ID: r.ID, Unit: audit.Unit(l.Unit),
		Change: audit.Changes{}.Code("state", string(r.State), string(Ready)).ID("lesson", courses.LessonID{}, r.LessonID),
	})
	if err != nil {
		return View{}, err
	}
	r, err = find(tx, in.Video)
	return view(r), err
}

func find(tx *db.Tx, video VideoID) (videoRow, error) {
	return db.One[videoRow](tx.Where("id = ?", video), "videos.missing")
}

// FailInput says why an upload came to nothing.
type FailInput struct {
	Video VideoID
	Code  string // catalogue key of the reason
}

// Fail marks an intended video as failed; its object may be deleted then. Jobs may, and its uploader.
func Fail(tx *db.Tx, by access.Actor, in FailInput) (View, error) {
	r, err := find(tx, in.Video)
	if err != nil {
		return View{}, err
	}
	if by.Job() == "" && r.AccountID != by.Account {
		return View{}, fail.NotFound("access.not_found")
	}
	if _, err := db.Set(tx.Model(&videoRow{}).Where("id = ? AND state = ?", in.Video, Intended), map[string]any{"state": Failed, "failure": in.Code}); err != nil {
		return View{}, err
	}
	r, err = find(tx, in.Video)
	return view(r), err
}

// OfLesson is the lesson's ready video; not_found with videos.none_yet when it has none. No permission is
// asked: the caller's op has decided that the lesson may be played.
func OfLesson(tx *db.Tx, lesson courses.LessonID) (View, error) {
	r, err := db.One[videoRow](tx.Where("lesson_id = ? AND state = ?", lesson, Ready), "videos.none_yet")
	return view(r), err
}

// OfLessons gives the ready videos of several lessons. No permission is asked.
func OfLessons(tx *db.Tx, lessons []courses.LessonID) (map[courses.LessonID]View, error) {
	rows, err := db.All[videoRow](tx.Where("lesson_id IN ? AND state = ?", lessons, Ready))
	out := make(map[courses.LessonID]View, len(rows))
	for _, r := range rows {
		out[r.LessonID] = view(r)
	}
	return out, err
}

// BeforeReview refuses the review of a lesson with the medium video that has none. It is
// registered with courses.Area.OnReview.
func BeforeReview(tx *db.Tx, _ access.Actor, l courses.Lesson) error {
	if l.Medium != courses.Video {
		return nil
	}
	_, err := OfLesson(tx, l.ID)
	if fail.KindOf(err) == fail.Missing {
		return fail.Conflict("videos.none_yet")
	}
	return err
}

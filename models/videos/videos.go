// Package videos keeps which video belongs to a lesson and where its object lies.
//
// An upload is an intent before its first byte goes to the store: a row that names the key. When the
// bytes are there the row becomes ready and the lesson's earlier video replaced. A row that stays an intent for a
// day belongs to an upload that broke off; the sweeper first tries to complete it and otherwise
// deletes the object and marks it failed. So no object is without a row, and nothing ready is ever deleted
// before its replacement is.
//
// The root of the aggregate is the lesson's course, which courses.LockLesson locks. A state is changed only
// from the one that was read (compare-and-set), so what the sweeper fails is never made ready beside it.
package videos

import (
	"strings"
	"time"
	"unicode"

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

// require asks for the permission to change a lesson's video, and locks its course.
func require(tx *db.Tx, by access.Actor, lesson courses.LessonID) (courses.Lesson, error) {
	l, err := courses.LockLesson(tx, lesson)
	if err != nil {
		return l, err
	}
	return l, changeable(by, l)
}

func changeable(by access.Actor, l courses.Lesson) error {
	if err := by.Require(access.CoursesEdit, l.Path); err != nil {
		if fail.KindOf(err) == fail.Missing && l.Reviewed && courses.SeesAbove(by, l.Path) {
			return fail.Forbidden("access.forbidden") // staff of a unit below see it
		}
		return err
	}
	switch {
	case l.Removed || l.Archived:
		return fail.NotFound("courses.lesson_missing")
	case l.Medium != courses.Video:
		return fail.Conflict("videos.other_medium")
	}
	return nil
}

// ForUpload reads a lesson that the actor may upload a video to now; the error otherwise is that of
// [Intend]. Permission: CoursesEdit on its unit.
func ForUpload(tx *db.Tx, by access.Actor, lesson courses.LessonID) (courses.Lesson, error) {
	l, err := courses.FindLesson(tx, lesson)
	if err != nil {
		return l, err
	}
	return l, changeable(by, l)
}

// IntendInput announces an upload.
type IntendInput struct {
	Lesson courses.LessonID
	Name   string // of the file
	Bytes  int64  // 0 when not known yet
}

// Intend makes the row that an upload needs before its first byte goes to the store.
// Locks the course. Permission: CoursesEdit on its unit, and an account, since an uploader becomes an author.
func Intend(tx *db.Tx, by access.Actor, in IntendInput) (View, error) {
	l, err := require(tx, by, in.Lesson)
	if err != nil {
		return View{}, err
	}
	if !by.SignedIn() {
		return View{}, fail.NoSignIn("access.sign_in_first")
	}
	if in.Bytes > MaxBytes {
		return View{}, fail.TooLarge("videos.too_large", MaxBytes>>20)
	}
	v := id.New[videoTag]()
	r := videoRow{
		ID: v, LessonID: in.Lesson, State: Intended, ObjectKey: "videos/" + v.String() + "/source.mp4",
		Name: fileName(in.Name), Bytes: in.Bytes, AccountID: by.Account, MadeAt: tx.Now,
	}
	if err := db.Insert(tx, &r); err != nil {
		return View{}, err
	}
	return view(r), note(tx, by, "video.intend", r, "", l)
}

// note keeps in the audit that a video has come to its state from another.
func note(tx *db.Tx, by access.Actor, act string, r videoRow, from State, l courses.Lesson) error {
	return audit.Add(tx, by, audit.Row{
		Act: act, Object: "video", ID: r.ID, Unit: audit.Unit(l.Unit),
		Change: audit.Changes{}.Code("state", string(from), string(r.State)).ID("lesson", courses.LessonID{}, l.ID),
	})
}

// fileName is the last part of a file's name as a browser sent it, without what no database keeps.
func fileName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s[strings.LastIndexAny(s, `/\`)+1:])
	return shorten(strings.TrimSpace(s), 200)
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
// is, so it may be repeated. Locks the course. Permission: CoursesEdit on its unit, for the uploader only.
func Complete(tx *db.Tx, by access.Actor, in CompleteInput) (View, error) {
	r, l, err := lock(tx, by, in.Video)
	switch {
	case err != nil:
		return View{}, err
	case r.AccountID != by.Account:
		return View{}, fail.NotFound("access.not_found")
	case r.State == Ready:
		return view(r), nil
	}
	return ready(tx, by, r, l, in)
}

// lock locks the course of a video's lesson, asks for the permission to change it, and reads the video.
func lock(tx *db.Tx, by access.Actor, video VideoID) (videoRow, courses.Lesson, error) {
	r, err := find(tx, video)
	if err != nil {
		return r, courses.Lesson{}, err
	}
	l, err := require(tx, by, r.LessonID)
	if err != nil {
		return r, l, err
	}
	r, err = find(tx, video) // again: the course is locked now
	return r, l, err
}

// ready makes the intended video r of the locked lesson l its video.
func ready(tx *db.Tx, by access.Actor, r videoRow, l courses.Lesson, in CompleteInput) (View, error) {
	if _, err := db.Set(tx.Model(&videoRow{}).Where("lesson_id = ? AND state = ?", l.ID, Ready), map[string]any{"state": Replaced}); err != nil {
		return View{}, err
	}
	n, err := db.Set(tx.Model(&videoRow{}).Where("id = ? AND state = ?", r.ID, Intended), map[string]any{
		"state": Ready, "bytes": in.Bytes, "duration_ms": in.DurationMs, "width": in.Width, "height": in.Height,
		"codecs": shorten(in.Codecs, 60), "ready_at": tx.Now,
	})
	if err != nil {
		return View{}, err
	}
	if n != 1 {
		return View{}, fail.Conflict("videos.broken_off") // failed meanwhile
	}
	if err := courses.Touch(tx, l.ID, by); err != nil {
		return View{}, err
	}
	if r, err = find(tx, r.ID); err != nil {
		return View{}, err
	}
	return view(r), note(tx, by, "video.ready", r, Intended, l)
}

func find(tx *db.Tx, video VideoID) (videoRow, error) {
	return db.One[videoRow](tx.Where("id = ?", video), "videos.missing")
}

// FailInput says why an upload came to nothing.
type FailInput struct {
	Video VideoID
	Code  string // catalogue key of the reason
}

// Fail marks an intended video as failed and gives the video as it stands then: the object may be
// deleted only when that is failed, since another may have completed it first. Jobs may, and its uploader.
func Fail(tx *db.Tx, by access.Actor, in FailInput) (View, error) {
	r, err := find(tx, in.Video)
	if err != nil {
		return View{}, err
	}
	if by.Job() == "" && r.AccountID != by.Account {
		return View{}, fail.NotFound("access.not_found")
	}
	n, err := db.Set(tx.Model(&videoRow{}).Where("id = ? AND state = ?", in.Video, Intended), map[string]any{"state": Failed, "failure": in.Code})
	if err != nil {
		return View{}, err
	}
	if r, err = find(tx, in.Video); err != nil || n == 0 {
		return view(r), err
	}
	l, err := courses.FindLesson(tx, r.LessonID)
	if err != nil {
		return View{}, err
	}
	return view(r), note(tx, by, "video.fail", r, Intended, l)
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

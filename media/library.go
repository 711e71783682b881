package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/videos"
)

// Library brings videos into a store and gives their addresses. It opens units of work
// only around ops of models/videos.
type Library struct {
	DB    *db.DB
	Store Store
	Limit int64  // of one video, in bytes
	Temp  string // folder for uploads being checked; "" is the system's
}

// Receive takes an upload: the bytes go to a temporary file, are probed, given a fast
// start and stored under a key that a row has named before; then the row is completed. A file that cannot be
// played is refused with the reason, and nothing of it remains. The caller's permission is checked
// before the first byte is read and again at the end.
func (l *Library) Receive(ctx context.Context, by access.Actor, lesson courses.LessonID, name string, r io.Reader) (videos.View, error) {
	var v videos.View
	err := l.DB.Write(ctx, func(tx *db.Tx) (err error) {
		v, err = videos.Intend(tx, by, videos.IntendInput{Lesson: lesson, Name: name})
		return err
	})
	if err != nil {
		return v, err
	}
	done, err := l.receive(ctx, by, v, r)
	if err != nil {
		return v, errors.Join(err, l.giveUp(context.WithoutCancel(ctx), by, v, err))
	}
	return done, nil
}

func (l *Library) receive(ctx context.Context, by access.Actor, v videos.View, r io.Reader) (videos.View, error) {
	f, err := os.CreateTemp(l.Temp, "huotang-upload-*.mp4")
	if err != nil {
		return v, fmt.Errorf("media: %w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }() // a temporary file; the system clears what is left
	size, err := io.Copy(f, io.LimitReader(r, l.Limit+1))
	switch {
	case err != nil:
		return v, fmt.Errorf("media: upload: %w", err)
	case size > l.Limit:
		return v, fail.TooLarge("videos.too_large", l.Limit>>20)
	case size == 0:
		return v, refusal("file", "videos.empty")
	}
	return l.keep(ctx, by, v, f, size)
}

// keep probes and stores a file, and completes its row.
func (l *Library) keep(ctx context.Context, by access.Actor, v videos.View, f io.ReadSeeker, size int64) (videos.View, error) {
	info, err := Probe(f, size)
	if err != nil {
		return v, unplayable(err)
	}
	body, size, err := FastStart(f, size)
	if err != nil {
		return v, unplayable(err)
	}
	if err := l.Store.Put(ctx, v.Key, body, size, "video/mp4"); err != nil {
		return v, fmt.Errorf("media: store: %w", err)
	}
	var out videos.View
	err = l.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = videos.Complete(tx, by, about(v, info, size))
		return err
	})
	return out, err
}

// about says of a video what was found in its file.
func about(v videos.View, info Video, size int64) videos.CompleteInput {
	return videos.CompleteInput{
		Video: v.ID, Bytes: size, DurationMs: int(info.Duration.Milliseconds()),
		Width: info.Width, Height: info.Height, Codecs: info.Codecs(),
	}
}

// giveUp marks an upload as failed and deletes its object, if any. What it cannot do the sweeper will.
func (l *Library) giveUp(ctx context.Context, by access.Actor, v videos.View, cause error) error {
	if errors.Is(cause, db.ErrUnknown) {
		return nil // it may be ready: the sweeper will see
	}
	var now videos.View
	err := l.DB.Write(ctx, func(tx *db.Tx) (err error) {
		now, err = videos.Fail(tx, by, videos.FailInput{Video: v.ID, Code: codeOf(cause)})
		return err
	})
	if err == nil && now.State == videos.Failed {
		_ = l.Store.Delete(ctx, v.Key) // the row still names it, so the sweeper tries again
	}
	return err
}

// codeOf is the catalogue key of the reason for which an upload failed.
func codeOf(cause error) string {
	e, ok := fail.As(cause)
	switch {
	case !ok:
		return "videos.broken_off"
	case len(e.Fields) > 0:
		return e.Fields[0].Code
	}
	return e.Code
}

// reasons gives each refusal of Probe the message that says what to do next.
var reasons = []struct {
	err  error
	code string
}{
	{ErrNotMP4, "videos.not_mp4"},
	{ErrTruncated, "videos.truncated"},
	{ErrDamaged, "videos.damaged"},
	{ErrFragmented, "videos.fragmented"},
	{ErrNoVideo, "videos.no_picture"},
	{ErrEncrypted, "videos.encrypted"},
	{ErrHEVC, "videos.hevc"},
	{ErrVideoCodec, "videos.codec"},
	{ErrVideoProfile, "videos.profile"},
	{ErrAudioCodec, "videos.sound"},
}

func unplayable(err error) error {
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return refusal("file", r.code)
		}
	}
	return err
}

func refusal(field, code string) error {
	var c fail.Check
	c.Add(field, code)
	return c.Err()
}

// Address gives the address from which browsers read the video directly, signed for
// the present window and the same for everyone; "" when the app must serve it.
func (l *Library) Address(ctx context.Context, v videos.View) (string, error) {
	if l.Store.Origin() == "" {
		return "", nil
	}
	var address string
	err := l.DB.Read(ctx, func(tx *db.Tx) (err error) {
		address, err = videos.Address(tx, v.ID)
		return err
	})
	if err != nil || address != "" {
		return address, err
	}
	signed, err := l.Store.URL(ctx, v.Key, 2*videos.Window, URLOptions{ContentType: "video/mp4"})
	if err != nil {
		return "", fmt.Errorf("media: sign: %w", err)
	}
	err = l.DB.Write(ctx, func(tx *db.Tx) (err error) {
		address, err = videos.KeepAddress(tx, v.ID, signed)
		return err
	})
	return address, err
}

package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/photos"
)

// Album brings the pictures of sessions into a store. It opens units of work only around ops of models/photos.
type Album struct {
	DB    *db.DB
	Store Store
	turn  chan struct{}
	large chan struct{}
}

const (
	// smallBody is what a picture has that a phone of ours sends, in bytes, or less.
	smallBody = 512 << 10
	// largeAtOnce bodies beyond [smallBody] are held at once.
	largeAtOnce = 8
)

// NewAlbum gives an album that reads one picture at a time, which takes [mostMemory] at most, and holds few large ones that come.
func NewAlbum(d *db.DB, s Store) *Album {
	return &Album{DB: d, Store: s, turn: make(chan struct{}, 1), large: make(chan struct{}, largeAtOnce)}
}

// Sent is a picture as it comes.
type Sent struct {
	ID      photos.PhotoID
	Session attendance.SessionID // zero for a paper roll that is filed later
	Kind    photos.Kind
	TakenAt *time.Time
	Body    io.Reader
}

// Receive takes a picture: it is read, written anew and stored under a key that a row has named before; then the row is ready. Who
// may not send it is refused before its first byte is read. The same picture under the same ID is answered as the first time.
func (a *Album) Receive(ctx context.Context, by access.Actor, in Sent) (photos.View, Picture, error) {
	may := func(tx *db.Tx) error { return photos.MaySend(tx, by, in.Session) }
	if err := a.DB.Read(ctx, may); err != nil {
		return photos.View{}, Picture{}, err
	}
	body, done, err := a.body(ctx, in.Body)
	if err != nil {
		return photos.View{}, Picture{}, err
	}
	defer done()
	p, err := a.read(ctx, body)
	if err != nil {
		return photos.View{}, p, refused(err)
	}
	v, err := a.keep(ctx, by, in, body, p)
	return v, p, err
}

// body takes in what is sent. What is large waits until few others are held, until done is called; small ones of a slow network keep nobody
// waiting.
func (a *Album) body(ctx context.Context, r io.Reader) (body []byte, done func(), err error) {
	done = func() {}
	body, err = io.ReadAll(io.LimitReader(r, smallBody))
	if err == nil && len(body) == smallBody {
		select {
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("media: picture: %w", ctx.Err())
		case a.large <- struct{}{}:
		}
		done = func() { <-a.large }
		all := bytes.NewBuffer(body)
		_, err = io.Copy(all, io.LimitReader(r, MaxPicture+1-smallBody))
		body = all.Bytes()
	}
	switch {
	case err != nil:
		err = fmt.Errorf("media: picture: %w", err)
	case len(body) > MaxPicture:
		err = fail.TooLarge("photos.too_large", MaxPicture>>20)
	}
	if err != nil {
		done()
	}
	return body, done, err
}

// read waits for its turn.
func (a *Album) read(ctx context.Context, body []byte) (Picture, error) {
	select {
	case <-ctx.Done():
		return Picture{}, fmt.Errorf("media: picture: %w", ctx.Err())
	case a.turn <- struct{}{}:
	}
	defer func() { <-a.turn }()
	return ReadPicture(body)
}

func (a *Album) keep(ctx context.Context, by access.Actor, in Sent, body []byte, p Picture) (photos.View, error) {
	sum := sha256.Sum256(body)
	size := p.Image.Bounds().Size()
	var v photos.View
	err := a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		v, err = photos.Intend(tx, by, photos.IntendInput{
			ID: in.ID, Session: in.Session, Kind: in.Kind, TakenAt: in.TakenAt, Hash: hex.EncodeToString(sum[:]),
			Bytes: int64(len(p.JPEG)), Width: size.X, Height: size.Y,
		})
		return err
	})
	if err != nil || v.State != photos.Intended {
		return v, err
	}
	if err := a.Store.Put(ctx, v.Key, bytes.NewReader(p.JPEG), int64(len(p.JPEG)), "image/jpeg"); err != nil {
		return v, fmt.Errorf("media: store: %w", err) // the sweeper settles the row
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		v, err = photos.Complete(tx, by, photos.PhotoInput{Session: in.Session, Photo: in.ID})
		return err
	})
	return v, err
}

func refused(err error) error {
	for _, r := range []struct {
		err  error
		code string
	}{{ErrNotPicture, "photos.not_picture"}, {ErrPictureDamaged, "photos.damaged"}, {ErrPicturePixels, "photos.too_many_pixels"}} {
		if errors.Is(err, r.err) {
			return refusal("file", r.code)
		}
	}
	return err
}

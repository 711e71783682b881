// Package photos serves the pictures of sessions: sending, showing and removing them (models/photos, media).
package photos

import (
	"embed"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"huotang/handlers/web"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/photos"
)

//go:embed views/*.html
var views embed.FS

// formRoom is what a multipart form may have beside its files, in bytes.
const formRoom = 1 << 20

// atOnce is how many pictures one form sends.
const atOnce = 6

const jpegKind = "image/jpeg"

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, album *media.Album) {
	p.Views("photos", views)
	p.Get("/sessions/:id/photos", list)
	p.Upload("/sessions/:id/photos", atOnce*media.MaxPicture+formRoom, upload(album))
	p.Get("/sessions/:id/photos/:photo", picture(album))
	p.Post("/sessions/:id/photos/:photo/remove", act(photos.Remove, "photos.removed"))
	p.Post("/sessions/:id/photos/:photo/restore", act(photos.Restore, "photos.restored"))

	web.Get(api, "/sessions/:id/photos", photos.List)
	web.Receive(api, "/sessions/:id/photos/:photo", "photos.Receive", media.MaxPicture+1, receive(album))
	web.Deliver(api, http.MethodGet, "/sessions/:id/photos/:photo", "photos.Find", []string{jpegKind}, show(album))
	web.Delete(api, "/sessions/:id/photos/:photo", photos.Remove)
	web.Post(api, "/sessions/:id/photos/:photo/restore", photos.Restore)
}

// SendInput is beside a picture that is sent.
type SendInput struct {
	Session attendance.SessionID `path:"id" json:"-"`
	Photo   photos.PhotoID       `path:"photo" json:"-"`
	Kind    photos.Kind          `query:"kind" json:"-"`     // photo, or sheet for the paper roll; photo when it is left out
	TakenAt *time.Time           `query:"taken_at" json:"-"` // by the device's clock
}

func receive(album *media.Album) func(r *web.Request, in SendInput, body io.Reader) (photos.View, error) {
	return func(r *web.Request, in SendInput, body io.Reader) (photos.View, error) {
		by, err := r.Signed()
		if err != nil {
			return photos.View{}, err
		}
		if in.Kind == "" {
			in.Kind = photos.Evening
		}
		v, _, err := album.Receive(r.Context(), by, media.Sent{ID: in.Photo, Session: in.Session, Kind: in.Kind, TakenAt: in.TakenAt, Body: body})
		return v, err
	}
}

type listPage struct {
	web.Base
	Session attendance.SessionView
	Photos  []photos.View
	Removed []photos.View
	Sheets  bool // the actor may take pictures of the paper roll away
	MB      int64
}

// MayTake reports that the actor may take a picture away.
func (p listPage) MayTake(kind photos.Kind) bool {
	if kind == photos.Sheet {
		return p.Sheets
	}
	return p.Session.MayChange
}

func list(r *web.Request) error {
	var in photos.ListInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showList(r, in.Session, web.Form{})
}

func showList(r *web.Request, session attendance.SessionID, form web.Form) error {
	page := listPage{MB: media.MaxPicture >> 20}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Session, err = attendance.Pictured(tx, by, session); err != nil {
			return err
		}
		found, err := photos.List(tx, by, photos.ListInput{Session: session})
		page.Photos = found.Items
		if err != nil {
			return err
		}
		_, may := attendance.Provable(tx, by, session)
		if page.Sheets = may == nil; !page.Sheets && !page.Session.MayChange {
			return nil
		}
		page.Removed, err = photos.Restorable(tx, by, session)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("photos.title")
	page.Form = form
	return r.Render("photos/list", page)
}

// act answers one of the buttons below a picture.
func act(op web.Op[photos.PhotoInput, photos.View], note string) web.PageFunc {
	return func(r *web.Request) error {
		var in photos.PhotoInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, op, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showList(r, in.Session, f) })
		}
		return r.SeeNote("/sessions/"+in.Session.String()+"/photos", note)
	}
}

func picture(album *media.Album) web.PageFunc {
	return func(r *web.Request) error {
		var in photos.PhotoInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return show(album)(r, in)
	}
}

// show answers with the picture itself. The permission is asked at each request; the browser may keep the bytes.
func show(album *media.Album) func(r *web.Request, in photos.PhotoInput) error {
	return func(r *web.Request, in photos.PhotoInput) error {
		v, err := web.Ask(r, photos.Find, in)
		if err != nil {
			return err
		}
		return serve(r, album, v)
	}
}

func serve(r *web.Request, album *media.Album, v photos.View) error {
	obj, err := album.Store.Open(r.Context(), v.Key)
	if errors.Is(err, media.ErrNotFound) {
		return fail.NotFound("photos.missing").Because(err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = obj.Close() }() // read only
	media.ServeAs(r.Writer(), r.Request, obj, media.URLOptions{ContentType: jpegKind})
	return nil
}

// upload takes the pictures of a form.
func upload(album *media.Album) web.PageFunc {
	return func(r *web.Request) error {
		var session attendance.SessionID
		if err := session.UnmarshalText([]byte(r.Param("id"))); err != nil {
			return fail.NotFound("access.not_found")
		}
		if err := takeForm(r, album, session); err != nil {
			_, _ = io.Copy(io.Discard, r.Body) // up to the limit: a browser reads no answer while it is still sending
			return r.Again(err, func(f web.Form) error { return showList(r, session, f) })
		}
		return r.SeeNote("/sessions/"+session.String()+"/photos", "photos.stored")
	}
}

func takeForm(r *web.Request, album *media.Album, session attendance.SessionID) error {
	kind, n := photos.Evening, 0
	err := eachFile(r, func(field, value string) {
		if field == "kind" {
			kind = photos.Kind(value)
		}
	}, func(by access.Actor, key db.FormID, part *multipart.Part) error {
		if n++; n > atOnce {
			return refusal("photos.too_many", atOnce)
		}
		_, _, err := album.Receive(r.Context(), by, media.Sent{ID: photos.FromForm(key, n), Session: session, Kind: kind, Body: part})
		return web.BodyError(err)
	})
	if err == nil && n == 0 {
		err = refusal("photos.no_file")
	}
	return err
}

// eachFile reads a form with files part by part: say is told the fields, and take gets each file; the fields stand before the files.
func eachFile(r *web.Request, say func(field, value string), take func(access.Actor, db.FormID, *multipart.Part) error) error {
	form, err := r.Multipart() // first, so that nobody makes the pages around an error parse the files
	if err != nil {
		return err
	}
	by, err := r.Signed()
	if err != nil {
		return err
	}
	var key db.FormID
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return web.BodyError(err)
		case part.FormName() == "file" && part.FileName() != "":
			if key.IsZero() { // as of a form that is not told from another: each sending is its own
				key = db.FormID(id.New[SendInput]())
			}
			if err := take(by, key, part); err != nil {
				return err
			}
		case part.FileName() == "":
			b, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return web.BodyError(err)
			}
			if part.FormName() == "form_id" {
				if err := key.UnmarshalText(b); err != nil {
					return fail.Invalid("input.form_key").Because(err)
				}
			}
			say(part.FormName(), string(b))
		}
	}
}

func refusal(code string, args ...any) error {
	var c fail.Check
	c.Add("file", code, args...)
	return c.Err()
}

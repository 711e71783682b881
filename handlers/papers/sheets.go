package papers

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"huotang/handlers/web"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/papers"
	"huotang/models/photos"
)

const (
	formRoom = 1 << 20 // what a form may have beside its files, in bytes
	atOnce   = 6       // pictures that one form sends
	jpegKind = "image/jpeg"
)

// sheets takes pictures of signed rolls and files them under their sessions.
type sheets struct {
	album *media.Album
	a     *attendance.Area
}

// mountSheets adds them.
func mountSheets(p *web.Pages, api *web.API, album *media.Album, a *attendance.Area) {
	s := sheets{album, a}
	p.Get("/sheets", s.page)
	p.Upload("/sheets", atOnce*media.MaxPicture+formRoom, s.upload)
	p.Get("/sheets/:photo", s.picture)
	p.Post("/sheets/:photo/session", s.fileByHand)
	p.Post("/sheets/:photo/drop", s.drop)

	web.Get(api, "/sheets", photos.ListUnfiled)
	web.Get(api, "/sheets/choices", papers.Choices)
	web.Receive(api, "/sheets/:photo", "papers.Send", media.MaxPicture+1, s.receive)
	web.Deliver(api, http.MethodGet, "/sheets/:photo", "photos.FindUnfiled", []string{jpegKind}, s.show)
	web.Delete(api, "/sheets/:photo", photos.Drop)
	web.Post(api, "/sheets/:photo/session", s.File)
}

// Filed is a picture of a paper roll with what its code said.
type Filed struct {
	photos.View
	Code string `json:"code"` // catalogue key of why it is not filed, "" when it is
}

// File puts a picture under a session, which is opened first where the day, or the meeting of an exchange week, is only planned.
func (s sheets) File(tx *db.Tx, by access.Actor, in photos.FileInput) (photos.View, error) {
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return photos.View{}, err
	}
	if in.Session.IsZero() {
		var c fail.Check
		c.Add("session", "input.required")
		return photos.View{}, c.Err()
	}
	r, err := papers.Resolve(tx, by, papers.ResolveInput{Code: papers.CodeOf(in.Session)})
	if err != nil {
		return photos.View{}, err
	}
	open := attendance.OpenInput{ActivityDay: r.Day}
	if !r.Group.IsZero() {
		open = attendance.OpenInput{Session: r.Session, Site: r.Site, HeldOn: r.HeldOn}
	}
	planned := !r.Day.IsZero() || !r.Group.IsZero()
	if planned && !r.Opened {
		if _, err := s.a.Open(tx, by, open); err != nil {
			return photos.View{}, err
		}
	}
	return photos.File(tx, by, in)
}

// take receives a picture and files it by its code, as far as there is one and its session is the sender's to write.
func (s sheets) take(r *web.Request, by access.Actor, photo photos.PhotoID, body io.Reader) (Filed, error) {
	v, picture, err := s.album.Receive(r.Context(), by, media.Sent{ID: photo, Kind: photos.Sheet, Body: body})
	if err != nil || !v.Session.IsZero() || !v.Whole() {
		return Filed{View: v}, web.BodyError(err)
	}
	text, err := s.album.Code(r.Context(), picture)
	if err != nil {
		return Filed{View: v}, err
	}
	out, tried := Filed{View: v}, false
	err = r.Write(func(tx *db.Tx, by access.Actor) (err error) {
		tried = false
		out, err = s.byCode(tx, by, v, text, &tried)
		return err
	})
	if e, ok := fail.As(err); ok && tried {
		return Filed{v, e.Code}, nil // such as a day that has not come: nothing of it stays; it is filed by hand, and told then
	}
	return out, err
}

// byCode files a picture by the text of its code; tried becomes true before anything is written.
func (s sheets) byCode(tx *db.Tx, by access.Actor, v photos.View, text string, tried *bool) (Filed, error) {
	code := papers.InText(text)
	switch {
	case text == "":
		return Filed{v, "papers.no_code"}, nil
	case code == "":
		return Filed{v, "papers.foreign"}, nil
	}
	found, err := papers.Resolve(tx, by, papers.ResolveInput{Code: code})
	if _, known := fail.As(err); known || err == nil && !found.MayEnter {
		return Filed{v, "papers.foreign"}, nil
	}
	if err != nil {
		return Filed{v, ""}, err
	}
	if found.Session.IsZero() {
		return Filed{v, "papers.of_school"}, nil
	}
	*tried = true
	filed, err := s.File(tx, by, photos.FileInput{Photo: v.ID, Session: found.Session})
	return Filed{filed, ""}, err
}

// sentInput names a picture that is sent.
type sentInput struct {
	Photo photos.PhotoID `path:"photo" json:"-"`
}

func (s sheets) receive(r *web.Request, in sentInput, body io.Reader) (Filed, error) {
	by, err := r.Signed()
	if err != nil {
		return Filed{}, err
	}
	return s.take(r, by, in.Photo, body)
}

type sheetsPage struct {
	web.Base
	Unfiled []photos.View
	Choices []papers.Choice
	MB      int64
}

func (s sheets) page(r *web.Request) error { return s.showPage(r, web.Form{}) }

func (s sheets) showPage(r *web.Request, form web.Form) error {
	page := sheetsPage{MB: media.MaxPicture >> 20}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := photos.ListUnfiled(tx, by, photos.UnfiledInput{})
		page.Unfiled = found.Items
		if err != nil || len(page.Unfiled) == 0 {
			return err
		}
		choices, err := papers.Choices(tx, by, papers.ChoicesInput{})
		page.Choices = choices.Items
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("papers.send_title")
	page.Form = form
	return r.Render("papers/sheets", page)
}

func (s sheets) upload(r *web.Request) error {
	filed, err := s.takeForm(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // up to the limit: a browser reads no answer while it is still sending
		return r.Again(err, func(f web.Form) error { return s.showPage(r, f) })
	}
	sessions := map[attendance.SessionID]bool{}
	for _, f := range filed {
		if f.Code != "" {
			return r.SeeNote("/sheets", f.Code)
		}
		sessions[f.Session] = true
	}
	if len(sessions) == 1 {
		return r.SeeNote("/sessions/"+filed[0].Session.String()+"/roll", "papers.filed")
	}
	return r.SeeNote("/sessions", "papers.filed_all")
}

// takeForm reads a form with pictures part by part; the form's key stands before them.
func (s sheets) takeForm(r *web.Request) ([]Filed, error) {
	form, err := r.Multipart() // first, so that nobody makes the pages around an error parse the files
	if err != nil {
		return nil, err
	}
	by, err := r.Signed()
	if err != nil {
		return nil, err
	}
	key, out := db.FormID(id.New[sheets]()), []Filed{}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF) && len(out) == 0:
			return nil, refusal("photos.no_file")
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, web.BodyError(err)
		case part.FormName() == "form_id":
			if err := readKey(part, &key); err != nil {
				return nil, err
			}
		case part.FormName() == "file" && part.FileName() != "":
			if len(out) == atOnce {
				return nil, refusal("photos.too_many", atOnce)
			}
			f, err := s.take(r, by, photos.FromForm(key, len(out)+1), part)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
}

func readKey(part *multipart.Part, key *db.FormID) error {
	b, err := io.ReadAll(io.LimitReader(part, 64))
	if err == nil {
		err = key.UnmarshalText(b)
	}
	if err != nil {
		return fail.Invalid("input.form_key").Because(err)
	}
	return nil
}

func refusal(code string, args ...any) error {
	var c fail.Check
	c.Add("file", code, args...)
	return c.Err()
}

func (s sheets) fileByHand(r *web.Request) error {
	var in photos.FileInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, s.File, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return s.showPage(r, f) })
	}
	return r.SeeNote("/sessions/"+in.Session.String()+"/roll", "papers.filed")
}

func (s sheets) drop(r *web.Request) error {
	var in photos.OwnInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, photos.Drop, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return s.showPage(r, f) })
	}
	return r.SeeNote("/sheets", "papers.dropped")
}

func (s sheets) picture(r *web.Request) error {
	var in photos.OwnInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return s.show(r, in)
}

// show answers with one of the actor's own unfiled pictures.
func (s sheets) show(r *web.Request, in photos.OwnInput) error {
	v, err := web.Ask(r, photos.FindUnfiled, in)
	if err != nil {
		return err
	}
	obj, err := s.album.Store.Open(r.Context(), v.Key)
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

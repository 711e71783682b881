// Package videos serves the upload of a lesson's video and its playing (models/videos, media).
package videos

import (
	"embed"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"huotang/handlers/web"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/videos"
)

//go:embed views/*.html
var views embed.FS

// formRoom is what a multipart form may have beside its file, in bytes.
const formRoom = 1 << 20

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, lib *media.Library) {
	p.Views("videos", views)
	p.Get("/lessons/:id/video", uploadPage(lib))
	p.Upload("/lessons/:id/video", lib.Limit+formRoom, upload(lib))
	p.Get("/lessons/:id/play", play(lib))

	web.Get(api.Public(), "/lessons/:id/video", ofLesson) // that of a lesson which the county shows to everyone, too
	web.Receive(api, "/lessons/:id/video", "videos.Receive", lib.Limit+1, receive(lib))
}

// LessonInput names a lesson.
type LessonInput struct {
	Lesson courses.LessonID `path:"id" json:"-"`
	Name   string           `query:"name" json:"-"` // of the file, for an upload
}

// Found is a lesson's video with the address that plays it: it answers with the bytes, or
// sends on to the store.
type Found struct {
	videos.View
	Play string `json:"play"`
}

func ofLesson(tx *db.Tx, by access.Actor, in LessonInput) (Found, error) {
	l, err := curricula.RequirePlay(tx, by, in.Lesson)
	if err != nil {
		return Found{}, err
	}
	v, err := videos.OfLesson(tx, l.ID)
	return Found{v, "/lessons/" + l.ID.String() + "/play"}, err
}

func receive(lib *media.Library) func(r *web.Request, in LessonInput, body io.Reader) (videos.View, error) {
	return func(r *web.Request, in LessonInput, body io.Reader) (videos.View, error) {
		by, err := r.Signed()
		if err != nil {
			return videos.View{}, err
		}
		return lib.Receive(r.Context(), by, in.Lesson, in.Name, body)
	}
}

type uploadView struct {
	web.Base
	Lesson courses.Lesson
	Video  videos.View
	Has    bool
	Limit  int64 // bytes
	MB     int64
}

func uploadPage(lib *media.Library) web.PageFunc {
	return func(r *web.Request) error {
		var in LessonInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return showUpload(r, lib, in.Lesson, web.Form{})
	}
}

func showUpload(r *web.Request, lib *media.Library, lesson courses.LessonID, form web.Form) error {
	page := uploadView{Limit: lib.Limit, MB: lib.Limit >> 20}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Lesson, err = videos.ForUpload(tx, by, lesson); err != nil {
			return err
		}
		page.Video, err = videos.OfLesson(tx, lesson)
		page.Has = err == nil
		if fail.KindOf(err) == fail.Missing {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("videos.title")
	page.Script, page.Form = "upload.js", form
	return r.Render("videos/upload", page)
}

func upload(lib *media.Library) web.PageFunc {
	return func(r *web.Request) error {
		var in LessonInput
		if err := in.Lesson.UnmarshalText([]byte(r.Param("id"))); err != nil {
			return fail.NotFound("access.not_found")
		}
		course, err := store(r, lib, in.Lesson)
		if err != nil {
			_, _ = io.Copy(io.Discard, r.Body) // up to the limit: a browser reads no answer while it is still sending
			return r.Again(err, func(f web.Form) error { return showUpload(r, lib, in.Lesson, f) })
		}
		return r.SeeNote("/courses/"+course.String(), "videos.stored")
	}
}

// store reads the form's file part straight into the library.
func store(r *web.Request, lib *media.Library, lesson courses.LessonID) (courses.CourseID, error) {
	form, err := r.Multipart() // first, so that nobody makes the pages around an error parse the file
	if err != nil {
		return courses.CourseID{}, err
	}
	by, err := r.Signed()
	if err != nil {
		return courses.CourseID{}, err
	}
	part, key, err := filePart(form)
	if err != nil {
		return courses.CourseID{}, err
	}
	course, err := web.DoLong(r, key, struct{ File string }{part.FileName()}, func() (courses.CourseID, error) {
		if _, err := lib.Receive(r.Context(), by, lesson, part.FileName(), part); err != nil {
			return courses.CourseID{}, web.BodyError(err)
		}
		var l courses.Lesson
		err := r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
			l, err = courses.FindLesson(tx, lesson)
			return err
		})
		return l.Course, err
	})
	if err == nil {
		_, err = io.Copy(io.Discard, part) // what was sent a second time
	}
	return course, err
}

// filePart goes on to the form's file, past the form's key, which stands before it.
func filePart(form *multipart.Reader) (file *multipart.Part, key db.FormID, err error) {
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, key, noFile()
		case err != nil:
			return nil, key, web.BodyError(err)
		case part.FormName() == "form_id":
			b, err := io.ReadAll(io.LimitReader(part, 64))
			if err == nil {
				err = key.UnmarshalText(b)
			}
			if err != nil {
				return nil, key, fail.Invalid("input.form_key").Because(err)
			}
		case part.FormName() != "file":
		case part.FileName() == "":
			return nil, key, noFile()
		default:
			return part, key, nil
		}
	}
}

func noFile() error {
	var c fail.Check
	c.Add("file", "videos.no_file")
	return c.Err()
}

// play answers with the video of a lesson that the actor may study: sent on to the
// store where browsers can read it, from the disk otherwise. The permission is asked at each request.
func play(lib *media.Library) web.PageFunc {
	return func(r *web.Request) error {
		var in LessonInput
		if err := in.Lesson.UnmarshalText([]byte(r.Param("id"))); err != nil {
			return fail.NotFound("access.not_found")
		}
		found, err := web.Ask(r, ofLesson, in)
		if err != nil {
			return err
		}
		address, err := lib.Address(r.Context(), found.View)
		if err != nil {
			return err
		}
		if address != "" {
			r.Header("Cache-Control", "private, no-cache")
			r.Header("Location", address)
			r.Writer().WriteHeader(http.StatusFound) // without a body
			return nil
		}
		return serve(r, lib, found.View)
	}
}

func serve(r *web.Request, lib *media.Library, v videos.View) error {
	obj, err := lib.Store.Open(r.Context(), v.Key)
	if errors.Is(err, media.ErrNotFound) {
		return fail.NotFound("videos.missing").Because(err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = obj.Close() }() // read only
	media.Serve(r.Writer(), r.Request, obj)
	return nil
}

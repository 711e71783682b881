package messages

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/messages"
)

type noticePage struct {
	web.Base
	Notice messages.NoticeView
	Back   string // the page of what it is about
	Words  string // the page with all of the words
	Wall   string // that of the sheet
	Today  date.Date
}

// Text is the notice with its line ends as a form field has them.
func (p noticePage) Text() string { return p.Notice.Copy }

// Pairs are the lines to be read aloud, each once: the page says how often.
func (p noticePage) Pairs() []string {
	out := make([]string, 0, len(p.Notice.Aloud)/2)
	for i := 0; i < len(p.Notice.Aloud); i += 2 {
		out = append(out, p.Notice.Aloud[i])
	}
	return out
}

// dayNotice shows the words for an activity day: all of them, or the sheet for the wall.
func dayNotice(part string) web.PageFunc {
	return func(r *web.Request) error {
		var in messages.NoticeInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		back := "/calendar/days/" + in.ID.String()
		return renderNotice(r, part, back, "/messages/days/"+in.ID.String(), func(tx *db.Tx, by access.Actor) (messages.NoticeView, error) {
			in.Language = string(r.Lang())
			return messages.Notice(tx, by, in)
		})
	}
}

// groupNotice is the same for a meeting of an exchange week.
func groupNotice(part string) web.PageFunc {
	return func(r *web.Request) error {
		var in messages.GroupNoticeInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return renderNotice(r, part, "/exchange/groups/"+in.ID.String(), "/messages/groups/"+in.ID.String(), func(tx *db.Tx, by access.Actor) (messages.NoticeView, error) {
			in.Language = string(r.Lang())
			return messages.GroupNotice(tx, by, in)
		})
	}
}

func renderNotice(r *web.Request, part, back, words string, op func(*db.Tx, access.Actor) (messages.NoticeView, error)) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := noticePage{Back: back, Words: words, Wall: words + "/wall"}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		page.Today = tx.Today()
		page.Notice, err = op(tx, by)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("messages.notice.title")
	if part == "wall" {
		page.Title = page.T("messages.notice.wall_title")
		return r.Render("messages/wall", page)
	}
	page.Script = "copy.js"
	return r.Render("messages/notice", page)
}

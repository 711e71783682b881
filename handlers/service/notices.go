package service

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/service"
)

type frontPage struct {
	base
	Front   service.FrontView
	Notices []service.NoticeView
	More    bool
	Lessons []courses.PublicLesson
	Rest    []courses.PublicLesson // shown when asked for
}

// firstLessons is how many public lessons stand on the front page at once.
const firstLessons = 6

// front is the page of visitors; who has signed in goes on to the first page of his role.
func front(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var page frontPage
		err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
			if page.Front, err = a.Front(tx, by, service.FrontInput{}); err != nil {
				return err
			}
			list, err := a.Notices(tx, by, service.NoticesInput{Limit: 5})
			page.Notices, page.More = list.Items, list.Next != ""
			if err != nil {
				return err
			}
			lessons, err := courses.PublicLessons(tx)
			n := min(len(lessons), firstLessons)
			page.Lessons, page.Rest = lessons[:n], lessons[n:]
			return err
		})
		if err != nil {
			return err
		}
		if home := web.Home(r.Actor); r.Actor.SignedIn() && home != "/" {
			return r.See(home)
		}
		page.base = base{r.Base("front.title")}
		return r.Render("service/front", page)
	}
}

func about(r *web.Request) error {
	return r.Render("service/about", base{r.Base("about.title")})
}

type noticesPage struct {
	base
	Items      []service.NoticeView
	Next       string
	Own        bool
	MayPublish bool
}

func notices(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.NoticesInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		page := noticesPage{Own: in.Own}
		err := r.Read(func(tx *db.Tx, by access.Actor) error {
			list, err := a.Notices(tx, by, in)
			q := url.Values{}
			if in.Own {
				q.Set("own", "1")
			}
			page.Items, page.Next = list.Items, next("/notices", q, list.Next)
			page.MayPublish = !by.Visible(access.NoticesPublish).Empty()
			return err
		})
		if err != nil {
			return err
		}
		page.base = base{r.Base("notice.list_title")}
		return r.Render("service/notices", page)
	}
}

type noticePage struct {
	base
	Notice service.NoticeView
}

func showNotice(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.NoticeInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		n, err := web.Ask(r, a.Notice, in)
		if err != nil {
			return err
		}
		return r.Render("service/notice", noticePage{base{r.Base("notice.list_title")}, n})
	}
}

type noticeForm struct {
	base
	Notice service.NoticeView // zero for a new one
	Units  []web.Option
	Today  date.Date
}

// DateType is the kind of a field for a day: plain text for one that does not exist, which a date field would not show.
func (page noticeForm) DateType(name string) string {
	if page.Form.Error(name) != "" {
		return "text"
	}
	return "date"
}

func newNotice(a *service.Area) web.PageFunc {
	return func(r *web.Request) error { return showNewNotice(r, a, nil) }
}

func showNewNotice(r *web.Request, a *service.Area, form *web.Form) error {
	var page noticeForm
	var first string
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		units, err := a.Outlets(tx, by, service.OutletsInput{})
		for _, u := range units {
			page.Units = append(page.Units, web.Option{Value: u.ID.String(), Label: u.Name})
		}
		if len(units) > 0 {
			first = units[0].ID.String()
		}
		page.Today = tx.Today()
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("notice.new")}
	page.Form = web.Form{Values: url.Values{"unit": {first}}}
	if form != nil {
		page.Form = *form
	}
	return r.Render("service/notice-form", page)
}

func publish(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.PublishInput
		err := r.Bind(&in)
		if err == nil {
			if _, err = web.Do(r, a.Publish, in); err == nil {
				return r.SeeNote("/notices?own=1", "notice.published_note")
			}
		}
		return r.Again(err, func(f web.Form) error { return showNewNotice(r, a, &f) })
	}
}

func editNotice(a *service.Area) web.PageFunc {
	return func(r *web.Request) error { return showEdit(r, a, nil) }
}

func showEdit(r *web.Request, a *service.Area, form *web.Form) error {
	var in service.NoticeInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	var page noticeForm
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Notice, err = a.Notice(tx, by, in); err == nil && !page.Notice.MayChange {
			err = by.Require(access.NoticesPublish)
		}
		page.Today = tx.Today()
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("notice.edit_title")}
	page.Form = web.FormOf(service.EditInput{Title: page.Notice.Title, Body: page.Notice.Body, ExpiresOn: page.Notice.ExpiresOn})
	if form != nil {
		page.Form = *form
	}
	return r.Render("service/notice-form", page)
}

func saveNotice(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.EditInput
		err := r.Bind(&in)
		if err == nil {
			if _, err = web.Do(r, a.Edit, in); err == nil {
				return r.SeeNote("/notices?own=1", "notice.saved_note")
			}
		}
		return r.Again(err, func(f web.Form) error { return showEdit(r, a, &f) })
	}
}

func withdraw(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.NoticeInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := web.Do(r, a.Withdraw, in); err != nil {
			return err
		}
		return r.SeeNote("/notices?own=1", "notice.withdrawn_note")
	}
}

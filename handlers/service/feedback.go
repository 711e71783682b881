package service

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/service"
)

// sender takes feedback from page and API. It does not go through [web.Do]: that would keep the account
// beside the form's key, and with it who sent what.
type sender struct {
	area  *service.Area
	limit *limiter
}

func (s *sender) send(r *web.Request, key string, in service.SendInput) (out service.SendView, err error) {
	if !s.limit.allow(r.IP(), r.App.DB.Now()) {
		return out, fail.Limited("feedback.too_many")
	}
	var form db.FormID
	if err := form.UnmarshalText([]byte(key)); err != nil {
		return out, fail.Invalid("input.form_key").Because(err)
	}
	err = r.Write(func(tx *db.Tx, _ access.Actor) (err error) {
		do := func() (service.SendView, error) { return s.area.Send(tx, access.Visitor(), in) }
		if form.IsZero() {
			out, err = do()
			return err
		}
		out, err = db.Once(tx, db.Sending{Form: form, Op: "feedback.send", Hash: r.App.Digest(in.Page, in.Text)}, do)
		return err
	})
	return out, err
}

func (s *sender) api(r *web.Request, in service.SendInput) (service.SendView, error) {
	return s.send(r, r.Request.Header.Get("Idempotency-Key"), in)
}

func (s *sender) page(r *web.Request) error {
	var in service.SendInput
	err := r.Bind(&in)
	if err == nil {
		var sent service.SendView
		if sent, err = s.send(r, r.Form().Get("form_id"), in); err == nil {
			return r.See("/feedback/" + sent.Code + "?sent=1")
		}
	}
	return r.Again(err, func(f web.Form) error { return s.show(r, f) })
}

type feedbackPage struct {
	base
	Page     string // where the visitor was, as it will be kept
	Most     int
	Items    []service.FeedbackView
	More     bool
	MayInbox bool
}

func feedbackForm(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		return (&sender{area: a}).show(r, web.Form{Values: url.Values{"page": {service.PageOf(r.Query("page"))}}})
	}
}

// show shows the form above the newest answers.
func (s *sender) show(r *web.Request, f web.Form) error {
	page := feedbackPage{Page: service.PageOf(f.Value("page")), Most: service.MostText}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		list, err := s.area.Answered(tx, by, service.ListInput{Limit: 5})
		page.Items, page.More = list.Items, list.Next != ""
		page.MayInbox = by.Can(access.FeedbackAnswer)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("feedback.title")}
	page.Form = f
	return r.Render("service/feedback", page)
}

type codeInput struct {
	Code string `query:"code"`
}

// findFeedback leads from a typed code to its page.
func findFeedback(r *web.Request) error {
	var in codeInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if in.Code == "" {
		return r.See("/feedback")
	}
	return r.See("/feedback/" + url.PathEscape(in.Code))
}

type onePage struct {
	base
	Item service.FeedbackView
	Sent bool
}

func showFeedback(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.FindInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		item, err := web.Ask(r, a.Find, in)
		if err != nil {
			return err
		}
		return r.Render("service/one", onePage{base{r.Base("feedback.one_title", item.Code)}, item, r.Query("sent") == "1"})
	}
}

type listPage struct {
	base
	Items []service.FeedbackView
	Next  string
	Open  bool
}

func answers(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.ListInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		list, err := web.Ask(r, a.Answered, in)
		if err != nil {
			return err
		}
		return r.Render("service/answers", listPage{base{r.Base("feedback.answers_title")}, list.Items, next("/feedback/answers", nil, list.Next), false})
	}
}

// next is the address of the part of a list that follows, "" at its end.
func next(path string, q url.Values, after string) string {
	if after == "" {
		return ""
	}
	if q == nil {
		q = url.Values{}
	}
	q.Set("after", after)
	return path + "?" + q.Encode()
}

func inbox(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		in := service.InboxInput{Open: true}
		if err := r.Bind(&in); err != nil {
			return err
		}
		list, err := web.Ask(r, a.Inbox, in)
		if err != nil {
			return err
		}
		q := url.Values{"open": {map[bool]string{true: "1", false: "0"}[in.Open]}}
		return r.Render("service/inbox", listPage{base{r.Base("feedback.inbox_title")}, list.Items, next("/feedback/inbox", q, list.Next), in.Open})
	}
}

type answerPage struct {
	base
	Item service.FeedbackView
	Most int
}

func answerForm(a *service.Area) web.PageFunc {
	return func(r *web.Request) error { return showAnswer(r, a, nil) }
}

// showAnswer shows the form for an answer: as it is stored, or as it was sent when it has faults.
func showAnswer(r *web.Request, a *service.Area, form *web.Form) error {
	page := answerPage{Most: service.MostAnswer}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.Require(access.FeedbackAnswer); err != nil {
			return err
		}
		page.Item, err = a.Find(tx, by, service.FindInput{Code: r.Param("code")})
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("feedback.answer_label")}
	page.Form = web.FormOf(service.AnswerInput{Answer: page.Item.Answer, HideText: page.Item.TextHidden})
	if form != nil {
		page.Form = *form
	}
	return r.Render("service/answer", page)
}

// answerTo answers the feedback with this code.
func answerTo(a *service.Area, code string) web.Op[service.AnswerInput, service.FeedbackView] {
	return func(tx *db.Tx, by access.Actor, in service.AnswerInput) (service.FeedbackView, error) {
		if err := by.Require(access.FeedbackAnswer); err != nil {
			return service.FeedbackView{}, err // before looking
		}
		asked, err := a.Find(tx, by, service.FindInput{Code: code})
		if err != nil {
			return service.FeedbackView{}, err
		}
		in.ID = asked.ID
		return a.Answer(tx, by, in)
	}
}

func answerFeedback(a *service.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in service.AnswerInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, answerTo(a, r.Param("code")), in)
		}
		if err == nil {
			return r.SeeNote("/feedback/inbox", "feedback.answered_note")
		}
		return r.Again(err, func(f web.Form) error { return showAnswer(r, a, &f) })
	}
}

package attendance

import (
	"io"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/relay"
)

type relayPage struct {
	web.Base
	Receipts []relayed
}

type relayed struct {
	attendance.Receipt
	Session attendance.SessionView
}

// showRelay is 代传: where a clerk pastes what somebody's phone could not hand in.
func showRelay(r *web.Request) error {
	by, err := r.Signed()
	if err == nil {
		err = by.RequireAnywhere(access.SessionsRelay)
	}
	if err != nil {
		return err
	}
	return r.Render("attendance/relay", relayPage{Base: r.Base("relay.title")})
}

// relayText hands in the text, or the file with it, and shows the receipts: the text again is the same items.
func relayText(a *relay.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in relay.HandInInput
		err := r.Bind(&in)
		if err == nil {
			in.Text, err = withFile(r, in.Text)
		}
		var v relay.HandedIn
		if err == nil {
			v, err = web.Do(r, a.HandIn, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				page := relayPage{Base: r.Base("relay.title")}
				page.Form = f
				return r.Render("attendance/relay", page)
			})
		}
		page := relayPage{}
		err = r.Read(func(tx *db.Tx, by access.Actor) error {
			for _, one := range v.Receipts {
				s, err := attendance.Get(tx, by, attendance.SessionInput{ID: one.Session})
				if err != nil {
					return err
				}
				page.Receipts = append(page.Receipts, relayed{one, s.SessionView})
			}
			return nil
		})
		if err != nil {
			return err
		}
		page.Base = r.Base("relay.title")
		return r.Render("attendance/relay", page)
	}
}

// withFile adds the text of the file that was chosen, if one was.
func withFile(r *web.Request, text string) (string, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return text, nil
	}
	f, err := r.MultipartForm.File["file"][0].Open()
	if err != nil {
		return text, fail.Invalid("input.malformed").Because(err)
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, relay.MostText+1))
	if err != nil {
		return text, fail.Invalid("input.malformed").Because(err)
	}
	if text != "" {
		text += "\n"
	}
	return text + string(b), nil
}

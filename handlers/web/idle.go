package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
)

// A sign-in of an office ends when it was not used for half an hour. The database notes its use every five minutes only,
// so the browser brings along when exactly it was: a time with a mark that binds it to the sign-in. Whoever leaves the
// cookie out is not kept longer, and no other time can be made up.

const (
	usedCookie = "used"
	usedEvery  = 20 * time.Second // how exact the time is
)

// use is what a request says of the last use of its sign-in, before the mark was looked at.
type use struct {
	at    time.Time
	claim string
}

func usedBefore(r *http.Request) use {
	c, err := r.Cookie(usedCookie)
	if err != nil {
		return use{}
	}
	return use{claim: c.Value}
}

// idles is [accounts.Idles] for accounts that hold anything at all or nothing.
func idles(by access.Actor) bool { return by.SignedIn() && accounts.Idles(by) }

// lastUse is when the sign-in was used last.
func (w *App) lastUse(token string, u use, noted time.Time) time.Time {
	seconds, mark, _ := strings.Cut(u.claim, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || mark != w.Accounts.Sign("used", token+" "+seconds) {
		return noted
	}
	if at := time.Unix(n, 0); at.After(noted) {
		return at
	}
	return noted
}

// keepUse notes that a sign-in is used: for an office in the browser, for hosts and trainees by putting off its end.
func (w *App) keepUse(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if who, ok := ctx.Value(askerKey{}).(*asker); ok && who.actor.SignedIn() {
			now := w.DB.Now()
			switch office := idles(who.actor); {
			case office && now.Sub(who.used.at) >= usedEvery:
				w.setUsed(ctx, rw, now)
			case !office && accounts.Renews(who.actor) && w.sessions.Deadline(ctx).Before(now.Add(remembered-renewAfter)):
				w.sessions.SetDeadline(ctx, w.later().Add(remembered))
			}
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *App) setUsed(ctx context.Context, rw http.ResponseWriter, now time.Time) {
	seconds := strconv.FormatInt(now.Unix(), 10)
	http.SetCookie(rw, &http.Cookie{ //nolint:gosec // Secure exactly when the site is https
		Name: usedCookie, Value: seconds + "." + w.Accounts.Sign("used", hashToken(w.sessions.Token(ctx))+" "+seconds), Path: "/",
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: w.secureCookies(),
	})
}

// later is the later of both clocks: the site's, and that by which scs makes a cookie's age.
func (w *App) later() time.Time {
	now := time.Now() //nolint:forbidigo // scs makes the cookie's age from its own clock
	if site := w.DB.Now(); site.After(now) {
		return site
	}
	return now
}

// wasIdle reports that the request's sign-in has just ended for that.
func (r *Request) wasIdle() bool {
	who, ok := r.Context().Value(askerKey{}).(*asker)
	return ok && who.idle
}

package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-json-experiment/json"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
)

type prefs = accounts.Prefs

const accountKey = "account"

// newSessions keeps sign-ins in the database, their tokens hashed. No idle timeout of
// the library's: with one every GET would write. It is not made by scs.New, which starts a store in memory that nobody ends.
func newSessions(w *App) *scs.SessionManager {
	return &scs.SessionManager{
		Lifetime: officeDay, HashTokenInStore: true, Codec: plainCodec{}, Store: &signInStore{w: w, codec: plainCodec{}},
		Cookie: scs.SessionCookie{Name: "huotang", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: w.secureCookies(), Persist: true},
		ErrorFunc: func(rw http.ResponseWriter, r *http.Request, err error) {
			w.Log.ErrorContext(r.Context(), "sign-in store failed", "err", err)
			http.Error(rw, "503", http.StatusServiceUnavailable)
		},
	}
}

// asker is who asks, as read with the sign-in: a request that only reads need not ask again.
type asker struct {
	actor access.Actor
	prefs prefs
	news  int  // messages that wait for the actor
	used  use  // when the sign-in was used last, as the browser brings it
	idle  bool // the sign-in has ended now, since it was not used
}

type askerKey struct{}

// withAsker makes room for who asks.
func withAsker(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), askerKey{}, &asker{used: usedBefore(r)})))
	})
}

// plainCodec keeps a sign-in's few words as JSON: the library's own codec describes its types anew each time, which
// costs more than the rest of a request's sign-in.
type plainCodec struct{}

type plainSignIn struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec for values that are all strings.
func (plainCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	in := plainSignIn{deadline, make(map[string]string, len(values))}
	for k, v := range values {
		in.Values[k] = text(v)
	}
	return json.Marshal(in) //nolint:wrapcheck // told by scs's ErrorFunc
}

// Decode implements scs.Codec.
func (plainCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var in plainSignIn
	if err := json.Unmarshal(b, &in); err != nil {
		return time.Time{}, nil, err //nolint:wrapcheck // told by scs's ErrorFunc
	}
	values := make(map[string]any, len(in.Values))
	for k, v := range in.Values {
		values[k] = v
	}
	return in.Deadline, values, nil
}

// signInStore is scs's store on the rows of models/accounts.
type signInStore struct {
	w     *App
	codec scs.Codec
}

// FindCtx reads a sign-in, and notes that it is used where the last note is stale.
func (s *signInStore) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	stale, idle := false, false
	err = s.w.DB.Peek(ctx, func(tx *db.Tx) error {
		in, actor, p, err := accounts.SignedIn(tx, token, s.w.inbox)
		b, stale = in.Data, in.Stale(tx.Now)
		if who, ok := ctx.Value(askerKey{}).(*asker); ok && err == nil {
			who.actor, who.prefs, who.news = actor, p, in.Beside
			who.used.at = s.w.lastUse(token, who.used, in.SeenAt)
			idle = idles(actor) && tx.Now.Sub(who.used.at) >= accounts.IdleLimit
			if idle {
				who.actor, who.prefs, who.idle = access.Actor{}, prefs{}, true
			}
		}
		return err
	})
	if fail.KindOf(err) == fail.Missing {
		return nil, false, nil
	}
	if err == nil && idle {
		return nil, false, s.DeleteCtx(ctx, token)
	}
	if err == nil && stale {
		s.touch(ctx, token)
	}
	return b, err == nil, err
}

// touch keeps when a sign-in was last used. No request fails for it.
func (s *signInStore) touch(ctx context.Context, token string) {
	if err := s.w.DB.Write(ctx, func(tx *db.Tx) error { return accounts.Touch(tx, token) }); err != nil {
		s.w.Log.WarnContext(ctx, "last use of a sign-in not stored", "err", err)
	}
}

// CommitCtx stores a sign-in.
func (s *signInStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := s.codec.Decode(b)
	if err != nil {
		return err //nolint:wrapcheck // told by scs's ErrorFunc
	}
	in := accounts.SignIn{Token: token, Data: b, ExpiresAt: expiry.UTC()}
	if err := in.Account.UnmarshalText([]byte(text(values[accountKey]))); err != nil {
		return err //nolint:wrapcheck // told by scs's ErrorFunc
	}
	in.Agent = text(values["agent"])
	return s.w.DB.Write(ctx, func(tx *db.Tx) error { return accounts.KeepSignIn(tx, in) })
}

func text(v any) string { s, _ := v.(string); return s }

// DeleteCtx ends a sign-in.
func (s *signInStore) DeleteCtx(ctx context.Context, token string) error {
	return s.w.DB.Write(ctx, func(tx *db.Tx) error { return accounts.DropSignIn(tx, token) })
}

var errNoContext = errors.New("web: the sign-in store wants a context")

// Find, Commit and Delete are scs's older interface, which it does not call here.
func (s *signInStore) Find(string) ([]byte, bool, error)      { return nil, false, errNoContext }
func (s *signInStore) Commit(string, []byte, time.Time) error { return errNoContext }
func (s *signInStore) Delete(string) error                    { return errNoContext }

// hasSignIn reports whether the request came with a sign-in that has not expired.
func (w *App) hasSignIn(ctx context.Context) bool { return w.sessions.GetString(ctx, accountKey) != "" }

// Account is that of the request's sign-in, zero for visitors; known without a query. Whether it may still sign in is not.
func (r *Request) Account() accounts.AccountID {
	var account accounts.AccountID
	if err := account.UnmarshalText([]byte(r.App.sessions.GetString(r.Context(), accountKey))); err != nil {
		return accounts.AccountID{}
	}
	return account
}

// comesSignedIn reports whether the request came with the sign-in of an account that may use it, as far as is known
// without another look into the database; units of work ask for themselves.
func (w *App) comesSignedIn(ctx context.Context) bool {
	if !w.hasSignIn(ctx) {
		return false
	}
	who, ok := ctx.Value(askerKey{}).(*asker)
	return !ok || who.actor.SignedIn()
}

// signedIn gives the actor of the request's sign-in; a visitor when there is none, or when the
// account may no longer sign in.
func (w *App) signedIn(tx *db.Tx, ctx context.Context) (access.Actor, prefs, error) { //nolint:revive // ctx is of the request, tx has its own
	s := w.sessions.GetString(ctx, accountKey)
	if s == "" {
		return access.Visitor(), prefs{}, nil
	}
	var account accounts.AccountID
	if err := account.UnmarshalText([]byte(s)); err != nil {
		return access.Visitor(), prefs{}, nil
	}
	actor, p, err := w.actor(tx, ctx, account)
	if fail.KindOf(err) == fail.Unauthenticated {
		return access.Visitor(), prefs{}, nil
	}
	if err == nil && len(actor.Grants()) == 0 { // not yet trusted with anything, or no longer: what every visitor may
		actor = access.New(actor.Account, actor.Person, actor.Name, access.Visitor().Grants())
	}
	return actor, p, err
}

// actor reads who asks. A unit of work that writes reads it for itself, so that no right outlives its grant
// while a body comes in.
func (w *App) actor(tx *db.Tx, ctx context.Context, account accounts.AccountID) (access.Actor, prefs, error) { //nolint:revive // as above
	if who, ok := ctx.Value(askerKey{}).(*asker); ok && !tx.Writes() && who.actor.Account == account {
		return who.actor, who.prefs, nil
	}
	return accounts.Actor(tx, account)
}

// How long a sign-in lasts: that of an office a working day, and less when it is not used; those of hosts and trainees are
// remembered as long as they come now and then.
const (
	officeDay  = 12 * time.Hour
	remembered = 180 * 24 * time.Hour
	renewAfter = 30 * 24 * time.Hour
)

// SignIn binds the browser to the account, under a new token.
func (r *Request) SignIn(account accounts.AccountID) error {
	m, ctx := r.App.sessions, r.Context()
	if err := m.RenewToken(ctx); err != nil {
		return err //nolint:wrapcheck // scs names itself
	}
	m.Put(ctx, accountKey, account.String())
	m.Put(ctx, "agent", agent(r.UserAgent()))
	r.known = false
	by, err := r.Who()
	if err != nil {
		return err
	}
	if idles(by) {
		m.SetDeadline(ctx, time.Now().Add(officeDay)) //nolint:forbidigo // scs makes the cookie's age from its own clock
	} else {
		m.SetDeadline(ctx, r.App.later().Add(remembered))
	}
	m.Remove(ctx, pendingKey)
	return nil
}

// agent is a short word for a browser, for the list of one's sign-ins.
func agent(ua string) string {
	for _, known := range []struct{ part, name string }{
		{"MicroMessenger", "WeChat"},
		{"Android", "Android"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Windows", "Windows"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
	} {
		if strings.Contains(ua, known.part) {
			return known.name
		}
	}
	return ""
}

// SignOut ends the browser's sign-in.
func (r *Request) SignOut() error {
	return r.App.sessions.Destroy(r.Context()) //nolint:wrapcheck // scs names itself
}

// Token is the hash under which the request's sign-in is kept, "" for none.
func (r *Request) Token() string {
	return hashToken(r.App.sessions.Token(r.Context()))
}

func signOut(r *Request) error {
	if err := r.SignOut(); err != nil {
		return err
	}
	return r.See("/")
}

// keepPrefs stores a change of the look with the account, when one is signed in.
func (r *Request) keepPrefs(change func(*prefs)) error {
	by, err := r.Who()
	if err != nil || !by.SignedIn() {
		return err
	}
	p := r.Prefs
	change(&p)
	_, err = Do(r, accounts.SetPrefs, p)
	return err
}

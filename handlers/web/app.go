// Package web is what every area's pages and endpoints stand on: it turns an op
// into a JSON endpoint ([Get], [Post]) or into a page ([Pages]), binds input,
// renders views, shows errors in one place, and keeps sign-ins.
//
// An area never opens a unit of work, reads a cookie or writes a status itself:
//
//	func Mount(p *web.Pages, api *web.API, at *attendance.Area) {
//		p.Views(views)
//		p.Post("/sessions/:id/roll", submitRoll(at))   // bind → op → 303, or the form again with 422
//		web.Post(api, "/sessions/:id/roll", at.Submit) // the op itself, as JSON
//	}
//
// What is sent twice is done once, see [Do]: the answer is kept for a while and given again, but to the account that sent
// it and only while it holds the same grants; what was sent is told apart by a keyed hash. An answer with a field tagged
// `kept:"never"`, a telephone number or a code, is kept nowhere.
package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"huotang/handlers/static"
	"huotang/models/accounts"
	"huotang/models/db"
)

// Config is what the web layer needs to know; package configs fills it.
type Config struct {
	BaseURL        string // "https://…"; decides about Secure cookies and HSTS
	TrustedProxies []string
	StoreOrigin    string // origin of presigned addresses, "" when the app serves videos
	Demo           bool   // sign-in cards for every role
	SecondFactor   bool   // counties and townships sign in with one
	Version        string
	FormKey        []byte // of 32 bytes, the same on every replica: tells forms apart that were sent, see [Do]
}

const formKeySize = 32

// App holds what requests share. It is safe for concurrent use once [App.Handler] was called.
type App struct {
	Config
	DB       *db.DB
	Accounts *accounts.Area
	Log      *slog.Logger
	Registry *prometheus.Registry

	engine   *gin.Engine
	sessions *scs.SessionManager
	views    map[string]*template.Template
	worded   sync.Map // of views by viewKey, with the words of a language
	shared   *template.Template
	routes   []Route
	ready    []check
	gate     Gate            // nil for none
	inbox    accounts.Beside // none where there is no way to the messages
	requests *prometheus.HistogramVec
	document func() ([]byte, error) // OpenAPI, made at its first request

	countyName atomic.Pointer[countyName]
}

type check struct {
	name string
	ok   func(context.Context) error
}

// Route is one registered route; the permission tests and OpenAPI are made from them.
type Route struct {
	Method string
	Path   string // gin's form: "/sites/:id"
	API    bool
	Public bool     // an API route that needs no account
	File   bool     // an API route whose body is a file
	Gives  []string // content types of the file that an API route answers with, nil for JSON

	Confirmed bool   // asks for the second factor again, see [Pages.Confirmed]
	Op        string // name of the op behind an API route
	In        any    // zero input of an API route
	Out       any    // zero output of an API route
}

// New makes an app without areas; the caller mounts them and asks for the [App.Handler].
func New(cfg Config, d *db.DB, acc *accounts.Area, log *slog.Logger) (*App, error) {
	if len(cfg.FormKey) != formKeySize {
		return nil, fmt.Errorf("web: the key of the forms has %d bytes", len(cfg.FormKey))
	}
	gin.SetMode(gin.ReleaseMode)
	w := &App{
		Config: cfg, DB: d, Accounts: acc, Log: log, Registry: prometheus.NewRegistry(),
		engine: gin.New(), views: map[string]*template.Template{},
	}
	w.engine.HandleMethodNotAllowed = true
	w.engine.ContextWithFallback = true
	w.engine.MaxMultipartMemory = 1 << 20
	if err := w.engine.SetTrustedProxies(cfg.TrustedProxies); err != nil {
		return nil, fmt.Errorf("web: trusted proxies: %w", err)
	}
	w.sessions = newSessions(w)
	w.document = sync.OnceValues(w.makeDocument)
	if err := w.parseShared(); err != nil {
		return nil, err
	}
	w.metrics()
	w.engine.Use(w.observe, w.recoverPanic)
	w.engine.NoRoute(w.page(func(*Request) error { return errNoPage }))
	w.engine.NoMethod(w.page(func(*Request) error { return errNoMethod }))
	w.system()
	return w, nil
}

// Pages gives the registrar of HTML pages.
func (w *App) Pages() *Pages { return &Pages{w: w} }

// API gives the registrar of JSON endpoints, below /api/v1.
func (w *App) API() *API { return &API{w: w, group: w.engine.Group("/api/v1")} }

// Routes lists what was mounted, in order.
func (w *App) Routes() []Route { return w.routes }

// ReadyWhen adds a check to /readyz.
func (w *App) ReadyWhen(name string, ok func(context.Context) error) {
	w.ready = append(w.ready, check{name, ok})
}

// Handler is the whole: cross-site writes stopped, sign-ins loaded, routes served.
func (w *App) Handler() http.Handler {
	routes := withAsker(w.sessions.LoadAndSave(w.keepUse(w.engine)))
	guarded := http.NewCrossOriginProtection().Handler(compress(routes))
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.secure(rw.Header())
		if plain(r.URL.Path) {
			w.engine.ServeHTTP(rw, r) // no sign-in to load, nothing to protect
			return
		}
		guarded.ServeHTTP(rw, r)
	})
}

func plain(path string) bool {
	return strings.HasPrefix(path, static.Prefix) || strings.HasPrefix(path, "/icon-") || path == "/favicon.svg" || path == "/manifest.webmanifest" || path == "/sw.js" || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// secureCookies reports whether people reach the site by https.
func (w *App) secureCookies() bool { return strings.HasPrefix(w.BaseURL, "https://") }

// Root serves a text of ours at the root that browsers ask for by themselves, to everybody and without looking who asks: the service
// worker. They ask each time whether it is still the same.
func (w *App) Root(path, kind string, body []byte) {
	packed := static.Pack(body)
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	w.engine.GET(path, func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Header("Content-Type", kind)
		c.Header("ETag", tag)
		c.Header("Vary", "Accept-Encoding")
		send := body
		if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
			c.Header("Content-Encoding", "gzip")
			send = packed
		}
		http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(send)) // 304 for who has it
	})
}

// SetCounty gives the county's own name for the header of every page; it may change while the app runs.
func (w *App) SetCounty(name string) { w.countyName.Store(&countyName{name, w.DB.Now()}) }

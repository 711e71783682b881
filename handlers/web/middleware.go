package web

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"huotang/models/db"
	"huotang/models/id"
)

// compress packs pages and JSON at the cheapest level; files and videos are left alone.
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.ContentTypes([]string{"text/html", "application/json", "application/problem+json", "image/svg+xml", "text/csv"}))
	if err != nil {
		panic(err) // the options are constants
	}
	return wrap(next)
}

func (w *App) metrics() {
	w.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "huotang_http_request_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "route", "status"})
	w.Registry.MustRegister(w.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(w.DB.Pool(), w.DB.Driver()))
}

var safeRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// observe gives the request its ID, and counts and logs it when it has been answered.
func (w *App) observe(c *gin.Context) {
	begin := time.Now() //nolint:forbidigo // measures elapsed time, no fact of the domain
	rid := c.GetHeader("X-Request-ID")
	if !safeRequestID.MatchString(rid) {
		rid = id.New[struct{}]().String()
	}
	c.Request = c.Request.WithContext(db.WithRequestID(c.Request.Context(), rid))
	c.Header("X-Request-ID", rid)
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	took := time.Since(begin)
	w.requests.WithLabelValues(c.Request.Method, route, strconv.Itoa(c.Writer.Status())).Observe(took.Seconds())
	w.Log.DebugContext(c.Request.Context(), "request", "request_id", rid, "method", c.Request.Method,
		"route", route, "status", c.Writer.Status(), "ms", float64(took.Microseconds())/1000, "bytes", c.Writer.Size())
}

// recoverPanic turns a panic into the page or problem of an internal error.
func (w *App) recoverPanic(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler { //nolint:errorlint,err113 // net/http's own sentinel, a panic value
			panic(p)
		}
		r := w.request(c)
		err := fmt.Errorf("web: panic: %v\n%s", p, debug.Stack())
		if c.Writer.Written() {
			w.Log.ErrorContext(r.Context(), "panic in the middle of an answer", "err", err)
			return
		}
		if r.isAPI() {
			r.problem(err)
		} else {
			r.errorPage(err)
		}
		c.Abort()
	}()
	c.Next()
}

// secure sets the headers that keep scripts, frames and referrers of others out, on whatever is answered.
func (w *App) secure(h http.Header) {
	store := ""
	if w.StoreOrigin != "" {
		store = " " + w.StoreOrigin
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"media-src 'self'"+store+"; connect-src 'self'"+store+"; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if w.secureCookies() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

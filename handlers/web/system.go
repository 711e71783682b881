package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"huotang/handlers/static"
)

// system mounts what no area owns: health, readiness, metrics, static files, signing in, and the switches of the look.
func (w *App) system() {
	w.engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	w.engine.GET("/readyz", w.readyz)
	w.engine.GET("/metrics", gin.WrapH(promhttp.HandlerFor(w.Registry, promhttp.HandlerOpts{})))
	w.engine.GET(static.Prefix+"*file", gin.WrapF(static.Serve))
	w.engine.HEAD(static.Prefix+"*file", gin.WrapF(static.Serve))
	for _, name := range []string{"favicon.svg", "manifest.webmanifest"} {
		w.engine.GET("/"+name, gin.WrapF(static.Root(name)))
	}
	for _, name := range []string{"icon-192.png", "icon-512.png"} {
		w.engine.GET("/"+name, gin.WrapF(static.Root("icons/"+name)))
	}
	w.engine.GET("/api/v1/openapi.json", w.openAPI)
	p := w.Pages()
	p.Get("/sign-in", signInPage)
	p.Post("/sign-in", signInForm)
	p.Get("/sign-in/second", secondPage)
	p.Post("/sign-in/second", secondForm)
	p.Get("/sign-in/paper", paperPage)
	p.Get("/sign-in/confirm", confirmPage)
	p.Post("/sign-in/confirm", confirmForm)
	p.Post("/sign-in/move", moveForm)
	p.Post("/sign-in/forget", forgetForm)
	p.Post("/sign-out", signOut)
	p.Post("/elder", setElder)
	p.Post("/language", setLanguage)
	api := w.API().Public()
	Serve(api, http.MethodPost, "/sign-in", "accounts.SignIn", apiSignIn)
	Serve(api, http.MethodPost, "/sign-out", "accounts.SignOut", apiSignOut)
	Serve(api, http.MethodPost, "/sign-in/factor", "accounts.StartFactor", apiFactor)
	Serve(api, http.MethodPost, "/sign-in/factor/confirm", "accounts.TakeFactor", apiTakeFactor)
	Serve(w.API(), http.MethodPost, "/sign-in/confirm", "accounts.Confirm", apiConfirm)
	if w.Demo {
		p.Post("/demo/sign-in", demoForm)
		Serve(api, http.MethodPost, "/demo/sign-in", "accounts.Demo", apiDemo)
	}
}

// readyz is 200 when the database answers with the right schema and every check holds.
func (w *App) readyz(c *gin.Context) {
	ctx := c.Request.Context()
	var bad []string
	if err := w.DB.Ping(ctx); err != nil {
		bad = append(bad, "database: "+err.Error())
	}
	for _, ready := range w.ready {
		if err := ready.ok(ctx); err != nil {
			bad = append(bad, ready.name+": "+err.Error())
		}
	}
	if len(bad) > 0 {
		w.Log.WarnContext(ctx, "not ready", "checks", bad)
		names := make([]string, len(bad))
		for i, b := range bad {
			names[i], _, _ = strings.Cut(b, ":") // details are for the log
		}
		c.String(http.StatusServiceUnavailable, "not ready: "+strings.Join(names, ", ")+"\n")
		return
	}
	c.String(http.StatusOK, "ready\n")
}

// back is where a switch was pressed: a path of this site, never another one.
func (r *Request) back() string {
	to := r.Form().Get("back")
	if !localPath(to) {
		return "/"
	}
	return to
}

// localPath reports a path of this site; "//host" and "/\host" would leave it, and so would "/", a tab and "/host": browsers
// drop tabs and line ends from an address.
func localPath(p string) bool {
	control := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
	return strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.ContainsFunc(p, control)
}

const year = 365 * 24 * 60 * 60 // seconds

func setElder(r *Request) error {
	step := elderStep(r.Form().Get("elder"))
	r.cookie(elderCookie, strconv.Itoa(step), year)
	if err := r.keepPrefs(func(p *prefs) { p.Elder = elderSteps[step] }); err != nil {
		return err
	}
	return r.See(r.back())
}

func setLanguage(r *Request) error {
	value := "zh-CN"
	if r.Form().Get("language") == "en" {
		value = "en"
	}
	r.cookie(langCookie, value, year)
	if err := r.keepPrefs(func(p *prefs) { p.Language = value }); err != nil {
		return err
	}
	return r.See(r.back())
}

package web

import (
	"net/http"
	"strings"
)

// oldEngine reports the engine of Internet Explorer, in which the browsers of many offices open what they do not know. It shows
// neither the look nor the forms of this site as they are meant.
func oldEngine(agent string) bool {
	return strings.Contains(agent, "MSIE ") || strings.Contains(agent, "Trident/")
}

type engineView struct{ Base }

// changeEngine answers any page with how to change the engine. Nothing is read and nothing is done. The status is 200, for the old
// engine puts a page of its own in the place of short errors.
func (r *Request) changeEngine() {
	if err := r.render(http.StatusOK, "web/engine", engineView{Base{Title: r.T("web.engine_title"), Lang: r.Lang(), County: r.App.county(r.Lang())}}); err != nil {
		r.App.Log.ErrorContext(r.Context(), "page for an old engine failed", "err", err)
		http.Error(r.gin.Writer, r.T("web.engine_title"), http.StatusOK)
	}
}

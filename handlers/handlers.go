// Package handlers is the one list of areas that people and programs reach over HTTP.
// An area's pages and endpoints lie in the folder of its word; what they share is package web.
package handlers

import (
	"net/http"

	"huotang/handlers/org"
	"huotang/handlers/people"
	"huotang/handlers/web"
	"huotang/jobs"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
)

// Areas are the rooms behind the pages, built and connected in app.
type Areas struct {
	Accounts   *accounts.Area
	Courses    *courses.Area
	Attendance *attendance.Area
	Jobs       *jobs.Scheduler
}

// New mounts every area and gives the whole as one handler. It is called once for a web.App.
func New(w *web.App, _ Areas) http.Handler {
	p, api := w.Pages(), w.API()
	org.Mount(p, api)
	people.Mount(p, api)
	return w.Handler()
}

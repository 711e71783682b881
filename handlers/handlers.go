// Package handlers is the one list of areas that people and programs reach over HTTP.
// An area's pages and endpoints lie in the folder of its word; what they share is package web.
package handlers

import (
	"net/http"

	accountpages "huotang/handlers/accounts"
	rollpages "huotang/handlers/attendance"
	"huotang/handlers/calendar"
	coursepages "huotang/handlers/courses"
	planpages "huotang/handlers/curricula"
	jobpages "huotang/handlers/jobs"
	"huotang/handlers/org"
	"huotang/handlers/people"
	"huotang/handlers/progress"
	reportpages "huotang/handlers/reports"
	servicepages "huotang/handlers/service"
	videopages "huotang/handlers/videos"
	"huotang/handlers/web"
	"huotang/jobs"
	"huotang/media"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/service"
)

// Areas are the rooms behind the pages, built and connected in app.
type Areas struct {
	Accounts   *accounts.Area
	Courses    *courses.Area
	Curricula  *curricula.Area
	Attendance *attendance.Area
	Service    *service.Area
	Library    *media.Library
	Jobs       *jobs.Scheduler
}

// New mounts every area and gives the whole as one handler. It is called once for a web.App.
func New(w *web.App, a Areas) http.Handler {
	p, api := w.Pages(), w.API()
	accountpages.Mount(p, api, a.Accounts)
	org.Mount(p, api)
	people.Mount(p, api)
	calendar.Mount(p, api)
	coursepages.Mount(p, api, a.Courses)
	planpages.Mount(p, api, a.Curricula)
	videopages.Mount(p, api, a.Library)
	rollpages.Mount(p, api, a.Attendance)
	progress.Mount(p, api)
	servicepages.Mount(p, api, a.Service)
	reportpages.Mount(p, api)
	jobpages.Mount(p, api, a.Jobs)
	return w.Handler()
}

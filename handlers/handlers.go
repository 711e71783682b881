// Package handlers is the one list of areas that people and programs reach over HTTP.
// An area's pages and endpoints lie in the folder of its word; what they share is package web.
package handlers

import (
	"net/http"

	rightpages "huotang/handlers/access"
	accountpages "huotang/handlers/accounts"
	rollpages "huotang/handlers/attendance"
	"huotang/handlers/calendar"
	coursepages "huotang/handlers/courses"
	planpages "huotang/handlers/curricula"
	exchangepages "huotang/handlers/exchange"
	feedpages "huotang/handlers/feeds"
	importpages "huotang/handlers/imports"
	jobpages "huotang/handlers/jobs"
	messagepages "huotang/handlers/messages"
	"huotang/handlers/org"
	paperpages "huotang/handlers/papers"
	peoplepages "huotang/handlers/people"
	photopages "huotang/handlers/photos"
	privacypages "huotang/handlers/privacy"
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
	"huotang/models/exchange"
	"huotang/models/feeds"
	"huotang/models/imports"
	"huotang/models/messages"
	"huotang/models/people"
	"huotang/models/privacy"
	"huotang/models/relay"
	"huotang/models/seal"
	"huotang/models/service"
)

// Areas are the rooms behind the pages, built and connected in app.
type Areas struct {
	Phones     *seal.Ring // seals telephone numbers
	People     *people.Area
	Accounts   *accounts.Area
	Privacy    *privacy.Area
	Courses    *courses.Area
	Curricula  *curricula.Area
	Exchange   *exchange.Area
	Feeds      *feeds.Area
	Attendance *attendance.Area
	Relay      *relay.Area
	Service    *service.Area
	Library    *media.Library
	Album      *media.Album
	Imports    *imports.Area
	Messages   *messages.Area
	Jobs       *jobs.Scheduler
	Importer   *jobs.Importer // works for Imports
	Sender     *jobs.Sender   // works for Messages
}

// New mounts every area and gives the whole as one handler. It is called once for a web.App.
func New(w *web.App, a Areas) http.Handler {
	p, api := w.Pages(), w.API()
	accountpages.Mount(p, api, a.Accounts)
	privacypages.Mount(p, api, a.Privacy)
	rightpages.Mount(p, api)
	org.Mount(p, api, a.People)
	peoplepages.Mount(p, api, a.People)
	calendar.Mount(p, api)
	feedpages.Mount(p, api, a.Feeds)
	coursepages.Mount(p, api, a.Courses)
	planpages.Mount(p, api, a.Curricula)
	videopages.Mount(p, api, a.Library)
	exchangepages.Mount(p, api, a.Exchange)
	rollpages.Mount(p, api, a.Attendance, a.Relay)
	photopages.Mount(p, api, a.Album)
	paperpages.Mount(p, api, a.Album, a.Attendance)
	progress.Mount(p, api)
	servicepages.Mount(p, api, a.Service)
	importpages.Mount(p, api, a.Imports)
	messagepages.Mount(p, api, a.Messages)
	reportpages.Mount(p, api, a.People, a.Attendance)
	jobpages.Mount(p, api, a.Jobs)
	return w.Handler()
}

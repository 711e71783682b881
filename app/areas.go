package main

import (
	"huotang/configs"
	"huotang/handlers"
	"huotang/jobs"
	"huotang/media"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/progress"
	"huotang/models/service"
	"huotang/models/videos"
)

// connect builds the areas from left to right and registers what one must notice of
// another. Callbacks run in the order in which they stand here.
func connect(cfg configs.Config, d *db.DB, store media.Store) handlers.Areas {
	a := handlers.Areas{
		Accounts:   accounts.New(cfg.Key("accounts")),
		Courses:    courses.New(),
		Curricula:  curricula.New(),
		Attendance: attendance.New(),
		Service:    service.New(),
		Library:    &media.Library{DB: d, Store: store, Limit: cfg.UploadLimit()},
	}
	a.Courses.OnReview(videos.BeforeReview)
	a.Attendance.OnSubmitted(progress.Credit)
	return a
}

// everyJob lists what the machine does by itself.
func everyJob(a handlers.Areas) []jobs.Job {
	return []jobs.Job{
		jobs.CalendarPlan(),
		jobs.Housekeeping(),
		jobs.VideosSweep(a.Library),
		jobs.TalliesCheck(),
	}
}

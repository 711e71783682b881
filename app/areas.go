package main

import (
	"huotang/configs"
	"huotang/handlers"
	"huotang/jobs"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
)

// connect builds the areas from left to right and registers what one must notice of
// another. Callbacks run in the order in which they stand here.
func connect(cfg configs.Config) handlers.Areas {
	return handlers.Areas{
		Accounts:   accounts.New(cfg.Key("accounts")),
		Courses:    courses.New(),
		Attendance: attendance.New(),
	}
}

// everyJob lists what the machine does by itself.
func everyJob(handlers.Areas) []jobs.Job {
	return []jobs.Job{
		jobs.CalendarPlan(),
		jobs.Housekeeping(),
	}
}

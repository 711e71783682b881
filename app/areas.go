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
	"huotang/models/exchange"
	"huotang/models/feeds"
	"huotang/models/imports"
	"huotang/models/messages"
	"huotang/models/people"
	"huotang/models/privacy"
	"huotang/models/progress"
	"huotang/models/relay"
	"huotang/models/service"
	"huotang/models/videos"
)

// connect builds the areas from left to right and registers what one must notice of
// another. Callbacks run in the order in which they stand here.
func connect(cfg configs.Config, d *db.DB, store media.Store) (handlers.Areas, error) {
	phones, err := cfg.PhoneRing()
	if err != nil {
		return handlers.Areas{}, err
	}
	a := handlers.Areas{
		Phones:     phones,
		People:     people.New(phones),
		Privacy:    privacy.New(phones),
		Accounts:   accounts.New(cfg.Key("accounts")),
		Courses:    courses.New(),
		Curricula:  curricula.New(),
		Exchange:   exchange.New(),
		Feeds:      feeds.New(cfg.Key("feeds")),
		Attendance: attendance.New(),
		Service:    service.New(),
		Library:    &media.Library{DB: d, Store: store, Limit: cfg.UploadLimit()},
		Album:      media.NewAlbum(d, store),
	}
	a.Relay = relay.New(cfg.Key("relay"), a.Attendance)
	a.Accounts.SealWith(phones)
	a.Imports = imports.New(phones, a.People)
	quiet, err := messages.ParseQuiet(cfg.Webhook.QuietFrom, cfg.Webhook.QuietUntil)
	if err != nil {
		return handlers.Areas{}, err
	}
	a.Messages = messages.New(a.People, quiet, cfg.Webhook.On())
	a.Messages.Listen(d)
	for _, part := range []people.Part{privacy.PeoplePart(), accounts.PeoplePart(), attendance.PeoplePart(), progress.PeoplePart()} {
		a.People.OnMerged(part)
	}
	for _, k := range []people.Keeper{attendance.SiteKeeper(), accounts.SiteKeeper()} {
		a.People.OnHandover(k)
	}
	a.Courses.OnReview(videos.BeforeReview)
	a.Exchange.OnTaught(attendance.TaughtAt)
	a.Attendance.OnSubmitted(progress.Credit)
	return a, nil
}

// everyJob lists what the machine does by itself, each at its time.
func everyJob(times configs.Schedules, a handlers.Areas) []jobs.Job {
	return jobs.At(times,
		jobs.CalendarPlan(),
		jobs.CalendarAnnounce(),
		jobs.CalendarNoRecord(),
		jobs.CalendarClose(),
		jobs.AccountsCloseLeft(),
		jobs.Retention(a.Privacy),
		jobs.VideosSweep(a.Library, a.Album),
		jobs.TalliesCheck(),
		jobs.RollsAsk(),
		jobs.Digest(a.Messages),
	)
}

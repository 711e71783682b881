package handlers_test

import (
	"strings"

	"huotang/models/db"
	"huotang/models/feeds"
)

// fillFeeds lets the host at Site and the one at Far subscribe.
func (w *world) fillFeeds() {
	for name, host := range map[string]string{"feed": "host inside", "farfeed": "host outside"} {
		by := w.who(host).actor
		w.do(func(tx *db.Tx) error {
			v, err := w.areas.Feeds.Make(tx, by, feeds.MakeInput{Kind: feeds.Own})
			if err != nil {
				return err
			}
			w.name(name, v.ID)
			a, err := w.areas.Feeds.Get(tx, by, feeds.FeedInput{ID: v.ID})
			w.ids[name+".secret"] = strings.TrimSuffix(strings.TrimPrefix(a.Path, "/ics/"), ".ics")
			return err
		})
	}
}

package main

import (
	"testing"

	"huotang/handlers/web/browsertest"
)

// countyEvening gives a county whose first school has an evening before it: so many are due, so many others are on the roster, the lessons are
// published.
func countyEvening(t *testing.T, due, others int) (*place, *county) {
	t.Helper()
	h := onDisk(t)
	c := newCounty(t, h, due, others)
	published(t, h, c)
	return h, c
}

// holds calls the roll of the evening on the kept page, everybody present, and hands it in: by its four taps.
func holds(p *browsertest.Person) {
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.Tap("交名单")
	p.Tap("没错,交")
}

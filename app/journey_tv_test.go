package main

import (
	"testing"
)

// The host's two pages that come to stand on a TV of 1920×1080: nothing is cut off, small or beside the screen, what to press is seen
// without scrolling, and the lesson has a way to tell us.
func TestOnATV(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 20, 5)
	published(t, h, c)
	host := h.phone(t, c.host)
	host.OnTV()
	look := func(next string, sizes ...int) {
		t.Helper()
		for _, size := range sizes {
			host.Look(size)
			host.See(next)
			host.NoSideScroll()
			host.Axe()
			host.Targets(44)
			host.Type(18)
		}
		host.Look(1)
		host.Outline()
		h.settled(host)
	}
	host.Open("/today")
	look("开始今晚的活动", 1, 2)
	host.Tap("开始今晚的活动")
	look("去点名", 0, 1, 2) // read from across the room, in any size
	host.See("提意见")
	host.Tap("提意见")
	host.At("/feedback*")
	host.See("提意见")
}

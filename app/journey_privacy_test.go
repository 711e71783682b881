package main

import (
	"os"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/people"
)

func (h *place) nameOf(t *testing.T, person access.PersonID) (name string) {
	t.Helper()
	h.env.See(t, func(tx *db.Tx) error {
		names, err := people.Names(tx, []access.PersonID{person})
		name = names[person]
		return err
	})
	return name
}

// A number is masked until somebody who may call asks for it; that he asked is seen by the county.
func TestJourneyRevealPhone(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		name := h.nameOf(t, c.members[1])
		h.env.Do(t, func(tx *db.Tx) error {
			_, err := h.areas.People.SetPhone(tx, access.System("test"), people.SetPhoneInput{Person: c.members[1], Phone: "13812345678"})
			return err
		})
		clerk := h.desk(t, c.clerk)
		clerk.Open("/people/" + c.members[1].String())
		clerk.See("138****5678")
		clerk.NotSee("13812345678")
		clerk.Tap("看完整号码")
		clerk.See("13812345678", "看号码已记录在案")
		clerk.Open("/people/" + c.members[1].String())
		clerk.NotSee("13812345678")

		office := h.desk(t, c.office)
		office.Open("/audit?act=person.phone_shown")
		office.See("看了完整电话", name)
		office.NotSee("13812345678")
		h.settled(clerk)
		h.settled(office)
	})
}

// Somebody takes away what is kept of him as one file that he can read, and asks for what is wrong to be put right.
func TestJourneyOwnData(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		who := h.desk(t, c.trainee)
		who.Open("/me/data")
		who.See("我的信息", h.nameOf(t, c.members[1]))
		name, file := who.Download("拿走一份")
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasSuffix(name, ".html") || !strings.Contains(string(text), h.nameOf(t, c.members[1])) || strings.Contains(string(text), "<script") {
			t.Errorf("%s: %v\n%.300s", name, err, text)
		}
		who.Tap("哪里不对，请乡镇改")
		who.Fill("哪里不对", "出生年应该是1962年")
		who.Tap("交给乡镇")
		who.See("出生年应该是1962年")
		h.settled(who)

		clerk := h.desk(t, c.clerk)
		clerk.Open("/privacy/requests")
		clerk.See(h.nameOf(t, c.members[1]))
		h.settled(clerk)
	})
}

// A school changes its host in one act: the list is printed to be signed, taken back as long as nothing stands on it; what
// the old host still sends of the days before is taken.
func TestJourneyChangeOfHost(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 4, 0)
		before, after := h.nameOf(t, c.members[0]), h.nameOf(t, c.members[2])
		old, clerk := h.client(t, c.host), h.desk(t, c.clerk)
		clerk.Open("/sites/" + c.Site.ID.String() + "/handover?host=" + c.members[2].String())
		clerk.See("新户主："+after, "学校的编号、牌子和以前的记录都不变")
		clerk.Fill("从哪天起", date.Of(h.env.Clock.Now()).String())
		clerk.Fill("搬到哪里", "安石村李家寨8号")
		clerk.Tap("办好交接")
		clerk.See("交接单", after, "李家寨8号", "开账号、打印条子", c.Site.Code)
		late := func(on date.Date, seq int) reply {
			return old.api("POST", "/sessions/"+id.Random[struct{}]().String()+"/roll", map[string]any{
				"site": c.Site.ID, "held_on": on, "base_revision": 0, "minutes": 60, "marks": attendancetest.All(c.members, attendance.Present), "device": "old", "seq": seq,
			})
		}
		today := date.Of(h.env.Clock.Now())
		if got := late(today.AddDays(-1), 1); got.StatusCode != 200 {
			t.Errorf("the old host's record of the day before: %d %s", got.StatusCode, got.Body)
		}
		if got := late(today, 2); got.StatusCode != 403 || !strings.Contains(string(got.Body), "attendance.handed_over") {
			t.Errorf("the old host's record of the new one's first day: %d %s", got.StatusCode, got.Body)
		}
		if pdf := clerk.PDF(); len(pdf) == 0 {
			t.Error("nothing is printed")
		}
		clerk.Unfold()
		clerk.Tap("撤回")
		clerk.See("交接撤回了", before)
		h.settled(clerk)
	})
}

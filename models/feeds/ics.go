package feeds

import (
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"huotang/models/date"
)

const (
	zone  = "Asia/Shanghai"
	local = "20060102T150405"
	usual = 2 * time.Hour // how long people sit together, where nobody says
	again = "PT4H"        // how often clients should ask
)

// ICS writes a feed as iCalendar (RFC 5545): lines end in CRLF and are folded. It has no METHOD: a published feed is read as it is, and
// what was called off stands in it with STATUS:CANCELLED. DTSTAMP is when the item was last changed, as the standard has it without
// METHOD, so the same days are the same bytes. Base is the site's address, to which items link.
func (f Feed) ICS(base string) string {
	cal := ics.NewCalendarFor("huotang")
	cal.SetProductId("-//huotang//huotang//ZH")
	cal.SetCalscale("GREGORIAN")
	name := f.title()
	cal.SetName(name)
	cal.SetXWRCalName(name)
	cal.SetXWRTimezone(zone)
	cal.SetRefreshInterval(again) // the library writes VALUE=DURATION itself
	cal.SetXPublishedTTL(again)
	standard := cal.AddTimezone(zone).AddStandard()
	standard.SetProperty(ics.ComponentPropertyDtStart, "19700101T000000")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0800")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0800")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzname), "CST")
	for _, i := range f.Items {
		cal.AddVEvent(f.event(i, base))
	}
	return cal.Serialize(ics.WithNewLineWindows)
}

func (f Feed) title() string {
	if f.Kind == Own {
		return f.Lang.T("feeds.own_name")
	}
	return f.Lang.T("feeds.name_of", f.Name)
}

func (f Feed) event(i Item, base string) *ics.VEvent {
	e := ics.NewEvent(i.UID + "@huotang")
	e.SetDtStampTime(i.ChangedAt.UTC())
	e.SetLastModifiedAt(i.ChangedAt.UTC())
	e.SetSequence(i.Sequence)
	key, status := "feeds.day_at", ics.ObjectStatusConfirmed
	if i.Exchange {
		key = "feeds.exchange_at"
	}
	summary := f.Lang.T(key, i.School)
	if i.Cancelled {
		status, summary = ics.ObjectStatusCancelled, f.Lang.T("feeds.called_off")+summary
	}
	e.SetStatus(status)
	e.SetSummary(summary)
	e.SetLocation(i.School)
	if !i.From.IsZero() {
		e.SetDescription(f.Lang.T("feeds.moved_from", i.From.String()))
	}
	if base != "" {
		e.SetURL(strings.TrimSuffix(base, "/") + i.Path)
	}
	setTime(e, i.On, i.Hour)
	return e
}

// setTime sets the hours in the county's zone, or the whole day where no hour is known.
func setTime(e *ics.VEvent, on date.Date, hour string) {
	h, m, ok := clock(hour)
	if !ok {
		e.SetAllDayStartAt(on.UTC())
		e.SetAllDayEndAt(on.AddDays(1).UTC())
		return
	}
	begin := on.At(h, m).In(date.Zone)
	e.SetProperty(ics.ComponentPropertyDtStart, begin.Format(local), ics.WithTZID(zone))
	e.SetProperty(ics.ComponentPropertyDtEnd, begin.Add(usual).Format(local), ics.WithTZID(zone))
}

func clock(hour string) (h, m int, ok bool) {
	before, after, found := strings.Cut(hour, ":")
	h, err := strconv.Atoi(before)
	m, err2 := strconv.Atoi(after)
	return h, m, found && err == nil && err2 == nil
}

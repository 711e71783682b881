package messages

import (
	"fmt"
	"time"

	"huotang/models/date"
)

// Quiet is the part of the day in which no telephone rings: from a minute of the day to another one, over midnight when the first
// is the later; none when both are the same.
type Quiet struct{ From, Until int }

// ParseQuiet reads two times of day, "21:00" and "07:00".
func ParseQuiet(from, until string) (q Quiet, err error) {
	for text, into := range map[*string]*int{&from: &q.From, &until: &q.Until} {
		t, err := time.Parse("15:04", *text)
		if err != nil {
			return Quiet{}, fmt.Errorf("messages: quiet hours: %w", err)
		}
		*into = t.Hour()*60 + t.Minute()
	}
	return q, nil
}

// Next is the first time from t on that is not quiet.
func (q Quiet) Next(t time.Time) time.Time {
	local := t.In(date.Zone)
	minute, end := local.Hour()*60+local.Minute(), date.Of(t)
	switch {
	case q.From == q.Until:
		return t
	case q.From < q.Until:
		if minute < q.From || minute >= q.Until {
			return t
		}
	case minute >= q.From:
		end = end.AddDays(1)
	case minute >= q.Until:
		return t
	}
	return end.At(q.Until/60, q.Until%60).UTC()
}

package attendance

import (
	"slices"
	"strings"

	"huotang/models/courses"
	"huotang/models/fail"
)

// Ways are how an evening may be taught beside the lessons that were published to the school, in the order of forms: by a disc or stick
// of the house's own, a broadcast, or somebody who speaks. None of them counts as a lesson.
var Ways = []courses.Medium{courses.Disc, courses.USB, courses.Broadcast, courses.Talk}

// SplitWays reads ways as they are stored and as a [FieldChange] tells them.
func SplitWays(s string) []courses.Medium {
	out := []courses.Medium{}
	for w := range strings.SplitSeq(s, ",") {
		if w != "" {
			out = append(out, courses.Medium(w))
		}
	}
	return out
}

// joinWays stores the ways once each, in the order of [Ways].
func joinWays(ways []courses.Medium) string {
	var out []string
	for _, w := range Ways {
		if slices.Contains(ways, w) {
			out = append(out, string(w))
		}
	}
	return strings.Join(out, ",")
}

// otherwise fits how else it was taught: a fresh item says all of it, a stale one adds.
func (w *work) otherwise(c *fail.Check) {
	ways := w.in.Ways
	if ways == nil {
		return
	}
	for _, way := range ways {
		c.If(!slices.Contains(Ways, way), "ways", "input.choice")
	}
	if w.stale {
		ways = slices.Concat(ways, SplitWays(w.s.Ways))
	}
	w.s.Ways = joinWays(ways)
}

package jobs

import (
	"strconv"
	"strings"

	"huotang/handlers/web"
)

// said puts a run's summary, "townships 13, years loaded 0", into words: its counts that are not 0, or that there was
// nothing to do. A part without words in the catalogues stays as it is.
func said(b web.Base, summary string) string {
	if summary == "" {
		return ""
	}
	var parts []string
	for part := range strings.SplitSeq(summary, ", ") {
		name, count, found := cutLast(part)
		n, err := strconv.Atoi(count)
		key := "jobs.did." + strings.ReplaceAll(name, " ", "_")
		switch {
		case !found || err != nil:
			if whole := "jobs.did." + strings.ReplaceAll(part, " ", "_"); b.Has(whole) {
				part = b.T(whole)
			}
			parts = append(parts, part)
		case n == 0:
		case b.Has(key):
			parts = append(parts, b.T(key, n))
		default:
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return b.T("jobs.did.nothing")
	}
	return strings.Join(parts, b.T("jobs.did.and"))
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

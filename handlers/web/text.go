package web

import (
	"strconv"
	"strings"
)

// Hours writes centi-hours of study as people do: 150 is "1.5", 3200 is "32".
func Hours(centi int) string {
	s := strconv.Itoa(centi / 100)
	if rest := centi % 100; rest != 0 {
		s += "." + strings.TrimRight(strconv.Itoa(100 + rest)[1:], "0")
	}
	return s
}

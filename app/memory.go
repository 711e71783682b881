package main

import "runtime/debug"

// demoMemory bounds what Go's runtime takes for the demo, which promises to stay under 150 MB: beside it there are 45 MB of the
// program itself and some 25 MB that SQLite maps. It is a wish to the collector, not a wall, and more than twice what stays alive.
const demoMemory = 76 << 20

// lean balances memory against processor time for a process that serves, where nobody has said otherwise by GOGC and GOMEMLIMIT. What
// a county's server keeps is small and what a request needs is thrown away at once, so with Go's own 100 the collector would
// take a tenth of all processor time to save 20 MB. Above the limit, in bytes, it works harder; 0 is none. What the start needed is given back.
func lean(environ []string, limit int64) {
	if _, said := lookup(environ, "GOGC"); !said {
		debug.SetGCPercent(200)
	}
	if _, said := lookup(environ, "GOMEMLIMIT"); !said && limit > 0 {
		debug.SetMemoryLimit(limit)
	}
	debug.FreeOSMemory()
}

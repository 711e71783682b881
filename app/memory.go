package main

import "runtime/debug"

// lean balances memory against processor time for a process that serves, where nobody has said otherwise by GOGC. What
// a county's server keeps is small and what a request needs is thrown away at once, so with Go's own 100 the collector would
// take a tenth of all processor time to save 20 MB; at 200 the demo stays under 110 MB. What the start needed is given back.
func lean(environ []string) {
	if _, said := lookup(environ, "GOGC"); !said {
		debug.SetGCPercent(200)
	}
	debug.FreeOSMemory()
}

package main

import "runtime/debug"

// lean keeps a serving process small where nobody has said otherwise by GOGC: a county fits on a small
// machine, whose CPU has time to spare. What the start needed is given back.
func lean(environ []string) {
	if _, said := lookup(environ, "GOGC"); !said {
		debug.SetGCPercent(50)
	}
	debug.FreeOSMemory()
}

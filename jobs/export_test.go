package jobs

// Tick does what the minute's tick does, and waits for it.
func (s *Scheduler) Tick() {
	for _, j := range s.jobs {
		s.check(j)
	}
}

// Latest is latest for a job's line.
var (
	Latest = latest
	Parse  = parser.Parse
)

package jobs

import "time"

// Tick does what the minute's tick does, and waits for it.
func (s *Scheduler) Tick() {
	for _, j := range s.jobs {
		for deadline := time.Now().Add(time.Second); !s.check(j) && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond) // the sweep of the start may be at it
		}
	}
}

// Check looks at one job once.
func (s *Scheduler) Check(name string) {
	j, _ := s.find(name)
	s.check(j)
}

// Beat is beat.
func (s *Scheduler) Beat() { s.beat() }

// Latest is latest for a job's line.
var (
	Latest = latest
	Parse  = parser.Parse
)

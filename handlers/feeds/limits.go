package feeds

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bound how often this process answers one address and one client: clients ask every few hours, so whoever asks more often than
// this is broken, or guesses.
type limits struct {
	mu   sync.Mutex
	held map[string]*rate.Limiter
}

const (
	burst    = 30               // at once
	refill   = 20 * time.Second // for one more
	mostHeld = 10000            // names that are remembered
)

func newLimits() *limits { return &limits{held: map[string]*rate.Limiter{}} }

// wait is 0 when each of the names may be answered now, else how long to wait.
func (l *limits) wait(now time.Time, names ...string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.held) > mostHeld {
		l.forget(now)
	}
	for _, name := range names {
		one, ok := l.held[name]
		if !ok {
			one = rate.NewLimiter(rate.Every(refill), burst)
			l.held[name] = one
		}
		if !one.AllowN(now, 1) {
			return refill
		}
	}
	return 0
}

// forget drops the names that have not asked for long; all, when none has.
func (l *limits) forget(now time.Time) {
	for name, one := range l.held {
		if one.TokensAt(now) >= burst {
			delete(l.held, name)
		}
	}
	if len(l.held) > mostHeld {
		l.held = map[string]*rate.Limiter{}
	}
}

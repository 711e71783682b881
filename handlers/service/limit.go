package service

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The limit on feedback from one address: generous, since a village may share one, and only in memory,
// since nobody shall know who sent what.
const (
	burst     = 30
	refill    = rate.Limit(1.0 / 20) // a second
	mostKnown = 10_000               // addresses kept at a time
)

type limiter struct {
	mu    sync.Mutex
	known map[netip.Addr]*rate.Limiter
}

func newLimiter() *limiter { return &limiter{known: map[netip.Addr]*rate.Limiter{}} }

// allow takes one from the address's bucket, if there is one.
func (l *limiter) allow(address string, now time.Time) bool {
	a := network(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.known[a]
	if !ok {
		if len(l.known) >= mostKnown {
			l.forget(now)
		}
		b = rate.NewLimiter(refill, burst)
		l.known[a] = b
	}
	return b.AllowN(now, 1)
}

// forget drops the addresses that have not sent lately; where that does not help, all of them.
func (l *limiter) forget(now time.Time) {
	for a, b := range l.known {
		if b.TokensAt(now) >= burst {
			delete(l.known, a)
		}
	}
	if len(l.known) >= mostKnown {
		clear(l.known)
	}
}

// network is an address, or of IPv6 the network that one line is given whole.
func network(address string) netip.Addr {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Addr{}
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

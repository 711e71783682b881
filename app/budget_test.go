package main

import (
	"testing"

	"huotang/handlers/web/browsertest"
)

// Budgets of a host's phone: bytes over the network with headers, and requests.
const (
	firstBytes    = 60 << 10
	firstRequests = 6
	laterBytes    = 10 << 10
)

// The first visit of a host's home and of the catalogue is light, later ones are lighter, and nothing leaves the site.
func TestBudget(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 20, 5)
	published(t, h, c)
	for _, path := range []string{"/today", "/catalogue", "/"} {
		t.Run(path, func(t *testing.T) {
			p := browsertest.Phone(t, h.URL())
			if path != "/" { // the front page is for visitors
				p.Bring(h.session(t, c.host))
			}
			first := visit(p, path)
			t.Logf("first visit of %s: %d requests, %d bytes\n%s", path, len(first.Requests), first.Bytes, first)
			if len(first.Requests) > firstRequests || first.Bytes > firstBytes {
				t.Errorf("first visit of %s: %d requests and %d bytes, want at most %d and %d", path, len(first.Requests), first.Bytes, firstRequests, firstBytes)
			}
			later := visit(p, path)
			t.Logf("later visit: %d requests, %d bytes", len(later.Requests), later.Bytes)
			if later.Bytes > laterBytes {
				t.Errorf("later visit of %s: %d bytes, want at most %d\n%s", path, later.Bytes, laterBytes, later)
			}
			p.NoForeignRequests()
		})
	}
}

// visit opens the page and gives what went over the network until it was quiet.
func visit(p *browsertest.Person, path string) browsertest.Traffic {
	mark := p.Mark()
	p.Open(path)
	p.Quiet(mark)
	return p.Since(mark)
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"
)

// kept is an item with the receipt that it got.
type kept struct {
	item    Item
	receipt Receipt
}

// book keeps the receipts of all phones, and what was wrong.
type book struct {
	mu       sync.Mutex
	receipts []kept
	known    map[string]Receipt // by device and number
	faults   []string
}

func newBook() *book { return &book{known: map[string]Receipt{}} }

func (b *book) fault(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

// keep notes a receipt. An item has one, whenever and however often it is sent.
func (b *book) keep(item Item, r Receipt) {
	key := fmt.Sprint(item.Device, " ", item.Seq)
	b.mu.Lock()
	had, again := b.known[key]
	if !again {
		b.known[key] = r
		b.receipts = append(b.receipts, kept{item, r})
	}
	b.mu.Unlock()
	if again && !reflect.DeepEqual(had, r) {
		b.fault("%s has two receipts: %+v, %+v", key, had, r)
	}
	if r.Session != item.session || r.Device != item.Device || r.Seq != item.Seq || len(r.Marks) != len(item.Marks) {
		b.fault("%s has another item's receipt: %+v", key, r)
	}
}

// watch ends a run in which nothing is acknowledged any more for so long.
func (b *book) watch(ctx context.Context, patience time.Duration, end context.CancelCauseFunc) {
	for had := -1; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(patience):
		}
		b.mu.Lock()
		have := len(b.receipts)
		b.mu.Unlock()
		if have == had {
			end(fmt.Errorf("only %d items have a receipt, and for %v there was no more", have, patience))
			return
		}
		had = have
	}
}

// sessions gives the receipts of each session, in the order of revisions.
func (b *book) sessions() map[string][]kept {
	out := map[string][]kept{}
	for _, k := range b.receipts {
		out[k.item.session] = append(out[k.item.session], k)
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b kept) int { return cmp.Compare(a.receipt.Revision, b.receipt.Revision) })
	}
	return out
}

func (b *book) conflicts() (n int) {
	for _, k := range b.receipts {
		for _, m := range k.receipt.Marks {
			if m.Outcome == "conflict" {
				n++
			}
		}
	}
	return n
}

// roll is a session as its receipts say.
type roll struct {
	revision int
	marks    map[string]Value
	set      map[string]int // the revision that set the mark
	open     map[string]bool
	guests   map[string]bool
	adults   int
}

// replay makes the roll from the receipts, and notes where they contradict one another.
func (b *book) replay(session string, list []kept) roll {
	r := roll{marks: map[string]Value{}, set: map[string]int{}, open: map[string]bool{}, guests: map[string]bool{}}
	seen, sets := map[int]bool{}, map[int]string{}
	for _, k := range list {
		seen[k.receipt.Revision] = true
		r.revision = max(r.revision, k.receipt.Revision)
		for _, m := range k.receipt.Marks {
			if m.Outcome != "accepted" {
				continue
			}
			if by, ok := sets[k.receipt.Revision]; ok && by != k.item.Device {
				b.fault("session %s: revision %d was given to %s and to %s", session, k.receipt.Revision, by, k.item.Device)
			}
			sets[k.receipt.Revision] = k.item.Device
			r.marks[m.Person], r.set[m.Person] = m.Standing, k.receipt.Revision
		}
		r.header(k)
	}
	for i := 1; i <= r.revision; i++ {
		if !seen[i] {
			b.fault("session %s: nobody has a receipt for revision %d", session, i)
		}
	}
	for _, k := range list {
		b.outcomes(session, k, r)
	}
	return r
}

func (r *roll) header(k kept) {
	if k.item.Adults != nil && !slices.Contains(k.receipt.Kept, "adults") {
		r.adults = *k.item.Adults
	}
	for _, g := range k.item.Guests {
		r.guests[g] = true // the one phone that tells of guests only ever adds some
	}
}

// outcomes checks the answers to an item's marks against one another, and finds the conflicts that are open: nobody has set the mark
// since.
func (b *book) outcomes(session string, k kept, r roll) {
	for i, m := range k.receipt.Marks {
		sent := k.item.Marks[i]
		switch {
		case m.Person != sent.Person:
			b.fault("session %s: an answer to %s is about %s", session, sent.Person, m.Person)
		case m.Outcome == "refused":
			b.fault("session %s: the mark of %s was refused", session, m.Person)
		case m.Outcome != "conflict" && m.Standing != sent.Value:
			b.fault("session %s: %s of %s, but %+v stands for %+v", session, m.Outcome, m.Person, m.Standing, sent.Value)
		case m.Outcome == "conflict" && m.Standing == sent.Value:
			b.fault("session %s: a conflict of %s about nothing", session, m.Person)
		case m.Outcome == "conflict" && r.set[m.Person] <= k.receipt.Revision:
			r.open[m.Person] = true
		}
	}
}

// attendances are those who came, as reports count them.
func (r *roll) attendances() int {
	n := len(r.guests) + r.adults
	for _, v := range r.marks {
		if v.State == "present" || v.State == "made_up" || v.State == "observer" {
			n++
		}
	}
	return n
}

package db

import (
	"slices"
	"sync"
)

// Listener hears what an op of an area to the left has done, in the op's own unit of work. It looks at the events that it
// knows by their type and lets all others pass; its error takes the whole work back.
type Listener func(tx *Tx, event any) error

// listeners are those of a database, by name, in the order in which they were registered.
type listeners struct {
	mu   sync.RWMutex
	all  []Listener
	name []string
}

// OnTold registers who hears of what ops tell ([Tx.Tell]), before the first unit of work that tells something. Registered
// again under its name a listener takes its own place.
func (d *DB) OnTold(name string, f Listener) {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	all := slices.Clone(d.told.all) // units of work that run have the old list
	if at := slices.Index(d.told.name, name); at >= 0 {
		all[at] = f
	} else {
		all, d.told.name = append(all, f), append(d.told.name, name)
	}
	d.told.all = all
}

func (l *listeners) list() []Listener {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.all
}

// Tell lets those hear an event that have registered for it, in their order and within this unit of work: how an area is noticed by one
// that stands to its right and that it must not name. The event is a struct of the area that tells.
func (tx *Tx) Tell(event any) error {
	for _, f := range tx.told {
		if err := f(tx, event); err != nil {
			return err
		}
	}
	return nil
}

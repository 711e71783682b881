package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// shown is a session as the server shows it.
type shown struct {
	State       string `json:"state"`
	Revision    int    `json:"revision"`
	Adults      int    `json:"adults"`
	Attendances int    `json:"attendances"`
	HeldOn      string `json:"held_on"`
	DueList     []line `json:"due_list"`
	CameList    []line `json:"came_list"`
	GuestList   []struct {
		Name string `json:"name"`
	} `json:"guest_list"`
	Conflicts []struct {
		Person string `json:"person"`
	} `json:"conflicts"`
	Revisions []struct {
		Revision int `json:"revision"`
	} `json:"revisions"`
}

type line struct {
	Person string `json:"person"`
	Value
	Revision int `json:"revision"`
}

// sum is what the reports count.
type sum struct{ Sessions, Attendances int }

// totals adds up what the readers are shown.
func (n *network) totals(ctx context.Context, w World) (all sum, err error) {
	for _, reader := range w.Readers {
		var s sum
		if err := n.read(ctx, reader, "/reports/summary", &s); err != nil {
			return all, err
		}
		all.Sessions, all.Attendances = all.Sessions+s.Sessions, all.Attendances+s.Attendances
	}
	return all, nil
}

// compare holds the server to the receipts: session by session, and in what the totals have grown by.
func compare(ctx context.Context, w World, net *network, b *book, before sum) error {
	host := map[string]Login{}
	for _, s := range w.Sites {
		host[s.ID] = s.Hosts[0]
	}
	all := b.sessions()
	attendances := 0
	for _, session := range slices.Sorted(maps.Keys(all)) {
		want := b.replay(session, all[session])
		attendances += want.attendances()
		var got shown
		if err := net.read(ctx, host[all[session][0].item.Site], "/sessions/"+session, &got); err != nil {
			return err
		}
		b.hold(session, want, got)
	}
	now, err := net.totals(ctx, w)
	if err != nil {
		return err
	}
	if n, came := now.Sessions-before.Sessions, now.Attendances-before.Attendances; n != len(all) || came != attendances {
		b.fault("the reports count %d sessions and %d attendances more, the receipts %d and %d", n, came, len(all), attendances)
	}
	return nil
}

func (b *book) hold(session string, want roll, got shown) {
	if got.State != "submitted" || got.Revision != want.revision || got.Adults != want.adults || got.Attendances != want.attendances() {
		b.fault("session %s is %s at revision %d with %d heads and %d attendances, and not at %d with %d and %d",
			session, got.State, got.Revision, got.Adults, got.Attendances, want.revision, want.adults, want.attendances())
	}
	marks := map[string]Value{}
	for _, l := range append(slices.Clone(got.DueList), got.CameList...) {
		if _, twice := marks[l.Person]; twice {
			b.fault("session %s: %s stands on the roll twice", session, l.Person)
		}
		marks[l.Person] = l.Value
		if l.Revision != want.set[l.Person] {
			b.fault("session %s: the mark of %s is of revision %d, by the receipts of %d", session, l.Person, l.Revision, want.set[l.Person])
		}
	}
	for person, v := range want.marks {
		if marks[person] != v {
			b.fault("session %s: %s is %+v, by the receipts %+v", session, person, marks[person], v)
		}
	}
	guests := map[string]bool{}
	for _, g := range got.GuestList {
		guests[g.Name] = true
	}
	if !maps.Equal(guests, want.guests) || len(got.GuestList) != len(guests) {
		b.fault("session %s: guests %v, by the receipts %v", session, got.GuestList, want.guests)
	}
	open := map[string]bool{}
	for _, c := range got.Conflicts {
		open[c.Person] = true
	}
	if !maps.Equal(open, want.open) {
		b.fault("session %s: open questions about %v, by the receipts %v", session, open, want.open)
	}
	for i, r := range got.Revisions {
		if r.Revision != i+1 {
			b.fault("session %s: the %dth change is revision %d", session, i+1, r.Revision)
		}
	}
	if len(got.Revisions) != want.revision {
		b.fault("session %s: %d changes are told of %d", session, len(got.Revisions), want.revision)
	}
}

// read asks the API for something that must be there, as long as patience lasts.
func (n *network) read(ctx context.Context, as Login, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, n.patience)
	defer cancel()
	var status int
	var answer []byte
	for ok := false; !ok; { // the server may be away
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		status, answer, ok = n.call(ctx, nil, as, http.MethodGet, "/api/v1"+path, nil)
		ok = ok && status < http.StatusInternalServerError
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, status, answer)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

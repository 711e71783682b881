package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// together is how many phones call the roll of one session.
const together = 4

// Value is what a mark says.
type Value struct {
	State    string `json:"state"`
	Reason   string `json:"reason,omitempty"`
	MadeUpOn string `json:"made_up_on,omitempty"`
}

// Mark is a mark of an item.
type Mark struct {
	Person string `json:"person"`
	Value
}

// Item is one revision of one session.
type Item struct {
	Site         string   `json:"site"`
	BaseRevision int      `json:"base_revision"`
	HeldOn       string   `json:"held_on"`
	Minutes      int      `json:"minutes"`
	Marks        []Mark   `json:"marks"`
	Guests       []string `json:"guests,omitempty"`
	Adults       *int     `json:"adults,omitempty"`
	Why          string   `json:"why,omitempty"`
	Device       string   `json:"device"`
	Seq          int64    `json:"seq"`
	RecordedAt   string   `json:"recorded_at"`

	session string
}

// Receipt answers an item; only what is compared is read.
type Receipt struct {
	Session  string `json:"session"`
	Revision int    `json:"revision"`
	Marks    []struct {
		Person   string `json:"person"`
		Outcome  string `json:"outcome"`
		Standing Value  `json:"standing"`
		Revision int    `json:"revision"`
	} `json:"marks"`
	Kept        []string `json:"kept"`
	Attendances int      `json:"attendances"`
	Device      string   `json:"device"`
	Seq         int64    `json:"seq"`
}

// phone is one host's, with an outbox. Only the line that holds it uses it.
type phone struct {
	random  *rand.Rand
	device  string
	host    Login
	site    Site
	place   int // among those who share the session
	session string
	heldOn  string
	ahead   time.Duration // of its clock
	seen    int           // newest revision of the session that it knows of
	guests  []string
	toMake  int
	seq     int64
	outbox  []Item
}

// phones makes them from the seed.
func (w World) phones(seed uint64) []*phone {
	out := make([]*phone, w.Phones)
	for i := range out {
		shared := rand.New(rand.NewPCG(seed, uint64(i/together)<<1|1))
		own := rand.New(rand.NewPCG(seed, uint64(i+1)<<1))
		site := w.Sites[i/together%len(w.Sites)]
		out[i] = &phone{
			random: own, device: fmt.Sprintf("phone-%d-%d", seed, i), site: site, place: i % together,
			host: site.Hosts[i%together%len(site.Hosts)], session: uuid(shared), heldOn: site.Days[shared.IntN(len(site.Days))],
			ahead: time.Duration(own.Int64N(int64(96*time.Hour))) - 48*time.Hour, toMake: w.Items,
		}
	}
	return out
}

func uuid(r *rand.Rand) string {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, r.Uint64()), r.Uint64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	x := hex.EncodeToString(b[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// turn is one thing that a phone does; done says that it has nothing left to do.
func (p *phone) turn(ctx context.Context, net *network, book *book) (done bool, err error) {
	switch {
	case len(p.outbox) == 0 && p.toMake == 0:
		return true, nil
	case p.random.IntN(3) == 0:
		return false, p.look(ctx, net)
	case p.toMake > 0 && (len(p.outbox) == 0 || p.random.IntN(5) == 0):
		p.outbox = append(p.outbox, p.make())
		return false, nil
	}
	at := p.random.IntN(len(p.outbox)) // not always the oldest
	item := p.outbox[at]
	receipt, err := p.send(ctx, net, item)
	if err != nil || receipt == nil {
		return false, err // it stays in the outbox
	}
	book.keep(item, *receipt)
	p.seen = max(p.seen, receipt.Revision)
	p.outbox = slices.Delete(p.outbox, at, at+1)
	return len(p.outbox) == 0 && p.toMake == 0, nil
}

// make is the host tapping: some marks, now and then somebody outside the list or a count of heads.
func (p *phone) make() Item {
	p.toMake--
	p.seq++
	item := Item{
		Site: p.site.ID, BaseRevision: p.seen, HeldOn: p.heldOn, Minutes: 60, Device: p.device, Seq: p.seq, session: p.session,
		RecordedAt: time.Now().Add(p.ahead).UTC().Format(time.RFC3339Nano),
	}
	if p.seen > 0 {
		item.Why = "补录"
	}
	for i, n := range p.random.Perm(len(p.site.Due))[:1+p.random.IntN(len(p.site.Due))] {
		v := p.value()
		if i == 0 && p.seen == 0 {
			v = Value{State: "present"} // a first roll without anybody is refused
		}
		item.Marks = append(item.Marks, Mark{p.site.Due[n], v})
	}
	for _, v := range p.site.Villagers {
		if p.random.IntN(3) == 0 {
			item.Marks = append(item.Marks, Mark{v, Value{State: "observer"}})
		}
	}
	switch p.place {
	case 0:
		p.guests = append(p.guests, fmt.Sprintf("李%d", p.seq))
		item.Guests = slices.Clone(p.guests)
	case 1:
		n := p.random.IntN(9)
		item.Adults = &n
	}
	return item
}

func (p *phone) value() Value {
	switch p.random.IntN(8) {
	case 0:
		return Value{State: "absent"}
	case 1:
		return Value{State: "on_leave", Reason: "farm"}
	case 2:
		return Value{State: "made_up", Reason: "reading", MadeUpOn: p.heldOn}
	case 3:
		return Value{State: "unmarked"}
	}
	return Value{State: "present"}
}

// send hands an item in; no receipt and no error mean that it must be sent again.
func (p *phone) send(ctx context.Context, net *network, item Item) (*Receipt, error) {
	body, err := json.Marshal(item)
	if err != nil {
		return nil, err
	}
	status, answer, ok := net.call(ctx, p.random, p.host, http.MethodPost, "/api/v1/sessions/"+item.session+"/roll", body)
	switch {
	case !ok || status >= 500 || status == http.StatusTooManyRequests:
		return nil, nil
	case status != http.StatusOK:
		return nil, fmt.Errorf("%s item %d: refused with %d: %s", item.Device, item.Seq, status, answer)
	}
	var r Receipt
	if err := json.Unmarshal(answer, &r); err != nil {
		return nil, fmt.Errorf("%s item %d: receipt: %w", item.Device, item.Seq, err)
	}
	return &r, nil
}

// look reads what the others have said, once there is something.
func (p *phone) look(ctx context.Context, net *network) error {
	status, answer, ok := net.call(ctx, p.random, p.host, http.MethodGet, "/api/v1/sessions/"+p.session, nil)
	if !ok || status != http.StatusOK {
		return nil
	}
	var s struct {
		Revision int `json:"revision"`
	}
	if err := json.Unmarshal(answer, &s); err != nil {
		return fmt.Errorf("session %s: %w", p.session, err)
	}
	p.seen = max(p.seen, s.Revision)
	return nil
}

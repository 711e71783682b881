// Command phones pretends to be many hosts' phones on a bad network, and holds the server to what it told them.
//
// Each phone keeps items in an outbox, as the page of the roll call does: one item is one revision of one session. It
// sends them in any order, loses requests and answers, sends twice, breaks off in the middle, and has a clock that is wrong by up to two
// days; an item leaves the outbox only with its receipt. Four phones share each session. When all outboxes are empty the receipts
// alone, replayed, must give what the server shows: every session and mark exactly once, each revision accounted for, the
// totals of the reports. It knows nothing of the server's code, and speaks to its API only.
//
//	phones --world world.json --seed 7
//
// It prints its seed, and exits with 1 and the faults when the server does not stand by its receipts.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"
)

// World is where the phones are.
type World struct {
	URL     string  `json:"url"`
	Readers []Login `json:"readers"` // who see the totals, each of some schools and together of all
	Sites   []Site  `json:"sites"`
	Phones  int     `json:"phones"`
	Items   int     `json:"items"` // of each phone
	Lines   int     `json:"lines"` // how many phones send at the same time
}

// Login is an account.
type Login struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// Site is a school with those who call its rolls and those on its roster.
type Site struct {
	ID        string   `json:"id"`
	Hosts     []Login  `json:"hosts"`
	Due       []string `json:"due"`
	Villagers []string `json:"villagers"`
	Days      []string `json:"days"` // on which its sessions are held
}

func main() {
	file := flag.String("world", "", "file that says where the phones are")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "chooses what phones do and what befalls them")
	patience := flag.Duration("patience", 3*time.Minute, "how long to go on when nothing is acknowledged any more")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	faults, err := simulate(ctx, os.Stdout, *file, *seed, *patience)
	stop()
	if err != nil {
		faults = slices.Insert(faults, 0, err.Error())
	}
	for i, f := range faults {
		if i == 20 {
			fmt.Fprintf(os.Stdout, "… and %d more\n", len(faults)-i)
			break
		}
		fmt.Fprintln(os.Stdout, f)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
}

func simulate(ctx context.Context, out io.Writer, file string, seed uint64, patience time.Duration) (faults []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var w World
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	fmt.Fprintf(out, "seed %d, %d phones\n", seed, w.Phones)
	begin := time.Now()
	net := newNetwork(w.URL, patience)
	net.quiet.Store(true)
	before, err := net.totals(ctx, w)
	if err != nil {
		return nil, err
	}
	net.quiet.Store(false)
	phones := w.phones(seed)
	book := newBook()
	stuck := run(ctx, w, net, phones, book, rand.New(rand.NewPCG(seed, 0)), patience)
	net.quiet.Store(true)
	if err := errors.Join(stuck, compare(ctx, w, net, book, before)); err != nil {
		return book.faults, err
	}
	fmt.Fprintf(out, "%d items of %d sessions, %d requests, %d answers lost, %d conflicts, in %v\n",
		len(book.receipts), len(book.sessions()), net.sent.Load(), net.lost.Load(), book.conflicts(), time.Since(begin).Round(time.Second))
	return book.faults, nil
}

// run lets the phones send until every outbox is empty, so many at the same time.
func run(ctx context.Context, w World, net *network, phones []*phone, book *book, random *rand.Rand, patience time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	random.Shuffle(len(phones), func(i, j int) { phones[i], phones[j] = phones[j], phones[i] })
	queue := make(chan *phone, len(phones))
	for _, p := range phones {
		queue <- p
	}
	var open sync.WaitGroup
	open.Add(len(phones))
	go func() { open.Wait(); close(queue) }()
	var lines sync.WaitGroup
	for range max(w.Lines, 1) {
		lines.Go(func() {
			for p := range queue {
				done, err := p.turn(ctx, net, book)
				switch {
				case err != nil:
					cancel(err)
					open.Done()
				case done || ctx.Err() != nil:
					open.Done()
				default:
					queue <- p
				}
			}
		})
	}
	go book.watch(ctx, patience, cancel)
	lines.Wait()
	return context.Cause(ctx)
}

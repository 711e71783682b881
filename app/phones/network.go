package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// network brings requests to the server, or does not.
type network struct {
	url        string
	patience   time.Duration // with what must be there
	http       http.Client
	quiet      atomic.Bool // nothing befalls requests
	sent, lost atomic.Int64

	mu      sync.Mutex
	cookies map[string]string // by username; one sign-in for all phones of a host
}

func newNetwork(url string, patience time.Duration) *network {
	return &network{
		url: url, patience: patience,
		http:    http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256}},
		cookies: map[string]string{},
	}
}

// What befalls a request, of a hundred.
const (
	lostBefore = 8  // never reaches the server
	lostAfter  = 12 // its answer is lost
	brokenOff  = 6  // half of it arrives
	sentTwice  = 10 // it is sent again before the answer is there
)

// call makes a request as the account; ok says that an answer came. Every fault leaves it open whether the server did anything.
func (n *network) call(ctx context.Context, random *rand.Rand, as Login, method, path string, body []byte) (status int, answer []byte, ok bool) {
	cookie, err := n.cookie(ctx, as)
	switch {
	case errors.Is(err, errRefused):
		return http.StatusUnauthorized, []byte(err.Error()), true
	case err != nil:
		time.Sleep(20 * time.Millisecond) // the server is away
		return 0, nil, false
	}
	luck := 100
	if !n.quiet.Load() {
		luck = random.IntN(100)
	}
	switch {
	case luck < lostBefore:
		return 0, nil, false
	case luck < lostBefore+brokenOff && body != nil:
		n.do(ctx, method, path, cookie, io.MultiReader(bytes.NewReader(body[:len(body)/2]), broken{}), int64(len(body)))
		return 0, nil, false
	case luck < lostBefore+brokenOff+sentTwice:
		var twice sync.WaitGroup
		twice.Go(func() { n.do(ctx, method, path, cookie, bytes.NewReader(body), int64(len(body))) })
		status, answer, ok = n.do(ctx, method, path, cookie, bytes.NewReader(body), int64(len(body)))
		twice.Wait()
	default:
		status, answer, ok = n.do(ctx, method, path, cookie, bytes.NewReader(body), int64(len(body)))
	}
	switch {
	case !ok:
		time.Sleep(20 * time.Millisecond)
	case luck >= 100-lostAfter && luck < 100:
		n.lost.Add(1)
		return 0, nil, false
	case status == http.StatusUnauthorized:
		n.mu.Lock()
		delete(n.cookies, as.Username)
		n.mu.Unlock()
		return 0, nil, false
	}
	return status, answer, ok
}

// broken is a connection that ends.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (n *network) do(ctx context.Context, method, path, cookie string, body io.Reader, length int64) (int, []byte, bool) {
	n.sent.Add(1)
	req, err := http.NewRequestWithContext(ctx, method, n.url+path, body)
	if err != nil {
		return 0, nil, false
	}
	req.ContentLength = length
	if length == 0 {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Cookie", cookie)
	resp, err := n.http.Do(req)
	if err != nil {
		return 0, nil, false
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err == nil
}

// errRefused is a sign-in that will not succeed another time either.
var errRefused = errors.New("refused")

// cookie signs the account in, once.
func (n *network) cookie(ctx context.Context, as Login) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c, ok := n.cookies[as.Username]; ok {
		return c, nil
	}
	body, err := json.Marshal(map[string]string{"username": as.Username, "password": as.Password})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url+"/api/v1/sign-in", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := n.http.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	for _, c := range resp.Header.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(c, ";"); strings.HasPrefix(pair, "huotang=") {
			n.cookies[as.Username] = pair
			return pair, nil
		}
	}
	err = fmt.Errorf("signing in as %s: %s", as.Username, resp.Status)
	if resp.StatusCode < http.StatusInternalServerError && resp.StatusCode != http.StatusTooManyRequests {
		err = errors.Join(errRefused, err)
	}
	return "", err
}

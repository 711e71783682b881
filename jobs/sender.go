package jobs

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/messages"
	"huotang/models/outbox"
)

// Gateway is the county's own way to telephones. The manual (configs/default.yaml) says what it gets.
type Gateway struct {
	URL  string // "" for none
	Key  []byte // signs each request
	Host string // names this replica in the claims
}

// Headers of a request to the gateway.
const (
	DeliveryHeader  = "Huotang-Delivery"
	TimestampHeader = "Huotang-Timestamp"
	SignatureHeader = "Huotang-Signature"
)

// Sign is the signature of a request at an instant.
func (g Gateway) Sign(at time.Time, body []byte) (timestamp, signature string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, g.Key)
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return timestamp, "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Sender brings the messages that wait for telephones to the gateway. Like [Importer] it is no [Job]: it begins when it is woken, and looks
// every now and then for what is due again or was left by another replica. Any number of replicas may do so at once: of two one claims
// a message. A replica that dies between the gateway's answer and its note has sent it, and the next one does so again: the gateway drops it by its
// ID. It is safe for concurrent use.
type Sender struct {
	*background

	db      *db.DB
	area    *messages.Area
	gateway Gateway
	log     *slog.Logger
	client  *http.Client
}

const (
	sendTick    = 30 * time.Second // how often it looks by itself
	sendTimeout = 10 * time.Second // of one request
	mostAnswer  = 64 << 10         // bytes of an answer that are read, so that the connection can be used again
)

// NewSender makes a sender at rest.
func NewSender(d *db.DB, area *messages.Area, gateway Gateway, log *slog.Logger) *Sender {
	client := &http.Client{
		Timeout:       sendTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: sendTimeout, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Sender{background: idle(1), db: d, area: area, gateway: gateway, log: log, client: client}
}

// Start begins to work, where there is a gateway.
func (w *Sender) Start() {
	if w.gateway.URL != "" {
		w.running.Go(func() { w.run(sendTick, w.Once) })
	}
}

// Once sends one message, if one is due, and reports whether one was. What goes wrong is kept with the message, and logged.
func (w *Sender) Once(ctx context.Context) bool {
	var d messages.Delivery
	var ok bool
	err := w.db.Write(ctx, func(tx *db.Tx) (err error) {
		d, ok, err = w.area.Next(tx, w.gateway.Host)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			w.log.Warn("messages not looked for", "err", err)
		}
		return false
	}
	if !ok || d.Body == nil {
		return ok
	}
	failure := w.post(ctx, d)
	if err := w.settle(ctx, d, failure); err != nil {
		w.log.Warn("message's end not stored", "message", d.ID.String(), "err", err)
		return false
	}
	if failure != nil {
		w.log.Warn("message not sent", "message", d.ID.String(), "err", failure)
	}
	return true
}

// settle stores how it went, even while the sender stops.
func (w *Sender) settle(ctx context.Context, d messages.Delivery, failure error) error {
	stopping := ctx.Err() != nil
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	return w.db.Write(ctx, func(tx *db.Tx) error {
		switch {
		case failure == nil:
			return messages.Sent(tx, access.System("messages.sms"), d)
		case stopping:
			return messages.Yield(tx, d)
		}
		return w.area.NotSent(tx, d, failure)
	})
}

// post brings one message to the gateway. Its error names neither the address, which may hold a token, nor anything of the message.
func (w *Sender) post(ctx context.Context, d messages.Delivery) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.gateway.URL, bytes.NewReader(d.Body))
	if err != nil {
		return errors.New("the gateway's address is wrong")
	}
	timestamp, signature := w.gateway.Sign(w.db.Now(), d.Body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(DeliveryHeader, d.ID.String())
	req.Header.Set(TimestampHeader, timestamp)
	req.Header.Set(SignatureHeader, signature)
	res, err := w.client.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return fmt.Errorf("gateway: %w", err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, mostAnswer)); err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("the gateway answered %d", res.StatusCode)
	}
	return nil
}

// What the rows say of the outbox, the same from every replica.
var (
	outboxWaiting = prometheus.NewDesc("huotang_outbox_waiting", "Rows of the outbox that wait.", []string{"kind"}, nil)
	outboxOldest  = prometheus.NewDesc("huotang_outbox_oldest_seconds", "How long the oldest row has been due.", []string{"kind"}, nil)
	outboxGaveUp  = prometheus.NewDesc("huotang_outbox_given_up", "Rows that were given up and wait for somebody's word.", []string{"kind"}, nil)
)

// Describe is of [prometheus.Collector].
func (w *Sender) Describe(ch chan<- *prometheus.Desc) {
	ch <- outboxWaiting
	ch <- outboxOldest
	ch <- outboxGaveUp
}

// Collect is of [prometheus.Collector]. Where the rows cannot be read it leaves them out, which alerts can see.
func (w *Sender) Collect(ch chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(w.base, scrape)
	defer stop()
	var all []outbox.Depth
	err := w.db.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = outbox.Depths(tx)
		return err
	})
	if err != nil {
		w.log.Warn("outbox not measured", "err", err)
		return
	}
	for _, d := range all {
		oldest := 0.0
		if d.Oldest != nil {
			oldest = w.db.Now().Sub(*d.Oldest).Seconds()
		}
		ch <- prometheus.MustNewConstMetric(outboxWaiting, prometheus.GaugeValue, float64(d.Waiting), d.Kind)
		ch <- prometheus.MustNewConstMetric(outboxOldest, prometheus.GaugeValue, oldest, d.Kind)
		ch <- prometheus.MustNewConstMetric(outboxGaveUp, prometheus.GaugeValue, float64(d.GaveUp), d.Kind)
	}
}

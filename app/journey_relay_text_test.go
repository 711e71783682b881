package main

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"huotang/handlers/web/browsertest"
	"huotang/models/attendance"
)

// After a day without a network the phone offers a text for 代传, which opens with the phone's key and says, field by field, what the phone
// itself hands in later. A clerk pastes it as it came; the roll is the host's, and the phone gets the same receipt.
func TestJourneyOfflineRelayText(t *testing.T) {
	h, c := countyEvening(t, 4, 0)
	folder := t.TempDir()
	p := atHome(t, h, c, folder)
	h.shut()
	p.Open("/")
	holds(p)
	p.Tap("看还没传上去的")
	p.See("有1次还没传上去")
	p.Close()

	p = browsertest.Own(t, h.URL(), folder)
	p.Clock(h.env.Clock.Now().Add(25 * time.Hour))
	p.Open("/roll#outbox")
	p.See("有1次还没传上去")
	key := browsertest.Run[sealing](p, "self.huotang.store.get('kept', 'me').then(me => self.huotang.store.get('kept', 'relay:' + me))")
	browsertest.Run[bool](p, "Boolean(Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }))")
	p.Tap("复制成文字")
	p.See("请按住下面的文字")
	text := p.Value("请人代传")
	if !strings.Contains(text, "到4人") {
		t.Errorf("the text begins with %.60q", text)
	}
	body := opened(t, text, key)

	sent := browsertest.Run[string](p, "self.huotang.store.all('outbox').then(i => i[0].text)")
	var own map[string]any
	if err := json.Unmarshal([]byte(sent), &own); err != nil {
		t.Fatal(err)
	}
	own["session"] = body["session"]
	if fmt.Sprint(own) != fmt.Sprint(body) {
		t.Errorf("the text says %v\nthe phone hands in %v", body, own)
	}
	open := h.again(t, "test")
	clerk := open.desk(t, c.clerk)
	clerk.Open("/relay")
	clerk.Fill("收到的文字", "王老师,帮我交一下\n"+text+"谢谢")
	clerk.Tap("交上去")
	clerk.See("请告诉他：已经交上去了", "到4人")
	v := theRoll(t, open, c)
	if v.Present != 4 || v.ID.String() != body["session"] || v.SubmittedBy != c.accounts[c.host].Account {
		t.Errorf("the roll is %+v", v.SessionView)
	}
	p.Tap("现在传")
	p.See("都传上去了")
	if again := theRoll(t, open, c); again.Revision != v.Revision {
		t.Errorf("the phone's own item made revision %d", again.Revision)
	}
	p.Close()
}

// sealing is the key that the server gave the phone.
type sealing struct {
	ID  string `json:"key_id"`
	Key string `json:"key"`
}

// opened reads a text for 代传 as the documentation of models/relay has it.
func opened(t *testing.T, text string, by sealing) map[string]any {
	t.Helper()
	_, code, _ := strings.Cut(text, "HT1.")
	code, _, ended := strings.Cut(code, ".")
	raw, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || !ended || len(raw) < 21 || base64.RawURLEncoding.EncodeToString(raw[1:9]) != by.ID {
		t.Fatalf("the code is %q (%v)", code, err)
	}
	key, err := base64.RawURLEncoding.DecodeString(by.Key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := seal.Open(nil, raw[9:21], raw[21:], raw[:9])
	if err != nil {
		t.Fatal(err)
	}
	if raw[0] == 1 {
		z, err := zlib.NewReader(bytes.NewReader(plain))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	var body map[string]any
	if err := json.Unmarshal(plain, &body); err != nil {
		t.Fatal(err)
	}
	return body
}

// wire passes connections on to a server and counts what goes over them, both ways.
type wire struct {
	net.Listener
	bytes atomic.Int64
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return // closed
			}
			out, err := net.Dial("tcp", strings.TrimPrefix(to, "http://"))
			if err != nil {
				_ = in.Close()
				continue
			}
			go w.pass(out, in)
			go w.pass(in, out)
		}
	}()
	return w
}

func (w *wire) pass(to, from net.Conn) {
	_, _ = io.Copy(to, io.TeeReader(from, w)) // ends with the connection
	_ = to.Close()
}

func (w *wire) Write(b []byte) (int, error) { w.bytes.Add(int64(len(b))); return len(b), nil }

// Bytes of a host's activity day after the first visit: today's page, the roll on the phone, handing in, and what was held.
const dayBytes = 60 << 10

// Everything that goes over the wire is counted, that of the service worker, too.
func TestBudgetOfTheDay(t *testing.T) {
	h, c := countyEvening(t, 20, 5)
	w := newWire(t, h.URL())
	p := browsertest.Own(t, "http://"+w.Addr().String(), t.TempDir())
	p.Clock(h.env.Clock.Now())
	p.Bring(h.session(t, c.host))
	p.Open("/today")
	p.See("没有网也能点名")
	p.Quiet(0)
	first := w.bytes.Load()
	p.Open("/today")
	p.See("没有网也能点名")
	p.Tap("没有网也能点名")
	holds(p)
	p.See("已传上去")
	p.Open("/today")
	p.See("已经交了")
	p.Quiet(0)
	day := w.bytes.Load() - first
	t.Logf("first visit with all that is kept: %d bytes; the day: %d bytes", first, day)
	if day > dayBytes {
		t.Errorf("the day takes %d bytes, want at most %d", day, dayBytes)
	}
	var list struct{ Items []attendance.SessionView }
	if list = get[struct{ Items []attendance.SessionView }](t, h.client(t, c.host), "/sessions"); len(list.Items) != 1 || list.Items[0].Present != 20 {
		t.Errorf("the sessions are %+v", list.Items)
	}
	p.Close()
}

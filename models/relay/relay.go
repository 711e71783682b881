// Package relay lets a clerk hand in the roll of a phone that cannot (请人代传): by a text that was sent by WeChat or SMS and is
// pasted, or by a file with the same text.
//
// # The text
//
// A line that people can read, a line break, and the code. Before and after the code anything may stand; white space and
// line breaks within it are left out (messengers break long words), and so are the zero-width characters that some of them add.
//
//	火塘代传 安石村家庭党校 2026-11-20 到18人
//	HT1.AXk3….
//
// The readable line is for the people who pass it on; the server does not read it. The code is "HT1.", the base64url, without
// padding, of what follows, and a full stop, which may be missing where nothing but Chinese or nothing at all comes after it:
//
//	1 byte    format: 1 for a body compressed with zlib (RFC 1950; "deflate" of CompressionStream), 2 for one that is not compressed
//	8 bytes   key id, as the server gave it
//	12 bytes  nonce, random, never used twice with the key
//	n bytes   AES-256-GCM of the body, the tag of 16 bytes at its end; the 9 bytes before the nonce are the additional data
//
// The body is the JSON of one item of a roll in UTF-8: what is posted to /api/v1/sessions/{session}/roll, with the session's ID as
// "session" beside it:
//
//	{"session":"…","site":"…","base_revision":0,"held_on":"2026-11-20","minutes":60,"marks":[…],"device":"…","seq":7,"recorded_at":"…"}
//
// It must say the same, field by field, as what the phone itself will hand in later under the same device and number: the order
// of fields and white space are free. The item is at most 64 KB uncompressed, the text at most 32 KB. A file holds the same text, in UTF-8.
// A roll of several items is several codes, each pasted by itself or one after another in one text, at most 20, oldest first.
//
// # The key
//
// A phone asks for its key while it is signed in and has a network: POST /api/v1/device/relay-key {"device":"…"} with the device
// of its items gives {"key_id":"…","key":"…"}, both base64url without padding, 8 and 32 bytes. The answer is the same each time
// for the same account and device, as long as the county's secret is. The key is derived; the database holds its id only. It is
// bound to the account that asked, so the roll's marker is this account whoever pastes the text, and an item that names another
// device does not open. Keep it where the outbox is kept, and drop it with the account's data on the phone.
//
// # The answer
//
// The item gets the receipt that the phone gets when it hands the same item in itself: only that empties its outbox. The
// text pasted twice, by whomever, is one item.
package relay

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/fail"
)

// Prefix begins every code.
const Prefix = "HT1."

const (
	zipped  = 1 // the body is compressed with zlib
	plain   = 2 // it is not
	idSize  = 8
	keySize = 32
	nonce   = 12

	// MostText is the longest text that is pasted, in bytes.
	MostText  = 32 << 10
	mostBody  = 64 << 10
	mostCodes = 20
)

// keyRow says whose key an id is; the key itself is derived.
type keyRow struct {
	KeyID     string `gorm:"primaryKey"` // 16 hexadecimal digits
	AccountID access.AccountID
	Device    string
	MadeAt    time.Time
}

func (keyRow) TableName() string { return "relay_keys" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{keyRow{}} }

// Area is the ops that need the county's secret and the rolls. Make it with New.
type Area struct {
	key   []byte
	rolls *attendance.Area
}

// New gives the area; key is 32 bytes, derived from the county's secret for this purpose.
func New(key []byte, rolls *attendance.Area) *Area { return &Area{key, rolls} }

// KeyInput names the device of the phone's items.
type KeyInput struct {
	Device string `json:"device"`
}

// Key is a phone's key with its id, both base64url without padding.
type Key struct {
	KeyID string `json:"key_id"`
	Key   string `json:"key"`
}

// DeviceKey gives the key under which the actor's items on the device are sealed; the same each time. Permission: SessionsSubmit
// anywhere.
func (a *Area) DeviceKey(tx *db.Tx, by access.Actor, in KeyInput) (Key, error) {
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return Key{}, err
	}
	var c fail.Check
	device := c.Text("device", in.Device, 1, 64)
	if err := c.Err(); err != nil {
		return Key{}, err
	}
	name, key := a.derive(by.Account, device)
	err := db.Insert(tx, &keyRow{KeyID: hex.EncodeToString(name), AccountID: by.Account, Device: device, MadeAt: tx.Now})
	if err != nil && !db.IsDuplicate(err) {
		return Key{}, err
	}
	return Key{base64.RawURLEncoding.EncodeToString(name), base64.RawURLEncoding.EncodeToString(key)}, nil
}

// derive gives the id and the key of an account's device.
func (a *Area) derive(account access.AccountID, device string) (name, key []byte) {
	of := account.String() + "/" + device
	mac := hmac.New(sha256.New, a.key)
	mac.Write([]byte("name/" + of))
	key, err := hkdf.Key(sha256.New, a.key, nil, "key/"+of, keySize)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return mac.Sum(nil)[:idSize], key
}

// Item is one item of a roll with its session.
type Item struct {
	Session attendance.SessionID `json:"session"`
	attendance.SubmitInput
}

// HandInInput is a text with the code, as it was pasted.
type HandInInput struct {
	Text string `json:"text" form:"text"`
}

// HandedIn answers a text: a receipt for each code, in their order.
type HandedIn struct {
	Receipts []attendance.Receipt `json:"receipts"`
}

// HandIn hands in what a text holds for the phones that it comes from (代传). All of it is taken or, where one code cannot be read or is
// refused, none of it, and the fault says which. A text that was handed in before gets its receipts again. Locks as
// [attendance.Area.Submit]. Permission: SessionsRelay on the school of each item.
func (a *Area) HandIn(tx *db.Tx, by access.Actor, in HandInInput) (HandedIn, error) {
	out := HandedIn{Receipts: []attendance.Receipt{}}
	if err := by.RequireAnywhere(access.SessionsRelay); err != nil {
		return out, err
	}
	var c fail.Check
	if c.If(len(in.Text) > MostText, "text", "relay.too_long", MostText>>10) {
		return out, c.Err()
	}
	found := codes(in.Text)
	c.If(len(found) == 0, "text", "relay.no_code")
	c.If(len(found) > mostCodes, "text", "relay.many_codes", mostCodes)
	if err := c.Err(); err != nil {
		return out, err
	}
	for i, code := range found {
		item, owner, err := a.open(tx, code, i+1)
		if err != nil {
			if e, ok := fail.As(err); ok {
				c.Add("text", e.Code, e.Args...)
				return out, c.Err()
			}
			return out, err
		}
		r, err := a.rolls.SubmitFor(tx, owner, by, item)
		if err != nil {
			return out, err
		}
		out.Receipts = append(out.Receipts, r)
	}
	return out, nil
}

// inWord is what messengers put into a long word.
var inWord = strings.NewReplacer("\n", "", "\r", "", " ", "", "\t", "", "\u200b", "", "\u200c", "", "\u200d", "", "\ufeff", "", "\u00a0", "", "\u3000", "")

var code = regexp.MustCompile(`^[A-Za-z0-9_-]+`)

// codes finds the codes in a text, without their prefix.
func codes(text string) []string {
	var out []string
	for i, part := range strings.Split(inWord.Replace(text), Prefix) {
		if i > 0 {
			out = append(out, code.FindString(part))
		}
	}
	return out
}

// open reads the n-th code, and finds whose it is.
func (a *Area) open(tx *db.Tx, text string, n int) (attendance.SubmitInput, access.Actor, error) {
	broken := fail.Invalid("relay.broken", n)
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sealed) < 1+idSize+nonce+16 || sealed[0] != zipped && sealed[0] != plain {
		return attendance.SubmitInput{}, access.Actor{}, broken
	}
	keys, err := db.All[keyRow](tx.Where("key_id = ?", hex.EncodeToString(sealed[1:1+idSize])))
	if err != nil {
		return attendance.SubmitInput{}, access.Actor{}, err
	}
	if len(keys) == 0 {
		return attendance.SubmitInput{}, access.Actor{}, broken
	}
	row := keys[0]
	_, key := a.derive(row.AccountID, row.Device)
	body, err := unseal(key, sealed)
	if err != nil {
		return attendance.SubmitInput{}, access.Actor{}, broken.Because(err)
	}
	item, err := parse(body)
	if err != nil || item.Device != row.Device {
		return attendance.SubmitInput{}, access.Actor{}, broken.Because(err)
	}
	owner, _, err := accounts.Actor(tx, row.AccountID)
	if fail.KindOf(err) == fail.Unauthenticated {
		err = fail.Invalid("relay.no_account", n)
	}
	item.SubmitInput.Session = item.Session
	return item.SubmitInput, owner, err
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	return aead, nil
}

// unseal gives the body of a code that is long enough.
func unseal(key, sealed []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	const head = 1 + idSize
	body, err := aead.Open(nil, sealed[head:head+nonce], sealed[head+nonce:], sealed[:head])
	if err != nil || sealed[0] == plain {
		return body, err //nolint:wrapcheck // told as a code that cannot be read
	}
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	body, err = io.ReadAll(io.LimitReader(z, mostBody+1))
	if err == nil && len(body) > mostBody {
		err = errors.New("relay: too long")
	}
	return body, err //nolint:wrapcheck // likewise
}

// parse reads an item strictly, as the endpoint does.
func parse(body []byte) (Item, error) {
	var item Item
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&item)
	if err == nil && d.More() {
		err = errors.New("relay: more than one item")
	}
	return item, err //nolint:wrapcheck // told as a code that cannot be read
}

// Seal makes the code of an item as a phone does, for tests and for who writes another client.
func Seal(k Key, body []byte) (string, error) {
	name, err := base64.RawURLEncoding.DecodeString(k.KeyID)
	if err != nil {
		return "", fmt.Errorf("relay: %w", err)
	}
	key, err := base64.RawURLEncoding.DecodeString(k.Key)
	if err != nil {
		return "", fmt.Errorf("relay: %w", err)
	}
	aead, err := gcm(key)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(body) // a buffer never fails
	_ = z.Close()
	out := append([]byte{zipped}, name...)
	head, n := bytes.Clone(out), make([]byte, nonce)
	_, _ = rand.Read(n) // never fails
	out = aead.Seal(append(out, n...), n, b.Bytes(), head)
	return Prefix + base64.RawURLEncoding.EncodeToString(out), nil
}

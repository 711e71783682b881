package main

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/configs"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/runs"
	"huotang/models/seal"
)

// vault is a database with sealed numbers, and the folder with their keys.
type vault struct {
	*dbtest.Env
	t       *testing.T
	data    string
	environ []string
	numbers map[access.PersonID]string
}

const sealedNumbers = 2*keyBatch + 50

func newVault(t *testing.T, e *dbtest.Env, more ...string) *vault {
	t.Helper()
	v := &vault{Env: e, t: t, data: t.TempDir(), numbers: map[access.PersonID]string{}}
	v.environ = append([]string{"HUOTANG_DATA=" + v.data, "HUOTANG_STORE_KIND=disk"}, more...)
	if e.Conf.Driver == db.MySQL {
		v.environ = append(v.environ, "HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN="+e.Conf.DSN)
	} else if err := os.Symlink(e.Conf.Path, filepath.Join(v.data, "huotang.db")); err != nil {
		t.Fatal(err)
	}
	tree, ring := orgtest.County(t, e), v.ring()
	first := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲"})
	e.Do(t, func(tx *db.Tx) error {
		for i := range sealedNumbers {
			who := first
			if i > 0 {
				who = access.PersonID(id.New[struct{}]())
				err := tx.Exec("INSERT INTO persons (id, name, search_key, gender, birth_year, village_id, mobile, made_at, changed_at) "+
					"SELECT ?, name, search_key, gender, birth_year, village_id, mobile, made_at, changed_at FROM persons WHERE id = ?", who, first).Error
				if err != nil {
					return err
				}
			}
			v.numbers[who] = fmt.Sprintf("1380013%04d", i)
			err := tx.Exec("UPDATE persons SET phone = ?, phone_index = ? WHERE id = ?", ring.Seal(v.numbers[who], seal.Bound("persons.phone", who)), ring.Index(v.numbers[who]), who).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	return v
}

func (v *vault) config() configs.Config {
	v.t.Helper()
	cfg, err := configs.Load("", v.environ, nil)
	if err == nil {
		err = cfg.KeepPhoneKeys()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return cfg
}

func (v *vault) ring() *seal.Ring {
	v.t.Helper()
	r, err := v.config().PhoneRing()
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

// run does a command on the keys.
func (v *vault) run(ctx context.Context, out *stopper, verb string) (code int, said string) {
	v.t.Helper()
	if out == nil {
		out = &stopper{}
	}
	sh := &shell{environ: v.environ, in: strings.NewReader(""), out: out, err: &out.b, now: time.Now}
	code = sh.run(ctx, []string{"keys", verb})
	return code, out.b.String()
}

func (v *vault) want(verb string, code int, parts ...string) string {
	v.t.Helper()
	got, said := v.run(context.Background(), nil, verb)
	if got != code {
		v.t.Errorf("keys %s: exit %d, want %d\n%s", verb, got, code, said)
	}
	for _, p := range parts {
		if !strings.Contains(said, p) {
			v.t.Errorf("keys %s does not say %q:\n%s", verb, p, said)
		}
	}
	return said
}

// stopper is an output that ends a command's context at a word, as a hand on Ctrl-C does.
type stopper struct {
	b    strings.Builder
	at   string
	stop func()
}

func (s *stopper) Write(p []byte) (int, error) {
	n, err := s.b.Write(p)
	if s.stop != nil && strings.Contains(s.b.String(), s.at) {
		s.stop()
	}
	return n, err //nolint:wrapcheck // of the terminal
}

// opens wants every number to open with the newest key of the folder alone, and to be found by its index as before.
func (v *vault) opens() {
	v.t.Helper()
	cfg := v.config()
	newest, _, _ := strings.Cut(string(cfg.PhoneKeys), ",")
	cfg.PhoneKeys = configs.Secret(newest)
	ring, err := cfg.PhoneRing()
	if err != nil {
		v.t.Fatal(err)
	}
	v.See(v.t, func(tx *db.Tx) error {
		rows, err := db.Ask[struct {
			ID         people.PersonID
			Phone      []byte
			PhoneIndex string
		}](tx, "SELECT id, phone, phone_index FROM persons WHERE LENGTH(phone) > 0")
		if len(rows) != len(v.numbers) {
			v.t.Errorf("%d numbers, want %d", len(rows), len(v.numbers))
		}
		for _, r := range rows {
			got, err := ring.Open(r.Phone, seal.Bound("persons.phone", r.ID))
			if err != nil || got != v.numbers[r.ID] || r.PhoneIndex != ring.Index(got) {
				v.t.Fatalf("%q opens as %q: %v", v.numbers[r.ID], got, err)
			}
		}
		return err
	})
}

// keyLines lists the keys in the file.
func (v *vault) keyLines() []string {
	v.t.Helper()
	b, err := os.ReadFile(filepath.Join(v.data, "phone-keys"))
	if err != nil {
		v.t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if key, ok := strings.CutPrefix(strings.TrimSpace(line), "key "); ok {
			out = append(out, key)
		}
	}
	return out
}

func TestKeysRotateAndDrop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		v := newVault(t, e)
		old := v.keyLines()
		v.want("list", 0, fmt.Sprint(sealedNumbers), "newest, in use")
		v.want("drop", 0, "no key to drop")
		v.want("rotate", 0, "a new key is added", "sealed again 200 / 450", "sealed again 400 / 450", "sealed again 450 / 450", "450 values are sealed with the newest key")
		v.opens()
		v.want("list", 0, "450", "not used, can be dropped")
		v.want("drop", 0, "dropped")
		if left := v.keyLines(); len(left) != 1 || left[0] == old[0] {
			t.Errorf("keys left: %d, the old one among them: %t", len(left), left[0] == old[0])
		}
		if said := v.want("list", 0, "450"); strings.Count(said, "\n") != 2 {
			t.Errorf("after the drop:\n%s", said)
		}
		v.opens()
		v.acts("keys.add", "keys.reseal", "keys.drop")
	})
}

// acts wants the acts in the list of acts, once each.
func (v *vault) acts(want ...string) {
	v.t.Helper()
	v.See(v.t, func(tx *db.Tx) error {
		got, err := db.Ask[string](tx, "SELECT act FROM audit_rows WHERE act LIKE 'keys.%' ORDER BY id")
		if strings.Join(got, " ") != strings.Join(want, " ") {
			v.t.Errorf("acts %v, want %v", got, want)
		}
		return err
	})
}

// A rotation that is stopped leaves every number readable; the old key cannot be dropped; begun again it goes on with its own key.
func TestKeysRotateInterrupted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		v := newVault(t, e)
		ctx, stop := context.WithCancel(context.Background())
		code, said := v.run(ctx, &stopper{at: "sealed again 200 /", stop: stop}, "rotate")
		if code == 0 || !strings.Contains(said, "run again to go on") || strings.Contains(said, "done:") {
			t.Fatalf("exit %d\n%s", code, said)
		}
		begun := v.keyLines()
		if len(begun) != 2 {
			t.Fatalf("%d keys", len(begun))
		}
		ring := v.ring()
		v.See(t, func(tx *db.Tx) error {
			for who, number := range v.numbers {
				sealed, err := db.Ask[[]byte](tx, "SELECT phone FROM persons WHERE id = ?", who)
				if err != nil {
					return err
				}
				if got, err := ring.Open(sealed[0], seal.Bound("persons.phone", who)); got != number || err != nil {
					t.Fatalf("%s opens as %q in between: %v", number, got, err)
				}
			}
			return nil
		})
		v.want("list", 0, "200", "250")
		v.want("drop", 1, "refused: 250 values still need an old key")
		if now := v.keyLines(); strings.Join(now, " ") != strings.Join(begun, " ") {
			t.Error("a refused drop changed the file")
		}
		said = v.want("rotate", 0, "250 values are sealed with the newest key", "sealed again 250 / 250")
		if strings.Contains(said, "a new key is added") {
			t.Error("the second run made a third key")
		}
		v.opens()
		v.want("drop", 0, "dropped")
	})
}

// Of two commands that change keys one waits for the other.
func TestKeysOneAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		v := newVault(t, e)
		e.Clock.Set(time.Now())
		e.Do(t, func(tx *db.Tx) error {
			_, ok, err := runs.Acquire(tx, "keys", "another", time.Minute)
			if !ok {
				t.Error("no lease")
			}
			return err
		})
		v.want("rotate", 1, "another huotang keys is at work")
		v.want("drop", 1, "another huotang keys is at work")
		if len(v.keyLines()) != 1 {
			t.Error("a key was added")
		}
		v.want("list", 0, "newest")
	})
}

// Configured keys are changed by whoever configures them: no command writes them anywhere, and one that is taken away too early is told.
func TestKeysConfigured(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		first, second, index := strings.Repeat("first-key-", 4), strings.Repeat("second-key", 4), strings.Repeat("index-key-", 4)
		v := newVault(t, e, "HUOTANG_PHONE_KEYS="+first, "HUOTANG_PHONE_INDEX_KEY="+index)
		configure := func(keys string) {
			for i, line := range v.environ {
				if strings.HasPrefix(line, "HUOTANG_PHONE_KEYS=") {
					v.environ[i] = "HUOTANG_PHONE_KEYS=" + keys
				}
			}
		}
		v.want("rotate", 0, "the keys are configured")
		configure(second) // the old one was taken away too early
		v.want("list", 0, "missing: cannot be opened", "450")
		configure(second + "," + first)
		v.want("drop", 1, "refused: 450 values still need an old key")
		v.want("rotate", 0, "450 values are sealed")
		v.want("drop", 1, "take these out of phone_keys and restart")
		configure(second)
		v.opens()
		if _, err := os.Stat(filepath.Join(v.data, "phone-keys")); !os.IsNotExist(err) {
			t.Errorf("configured keys were written to the folder: %v", err)
		}
		v.keyless(first, second, index)
	})
}

// The keys stand in no column of no table: not as they are configured, nor decoded, nor derived; not after a rotation either.
func TestKeysAreNotInTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		v := newVault(t, e)
		keys := v.keyLines()
		v.want("rotate", 0, "done")
		v.want("drop", 0, "dropped")
		v.keyless(append(append(keys, v.keyLines()...), string(v.config().PhoneIndexKey))...)
		v.holds("1380013") // the numbers themselves, neither
	})
}

func (v *vault) keyless(keys ...string) {
	v.t.Helper()
	for _, key := range keys {
		forms := []string{key}
		for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString} {
			if b, err := decode(key); err == nil {
				forms = append(forms, string(b))
			}
		}
		for _, purpose := range []string{"phone", "phone-index"} {
			b, err := hkdf.Key(sha256.New, []byte(key), nil, "huotang/"+purpose, 32)
			if err != nil {
				v.t.Fatal(err)
			}
			forms = append(forms, string(b), hex.EncodeToString(b), base64.StdEncoding.EncodeToString(b))
		}
		v.holds(forms...)
	}
}

// holds wants no value of the database to hold one of the texts.
func (v *vault) holds(texts ...string) {
	v.t.Helper()
	rows := 0
	v.See(v.t, func(tx *db.Tx) error {
		query := "SELECT name FROM sqlite_master WHERE type = 'table'"
		if tx.Driver() == db.MySQL {
			query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
		}
		tables, err := db.Ask[string](tx, query)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var found []map[string]any
			if err := tx.Raw("SELECT * FROM `" + table + "`").Scan(&found).Error; err != nil {
				return err
			}
			rows += len(found)
			for _, row := range found {
				for column, value := range row {
					for _, text := range texts {
						if bytes.Contains(raw(value), []byte(text)) {
							v.t.Errorf("%s.%s holds %q", table, column, text)
						}
					}
				}
			}
		}
		return nil
	})
	if rows < sealedNumbers {
		v.t.Errorf("only %d rows were looked at", rows)
	}
}

// raw is what a driver gave for a column, as bytes.
func raw(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return fmt.Append(nil, v)
}

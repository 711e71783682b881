package configs

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"huotang/models/seal"
)

// ErrKeysGiven says that the keys of telephone numbers are configured, so that no command changes them.
var ErrKeysGiven = errors.New("configs: phone_keys are configured, not kept in the data folder")

// PhoneKeyFile is where keys of telephone numbers that were not given are kept.
func (c Config) PhoneKeyFile() string { return filepath.Join(c.Data, "phone-keys") }

// PhoneKeysInFile reports that the keys are kept in the data folder; right after [Config.KeepPhoneKeys].
func (c Config) PhoneKeysInFile() bool { return c.fileKeys }

// KeepPhoneKeys fills empty keys of telephone numbers from the data folder, making them at the first start. Of several
// processes that do so at once all get the same.
func (c *Config) KeepPhoneKeys() error {
	if c.PhoneKeys != "" && !c.fileKeys {
		return nil
	}
	text, err := c.keep(c.PhoneKeyFile(), func() string { return keyFile{index: newKey(), keys: []string{newKey()}}.String() })
	if err != nil {
		return fmt.Errorf("configs: phone keys: %w", err)
	}
	f, err := readKeyFile(string(text))
	if err != nil {
		return fmt.Errorf("configs: %s: %w; restore it from a backup", c.PhoneKeyFile(), err)
	}
	c.PhoneKeys, c.PhoneIndexKey, c.fileKeys = Secret(strings.Join(f.keys, ",")), Secret(f.index), true
	return nil
}

// PhoneRing opens the keys, which stand: see [Config.KeepPhoneKeys]. A ring from the data folder follows its file, so that a
// server goes on while a key is added.
func (c Config) PhoneRing() (*seal.Ring, error) {
	r, err := ringOf(string(c.PhoneIndexKey), splitKeys(c.PhoneKeys))
	if err != nil || !c.fileKeys {
		return r, err
	}
	r.Follow((&keyWatch{c: c}).look)
	return r, nil
}

// AddPhoneKey writes a new key into the file, before the others, and takes it. The error is [ErrKeysGiven] where there is
// no file. Of two processes only one may do so at a time.
func (c *Config) AddPhoneKey() error {
	return c.changeKeys(func(keys []string) []string { return append([]string{newKey()}, keys...) })
}

// DropPhoneKeys takes the keys with the names ([seal.Ring.Names]) out of the file, never the newest. As [Config.AddPhoneKey].
func (c *Config) DropPhoneKeys(names []string) error {
	r, err := ringOf(string(c.PhoneIndexKey), splitKeys(c.PhoneKeys))
	if err != nil {
		return err
	}
	all := r.Names()
	return c.changeKeys(func(keys []string) []string {
		var kept []string
		for i, k := range keys {
			if i == 0 || !slices.Contains(names, all[i]) {
				kept = append(kept, k)
			}
		}
		return kept
	})
}

func (c *Config) changeKeys(change func(keys []string) []string) error {
	if !c.fileKeys {
		return ErrKeysGiven
	}
	keys := change(splitKeys(c.PhoneKeys))
	tmp, err := writeBeside(c.PhoneKeyFile(), keyFile{index: string(c.PhoneIndexKey), keys: keys}.String())
	if err == nil {
		err = os.Rename(tmp, c.PhoneKeyFile())
	}
	if err != nil {
		return fmt.Errorf("configs: phone keys: %w", errors.Join(err, os.Remove(tmp)))
	}
	c.PhoneKeys = Secret(strings.Join(keys, ","))
	return nil
}

func splitKeys(s Secret) []string {
	var keys []string
	for k := range strings.SplitSeq(string(s), ",") {
		if k = strings.TrimSpace(k); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// ringOf derives the keys from what is configured, so that any long text will do.
func ringOf(index string, keys []string) (*seal.Ring, error) {
	derive := func(text, purpose string) []byte {
		key, err := hkdf.Key(sha256.New, []byte(text), nil, "huotang/"+purpose, 32)
		if err != nil {
			panic(err) // only for lengths that SHA-256 cannot give
		}
		return key
	}
	all := make([][]byte, len(keys))
	for i, k := range keys {
		all[i] = derive(k, "phone")
	}
	r, err := seal.New(derive(index, "phone-index"), all...)
	if err != nil {
		return nil, fmt.Errorf("configs: phone keys: %w", err)
	}
	return r, nil
}

// keyFile is what the file of the data folder holds.
type keyFile struct {
	index string
	keys  []string // newest first
}

func (f keyFile) String() string {
	return "# 电话号码的密钥,新的在前;和数据库分开备份,丢了号码就打不开。Keys of telephone numbers, newest first; without them no number can be read.\n" +
		"index " + f.index + "\nkey " + strings.Join(f.keys, "\nkey ") + "\n"
}

func readKeyFile(text string) (keyFile, error) {
	var f keyFile
	for line := range strings.Lines(text) {
		kind, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case kind == "index":
			f.index = value
		case kind == "key" && len(value) >= minSecret:
			f.keys = append(f.keys, value)
		case kind != "" && kind[0] != '#':
			return f, errors.New("holds lines that are no keys")
		}
	}
	if len(f.index) < minSecret || len(f.keys) == 0 {
		return f, errors.New("holds no keys")
	}
	return f, nil
}

// keyWatch reads the file again when it is another one than before.
type keyWatch struct {
	c    Config
	mu   sync.Mutex
	seen os.FileInfo // nil before the first look
}

// look is for [seal.Ring.Follow]. A file that cannot be read leaves the keys as they are.
func (w *keyWatch) look() (*seal.Ring, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, err := os.Stat(w.c.PhoneKeyFile())
	if err != nil || w.seen != nil && os.SameFile(now, w.seen) && now.ModTime().Equal(w.seen.ModTime()) && now.Size() == w.seen.Size() {
		return nil, false
	}
	r, err := w.read()
	if err != nil {
		return nil, false
	}
	w.seen = now
	return r, true
}

func (w *keyWatch) read() (*seal.Ring, error) {
	text, err := os.ReadFile(w.c.PhoneKeyFile())
	if err != nil {
		return nil, err
	}
	f, err := readKeyFile(string(text))
	if err != nil {
		return nil, err
	}
	return ringOf(f.index, f.keys)
}

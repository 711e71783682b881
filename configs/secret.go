package configs

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// Secret is a value that is never printed: every way of printing shows [Set] or nothing.
// string(s) gives it.
type Secret string

// Set stands for a secret that is given.
const Set = "«set»"

// String is Set, or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Set
}

// Format prints String for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue logs String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText writes String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// minSecret is the least length of the secret, in bytes.
const minSecret = 32

// Key derives the 32-byte key for a purpose ("accounts") from the secret (HKDF with SHA-256), the
// same on every replica. It panics without a secret: see [Config.KeepSecret].
func (c Config) Key(purpose string) []byte {
	if len(c.Secret) < minSecret {
		panic("configs: no secret to derive keys from")
	}
	return derive(c.Secret, purpose)
}

func derive(s Secret, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(s), nil, "huotang/"+purpose, 32)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return key
}

// SecretFile is where a secret that was not given is kept.
func (c Config) SecretFile() string { return filepath.Join(c.Data, "secret") }

// KeepSecret fills an empty secret from the data folder, making one at the first start. Of
// several processes that do so at once all get the same.
func (c *Config) KeepSecret() error {
	if c.Secret != "" {
		return nil
	}
	text, err := c.keep(c.SecretFile(), func() string { return newKey() + "\n" })
	if err != nil {
		return fmt.Errorf("configs: secret: %w", err)
	}
	c.Secret = Secret(strings.TrimSpace(string(text)))
	if len(c.Secret) < minSecret {
		return fmt.Errorf("configs: %s holds fewer than %d bytes; restore it from a backup, or delete it to have a new one made", c.SecretFile(), minSecret)
	}
	return nil
}

// newKey makes a secret of 260 random bits.
func newKey() string { return rand.Text() + rand.Text() }

// keep reads a file of the data folder, written with what fresh gives where it is not there.
func (c *Config) keep(file string, fresh func() string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c.create(file, fresh())
	}
	return text, err //nolint:wrapcheck // the callers wrap
}

// create writes a new file whole and then gives it its name, unless another process was quicker; what the file
// then holds.
func (c *Config) create(file, text string) ([]byte, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err //nolint:wrapcheck // the callers wrap
	}
	tmp, err := writeBeside(file, text)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp) }()
	if err := os.Link(tmp, file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err //nolint:wrapcheck // the callers wrap
	}
	return os.ReadFile(file)
}

// writeBeside writes a file "NAME-…" that only its owner may read, on the disk when it returns.
func writeBeside(file, text string) (name string, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+"-*") // mode 0600
	if err != nil {
		return "", err //nolint:wrapcheck // the callers wrap
	}
	_, err = tmp.WriteString(text)
	return tmp.Name(), errors.Join(err, tmp.Sync(), tmp.Close())
}

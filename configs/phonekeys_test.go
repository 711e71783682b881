package configs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func keptKeys(t *testing.T, dir string) Config {
	t.Helper()
	c := Default()
	c.Data = dir
	if err := c.KeepPhoneKeys(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPhoneKeysAreMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	made := make([]Config, 8)
	var wait sync.WaitGroup
	for i := range made {
		wait.Go(func() { made[i] = keptKeys(t, dir) })
	}
	wait.Wait()
	for _, c := range made {
		if c.PhoneKeys != made[0].PhoneKeys || c.PhoneIndexKey != made[0].PhoneIndexKey || c.PhoneKeys == "" || !c.PhoneKeysInFile() {
			t.Fatal("processes that start at once have different keys")
		}
	}
	info, err := os.Stat(made[0].PhoneKeyFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, err %v", info.Mode(), err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("files %v, err %v", files, err)
	}
	if _, err := made[0].PhoneRing(); err != nil {
		t.Error(err)
	}
}

func TestDamagedPhoneKeysAreNotReplaced(t *testing.T) {
	c := keptKeys(t, t.TempDir())
	whole := string(c.PhoneKeys)
	for _, text := range []string{"", "index x\n", "index " + whole + "\n", "key " + whole + "\n", "index " + whole + "\nkey " + whole + "\n" + hidden} {
		if err := os.WriteFile(c.PhoneKeyFile(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d := Default()
		d.Data = c.Data
		if err := d.KeepPhoneKeys(); err == nil || strings.Contains(err.Error(), whole) || strings.Contains(err.Error(), hidden) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}

// Two servers on one folder: one adds a key and drops the old one, the other goes on without a restart.
func TestRingFollowsTheFile(t *testing.T) {
	c := keptKeys(t, t.TempDir())
	server, err := c.PhoneRing()
	if err != nil {
		t.Fatal(err)
	}
	old := server.Seal("13800138000", "x")
	if err := c.AddPhoneKey(); err != nil {
		t.Fatal(err)
	}
	rotating, err := c.PhoneRing()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := rotating.Open(old, "x"); got == "" || err != nil || rotating.Current(old) || len(rotating.Names()) != 2 {
		t.Errorf("%q, %v, %v", got, err, rotating.Names())
	}
	if got, err := server.Open(rotating.Seal("139", "x"), "x"); got != "139" || err != nil {
		t.Errorf("the server does not open what the new key sealed: %q, %v", got, err)
	}
	if !rotating.Current(server.Seal("1", "x")) || server.Index("1") != rotating.Index("1") {
		t.Error("the server seals with the old key, or finds nothing")
	}
	names := rotating.Names()
	if err := c.DropPhoneKeys(names); err != nil {
		t.Fatal(err)
	}
	again, err := keptKeys(t, c.Data).PhoneRing()
	if err != nil || len(again.Names()) != 1 || again.Names()[0] != names[0] {
		t.Errorf("%v after dropping of %v, %v", again.Names(), names, err)
	}
	if files, err := os.ReadDir(c.Data); err != nil || len(files) != 1 {
		t.Errorf("leaves files behind: %v, %v", files, err)
	}
}

func TestGivenPhoneKeysStay(t *testing.T) {
	c := Default()
	c.Data, c.PhoneKeys, c.PhoneIndexKey = t.TempDir(), longSecret+"b, "+longSecret+"a", longSecret
	if err := c.KeepPhoneKeys(); err != nil || c.PhoneKeysInFile() {
		t.Fatal(err)
	}
	r, err := c.PhoneRing()
	if err != nil || len(r.Names()) != 2 {
		t.Fatal(err)
	}
	if err := c.AddPhoneKey(); !errors.Is(err, ErrKeysGiven) {
		t.Error(err)
	}
	if err := c.DropPhoneKeys(r.Names()); !errors.Is(err, ErrKeysGiven) {
		t.Error(err)
	}
	if files, err := os.ReadDir(c.Data); err != nil || len(files) != 0 {
		t.Errorf("files %v, err %v", files, err)
	}
}

func TestRingNeedsKeys(t *testing.T) {
	if _, err := Default().PhoneRing(); err == nil {
		t.Error("a ring without keys")
	}
}

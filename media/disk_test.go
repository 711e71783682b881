package media_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/media"
)

func openDisk(t testing.TB, dir string) *media.Disk {
	t.Helper()
	s, err := media.OpenDisk(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func store(t testing.TB, s media.Store, key, data string) {
	t.Helper()
	if err := s.Put(t.Context(), key, strings.NewReader(data), int64(len(data)), ""); err != nil {
		t.Fatal(err)
	}
}

func TestDiskSurvivesReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	first := openDisk(t, dir)
	store(t, first, "a/b.mp4", "kept")
	before, err := first.Stat(t.Context(), "a/b.mp4")
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := openDisk(t, dir).Stat(t.Context(), "a/b.mp4")
	if err != nil || after != before {
		t.Errorf("%+v, %v; want %+v", after, err, before)
	}
}

// What a crash left half written is removed after a day, not while it may be in use.
func TestDiskSweep(t *testing.T) {
	dir := t.TempDir()
	openDisk(t, dir)
	old, fresh := filepath.Join(dir, ".tmp", "old"), filepath.Join(dir, ".tmp", "fresh")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, at, at); err != nil {
		t.Fatal(err)
	}
	openDisk(t, dir)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("the fresh file: %v", err)
	}
}

// A link planted in the folder leads nowhere out of it.
func TestDiskLinks(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.txt")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openDisk(t, dir)
	for target, link := range map[string]string{secret: "file.txt", outside: "folder"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"file.txt", "folder/secret.txt"} {
		if o, err := s.Open(t.Context(), key); err == nil {
			data, _ := io.ReadAll(o)
			t.Errorf("%s: read %q", key, data)
		}
		if info, err := s.Stat(t.Context(), key); err == nil {
			t.Errorf("%s: %+v", key, info)
		}
	}
	if err := s.Put(t.Context(), "folder/new.txt", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("written through a link")
	}
	if infos, err := s.List(t.Context(), "", "", 0); err != nil || len(infos) > 0 {
		t.Errorf("listed %+v, %v", infos, err)
	}
}

func TestDiskNotWritable(t *testing.T) {
	dir := t.TempDir()
	s := openDisk(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, ".tmp")); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err == nil {
		t.Error("found in order")
	}
	if err := s.Put(t.Context(), "a", strings.NewReader("x"), 1, ""); err == nil || errors.Is(err, media.ErrKey) {
		t.Errorf("put: %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := media.OpenDisk(file, time.Now); err == nil {
		t.Error("a file was opened as a folder")
	}
}

package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// tmpDir holds what is being written. No key can name it: segments do not begin
// with a dot.
const tmpDir = ".tmp"

// leftover is the age from which a file in tmpDir belongs to nobody.
const leftover = 24 * time.Hour

// Disk is a Store in a folder: each key is a file, synced before it appears. Content
// types are derived from extensions. One process at a time may write to a folder.
type Disk struct {
	root *os.Root
	now  func() time.Time
	tree sync.RWMutex // Put makes folders while Delete removes empty ones
	last atomic.Int64 // the latest modification time given, Unix nanoseconds
}

// OpenDisk opens the folder, making it when it is not there, and removes what an
// earlier process left half written. now dates the objects.
func OpenDisk(dir string, now func() time.Time) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("media: make store: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("media: open store: %w", err)
	}
	d := &Disk{root: root, now: now}
	if err := d.sweep(); err != nil {
		return nil, fmt.Errorf("media: sweep store: %w", errors.Join(err, root.Close()))
	}
	return d, nil
}

// Close gives the folder back. Objects still open stay readable.
func (d *Disk) Close() error { return d.root.Close() }

// sweep makes tmpDir and empties it of old files.
func (d *Disk) sweep() error {
	if err := d.root.MkdirAll(tmpDir, 0o750); err != nil {
		return err
	}
	files, err := fs.ReadDir(d.root.FS(), tmpDir)
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || d.now().Sub(info.ModTime()) < leftover {
			continue
		}
		if err := d.root.Remove(path.Join(tmpDir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Put implements Store.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader, size int64, _ string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	tmp := path.Join(tmpDir, rand.Text())
	err := d.write(tmp, &source{ctx: ctx, r: r, left: size})
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = d.publish(tmp, key)
	}
	if err != nil {
		_ = d.root.Remove(tmp) // the first error is the one to tell; sweep takes what stays
		return fmt.Errorf("media: put %q: %w", key, err)
	}
	return nil
}

// write makes the file with all that r gives, dated and synced.
func (d *Disk) write(name string, r io.Reader) (err error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	at := d.stamp()
	if err := d.root.Chtimes(name, at, at); err != nil {
		return err
	}
	return f.Sync()
}

// stamp gives the time now, later than any that it gave before: ETags are made of it.
func (d *Disk) stamp() time.Time {
	for {
		last, next := d.last.Load(), d.now().UnixNano()
		next = max(next, last+1)
		if d.last.CompareAndSwap(last, next) {
			return time.Unix(0, next)
		}
	}
}

// publish moves the file to its key and makes that durable.
func (d *Disk) publish(tmp, key string) error {
	d.tree.RLock()
	defer d.tree.RUnlock()
	dir := path.Dir(key)
	if err := d.makeDir(dir); err != nil {
		return err
	}
	if err := d.root.Rename(tmp, key); err != nil {
		return err
	}
	return d.sync(dir)
}

// makeDir makes the folder and syncs every folder above that may have changed.
func (d *Disk) makeDir(dir string) error {
	if _, err := d.root.Stat(dir); err == nil {
		return nil
	}
	if err := d.root.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for dir != "." {
		dir = path.Dir(dir)
		if err := d.sync(dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *Disk) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// diskObject is an open file. Replacing or deleting the key leaves it as it was.
type diskObject struct {
	*os.File
	info Info
}

func (o *diskObject) Info() Info { return o.info }

// Open implements Store.
func (d *Disk) Open(ctx context.Context, key string) (Object, error) {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, absent(key, err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, errors.Join(absent(key, err), f.Close())
	}
	return &diskObject{File: f, info: diskInfo(key, st)}, nil
}

// Stat implements Store.
func (d *Disk) Stat(ctx context.Context, key string) (Info, error) {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return Info{}, err
	}
	st, err := d.root.Lstat(key)
	if err == nil && !st.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, absent(key, err)
	}
	return diskInfo(key, st), nil
}

func diskInfo(key string, st fs.FileInfo) Info {
	at := st.ModTime()
	return Info{
		Key: key, Size: st.Size(), Modified: at.UTC(), ContentType: typeOf(key),
		ETag: fmt.Sprintf("%x-%x", at.UnixNano(), st.Size()),
	}
}

// absent names the key, and says ErrNotFound when that is what err means.
func absent(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		err = ErrNotFound
	}
	return fmt.Errorf("%w: %q", err, key)
}

// Delete implements Store. Folders that become empty go too, so that their names
// are free and List does not slow down.
func (d *Disk) Delete(ctx context.Context, key string) error {
	if _, err := d.Stat(ctx, key); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	d.tree.Lock()
	defer d.tree.Unlock()
	if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("media: delete: %w", err)
	}
	dir := path.Dir(key)
	for dir != "." && d.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	if err := d.sync(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("media: delete: %w", err)
	}
	return nil
}

// URL implements Store: a folder has no addresses.
func (d *Disk) URL(_ context.Context, key string, _ time.Duration, _ URLOptions) (string, error) {
	return "", checkKey(key)
}

// Origin implements Store.
func (d *Disk) Origin() string { return "" }

// Check implements Store.
func (d *Disk) Check(ctx context.Context) error {
	name := path.Join(tmpDir, rand.Text())
	if err := errors.Join(ctx.Err(), d.root.WriteFile(name, []byte("ok"), 0o640)); err != nil {
		return fmt.Errorf("media: store is not writable: %w", err)
	}
	if err := d.root.Remove(name); err != nil {
		return fmt.Errorf("media: store is not writable: %w", err)
	}
	return nil
}

package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// List implements Store. It reads only folders that can hold wanted keys.
func (d *Disk) List(ctx context.Context, prefix, after string, limit int) ([]Info, error) {
	if noKeys(prefix) {
		return nil, ctx.Err()
	}
	w := &walk{ctx: ctx, files: d.root.FS(), prefix: prefix, after: after, limit: pageSize(limit)}
	if err := w.dir(""); err != nil {
		return nil, fmt.Errorf("media: list %q: %w", prefix, err)
	}
	return w.found, nil
}

// walk collects a page of objects in the order of their keys.
type walk struct {
	ctx           context.Context
	files         fs.FS
	prefix, after string
	limit         int
	found         []Info
}

func (w *walk) full() bool { return len(w.found) >= w.limit }

// dir collects from one folder, whose name is "" or ends in a slash.
func (w *walk) dir(name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.files, path.Clean("./"+name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	for _, key := range keyOrder(name, entries) {
		if w.full() {
			return nil
		}
		if err := w.entry(key); err != nil {
			return err
		}
	}
	return nil
}

// keyOrder gives the keys of files, and of folders with their slash, in the order
// of the keys below them: "a-b" comes before "a/b", though the folder "a" comes
// before the file "a-b".
func keyOrder(dir string, entries []fs.DirEntry) []string {
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			keys = append(keys, dir+e.Name()+"/")
		case e.Type().IsRegular():
			keys = append(keys, dir+e.Name())
		}
	}
	slices.Sort(keys)
	return keys
}

func (w *walk) entry(key string) error {
	if strings.HasSuffix(key, "/") {
		if w.holds(key) {
			return w.dir(key)
		}
		return nil
	}
	if key <= w.after || !strings.HasPrefix(key, w.prefix) || checkKey(key) != nil {
		return nil
	}
	st, err := fs.Stat(w.files, key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	info := diskInfo(key, st)
	info.ContentType = ""
	w.found = append(w.found, info)
	return nil
}

// holds says whether the folder can have wanted keys below it.
func (w *walk) holds(dir string) bool {
	wanted := strings.HasPrefix(dir, w.prefix) || strings.HasPrefix(w.prefix, dir)
	return wanted && (dir > w.after || strings.HasPrefix(w.after, dir))
}

package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Bounds on what is read of a file. A lesson of four hours has an index of about
// 15 MB and a dozen boxes; a file beyond these bounds was made to hurt.
const (
	maxIndex = 32 << 20 // bytes of moov
	maxBoxes = 1000     // boxes side by side
)

// box is one top-level box of a file: its header was read, its content was not.
type box struct {
	kind   string
	start  int64
	size   int64 // with the header
	header int64 // 8 or 16 bytes
}

func (b box) end() int64 { return b.start + b.size }

// topLevel reads the headers of the boxes that make up the file. A box that goes
// beyond size is ErrTruncated, a senseless one ErrDamaged. It stops after the first
// movie fragment: a file with one is not looked into further.
func topLevel(r io.ReadSeeker, size int64) ([]box, error) {
	var boxes []box
	for at := int64(0); at < size; {
		b, err := readHeader(r, at, size)
		if err != nil {
			if errors.Is(err, ErrTruncated) && len(boxes) > 0 && size-at < 8 {
				break // a few stray bytes at the end hurt no player
			}
			return boxes, err
		}
		if len(boxes) == maxBoxes {
			return boxes, fmt.Errorf("%w: more than %d boxes", ErrDamaged, maxBoxes)
		}
		boxes = append(boxes, b)
		if b.kind == "moof" {
			break
		}
		at = b.end()
	}
	return boxes, nil
}

func readHeader(r io.ReadSeeker, at, size int64) (box, error) {
	b := box{start: at, header: 8}
	var head [16]byte
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return b, err
	}
	n, err := io.ReadFull(r, head[:min(16, size-at)])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return b, err
	}
	if n < 8 {
		return b, fmt.Errorf("%w: a box header at %d", ErrTruncated, at)
	}
	b.kind = string(head[4:8])
	switch short := binary.BigEndian.Uint32(head[:]); short {
	case 0: // to the end of the file
		b.size = size - at
	case 1:
		b.header = 16
		long := binary.BigEndian.Uint64(head[8:])
		if n < 16 || long > uint64(size) { //nolint:gosec // sizes are checked to fit the file
			return b, fmt.Errorf("%w: box %q at %d", ErrTruncated, b.kind, at)
		}
		b.size = int64(long) //nolint:gosec // sizes are checked to fit the file
	default:
		b.size = int64(short)
	}
	return b, b.check(size)
}

func (b box) check(size int64) error {
	if b.size < b.header {
		return fmt.Errorf("%w: box %q at %d has %d bytes", ErrDamaged, b.kind, b.start, b.size)
	}
	if b.size > size-b.start {
		return fmt.Errorf("%w: box %q at %d", ErrTruncated, b.kind, b.start)
	}
	return nil
}

// read gives the whole box, header included.
func (b box) read(r io.ReadSeeker) ([]byte, error) {
	if b.size > maxIndex {
		return nil, fmt.Errorf("%w: box %q of %d bytes", ErrDamaged, b.kind, b.size)
	}
	if _, err := r.Seek(b.start, io.SeekStart); err != nil {
		return nil, err
	}
	data := make([]byte, b.size)
	_, err := io.ReadFull(r, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrTruncated
	}
	if err != nil {
		return nil, fmt.Errorf("%w: box %q", err, b.kind)
	}
	return data, nil
}

// find gives the first box of the kind.
func find(boxes []box, kind string) (box, bool) {
	for _, b := range boxes {
		if b.kind == kind {
			return b, true
		}
	}
	return box{}, false
}

// part is a box within the index. Its content shares the memory of the index.
type part struct {
	kind    string
	content []byte
}

// parts splits the content of a container into its boxes. Fewer than 8 bytes at the
// end and a size of zero end it: QuickTime writes both.
func parts(content []byte) ([]part, error) {
	var all []part
	for len(content) >= 8 {
		size, kind := int(binary.BigEndian.Uint32(content)), string(content[4:8])
		if size == 0 {
			break
		}
		if size < 8 || size > len(content) || len(all) == maxBoxes {
			return nil, fmt.Errorf("%w: box %q of %d bytes in %d", ErrDamaged, kind, size, len(content))
		}
		all = append(all, part{kind, content[8:size]})
		content = content[size:]
	}
	return all, nil
}

// pick gives the content of the first part of the kind, or nil.
func pick(all []part, kind string) []byte {
	for _, p := range all {
		if p.kind == kind {
			return p.content
		}
	}
	return nil
}

// descend follows the kinds down from a container and gives the parts of the last.
// ErrDamaged when one of them is not there.
func descend(content []byte, kinds ...string) ([]part, error) {
	all, err := parts(content)
	for _, kind := range kinds {
		if err != nil {
			return nil, err
		}
		if content = pick(all, kind); content == nil {
			return nil, fmt.Errorf("%w: no box %q", ErrDamaged, kind)
		}
		all, err = parts(content)
	}
	return all, err
}

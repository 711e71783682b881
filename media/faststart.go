package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// FastStart gives the file with its index before the pictures, and the number of
// bytes that the reader will give, which is size again. A file that is so
// already is given as it is. The reader reads r as it goes, and holds no more in memory
// than the index; until it is read to its end r must not be used otherwise. The errors
// are those of Probe for a file whose boxes do not hold together.
func FastStart(r io.ReadSeeker, size int64) (io.Reader, int64, error) {
	boxes, err := layout(r, size)
	if err != nil {
		return nil, 0, err
	}
	moov, _ := find(boxes, "moov")
	mdat, _ := find(boxes, "mdat")
	if moov.start < mdat.start {
		return &splice{r: r, pieces: []piece{{start: 0, end: size}}}, size, nil
	}
	index, err := moov.read(r)
	if err != nil {
		return nil, 0, err
	}
	if err := shift(index[moov.header:], uint64(mdat.start), moov); err != nil { //nolint:gosec // sizes are checked to fit the file
		return nil, 0, err
	}
	if moov.header == 8 {
		binary.BigEndian.PutUint32(index, uint32(moov.size)) //nolint:gosec // at most 32 MB; the header may have said "to the end"
	}
	return &splice{r: r, pieces: []piece{
		{start: 0, end: mdat.start},
		{data: index},
		{start: mdat.start, end: moov.start},
		{start: moov.end(), end: size},
	}}, size, nil
}

// shift corrects the chunk offsets of all tracks in the content of moov for its
// move to the position to: what lay between moves back by its size.
func shift(content []byte, to uint64, moov box) error {
	all, err := parts(content)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.kind != "trak" {
			continue
		}
		samples, err := descend(p.content, "mdia", "minf", "stbl")
		if err != nil {
			return err
		}
		table, wide, err := chunkTable(samples)
		if err != nil {
			return err
		}
		if err := shiftTable(table, wide, to, moov); err != nil {
			return err
		}
	}
	return nil
}

func shiftTable(table []byte, wide int, to uint64, moov box) error {
	for i := 0; i < len(table); i += wide {
		at := offset(table[i:], wide)
		if at < to || at >= uint64(moov.start) { //nolint:gosec // sizes are checked to fit the file
			continue
		}
		at += uint64(moov.size) //nolint:gosec // sizes are checked to fit the file
		switch {
		case wide == 8:
			binary.BigEndian.PutUint64(table[i:], at)
		case at <= math.MaxUint32:
			binary.BigEndian.PutUint32(table[i:], uint32(at))
		default:
			return fmt.Errorf("%w: a chunk at %d has no room in 32 bits", ErrDamaged, at)
		}
	}
	return nil
}

// piece is a range of the source, or bytes of our own.
type piece struct {
	start, end int64
	data       []byte
}

// splice reads pieces one after the other.
type splice struct {
	r      io.ReadSeeker
	pieces []piece
	now    io.Reader // the piece being read, nil between two
}

func (s *splice) Read(p []byte) (int, error) {
	for len(s.pieces) > 0 {
		if err := s.open(); err != nil {
			return 0, err
		}
		n, err := s.now.Read(p)
		if errors.Is(err, io.EOF) {
			err = s.next()
		}
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
	return 0, io.EOF
}

// open starts the first piece unless it is being read.
func (s *splice) open() error {
	first := s.pieces[0]
	switch {
	case s.now != nil:
	case first.data != nil:
		s.now = bytes.NewReader(first.data)
	default:
		if _, err := s.r.Seek(first.start, io.SeekStart); err != nil {
			return err
		}
		s.now = io.LimitReader(s.r, first.end-first.start)
	}
	return nil
}

// next leaves the first piece, which must have been read whole.
func (s *splice) next() error {
	if l, ok := s.now.(*io.LimitedReader); ok && l.N > 0 {
		return io.ErrUnexpectedEOF
	}
	s.pieces, s.now = s.pieces[1:], nil
	return nil
}

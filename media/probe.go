package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// Why Probe turns a file down, in the order in which it looks. Each has its own
// remedy, which the page tells. Compare with errors.Is; any other error came from
// reading.
var (
	// ErrNotMP4: the file is something else, whatever its name says.
	ErrNotMP4 = errors.New("media: not an MP4 file")
	// ErrTruncated: the end is missing: a copy broke off or a recording was not closed.
	ErrTruncated = errors.New("media: the file breaks off")
	// ErrDamaged: the file contradicts itself or goes beyond all measure.
	ErrDamaged = errors.New("media: the file is damaged")
	// ErrFragmented: made for streaming in pieces; to be exported as an ordinary MP4.
	ErrFragmented = errors.New("media: the file is in fragments")
	// ErrNoVideo: there is no picture, only sound or other tracks.
	ErrNoVideo = errors.New("media: no video track")
	// ErrEncrypted: protected by a key.
	ErrEncrypted = errors.New("media: the file is encrypted")
	// ErrHEVC: H.265, as phones record in their "high efficiency" setting.
	ErrHEVC = errors.New("media: the picture is HEVC")
	// ErrVideoCodec: another picture codec than H.264.
	ErrVideoCodec = errors.New("media: the picture is not H.264")
	// ErrVideoProfile: H.264 that phones do not decode: 10 bits, 4:2:2, above 8K.
	ErrVideoProfile = errors.New("media: the H.264 profile is not playable")
	// ErrAudioCodec: another sound codec than AAC.
	ErrAudioCodec = errors.New("media: the sound is not AAC")
)

// maxDuration is beyond any lesson: a longer one is a wrong header.
const maxDuration = 48 * time.Hour

// Video says what is in a playable file.
type Video struct {
	Duration   time.Duration // to the millisecond
	Width      int           // as shown: turned as the phone was held
	Height     int
	VideoCodec string // RFC 6381: "avc1.4D401E"
	AudioCodec string // "mp4a.40.2"; "" without sound
	FastStart  bool   // the index stands before the pictures
}

// Codecs is the codecs parameter of the file's media type.
func (v Video) Codecs() string {
	if v.AudioCodec == "" {
		return v.VideoCodec
	}
	return v.VideoCodec + "," + v.AudioCodec
}

// Probe reads what a player would read before it starts: the headers of the boxes
// and the index, never the pictures. It passes MP4 and QuickTime files with H.264
// (8 bits, 4:2:0) and AAC or no sound, which everything from Chromium 78 on plays;
// everything else is one of the errors above. It takes at most 32 MB of memory, whatever
// the file says of itself.
func Probe(r io.ReadSeeker, size int64) (Video, error) {
	boxes, err := layout(r, size)
	if err != nil {
		return Video{}, err
	}
	moov, _ := find(boxes, "moov")
	index, err := moov.read(r)
	if err != nil {
		return Video{}, err
	}
	v, err := readIndex(index[moov.header:], size)
	if err != nil {
		return Video{}, err
	}
	mdat, _ := find(boxes, "mdat")
	v.FastStart = moov.start < mdat.start
	return v, nil
}

// layout gives the top-level boxes of a file that is whole: ftyp first, then one
// moov and at least one mdat in any order.
func layout(r io.ReadSeeker, size int64) ([]box, error) {
	boxes, err := topLevel(r, size)
	if len(boxes) == 0 && (err == nil || errors.Is(err, ErrDamaged) || errors.Is(err, ErrTruncated)) {
		return nil, ErrNotMP4
	}
	if len(boxes) > 0 {
		known, err := knownBrand(r, boxes[0])
		if err != nil {
			return nil, err
		}
		if !known {
			return nil, ErrNotMP4
		}
	}
	if err != nil {
		return nil, err
	}
	_, fragment := find(boxes, "moof")
	_, index := find(boxes, "moov")
	_, data := find(boxes, "mdat")
	switch {
	case fragment:
		return nil, ErrFragmented
	case !index || !data:
		return nil, fmt.Errorf("%w: without an index or without pictures", ErrTruncated)
	}
	return boxes, nil
}

// brands are the file types, major or compatible, that hold MP4 or QuickTime video.
var brands = []string{
	"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9",
	"mp41", "mp42", "mp4v", "avc1", "M4V ", "M4VH", "M4VP", "MSNV", "qt  ",
	"3gp4", "3gp5", "3gp6", "3gp7",
}

// knownBrand reads the file type box.
func knownBrand(r io.ReadSeeker, b box) (bool, error) {
	if b.kind != "ftyp" || b.size > 1024 {
		return false, nil
	}
	data, err := b.read(r)
	if err != nil {
		return false, err
	}
	for i := int(b.header); i+4 <= len(data); i += 4 {
		isBrand := i != int(b.header)+4 // the second word is a version
		if isBrand && slices.Contains(brands, string(data[i:i+4])) {
			return true, nil
		}
	}
	return false, nil
}

// readIndex reads the content of moov. size is that of the file, which no piece of
// picture or sound may exceed.
func readIndex(moov []byte, size int64) (Video, error) {
	all, err := parts(moov)
	if err != nil {
		return Video{}, err
	}
	if pick(all, "mvex") != nil {
		return Video{}, ErrFragmented
	}
	picture, sound, err := tracks(all)
	if err != nil {
		return Video{}, err
	}
	if picture == nil {
		return Video{}, ErrNoVideo
	}
	var v Video
	if err := picture.video(&v); err != nil {
		return Video{}, err
	}
	if v.AudioCodec, err = sound.audio(); err != nil {
		return Video{}, err
	}
	for _, t := range []*track{picture, sound} {
		if err := t.checkChunks(size); err != nil {
			return Video{}, err
		}
	}
	v.Duration, err = duration(pick(all, "mvhd"), picture)
	return v, err
}

// duration is that of the presentation, or of the picture when it does not say.
func duration(mvhd []byte, picture *track) (time.Duration, error) {
	var head mp4.MvhdBox
	if err := decode(mvhd, "mvhd", mp4.DecodeMvhdSR, &head); err != nil {
		return 0, err
	}
	units, scale := head.Duration, head.Timescale
	if units == 0 || units == 1<<32-1 || units == 1<<64-1 {
		units, scale = picture.head.Duration, picture.head.Timescale
	}
	if units == 0 || scale == 0 || float64(units)/float64(scale) > maxDuration.Seconds() {
		return 0, fmt.Errorf("%w: it lasts %d/%d s", ErrDamaged, units, scale)
	}
	ms := (units*1000 + uint64(scale)/2) / uint64(scale)
	return time.Duration(ms) * time.Millisecond, nil //nolint:gosec // under maxDuration
}

// decode reads the content of a box without boxes within by its decoder of mp4ff.
// That a flat box cannot make it take more memory than the box has is held by FuzzProbe.
func decode[T any](content []byte, kind string, read mp4.BoxDecoderSR, into *T) error {
	if content == nil || len(content) > 1024 {
		return fmt.Errorf("%w: box %q of %d bytes", ErrDamaged, kind, len(content))
	}
	head := mp4.BoxHeader{Name: kind, Size: uint64(len(content) + 8), Hdrlen: 8}
	b, err := read(head, 0, bits.NewFixedSliceReader(content))
	if err != nil {
		return fmt.Errorf("%w: box %q: %w", ErrDamaged, kind, err)
	}
	got, ok := b.(any).(*T)
	if !ok {
		return fmt.Errorf("%w: box %q", ErrDamaged, kind)
	}
	*into = *got
	return nil
}

// checkChunks returns ErrDamaged when the track has no samples, and ErrTruncated
// when one of its chunks begins beyond the file.
func (t *track) checkChunks(size int64) error {
	if t == nil {
		return nil
	}
	table, wide, err := chunkTable(t.samples)
	if err != nil {
		return err
	}
	if len(table) == 0 {
		return fmt.Errorf("%w: a track without samples", ErrDamaged)
	}
	for i := 0; i < len(table); i += wide {
		if at := offset(table[i:], wide); at >= uint64(size) { //nolint:gosec // sizes are checked to fit the file
			return fmt.Errorf("%w: a chunk at %d of %d", ErrTruncated, at, size)
		}
	}
	return nil
}

// chunkTable gives the offsets of a track's chunks, each of 4 or 8 bytes.
func chunkTable(samples []part) (table []byte, wide int, err error) {
	content, wide := pick(samples, "stco"), 4
	if content == nil {
		content, wide = pick(samples, "co64"), 8
	}
	if len(content) < 8 {
		return nil, 0, fmt.Errorf("%w: no chunk offsets", ErrDamaged)
	}
	n, table := uint64(binary.BigEndian.Uint32(content[4:])), content[8:]
	if n*uint64(wide) > uint64(len(table)) {
		return nil, 0, fmt.Errorf("%w: %d chunks in %d bytes", ErrDamaged, n, len(table))
	}
	return table[:n*uint64(wide)], wide, nil
}

// offset reads one entry of a chunk table.
func offset(entry []byte, wide int) uint64 {
	if wide == 4 {
		return uint64(binary.BigEndian.Uint32(entry))
	}
	return binary.BigEndian.Uint64(entry)
}

// sampleEntry gives the first entry of the content of stsd: the format of a track.
func sampleEntry(stsd []byte) (part, error) {
	if len(stsd) < 8 || bytes.Equal(stsd[4:8], []byte{0, 0, 0, 0}) {
		return part{}, fmt.Errorf("%w: a track without format", ErrDamaged)
	}
	entries, err := parts(stsd[8:])
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("%w: a track without format", ErrDamaged)
	}
	if err != nil {
		return part{}, err
	}
	return entries[0], nil
}

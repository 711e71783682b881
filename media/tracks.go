package media

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// track is one track of the index.
type track struct {
	box     mp4.TkhdBox
	head    mp4.MdhdBox
	samples []part // the content of stbl
	entry   part   // the first sample entry: the format
}

// enabled is the flag of a track that is to be played.
const enabled = 1

// tracks gives the first picture and the first sound that are to be played, nil for
// what is not there. Others (subtitles, chapters, a phone's sensors) play no part.
func tracks(moov []part) (picture, sound *track, err error) {
	for _, p := range moov {
		if p.kind != "trak" {
			continue
		}
		kind, t, err := readTrack(p.content)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case kind == "vide" && picture == nil:
			picture = t
		case kind == "soun" && sound == nil:
			sound = t
		}
	}
	return picture, sound, nil
}

// readTrack gives the handler of a track, and the track itself when it is a picture
// or sound to be played.
func readTrack(trak []byte) (string, *track, error) {
	top, err := parts(trak)
	if err != nil {
		return "", nil, err
	}
	var t track
	if err := decode(pick(top, "tkhd"), "tkhd", mp4.DecodeTkhdSR, &t.box); err != nil {
		return "", nil, err
	}
	inner, err := descend(trak, "mdia")
	if err != nil {
		return "", nil, err
	}
	kind := handler(pick(inner, "hdlr"))
	if t.box.Flags&enabled == 0 || (kind != "vide" && kind != "soun") {
		return "", nil, nil
	}
	if err := decode(pick(inner, "mdhd"), "mdhd", mp4.DecodeMdhdSR, &t.head); err != nil {
		return "", nil, err
	}
	if t.samples, err = descend(trak, "mdia", "minf", "stbl"); err != nil {
		return "", nil, err
	}
	t.entry, err = sampleEntry(pick(t.samples, "stsd"))
	return kind, &t, err
}

// handler is the kind of a track: "vide", "soun" or another.
func handler(hdlr []byte) string {
	if len(hdlr) < 12 {
		return ""
	}
	return string(hdlr[8:12])
}

// Bytes before the boxes within a sample entry, and the largest side of a picture.
const (
	visualEntry = 78
	audioEntry  = 28
	maxSide     = 8192
)

// video fills in what the picture's format says.
func (t *track) video(v *Video) error {
	switch t.entry.kind {
	case "avc1", "avc3":
	case "encv":
		return ErrEncrypted
	case "hvc1", "hev1", "dvh1", "dvhe":
		return ErrHEVC
	default:
		return fmt.Errorf("%w: %q", ErrVideoCodec, t.entry.kind)
	}
	if len(t.entry.content) < visualEntry {
		return fmt.Errorf("%w: a picture without format", ErrDamaged)
	}
	inner, err := parts(t.entry.content[visualEntry:])
	if err != nil {
		return err
	}
	sps, err := pictureFormat(pick(inner, "avcC"))
	if err != nil {
		return err
	}
	v.VideoCodec = avc.CodecString(t.entry.kind, sps)
	v.Width, v.Height, err = t.shown(sps)
	return err
}

// pictureFormat reads the decoder configuration of H.264.
func pictureFormat(avcC []byte) (*avc.SPS, error) {
	if len(avcC) < 6 || len(avcC) > 64<<10 {
		return nil, fmt.Errorf("%w: a picture without configuration", ErrDamaged)
	}
	config := append([]byte(nil), avcC...)
	config[4] |= 3 // mp4ff reads on only when lengths have 4 bytes; they play no part here
	record, err := avc.DecodeAVCDecConfRec(config)
	if err == nil && len(record.SPSnalus) == 0 {
		err = errors.New("no sequence parameters")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: H.264: %w", ErrDamaged, err)
	}
	sps, err := avc.ParseSPSNALUnit(record.SPSnalus[0], false)
	if err != nil {
		return nil, fmt.Errorf("%w: H.264: %w", ErrDamaged, err)
	}
	return sps, checkProfile(sps)
}

// checkProfile lets baseline, main and high pass, with 8 bits and 4:2:0.
func checkProfile(sps *avc.SPS) error {
	known := sps.Profile == 66 || sps.Profile == 77 || sps.Profile == 100
	plain := sps.ChromaFormatIDC == 1 && sps.BitDepthLumaMinus8 == 0 && sps.BitDepthChromaMinus8 == 0
	if !known || !plain || sps.Width > maxSide || sps.Height > maxSide {
		return fmt.Errorf("%w: profile %d, %dx%d", ErrVideoProfile, sps.Profile, sps.Width, sps.Height)
	}
	if sps.Width == 0 || sps.Height == 0 {
		return fmt.Errorf("%w: a picture of no size", ErrDamaged)
	}
	return nil
}

// shown is the size on the screen: the track's own, which knows of oblong pixels,
// or the picture's, turned by a quarter when the track's matrix turns it.
func (t *track) shown(sps *avc.SPS) (width, height int, err error) {
	width, height = int(t.box.Width>>16), int(t.box.Height>>16)
	if width == 0 || height == 0 || width > maxSide || height > maxSide {
		width, height = int(sps.Width), int(sps.Height)
	}
	m := t.box.Matrix
	if m[0] == 0 && m[4] == 0 && m[1] != 0 && m[3] != 0 {
		width, height = height, width
	}
	return width, height, nil
}

// audio gives the codec of the sound, "" for a nil track.
func (t *track) audio() (string, error) {
	if t == nil {
		return "", nil
	}
	switch t.entry.kind {
	case "mp4a":
	case "enca":
		return "", ErrEncrypted
	default:
		return "", fmt.Errorf("%w: %q", ErrAudioCodec, t.entry.kind)
	}
	esds, err := soundConfig(t.entry.content)
	if err != nil {
		return "", err
	}
	// An odd tail makes mp4ff fail after it has read the part that matters.
	es, err := mp4.DecodeESDescriptor(bits.NewFixedSliceReader(esds), uint32(len(esds))) //nolint:gosec // a part of an index of at most 32 MB
	if es.DecConfigDescriptor == nil {
		return "", fmt.Errorf("%w: AAC: %w", ErrDamaged, err)
	}
	return soundCodec(es.DecConfigDescriptor)
}

// soundConfig finds the descriptor of the decoder in a sample entry. QuickTime has
// 16 or 36 bytes more before the boxes, by the entry's version, and may wrap it in a "wave".
func soundConfig(entry []byte) ([]byte, error) {
	if len(entry) < audioEntry {
		return nil, fmt.Errorf("%w: sound without format", ErrDamaged)
	}
	skip := audioEntry
	switch binary.BigEndian.Uint16(entry[8:]) {
	case 1:
		skip += 16
	case 2:
		skip += 36
	}
	inner, err := parts(entry[min(skip, len(entry)):])
	if err != nil {
		return nil, err
	}
	if wave := pick(inner, "wave"); wave != nil {
		if inner, err = parts(wave); err != nil {
			return nil, err
		}
	}
	esds := pick(inner, "esds")
	if len(esds) < 4 || len(esds) > 4096 {
		return nil, fmt.Errorf("%w: sound without configuration", ErrDamaged)
	}
	return esds[4:], nil
}

// soundCodec lets AAC pass: low complexity, and high efficiency version 1 and 2.
func soundCodec(d *mp4.DecoderConfigDescriptor) (string, error) {
	switch d.ObjectType {
	case 0x67: // MPEG-2 AAC, low complexity
		return "mp4a.67", nil
	case 0x40:
	default:
		return "", fmt.Errorf("%w: object type %#x", ErrAudioCodec, d.ObjectType)
	}
	if d.DecSpecificInfo == nil || len(d.DecSpecificInfo.DecConfig) < 2 {
		return "", fmt.Errorf("%w: AAC without configuration", ErrDamaged)
	}
	switch kind := d.DecSpecificInfo.DecConfig[0] >> 3; kind {
	case 2, 5, 29:
		return fmt.Sprintf("mp4a.40.%d", kind), nil
	default:
		return "", fmt.Errorf("%w: AAC of kind %d", ErrAudioCodec, kind)
	}
}

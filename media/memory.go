package media

import "encoding/binary"

// mostMemory is what reading a picture may take, in bytes: what a progressive one of [mostPixels] takes as phones and messengers make them.
const mostMemory = 200_000_000

// memoryOf estimates from its header what reading a picture takes: more than there is for any, when the header cannot be followed.
func memoryOf(b []byte, w, h int) int {
	if b[0] == 0xff {
		return memoryOfJPEG(b)
	}
	const depth, interlace = 24, 28 // in the header, which comes first in every PNG
	if len(b) <= interlace {
		return mostMemory + 1
	}
	n := 4 * w * h
	if b[depth] == 16 {
		n *= 2
	}
	if b[interlace] != 0 {
		n *= 2 // its passes are read beside it
	}
	return n
}

// The markers of a JPEG that matter here.
const (
	startOfBaseline    = 0xc0
	startOfProgressive = 0xc2
	endOfPicture       = 0xd9
	startOfScan        = 0xda
)

// memoryOfJPEG follows the segments to the frame's header as image/jpeg does, which skips what lies between them. A progressive picture
// is kept whole as coefficients of four bytes before it is drawn.
func memoryOfJPEG(b []byte) int {
	for i := 2; i+1 < len(b); {
		if b[i] != 0xff {
			i++
			continue
		}
		marker := b[i+1]
		switch {
		case marker == 0xff:
			i++
			continue
		case marker == 0, marker >= 0xd0 && marker <= 0xd7:
			i += 2
			continue
		case marker == endOfPicture, marker == startOfScan, i+4 > len(b):
			return mostMemory + 1
		}
		size := int(binary.BigEndian.Uint16(b[i+2:]))
		if marker >= startOfBaseline && marker <= startOfProgressive {
			return memoryOfFrame(b[i+4:min(len(b), i+2+max(size, 2))], marker == startOfProgressive)
		}
		i += 2 + size
	}
	return mostMemory + 1
}

// memoryOfFrame reads the header of a frame: its size, and how densely each component is sampled.
func memoryOfFrame(f []byte, progressive bool) int {
	if len(f) < 6 || len(f) < 6+3*int(f[5]) {
		return mostMemory + 1
	}
	h, w, parts := int(binary.BigEndian.Uint16(f[1:])), int(binary.BigEndian.Uint16(f[3:])), int(f[5])
	across, down, dense := 1, 1, 0
	for i := range parts {
		x, y := int(f[7+3*i]>>4), int(f[7+3*i]&15)
		across, down, dense = max(across, x), max(down, y), dense+x*y
	}
	if parts == 1 {
		across, down, dense = 1, 1, 1 // one alone is never sampled more sparsely
	}
	samples := ((w + 8*across - 1) / (8 * across)) * ((h + 8*down - 1) / (8 * down)) * 64 * dense
	n := samples
	if progressive {
		n += 4 * samples
	}
	if parts == 4 {
		n += 4 * w * h // its colours are put together beside it
	}
	return n
}

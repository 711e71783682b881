package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
)

// fixture reads a file that testdata/make.sh made.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func probe(data []byte) (media.Video, error) {
	return media.Probe(bytes.NewReader(data), int64(len(data)))
}

func TestProbePlayable(t *testing.T) {
	wide := media.Video{
		Duration: 800 * time.Millisecond, Width: 96, Height: 64,
		VideoCodec: "avc1.4D400A", AudioCodec: "mp4a.40.2",
	}
	front, silent, phone := wide, wide, wide
	front.FastStart = true
	silent.AudioCodec = ""
	phone.Width, phone.Height = 64, 96
	for name, want := range map[string]media.Video{
		"plain.mp4": wide, "front.mp4": front, "silent.mp4": silent, "phone.mov": phone,
	} {
		got, err := probe(fixture(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// The encoder may round the sound up by a frame.
		if d := got.Duration - want.Duration; d < 0 || d > 70*time.Millisecond {
			t.Errorf("%s: duration %v, want about %v", name, got.Duration, want.Duration)
		}
		got.Duration = want.Duration
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestProbeCodecs(t *testing.T) {
	v := media.Video{VideoCodec: "avc1.4D400A"}
	if got := v.Codecs(); got != "avc1.4D400A" {
		t.Errorf("silent: %q", got)
	}
	v.AudioCodec = "mp4a.40.2"
	if got := v.Codecs(); got != "avc1.4D400A,mp4a.40.2" {
		t.Errorf("with sound: %q", got)
	}
}

func TestProbeRefusals(t *testing.T) {
	plain := fixture(t, "plain.mp4")
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"a text named mp4":        {fixture(t, "text.mp4"), media.ErrNotMP4},
		"nothing":                 {nil, media.ErrNotMP4},
		"three bytes":             {plain[:3], media.ErrNotMP4},
		"zeros":                   {make([]byte, 4096), media.ErrNotMP4},
		"another brand":           {change(plain, "isom", "heic", "iso2", "mif1", "avc1", "xxxx", "mp41", "xxxx"), media.ErrNotMP4},
		"cut in the pictures":     {plain[:len(plain)/2], media.ErrTruncated},
		"cut in the index":        {plain[:len(plain)-10], media.ErrTruncated},
		"only the type":           {plain[:32], media.ErrTruncated},
		"cut behind the index":    {cutFront(t), media.ErrTruncated},
		"fragments":               {fixture(t, "fragmented.mp4"), media.ErrFragmented},
		"fragments, index gone":   {change(fixture(t, "fragmented.mp4"), "moov", "free"), media.ErrFragmented},
		"only sound":              {fixture(t, "sound.mp4"), media.ErrNoVideo},
		"encrypted":               {fixture(t, "encrypted.mp4"), media.ErrEncrypted},
		"HEVC":                    {fixture(t, "hevc.mp4"), media.ErrHEVC},
		"VP9":                     {fixture(t, "vp9.mp4"), media.ErrVideoCodec},
		"ten bits":                {fixture(t, "tenbit.mp4"), media.ErrVideoProfile},
		"MP3":                     {fixture(t, "mp3.mp4"), media.ErrAudioCodec},
		"no decoder config":       {change(plain, "avcC", "free"), media.ErrDamaged},
		"no sample table":         {change(plain, "stbl", "free"), media.ErrDamaged},
		"no chunk offsets":        {change(plain, "stco", "free"), media.ErrDamaged},
		"no movie header":         {change(plain, "mvhd", "free"), media.ErrDamaged},
		"a box smaller than self": {append(plain[:len(plain):len(plain)], 0, 0, 0, 4, 'f', 'r', 'e', 'e'), media.ErrDamaged},
	} {
		if v, err := probe(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v; want %v", name, v, err, c.want)
		}
	}
}

// change replaces four-letter names everywhere in a copy.
func change(data []byte, names ...string) []byte {
	for i := 0; i < len(names); i += 2 {
		data = bytes.ReplaceAll(data, []byte(names[i]), []byte(names[i+1]))
	}
	return data
}

// cutFront is a file with its index in front whose last box says "to the end" and
// which has lost its second half: only the chunk offsets tell.
func cutFront(t *testing.T) []byte {
	data := bytes.Clone(fixture(t, "front.mp4"))
	at := bytes.Index(data, []byte("mdat")) - 4
	binary.BigEndian.PutUint32(data[at:], 0)
	return data[:at+(len(data)-at)/4]
}

// claims builds a file whose boxes claim far more than is there.
func claims() map[string][]byte {
	big := func(kind string, size uint64) []byte {
		b := binary.BigEndian.AppendUint32(nil, 1)
		return binary.BigEndian.AppendUint64(append(b, kind...), size)
	}
	ftyp := []byte("\x00\x00\x00\x10ftypisom\x00\x00\x02\x00")
	nest := bytes.Repeat([]byte("\x00\x00\x10\x00moov"), 100)
	many := bytes.Repeat([]byte("\x00\x00\x00\x08free"), 5000)
	return map[string][]byte{
		"index of 8 EB": append(bytes.Clone(ftyp), big("moov", 1<<63)...),
		"size all ones": append(bytes.Clone(ftyp), big("mdat", 1<<64-1)...),
		"nested":        append(bytes.Clone(ftyp), nest...),
		"many boxes":    append(bytes.Clone(ftyp), many...),
	}
}

func TestProbeClaims(t *testing.T) {
	for name, data := range claims() {
		if v, err := probe(data); err == nil {
			t.Errorf("%s: passed as %+v", name, v)
		}
	}
}

// sparse is an endless file of zeros behind a head: what a hostile upload can claim
// without having sent it.
type sparse struct {
	head []byte
	at   int64
}

func (s *sparse) Seek(to int64, _ int) (int64, error) { s.at = to; return to, nil }

func (s *sparse) Read(p []byte) (int, error) {
	clear(p)
	if s.at < int64(len(s.head)) {
		copy(p, s.head[s.at:])
	}
	s.at += int64(len(p))
	return len(p), nil
}

func TestProbeMemory(t *testing.T) {
	head := append([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x02\x00"), "\x00\x00\x00\x08mdat\xff\xff\xff\xf0moov"...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := media.Probe(&sparse{head: head}, 1<<40)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, media.ErrDamaged) {
		t.Errorf("an index of 4 GB: %v", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 40<<20 {
		t.Errorf("took %d bytes", used)
	}
}

// notPictures fails the test when the content of mdat is read.
type notPictures struct {
	*bytes.Reader
	t        *testing.T
	from, to int64
}

func (n *notPictures) Read(p []byte) (int, error) {
	at, _ := n.Seek(0, io.SeekCurrent)
	if at+int64(len(p)) > n.from+16 && at < n.to {
		n.t.Errorf("read %d bytes at %d, within the pictures", len(p), at)
	}
	return n.Reader.Read(p)
}

func TestProbeSkipsPictures(t *testing.T) {
	data := fixture(t, "plain.mp4")
	at := int64(bytes.Index(data, []byte("mdat")) - 4)
	end := at + int64(binary.BigEndian.Uint32(data[at:]))
	if _, err := media.Probe(&notPictures{bytes.NewReader(data), t, at, end}, int64(len(data))); err != nil {
		t.Fatal(err)
	}
}

func TestProbeReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := media.Probe(&failing{err: broken}, 1000)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Seek(to int64, _ int) (int64, error) { return to, nil }
func (f *failing) Read([]byte) (int, error)            { return 0, f.err }

func FuzzProbe(f *testing.F) {
	for _, name := range []string{"plain.mp4", "front.mp4", "phone.mov", "fragmented.mp4", "encrypted.mp4", "hevc.mp4", "text.mp4"} {
		f.Add(fixture(f, name))
	}
	for _, data := range claims() {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := probe(data)
		if err != nil {
			return
		}
		if v.Duration <= 0 || v.Width <= 0 || v.Height <= 0 || v.VideoCodec == "" {
			t.Errorf("passed as %+v", v)
		}
		checkFastStart(t, data, v)
	})
}

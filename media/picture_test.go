package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"huotang/media"
)

func evening(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "evening.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is kept stands upright, says nothing of where it was taken, and is a JPEG by itself.
func TestPictureIsWrittenAnew(t *testing.T) {
	sent := evening(t)
	if !bytes.Contains(sent, []byte("GPSHERE")) {
		t.Fatal("the picture of the test says nothing of a place")
	}
	p, err := media.ReadPicture(sent)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(p.JPEG, []byte("Exif")) || bytes.Contains(p.JPEG, []byte("GPSHERE")) {
		t.Error("what the camera wrote about the picture is kept")
	}
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size != image.Pt(40, 60) {
		t.Fatalf("the picture is %v, want 40×60: turned", size)
	}
	// The red corner was on the left at the top of a camera held on its right side: it belongs on the right.
	if !red(img.At(34, 6)) || red(img.At(6, 6)) || red(img.At(34, 54)) {
		t.Error("the picture does not stand upright")
	}
}

func red(c color.Color) bool { r, _, b, _ := c.RGBA(); return r > b }

// Each of the eight ways to hold a camera gives the same picture.
func TestPictureOrientations(t *testing.T) {
	sent := evening(t)
	at := bytes.Index(sent, []byte{0x01, 0x12, 0x00, 0x03}) + 9
	for way, want := range map[byte]image.Point{1: {5, 5}, 2: {54, 5}, 3: {54, 34}, 4: {5, 34}, 5: {5, 5}, 6: {34, 5}, 7: {34, 54}, 8: {5, 54}} {
		sent[at] = way
		p, err := media.ReadPicture(sent)
		if err != nil {
			t.Fatal(err)
		}
		if !red(p.Image.At(want.X, want.Y)) {
			t.Errorf("held in way %d, the corner is not at %v of %v", way, want, p.Image.Bounds())
		}
	}
	sent[at] = 77 // no way to hold it: as it is
	if p, err := media.ReadPicture(sent); err != nil || p.Image.Bounds().Size() != image.Pt(60, 40) {
		t.Error(err)
	}
}

// A large picture becomes one that is stored in some hundred kilobytes, and nothing of a page of text is lost but its size.
func TestPictureIsShrunk(t *testing.T) {
	big := image.NewGray(image.Rect(0, 0, 4000, 3000))
	draw.Draw(big, big.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(big, image.Rect(0, 0, 2000, 1500), image.Black, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, big); err != nil {
		t.Fatal(err)
	}
	p, err := media.ReadPicture(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if size := p.Image.Bounds().Size(); size != image.Pt(2000, 1500) {
		t.Errorf("%v", size)
	}
	for at, want := range map[image.Point]uint8{{0, 0}: 0, {998, 748}: 0, {1001, 751}: 255, {1999, 1499}: 255} {
		if got := p.Image.RGBAAt(at.X, at.Y); got.R != want || got.A != 255 {
			t.Errorf("%v is %v, want %d", at, got, want)
		}
	}
	if len(p.JPEG) > 100_000 {
		t.Errorf("%d bytes", len(p.JPEG))
	}
}

// What is transparent is white paper.
func TestPictureWithoutPaper(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 30, 30))); err != nil {
		t.Fatal(err)
	}
	p, err := media.ReadPicture(b.Bytes())
	if err != nil || p.Image.RGBAAt(3, 3) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("%v %v", err, p.Image)
	}
}

// pngOf says that it is w×h and holds next to nothing.
func pngOf(w, h uint32) []byte {
	b := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 2, 0, 0, 0)
	_ = binary.Write(b, binary.BigEndian, uint32(13))
	b.Write(head)
	_ = binary.Write(b, binary.BigEndian, crc32.ChecksumIEEE(head))
	return b.Bytes()
}

// deepPNG is one of 16 bits.
func deepPNG(w, h uint32) []byte {
	b := pngOf(w, h)
	b[24] = 16
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// headOfJPEG is a JPEG up to its first scan, of three components, the first sampled as sampling says.
func headOfJPEG(frame byte, w, h uint16, sampling byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, frame, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, h), w)
	return append(b, 3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0)
}

func TestPictureRefused(t *testing.T) {
	sent := evening(t)
	var anim bytes.Buffer
	if err := gif.Encode(&anim, image.NewPaletted(image.Rect(0, 0, 40, 40), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		body []byte
		want error
	}{
		"nothing":             {nil, media.ErrNotPicture},
		"text":                {[]byte("这不是照片"), media.ErrNotPicture},
		"a page":              {[]byte("<html><script>alert(1)</script>"), media.ErrNotPicture},
		"a GIF":               {anim.Bytes(), media.ErrNotPicture},
		"an SVG":              {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), media.ErrNotPicture},
		"half of it":          {sent[:len(sent)/2], media.ErrPictureDamaged},
		"three bytes":         {sent[:3], media.ErrPictureDamaged},
		"two dots":            {pngOf(2, 2), media.ErrPictureDamaged},
		"a bomb":              {pngOf(100_000, 100_000), media.ErrPicturePixels},
		"a bomb that wraps":   {pngOf(1<<31-1, 1<<31-1), media.ErrPictureDamaged},
		"a long thin bomb":    {pngOf(1<<30, 1), media.ErrPicturePixels},
		"just too many":       {pngOf(6000, 5000), media.ErrPicturePixels},
		"deep":                {deepPNG(5100, 5000), media.ErrPicturePixels},
		"progressive, dense":  {headOfJPEG(0xc2, 5000, 5000, 0x11), media.ErrPicturePixels},
		"progressive, sparse": {headOfJPEG(0xc2, 5000, 5000, 0x22), media.ErrPictureDamaged},
		"baseline, dense":     {headOfJPEG(0xc0, 5000, 5000, 0x11), media.ErrPictureDamaged},
		"hidden progressive":  {slices.Insert(headOfJPEG(0xc2, 5000, 5000, 0x11), 8, 0, 0, 7, 0xff, 0, 0xff, 0xff, 0xd0), media.ErrPicturePixels},
		"large without bytes": {pngOf(5000, 5000), media.ErrPictureDamaged},
	} {
		if _, err := media.ReadPicture(c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
}

func FuzzReadPicture(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("testdata", "evening.jpg"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(pngOf(40, 40))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := media.ReadPicture(b)
		if err == nil && (len(p.JPEG) == 0 || p.Image.Bounds().Empty()) {
			t.Error("neither refused nor read")
		}
	})
}

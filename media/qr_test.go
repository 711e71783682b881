package media_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skip2/go-qrcode"

	"huotang/media"
)

const sheetAddress = "https://dangxiao.example.cn/p/sAZoi08psevqoleX8mYaNOA"

// photographed draws a sheet of A4 with the code where it is printed, as a phone sees it: turned by degrees, seen from the side, in bad
// light and grainy. w is its width in pixels.
func photographed(t *testing.T, text string, w int, degrees, slant, dark float64) []byte {
	t.Helper()
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	const pageW, pageH, size = 1680, 2376, 272 // 8 pixels a millimetre; the code is 34 mm
	page := image.NewGray(image.Rect(0, 0, pageW, pageH))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	code := q.Image(size)
	draw.Draw(page, image.Rect(pageW-120-size, 144, pageW-120, 144+size), code, image.Point{}, draw.Src)
	for y := 600; y < 2200; y += 104 { // the table
		draw.Draw(page, image.Rect(200, y, pageW-120, y+3), image.Black, image.Point{}, draw.Src)
	}
	h := w * 4 / 3
	out := image.NewGray(image.Rect(0, 0, w, h))
	random, sin, cos := rand.New(rand.NewPCG(1, 2)), math.Sin(degrees*math.Pi/180), math.Cos(degrees*math.Pi/180)
	scale := float64(pageH) / float64(h) * (1.12 + 0.4*math.Abs(sin)) // all of it is on the picture
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)-float64(w)/2)*scale, (float64(y)-float64(h)/2)*scale
			depth := 1 + slant*dy/pageH
			px, py := pageW/2+(dx*cos+dy*sin)*depth, pageH/2+(-dx*sin+dy*cos)*depth
			v := 90.0 // the table that it lies on
			if at := image.Pt(int(px), int(py)); at.In(page.Bounds()) {
				v = float64(page.GrayAt(at.X, at.Y).Y)*0.75 + 30
			}
			v = v*(1-dark*float64(x)/float64(w)) + random.NormFloat64()*8
			out.SetGray(x, y, color.Gray{Y: uint8(max(0, min(255, v)))})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A sheet's code is read from a photo as people take them: askew, in the dark, upside down, small.
func TestQRRoundTrip(t *testing.T) {
	for what, c := range map[string]struct {
		w                    int
		degrees, slant, dark float64
	}{
		"straight":           {1500, 0, 0, 0},
		"askew":              {1500, 7, 0, 0.2},
		"upside down":        {1500, 178, 0, 0.2},
		"on its side":        {1500, 91, 0, 0.2},
		"from below":         {1500, 3, 0.25, 0.3},
		"one side in shadow": {1500, -5, 0.1, 0.7},
		"as WeChat sends it": {1080, 4, 0.1, 0.3},
		"a large one":        {3000, 12, 0.1, 0.3},
	} {
		p, err := media.ReadPicture(photographed(t, sheetAddress, c.w, c.degrees, c.slant, c.dark))
		if err != nil {
			t.Fatal(err)
		}
		if got := media.ReadQR(p.Image); got != sheetAddress {
			t.Errorf("%s: read %q", what, got)
		}
	}
	p, err := media.ReadPicture(evening(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := media.ReadQR(p.Image); got != "" {
		t.Errorf("read %q where there is none", got)
	}
}

package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
)

// What [ReadPicture] refuses. Compare with errors.Is.
var (
	ErrNotPicture     = errors.New("media: neither JPEG nor PNG")
	ErrPictureDamaged = errors.New("media: damaged picture")
	ErrPicturePixels  = errors.New("media: too many pixels")
)

const (
	// MaxPicture is the most that one picture may have as it is sent, in bytes.
	MaxPicture = 8 << 20
	// mostPixels keeps a small file from unfolding into all the memory there is; it is twice what phones take.
	mostPixels = 26_000_000
	// leastEdge is a picture on which anything can be seen.
	leastEdge = 16
	// longestEdge of what is kept.
	longestEdge = 2000
	quality     = 80
)

// Picture is a picture as it is kept: upright, no larger than [longestEdge], and with nothing in its file but the picture. Where and when
// it was taken, and by which phone, which a camera writes into its files, is gone.
type Picture struct {
	JPEG  []byte
	Image *image.RGBA
}

// ReadPicture reads a JPEG or PNG and writes it anew. What it is, its bytes say.
func ReadPicture(b []byte) (Picture, error) {
	img, turn, err := decodePicture(b)
	if err != nil {
		return Picture{}, err
	}
	upright := turn.apply(shrink(img, longestEdge))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright, &jpeg.Options{Quality: quality}); err != nil {
		return Picture{}, fmt.Errorf("media: picture: %w", err)
	}
	return Picture{out.Bytes(), upright}, nil
}

func decodePicture(b []byte) (image.Image, orientation, error) {
	read, size, turn := jpeg.Decode, jpeg.DecodeConfig, orientation(1)
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		turn = orientationOf(b)
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		read, size = png.Decode, png.DecodeConfig
	default:
		return nil, turn, ErrNotPicture
	}
	c, err := size(bytes.NewReader(b))
	switch {
	case err != nil:
		return nil, turn, fmt.Errorf("%w: %w", ErrPictureDamaged, err)
	case c.Width > mostPixels || c.Height > mostPixels || c.Width*c.Height > mostPixels:
		return nil, turn, fmt.Errorf("%w: %d×%d", ErrPicturePixels, c.Width, c.Height)
	case c.Width < leastEdge || c.Height < leastEdge:
		return nil, turn, fmt.Errorf("%w: %d×%d", ErrPictureDamaged, c.Width, c.Height)
	case memoryOf(b, c.Width, c.Height) > mostMemory:
		return nil, turn, fmt.Errorf("%w: %d×%d, too much to read", ErrPicturePixels, c.Width, c.Height)
	}
	img, err := read(bytes.NewReader(b))
	if err != nil {
		return nil, turn, fmt.Errorf("%w: %w", ErrPictureDamaged, err)
	}
	return img, turn, nil
}

// shrink draws a picture on white, its longer edge no longer than edge: each pixel is the mean of the area that it covers. It works
// row by row, since a large picture beside its copy would be two.
func shrink(img image.Image, edge int) *image.RGBA {
	from := img.Bounds()
	w, h := from.Dx(), from.Dy()
	if scale := float64(edge) / float64(max(w, h)); scale < 1 {
		w, h = max(1, int(math.Round(float64(w)*scale))), max(1, int(math.Round(float64(h)*scale)))
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), 1))
	across, sum := spread(from.Dx(), w), make([]float32, 4*w)
	down := spread(from.Dy(), h)
	y, used := 0, 0
	for at := range from.Dy() {
		draw.Draw(row, row.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(row, row.Bounds(), img, image.Pt(from.Min.X, from.Min.Y+at), draw.Over)
		for used = 0; used < len(down.of(at)); used++ {
			part := down.of(at)[used]
			if part.to != y {
				flush(out, y, sum)
				y = part.to
			}
			addRow(sum, row.Pix, across, part.share)
		}
	}
	flush(out, y, sum)
	return out
}

// flush writes a finished row and empties the sums.
func flush(out *image.RGBA, y int, sum []float32) {
	pix := out.Pix[y*out.Stride : y*out.Stride+len(sum)]
	for i, v := range sum {
		pix[i] = uint8(min(255, v+0.5))
		sum[i] = 0
	}
}

func addRow(sum []float32, pix []byte, across shares, weight float32) {
	for x, parts := range across {
		p := pix[4*x : 4*x+4 : 4*x+4]
		for _, part := range parts {
			s, k := sum[4*part.to:4*part.to+4:4*part.to+4], part.share*weight
			s[0] += k * float32(p[0])
			s[1] += k * float32(p[1])
			s[2] += k * float32(p[2])
			s[3] += k * float32(p[3])
		}
	}
}

// share is how much of a pixel goes into another.
type share struct {
	to    int
	share float32
}

type shares [][]share

func (s shares) of(at int) []share { return s[at] }

// spread parts n pixels onto fewer or as many.
func spread(n, onto int) shares {
	out := make(shares, n)
	scale := float64(onto) / float64(n)
	for i := range out {
		from, to := float64(i)*scale, float64(i+1)*scale
		for p := int(from); p < onto && float64(p) < to-1e-9; p++ {
			part := min(to, float64(p+1)) - max(from, float64(p))
			if part > 1e-9 {
				out[i] = append(out[i], share{p, float32(part)})
			}
		}
	}
	return out
}

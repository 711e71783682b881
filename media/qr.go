package media

import (
	"context"
	"fmt"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Code reads the QR code on a picture, "" when there is none that can be read. It waits for its turn, as reading a picture does.
func (a *Album) Code(ctx context.Context, p Picture) (string, error) {
	select {
	case <-ctx.Done():
		return "", fmt.Errorf("media: QR code: %w", ctx.Err())
	case a.turn <- struct{}{}:
	}
	defer func() { <-a.turn }()
	return ReadQR(p.Image), nil
}

// ReadQR looks for a QR code: on the whole picture as it is and smaller, which is less grainy, then on its parts.
func ReadQR(img *image.RGBA) string {
	b := img.Bounds()
	small := shrink(img, max(b.Dx(), b.Dy())/2)
	for _, one := range []*image.RGBA{img, small} {
		if text := readQR(one); text != "" {
			return text
		}
	}
	w, h := b.Dx(), b.Dy()
	for _, at := range []image.Point{{w / 2, 0}, {0, 0}, {w / 2, h / 2}, {0, h / 2}} {
		part, ok := img.SubImage(image.Rect(at.X, at.Y, at.X+w/2, at.Y+h/2)).(*image.RGBA)
		if !ok {
			continue
		}
		if text := readQR(part); text != "" {
			return text
		}
	}
	return ""
}

// readQR tries both ways to tell black from white: by the neighbourhood, for shadows, and by the whole.
func readQR(img image.Image) string {
	light := gozxing.NewLuminanceSourceFromImage(img)
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(light), gozxing.NewGlobalHistgramBinarizer(light)} {
		bits, err := gozxing.NewBinaryBitmap(binarizer)
		if err != nil {
			continue
		}
		found, err := qrcode.NewQRCodeReader().Decode(bits, hints)
		if err == nil {
			return found.GetText()
		}
	}
	return ""
}

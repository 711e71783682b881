package browsertest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// shots is where a test's pictures go: its artifacts when they are kept (go test -artifacts), else a folder of their own,
// made with the first picture.
type shots struct {
	t      testing.TB
	folder string
	count  int
}

func newShots(t testing.TB) *shots { return &shots{t: t} }

func (s *shots) path(name string) string {
	if s.folder == "" {
		if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
			s.folder = s.t.ArtifactDir()
		} else {
			dir, err := os.MkdirTemp("", "huotang-shots-")
			if err != nil {
				return ""
			}
			s.folder = dir
		}
	}
	s.count++
	return filepath.Join(s.folder, fmt.Sprintf("%s-%02d-%s.png", strings.ReplaceAll(s.t.Name(), "/", "-"), s.count, name))
}

// Screenshot takes a picture of the whole page into the test's folder and gives its path.
func (p *Person) Screenshot(name string) string {
	p.t.Helper()
	file := p.shots.path(name)
	p.ScreenshotTo(file, true)
	return file
}

// ScreenshotTo takes a picture into the file, of the whole page or of what the screen shows of it.
func (p *Person) ScreenshotTo(file string, whole bool) {
	p.t.Helper()
	if err := p.picture(file, whole); err != nil {
		p.t.Errorf("picture %s: %v", file, err)
	}
}

func (p *Person) picture(file string, whole bool) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if whole { // a screen as high as the page, so that bars stand where they do at its end
		high, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("Math.ceil(document.documentElement.scrollHeight)"))
		if err != nil {
			return err
		}
		if high > p.screen.height {
			defer func() { _ = p.emulate(p.ctx, p.screen.height) }() // what comes next fails if the page is gone
			if err := p.emulate(ctx, high); err != nil {
				return err
			}
		}
	}
	res, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, OptimizeForSpeed: new(true),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, res.Data, 0o600)
}

// shoot is a picture for a message: it never fails a test itself.
func (p *Person) shoot(name string) string {
	file := p.shots.path(name)
	if err := p.picture(file, false); err != nil {
		return "none: " + err.Error()
	}
	return file
}

// Paper shows the page as it is printed, or as on the screen again.
func (p *Person) Paper(on bool) {
	p.t.Helper()
	media := map[bool]string{true: "print", false: ""}[on]
	if err := call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media}); err != nil {
		p.fail("paper: %v", err)
	}
}

// Size is that of a thing on paper, in millimetres.
type Size struct {
	Width, Height float64
	Cut           bool // something in it does not fit
}

// Printed gives the sizes of what a CSS selector finds, as it is printed.
func (p *Person) Printed(selector string) []Size {
	p.t.Helper()
	p.Paper(true)
	defer p.Paper(false)
	sizes, err := eval[[]Size](p, js("sizes", selector))
	if err != nil {
		p.fail("on paper: %v", err)
	}
	return sizes
}

// PDF prints the page on A4 as its own print styles say.
func (p *Person) PDF() []byte {
	p.t.Helper()
	res, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PaperWidth: 8.27, PaperHeight: 11.69})
	if err != nil {
		p.fail("printing: %v", err)
	}
	return res.Data
}

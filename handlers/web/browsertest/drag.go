package browsertest

import (
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Lift takes the thing with the words by the mouse and carries it over what a CSS selector finds; [Person.Drop] lets go of it.
func (p *Person) Lift(words, over string) {
	p.t.Helper()
	_, _ = eval[*spot](p, js("middle", over, true)) // told below
	from := p.reach("lifting "+words, js("tapSpot", p.where(), words, p.scripts))
	to, err := eval[*spot](p, js("middle", over, false))
	if err != nil || to == nil {
		p.fail("carrying %s: there is no %s: %v", words, over, err)
	}
	held := func(e *input.DispatchMouseEventParams) {
		e.Button, e.Buttons, e.ClickCount = input.MouseButtonLeft, 1, 1
	}
	p.mouse("lifting "+words, chromedp.MouseEvent(chromedp.MousePressed, from.X, from.Y, held))
	const steps = 8
	for i := range steps + 1 {
		part := float64(i) / steps
		p.mouse("carrying "+words, chromedp.MouseEvent(chromedp.MouseMoved, from.X+(to.X-from.X)*part, from.Y+(to.Y-from.Y)*part, held))
	}
	p.held = to
}

// Drop lets go of what was lifted, and waits for the new page when that starts one.
func (p *Person) Drop() {
	p.t.Helper()
	at := p.held
	if at == nil {
		p.fail("dropping: nothing is held")
	}
	p.held = nil
	p.mouse("dropping", chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Y, func(e *input.DispatchMouseEventParams) {
		e.Button, e.ClickCount = input.MouseButtonLeft, 1
	}))
}

// LiftByFinger takes the thing with the words by its handle and carries it over what a CSS selector finds, which may come onto the screen only
// when something is carried; [Person.LetGo] takes the finger away.
func (p *Person) LiftByFinger(words, over string) {
	p.t.Helper()
	from := p.reach("lifting "+words, js("handle", p.where(), words))
	p.finger("lifting "+words, input.DispatchTouchEventTypeTouchStart, from)
	at := from
	at.Y += 12 // far enough to be no tap
	p.finger("lifting "+words, input.DispatchTouchEventTypeTouchMove, at)
	var to *spot
	found := p.until(func() bool {
		var err error
		to, err = eval[*spot](p, js("middle", over, false))
		return err == nil && to != nil
	})
	if !found {
		p.fail("carrying %s: there is no %s", words, over)
	}
	const steps = 8
	for i := range steps {
		part := float64(i+1) / steps
		p.finger("carrying "+words, input.DispatchTouchEventTypeTouchMove, spot{X: at.X + (to.X-at.X)*part, Y: at.Y + (to.Y-at.Y)*part})
	}
	p.held = to
}

// LetGo takes the finger away from what [Person.LiftByFinger] has carried, and waits for the new page when that starts one.
func (p *Person) LetGo() {
	p.t.Helper()
	if p.held == nil {
		p.fail("letting go: nothing is held")
	}
	p.held = nil
	p.finger("letting go", input.DispatchTouchEventTypeTouchEnd)
}

// finger sends what the one finger does; without a place it is off the screen.
func (p *Person) finger(doing string, what input.DispatchTouchEventType, at ...spot) {
	p.t.Helper()
	points := make([]*input.TouchPoint, len(at))
	for i, s := range at {
		points[i] = &input.TouchPoint{X: s.X, Y: s.Y}
	}
	if err := call(p.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: what, TouchPoints: points}); err != nil {
		p.fail("%s: %v", doing, err)
	}
}

func (p *Person) mouse(doing string, event chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, event); err != nil {
		p.fail("%s: %v", doing, err)
	}
}

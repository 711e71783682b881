package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed find.js
var findJS string

func call[P, R any](ctx context.Context, cmd cdp.Command[P, R], in P) error {
	_, err := chromedp.Call(ctx, cmd, in)
	return err
}

func callBrowser[P, R any](ctx context.Context, cmd cdp.Command[P, R], in P) error {
	_, err := chromedp.CallBrowser(ctx, cmd, in)
	return err
}

// eval calls one function of find.js in the page: eval[bool](p, "sees(…)").
func eval[T any](p *Person, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](library+expression))
}

// library is find.js as an object to call: its comments before the first parenthesis go, so that "." may follow it.
var library = strings.TrimSpace(findJS[strings.Index(findJS, "(function"):]) + "."

// find gives the element itself, for commands of the protocol.
func find(p *Person, expression string) (*runtime.RemoteObject, error) {
	return eval[*runtime.RemoteObject](p, expression)
}

// js writes a call of a function of find.js.
func js(name string, args ...any) string {
	parts := make([]string, len(args))
	for i, a := range args {
		b, err := json.Marshal(a)
		if err != nil {
			panic(err) // strings, numbers and truths
		}
		parts[i] = string(b)
	}
	return name + "(" + strings.Join(parts, ",") + ")"
}

// where is the path of In, never null.
func (p *Person) where() []string { return append([]string{}, p.path...) }

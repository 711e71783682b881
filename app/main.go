// Command huotang is the whole of 火塘: the server, its demo, and what an operator
// needs. This package is the only place where the rooms of the house are put together; nothing here is
// global, and nothing happens on import.
//
// Commands are read with the standard flag package: there are few, with few flags each.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // the county's local day, on machines without zone files

	"huotang/models/fail"
	"huotang/models/lang"
)

// version is set by the linker (make build).
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	sh := &shell{
		environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now,
	}
	os.Exit(sh.run(ctx, os.Args[1:]))
}

// shell is what a command has of the world around it.
type shell struct {
	environ  []string
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
}

// Exit codes.
const (
	exitOK    = 0
	exitFail  = 1
	exitUsage = 2
)

// usageError says that the command line is wrong.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// run executes a command line and gives the exit code.
func (sh *shell) run(ctx context.Context, args []string) int {
	err := sh.dispatch(ctx, args)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(sh.err, "huotang: %v\n用法见 / see: huotang help\n", err)
		return exitUsage
	}
	fmt.Fprintln(sh.err, "huotang:", inWords(err))
	return exitFail
}

// inWords tells what an op refused in the words of the catalogues.
func inWords(err error) string {
	e, ok := fail.As(err)
	if !ok {
		return err.Error()
	}
	text := lang.Chinese.T(e.Code, e.Args...) + " / " + lang.English.T(e.Code, e.Args...)
	for _, f := range e.Fields {
		text += "\n  " + f.Name + ": " + lang.Chinese.T(f.Code, f.Args...) + " / " + lang.English.T(f.Code, f.Args...)
	}
	return text
}

// buildVersion is what this binary was built from.
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return s.Value[:12]
			}
		}
	}
	return "unknown"
}

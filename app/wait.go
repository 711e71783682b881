package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// tellEvery is how often a wait says that it is still waiting.
const tellEvery = 5 * time.Second

// waitFor tries until it succeeds, and gives up with the last error after limit. It
// says on out what it waits for.
func waitFor(ctx context.Context, out io.Writer, what string, limit time.Duration, try func(context.Context) error) error {
	begin := time.Now()
	pause, told := 250*time.Millisecond, time.Time{}
	for {
		err := try(ctx)
		left := limit - time.Since(begin)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%s: %w", what, ctx.Err())
		case left <= 0:
			return fmt.Errorf("%s: gave up after %s: %w", what, limit, err)
		}
		if time.Since(told) >= tellEvery {
			fmt.Fprintf(out, "等 %s,最多再等 %d 秒 / waiting for %s: %v\n", what, int(left.Seconds()), what, err)
			told = time.Now()
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(pause, left)):
		}
		pause = min(2*pause, 2*time.Second)
	}
}

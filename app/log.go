package main

import (
	"context"
	"io"
	"log/slog"

	"huotang/configs"
	"huotang/models/db"
)

// newLog makes the log that the configuration asks for. Its keys are fixed words
// (request_id, err, job, …), its values never names or texts of people.
func newLog(out io.Writer, cfg configs.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo // configs has checked it
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(withRequestID{slog.NewJSONHandler(out, opts)})
	}
	return slog.New(withRequestID{slog.NewTextHandler(out, opts)})
}

// withRequestID adds the request's ID to records that do not name it themselves.
type withRequestID struct{ slog.Handler }

const requestIDKey = "request_id"

// Handle implements slog.Handler.
func (h withRequestID) Handle(ctx context.Context, r slog.Record) error {
	rid := db.RequestID(ctx)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == requestIDKey {
			rid = ""
		}
		return rid != ""
	})
	if rid != "" {
		r.AddAttrs(slog.String(requestIDKey, rid))
	}
	return h.Handler.Handle(ctx, r) //nolint:wrapcheck // a handler in the middle
}

// WithAttrs implements slog.Handler.
func (h withRequestID) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withRequestID{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h withRequestID) WithGroup(name string) slog.Handler {
	return withRequestID{h.Handler.WithGroup(name)}
}

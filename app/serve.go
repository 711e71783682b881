package main

import (
	"context"
	"errors"
	"fmt"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
)

// serve runs the site until a signal ends it.
func (sh *shell) serve(ctx context.Context, args []string) error {
	cfg, _, err := sh.configure("serve", args, 0)
	if err != nil {
		return err
	}
	if !cfg.Factor() {
		return usagef("second_factor: off 只给演示县 / is for the demo county only: huotang demo")
	}
	s, err := New(ctx, Options{
		Config: cfg, Version: buildVersion(), Now: sh.now, Log: newLog(sh.err, cfg.Log), Out: sh.out,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "火塘在 / huotang is at %s\n", s.URL())
	if err := s.offerSetup(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	lean(sh.environ, 0)
	return errors.Join(s.Run(ctx), s.Close())
}

// offerSetup prints a one-time link for the first county account, as long as there is none.
func (s *Server) offerSetup(ctx context.Context) error {
	var code accounts.Code
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		needed, err := accounts.NeedsSetup(tx)
		if err != nil || !needed {
			return err
		}
		code, err = s.areas.Accounts.MakeSetupCode(tx, access.System("app.serve"))
		return err
	})
	if err == nil && code.Code != "" {
		fmt.Fprintf(s.opts.Out, "第一次使用:用这个链接建县级账号,到 %s 前有效,用一次 / first use: this link makes the county's account, once\n  %s/setup?code=%s\n",
			local(code.ExpiresAt), s.URL(), code.Code)
	}
	return err
}

// migrate brings the database up to this binary's schema.
func (sh *shell) migrate(ctx context.Context, args []string) error {
	cfg, _, err := sh.configure("migrate", args, 0)
	if err != nil {
		return err
	}
	d, err := openDatabase(ctx, cfg, sh.now, sh.out)
	if err != nil {
		return err
	}
	steps, err := d.Migrate(ctx, newLog(sh.err, cfg.Log))
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "数据库已是最新,走了 %d 步 / the database is up to date, %d steps taken\n", steps, steps)
	return nil
}

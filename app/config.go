package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"huotang/configs"
)

// configCheck prints every value with where it comes from, and then all faults.
func (sh *shell) configCheck(_ context.Context, args []string) error {
	cfg, _, err := sh.configure("config check", args, 0)
	var faults configs.Faults
	if err != nil && !errors.As(err, &faults) {
		return err
	}
	w := tabwriter.NewWriter(sh.out, 0, 0, 2, ' ', 0)
	for _, v := range cfg.Values() {
		text := v.Text
		if text == "" {
			text = "(空/empty)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", v.Key, text, v.From)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("config check: %w", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(sh.out, "\n没有问题 / no faults")
	return nil
}

func (sh *shell) configDefault(context.Context, []string) error {
	fmt.Fprintln(sh.out, strings.TrimSuffix(configs.Manual, "\n"))
	return nil
}

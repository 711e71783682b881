package main

import (
	"context"
	"errors"
)

func (sh *shell) demo(context.Context, []string) error { return errors.New("demo: not yet") }

//go:build !unix

package main

import (
	"fmt"
	"os"
)

// holdFolder makes the folder; here nothing keeps other servers off it.
func holdFolder(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return func() error { return nil }, nil
}

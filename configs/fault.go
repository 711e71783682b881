package configs

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with a configuration.
type Fault struct {
	Key     string // "database.dsn"; "" for a file as a whole
	From    string // where the value came from: "huotang.yaml:12", "HUOTANG_DATABASE_DSN", "--listen", "default"
	Wrong   string // Chinese, then English
	Example string // a value that would do, "" when none helps
}

// String is one line about the fault.
func (f Fault) String() string {
	where := f.Key
	switch {
	case where == "":
		where = f.From
	case f.From != "":
		where += " (" + f.From + ")"
	}
	s := where + ": " + f.Wrong
	if f.Example != "" {
		s += ";例/e.g. " + f.Example
	}
	return s
}

// Faults are all that is wrong.
type Faults []Fault

// Error lists the faults, a line each.
func (f Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "配置有 %d 处要改 / configuration: %d to correct", len(f), len(f))
	for _, one := range f {
		b.WriteString("\n  " + one.String())
	}
	return b.String()
}

// err is nil without faults.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

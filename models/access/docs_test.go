package access

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/lang"
)

var update = flag.Bool("update", false, "write the table of the package's documentation anew")

// Each role and each permission is said in words of both languages, each under a heading.
func TestWordsForEverything(t *testing.T) {
	for _, p := range Permissions() {
		area, _, _ := strings.Cut(string(p), ".")
		for _, key := range []string{"can." + string(p), "rights.area." + area} {
			if !lang.Has(key) {
				t.Errorf("%s is not in the catalogues", key)
			}
		}
	}
	for _, r := range append(slices.Clone(Roles), Public) {
		for _, key := range []string{"role." + string(r), "rights.role." + string(r)} {
			if !lang.Has(key) {
				t.Errorf("%s is not in the catalogues", key)
			}
		}
	}
}

// The documentation shows the matrix as it is.
func TestDocumentation(t *testing.T) {
	const file = "doc.go"
	if *update {
		if err := os.WriteFile(file, []byte(documentation()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(have), documentation()); d != "" {
		t.Errorf("go test ./models/access -run %s -update writes it anew:\n%s", t.Name(), d)
	}
}

// documentation is the matrix as a comment: a column for each role, by number.
func documentation() string {
	var b strings.Builder
	b.WriteString("// Package access keeps who may do what in one table:\n//\n// # Who may do what\n//\n// Written from matrix.go by TestDocumentation; a test holds it to that. Each grant narrows its role to a unit and all below.\n// The roles, by the number of their column:\n//\n")
	all := append(slices.Clone(Roles), Public)
	head := fmt.Sprintf("%-22s", "")
	for i, r := range all {
		fmt.Fprintf(&b, "//\t%2d %-14s %s\n", i+1, r, lang.English.T("role."+string(r)))
		head += fmt.Sprintf(" %2d", i+1)
	}
	b.WriteString("//\n// An x is a yes; what is about no unit is marked “anywhere”.\n//\n//\t" + head + "\n")
	for _, p := range Permissions() {
		line := fmt.Sprintf("%-22s", p)
		for _, r := range all {
			line += map[bool]string{true: "  x", false: "  ·"}[Allowed(r, p)]
		}
		line += "  " + lang.English.T("can."+string(p))
		if anywhere[p] {
			line += " (anywhere)"
		}
		if committees[p] {
			line += " (offices: below their committee, too)"
		}
		b.WriteString("//\t" + line + "\n")
	}
	b.WriteString("package access\n")
	return b.String()
}

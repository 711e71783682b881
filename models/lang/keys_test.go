package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const top = "../.." // of the repository

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+$`)

// keyArgument says which argument of a call is a key, by the name of what is called; the arguments
// behind it are those of the text.
var keyArgument = map[string]int{
	"Invalid": 0, "NoSignIn": 0, "Forbidden": 0, "NotFound": 0, "Conflict": 0, "Stale": 0, "TooLarge": 0, "Limited": 0,
	"T": 0, "Base": 0, "Key": 0, "Add": 1, "If": 2, "One": 1, "SeeNote": 1, "progress": 0,
}

// keyField names the fields of literals that hold a key.
var keyField = map[string]bool{"Code": true, "fault": true, "step": true}

// Every key that the code names is in the catalogues, with as many arguments as its text takes.
func TestKeysOfTheCode(t *testing.T) {
	n := 0
	walk(t, ".go", func(path string, b []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, b, parser.SkipObjectResolution)
		if err != nil {
			t.Logf("%v", err) // being written; the compiler tells
			return
		}
		ast.Inspect(f, func(node ast.Node) bool {
			key, args, fixed := keyOf(node)
			if key == "" {
				return true
			}
			n++
			where := files.Position(node.Pos())
			switch {
			case strings.HasSuffix(key, "."):
				if !anyKey(key) {
					t.Errorf("%s: no key begins with %q", where, key)
				}
			case !Has(key):
				t.Errorf("%s: %q is not in the catalogues", where, key)
			case fixed && len(verbs(catalogues[Chinese][key].other)) != args && (args == 0 || len(verbs(catalogues[Chinese][key].other)) > 0):
				t.Errorf("%s: %q has %d arguments, its text %q", where, key, args, catalogues[Chinese][key].other)
			}
			return true
		})
	})
	if n < 20 {
		t.Errorf("only %d keys found: the scan is broken", n)
	}
}

// keyOf is the key that a node names, or its beginning up to a dot where the rest is put together;
// how many arguments follow, and whether that number is known.
func keyOf(node ast.Node) (key string, args int, fixed bool) {
	switch node := node.(type) {
	case *ast.CallExpr:
		name := called(node)
		at, ok := keyArgument[name]
		if !ok || len(node.Args) <= at {
			return "", 0, false
		}
		// the lists of faults, lookups and the like take no arguments of the text
		fixed = node.Ellipsis == token.NoPos && name != "One" && name != "Key" && name != "progress"
		return literal(node.Args[at]), len(node.Args) - at - 1, fixed
	case *ast.KeyValueExpr:
		if field, ok := node.Key.(*ast.Ident); ok && keyField[field.Name] {
			return literal(node.Value), 0, false
		}
	}
	return "", 0, false
}

func called(call *ast.CallExpr) string {
	fun := call.Fun
	if index, ok := fun.(*ast.IndexExpr); ok { // db.One[row](…)
		fun = index.X
	}
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && keyForm.MatchString(s) {
			return s
		}
	case *ast.BinaryExpr:
		lit, ok := e.X.(*ast.BasicLit)
		if !ok || e.Op != token.ADD {
			return ""
		}
		if s, err := strconv.Unquote(lit.Value); err == nil && strings.HasSuffix(s, ".") && keyForm.MatchString(s+"x") {
			return s
		}
	}
	return ""
}

func anyKey(prefix string) bool {
	for key := range catalogues[Chinese] {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

var (
	viewKey    = regexp.MustCompile(`\.T\s+"([^"…]+)"`)
	viewPrefix = regexp.MustCompile(`\.T\s+\(print(?:f)?\s+"([a-z0-9_.-]+\.)(?:%|"\s)`)
	viewField  = regexp.MustCompile(`\.Field\s+"[^"]*"\s+"([^"]+)"`)
)

// Every key that a view names is in the catalogues.
func TestKeysOfTheViews(t *testing.T) {
	walk(t, ".html", func(path string, b []byte) {
		for _, form := range []*regexp.Regexp{viewKey, viewField} {
			for _, m := range form.FindAllSubmatch(b, -1) {
				if key := string(m[1]); !Has(key) {
					t.Errorf("%s: %q is not in the catalogues", path, key)
				}
			}
		}
		for _, m := range viewPrefix.FindAllSubmatch(b, -1) {
			if !anyKey(string(m[1])) {
				t.Errorf("%s: no key begins with %q", path, m[1])
			}
		}
	})
}

func walk(t *testing.T, ext string, do func(path string, b []byte)) {
	t.Helper()
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != top:
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ext:
			return nil
		}
		b, err := os.ReadFile(path)
		if err == nil {
			do(path, b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

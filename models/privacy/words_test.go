package privacy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"huotang/models/lang"
)

var actForm = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)

// audited reads the sources of all rooms for the acts, objects and fields that they audit.
type audited struct {
	acts, objects, fields map[string]string // to where
	files                 *token.FileSet
	at                    map[string]int // of functions with a parameter "act": which one it is
}

func readAudited(t *testing.T) *audited {
	t.Helper()
	a := &audited{acts: map[string]string{}, objects: map[string]string{}, fields: map[string]string{}, files: token.NewFileSet(), at: map[string]int{}}
	var parsed []*ast.File
	for _, top := range []string{"models", "handlers", "jobs", "app", "media"} {
		err := filepath.WalkDir("../../"+top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(filepath.Dir(name), "test") {
				return err
			}
			b, err := os.ReadFile(name)
			if err != nil || !strings.Contains(string(b), "audit.") && !strings.Contains(string(b), "act string") {
				return err
			}
			f, err := parser.ParseFile(a.files, name, b, parser.SkipObjectResolution)
			if err != nil {
				t.Logf("%v", err) // being written; the compiler tells
				return nil
			}
			parsed = append(parsed, f)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range parsed {
		ast.Inspect(f, a.parameters)
	}
	for _, f := range parsed {
		ast.Inspect(f, a.read)
	}
	return a
}

// parameters notes functions that take an act, such as changed(tx, by, p, act, change).
func (a *audited) parameters(n ast.Node) bool {
	if decl, ok := n.(*ast.FuncDecl); ok {
		i := 0
		for _, p := range decl.Type.Params.List {
			for _, name := range p.Names {
				if name.Name == "act" {
					a.at[decl.Name.Name] = i
				}
				i++
			}
		}
	}
	return true
}

func (a *audited) read(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		switch key, _ := n.Key.(*ast.Ident); {
		case key == nil:
		case key.Name == "Act":
			a.note(a.acts, n.Value, actForm)
		case key.Name == "Object":
			a.note(a.objects, n.Value, nil)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if name, ok := left.(*ast.Ident); ok && name.Name == "act" && i < len(n.Rhs) {
				a.note(a.acts, n.Rhs[i], actForm)
			}
		}
	case *ast.CallExpr:
		a.call(n)
	}
	return true
}

func (a *audited) call(n *ast.CallExpr) {
	name := ""
	switch fun := n.Fun.(type) {
	case *ast.SelectorExpr:
		name = fun.Sel.Name
		if slices.Contains([]string{"Field", "Code", "Int", "ID"}, name) && len(n.Args) > 0 && name != "Code" || name == "Code" && len(n.Args) == 3 {
			a.note(a.fields, n.Args[0], nil)
		}
	case *ast.Ident:
		name = fun.Name
	}
	if i, ok := a.at[name]; ok && i < len(n.Args) {
		a.note(a.acts, n.Args[i], actForm)
	}
}

func (a *audited) note(in map[string]string, e ast.Expr, form *regexp.Regexp) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	if s, err := strconv.Unquote(lit.Value); err == nil && s != "" && (form == nil || form.MatchString(s)) {
		in[s] = a.files.Position(e.Pos()).String()
	}
}

// Every act that the code audits, every object and every field has its words, in both languages.
func TestEveryActHasItsWords(t *testing.T) {
	a := readAudited(t)
	if len(a.acts) < 60 || len(a.fields) < 40 || len(a.objects) < 12 {
		t.Errorf("the scan finds %d acts, %d fields, %d objects: is it broken?", len(a.acts), len(a.fields), len(a.objects))
	}
	for _, of := range []struct {
		prefix string
		found  map[string]string
	}{{"act.", a.acts}, {"history.object.", a.objects}, {"history.field.", a.fields}} {
		for name, where := range of.found {
			if !lang.Has(of.prefix+name) && !(of.prefix == "history.field." && hidden[name]) {
				t.Errorf("%s: %s%s is not in the catalogues", where, of.prefix, name)
			}
		}
	}
	for _, key := range append(append(lang.Keys("act."), lang.Keys("history.")...), lang.Keys("privacy.")...) {
		if lang.English.T(key) == lang.Chinese.T(key) && strings.ContainsAny(lang.Chinese.T(key), "的了人") {
			t.Errorf("%s is not put into English", key)
		}
	}
}

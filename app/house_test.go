package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "huotang"

// order is the house from left to right: a package imports only what stands in an earlier
// line. Packages of one line are siblings and never import each other. A package that is not listed has the place of the
// folder above it; "handlers/*" is any area.
var order = []string{
	"models/seal", "configs", "models/fail", "models/date", "models/id", "models/lang", "models/access", "models/db", "models/audit",
	"models/settings", "models/outbox", "models/runs", "models/org", "models/people", "models/accounts", "models/calendar",
	"models/courses", "models/videos", "models/curricula", "models/exchange", "models/feeds", "models/attendance", "models/relay models/progress models/photos models/papers",
	"models/meetings models/service models/assets", "models/imports", "models/privacy", "models/messages", "models/reports", "media", "jobs", "handlers/static", "handlers/web",
	"handlers/*", "handlers", "app/demo", "app",
}

// topLevel is all that may stand in the root beside dot-files and what git ignores.
var topLevel = []string{
	"app", "configs", "handlers", "jobs", "media", "models", "go.mod", "go.sum", "docker-compose.yml", "README.md",
	"Dockerfile", "Makefile", "LICENSE",
}

// borders are libraries that must not be known behind a folder, in code that is not test.
var borders = map[string][]string{
	"models":   {"net/http", "github.com/gin-gonic/", "github.com/minio/", "github.com/robfig/cron"},
	"media":    {"gorm.io/", "github.com/gin-gonic/", "github.com/robfig/cron"},
	"jobs":     {"gorm.io/", "database/sql", "github.com/minio/", "github.com/gin-gonic/"},
	"handlers": {"gorm.io/", "database/sql", "github.com/minio/", "github.com/robfig/cron"},
}

var forbiddenFolders = []string{"internal", "pkg", "utils", "util", "common", "services", "repositories", "helpers", "managers"}

// room gives the place of a package (a path below the module) and the name of its place; -1 for none.
func room(pkg string) (place int, name string) {
	for dir := pkg; dir != "." && dir != "/"; dir = path.Dir(dir) {
		for i, line := range order {
			for _, one := range strings.Fields(line) {
				if one == dir || one == "handlers/*" && path.Dir(dir) == "handlers" && !slices.Contains(order, dir) {
					return i, dir
				}
			}
		}
		if dir == "models" {
			break
		}
	}
	return -1, ""
}

// goFile is one file with what it imports.
type goFile struct {
	name    string // below the root
	pkg     string // its folder
	test    bool   // a test, or in a package for tests (dbtest)
	imports []string
}

// house reads the imports of every Go file of the project.
func house(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() && name != "." && (base[0] == '.' || base == "testdata" || slices.Contains(ignored(t), name)) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(name)
		f := goFile{name: name, pkg: pkg, test: strings.HasSuffix(name, "_test.go") || strings.HasSuffix(pkg, "test")}
		for _, spec := range parsed.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, p)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found only %d Go files: is this the root?", len(files))
	}
	return files
}

// ignored lists the folders of the root that git ignores.
func ignored(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for line := range strings.Lines(string(text)) {
		dirs = append(dirs, strings.Trim(strings.TrimSpace(line), "/"))
	}
	return dirs
}

func TestImportsGoFromRightToLeft(t *testing.T) {
	for _, f := range house(t) {
		place, name := room(f.pkg)
		if place < 0 {
			t.Errorf("%s: package %s has no place in the house; give it one in order", f.name, f.pkg)
			continue
		}
		for _, imported := range f.imports {
			pkg, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			to, toName := room(pkg)
			switch {
			case to < 0:
				t.Errorf("%s imports %s, which has no place", f.name, pkg)
			case strings.HasSuffix(pkg, "test") && !f.test:
				t.Errorf("%s imports %s, which is for tests", f.name, pkg)
			case f.test && strings.HasSuffix(f.name, "_test.go"):
				// A test may look at whatever the house has.
			case to > place:
				t.Errorf("%s imports %s, which stands to its right", f.name, pkg)
			case to == place && name != toName:
				t.Errorf("%s imports its sibling %s", f.name, pkg)
			}
		}
	}
}

func TestLibrariesStayBehindTheirBorders(t *testing.T) {
	for _, f := range house(t) {
		top, _, _ := strings.Cut(f.pkg, "/")
		if f.test {
			continue
		}
		for _, imported := range f.imports {
			for _, banned := range borders[top] {
				if imported == banned || strings.HasPrefix(imported, banned) && strings.HasSuffix(banned, "/") ||
					strings.HasPrefix(imported, banned+"/") {
					t.Errorf("%s imports %s", f.name, imported)
				}
			}
		}
	}
}

func TestFoldersHaveTheirNames(t *testing.T) {
	for _, f := range house(t) {
		for part := range strings.SplitSeq(f.pkg, "/") {
			if slices.Contains(forbiddenFolders, part) {
				t.Errorf("%s lies in a folder called %s", f.name, part)
			}
		}
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name()[0] != '.' && !slices.Contains(topLevel, e.Name()) && !slices.Contains(ignored(t), e.Name()) {
			t.Errorf("%s does not belong in the root", e.Name())
		}
	}
}

// The areas of handlers and of models have the same words.
func TestAreasAreFoundByTheirWord(t *testing.T) {
	words := map[string]bool{"jobs": true} // jobs stand beside models
	for _, f := range house(t) {
		if word, ok := strings.CutPrefix(f.pkg, "models/"); ok {
			words[word] = true
		}
	}
	for _, f := range house(t) {
		word, ok := strings.CutPrefix(f.pkg, "handlers/")
		if ok && !words[word] && word != "web" && word != "web/webtest" && word != "web/browsertest" && word != "static" {
			t.Errorf("%s: there is no models/%s", f.name, word)
		}
	}
}

// The test of the house tells a wrong direction from a right one.
func TestRoom(t *testing.T) {
	for _, c := range []struct {
		pkg, name string
		left      string // stands to the left of it, or ""
	}{
		{"models/org", "models/org", "models/db"},
		{"models/db/dbtest", "models/db", "models/access"},
		{"models/service", "models/service", "models/progress"},
		{"handlers/courses", "handlers/courses", "handlers/web"},
		{"handlers/web/webtest", "handlers/web", "handlers/static"},
		{"handlers", "handlers", "handlers/courses"},
		{"app/demo", "app/demo", "handlers"},
		{"app", "app", "app/demo"},
		{"models/unheard", "", ""},
		{"media/mediatest", "media", "models/reports"},
	} {
		place, name := room(c.pkg)
		if name != c.name {
			t.Errorf("%s has the place of %q, want %q", c.pkg, name, c.name)
		}
		if left, _ := room(c.left); c.left != "" && left >= place {
			t.Errorf("%s does not stand to the left of %s", c.left, c.pkg)
		}
	}
}

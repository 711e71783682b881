package handlers_test

import (
	"bytes"
	"encoding/csv"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/xuri/excelize/v2"

	"huotang/models/db/dbtest"
	"huotang/models/privacy/privacytest"
)

// likeForbidden are identifiers that look like what is never collected, each with what it is. The schema's own test is in
// models/privacy.
var likeForbidden = map[string]string{
	"photo": "a picture of a session, which nobody has to take", "photos": "pictures of a session, which nobody counts",
	"card": "a card of one-time codes in the place of an app, the second factor",
}

func refuse(t *testing.T, where, identifier string) {
	t.Helper()
	if found := privacytest.Name(identifier); found != "" && likeForbidden[identifier] == "" {
		t.Errorf("%s: %s is never collected or counted, for %q (or say what it is)", where, identifier, found)
	}
}

// No route, no parameter and no input of an endpoint or a form is about what is never collected.
func TestNoRouteCollectsWhatIsForbidden(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	inputs := 0
	for _, r := range w.App.Routes() {
		at := r.Method + " " + r.Path
		for part := range strings.SplitSeq(r.Path, "/") {
			for word := range strings.FieldsFuncSeq(part, func(c rune) bool { return strings.ContainsRune(":-.", c) }) {
				refuse(t, at, word)
			}
		}
		if r.In != nil {
			for _, name := range inputNames(reflect.TypeOf(r.In)) {
				inputs++
				refuse(t, at, name)
			}
		}
	}
	if inputs < 200 {
		t.Errorf("only %d inputs were read: is the scan broken?", inputs)
	}
}

// inputNames lists the names under which an input's fields come, those of its parts too.
func inputNames(of reflect.Type) []string {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || !strings.HasPrefix(of.PkgPath(), "huotang/") {
		return nil
	}
	var out []string
	for _, f := range reflect.VisibleFields(of) {
		for _, tag := range []string{"path", "query", "form", "json"} {
			if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && name != "-" {
				out = append(out, name)
			}
		}
		if f.IsExported() && !f.Anonymous {
			out = append(out, inputNames(f.Type)...)
		}
	}
	return out
}

// What clients read of the API holds no property and no parameter of that kind, either.
func TestNoAnswerHoldsWhatIsForbidden(t *testing.T) {
	doc, _ := described(t, newWorld(t, dbtest.SQLite(t)))
	names := map[string]string{}
	var walk func(at string, s *openapi3.SchemaRef)
	seen := map[*openapi3.Schema]bool{}
	walk = func(at string, s *openapi3.SchemaRef) {
		if s == nil || s.Value == nil || seen[s.Value] {
			return
		}
		seen[s.Value] = true
		for name, p := range s.Value.Properties {
			names[name] = at
			walk(at+"."+name, p)
		}
		walk(at, s.Value.Items)
		walk(at, s.Value.AdditionalProperties.Schema)
		for _, part := range slices.Concat(s.Value.AllOf, s.Value.AnyOf, s.Value.OneOf) {
			walk(at, part)
		}
	}
	for name, s := range doc.Components.Schemas {
		names[name] = "schemas"
		walk(name, s)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			for _, p := range op.Parameters {
				names[p.Value.Name] = at
			}
			if op.RequestBody != nil {
				for _, m := range op.RequestBody.Value.Content {
					walk(at, m.Schema)
				}
			}
			for _, answer := range op.Responses.Map() {
				for _, m := range answer.Value.Content {
					walk(at, m.Schema)
				}
			}
		}
	}
	for name, at := range names {
		refuse(t, at, name)
	}
	if len(names) < 300 {
		t.Errorf("only %d names were read: is the scan broken?", len(names))
	}
}

// isExport matches the routes that answer with a file; each must be among those looked at.
var isExport = regexp.MustCompile(`\.(csv|xlsx)$|/export$|/templates/:kind$|/file$`)

// The pages ask for nothing of the kind and put it over no column, and no exported file has such a head.
func TestNoPageAndNoExportAsksWhatIsForbidden(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	files, shown := map[string]int{}, 0
	look := func(route, at string, a answer) {
		kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
		var heads []string
		switch {
		case a.status != http.StatusOK:
			return
		case strings.HasPrefix(kind, "video/"), kind == "image/jpeg":
		case a.header.Get("Content-Disposition") != "":
			heads = fileHeads(t, at, kind, a.body)
			files[route] += len(heads)
		case kind == "text/html":
			heads = pageHeads(t, at, a)
			shown += len(heads)
		}
		for _, h := range heads {
			if found := privacytest.Words(h); found != "" && !strings.HasPrefix(h, "不要填") {
				t.Errorf("%s: %q stands over a column or beside a field: never %s", at, h, found)
			}
		}
	}
	for _, r := range table() {
		method, path, _ := strings.Cut(r.route, " ")
		if method != http.MethodGet || strings.HasPrefix(path, "/api/") {
			continue
		}
		at := path
		if r.at != "" {
			at = r.at
		}
		for _, s := range []string{"county inside", "township inside", "host inside", "trainee inside"} {
			look(r.route, w.expand(at), w.as(w.who(s), http.MethodGet, w.expand(at), ""))
		}
	}
	for _, kind := range []string{"people", "sites", "units", "rosters"} {
		at := "/imports/templates/" + kind
		look("GET /imports/templates/:kind", at, w.as(w.who("county inside"), http.MethodGet, at, ""))
	}
	look("POST /audit/export", "/audit/export", w.as(w.who("county inside"), http.MethodPost, "/audit/export", "act="))
	for _, r := range table() { // what programs are given as a file, too
		method, path, _ := strings.Cut(r.route, " ")
		if !isExport.MatchString(path) || path == "/audit/export" || path == "/me/data/file" || method == http.MethodGet && !strings.HasPrefix(path, "/api/") {
			continue
		}
		for _, s := range []string{"county inside", "township inside"} {
			if a := w.as(w.who(s), method, w.expand(r.address()), w.form(r.body)); a.status == http.StatusOK {
				look(r.route, w.expand(r.address()), a)
			}
		}
	}
	look("POST /me/data/file", "/me/data/file", w.as(w.who("host inside"), http.MethodPost, "/me/data/file", "x=1"))
	for _, r := range w.App.Routes() {
		if route := r.Method + " " + r.Path; isExport.MatchString(r.Path) && files[route] == 0 {
			t.Errorf("%s: no file of it was looked at", route)
		}
	}
	if shown < 400 {
		t.Errorf("only %d heads and labels were read: is the scan broken?", shown)
	}
}

// pageHeads are the words over columns and beside fields and figures; names of fields are held to the same rule.
func pageHeads(t *testing.T, at string, a answer) []string {
	t.Helper()
	doc := parsePage(t, a)
	for _, field := range doc.Find("input[name], select[name], textarea[name]").EachIter() {
		refuse(t, at, field.AttrOr("name", ""))
	}
	return doc.Find("th, dt, label, legend, caption, .figure span").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
}

// headRows is how many rows of a file are read as heads.
const headRows = 12

// fileHeads reads the first rows of each sheet of a file, and the whole text of a page that is taken away.
func fileHeads(t *testing.T, at, kind, body string) []string {
	t.Helper()
	var heads []string
	switch {
	case strings.Contains(kind, "csv"):
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		r.FieldsPerRecord = -1
		for range headRows {
			row, err := r.Read()
			if err != nil {
				break
			}
			heads = append(heads, row...)
		}
	case strings.Contains(kind, "spreadsheet"):
		f, err := excelize.OpenReader(bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			heads = append(heads, sheet)
			for _, row := range rows[:min(len(rows), headRows)] {
				heads = append(heads, row...)
			}
		}
	case kind == "text/html":
		heads = append(heads, pageHeads(t, at, answer{body: body})...)
	case kind == "text/calendar": // the names of its properties, and what the calendar is called
		for line := range strings.Lines(body) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			if heads = append(heads, name); name == "X-WR-CALNAME" {
				heads = append(heads, value)
			}
		}
	default:
		t.Errorf("%s: the test cannot read %s", at, kind)
	}
	return heads
}

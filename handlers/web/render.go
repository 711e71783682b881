package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"huotang/handlers/static"
)

//go:embed views/*.html
var sharedViews embed.FS

// functions are what views may call beside the methods of their page.
var functions = template.FuncMap{"static": static.Path, "dict": dict, "list": func(v ...any) []any { return v }}

func (w *App) parseShared() error {
	t, err := template.New("layout").Funcs(functions).ParseFS(sharedViews, "views/layout.html", "views/parts.html")
	if err != nil {
		return fmt.Errorf("web: layout: %w", err)
	}
	w.shared = t
	return w.parseViews("web", sharedViews)
}

// dict makes the arguments of a shared template: {{template "x" dict "key" value …}}.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is not a name", pairs[i])
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}

// parseViews parses each view of an area on a copy of the layout. A file that begins
// with "_" holds definitions that the area's other views share.
func (w *App) parseViews(area string, fsys fs.FS) error {
	names, err := fs.Glob(fsys, "views/*.html")
	if err != nil {
		return fmt.Errorf("web: views of %s: %w", area, err)
	}
	var common []string
	for _, n := range names {
		if strings.HasPrefix(path.Base(n), "_") {
			common = append(common, n)
		}
	}
	for _, n := range names {
		base := path.Base(n)
		if strings.HasPrefix(base, "_") || area == "web" && (base == "layout.html" || base == "parts.html") {
			continue
		}
		t, err := w.shared.Clone()
		if err == nil {
			t, err = t.ParseFS(fsys, append([]string{n}, common...)...)
		}
		if err != nil {
			return fmt.Errorf("web: view %s: %w", n, err)
		}
		w.views[area+"/"+strings.TrimSuffix(base, ".html")] = t
	}
	return nil
}

// Render answers with a view. The page is a struct that embeds [Base]. The whole is
// rendered before the first byte goes out, so an error in a view is never half a page.
func (r *Request) Render(view string, page any) error {
	status := http.StatusOK
	if s := r.gin.GetInt(statusKey); s != 0 {
		status = s
	}
	return r.render(status, view, page)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (r *Request) render(status int, view string, page any) error {
	t, err := r.App.viewIn(view, r.Lang())
	if err != nil {
		return err
	}
	b, _ := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := t.ExecuteTemplate(b, "page", page); err != nil {
		return fmt.Errorf("web: view %s: %w", view, err)
	}
	r.gin.Header("Cache-Control", "no-store")
	r.gin.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

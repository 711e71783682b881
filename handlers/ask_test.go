package handlers_test

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"huotang/models/db"
)

// expand puts IDs in the place of their names: "/sites/{site}".
func (w *world) expand(s string) string {
	for strings.Contains(s, "{") {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s[i:], '}')
		name := s[i+1 : max(i+j, i+1)]
		v, ok := w.ids[name]
		if j < 0 || !ok { // JSON has braces, too
			rest := w.expand(s[i+1:])
			return s[:i+1] + rest
		}
		s = s[:i] + v + s[i+j+1:]
	}
	return s
}

// answer is what came back, without following redirects.
type answer struct {
	status int
	header http.Header
	body   string
	wrote  bool // something was committed
}

// as asks as somebody, nil for a visitor. A body that begins with { is JSON, any other a form.
func (w *world) as(s *seat, method, path, body string, headers ...string) answer {
	w.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req := httptest.NewRequestWithContext(w.t.Context(), method, "http://127.0.0.1"+path, in)
	switch {
	case strings.HasPrefix(body, "{") || strings.HasPrefix(path, "/api/") && body != "":
		req.Header.Set("Content-Type", "application/json")
	case body != "":
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s != nil && s.cookie != "" {
		req.Header.Set("Cookie", s.cookie)
	}
	req.RemoteAddr = fmt.Sprintf("10.0.%d.%d:4000", w.asked>>8&255, w.asked&255) // everybody from an address of his own
	w.asked++
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	return answer{status: rec.Code, header: rec.Header(), body: rec.Body.String()}
}

// commits is a number that changes with every commit that wrote something to the SQLite file.
func (w *world) commits() int {
	w.t.Helper()
	if w.watch == nil {
		return 0
	}
	var n int
	if err := w.watch.QueryRowContext(w.t.Context(), "PRAGMA data_version").Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// tables gives a text for the whole content of each table, by name.
func (w *world) tables() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	w.Env.See(w.t, func(tx *db.Tx) error {
		var names []string
		query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
		if tx.Driver() == db.MySQL {
			query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
		}
		if err := tx.Raw(query).Scan(&names).Error; err != nil {
			return err
		}
		for _, n := range names {
			rows, err := tx.Raw("SELECT * FROM `" + n + "`").Rows()
			if err != nil {
				return err
			}
			if out[n], err = dump(rows); err != nil {
				return err
			}
		}
		return nil
	})
	return out
}

// dump writes every row as text, in an order that does not depend on the database's.
func dump(rows *sql.Rows) (string, error) {
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		var b strings.Builder
		for i, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			fmt.Fprintf(&b, "%s=%x ", columns[i], fmt.Sprint(v))
		}
		lines = append(lines, b.String())
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n"), rows.Err()
}

// parsePage reads an answer as a page.
func parsePage(t testing.TB, a answer) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// differing names the tables that are not the same.
func differing(before, after map[string]string) []string {
	var out []string
	for n, v := range after {
		if before[n] != v {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// form writes the fields of a form from pairs, IDs by their names: "a=1&b={site}".
func (w *world) form(body string) string {
	if body == "" || strings.HasPrefix(body, "{") {
		return w.expand(body)
	}
	v := url.Values{}
	for pair := range strings.SplitSeq(w.expand(body), "&") {
		name, value, _ := strings.Cut(pair, "=")
		v.Add(name, value)
	}
	return v.Encode()
}

package tables

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// container is an opened .xlsx: a zip of XML parts.
type container struct {
	zip    *zip.Reader
	parts  map[string]*zip.File
	budget int64 // bytes that may still be decompressed
}

// maxParts of a container; a workbook has a few dozen.
const maxParts = 4000

func openContainer(data []byte) (*container, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, bad("imports.file_damaged")
	}
	if len(z.File) > maxParts {
		return nil, bad("imports.file_unsafe")
	}
	c := &container{zip: z, parts: make(map[string]*zip.File, len(z.File)), budget: Most.Unzipped}
	for _, f := range z.File {
		name := partName(f.Name)
		if _, twice := c.parts[name]; twice {
			return nil, bad("imports.file_unsafe") // which of the two is meant, programs disagree about
		}
		c.parts[name] = f
	}
	return c, nil
}

// partName is the name by which a part is found: without the leading slash, in lower case as the format has it.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// errBudget says that the parts are larger than what is read.
var errBudget = errors.New("tables: too much to decompress")

// metered counts what is decompressed.
type metered struct {
	io.Reader
	c *container
}

func (m metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if m.c.budget -= int64(n); m.c.budget < 0 {
		return 0, errBudget
	}
	return n, err
}

func (c *container) has(name string) bool { return c.parts[partName(name)] != nil }

// open decompresses a part as it is read, within the budget.
func (c *container) open(name string) (io.ReadCloser, error) {
	f := c.parts[partName(name)]
	if f == nil {
		return nil, bad("imports.file_damaged")
	}
	r, err := f.Open()
	if err != nil {
		return nil, bad("imports.file_damaged")
	}
	return struct {
		io.Reader
		io.Closer
	}{metered{r, c}, r}, nil
}

// maxDepth of elements within each other; worksheets have less than ten.
const maxDepth = 64

// tokens reads a part's XML and calls do for each token. It refuses document types and deep nesting; entities that
// are not XML's own make the part damaged.
func (c *container) tokens(name string, do func(d *xml.Decoder, t xml.Token) error) error {
	r, err := c.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	d := xml.NewDecoder(r)
	var within []xml.Name // by their prefixes: to translate those is a third of the time, and only local names are asked for
	for {
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF) && len(within) == 0:
			return nil
		case errors.Is(err, errBudget):
			return bad("imports.file_unzipped")
		case err != nil && strings.Contains(err.Error(), "invalid character entity"):
			return bad("imports.file_unsafe")
		case err != nil:
			return bad("imports.file_damaged")
		}
		switch t := t.(type) {
		case xml.Directive:
			return bad("imports.file_unsafe")
		case xml.StartElement:
			within = append(within, t.Name)
		case xml.EndElement:
			if len(within) == 0 || within[len(within)-1] != t.Name {
				return bad("imports.file_damaged")
			}
			within = within[:len(within)-1]
		}
		if len(within) > maxDepth {
			return bad("imports.file_unsafe")
		}
		if err := do(d, t); err != nil {
			return err
		}
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// relation is an entry of a part's relations.
type relation struct{ kind, target string }

// relations reads what a part refers to, by the entries' IDs; targets are names of parts. A part without any has none.
func (c *container) relations(part string) (map[string]relation, error) {
	dir, file := path.Split(part)
	name := dir + "_rels/" + file + ".rels"
	out := map[string]relation{}
	if !c.has(name) {
		return out, nil
	}
	return out, c.tokens(name, func(_ *xml.Decoder, t xml.Token) error {
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "Relationship" || attr(start, "TargetMode") == "External" {
			return nil
		}
		target := attr(start, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		if len(out) >= maxParts {
			return bad("imports.file_unsafe")
		}
		out[attr(start, "Id")] = relation{path.Base(attr(start, "Type")), strings.TrimPrefix(path.Clean(target), "/")}
		return nil
	})
}

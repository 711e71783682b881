package configs

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a configuration file, in bytes.
const maxFile = 1 << 20

// Load lays a file ("" for none), the environment (as of os.Environ) and values from the
// command line (by key) over the defaults, in this order, and validates the whole. Its
// error is [Faults] with everything that is wrong; the Config is then as far as it got.
func Load(file string, environ []string, flags map[string]string) (Config, error) {
	c := Default()
	var faults Faults
	if file != "" {
		faults = append(faults, c.readFile(file)...)
	}
	faults = append(faults, c.readEnvironment(environ)...)
	faults = append(faults, c.readFlags(flags)...)
	return c, append(faults, c.faults(faults)...).err()
}

func (c *Config) readFile(name string) Faults {
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxFile {
		err = fmt.Errorf("larger than %d bytes", maxFile)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return Faults{{From: name, Wrong: "读不了这个文件 / cannot be read: " + err.Error()}}
	}
	return c.readYAML(name, text)
}

// readYAML takes plain keys and values only. Unknown keys and wrong types are refused with
// their line, all of them; a file that is no YAML is one fault.
func (c *Config) readYAML(name string, text []byte) Faults {
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		return Faults{{From: name, Wrong: "不是正确的 YAML / is not YAML: " + firstLine(err)}}
	}
	r := yamlReader{name: name, c: c}
	for i, d := range doc.Docs {
		if i > 0 {
			r.fault("", d, "只能有一份文档 / one document only")
			break
		}
		r.mapping("", d.Body)
	}
	return r.faults
}

// firstLine leaves out the excerpt of the file, which may hold a secret.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

type yamlReader struct {
	name   string
	c      *Config
	faults Faults
}

func (r *yamlReader) fault(key string, at ast.Node, wrong string) {
	r.faults = append(r.faults, Fault{Key: key, From: r.at(at), Wrong: wrong})
}

func (r *yamlReader) at(n ast.Node) string {
	if n == nil || n.GetToken() == nil {
		return r.name
	}
	return fmt.Sprintf("%s:%d", r.name, n.GetToken().Position.Line)
}

func (r *yamlReader) mapping(prefix string, n ast.Node) {
	switch m := n.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
	case *ast.MappingValueNode:
		r.entry(prefix, m)
	case *ast.MappingNode:
		for _, e := range m.Values {
			r.entry(prefix, e)
		}
	default:
		r.fault(strings.TrimSuffix(prefix, "."), n, "要写成 键: 值 / must hold keys and values")
	}
}

func (r *yamlReader) entry(prefix string, e *ast.MappingValueNode) {
	name, ok := e.Key.(*ast.StringNode)
	if !ok {
		r.fault(strings.TrimSuffix(prefix, "."), e.Key, "键要写成普通文字 / the key must be plain text")
		return
	}
	key := prefix + name.Value
	f, ok := r.c.field(key)
	switch {
	case ok:
		r.value(f, e)
	case r.c.group(key):
		r.mapping(key+".", e.Value)
	default:
		wrong := "没有这一项 / is not a key"
		if near := r.c.nearest(key); near != "" {
			wrong += ";是不是 / perhaps " + near + "?"
		}
		r.fault(key, e.Key, wrong)
	}
}

// group reports whether keys begin with this one and a dot.
func (c *Config) group(key string) bool {
	return slices.ContainsFunc(c.fields(), func(f field) bool { return strings.HasPrefix(f.key, key+".") })
}

// value takes a scalar or a list of scalars; null leaves the default.
func (r *yamlReader) value(f field, e *ast.MappingValueNode) {
	var texts []string
	list, isList := e.Value.(*ast.SequenceNode)
	nodes := []ast.Node{e.Value}
	if isList {
		nodes = list.Values
	}
	for _, n := range nodes {
		if _, null := n.(*ast.NullNode); null && !isList {
			return
		}
		text, ok := scalar(n)
		if !ok {
			r.fault(f.key, e.Key, "要写成普通的值 / must be a plain value")
			return
		}
		texts = append(texts, text)
	}
	if wrong, example := f.set(texts, isList); wrong != "" {
		r.faults = append(r.faults, Fault{Key: f.key, From: r.at(e.Key), Wrong: wrong, Example: example})
		return
	}
	r.c.from(f.key, r.at(e.Key))
}

// scalar is a value as it is written.
func scalar(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (c *Config) from(key, origin string) {
	if c.origins == nil {
		c.origins = map[string]string{}
	}
	c.origins[key] = origin
}

// readEnvironment takes the HUOTANG_ variables; other ones with that prefix are warned of, since
// hosts set such names by themselves (Kubernetes for a service called huotang).
func (c *Config) readEnvironment(environ []string) Faults {
	vars := map[string]string{}
	known := c.fields()
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, Prefix) {
			continue
		}
		i := slices.IndexFunc(known, func(f field) bool { return f.env == name })
		if i < 0 {
			c.strange(name)
			continue
		}
		vars[name] = value
		if value != "" {
			c.from(known[i].key, name)
		}
	}
	faults := c.envFaults(env.ParseWithOptions(c, env.Options{Environment: vars, Prefix: Prefix}), vars)
	for _, f := range known {
		if f.value.Kind() == reflect.Slice && vars[f.env] != "" {
			f.set([]string{vars[f.env]}, false) // a list has no faults
		}
	}
	return faults
}

// FileVariable names the configuration file in the environment; app reads it.
const FileVariable = Prefix + "CONFIG"

func (c *Config) strange(name string) {
	if name == FileVariable || strings.HasPrefix(name, Prefix+"TEST_") || name == Prefix+"REPORTS" {
		return
	}
	c.warnings = append(c.warnings, name+" 不是配置项,没有用它 / is no configuration and was not used")
	slices.Sort(c.warnings)
}

func (c *Config) envFaults(err error, vars map[string]string) Faults {
	var all env.AggregateError
	if err == nil {
		return nil
	}
	if !errors.As(err, &all) {
		return Faults{{From: "environment", Wrong: err.Error()}}
	}
	var faults Faults
	for _, e := range all.Errors {
		var p env.ParseError
		if !errors.As(e, &p) {
			faults = append(faults, Fault{From: "environment", Wrong: e.Error()})
			continue
		}
		for _, f := range c.fields() {
			if f.name == p.Name && f.value.Kind() == reflect.Int {
				faults = append(faults, Fault{Key: f.key, From: f.env, Wrong: notNumber(vars[f.env]), Example: "60"})
			}
		}
	}
	return faults
}

func (c *Config) readFlags(flags map[string]string) Faults {
	var faults Faults
	for _, f := range c.fields() {
		text, ok := flags[f.key]
		if !ok {
			continue
		}
		if wrong, example := f.set([]string{text}, false); wrong != "" {
			faults = append(faults, Fault{Key: f.key, From: "--" + f.key, Wrong: wrong, Example: example})
			continue
		}
		c.from(f.key, "--"+f.key)
	}
	return faults
}

// nearest is the known key that a mistyped one is most like, "" when none is.
func (c *Config) nearest(key string) string {
	best, least := "", 3
	for _, f := range c.fields() {
		if d := distance(key, f.key); d < least {
			best, least = f.key, d
		}
	}
	return best
}

// distance is the number of characters to change, add or drop between two keys.
func distance(a, b string) int {
	if len(a) > 100 { // no key is
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, last+1)
		}
	}
	return row[len(b)]
}

package web

import (
	"fmt"
	"html/template"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"huotang/models/lang"
)

// A view is parsed once; before it is first shown in a language, what is the same on each of its pages is written
// into it: words of the catalogue without arguments, and icons. Most of the cost of a page was looking these up
// by reflection.

// viewIn gives a view with the words of a language.
func (w *App) viewIn(view string, l lang.Lang) (*template.Template, error) {
	key := viewKey{view, l}
	if t, ok := w.worded.Load(key); ok {
		return t.(*template.Template), nil //nolint:forcetypeassert // stored below
	}
	plain, ok := w.views[view]
	if !ok {
		return nil, fmt.Errorf("web: no view %q", view)
	}
	t, err := plain.Clone()
	if err != nil {
		return nil, fmt.Errorf("web: view %s: %w", view, err)
	}
	f := fixer{lang: l, set: t}
	for _, part := range t.Templates() {
		if part.Tree != nil {
			f.list(part.Tree.Root)
		}
	}
	kept, _ := w.worded.LoadOrStore(key, t)
	return kept.(*template.Template), nil //nolint:forcetypeassert // stored above
}

type viewKey struct {
	view string
	lang lang.Lang
}

// fixer writes what never changes into the trees of a view. It must come before the view is executed, since
// html/template escapes what it then finds.
type fixer struct {
	lang lang.Lang
	set  *template.Template
}

func (f fixer) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	var out []parse.Node
	for _, n := range l.Nodes {
		n = f.node(n)
		if t, ok := n.(*parse.TextNode); ok && len(out) > 0 {
			if last, ok := out[len(out)-1].(*parse.TextNode); ok {
				last.Text = append(append([]byte{}, last.Text...), t.Text...)
				continue
			}
		}
		out = append(out, n)
	}
	l.Nodes = out
}

func (f fixer) node(n parse.Node) parse.Node {
	switch n := n.(type) {
	case *parse.ActionNode:
		if text, ok := f.word(n.Pipe); ok {
			return &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(text))}
		}
		f.pipe(n.Pipe)
	case *parse.TemplateNode:
		if text, ok := f.icon(n); ok {
			return &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: text}
		}
		f.pipe(n.Pipe)
	case *parse.IfNode:
		f.branch(&n.BranchNode)
	case *parse.RangeNode:
		f.branch(&n.BranchNode)
	case *parse.WithNode:
		f.branch(&n.BranchNode)
	}
	return n
}

func (f fixer) branch(b *parse.BranchNode) {
	f.pipe(b.Pipe)
	f.list(b.List)
	f.list(b.ElseList)
}

// pipe writes the words among the arguments of functions: dict "Label" (.T "courses.title").
func (f fixer) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		for i, arg := range c.Args {
			inner, ok := arg.(*parse.PipeNode)
			if !ok {
				continue
			}
			if text, ok := f.word(inner); ok {
				c.Args[i] = &parse.StringNode{NodeType: parse.NodeString, Pos: inner.Pos, Quoted: fmt.Sprintf("%q", text), Text: text}
				continue
			}
			f.pipe(inner)
		}
	}
}

// word is the text of a pipe that is nothing but .T "key", of whichever value: all pages of a view in a language
// are in that language.
func (f fixer) word(p *parse.PipeNode) (string, bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false
	}
	var path []string
	switch call := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		path = call.Ident
	case *parse.VariableNode:
		path = call.Ident
	}
	key, ok := p.Cmds[0].Args[1].(*parse.StringNode)
	if !ok || len(path) == 0 || path[len(path)-1] != "T" {
		return "", false
	}
	return f.lang.T(key.Text), true
}

// icon is the markup of {{template "icon" "name"}}.
func (f fixer) icon(n *parse.TemplateNode) ([]byte, bool) {
	if n.Name != "icon" || n.Pipe == nil || len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return nil, false
	}
	name, ok := n.Pipe.Cmds[0].Args[0].(*parse.StringNode)
	if !ok {
		return nil, false
	}
	t, err := texttemplate.New("icon").Funcs(functions).AddParseTree("icon", f.set.Lookup("icon").Tree.Copy())
	if err != nil {
		return nil, false
	}
	var b strings.Builder
	if err := t.Execute(&b, name.Text); err != nil {
		return nil, false
	}
	return []byte(b.String()), true
}

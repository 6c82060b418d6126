package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a scenario's text; they bound what a file can cost before anything in it is understood.
const (
	maxText  = 16 << 20 // bytes
	maxNodes = 200_000  // values, aliases expanded
	maxDepth = 64
)

// readYAML turns YAML into nodes. Anchors and aliases are followed; tags, merge keys and further documents are refused. It
// reports mistakes to d and returns nil where there is no tree at all.
func readYAML(d *decoder, data []byte) (tree *node) {
	defer func() {
		if v := recover(); v != nil { // the parser's own mistake, on input that is no YAML
			d.add(place{line: 1, column: 1}, fmt.Sprintf("cannot be read as YAML: %v", v))
			tree = nil
		}
	}()
	if len(data) > maxText {
		d.add(place{line: 1, column: 1}, fmt.Sprintf("is %v long, want at most %v", Bytes(len(data)), Bytes(maxText)))
		return nil
	}
	if !utf8.Valid(data) {
		d.add(place{line: 1, column: 1}, "is not UTF-8 text")
		return nil
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.add(syntaxError(err))
		return nil
	}
	c := converter{d: d, anchors: map[string]ast.Node{}}
	for _, document := range file.Docs {
		switch body := document.Body.(type) {
		case nil, *ast.DirectiveNode, *ast.CommentGroupNode:
		default:
			next := c.convert(body, "", 0)
			if tree != nil {
				d.add(next.place, "a second YAML document begins here; a scenario is one")
				return tree
			}
			tree = next
		}
	}
	if tree == nil {
		tree = &node{kind: null, place: place{line: 1, column: 1}}
	}
	return tree
}

// syntaxError takes the parser's error apart.
func syntaxError(err error) (place, string) {
	var syntax *yaml.SyntaxError
	if !errors.As(err, &syntax) || syntax.Token == nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return place{line: 1, column: 1}, "cannot be read as YAML: " + first
	}
	return place{line: syntax.Token.Position.Line, column: syntax.Token.Position.Column},
		"cannot be read as YAML: " + syntax.Message
}

// converter turns the parser's tree into nodes.
type converter struct {
	d       *decoder
	anchors map[string]ast.Node
	nodes   int
	tooMany bool
}

func (c *converter) convert(from ast.Node, path string, depth int) *node {
	n := &node{path: path, place: placeOf(from)}
	c.nodes++
	if c.nodes > maxNodes || depth > maxDepth {
		if !c.tooMany {
			c.tooMany = true
			c.d.add(n.place, fmt.Sprintf("is too large: at most %d values, %d levels deep", maxNodes, maxDepth))
		}
		return n
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		c.convertMapping(n, from, depth)
	case *ast.SequenceNode:
		n.kind = sequence
		for i, item := range from.Values {
			n.items = append(n.items, c.convert(item, join(path, fmt.Sprint(i)), depth+1))
		}
	case *ast.AnchorNode:
		n = c.convert(from.Value, path, depth+1)
		c.anchors[from.Name.GetToken().Value] = from.Value
	case *ast.AliasNode:
		name := from.Value.GetToken().Value
		anchor, ok := c.anchors[name]
		if !ok {
			c.d.add(n.place, fmt.Sprintf("unknown anchor %q", name))
			break
		}
		n = c.convert(anchor, path, depth+1)
	case *ast.TagNode:
		c.d.add(n.place, fmt.Sprintf("YAML tags are not supported, found %s", from.GetToken().Value))
		n = c.convert(from.Value, path, depth+1)
	default:
		convertScalar(n, from)
	}
	return n
}

func (c *converter) convertMapping(n *node, from *ast.MappingNode, depth int) {
	n.kind = mapping
	first := make(map[string]int, len(from.Values)) // key to line
	for i, value := range from.Values {
		key, at := value.Key.GetToken().Value, placeOf(value.Key)
		if i == 0 && !from.IsFlowStyle {
			n.place = at
		}
		line, twice := first[key]
		switch {
		case value.Key.IsMergeKey():
			c.d.add(at, "merge keys (<<) are not supported; write the keys out, or use an alias for a whole value")
			continue
		case twice:
			c.d.add(at, fmt.Sprintf("%s: the key is there twice, first at line %d", join(n.path, key), line))
			continue
		}
		first[key] = at.line
		n.members = append(n.members, member{key: key, place: at, value: c.convert(value.Value, join(n.path, key), depth+1)})
	}
}

// convertScalar keeps a scalar's text as it was written: 0x10, 1e3 and yes mean what the key that holds them says.
func convertScalar(n *node, from ast.Node) {
	switch from := from.(type) {
	case *ast.NullNode, nil:
		n.kind = null
		return
	case *ast.LiteralNode:
		n.kind, n.text = quoted, from.Value.Value
		return
	case *ast.StringNode:
		n.kind, n.text = plain, from.Value
		if t := from.Token.Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
			n.kind = quoted
		}
		return
	case *ast.BoolNode:
		n.kind = boolean
	default:
		n.kind = number
	}
	n.text = from.GetToken().Value
}

func placeOf(n ast.Node) place {
	if n == nil || n.GetToken() == nil {
		return place{line: 1, column: 1}
	}
	p := n.GetToken().Position
	return place{line: p.Line, column: p.Column}
}

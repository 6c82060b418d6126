package pricing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// longestList is how many bytes a price list may have.
const longestList = 64 << 10

// mistake is one thing that is wrong with a price list.
type mistake struct {
	file         string
	line, column int // from 1, the column in characters
	text         string
}

func (m *mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.file, m.line, m.column, m.text)
}

// ReadList reads a price list, a YAML mapping of items to what one unit costs in US dollars:
//
//	kinesis.shardHour: 0.015
//	kinesis.putPayloadUnit: 0.014/million
//	firehose.ingest: [{upTo: 512000, usd: 0.029}, {usd: 0.025}]
//
// A list of tiers is for a price that falls with a month's quantity: upTo is in units, rises, and is not there in the last
// one. What the list leaves out keeps the table's price. Name is the file's, for errors and for what says where a price is
// from. The error has a line for each mistake: file:line:column, what was found and what is allowed.
func ReadList(name string, text []byte) (l *List, err error) {
	r := listReader{list: &List{name: name, text: slices.Clone(text), own: map[Item][]Tier{}}}
	defer func() {
		if v := recover(); v != nil { // the parser's own mistake, on input that is no YAML
			l, err = nil, &mistake{name, 1, 1, fmt.Sprintf("cannot be read as YAML: %v", v)}
		}
	}()
	r.read(text)
	if len(r.mistakes) > 0 {
		return nil, errors.Join(r.mistakes...)
	}
	return r.list, nil
}

// listReader collects a list and what is wrong with it.
type listReader struct {
	list     *List
	mistakes []error
}

func (r *listReader) wrong(line, column int, format string, a ...any) {
	r.mistakes = append(r.mistakes, &mistake{r.list.name, line, column, fmt.Sprintf(format, a...)})
}

// at is wrong at the place of a node.
func (r *listReader) at(n ast.Node, format string, a ...any) {
	line, column := 1, 1
	if n != nil && n.GetToken() != nil {
		line, column = n.GetToken().Position.Line, n.GetToken().Position.Column
	}
	r.wrong(line, column, format, a...)
}

func (r *listReader) read(text []byte) {
	switch {
	case len(text) > longestList:
		r.wrong(1, 1, "is %d bytes long, want at most %d", len(text), longestList)
		return
	case !utf8.Valid(text):
		r.wrong(1, 1, "is not UTF-8 text")
		return
	}
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil {
			r.wrong(syntax.Token.Position.Line, syntax.Token.Position.Column, "cannot be read as YAML: %s", syntax.Message)
			return
		}
		first, _, _ := strings.Cut(err.Error(), "\n")
		r.wrong(1, 1, "cannot be read as YAML: %s", first)
		return
	}
	var body ast.Node
	for _, d := range file.Docs {
		switch d.Body.(type) {
		case nil, *ast.DirectiveNode, *ast.CommentGroupNode:
			continue
		}
		if body != nil {
			r.at(d.Body, "a second YAML document begins here; a price list is one")
			return
		}
		body = d.Body
	}
	items, ok := body.(*ast.MappingNode)
	if !ok || len(items.Values) == 0 {
		r.at(body, "found no prices, want items with what one unit costs, such as %s: 0.015", ShardHour)
		return
	}
	r.items(items)
}

// items reads the items of the list.
func (r *listReader) items(items *ast.MappingNode) {
	first := map[Item]int{} // to the line
	for _, v := range items.Values {
		item := Item(v.Key.GetToken().Value)
		i := slices.IndexFunc(table, func(p Price) bool { return p.Item == item })
		line, twice := first[item]
		switch {
		case i < 0:
			r.at(v.Key, "unknown item %q%s", clip(string(item)), suggest(string(item)))
			continue
		case twice:
			r.at(v.Key, "%s: the item is there twice, first at line %d", item, line)
			continue
		}
		first[item] = v.Key.GetToken().Position.Line
		if tiers := r.price(&table[i], v.Key, v.Value); tiers != nil {
			r.list.own[item] = tiers
		}
	}
}

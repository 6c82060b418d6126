package scenarios

import "strconv"

// node is one value of a scenario's text, with the place it was written at. It stands between YAML and the key tables:
// files, --set flags, defaults and scenarios built in Go all become nodes before they are decoded.
type node struct {
	kind    kind
	text    string   // of a scalar, as written; quotes are gone
	members []member // of a mapping, in the order of the file
	items   []*node  // of a list
	place   place
	path    string // dotted: load.0.rate
	flagged bool   // a mapping made by --set: it may turn out to be a list
	block   bool   // of a scalar: written as a literal block
}

// member is one key of a mapping.
type member struct {
	key   string
	place place
	value *node
}

// kind is what a node is.
type kind int

const (
	null kind = iota
	plain
	quoted
	number
	boolean
	mapping
	sequence
)

// place is where something was written.
type place struct {
	flag         string // --set key=value; then there is no line
	line, column int
}

// get is the value of a mapping's key; nil where it is not there.
func (n *node) get(key string) *node {
	if i := n.index(key); i >= 0 {
		return n.members[i].value
	}
	return nil
}

// has tells whether a mapping has a key, and not one that a flag removed.
func (n *node) has(key string) bool {
	i := n.index(key)
	return i >= 0 && !n.members[i].removed()
}

// removed tells whether a flag without a value stands in the key's place.
func (m member) removed() bool { return m.value.kind == null && m.value.place.flag != "" }

// index is the position of a mapping's key; -1 where it is not there.
func (n *node) index(key string) int {
	for i := range n.members {
		if n.members[i].key == key {
			return i
		}
	}
	return -1
}

// at is the node under a path of keys and indexes, or the deepest one on the way that is there: the best place to point
// at when something is wrong with it.
func (n *node) at(path ...string) *node {
	for _, segment := range path {
		next := n.get(segment)
		if i, err := strconv.Atoi(segment); n.kind == sequence && err == nil && i < len(n.items) {
			next = n.items[i]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// found says what a node is, for an error text.
func (n *node) found() string {
	switch n.kind {
	case null:
		return "nothing"
	case mapping:
		return "a mapping"
	case sequence:
		return "a list"
	case plain, quoted:
		return strconv.Quote(clip(n.text))
	}
	return clip(n.text)
}

// clip shortens a text that is too long to repeat.
func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// scalar tells whether the node is one value and not a collection.
func (n *node) scalar() bool {
	return n.kind == plain || n.kind == quoted || n.kind == number || n.kind == boolean
}

// join appends a segment to a dotted path.
func join(path, segment string) string {
	if path == "" {
		return segment
	}
	return path + "." + segment
}

// text makes a scalar node.
func textNode(text string) *node { return &node{kind: plain, text: text} }

// numberNode makes a scalar node that is a number.
func numberNode(text string) *node { return &node{kind: number, text: text} }

// mappingOf makes a mapping of one key.
func mappingOf(key string, value *node) *node {
	return &node{kind: mapping, members: []member{{key: key, value: value}}}
}

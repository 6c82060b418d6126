package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/nearest"
)

// shape is the table of one mapping's keys: what decoding, defaults, error texts, the resolved form and the JSON Schema
// are all made from.
type shape[S any] struct {
	name   string // of its definition in the schema
	doc    string
	keys   []key[S]
	groups []group
	later  []string                        // AWS's names that a later version will know
	finish func(d *decoder, n *node, v *S) // what no single key can tell; only after keys without mistakes
}

// key is one row of a shape.
type key[S any] struct {
	attributes
	name   string
	doc    string
	decode func(d *decoder, n *node, into *S)
	encode func(from *S, m mode) *node
	zero   func(from *S) bool
	schema func(s *schemaWriter) map[string]any
}

// attributes say what becomes of a key that is not there.
type attributes struct {
	fallback string // the default, as a person would write it
	derived  string // how the shape's finish makes the default, in words
	required bool
}

type attribute func(*attributes)

// byDefault gives a key its default, as a person would write it; {} is a mapping of defaults.
func byDefault(text string) attribute { return func(a *attributes) { a.fallback = text } }

// derived says in words how a default follows from other keys.
func derived(words string) attribute { return func(a *attributes) { a.derived = words } }

// required makes a key one that must be there.
func required(a *attributes) { a.required = true }

// row makes a key from the codec of its values and the field that holds them.
func row[S, T any](name string, c codec[T], field func(*S) *T, doc string, attrs ...attribute) key[S] {
	k := key[S]{
		name:   name,
		doc:    doc,
		decode: func(d *decoder, n *node, into *S) { *field(into) = c.decode(d, n) },
		encode: func(from *S, m mode) *node { return c.encode(*field(from), m) },
		zero:   func(from *S) bool { return isZero(*field(from)) },
		schema: c.schema,
	}
	for _, set := range attrs {
		set(&k.attributes)
	}
	return k
}

// codec reads and writes the mapping. Nothing is the mapping of defaults.
func (s shape[S]) codec() codec[S] {
	return codec[S]{decode: s.decode, encode: s.encode, schema: s.schema}
}

func (s shape[S]) decode(d *decoder, n *node) (v S) {
	if n.kind != mapping && n.kind != null {
		d.errorf(n, "found %s, want %s", n.found(), s.want())
		return v
	}
	before := len(d.errs)
	var meant []string // what unknown keys were meant to be: not missing, and not to be complained of twice
	for _, m := range n.members {
		i := slices.IndexFunc(s.keys, func(k key[S]) bool { return k.name == m.key })
		switch {
		case i < 0:
			d.add(m.place, s.unknown(n.path, m.key))
			meant = append(meant, nearest.To(m.key, s.keyNames()))
		case !m.removed():
			s.keys[i].decode(d, m.value, &v)
		}
	}
	for i := range s.keys {
		if !slices.Contains(meant, s.keys[i].name) {
			s.complete(d, n, &s.keys[i], &v)
		}
	}
	for _, g := range s.groups {
		if len(meant) == 0 || len(meant) < len(n.members) && !g.hasAny(meant) {
			g.check(d, n)
		}
	}
	if s.finish != nil && len(d.errs) == before {
		s.finish(d, n, &v)
	}
	return v
}

// complete gives a key that is not there its default.
func (s shape[S]) complete(d *decoder, n *node, k *key[S], v *S) {
	switch {
	case n.has(k.name):
	case k.required:
		d.errorf(n, "the key %q is missing (%s)", k.name, k.doc)
	case k.fallback != "":
		k.decode(d, defaultNode(n, k), v)
	}
}

// defaultNode is a default as if it had been written.
func defaultNode[S any](n *node, k *key[S]) *node {
	made := &node{kind: plain, text: k.fallback, place: n.place, path: join(n.path, k.name)}
	switch {
	case k.fallback == "{}":
		made.kind = mapping
	case strings.Trim(k.fallback, "0123456789") == "":
		made.kind = number
	}
	return made
}

// unknown is the error text for a key that the shape does not have.
func (s shape[S]) unknown(path, name string) string {
	if slices.Contains(s.later, name) {
		return join(path, name) + ": the key is not there yet; a later version will have it"
	}
	return fmt.Sprintf("%s: unknown key%s", join(path, name), nearest.Suggest(name, s.keyNames()))
}

// want is what stands in place of the mapping, in words.
func (s shape[S]) want() string {
	if len(s.keys) == 0 {
		return "{}"
	}
	return "a mapping of " + strings.Join(s.keyNames(), ", ")
}

func (s shape[S]) keyNames() []string {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.name
	}
	return names
}

// encode writes the keys in the order of the table. A key that may be absent and has no default is left out where it is
// zero.
func (s shape[S]) encode(v S, m mode) *node {
	n := &node{kind: mapping}
	for _, k := range s.keys {
		if k.zero(&v) && !k.required && (m == sparse || k.fallback == "" && k.derived == "") {
			continue
		}
		if value := k.encode(&v, m); value != nil {
			n.members = append(n.members, member{key: k.name, value: value})
		}
	}
	return n
}

// settle gives the nodes of a tree made in Go their paths.
func (n *node) settle(path string) *node {
	n.path = path
	for _, m := range n.members {
		m.value.settle(join(path, m.key))
	}
	for i, item := range n.items {
		item.settle(join(path, fmt.Sprint(i)))
	}
	return n
}

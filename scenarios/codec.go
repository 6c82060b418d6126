package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// decoder collects what goes wrong while nodes become a scenario.
type decoder struct {
	file string                                                  // for the places of mistakes
	open func(name string) (data []byte, path string, err error) // reads a file that the scenario names
	errs Errors
}

// maxKept bounds the mistakes that are collected, far above what is shown.
const maxKept = 1000

// add reports a mistake at a place.
func (d *decoder) add(at place, message string) {
	e := &Error{File: d.file, Line: at.line, Column: at.column, Flag: at.flag, Message: message}
	if len(d.errs) == maxKept || slices.ContainsFunc(d.errs, func(other *Error) bool { return *other == *e }) {
		return // an alias may lead to one mistake twice
	}
	d.errs = append(d.errs, e)
}

// errorf reports a mistake in a value; the message begins with the value's path.
func (d *decoder) errorf(n *node, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if n.path != "" {
		message = n.path + ": " + message
	}
	d.add(n.place, message)
}

// codec reads, writes and describes the values of one type.
type codec[T any] struct {
	decode func(d *decoder, n *node) T          // reports mistakes to d and then returns anything
	encode func(v T, m mode) *node              // nil: the key is left out
	schema func(s *schemaWriter) map[string]any // JSON Schema
}

// mode is how much is written.
type mode int

const (
	full   mode = iota // every key: the resolved form
	sparse             // without zero values, which stand for defaults: how a scenario built in Go is completed
)

// pointer makes a codec of optional values.
func pointer[T any](c codec[T]) codec[*T] {
	return codec[*T]{
		decode: func(d *decoder, n *node) *T {
			v := c.decode(d, n)
			return &v
		},
		encode: func(v *T, m mode) *node {
			if v == nil {
				return nil
			}
			return c.encode(*v, m)
		},
		schema: c.schema,
	}
}

// listOf makes a codec of lists. An empty list is nil.
func listOf[T any](c codec[T]) codec[[]T] {
	return codec[[]T]{
		decode: func(d *decoder, n *node) (list []T) {
			items, ok := n.asList()
			if !ok {
				d.errorf(n, "found %s, want a list", n.found())
			}
			for _, item := range items {
				list = append(list, c.decode(d, item))
			}
			return list
		},
		encode: func(list []T, m mode) *node {
			n := &node{kind: sequence}
			for _, v := range list {
				n.items = append(n.items, orEmpty(c.encode(v, m)))
			}
			return n
		},
		schema: func(s *schemaWriter) map[string]any {
			return map[string]any{"type": []string{"array", "null"}, "items": c.schema(s)}
		},
	}
}

// asList is a node's items. Nothing is an empty list; what --set put under 0, 1, … is a list too.
func (n *node) asList() (items []*node, ok bool) {
	if n.kind == mapping && n.flagged {
		for i, m := range n.members {
			if m.key != strconv.Itoa(i) {
				return nil, false
			}
			items = append(items, m.value)
		}
		return items, true
	}
	return n.items, n.kind == sequence || n.kind == null
}

// names are what the keys of a mapping of named things must look like.
type names struct {
	what    string // "a stream's name"
	most    int    // characters
	pattern string // of each character
}

func (w names) want() string { return fmt.Sprintf("1 to %d characters of %s", w.most, w.pattern) }

func (w names) expression() string { return fmt.Sprintf("^%s{1,%d}$", w.pattern, w.most) }

// mapOf makes a codec of mappings from names. An empty mapping is nil.
func mapOf[T any](w names, c codec[T]) codec[map[string]T] {
	allowed := expression(w.expression())
	return codec[map[string]T]{
		decode: func(d *decoder, n *node) map[string]T {
			if n.kind == null || n.kind == mapping && len(n.members) == 0 {
				return nil
			}
			if n.kind != mapping {
				d.errorf(n, "found %s, want a mapping from %s", n.found(), w.what)
				return nil
			}
			named := make(map[string]T, len(n.members))
			for _, m := range n.members {
				if !allowed().MatchString(m.key) {
					d.add(m.place, fmt.Sprintf("%s: found %q as %s, want %s", n.path, clip(m.key), w.what, w.want()))
				}
				named[m.key] = c.decode(d, m.value)
			}
			return named
		},
		encode: func(named map[string]T, m mode) *node {
			n := &node{kind: mapping}
			for _, name := range sortedKeys(named) {
				n.members = append(n.members, member{key: name, value: orEmpty(c.encode(named[name], m))})
			}
			return n
		},
		schema: func(s *schemaWriter) map[string]any {
			return map[string]any{
				"type":                 []string{"object", "null"},
				"propertyNames":        map[string]any{"pattern": w.expression()},
				"additionalProperties": c.schema(s),
			}
		},
	}
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// orEmpty keeps the place of an item that has nothing to write.
func orEmpty(n *node) *node {
	if n == nil {
		return &node{kind: null}
	}
	return n
}

// isZero tells whether v is its type's zero value.
func isZero[T any](v T) bool { return reflect.ValueOf(&v).Elem().IsZero() }

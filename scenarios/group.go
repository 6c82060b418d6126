package scenarios

import "slices"

// group is a rule about which keys of a mapping may stand together.
type group struct {
	rule rule
	keys []string
}

type rule int

const (
	exactlyOne rule = iota
	atMostOne
	atLeastOne
	allOrNone
)

func exactly(keys ...string) group  { return group{exactlyOne, keys} }
func atMost(keys ...string) group   { return group{atMostOne, keys} }
func atLeast(keys ...string) group  { return group{atLeastOne, keys} }
func together(keys ...string) group { return group{allOrNone, keys} }

// needed tells whether a mapping without any of the keys breaks the rule.
func (g group) needed() bool { return g.rule == exactlyOne || g.rule == atLeastOne }

func (g group) hasAny(keys []string) bool {
	return slices.ContainsFunc(g.keys, func(key string) bool { return slices.Contains(keys, key) })
}

// check reports a broken rule: at the second of two keys that exclude each other, else at the mapping.
func (g group) check(d *decoder, n *node) {
	var there []string
	for _, key := range g.keys {
		if n.has(key) {
			there = append(there, key)
		}
	}
	switch {
	case len(there) == 0 && g.needed():
		d.errorf(n, "found none of %s, want one of them", list(g.keys))
	case len(there) > 1 && (g.rule == exactlyOne || g.rule == atMostOne):
		d.errorf(n.get(there[1]), "found beside %s, want only one of %s", there[0], list(g.keys))
	case len(there) == 1 && g.rule == allOrNone:
		d.errorf(n.get(there[0]), "found alone, want %s together, as AWS does, or neither", and(g.keys))
	}
}

// schema is the rule in JSON Schema.
func (g group) schema() map[string]any {
	var each []any
	for _, key := range g.keys {
		each = append(each, map[string]any{"required": []string{key}})
	}
	switch g.rule {
	case exactlyOne:
		return map[string]any{"oneOf": each}
	case atLeastOne:
		return map[string]any{"anyOf": each}
	case allOrNone:
		dependent := map[string]any{}
		for _, key := range g.keys {
			dependent[key] = g.keys
		}
		return map[string]any{"dependentRequired": dependent}
	}
	var pairs []any
	for i := range g.keys {
		for j := range i {
			pairs = append(pairs, map[string]any{"type": "object", "required": []string{g.keys[j], g.keys[i]}})
		}
	}
	return map[string]any{"not": map[string]any{"anyOf": pairs}}
}

package scenarios

import "cmp"

// percentiles makes a codec of a distribution that two percentiles tell. It is written as {p50: …, p99: …}, or as one
// value where it is constant; one percentile alone is constant too.
func percentiles[S any, T cmp.Ordered](name, doc string, c codec[T], fields func(*S) (p50, p99 *T)) codec[S] {
	pair := shape[S]{
		name: name + "Percentiles",
		doc:  doc,
		keys: []key[S]{
			row("p50", c, func(v *S) *T { p50, _ := fields(v); return p50 }, "The median.", derived("p99")),
			row("p99", c, func(v *S) *T { _, p99 := fields(v); return p99 }, "The 99th percentile, at least the median.", derived("p50")),
		},
		groups: []group{atLeast("p50", "p99")},
		finish: func(d *decoder, n *node, v *S) {
			p50, p99 := fields(v)
			switch {
			case !n.has("p99"):
				*p99 = *p50
			case !n.has("p50"):
				*p50 = *p99
			}
			if *p50 > *p99 {
				d.errorf(n.get("p99"), "found %v, want at least p50, %v", *p99, *p50)
			}
		},
	}
	return codec[S]{
		decode: func(d *decoder, n *node) (v S) {
			if !n.scalar() {
				return pair.decode(d, n)
			}
			p50, p99 := fields(&v)
			*p50 = c.decode(d, n)
			*p99 = *p50
			return v
		},
		encode: func(v S, m mode) *node {
			if p50, p99 := fields(&v); *p50 == *p99 {
				return c.encode(*p50, m)
			}
			return pair.encode(v, m)
		},
		schema: func(w *schemaWriter) map[string]any {
			return map[string]any{"anyOf": []any{c.schema(w), pair.schema(w)}}
		},
	}
}

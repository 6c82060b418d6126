package scenarios

import "errors"

// objective is one line of the objectives, with its place in the file.
var objective = codec[Objective]{
	decode: func(d *decoder, n *node) Objective {
		if !n.scalar() {
			d.errorf(n, "found %s, want text such as: put.latency p99 < 100ms", n.found())
			return Objective{}
		}
		o, err := ParseObjective(n.text)
		var wrong *Error
		if errors.As(err, &wrong) {
			at := n.place
			if n.kind == plain && at.flag == "" {
				at.column += wrong.Column - 1
			}
			d.add(at, n.path+": "+wrong.Message)
			return Objective{}
		}
		o.Line, o.Column = n.place.line, n.place.column
		return o
	},
	encode: func(o Objective, _ mode) *node { return textNode(o.String()) },
	schema: func(*schemaWriter) map[string]any {
		return map[string]any{"type": "string", "examples": []string{
			"put.latency p99 < 100ms", "put.hit < 0.1%", "lambda.latency p99 < 2s over 10s", "integrity.missing == 0", "goodput >= 1990/s",
		}}
	},
}

package scenarios

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// appendYAML writes a node as block-style YAML: keys in the nodes' order, scalars quoted only where they would be read
// as something else.
func appendYAML(b *bytes.Buffer, n *node, indent int) {
	switch n.kind {
	case mapping:
		for _, m := range n.members {
			b.WriteString(strings.Repeat("  ", indent))
			b.WriteString(scalarText(m.key))
			b.WriteByte(':')
			appendValue(b, m.value, indent)
		}
	case sequence:
		for _, item := range n.items {
			var inner bytes.Buffer
			b.WriteString(strings.Repeat("  ", indent) + "-")
			if !item.scalar() && len(item.members)+len(item.items) > 0 {
				appendYAML(&inner, item, indent+1)
				b.WriteByte(' ')
				b.Write(bytes.TrimLeft(inner.Bytes(), " "))
				continue
			}
			appendValue(b, item, indent)
		}
	}
}

// appendValue writes what stands behind a key or a dash, with its line end.
func appendValue(b *bytes.Buffer, n *node, indent int) {
	switch {
	case n.kind == mapping && len(n.members) == 0:
		b.WriteString(" {}\n")
	case n.kind == sequence && len(n.items) == 0:
		b.WriteString(" []\n")
	case n.kind == mapping || n.kind == sequence:
		b.WriteByte('\n')
		appendYAML(b, n, indent+1)
	case n.kind == null:
		b.WriteString(" null\n")
	case n.block:
		margin := strings.Repeat("  ", indent+1)
		b.WriteString(" |\n")
		for line := range strings.Lines(n.text) {
			b.WriteString(margin + line)
		}
	case n.kind == number || n.kind == boolean:
		b.WriteString(" " + n.text + "\n")
	default:
		b.WriteString(" " + scalarText(n.text) + "\n")
	}
}

var (
	// bare is text that YAML reads as the text it is, if it is no bareWord and no number.
	bare = regexp.MustCompile(`^[A-Za-z0-9/_][A-Za-z0-9/_.%()+-]*([ ,]*[A-Za-z0-9/_.%()<>=+-]+)*$`)
	// bareWord is what some reader of YAML takes for something else.
	bareWord = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n|[0-9._+-]+|0[xo][0-9a-f_]+|[0-9._]+e[0-9+-]+)$`)
)

// scalarText quotes text where it needs it.
func scalarText(text string) string {
	if bare.MatchString(text) && !bareWord.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

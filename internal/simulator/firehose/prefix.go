package firehose

import (
	"strings"
	"time"
)

// defaultPrefix is what is appended to a prefix without expressions, by plain concatenation (measured on AWS: `legacy`
// becomes `legacy2026/07/13/10/`).
const defaultPrefix = "yyyy/MM/dd/HH/"

// maxPrefix is the longest prefix, in bytes, before its expressions are evaluated (service model).
const maxPrefix = 1024

// prefix is an S3 prefix with its expressions compiled: `!{timestamp:yyyy/MM/dd}` (developer guide, "Custom prefixes for
// Amazon S3 objects").
type prefix struct {
	parts       []part
	expressions bool // as written, not the default appended to it
}

// part is literal text, or a timestamp where fields is not nil.
type part struct {
	literal string
	fields  []field
}

// parsePrefix compiles a prefix. Expressions of a namespace other than timestamp are refused by name, and so are pattern
// letters that are not emulated.
func parsePrefix(text string) (*prefix, error) {
	if len(text) > maxPrefix {
		return nil, constraint(text, "prefix", "Member must have length less than or equal to 1024")
	}
	p := &prefix{}
	for rest := text; rest != ""; {
		at := strings.Index(rest, "!{")
		if at < 0 {
			p.parts = append(p.parts, part{literal: rest})
			break
		}
		if at > 0 {
			p.parts = append(p.parts, part{literal: rest[:at]})
		}
		end := strings.IndexByte(rest[at:], '}')
		if end < 0 {
			return nil, errorf(codeInvalidArgument, "Prefix %q: the expression %q has no closing brace", text, rest[at:])
		}
		fields, err := parseExpression(rest[at+2 : at+end])
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, part{fields: fields})
		p.expressions = true
		rest = rest[at+end+1:]
	}
	if !p.expressions {
		fields, _ := parsePattern(defaultPrefix)
		p.parts = append(p.parts, part{fields: fields})
	}
	return p, nil
}

// parseExpression compiles what stands between `!{` and `}`.
func parseExpression(text string) ([]field, error) {
	namespace, value, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return nil, errorf(codeInvalidArgument, "Expression !{%s} must have the form !{namespace:value}; namespaces: timestamp", text)
	case namespace == "timestamp":
		return parsePattern(value)
	case namespace == "firehose" || namespace == "partitionKeyFromQuery" || namespace == "partitionKeyFromLambda":
		return nil, notEmulated("the expression !{" + text + "} in a prefix (only !{timestamp:…} is)")
	}
	return nil, errorf(codeInvalidArgument, "Namespace %q of !{%s} is not one of timestamp, firehose, partitionKeyFromQuery, partitionKeyFromLambda", namespace, text)
}

// appendTo appends the prefix evaluated at an instant, which is the arrival of the object's oldest record, in UTC.
func (p *prefix) appendTo(dst []byte, at time.Time) []byte {
	for _, part := range p.parts {
		dst = append(dst, part.literal...)
		for _, f := range part.fields {
			dst = f.appendTo(dst, at)
		}
	}
	return dst
}

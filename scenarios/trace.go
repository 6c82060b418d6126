package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// trace is the name of a CSV file, or a mapping that holds the lines themselves: so a resolved scenario needs no file.
var trace = codec[Trace]{
	decode: func(d *decoder, n *node) Trace {
		if !n.scalar() {
			return traceShape.decode(d, n)
		}
		t := Trace{File: n.text}
		data, file, err := d.open(n.text)
		if err != nil {
			d.errorf(n, "cannot read the trace: %v", err)
			return t
		}
		var wrong *Error
		if t.Points, wrong = parseTrace(data); wrong != nil {
			wrong.File = file
			d.errs = append(d.errs, wrong)
		}
		return t
	},
	encode: func(t Trace, m mode) *node {
		if m == sparse && t.Points == nil {
			return textNode(t.File)
		}
		return traceShape.encode(t, m)
	},
	schema: func(w *schemaWriter) map[string]any {
		return map[string]any{"anyOf": []any{map[string]any{"type": "string"}, traceShape.schema(w)}}
	},
}

var traceShape = shape[Trace]{
	name: "trace",
	doc:  "Recorded rates, written out.",
	keys: []key[Trace]{
		row("file", text(4096), func(t *Trace) *string { return &t.File }, "Where the lines came from."),
		row("csv", traceLines, func(t *Trace) *[]TracePoint { return &t.Points },
			"Lines of seconds and rate; a first line of seconds,rate may be there.", required),
	},
}

var traceLines = codec[[]TracePoint]{
	decode: func(d *decoder, n *node) []TracePoint {
		if !n.scalar() {
			d.errorf(n, "found %s, want lines of seconds and rate", n.found())
			return nil
		}
		points, wrong := parseTrace([]byte(n.text))
		if wrong != nil {
			d.errorf(n, "line %d: %s", wrong.Line, wrong.Message)
		}
		return points
	},
	encode: func(points []TracePoint, _ mode) *node {
		var b strings.Builder
		for _, p := range points {
			seconds := strconv.FormatInt(int64(p.At/Duration(time.Second)), 10)
			if rest := p.At % Duration(time.Second); rest != 0 {
				seconds += strings.TrimRight(fmt.Sprintf(".%09d", int64(rest)), "0")
			}
			b.WriteString(seconds + "," + strings.TrimSuffix(p.Rate.String(), "/s") + "\n")
		}
		return &node{kind: quoted, text: b.String(), block: true}
	},
	schema: func(*schemaWriter) map[string]any { return map[string]any{"type": "string"} },
}

// maxPoints is more than a day of seconds.
const maxPoints = 100_000

// parseTrace reads a trace: a line for each point, seconds since the phase began and records per second. The first is at
// 0, and time goes up from line to line. A first line of column names, empty lines and lines that begin with # are passed
// over. The error has a line and a column, and no file.
func parseTrace(data []byte) (points []TracePoint, wrong *Error) {
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") || number == 1 && line == "seconds,rate" {
			continue
		}
		seconds, rate, ok := strings.Cut(line, ",")
		if !ok {
			return nil, &Error{Line: number, Column: 1, Message: fmt.Sprintf("found %q, want seconds,rate", clip(line))}
		}
		p, wrong := tracePoint(seconds, rate)
		switch {
		case wrong != nil:
		case len(points) == maxPoints:
			wrong = &Error{Column: 1, Message: fmt.Sprintf("found more than %d points, want at most that", maxPoints)}
		case len(points) == 0 && p.At != 0:
			wrong = &Error{Column: 1, Message: fmt.Sprintf("found %ss, want the first point at 0", clip(strings.TrimSpace(seconds)))}
		case len(points) > 0 && p.At <= points[len(points)-1].At:
			wrong = &Error{Column: 1, Message: fmt.Sprintf("found %ss, want more than the line before, %v", clip(strings.TrimSpace(seconds)), points[len(points)-1].At)}
		}
		if wrong != nil {
			wrong.Line = number
			return nil, wrong
		}
		points = append(points, p)
	}
	if len(points) < 2 {
		return nil, &Error{Line: max(number, 1), Column: 1, Message: fmt.Sprintf("found %d points, want at least 2", len(points))}
	}
	return points, nil
}

func tracePoint(seconds, rate string) (TracePoint, *Error) {
	at, err := parseDecimal(strings.TrimSpace(seconds), 9)
	if err != nil || at > float64(longest) {
		return TracePoint{}, &Error{
			Column:  1,
			Message: fmt.Sprintf("found %q as seconds, want a number from 0 to %d", clip(seconds), longest/Duration(time.Second)),
		}
	}
	r, err := parseDecimal(strings.TrimSpace(rate), 0)
	if err != nil || Rate(r) > fastest {
		return TracePoint{}, &Error{
			Column:  len([]rune(seconds)) + 2,
			Message: fmt.Sprintf("found %q as a rate, want a number of records per second from 0 to 100000000", clip(rate)),
		}
	}
	return TracePoint{At: Duration(at), Rate: Rate(r)}, nil
}

package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wavetank/wavetank/internal/nearest"
)

// ParseObjective reads one objective:
//
//	name [ "{" tag "=" value { "," tag "=" value } "}" ] [ stat ] op limit [ "over" duration ]
//
// A name is one of [MeasurementNames] or a sink's end_to_end. Measurements of time need a stat (p99, p99.9, min, mean, max)
// and a duration as their limit; counters have no stat and a whole number or a percentage; goodput has a rate. The op is
// one of < <= == >= >. "over 10s" holds every 10 s of the run to the limit, not only the whole.
//
// The error is an [*Error] whose Line is 0 and whose Column is the character of text that is wrong, from 1.
func ParseObjective(text string) (Objective, error) {
	p := objectiveParser{text: text}
	o := p.parse()
	if p.err != nil {
		return Objective{}, p.err
	}
	o.Text = o.String()
	return o, nil
}

type objectiveParser struct {
	text    string
	next    int    // byte offset of what is not read yet
	err     *Error // the first mistake
	subject Measurement
}

var (
	nameText = regexp.MustCompile(`^[A-Za-z0-9_.-]+`)
	tagText  = regexp.MustCompile(`^[^\s",={}]+`)
	statText = regexp.MustCompile(`^p[0-9]{1,2}(\.[0-9]{1,3})?$`)
	wordText = regexp.MustCompile(`^[^\s<>=!{]+`)
	opText   = regexp.MustCompile(`^[<>=!]+`)
)

var ops = []string{"<", "<=", "==", ">=", ">"}

func (p *objectiveParser) parse() (o Objective) {
	o.Name = p.name()
	o.Tags = p.tags()
	o.Stat = p.stat()
	o.Op = p.op()
	o.Limit, o.Unit = p.limit()
	o.Over = p.over()
	p.space()
	if p.err == nil && p.next < len(p.text) {
		p.fail(p.next, `found %q at the end, want nothing or "over" and a duration`, clip(p.text[p.next:]))
	}
	return o
}

// fail keeps the first mistake, at a byte of the text.
func (p *objectiveParser) fail(at int, format string, args ...any) {
	if p.err == nil {
		p.err = &Error{Column: 1 + utf8.RuneCountInString(p.text[:at]), Message: fmt.Sprintf(format, args...)}
	}
}

func (p *objectiveParser) space() {
	p.next += len(p.text[p.next:]) - len(strings.TrimLeft(p.text[p.next:], " \t"))
}

// take reads what a pattern matches, behind any space.
func (p *objectiveParser) take(pattern *regexp.Regexp) (found string, at int) {
	if p.err != nil {
		return "", p.next
	}
	p.space()
	at = p.next
	found = pattern.FindString(p.text[at:])
	p.next += len(found)
	return found, at
}

// skip reads one character, if it comes next.
func (p *objectiveParser) skip(c byte) bool {
	if p.err != nil {
		return false
	}
	p.space()
	if p.next < len(p.text) && p.text[p.next] == c {
		p.next++
		return true
	}
	return false
}

func (p *objectiveParser) name() string {
	name, at := p.take(nameText)
	subject, ok := measurement(name)
	switch {
	case name == "":
		p.fail(at, "found no measurement, want such as put.latency p99 < 100ms")
	case !ok:
		p.fail(at, "unknown measurement %q%s", clip(name), nearest.Suggest(name, append(MeasurementNames(), "<sink>"+EndToEnd)))
	}
	p.subject = subject
	return name
}

func (p *objectiveParser) tags() map[string]string {
	if !p.skip('{') {
		return nil
	}
	tags := map[string]string{}
	for p.err == nil {
		tag, at := p.take(nameText)
		switch {
		case !slices.Contains(tagNames, tag):
			p.fail(at, "unknown tag %q%s", clip(tag), nearest.Suggest(tag, tagNames))
		case !p.skip('='):
			p.fail(p.next, "the tag %s has no value, want such as {%s=…}", tag, tag)
		case tags[tag] != "":
			p.fail(at, "the tag %s is there twice", tag)
		}
		tags[tag] = p.tagValue()
		if p.skip(',') {
			continue
		}
		if p.err == nil && !p.skip('}') {
			p.fail(p.next, `the tags are not closed, want "}"`)
		}
		break
	}
	return tags
}

// tagValue is a bare word or a quoted text.
func (p *objectiveParser) tagValue() string {
	p.space()
	if quotation, err := strconv.QuotedPrefix(p.text[p.next:]); err == nil && p.err == nil && quotation[0] == '"' {
		value, _ := strconv.Unquote(quotation)
		if value != "" && utf8.ValidString(value) {
			p.next += len(quotation)
			return value
		}
	}
	value, at := p.take(tagText)
	if value == "" {
		p.fail(at, "found no value for the tag, want a name or a quoted text")
	}
	return value
}

func (p *objectiveParser) stat() string {
	stat, at := p.take(wordText)
	ok := slices.Contains(stats, stat) || statText.MatchString(stat)
	if q, err := strconv.ParseFloat(strings.TrimPrefix(stat, "p"), 64); ok && err == nil && q == 0 {
		ok = false
	}
	near := nearest.Suggest(stat, stats)
	if other := otherStats[strings.ToLower(stat)]; other != "" {
		near = nearest.Suggest(other, stats)
	}
	switch {
	case p.subject.Unit != UnitNanoseconds && stat != "":
		p.fail(at, "found %q, but %s is a number and has no percentiles; want such as %s", clip(stat), p.subject.Name, p.example())
	case p.subject.Unit != UnitNanoseconds:
	case stat == "":
		p.fail(at, "%s is a distribution and needs a stat, such as %s", p.subject.Name, p.example())
	case !ok:
		p.fail(at, "unknown stat %q%s", clip(stat), near)
	}
	return stat
}

func (p *objectiveParser) op() string {
	op, at := p.take(opText)
	switch {
	case op == "=":
		p.fail(at, `found "=", want "=="`)
	case !slices.Contains(ops, op):
		p.fail(at, "found %q, want one of %s", clip(op), strings.Join(ops, " "))
	}
	return op
}

// limit reads a limit in the unit of what the objective is about.
func (p *objectiveParser) limit() (limit float64, unit string) {
	found, at := p.take(wordText)
	switch p.subject.Unit {
	case UnitNanoseconds:
		d, err := ParseDuration(found)
		if err != nil || d > longest {
			p.fail(at, "found %q, want a duration up to %v, such as 100ms", clip(found), longest)
		}
		return float64(d), UnitNanoseconds
	case UnitRate:
		r, err := ParseRate(found)
		if err != nil || r > fastest {
			p.fail(at, "found %q, want a rate, such as 2000/s", clip(found))
		}
		return float64(r), UnitRate
	}
	if s, err := ParseShare(found); err == nil && p.subject.Of != "" && s <= 1 {
		return float64(s), UnitRatio
	}
	n, err := parseDecimal(found, 0)
	if err != nil || n != math.Trunc(n) || n > 1<<53 {
		want := "a whole number"
		if p.subject.Of != "" {
			want += " or a percentage of " + p.subject.Of
		}
		p.fail(at, "found %q, want %s", clip(found), want)
	}
	return n, UnitCount
}

// longestOver is the longest window an objective may speak of; the shortest is a line of the run file, 1s.
const longestOver = Duration(time.Hour)

func (p *objectiveParser) over() time.Duration {
	word, at := p.take(wordText)
	if word == "" {
		return 0
	}
	if word != "over" {
		p.fail(at, `found %q, want nothing or "over" and a duration%s`, clip(word), nearest.Hint(word, []string{"over"}))
		return 0
	}
	if strings.HasPrefix(p.subject.Name, "integrity.") {
		p.fail(at, "%s is told once, after the drain; it has no windows", p.subject.Name)
	}
	found, at := p.take(wordText)
	d, err := ParseDuration(found)
	if err != nil || d < Duration(time.Second) || d > longestOver || d%Duration(time.Second) != 0 {
		p.fail(at, "found %q, want whole seconds from 1s to %v", clip(found), longestOver)
	}
	return d.Std()
}

// example is an objective about the same subject.
func (p *objectiveParser) example() string {
	switch p.subject.Unit {
	case UnitNanoseconds:
		return p.subject.Name + " p99 < 100ms"
	case UnitRate:
		return p.subject.Name + " >= 2000/s"
	}
	return p.subject.Name + " == 0"
}

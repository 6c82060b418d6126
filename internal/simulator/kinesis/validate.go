package kinesis

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// checks collects what is wrong with one request, in the words of AWS's validation (observed by kinesalite,
// validations/index.js; the constraints are the service model's): all violations are told at once, ten at most.
type checks struct{ found []string }

// pattern is a regular expression that a whole text must match, and how AWS shows it.
type pattern struct {
	text  string
	re    func() *regexp.Regexp // compiled when it is first needed
	class string                // of the bytes of which it is one or more, which is quicker to see; "": it is not such a pattern
}

func whole(text string) *pattern {
	return &pattern{text: text, re: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^(?:" + text + ")$") })}
}

// someOf is the pattern of one or more letters, digits or bytes of others, which are not special in a class.
func someOf(others string) *pattern {
	return &pattern{text: "[a-zA-Z0-9" + others + "]+", class: others}
}

// matches tells whether the whole of a text is of the pattern.
func (p *pattern) matches(v string) bool {
	if p.class == "" {
		return p.re().MatchString(v)
	}
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(p.class, c) >= 0:
		default:
			return false
		}
	}
	return v != ""
}

// rule is what the service model says of a text member. The zero value demands nothing.
type rule struct {
	required bool
	min, max int // length in characters; 0: not limited
	pattern  *pattern
	enum     []string
}

var (
	nameRule     = rule{min: 1, max: 128, pattern: someOf("_.-")}
	arnRule      = rule{min: 1, max: 2048, pattern: whole(`arn:aws.*:kinesis:.*:\d{12}:stream/\S+`)}
	hashRule     = rule{pattern: whole(`^(0|([1-9]\d{0,38}))$`)}
	sequenceRule = rule{pattern: whole(`^(0|([1-9]\d{0,128}))$`)}
	keyRule      = rule{min: 1, max: 256}
	iteratorRule = rule{required: true, min: 1, max: 512}
	tokenRule    = rule{min: 1, max: 1 << 20}
	modeRule     = rule{required: true, enum: []string{ModeProvisioned, ModeOnDemand}}
)

func (r rule) needed() rule { r.required = true; return r }

// add notes one violation of the member called field. value is how AWS shows it, null where it is absent.
func (c *checks) add(field, value, constraint string) {
	c.addText(field, value, "Member must "+constraint)
}

// addText is add where the constraint is not of a member.
func (c *checks) addText(field, value, constraint string) {
	if len(c.found) < 10 {
		c.found = append(c.found, "Value "+value+" at '"+field+"' failed to satisfy constraint: "+constraint)
	}
}

func (c *checks) notNull(field string) { c.add(field, "null", "not be null") }

// text checks a text member; nil is absent.
func (c *checks) text(field string, v *string, r rule) {
	if v == nil {
		if r.required {
			c.notNull(field)
		}
		return
	}
	shown := "'" + *v + "'"
	if r.pattern != nil && !r.pattern.matches(*v) {
		c.add(field, shown, "satisfy regular expression pattern: "+r.pattern.text)
	}
	if n := utf8.RuneCountInString(*v); r.min > n {
		c.add(field, shown, "have length greater than or equal to "+strconv.Itoa(r.min))
	} else if r.max != 0 && r.max < n {
		c.add(field, shown, "have length less than or equal to "+strconv.Itoa(r.max))
	}
	if r.enum != nil && !contains(r.enum, *v) {
		c.add(field, shown, "satisfy enum value set: ["+strings.Join(r.enum, ", ")+"]")
	}
}

func contains(set []string, v string) bool {
	for _, s := range set {
		if s == v {
			return true
		}
	}
	return false
}

// number checks an integer member; nil is absent, most 0 is no upper limit.
func (c *checks) number(field string, v *int32, least, most int32) {
	if v == nil {
		return
	}
	shown := fmt.Sprintf("'%d'", *v)
	if *v < least {
		c.add(field, shown, fmt.Sprintf("have value greater than or equal to %d", least))
	}
	if most != 0 && *v > most {
		c.add(field, shown, fmt.Sprintf("have value less than or equal to %d", most))
	}
}

// list checks the length of a list of texts that must be there.
func (c *checks) list(field string, v []string, most int) {
	shown := "'[" + strings.Join(v, ", ") + "]'"
	switch {
	case v == nil:
		c.notNull(field)
	case len(v) == 0:
		c.add(field, shown, "have length greater than or equal to 1")
	case len(v) > most:
		c.add(field, shown, "have length less than or equal to "+strconv.Itoa(most))
	}
}

// err is the ValidationException for what was found, or nil.
func (c *checks) err() error {
	n := len(c.found)
	if n == 0 {
		return nil
	}
	plural := ""
	if n > 1 {
		plural = "s"
	}
	return errorf(codeValidation, "%d validation error%s detected: %s", n, plural, strings.Join(c.found, "; "))
}

// streamOf is the name that a request's StreamName, StreamARN or both select. Which error AWS gives where they are both
// absent or do not match was not seen; the texts are ours.
func (s *Service) streamOf(name, arn *string) (string, error) {
	if arn == nil {
		if name == nil {
			return "", errorf(codeInvalidArgument, "Either StreamName or StreamARN must be provided.")
		}
		return *name, nil
	}
	// arn:aws:kinesis:region:account:stream/name
	part := strings.SplitN(*arn, ":", 6)
	of := strings.TrimPrefix(part[5], "stream/")
	switch {
	case name != nil && *name != of:
		return "", errorf(codeInvalidArgument, "StreamARN %s does not belong to the stream %s.", *arn, *name)
	case part[3] != s.cfg.Region || part[4] != s.cfg.Account:
		return "", errorf(codeNotFound, "Stream %s under account %s not found.", of, part[4])
	}
	return of, nil
}

// StreamOf is the stream that a request's StreamName or StreamARN names, unchecked; "" where neither does.
func StreamOf(name, arn *string) string {
	if name != nil {
		return *name
	}
	if arn == nil {
		return ""
	}
	_, of, _ := strings.Cut(*arn, ":stream/")
	return of
}

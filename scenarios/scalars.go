package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/nearest"
)

// scalar is how one kind of value is read from text and written as text.
type scalar[T any] struct {
	want   string // what is allowed, for error texts
	kinds  []kind // of node; default plain, quoted, number and boolean: the text decides
	parse  func(text string) (T, bool)
	format func(v T) string // "" leaves the key out
	number bool             // written without quotes
	schema map[string]any
}

func (s scalar[T]) codec() codec[T] {
	return codec[T]{
		decode: func(d *decoder, n *node) (v T) {
			ok := n.scalar() && (s.kinds == nil || slices.Contains(s.kinds, n.kind))
			if ok {
				v, ok = s.parse(n.text)
			}
			if !ok {
				d.errorf(n, "found %s, want %s", n.found(), s.want)
			}
			return v
		},
		encode: func(v T, _ mode) *node {
			text := s.format(v)
			switch {
			case text == "":
				return nil
			case s.number:
				return numberNode(text)
			}
			return textNode(text)
		},
		schema: func(*schemaWriter) map[string]any { return s.schema },
	}
}

// integer makes a codec of whole numbers. Where 0 is not allowed it stands for an absent key.
func integer(least, most int) codec[int] {
	return scalar[int]{
		want:  fmt.Sprintf("a whole number from %d to %d", least, most),
		kinds: []kind{number},
		parse: func(text string) (int, bool) {
			v, err := strconv.Atoi(text)
			return v, err == nil && least <= v && v <= most
		},
		format: func(v int) string {
			if v == 0 && least > 0 {
				return ""
			}
			return strconv.Itoa(v)
		},
		number: true,
		schema: map[string]any{"type": "integer", "minimum": least, "maximum": most},
	}.codec()
}

// seed is any whole number of 64 bits.
var seed = scalar[uint64]{
	want:  "a whole number from 0 to 18446744073709551615",
	kinds: []kind{number},
	parse: func(text string) (uint64, bool) {
		v, err := strconv.ParseUint(text, 10, 64)
		return v, err == nil
	},
	format: func(v uint64) string { return strconv.FormatUint(v, 10) },
	number: true,
	schema: map[string]any{"type": "integer", "minimum": 0},
}.codec()

// decimal makes a codec of plain numbers.
func decimal(least, most float64) codec[float64] {
	return scalar[float64]{
		want:  fmt.Sprintf("a number from %v to %v", least, most),
		kinds: []kind{number},
		parse: func(text string) (float64, bool) {
			v, err := parseDecimal(text, 0)
			return v, err == nil && least <= v && v <= most
		},
		format: func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) },
		number: true,
		schema: map[string]any{"type": "number", "minimum": least, "maximum": most},
	}.codec()
}

// longest is the longest duration anywhere. Nanoseconds up to it are exact in a float64, in schedules and in limits.
const longest = Duration(100 * 24 * time.Hour)

// duration makes a codec of durations, both ends included.
func duration(least, most Duration) codec[Duration] {
	return steppedDuration(least, most, 1)
}

// steppedDuration takes only whole multiples of a step.
func steppedDuration(least, most, step Duration) codec[Duration] {
	want := fmt.Sprintf("a duration from %v to %v, such as 5s", least, most)
	switch {
	case step > 1:
		want = fmt.Sprintf("a multiple of %v from %v to %v", step, least, most)
	case least == 1:
		want = fmt.Sprintf("a duration above 0s up to %v, such as 5s", most)
	}
	return scalar[Duration]{
		want: want,
		parse: func(text string) (Duration, bool) {
			v, err := ParseDuration(text)
			return v, err == nil && least <= v && v <= most && v%step == 0
		},
		format: func(v Duration) string {
			if v == 0 && least > 0 {
				return ""
			}
			return v.String()
		},
		schema: map[string]any{"type": "string", "pattern": durationText.String()},
	}.codec()
}

// size makes a codec of sizes: multiples of a step, both ends included.
func size(least, most, step Bytes) codec[Bytes] {
	want := fmt.Sprintf("a size from %v to %v, such as %v", least, most, max(least, 500))
	if step > 1 {
		want = fmt.Sprintf("a multiple of %v from %v to %v", step, least, most)
	}
	return scalar[Bytes]{
		want: want,
		parse: func(text string) (Bytes, bool) {
			v, err := ParseBytes(text)
			return v, err == nil && least <= v && v <= most && v%step == 0
		},
		format: func(v Bytes) string {
			if v == 0 && least > 0 {
				return ""
			}
			return v.String()
		},
		schema: map[string]any{"type": "string", "pattern": bytesText.String()},
	}.codec()
}

// fastest is the highest rate anywhere, ten times what a large account may write.
const fastest Rate = 100_000_000

// someRate is a rate above nothing; anyRate may be 0/s.
var (
	someRate = rateCodec("a rate above 0/s up to 100000000/s, such as 2000/s", func(r Rate) bool { return 0 < r && r <= fastest })
	anyRate  = rateCodec("a rate from 0/s to 100000000/s, such as 2000/s", func(r Rate) bool { return 0 <= r && r <= fastest })
)

func rateCodec(want string, allowed func(Rate) bool) codec[Rate] {
	return scalar[Rate]{
		want: want,
		parse: func(text string) (Rate, bool) {
			v, err := ParseRate(text)
			return v, err == nil && allowed(v)
		},
		format: func(v Rate) string {
			if v == 0 && !allowed(0) {
				return ""
			}
			return v.String()
		},
		schema: map[string]any{"type": "string", "pattern": rateText.String()},
	}.codec()
}

// share is a percentage from 0% to 100%.
var share = scalar[Share]{
	want: "a share from 0% to 100%, such as 0.1%",
	parse: func(text string) (Share, bool) {
		v, err := ParseShare(text)
		return v, err == nil && v <= 1
	},
	format: Share.String,
	schema: map[string]any{"type": "string", "pattern": shareText.String()},
}.codec()

// text makes a codec of free text, at most so many characters long.
func text(most int) codec[string] {
	return scalar[string]{
		want:   fmt.Sprintf("text of at most %d characters", most),
		parse:  func(text string) (string, bool) { return text, len([]rune(text)) <= most },
		format: func(v string) string { return v },
		schema: map[string]any{"type": "string", "maxLength": most},
	}.codec()
}

// expression is a regular expression that is compiled when it is first needed. Those that count what they repeat are large,
// and most programs need none of them.
func expression(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// matching makes a codec of text that matches a pattern.
func matching(want, pattern string) codec[string] {
	allowed := expression(pattern)
	return scalar[string]{
		want:   want,
		parse:  func(text string) (string, bool) { return text, allowed().MatchString(text) },
		format: func(v string) string { return v },
		schema: map[string]any{"type": "string", "pattern": pattern},
	}.codec()
}

// named is a reference to something with a name of that kind.
func named(w names) codec[string] { return matching(w.what+": "+w.want(), w.expression()) }

// oneOf makes a codec of words. Words that AWS knows and this version does not are told apart.
func oneOf(words []string, later ...string) codec[string] {
	c := scalar[string]{
		want:   list(words),
		parse:  func(text string) (string, bool) { return text, slices.Contains(words, text) },
		format: func(v string) string { return v },
		schema: map[string]any{"enum": words},
	}.codec()
	decode := c.decode
	c.decode = func(d *decoder, n *node) string {
		switch {
		case slices.Contains(later, n.text):
			d.errorf(n, "%s is not there yet; this version has %s", n.text, list(words))
			return ""
		case n.scalar() && !slices.Contains(words, n.text):
			d.errorf(n, "found %s, want %s", n.found(), choice(n.text, words))
			return ""
		}
		return decode(d, n)
	}
	return c
}

// choice lists the words that are allowed, with the one that is near; a long list gives way to a near word.
func choice(word string, words []string) string {
	near := nearest.Hint(word, words)
	if near != "" && len(words) > nearest.LongList {
		return "one of the names AWS has" + near
	}
	return list(words) + near
}

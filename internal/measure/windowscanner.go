package measure

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// windowScanner reads a window line as this version writes it, member by member: a day of a busy run has a gigabyte of them.
// Anything else is left to the JSON decoder, which knows better what is wrong with it.
type windowScanner struct {
	rest   []byte
	failed bool
	bytes  []byte // room for histograms; they are kept for as long as the run is
}

// histogramRoom is how many bytes of histograms are allocated at once.
const histogramRoom = 256 << 10

// read reads a line into w, whose memory is used again. It is false where the line is written in another way.
func (t *windowScanner) read(line []byte, w *windowLine) bool {
	t.rest, t.failed = line, false
	t.literal(windowPrefix)
	t.literal(`"at":`)
	at, err := strconv.ParseFloat(string(t.number()), 64)
	t.failed = t.failed || err != nil
	w.Type, w.At = kindWindow, at
	w.Series, w.Counters = w.Series[:0], w.Counters[:0]
	t.literal(`,"series":[`)
	for !t.failed && !t.skip("]") {
		if len(w.Series) > 0 {
			t.literal(",")
		}
		w.Series = append(w.Series, t.delta())
	}
	t.literal(`,"counters":[`)
	for !t.failed && !t.skip("]") {
		if len(w.Counters) > 0 {
			t.literal(",")
		}
		w.Counters = append(w.Counters, t.counter())
	}
	t.literal("}")
	return !t.failed && len(t.rest) == 0
}

// delta reads what appendDelta writes.
func (t *windowScanner) delta() (d deltaLine) {
	d.ID = int(t.member(`{"id":`))
	d.Due = int(t.member(`,"due":`))
	d.Units = t.member(`,"units":`)
	d.Again = t.memberOr0(`,"again":`)
	d.Count = t.member(`,"count":`)
	d.Min = t.member(`,"min":`)
	d.Max = t.member(`,"max":`)
	t.literal(`,"sum":`)
	d.Sum = jsontext.Value(t.number())
	d.Under = t.memberOr0(`,"under":`)
	d.Over = t.memberOr0(`,"over":`)
	if t.skip(`,"hist":"`) {
		d.Hist = t.histogram()
	}
	t.literal("}")
	return d
}

func (t *windowScanner) counter() (c [3]int64) {
	c[0] = t.member("[")
	c[1] = t.member(",")
	c[2] = t.member(",")
	t.literal("]")
	return c
}

// histogram reads base64 up to the quote that ends it.
func (t *windowScanner) histogram() []byte {
	end := bytes.IndexByte(t.rest, '"')
	if end < 0 || bytes.IndexByte(t.rest[:end], '\r') >= 0 { // base64 passes over line ends, JSON does not
		t.failed = true
		return nil
	}
	n := base64.StdEncoding.DecodedLen(end)
	if len(t.bytes) < n {
		t.bytes = make([]byte, max(n, histogramRoom))
	}
	n, err := strictBase64.Decode(t.bytes, t.rest[:end])
	t.failed = t.failed || err != nil
	t.rest = t.rest[end+1:]
	hist := t.bytes[:n:n]
	t.bytes = t.bytes[n:]
	return hist
}

var strictBase64 = base64.StdEncoding.Strict()

// member reads an integer behind a literal.
func (t *windowScanner) member(literal string) int64 {
	t.literal(literal)
	return t.integer()
}

// memberOr0 reads an integer behind a literal that is there only where the integer is not 0.
func (t *windowScanner) memberOr0(literal string) int64 {
	if !t.skip(literal) {
		return 0
	}
	return t.integer()
}

// integer reads a number of 64 bits.
func (t *windowScanner) integer() int64 {
	b, i := t.rest, 0
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		i++
	}
	first, v := i, uint64(0)
	for i < len(b) && i-first < 20 && '0' <= b[i] && b[i] <= '9' {
		v = v*10 + uint64(b[i]-'0')
		i++
	}
	n := i - first
	if n == 0 || n > 19 || b[first] == '0' && (n > 1 || negative) || v > math.MaxInt64 {
		t.failed = true
		return 0
	}
	t.rest = b[i:]
	if negative {
		return -int64(v)
	}
	return int64(v)
}

// number is the text of a number without an exponent.
func (t *windowScanner) number() []byte {
	b, i := t.rest, 0
	digits := func() (n int) {
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
			n++
		}
		return n
	}
	if len(b) > 0 && b[0] == '-' {
		i++
	}
	first := i
	n := digits()
	t.failed = t.failed || n == 0 || n > 1 && b[first] == '0'
	if i < len(b) && b[i] == '.' {
		i++
		t.failed = t.failed || digits() == 0
	}
	t.rest = b[i:]
	return b[:i]
}

func (t *windowScanner) literal(s string) {
	if !t.skip(s) {
		t.failed = true
	}
}

// skip passes over a literal, if it comes next.
func (t *windowScanner) skip(s string) bool {
	if len(t.rest) < len(s) || string(t.rest[:len(s)]) != s {
		return false
	}
	t.rest = t.rest[len(s):]
	return true
}

package server

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

const (
	cborDepth    = 32     // of lists and maps in each other; Kinesis's own requests have five. AWS documents no limit.
	cborElements = 10_000 // of a list or map; Kinesis's own have 500. An element may be one byte of a body and many of memory.
)

// The values of major type 7 that are in use (RFC 8949, section 3.3).
const (
	cborFalse, cborTrue, cborNull, cborUndefined = 20, 21, 22, 23
	cborHalf, cborSingle, cborDouble, cborEnd    = 25, 26, 27, 31
)

const (
	cborNegative   = 1 << 5 // major type
	cborSimple     = 7 << 5
	cborIndefinite = 31 // the additional information of an item whose length is not told
)

// cborReader walks over a CBOR text (RFC 8949). After the first error it does nothing more.
type cborReader struct {
	body  []byte
	pos   int
	depth int
	err   error
}

// cborHead is the head of an item.
type cborHead struct {
	major byte   // in the three high bits
	info  byte   // the five low bits
	n     uint64 // the value, length, tag or bits of a float
}

func (h cborHead) indefinite() bool { return h.info == cborIndefinite }

// null tells whether the item is null, or JavaScript's undefined.
func (h cborHead) null() bool {
	return h.major == cborSimple && (h.info == cborNull || h.info == cborUndefined)
}

// end tells whether this is no item, but the end of one whose length was not told.
func (h cborHead) end() bool { return h.major == cborSimple && h.info == cborEnd }

// fail notes the first error; message is AWS's, empty for a text that is no CBOR.
func (r *cborReader) fail(message string) {
	if r.err == nil {
		r.err = badBody(message)
	}
	r.pos = len(r.body)
}

// wrong fails because an item is not of the kind that is wanted.
func (r *cborReader) wrong(h cborHead, want string) {
	kind := jsontext.Kind('0')
	switch {
	case h.end():
		r.fail("")
		return
	case h.major == kinesis.CBORList:
		kind = '['
	case h.major == kinesis.CBORMap:
		kind = '{'
	case h.major == kinesis.CBORText:
		kind = '"'
	case h.major == kinesis.CBORBytes:
		r.fail("class java.nio.HeapByteBuffer can not be converted to an " + want) // not seen: our text
		return
	case h.major == cborSimple && (h.info == cborTrue || h.info == cborFalse):
		kind = 't'
	}
	r.fail(wrongKind(kind, want))
}

// head takes the head of the next item. Tags are passed over: the only one that AWS's clients send says what the member's
// type says as well.
func (r *cborReader) head() cborHead {
	for {
		h := r.anyHead()
		if h.major != kinesis.CBORTag || r.err != nil {
			return h
		}
	}
}

func (r *cborReader) anyHead() cborHead {
	if r.pos >= len(r.body) {
		r.fail("")
		return cborHead{major: cborSimple, info: cborNull}
	}
	first := r.body[r.pos]
	r.pos++
	h := cborHead{major: first & 0xe0, info: first & 0x1f}
	switch {
	case h.info < 24:
		h.n = uint64(h.info)
	case h.info <= 27:
		h.n = r.number(1 << (h.info - 24))
	case h.info == cborIndefinite && h.major != kinesis.CBORUint && h.major != cborNegative && h.major != kinesis.CBORTag:
	default:
		r.fail("")
	}
	return h
}

// number takes a big-endian number of size bytes.
func (r *cborReader) number(size int) uint64 {
	if len(r.body)-r.pos < size {
		r.fail("")
		return 0
	}
	var b [8]byte
	copy(b[8-size:], r.body[r.pos:])
	r.pos += size
	return binary.BigEndian.Uint64(b[:])
}

// span takes the next n bytes, which stay the body's.
func (r *cborReader) span(n uint64) []byte {
	if n > uint64(len(r.body)-r.pos) {
		r.fail("")
		return nil
	}
	b := r.body[r.pos : r.pos+int(n)]
	r.pos += int(n)
	return b
}

// string takes the rest of a text or byte string. What came in one piece stays the body's.
func (r *cborReader) string(h cborHead) []byte {
	var b []byte
	if !h.indefinite() {
		b = r.piece(h)
	} else {
		for r.err == nil {
			piece := r.anyHead()
			if piece.end() {
				break
			}
			if piece.major != h.major || piece.indefinite() {
				r.fail("")
				break
			}
			b = append(b, r.piece(piece)...)
		}
	}
	return b
}

// piece takes one piece of a string. Each piece of a text is UTF-8 by itself (RFC 8949, section 3.2.3).
func (r *cborReader) piece(h cborHead) []byte {
	b := r.span(h.n)
	if h.major == kinesis.CBORText && !utf8.Valid(b) {
		r.fail("")
	}
	return b
}

// each walks over the elements of a list or the members of a map, whose head was taken; element must take each.
func (r *cborReader) each(h cborHead, element func()) {
	if r.depth++; r.depth > cborDepth {
		r.fail("")
	}
	for n := uint64(0); r.err == nil && (h.indefinite() || n < h.n); n++ {
		if h.indefinite() && r.pos < len(r.body) && r.body[r.pos] == kinesis.CBORBreak {
			r.pos++
			break
		}
		if n == cborElements {
			r.fail("")
			break
		}
		element()
	}
	r.depth--
}

// members walks over the members of a map; member must take the value.
func (r *cborReader) members(h cborHead, member func(name []byte)) {
	r.each(h, func() {
		name := r.head()
		if name.major != kinesis.CBORText {
			r.fail("")
			return
		}
		text := r.string(name)
		if r.err == nil {
			member(text)
		}
	})
}

// skip takes any item.
func (r *cborReader) skip() { r.pass(r.head()) }

// pass takes the rest of an item.
func (r *cborReader) pass(h cborHead) {
	switch h.major {
	case kinesis.CBORText, kinesis.CBORBytes:
		r.string(h)
	case kinesis.CBORList:
		r.each(h, r.skip)
	case kinesis.CBORMap:
		r.members(h, func([]byte) { r.skip() })
	case cborSimple:
		if h.end() || h.info == 24 && h.n < 32 {
			r.fail("")
		}
	}
}

// float is the value of a number's head.
func (h cborHead) float() (float64, bool) {
	switch {
	case h.major == kinesis.CBORUint:
		return float64(h.n), true
	case h.major == cborNegative:
		return -1 - float64(h.n), true
	case h.major == cborSimple && h.info == cborHalf:
		return halfFloat(uint16(h.n)), true
	case h.major == cborSimple && h.info == cborSingle:
		return float64(math.Float32frombits(uint32(h.n))), true
	case h.major == cborSimple && h.info == cborDouble:
		return math.Float64frombits(h.n), true
	}
	return 0, false
}

// integer is the value of a whole number's head.
func (h cborHead) integer() (int64, bool) {
	switch {
	case h.n > math.MaxInt64:
	case h.major == kinesis.CBORUint:
		return int64(h.n), true
	case h.major == cborNegative:
		return -1 - int64(h.n), true
	}
	return 0, false
}

// halfFloat is a number of 16 bits (RFC 8949, appendix D).
func halfFloat(bits uint16) float64 {
	exponent, mantissa := int(bits>>10&0x1f), float64(bits&0x3ff)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(mantissa, -24)
	case 31:
		v = math.Inf(1)
		if mantissa != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(mantissa+1024, exponent-25)
	}
	if bits&0x8000 != 0 {
		return -v
	}
	return v
}

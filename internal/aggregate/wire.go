package aggregate

import "math"

// The wire types of protobuf (protobuf.dev, "Encoding").
const (
	wireVarint   = 0
	wireFixed64  = 1
	wireBytes    = 2
	wireGroup    = 3
	wireGroupEnd = 4
	wireFixed32  = 5
)

const (
	maxVarint = 10  // bytes
	maxDepth  = 100 // of groups within each other, the limit of Java's parser
)

// appendVarint appends a number as protobuf writes it.
func appendVarint(dst []byte, v uint64) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// varintSize is the bytes that appendVarint appends.
func varintSize(v int) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

// appendNumber appends a field that is a number. Fields up to 15 have a tag of one byte.
func appendNumber(dst []byte, field byte, v int) []byte {
	return appendVarint(append(dst, field<<3|wireVarint), uint64(v))
}

// appendHead appends what precedes the n bytes of a field of bytes.
func appendHead(dst []byte, field byte, n int) []byte {
	return appendVarint(append(dst, field<<3|wireBytes), uint64(n))
}

func numberSize(v int) int { return 1 + varintSize(v) }
func bytesSize(n int) int  { return 1 + varintSize(n) + n }

// field is one field of a message.
type field struct {
	number uint32
	kind   uint32
	value  uint64 // of a varint
	bytes  []byte // of a field of bytes
}

// is tells whether the field has this number and type. A known number with another type is an unknown field.
func (f *field) is(number, kind uint32) bool { return f.number == number && f.kind == kind }

// cursor reads the fields of a message, by the rules of Java's parser, which the KCL uses. Where the bytes are no message, bad is set
// and there are no more fields.
type cursor struct {
	rest []byte
	bad  bool
}

// next is the next field; ok is false at the end of the message and where it is bad. A group is read over and has no value.
func (c *cursor) next() (f field, ok bool) {
	if len(c.rest) == 0 || c.bad {
		return field{}, false
	}
	tag := uint32(c.varint()) // the upper bits are passed over, as in Java
	f = field{number: tag >> 3, kind: tag & 7}
	if f.number == 0 {
		c.bad = true
	}
	c.value(&f, 0)
	return f, !c.bad
}

// value reads a field's value.
func (c *cursor) value(f *field, depth int) {
	switch f.kind {
	case wireVarint:
		f.value = c.varint()
	case wireFixed64:
		c.take(8)
	case wireBytes:
		f.bytes = c.take(uint32(c.varint()))
	case wireGroup:
		c.group(f.number, depth+1)
	case wireFixed32:
		c.take(4)
	default: // also the end of a group that did not begin
		c.bad = true
	}
}

// group reads over a group to its end.
func (c *cursor) group(number uint32, depth int) {
	for depth <= maxDepth && len(c.rest) > 0 && !c.bad {
		tag := uint32(c.varint())
		f := field{number: tag >> 3, kind: tag & 7}
		switch {
		case f.number == 0:
			c.bad = true
		case f.kind == wireGroupEnd:
			c.bad = c.bad || f.number != number
			return
		default:
			c.value(&f, depth)
		}
	}
	c.bad = true
}

// varint reads a number. Bits above the 64th are lost, as in Java.
func (c *cursor) varint() uint64 {
	var v uint64
	for i := 0; i < len(c.rest) && i < maxVarint; i++ {
		b := c.rest[i]
		v |= uint64(b&0x7F) << (7 * i)
		if b < 0x80 {
			c.rest = c.rest[i+1:]
			return v
		}
	}
	c.bad = true
	return 0
}

// take reads n bytes. A length above 2^31 is negative in Java, and refused.
func (c *cursor) take(n uint32) []byte {
	if c.bad || n > math.MaxInt32 || int(n) > len(c.rest) {
		c.bad = true
		return nil
	}
	b := c.rest[:n:n]
	c.rest = c.rest[n:]
	return b
}

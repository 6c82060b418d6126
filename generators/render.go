package generators

import (
	"bytes"
	"encoding/json"
	"math/bits"
	"slices"
	"strconv"
	"time"
	"unsafe"
)

// A body is written into bytes of exactly its size, so each function here writes from the beginning of b and returns how
// many bytes that were. A size that is too small panics, and one that is too large is found by the tests.

// grow makes room for a body of size bytes and returns the grown slice and the body's part of it.
func grow(dst []byte, size int32) (grown, body []byte) {
	n := len(dst)
	grown = slices.Grow(dst, int(size))[:n+int(size)]
	return grown, grown[n:]
}

// putUint writes a decimal number.
func putUint(b []byte, v uint64) int { return len(strconv.AppendUint(b[:0:len(b)], v, 10)) }

// digits is the length of what putUint writes.
func digits(v uint64) int32 {
	n := int32(bits.Len64(v|1)) * 1233 >> 12 // log10 of 2 is about 1233/4096
	if v|1 >= tens[n] {
		n++
	}
	return n
}

var tens = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// putPad writes a padding member of n bytes in all. The text is words and compresses as such.
func putPad(b []byte, n int32, text []byte, from uint64) int {
	if n == 0 {
		return 0
	}
	at := copy(b, padName)
	end := int(n) - 1
	for start := int(from % uint64(len(text))); at < end; start = 0 {
		at += copy(b[at:end], text[start:])
	}
	b[end] = '"'
	return int(n)
}

// stamp writes event times, RFC 3339 in UTC with milliseconds: 24 bytes. Times of one second share their formatting.
type stamp struct {
	start  int64 // unix seconds of the first instant
	nanos  int64 // and what goes beyond
	second int64
	text   [20]byte // of that second, with the dot
}

const (
	stampForm = "2006-01-02T15:04:05."
	stampLen  = len("2006-01-02T15:04:05.000Z")
)

func newStamp(start time.Time) stamp {
	s := stamp{start: start.Unix(), nanos: int64(start.Nanosecond())}
	s.format(s.start)
	return s
}

func (s *stamp) put(b []byte, due time.Duration) {
	since := int64(due) + s.nanos
	second, nanos := since/1e9, since%1e9
	if nanos < 0 {
		second, nanos = second-1, nanos+1e9
	}
	if second += s.start; second != s.second {
		s.format(second)
	}
	_ = b[stampLen-1]
	*(*[20]byte)(b) = s.text
	ms := uint32(nanos / 1e6)
	b[20] = byte('0' + ms/100)
	b[21] = byte('0' + ms/10%10)
	b[22] = byte('0' + ms%10)
	b[23] = 'Z'
}

func (s *stamp) format(second int64) {
	s.second = second
	copy(s.text[:], time.Unix(second, 0).UTC().AppendFormat(s.text[:0], stampForm))
}

// quote is the text as a JSON string, by a real encoder.
func quote(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic(err) // no string fails to encode
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// keyBlock cuts keys that are made as records are from blocks, so that a key costs no allocation of its own. A block
// lives as long as any of its keys does.
type keyBlock struct{ free []byte }

// next gives room for a key of n bytes. The caller fills it at once and never again.
func (k *keyBlock) next(n int) []byte {
	if len(k.free) < n {
		k.free = make([]byte, max(16<<10, n))
	}
	b := k.free[:n:n]
	k.free = k.free[n:]
	return b
}

// ownString is a string of bytes that nobody writes to any more.
func ownString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// putUUID writes a UUID of version 4 (RFC 9562) over its form; r and more are what is random in it.
func putUUID(b []byte, r, more uint64) {
	_ = b[35]
	lo := mix(r ^ more*golden)
	putHex8(b, uint32(r>>32))
	putHex4(b[9:], uint32(r>>16))
	putHex4(b[14:], uint32(r))
	b[14] = '4'
	putHex4(b[19:], uint32(lo>>48))
	b[19] = "89ab"[lo>>62]
	putHex4(b[24:], uint32(lo>>32))
	putHex8(b[28:], uint32(lo))
}

// putHundredths writes a number of hundredths with two decimals.
func putHundredths(b []byte, v int32) int {
	at := 0
	if v < 0 {
		b[0] = '-'
		at, v = 1, -v
	}
	at += putUint(b[at:], uint64(v/100))
	b[at], b[at+1], b[at+2] = '.', byte('0'+v/10%10), byte('0'+v%10)
	return at + 3
}

// hundredthsLen is the length of what putHundredths writes.
func hundredthsLen(v int32) int32 {
	if v < 0 {
		return 4 + digits(uint64(-v/100))
	}
	return 3 + digits(uint64(v/100))
}

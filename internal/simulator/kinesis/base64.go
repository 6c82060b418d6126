package kinesis

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// Data is in base64 wherever it is in JSON, so that each record is encoded or decoded once on its way. encoding/base64 takes
// three bytes at a time; these take twelve where the processor has the instructions (base64_amd64.s), else six, by tables that
// fit the first level of the cache, and give the same texts and bytes (FuzzBase64).

// wrongBase64 marks, in base64Values, a byte that is not of the alphabet. It is above the 24 bits of four characters.
const wrongBase64 = 1 << 24

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

var (
	base64Values = base64ValuesOf(base64Alphabet) // of a character at each of the four places
	base64Pairs  = base64PairsOf(base64Alphabet)  // the two characters of 12 bits, the first in the low byte
)

func base64ValuesOf(alphabet string) (t [4][256]uint32) {
	for place := range t {
		for c := range t[place] {
			t[place][c] = wrongBase64
		}
		for v, c := range []byte(alphabet) {
			t[place][c] = uint32(v) << (18 - 6*place)
		}
	}
	return t
}

func base64PairsOf(alphabet string) (t [1 << 12]uint16) {
	for v := range t {
		t[v] = uint16(alphabet[v>>6]) | uint16(alphabet[v&63])<<8
	}
	return t
}

// DecodeBase64 decodes padded base64 without line breaks into dst, which must have room for three bytes in four of src; what
// is in dst behind the n decoded bytes may be written to. What is not such base64 is not ok.
func DecodeBase64(dst, src []byte) (n int, ok bool) {
	if len(src)%4 != 0 {
		return 0, false
	}
	if blocks := min((len(src)-4)/16, (len(dst)-4)/12); hasBlocks && blocks > 0 { // the last four may be padded
		if decodeBlocks(&dst[0], &src[0], blocks) {
			return 0, false
		}
		n, src = 12*blocks, src[16*blocks:]
	}
	t, wrong := &base64Values, uint32(0)
	for len(src) > 8 && len(dst) >= n+8 {
		s := src[:8]
		a := t[0][s[0]] | t[1][s[1]] | t[2][s[2]] | t[3][s[3]]
		b := t[0][s[4]] | t[1][s[5]] | t[2][s[6]] | t[3][s[7]]
		wrong |= a | b
		binary.BigEndian.PutUint64(dst[n:], uint64(a)<<40|uint64(b)<<16)
		n += 6
		src = src[8:]
	}
	if wrong&wrongBase64 != 0 {
		return 0, false
	}
	for _, c := range src {
		if c == '\n' || c == '\r' { // which encoding/base64 would pass over
			return 0, false
		}
	}
	k, err := base64.StdEncoding.Decode(dst[n:], src)
	return n + k, err == nil
}

// AppendBase64 appends src in padded base64.
func AppendBase64(dst, src []byte) []byte {
	n, more := len(dst), base64.StdEncoding.EncodedLen(len(src))
	dst = slices.Grow(dst, more)[:n+more]
	if blocks := (len(src) - 4) / 12; hasBlocks && blocks > 0 {
		encodeBlocks(&dst[n], &src[0], blocks)
		n, src = n+16*blocks, src[12*blocks:]
	}
	t := &base64Pairs
	for len(src) >= 8 {
		v := binary.BigEndian.Uint64(src)
		binary.LittleEndian.PutUint64(dst[n:], uint64(t[v>>52])|uint64(t[v>>40&0xfff])<<16|
			uint64(t[v>>28&0xfff])<<32|uint64(t[v>>16&0xfff])<<48)
		n += 8
		src = src[6:]
	}
	base64.StdEncoding.Encode(dst[n:], src)
	return dst
}

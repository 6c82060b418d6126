package generators

import (
	"bytes"
	"encoding/binary"
)

// identityForm is how the body of every kind of ours begins: run and lane and number, in hex.
const identityForm = `{"wt":"rrrrrrrr.llll.nnnnnnnnnnnn",`

// Offsets in identityForm.
const (
	identityLen = len(identityForm)
	runAt       = len(`{"wt":"`)
	laneAt      = len(`{"wt":"rrrrrrrr.`)
	numberAt    = len(`{"wt":"rrrrrrrr.llll.`)
	numberEnd   = len(`{"wt":"rrrrrrrr.llll.nnnnnnnnnnnn`)
)

// AppendIdentity appends the beginning of a body of ours:
//
//	{"wt":"rrrrrrrr.llll.nnnnnnnnnnnn",
//
// with the run (8 lower-case hex digits), the lane (4) and the record's number within the lane (12). Higher bits of the
// lane and the number are left out.
func AppendIdentity(dst []byte, run, lane uint32, number uint64) []byte {
	n := len(dst)
	dst = append(dst, identityForm...)
	putHex8(dst[n+runAt:], run)
	putHex4(dst[n+laneAt:], lane)
	putNumber(dst[n:], number)
	return dst
}

// putNumber writes the number into a body that begins with an identity.
func putNumber(body []byte, number uint64) {
	b := body[numberAt:numberEnd]
	putHex4(b, uint32(number>>32))
	putHex8(b[4:], uint32(number))
}

// ParseIdentity reads the identity that a body begins with, or began with before it was compressed. ok is false where it begins
// with anything else.
func ParseIdentity(body []byte) (run, lane uint32, number uint64, ok bool) {
	if !isCompressed(body) {
		return parseIdentity(body)
	}
	h := heads.Get().(*head)
	defer heads.Put(h)
	return parseIdentity(h.read(body))
}

func parseIdentity(body []byte) (run, lane uint32, number uint64, ok bool) {
	if len(body) < identityLen || string(body[:runAt]) != identityForm[:runAt] {
		return 0, 0, 0, false
	}
	if body[laneAt-1] != '.' || body[numberAt-1] != '.' || body[numberEnd] != '"' || body[numberEnd+1] != ',' {
		return 0, 0, 0, false
	}
	r, ok1 := parseHex(body[runAt : laneAt-1])
	l, ok2 := parseHex(body[laneAt : numberAt-1])
	n, ok3 := parseHex(body[numberAt:numberEnd])
	if !ok1 || !ok2 || !ok3 {
		return 0, 0, 0, false
	}
	return uint32(r), uint32(l), n, true
}

// NextIdentity finds where the first body of ours begins in bodies that were written one after the other, with or without
// anything between them: an object that Firehose delivered. It is -1 where none does.
func NextIdentity(b []byte) int {
	next := [...]int{-1, -1, -1} // where each beginning is found next
	for at := 0; ; at++ {
		first := len(b)
		for i, begin := range beginnings {
			if next[i] < at {
				if next[i] = bytes.Index(b[at:], begin); next[i] < 0 {
					next[i] = len(b)
				} else {
					next[i] += at
				}
			}
			first = min(first, next[i])
		}
		if at = first; at == len(b) {
			return -1
		}
		if _, _, _, ok := ParseIdentity(b[at:]); ok {
			return at
		}
	}
}

// beginnings are those of a body of ours, compressed or not.
var beginnings = [...][]byte{[]byte(identityForm[:runAt]), []byte(gzipMagic), []byte(zstdMagic)}

// putHex8 writes eight lower-case hex digits.
func putHex8(b []byte, v uint32) { binary.BigEndian.PutUint64(b, hexDigits(v)) }

// putHex16 writes sixteen.
func putHex16(b []byte, v uint64) {
	_ = b[15]
	putHex8(b, uint32(v>>32))
	putHex8(b[8:], uint32(v))
}

// putHex4 writes the lower four.
func putHex4(b []byte, v uint32) { binary.BigEndian.PutUint32(b, uint32(hexDigits(v))) }

// hexDigits spreads the eight nibbles of v over eight bytes and makes each a digit, all at once.
func hexDigits(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101 // 1 where the nibble is 10 or more
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}

// parseHex reads lower-case hex digits.
func parseHex(b []byte) (uint64, bool) {
	var v uint64
	for _, c := range b {
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | uint64(c-'0')
		case 'a' <= c && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

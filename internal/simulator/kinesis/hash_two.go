package kinesis

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// shortKey is the longest partition key whose MD5 is of one block: the key, a byte 0x80 and its length (RFC 1321).
const shortKey = 55

// block is the one block of a short key, as MD5 reads it.
func block(x *[16]uint32, key string) {
	var b [64]byte
	b[copy(b[:], key)] = 0x80
	b[56], b[57] = byte(len(key)<<3), byte(len(key)>>5) // bits
	for i := range x {
		x[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
}

// sines are the constants of MD5's steps (RFC 1321, section 3.4).
var sines = func() (t [64]uint32) {
	for i := range t {
		t[i] = uint32(math.Floor(math.Abs(math.Sin(float64(i+1))) * (1 << 32)))
	}
	return t
}()

// hashKeys is HashKey of two partition keys. Each of MD5's 64 steps waits for the one before it, so that a processor does the
// steps of two keys in little more time than those of one.
func hashKeys(key0, key1 string) (hash0, hash1 record.Hash) {
	if len(key0) > shortKey || len(key1) > shortKey {
		return HashKey(key0), HashKey(key1)
	}
	var x, y [16]uint32
	block(&x, key0)
	block(&y, key1)
	const a, b, c, d = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
	a0, b0, c0, d0 := uint32(a), uint32(b), uint32(c), uint32(d)
	a1, b1, c1, d1 := a0, b0, c0, d0
	for i := 0; i < 16; i += 4 {
		t := sines[0+i : 0+i+4]
		a0 = b0 + bits.RotateLeft32(a0+(d0^b0&(c0^d0))+x[i+0]+t[0], 7)
		a1 = b1 + bits.RotateLeft32(a1+(d1^b1&(c1^d1))+y[i+0]+t[0], 7)
		d0 = a0 + bits.RotateLeft32(d0+(c0^a0&(b0^c0))+x[i+1]+t[1], 12)
		d1 = a1 + bits.RotateLeft32(d1+(c1^a1&(b1^c1))+y[i+1]+t[1], 12)
		c0 = d0 + bits.RotateLeft32(c0+(b0^d0&(a0^b0))+x[i+2]+t[2], 17)
		c1 = d1 + bits.RotateLeft32(c1+(b1^d1&(a1^b1))+y[i+2]+t[2], 17)
		b0 = c0 + bits.RotateLeft32(b0+(a0^c0&(d0^a0))+x[i+3]+t[3], 22)
		b1 = c1 + bits.RotateLeft32(b1+(a1^c1&(d1^a1))+y[i+3]+t[3], 22)
	}
	for i := 0; i < 16; i += 4 {
		t := sines[16+i : 16+i+4]
		a0 = b0 + bits.RotateLeft32(a0+(c0^d0&(b0^c0))+x[(5*i+1)&15]+t[0], 5)
		a1 = b1 + bits.RotateLeft32(a1+(c1^d1&(b1^c1))+y[(5*i+1)&15]+t[0], 5)
		d0 = a0 + bits.RotateLeft32(d0+(b0^c0&(a0^b0))+x[(5*i+6)&15]+t[1], 9)
		d1 = a1 + bits.RotateLeft32(d1+(b1^c1&(a1^b1))+y[(5*i+6)&15]+t[1], 9)
		c0 = d0 + bits.RotateLeft32(c0+(a0^b0&(d0^a0))+x[(5*i+11)&15]+t[2], 14)
		c1 = d1 + bits.RotateLeft32(c1+(a1^b1&(d1^a1))+y[(5*i+11)&15]+t[2], 14)
		b0 = c0 + bits.RotateLeft32(b0+(d0^a0&(c0^d0))+x[(5*i+16)&15]+t[3], 20)
		b1 = c1 + bits.RotateLeft32(b1+(d1^a1&(c1^d1))+y[(5*i+16)&15]+t[3], 20)
	}
	for i := 0; i < 16; i += 4 {
		t := sines[32+i : 32+i+4]
		a0 = b0 + bits.RotateLeft32(a0+(b0^c0^d0)+x[(3*i+5)&15]+t[0], 4)
		a1 = b1 + bits.RotateLeft32(a1+(b1^c1^d1)+y[(3*i+5)&15]+t[0], 4)
		d0 = a0 + bits.RotateLeft32(d0+(a0^b0^c0)+x[(3*i+8)&15]+t[1], 11)
		d1 = a1 + bits.RotateLeft32(d1+(a1^b1^c1)+y[(3*i+8)&15]+t[1], 11)
		c0 = d0 + bits.RotateLeft32(c0+(d0^a0^b0)+x[(3*i+11)&15]+t[2], 16)
		c1 = d1 + bits.RotateLeft32(c1+(d1^a1^b1)+y[(3*i+11)&15]+t[2], 16)
		b0 = c0 + bits.RotateLeft32(b0+(c0^d0^a0)+x[(3*i+14)&15]+t[3], 23)
		b1 = c1 + bits.RotateLeft32(b1+(c1^d1^a1)+y[(3*i+14)&15]+t[3], 23)
	}
	for i := 0; i < 16; i += 4 {
		t := sines[48+i : 48+i+4]
		a0 = b0 + bits.RotateLeft32(a0+(c0^(b0|^d0))+x[(7*i+0)&15]+t[0], 6)
		a1 = b1 + bits.RotateLeft32(a1+(c1^(b1|^d1))+y[(7*i+0)&15]+t[0], 6)
		d0 = a0 + bits.RotateLeft32(d0+(b0^(a0|^c0))+x[(7*i+7)&15]+t[1], 10)
		d1 = a1 + bits.RotateLeft32(d1+(b1^(a1|^c1))+y[(7*i+7)&15]+t[1], 10)
		c0 = d0 + bits.RotateLeft32(c0+(a0^(d0|^b0))+x[(7*i+14)&15]+t[2], 15)
		c1 = d1 + bits.RotateLeft32(c1+(a1^(d1|^b1))+y[(7*i+14)&15]+t[2], 15)
		b0 = c0 + bits.RotateLeft32(b0+(d0^(c0|^a0))+x[(7*i+21)&15]+t[3], 21)
		b1 = c1 + bits.RotateLeft32(b1+(d1^(c1|^a1))+y[(7*i+21)&15]+t[3], 21)
	}
	return digest(a0+a, b0+b, c0+c, d0+d), digest(a1+a, b1+b, c1+c, d1+d)
}

// digest is the big-endian number of MD5's four little-endian words.
func digest(a, b, c, d uint32) record.Hash {
	return record.Hash{
		Hi: uint64(bits.ReverseBytes32(a))<<32 | uint64(bits.ReverseBytes32(b)),
		Lo: uint64(bits.ReverseBytes32(c))<<32 | uint64(bits.ReverseBytes32(d)),
	}
}

package kinesis

import "encoding/binary"

const eightDigits = 100_000_000

// digitsOf are the eight decimal digits of v, which is below 10^8, as text: the first in the lowest byte. It divides all
// halves, then all quarters, then all digits at once, each by a multiplication.
func digitsOf(v uint64) uint64 {
	v = v/10_000 | v%10_000<<32 // two numbers of four digits, 32 bits each
	q := v * 10_486 >> 20 & 0x0000007f_0000007f
	v = q | (v-q*100)<<16 // four numbers of two digits
	q = v * 103 >> 10 & 0x000f000f_000f000f
	return q | (v-q*10)<<8 | 0x30303030_30303030
}

// putDigits19 writes v in 19 digits, with leading zeros.
func putDigits19(dst *[19]byte, v uint64) {
	q := v / eightDigits
	top := digitsOf(q / eightDigits) // three digits
	dst[0], dst[1], dst[2] = byte(top>>40), byte(top>>48), byte(top>>56)
	binary.LittleEndian.PutUint64(dst[3:], digitsOf(q%eightDigits))
	binary.LittleEndian.PutUint64(dst[11:], digitsOf(v%eightDigits))
}

// appendDigits57 appends the number of three 19-digit words, the highest first, without leading zeros.
func appendDigits57(dst []byte, top, mid, low uint64) []byte {
	var digits [57]byte
	putDigits19((*[19]byte)(digits[0:]), top)
	putDigits19((*[19]byte)(digits[19:]), mid)
	putDigits19((*[19]byte)(digits[38:]), low)
	i := 0
	for i < len(digits)-1 && digits[i] == '0' {
		i++
	}
	return append(dst, digits[i:]...)
}

package measure

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// sum adds int64 values exactly: 128 bits hold 2^64 of them. Ten hours of a busy run with minutes of latency would
// overflow 64. The zero value is 0.
type sum struct {
	hi int64
	lo uint64
}

func (s *sum) add(v int64) {
	lo, carry := bits.Add64(s.lo, uint64(v), 0)
	s.lo = lo
	s.hi += v>>63 + int64(carry)
}

// addTimes adds v n times; n is not negative.
func (s *sum) addTimes(v, n int64) {
	hi, lo := bits.Mul64(uint64(v), uint64(n))
	s.merge(sum{hi: int64(hi) + v>>63*n, lo: lo}) // v is 2^64 too high where it is negative
}

func (s *sum) merge(o sum) {
	lo, carry := bits.Add64(s.lo, o.lo, 0)
	s.lo = lo
	s.hi += o.hi + int64(carry)
}

// remove takes back what merge added.
func (s *sum) remove(o sum) {
	lo, borrow := bits.Sub64(s.lo, o.lo, 0)
	s.lo = lo
	s.hi -= o.hi + int64(borrow)
}

// float is the sum rounded once.
func (s sum) float() float64 {
	if s.hi == int64(s.lo)>>63 {
		return float64(int64(s.lo))
	}
	f, _ := new(big.Float).SetInt(s.big()).Float64()
	return f
}

func (s sum) big() *big.Int {
	n := new(big.Int).Lsh(big.NewInt(s.hi), 64)
	return n.Add(n, new(big.Int).SetUint64(s.lo))
}

// append writes the sum as a decimal integer.
func (s sum) append(dst []byte) []byte {
	if s.hi == int64(s.lo)>>63 {
		return strconv.AppendInt(dst, int64(s.lo), 10)
	}
	return s.big().Append(dst, 10)
}

var errSum = errors.New("not an integer of 128 bits")

// parseSum reads what append wrote.
func parseSum(text []byte) (sum, error) {
	if v, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return sum{hi: v >> 63, lo: uint64(v)}, nil
	}
	if len(text) > 40 {
		return sum{}, errSum
	}
	n, ok := new(big.Int).SetString(string(text), 10)
	if !ok || n.BitLen() > 127 {
		return sum{}, errSum
	}
	low := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)) // two's complement, as big.Int's And is
	high := new(big.Int).Rsh(n, 64)                                    // rounds down, as two's complement does
	return sum{hi: high.Int64(), lo: low.Uint64()}, nil
}

package kinesis

import (
	"math/bits"
	"slices"
	"sort"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// ranges are the first hash keys of ranges that follow each other and together hold every hash key. The first is 0. They
// are replaced and never changed.
type ranges []record.Hash

// end is the last hash key of the range at i.
func (r ranges) end(i int) record.Hash {
	if i+1 < len(r) {
		return before(r[i+1])
	}
	return maxHash
}

// with are the ranges after those that hold these hash keys were cut there.
func (r ranges) with(keys ...record.Hash) ranges {
	out := append(slices.Clone(r), keys...)
	slices.SortFunc(out, compare)
	return slices.Compact(out)
}

// without are the ranges after those that begin at these hash keys, which are sorted, were joined to the ones before them.
func (r ranges) without(keys ...record.Hash) ranges {
	out := make(ranges, 0, len(r))
	for _, h := range r {
		if _, goes := slices.BinarySearchFunc(keys, h, compare); !goes {
			out = append(out, h)
		}
	}
	return out
}

// steps are the ranges on the way from r to others, the last of them those: first the splits, so that there is never less
// than there was, then the merges. In each step a range is halved once or joined to one neighbour, never both.
func (r ranges) steps(to ranges) []ranges {
	var out []ranges
	both := r.with(to...)
	for at := r; len(at) < len(both); {
		at = at.with(at.middles(both)...)
		out = append(out, at)
	}
	for at := both; len(at) > len(to); {
		at = at.without(to.seconds(at)...)
		out = append(out, at)
	}
	return out
}

// middles are, of the finer ranges that each range is made of, the one in the middle.
func (r ranges) middles(finer ranges) []record.Hash {
	var out []record.Hash
	r.pieces(finer, func(pieces ranges) {
		if n := len(pieces); n > 1 {
			out = append(out, pieces[n/2])
		}
	})
	return out
}

// seconds are, of the finer ranges that each range is made of, every second one.
func (r ranges) seconds(finer ranges) []record.Hash {
	var out []record.Hash
	r.pieces(finer, func(pieces ranges) {
		for i := 1; i < len(pieces); i += 2 {
			out = append(out, pieces[i])
		}
	})
	return out
}

// pieces visits the finer ranges that each range is made of.
func (r ranges) pieces(finer ranges, visit func(ranges)) {
	for i := range r {
		n := len(finer)
		if i+1 < len(r) {
			n = sort.Search(n, func(j int) bool { return !finer[j].Less(r[i+1]) })
		}
		visit(finer[:n])
		finer = finer[n:]
	}
}

// even are n equal ranges. Where one would begin within a rounding of the division of a range that is there, it begins
// with that: a stream of 3 shards that is doubled is split three times, and nowhere is a range of a few hash keys left over.
func (r ranges) even(n int) ranges {
	out := ranges(evenRanges(n))
	rounding := uint64(n + len(r))
	for i, h := range out {
		j := sort.Search(len(r), func(j int) bool { return !r[j].Less(h) })
		for _, k := range []int{j - 1, j} {
			if k >= 0 && k < len(r) && distance(r[k], h) <= rounding {
				out[i] = r[k]
			}
		}
	}
	return out
}

// middle is the hash key that the upper half of a range begins with; ok is false where the range is a single key.
func middle(start, end record.Hash) (h record.Hash, ok bool) {
	d := sub(end, start)
	half := record.Hash{Hi: d.Hi >> 1, Lo: d.Lo>>1 | d.Hi<<63}
	return add(add(start, half), record.Hash{Lo: 1}), start != end
}

func compare(a, b record.Hash) int {
	switch {
	case a == b:
		return 0
	case a.Less(b):
		return -1
	}
	return 1
}

// distance is how far two hash keys are apart, at most 2^64-1.
func distance(a, b record.Hash) uint64 {
	if a.Less(b) {
		a, b = b, a
	}
	d := sub(a, b)
	if d.Hi != 0 {
		return ^uint64(0)
	}
	return d.Lo
}

func sub(a, b record.Hash) record.Hash {
	lo, borrow := bits.Sub64(a.Lo, b.Lo, 0)
	hi, _ := bits.Sub64(a.Hi, b.Hi, borrow)
	return record.Hash{Hi: hi, Lo: lo}
}

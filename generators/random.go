package generators

import "math/bits"

// golden is the increment of SplitMix64: 2^64 divided by the golden ratio, odd.
const golden = 0x9e3779b97f4a7c15

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits in which every input bit moves
// every output bit. mix(seed + n·golden) is the n-th number of the generator seeded with seed, so any number of a
// sequence can be had without the ones before it. That is what lets a lane seek.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// nth is the n-th number of the sequence that begins with seed.
func nth(seed, n uint64) uint64 { return mix(seed + (n+1)*golden) }

// derive makes the seed of a sequence of its own from a scenario's seed and what the sequence is for.
func derive(seed uint64, words ...uint64) uint64 {
	h := mix(seed + golden)
	for _, w := range words {
		h = mix(h ^ mix(w+golden))
	}
	return h
}

// What sequences are for: the first word given to derive.
const (
	forEntities uint64 = iota + 1
	forPools
	forSessions
	forEvents
	forReadings
	forTransfers
	forTemplates
	forKeys
	forArrivals
)

// random is a sequence of numbers. The zero value is the sequence of seed 0.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += golden
	return mix(r.state)
}

// Uint64 makes it a source of math/rand.
func (r *random) Uint64() uint64 { return r.next() }

// float is uniform in [0, 1).
func (r *random) float() float64 { return float64(r.next()>>11) * 0x1p-53 }

// below scales the upper 32 bits of r to a number below n.
func below(r uint64, n uint32) uint32 { return uint32(r >> 32 * uint64(n) >> 32) }

// permute32 is a bijection of 32 bits, another one for each key: distinct entities get distinct ids that look like no
// sequence.
func permute32(x uint32, key uint64) uint32 {
	for i := range 3 {
		x ^= uint32(bits.RotateLeft64(key, 21*i))
		x *= 0x9e3779b1
		x ^= x >> 15
	}
	return x
}

// chance scales a probability to 32 bits: compare it with the upper or lower half of a random number.
func chance(p float64) uint64 { return uint64(min(max(p, 0), 1) * (1 << 32)) }

package main

import (
	"math/bits"
	"slices"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/pricing"
)

// sampled is how many records of a load are drawn at most.
const sampled = 50_000

// sample is the first records that a load is going to offer. Its figures are means of a record.
type sample struct {
	drawn    int
	sizes    []int32  // of the bodies, sorted
	size     float64  // bytes of the body
	key      float64  // bytes of the partition key
	units    float64  // PUT payload units
	onDemand float64  // bytes as an on-demand stream bills them
	firehose float64  // bytes as Firehose bills them
	keys     []*keyed // in the order they first appear
}

// keyed is what one partition key has of a sample.
type keyed struct {
	key     string
	hash    [2]uint64 // MD5
	records float64   // share of the records
	bytes   float64   // bytes of body and key, of a record of the sample: the sum over keys is wire
}

// draw takes a stream's first records, as many as sampled, that are due before the end.
func draw(st *generators.Stream, end time.Duration) sample {
	var s sample
	var r generators.Record
	known := map[string]*keyed{}
	for s.drawn < sampled && st.Next(&r) && r.Due < end {
		k := known[r.Key]
		if k == nil {
			k = &keyed{key: r.Key, hash: r.Hash}
			known[r.Key] = k
			s.keys = append(s.keys, k)
		}
		s.add(&r, k)
	}
	s.normalize()
	return s
}

func (s *sample) add(r *generators.Record, k *keyed) {
	size := int64(r.Size)
	s.drawn++
	s.sizes = append(s.sizes, r.Size)
	s.size += float64(size)
	s.key += float64(len(r.Key))
	s.units += float64(pricing.PayloadUnits(size))
	s.onDemand += float64(pricing.OnDemandBilledBytes(size))
	s.firehose += float64(pricing.FirehoseBilledBytes(size))
	k.records++
	k.bytes += float64(size) + float64(len(r.Key))
}

// normalize makes means of sums.
func (s *sample) normalize() {
	if s.drawn == 0 {
		return
	}
	n := float64(s.drawn)
	for _, v := range []*float64{&s.size, &s.key, &s.units, &s.onDemand, &s.firehose} {
		*v /= n
	}
	for _, k := range s.keys {
		k.records /= n
		k.bytes /= n
	}
	slices.Sort(s.sizes)
}

// wire is the bytes of a record that limits count: body and partition key.
func (s *sample) wire() float64 { return s.size + s.key }

// quantile is the size that a share of the bodies does not exceed.
func (s *sample) quantile(q float64) float64 {
	if s.drawn == 0 {
		return 0
	}
	rank := int(q*float64(s.drawn)+0.999999) - 1
	return float64(s.sizes[min(max(rank, 0), s.drawn-1)])
}

// shardOf is the shard that a hash key lies in when n shards share the range evenly, as a new stream's do. The last
// shard's few hash keys that an uneven division leaves over are not told apart: out of 2^128 nobody meets them.
func shardOf(hash [2]uint64, n int) int {
	shard, _ := bits.Mul64(hash[0], uint64(n))
	return int(shard)
}

// laneOf is which of a shard's concurrent batches a key goes into, as the simulator has it: docs/design/003.
func laneOf(hash [2]uint64, factor int) int {
	return int(uint32(hash[1]) % uint32(factor))
}

package main

import (
	"cmp"
	"slices"
)

// The limits of a shard, a second each: what is written (bytes with partition keys), and what all readers together read.
// AWS, "Quotas and limits".
const (
	shardRecords   = 1000
	shardBytes     = 1 << 20
	shardReads     = 5
	shardReadBytes = 2 << 20
)

// flow is records and bytes a second.
type flow struct{ records, bytes float64 }

func (f flow) plus(g flow) flow          { return flow{f.records + g.records, f.bytes + g.bytes} }
func (f flow) times(factor float64) flow { return flow{f.records * factor, f.bytes * factor} }

// share is how much of a shard's write limits the flow takes: the larger of the two.
func (f flow) share() float64 { return max(f.records/shardRecords, f.bytes/shardBytes) }

// accepted is what a shard takes of the flow when it lasts.
func (f flow) accepted() flow { return f.times(1 / max(1, f.share())) }

func compareFlows(a, b flow) int { return cmp.Compare(a.share(), b.share()) }

// inlet is what one load puts into a stream, at one of its rates.
type inlet struct {
	rate    float64 // records/s
	sample  *sample
	packing *packing // nil where each record is one of the stream
}

// of is what a key's part of one record a second comes to in the stream.
func (in *inlet) of(k *keyed) flow {
	f := flow{k.records, k.bytes}
	if in.packing == nil {
		return f
	}
	return in.packing.stored(f, in.sample.wire())
}

// use is how inlets fall on a stream's shards and keys.
type use struct {
	shards []flow
	key    keyUse // the one with the largest share of a shard's limits
}

// keyUse is one partition key's part of its shard.
type keyUse struct {
	key   string
	shard int
	flow
}

// spread adds up what inlets put on each of n shards.
func spread(inlets []inlet, n int) use {
	u := use{shards: make([]flow, n)}
	keys := map[string]*keyUse{}
	for _, in := range inlets {
		for _, k := range in.sample.keys {
			f := in.of(k).times(in.rate)
			shard := shardOf(k.hash, n)
			u.shards[shard] = u.shards[shard].plus(f)
			if keys[k.key] == nil {
				keys[k.key] = &keyUse{key: k.key, shard: shard}
			}
			keys[k.key].flow = keys[k.key].plus(f)
		}
	}
	for _, k := range keys {
		if c := compareFlows(k.flow, u.key.flow); c > 0 || c == 0 && k.key < u.key.key {
			u.key = *k
		}
	}
	return u
}

// busiest is the shard with the largest share of its limits.
func (u *use) busiest() int {
	return slices.Index(u.shards, slices.MaxFunc(u.shards, compareFlows))
}

// enough is by how many shards, doubling, no shard is over its limits; 0 where sixteen times as many are not enough.
func enough(inlets []inlet, n int) int {
	for more := 2 * n; more <= 16*n; more *= 2 {
		u := spread(inlets, more)
		if u.shards[u.busiest()].share() <= 1 {
			return more
		}
	}
	return 0
}

// total adds flows up.
func total(flows []flow) (sum flow) {
	for _, f := range flows {
		sum = sum.plus(f)
	}
	return sum
}

package main

import (
	"crypto/md5"
	"encoding/binary"
	"math"
	"slices"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/scenarios"
)

// packing is what a load's aggregates come to, on average. The zero value is of a load that makes none: each record is one of
// the stream.
type packing struct {
	users    float64 // user records in a record of the stream
	bytes    float64 // of that, its partition key included
	units    float64 // PUT payload units of it
	onDemand float64 // bytes as an on-demand stream bills them
	gathered float64 // records of the stream in a request
	alone    float64 // share of them that are a user record as it is
}

// newPacking gathers the first records of a load, as many as sampled, when they are due; where the rate changes, evenly spaced at
// its mean.
func (o *offer) newPacking(shards int) packing {
	l, a := o.load, o.load.Batch.Aggregate
	if a == nil || o.mean <= 0 {
		return packing{}
	}
	var p packing
	var stored, requests, now float64
	left, in := math.Inf(-1), 0 // of the last request: when it leaves at the latest, and what is in it
	timed := false
	send := func(b *aggregate.Batch[struct{}]) {
		size, ready := int64(b.Size), now
		if timed {
			ready = float64(b.Since + int64(a.MaxBufferedTime))
		}
		if in++; ready > left || in > l.Batch.Records {
			requests++
			left, in = ready+float64(l.Batch.Linger), 1
		}
		stored++
		if !b.Aggregated() {
			p.alone++
		}
		p.users += float64(b.Count)
		p.bytes += float64(size) + float64(len(b.Key))
		p.units += float64(pricing.PayloadUnits(size))
		p.onDemand += float64(pricing.OnDemandBilledBytes(size))
	}
	by := aggregate.ByShard
	if a.By == scenarios.ByKey {
		by = aggregate.ByKey
	}
	r := aggregate.NewRouter(aggregate.Limits{Size: int(a.Size), Count: a.Count}, by, false, send)
	_ = r.Update(evenShards(shards)) // they do not overlap
	flush := func(since int64) {
		timed = true
		r.Flush(since)
		timed = false
	}
	var drawn generators.Record
	st, asDue := o.stream(), o.steady() || l.Arrivals.Kind == scenarios.Aligned
	for n := 0; n < sampled && st.Next(&drawn) && drawn.Due < o.length; n++ {
		at := int64(float64(n) / o.mean * 1e9)
		if asDue {
			at = int64(drawn.Due)
		}
		flush(at - int64(a.MaxBufferedTime))
		now = float64(at)
		u := aggregate.UserRecord{Key: drawn.Key, Hash: record.Hash{Hi: drawn.Hash[0], Lo: drawn.Hash[1]}, Size: int(drawn.Size)}
		r.Add(at, &u, struct{}{})
	}
	if stored == 0 { // all wait still
		flush(math.MaxInt64 / 2)
	}
	if stored == 0 {
		return packing{}
	}
	return packing{p.users / stored, p.bytes / stored, p.units / stored, p.onDemand / stored, stored / requests, p.alone / stored}
}

// aggregatesHash is the hash of every aggregate's partition key.
var aggregatesHash = func() [2]uint64 {
	sum := md5.Sum([]byte(aggregate.OuterKey))
	return [2]uint64{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}()

// evenShards are those of a new stream, as a producer lists them.
func evenShards(n int) []aggregate.Shard {
	list := make([]aggregate.Shard, n)
	for i := range list {
		list[i] = aggregate.Shard{Number: int32(i), Range: aggregate.Range{Start: firstHash(i, n), End: aggregate.FullRange().End}}
		if i > 0 {
			end := list[i].Start
			if end.Lo == 0 {
				end.Hi--
			}
			end.Lo--
			list[i-1].End = end
		}
	}
	return list
}

// firstHash is the first hash key of a shard, as shardOf has it: the first whose upper half times n is i times 2^64 or more.
func firstHash(i, n int) record.Hash {
	if i == 0 {
		return record.Hash{}
	}
	width, rest := math.MaxUint64/uint64(n), math.MaxUint64%uint64(n)+1 // 2^64 = width·n + rest
	return record.Hash{Hi: width*uint64(i) + (rest*uint64(i)+uint64(n)-1)/uint64(n)}
}

// aggregates tells whether there are any.
func (p *packing) aggregates() bool { return p.users > 0 }

// recordWord is what a record of the stream is called that is not one of each of its loads.
func recordWord(offers ...*offer) string {
	if slices.ContainsFunc(offers, func(o *offer) bool { return o.packing.aggregates() }) {
		return "Kinesis records"
	}
	return "records"
}

// stored is what user records come to in the stream. bytes are theirs with partition keys, mean those of one on average.
func (p *packing) stored(f flow, mean float64) flow {
	if !p.aggregates() || mean <= 0 {
		return f
	}
	return flow{f.records / p.users, f.bytes * p.bytes / p.users / mean}
}

// shardsFor is how many shards a flow needs at least.
func (f flow) shardsFor() int { return int(math.Ceil(f.share() - 1e-9)) }

// describeAggregates says what the user records of a load come to, and how many shards they need one by one and so.
func (o *offer) describeAggregates(p *page) {
	a := o.load.Batch.Aggregate
	if !o.packing.aggregates() {
		return
	}
	alone := flow{o.mean, o.mean * o.sample.wire()}
	stored := o.packing.stored(alone, o.sample.wire())
	most := a.Size.String()
	if a.Count < math.MaxUint32 {
		most = count(int64(a.Count)) + " and " + most
	}
	p.row("aggregates", "by %s, %s user records and %s in each (at most %s, after %s): %s Kinesis records/s, %s/s",
		a.By, sayNumber(o.packing.users), sayBytes(o.packing.bytes), most, a.MaxBufferedTime, sayNumber(stored.records), sayBytes(stored.bytes))
	p.row("shards", "%s at least at the mean rate, %s without aggregates", count(int64(stored.shardsFor())), count(int64(alone.shardsFor())))
}

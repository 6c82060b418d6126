package tanktest

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

const (
	mostRecords = 500                    // of a PutRecords
	mostBytes   = 5 << 20                // of its records and their keys
	linger      = 50 * time.Millisecond  // how far apart a producer's requests are
	putAgain    = 100 * time.Millisecond // after a refusal, before what was refused is put again
)

// Producer puts a load into a stream as time passes, as a careful producer does: in requests of up to 500, each record when
// it is due or up to 50 ms later, and what is refused again after 100 ms, until it is stored.
type Producer struct {
	stream *Stream
	load   Load
	source *generators.Stream // nil where the test makes the records itself
	bad    map[int]bool
	ill    map[int64]bool // when those that are poisoned are due: no two records are at one instant
	rand   *rand.Rand     // of which records a fault refuses

	most  int    // bytes of a record
	next  Record // of the test's own
	drawn int
	made  generators.Record // the latest of the source's
	ahead record.Record     // drawn and not yet due
	has   bool              // there is one ahead
	block []byte            // what is left of the memory that bodies are cut from
	retry []record.Record
	recs  []record.Record
	res   []kinesis.Result
	asks  fault.Request // what a hook sees of a put, but for how many records that has

	mu     sync.Mutex
	stored int
	unfit  int // of the test's own records, that were not put
}

// Put schedules a load: a producer of the tank's own puts it as time passes. It returns at once.
func (s *Stream) Put(load Load, opts ...PutOption) *Producer {
	k := s.tank
	k.t.Helper()
	for _, o := range opts {
		o(&load)
	}
	if load.rate == 0 {
		shards, err := k.world.Kinesis.Shards(s.name)
		k.must(err, "put to %s", s.name)
		load.rate = float64(500 * stillOpen(shards))
	}
	source, err := k.records(&load)
	k.must(err, "put to %s", s.name)
	p := &Producer{
		stream: s, load: load, source: source, most: s.largest(), bad: k.poisoned(&load), ill: map[int64]bool{}, rand: rand.New(rand.NewPCG(k.seed, 0x707574)),
	}
	p.asks = p.request()
	k.history.produces(s.name, p)
	start := k.Now()
	k.clock.Go("producer of "+s.name, func(proc *clock.Proc) { p.run(proc, start) })
	return p
}

// Stored is how many of its records the stream has taken.
func (p *Producer) Stored() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stored
}

// Done tells whether the stream has taken all of them.
func (p *Producer) Done() bool { return p.left() == 0 }

// left is how many records are still to be taken.
func (p *Producer) left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.load.count - p.stored - p.unfit
}

func (p *Producer) run(proc *clock.Proc, start time.Time) {
	next := start
	for {
		p.gather(proc.Now(), start)
		if len(p.recs) == 0 && !p.has {
			return
		}
		wait := linger
		if len(p.recs) > 0 && !p.put(proc) {
			return
		}
		switch {
		case len(p.retry) > 0:
			wait = putAgain
		case len(p.recs) == mostRecords || p.has && p.ahead.Due <= proc.Now().UnixNano():
			continue // more may be due than one request takes
		}
		if next = next.Add(wait); p.has && len(p.retry) == 0 {
			next = later(next, time.Unix(0, p.ahead.Due))
		}
		if !proc.SleepUntil(next) {
			return
		}
		next = later(next, proc.Now())
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// gather takes what is to be put now: what was refused, and then what is due.
func (p *Producer) gather(now, start time.Time) {
	p.recs = append(p.recs[:0], p.retry...)
	p.retry = p.retry[:0]
	bytes := 0
	for i := range p.recs {
		bytes += len(p.recs[i].Key) + len(p.recs[i].Data)
	}
	for len(p.recs) < mostRecords {
		if !p.has && !p.draw(start) {
			return
		}
		bytes += len(p.ahead.Key) + len(p.ahead.Data)
		if p.ahead.Due > now.UnixNano() || bytes > mostBytes && len(p.recs) > 0 {
			return
		}
		p.recs, p.has = append(p.recs, p.ahead), false
	}
}

// draw makes the next record. It returns false behind the last.
func (p *Producer) draw(start time.Time) bool {
	for p.drawn < p.load.count && p.load.own != nil && p.skips() {
		p.drawn++
	}
	if p.drawn == p.load.count {
		return false
	}
	r := record.Record{Shard: -1}
	if p.load.own != nil {
		own := p.next
		r.Key, r.Hash, r.Data = own.Key, kinesis.HashKey(own.Key), slices.Clone(own.Data)
		r.Due = start.Add(time.Duration((float64(p.drawn) + 0.5) / p.load.rate * float64(time.Second))).UnixNano()
	} else {
		p.source.Next(&p.made)
		r.Key, r.Hash, r.Data = p.made.Key, record.Hash{Hi: p.made.Hash[0], Lo: p.made.Hash[1]}, p.body(int(p.made.Size))
		r.Due = start.Add(p.made.Due).UnixNano()
	}
	if p.bad[p.drawn] {
		r.Data = r.Data[:len(r.Data)/2]
		p.ill[r.Due] = true
	}
	if r.Data == nil {
		r.Data = []byte{}
	}
	r.Size = int32(len(r.Data))
	p.drawn++
	p.ahead, p.has = r, true
	return true
}

// skips makes the next of the test's own records. One that AWS would never take fails the test, and is left out.
func (p *Producer) skips() bool {
	p.next = p.load.own(p.drawn)
	why := unfit(p.next.Key, len(p.next.Data), p.most)
	if why == "" {
		return false
	}
	p.mu.Lock()
	p.unfit++
	p.mu.Unlock()
	p.stream.tank.t.Errorf("tanktest: put to %s: record %d of %d: %s", p.stream.name, p.drawn+1, p.load.count, why)
	return true
}

// body renders the record that was drawn. Bodies lie one behind the other: an allocation for each would cost more than they do.
func (p *Producer) body(size int) []byte {
	if cap(p.block) < size {
		p.block = make([]byte, 0, max(size, 64<<10))
	}
	data := p.source.Append(p.block[:0:size])
	p.block = p.block[size:size]
	return data
}

// put puts what was gathered, as a request over the wire would be. It returns false when the clock was stopped.
func (p *Producer) put(proc *clock.Proc) bool {
	k, s := p.stream.tank, p.stream
	p.res = slices.Grow(p.res[:0], len(p.recs))[:len(p.recs)]
	clear(p.res)
	p.asks.Records = len(p.recs)
	a := k.faults.hook(proc.Now(), p.asks)
	if !a.After && !p.held(proc, &a) {
		return false
	}
	failed := a.Cut && !a.After || a.Whole(len(p.recs))
	if !failed {
		p.refuse(&a)
		if err := k.world.Kinesis.Put(proc.Now(), s.name, p.recs, p.res); err != nil {
			return false // the stream is gone
		}
		p.poison()
		if a.After && !p.held(proc, &a) {
			return false
		}
		failed = a.Cut || a.Lost // whatever is stored stays stored, and is put again
	}
	p.settle(failed)
	return true
}

// request is what a hook sees of every put.
func (p *Producer) request() fault.Request {
	k, s := p.stream.tank, p.stream
	return fault.Request{
		Service: "kinesis", Operation: "PutRecords", Account: Account, Region: Region, Resource: s.name,
		Touches: func(shard int32) bool {
			return k.world.Kinesis.Touches(s.name, shard, func(yield func(record.Hash) bool) {
				for i := range p.recs {
					if !yield(p.recs[i].Hash) {
						return
					}
				}
			})
		},
	}
}

// refuse marks the records that a fault refuses.
func (p *Producer) refuse(a *fault.Action) {
	limit := kinesis.LimitInjected
	if a.Internal() {
		limit = kinesis.LimitInternal
	}
	for i := range p.res {
		if a.Share > 0 && p.rand.Float64() < a.Share {
			p.res[i].Limit, p.res[i].Err = limit, a.Err
		}
	}
}

// held waits as an action says.
func (p *Producer) held(proc *clock.Proc, a *fault.Action) bool {
	if a.Delay > 0 && !proc.Sleep(a.Delay) || a.Until.After(proc.Now()) && !proc.SleepUntil(a.Until) {
		return false
	}
	for a.Release != nil {
		select {
		case <-a.Release:
			return true
		default:
		}
		if !proc.Sleep(10 * time.Millisecond) {
			return false
		}
	}
	return true
}

// settle keeps what is to be put again.
func (p *Producer) settle(failed bool) {
	stored := 0
	for i := range p.recs {
		if failed || p.res[i].Limit != kinesis.LimitNone {
			r := p.recs[i]
			r.Arrival, r.Seq, r.Shard = 0, 0, -1
			p.retry = append(p.retry, r)
			continue
		}
		stored++
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stored += stored
}

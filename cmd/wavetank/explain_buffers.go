package main

import (
	"bytes"
	"compress/gzip"
	"math"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/scenarios"
)

// What Firehose takes by Direct PUT in us-east-1, a second and delivery stream. AWS, Amazon Data Firehose quota.
const (
	directRecords  = 500_000
	directBytes    = 5 << 20
	directRequests = 2000
)

// zeroBuffering is how long the simulator buffers where the interval is 0; AWS says "within a few seconds".
const zeroBuffering = time.Second

// buffer is one of a delivery stream's: a shard's of its source, or that of Direct PUT.
type buffer struct {
	flow         // of the bodies: partition keys are not delivered
	wait float64 // seconds from the end of an object until the next record comes in, on average
	hint scenarios.BufferingHints
	most request // of an object
}

// interval is how long a buffer waits at most, in seconds.
func (b buffer) interval() float64 {
	if b.hint.Interval == 0 {
		return zeroBuffering.Seconds()
	}
	return b.hint.Interval.Std().Seconds()
}

// fills tells whether the buffer is full before the interval is over.
func (b buffer) fills() bool { return b.filled() <= b.interval() }

// period is how long an object takes, in seconds: until it is full, or the interval from its first record on and the
// wait for the next one's. It is infinite where nothing comes.
func (b buffer) period() float64 {
	switch {
	case b.bytes <= 0:
		return math.Inf(1)
	case b.fills():
		return b.filled()
	}
	return b.interval() + b.wait
}

// filled is how long it takes until the buffer is full, in seconds: it has its size, or a request takes no more. It is
// infinite where nothing comes.
func (b buffer) filled() float64 {
	if b.bytes <= 0 {
		return math.Inf(1)
	}
	return min(b.sized(), b.counted())
}

// sized is how long it takes until the size is met, in seconds.
func (b buffer) sized() float64 { return float64(b.most.size(b.hint.Size)) / b.bytes }

// readWait is how long after an object a read brings the next record, on average, where a shard is read once a second and
// has r records a second: nothing where each read brings one.
func readWait(r float64) float64 {
	if r <= 0 {
		return 0
	}
	return 1/(1-math.Exp(-r)) - 1
}

// sourceBuffers are the buffers of a delivery stream that reads a stream.
func sourceBuffers(hint scenarios.BufferingHints, s *streamPlan) []buffer {
	var list []buffer
	users, bodies := s.users(), s.bodies()
	for _, f := range s.taken {
		list = append(list, buffer{flow: flow{f.records * users, f.bytes * bodies}, wait: readWait(f.records), hint: hint})
	}
	return list
}

// directBuffers is the buffer of a delivery stream that loads put into.
func directBuffers(hint scenarios.BufferingHints, offers []*offer) []buffer {
	b := buffer{hint: hint}
	requests := 0.0
	for _, o := range offers {
		b.flow = b.plus(flow{o.mean, o.mean * o.sample.size})
		requests += o.requests
	}
	if requests > 0 {
		b.wait = 1 / (2 * requests)
	}
	return []buffer{b}
}

// objects is how many objects a second the buffers make, and the mean size of one.
func objects(buffers []buffer) (rate, size float64) {
	sum := 0.0
	for _, b := range buffers {
		rate += 1 / b.period()
		sum += b.bytes
	}
	if rate == 0 {
		return 0, 0
	}
	return rate, sum / rate
}

// packed is how many records the ratio of compression is taken from.
const packed = 2000

// gzipRatio is what GZIP leaves of a stream's records, 0 to 1: their bodies one behind the other, as Firehose writes them.
func gzipRatio(st *generators.Stream) float64 {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	var r generators.Record
	var body []byte
	size := 0
	for range packed {
		if !st.Next(&r) {
			break
		}
		body = st.Append(body[:0])
		size += len(body)
		_, _ = z.Write(body) // a bytes.Buffer takes everything
	}
	if err := z.Close(); err != nil || size == 0 {
		return 1
	}
	return float64(out.Len()) / float64(size)
}

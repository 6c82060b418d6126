package main

import (
	"cmp"
	"math"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

// What of Lambda's event source mappings the arithmetic needs; docs/design/003-event-source-mappings.md has the rules.
const (
	pollInterval  = 1.0      // seconds between two polls of a shard that is read to its tip
	eventBytes    = 6 << 20  // of one invocation
	eventOverhead = 560      // bytes that a record with a key of 30 characters adds to its base64 in an event
	firstBackoff  = 0.5      // seconds before the second attempt; it doubles
	lastBackoff   = 60.0     // seconds: the longest
	allFail       = 1 - 1e-9 // an error share from which on no batch succeeds
)

// lanes are the concurrent batches of one mapping, ParallelizationFactor of them a shard, each with what it gets.
type lanes struct {
	batch    int           // records of an invocation, at most
	window   time.Duration // MaximumBatchingWindow
	pushed   float64       // seconds between two events of enhanced fan-out; 0: the shard is polled
	period   time.Duration // of aligned arrivals; 0 where they are not
	attempts float64       // invocations of a batch until it succeeds, on average
	took     float64       // seconds of an invocation, on average
	backoff  float64       // seconds between the attempts of a batch, all together, on average
	flows    []float64     // records/s of each lane, shard by shard

	dispersion float64 // of the stream's arrivals: the variance of counts over their mean
}

// newLanes shares a stream's accepted records out among the lanes of a mapping.
func newLanes(e scenarios.EventSource, m scenarios.FunctionModel, s *streamPlan) *lanes {
	l := &lanes{window: e.MaximumBatchingWindow.Std(), took: meanDuration(m.Duration)}
	l.batch = fitting(e.BatchSize, total(s.taken))
	l.attempts, l.backoff = retries(float64(m.Errors))
	l.dispersion, l.period = s.arrivals()
	if e.EnhancedFanOut {
		l.pushed = 1 / s.requests()
	}
	l.flows = make([]float64, s.shards*e.ParallelizationFactor)
	for _, in := range s.mean {
		for _, k := range in.sample.keys {
			shard, alone := shardOf(k.hash, s.shards), 1.0
			if in.packing != nil && in.packing.aggregates() {
				alone = in.packing.alone
			}
			first, records := shard*e.ParallelizationFactor, in.of(k).records*in.rate*s.kept(shard)
			l.flows[first+laneOf(k.hash, e.ParallelizationFactor)] += records * alone
			l.flows[first+laneOf(aggregatesHash, e.ParallelizationFactor)] += records * (1 - alone)
		}
	}
	return l
}

// fitting is how many records of a flow's mean size an event has room for, at most the batch size.
func fitting(batchSize int, f flow) int {
	if f.records <= 0 {
		return batchSize
	}
	event := math.Ceil(f.bytes/f.records/3)*4 + eventOverhead
	return max(1, min(batchSize, int(eventBytes/event)))
}

// meanDuration is the mean of a log-normal distribution that two percentiles tell, in seconds.
func meanDuration(d scenarios.Distribution) float64 {
	median := d.P50.Std().Seconds()
	if d.Constant() || median == 0 {
		return d.P99.Std().Seconds()
	}
	const z99 = 2.3263478740408408 // the 99th percentile of the standard normal distribution
	sigma := math.Log(d.P99.Std().Seconds()/median) / z99
	return median * math.Exp(sigma*sigma/2)
}

// retries is how many invocations a batch takes until it succeeds when a share of them fails, and how long the waits
// between them are together (seconds), on average. Where all fail both are infinite.
func retries(errors float64) (attempts, backoff float64) {
	if errors >= allFail {
		return math.Inf(1), math.Inf(1)
	}
	attempts = 1 / (1 - errors)
	reached, wait := errors, firstBackoff // the chance that a wait is reached
	for ; wait < lastBackoff; reached, wait = reached*errors, 2*wait {
		backoff += reached * wait
	}
	return attempts, backoff + reached*lastBackoff/(1-errors)
}

// busy is how long a batch keeps its lane, in seconds, on average.
func (l *lanes) busy() float64 { return l.attempts*l.took + l.backoff }

// batches is how many batches a second a lane closes that gets r records a second, on average.
//
// Without a window each poll, or each event, sends what it brings: an event is what one put left in the shard. With a window a batch closes when it is full or when the window is
// over, and windows follow each other, each opening as the invocation before it ends. A lane that is busy all the time
// closes what its time allows, in batches as full as they must be. Aligned records come at the first poll of a period.
func (l *lanes) batches(r float64) float64 {
	if r <= 0 {
		return 0
	}
	full := r / float64(l.batch)
	every := max(cmp.Or(l.pushed, pollInterval), l.period.Seconds())
	n := batchesAPoll(r*every, l.variance(r), l.batch) / every
	if l.window > 0 && l.window > l.period {
		n = max(full, min(1/(l.window.Seconds()+l.busy()), r))
	}
	if busy := l.busy(); busy > 0 {
		n = min(n, max(full, 1/busy), 1/busy)
	}
	return n
}

// variance is that of a lane's counts over their mean. Whatever the arrivals of the whole stream, a small part of them
// that is drawn by key looks Poisson, where it is 1.
func (l *lanes) variance(r float64) float64 {
	sum := 0.0
	for _, f := range l.flows {
		sum += f
	}
	return 1 + r/sum*(l.dispersion-1)
}

// batchesAPoll is how many batches of at most size records a poll makes that brings n of them on average: the sum over
// k = 0, 1, … of the chance that it brings more than k·size. The counts are taken as normal, with a variance in units of n;
// that one brings nothing has its Poisson chance.
func batchesAPoll(n, variance float64, size int) float64 {
	if variance*n < 1e-6 {
		return min(n, math.Ceil(n/float64(size)-1e-9))
	}
	sum := 1 - math.Exp(-n/min(variance, 1))
	for k := 1; ; k++ {
		chance := math.Erfc((float64(k*size)+0.5-n)/math.Sqrt(2*n*variance)) / 2
		if sum += chance; chance < 1e-6 {
			return sum
		}
	}
}

// invocations is how many invocations a second all lanes make, retries included. Where none ever succeeds, each lane
// tries its first batch again and again.
func (l *lanes) invocations() float64 {
	if l.hopeless() {
		return float64(len(l.flows)) / (l.took + lastBackoff)
	}
	sum := 0.0
	for _, r := range l.flows {
		sum += l.batches(r)
	}
	return sum * l.attempts
}

// concurrency is how many invocations run at once, on average.
func (l *lanes) concurrency() float64 { return l.invocations() * l.took }

// processed is how many records a second all lanes together get through.
func (l *lanes) processed() (sum float64) {
	for _, r := range l.flows {
		sum += min(r, l.capacity())
	}
	return sum
}

// hopeless tells whether no batch ever succeeds.
func (l *lanes) hopeless() bool { return math.IsInf(l.attempts, 1) }

// capacity is how many records a second a lane can take at most.
func (l *lanes) capacity() float64 {
	if l.busy() == 0 {
		return math.Inf(1)
	}
	return float64(l.batch) / l.busy()
}

// busiest is the lane that gets most, and how much of its capacity that is.
func (l *lanes) busiest() (lane int, share float64) {
	for i, r := range l.flows {
		if r > l.flows[lane] {
			lane = i
		}
	}
	return lane, l.flows[lane] / l.capacity()
}

package target

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/scenarios"
)

// Timeline is a scenario's faults as a hook: each acts on the requests it names while it lasts. Faults that last at the
// same time add up: delays are added, the latest end of a stall and the largest share of refusals win, and the first
// error drawn fails the call; the first cut drawn loses it or its answer. The zero value has no faults; it passes everything until Begin.
type Timeline struct {
	faults []scenarios.Fault

	mu     sync.Mutex
	start  time.Time
	random *rand.Rand // which requests an error's share fails
}

// NewTimeline makes a timeline whose draws follow the seed.
func NewTimeline(faults []scenarios.Fault, seed uint64) *Timeline {
	return &Timeline{faults: faults, random: rand.New(rand.NewPCG(seed, 0xfa017))}
}

// Begin tells when the load starts.
func (t *Timeline) Begin(start time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.start = start
}

// Behind is a hook and then the timeline; nil where neither ever acts, so that nobody need be asked.
func (t *Timeline) Behind(first fault.Hook) fault.Hook {
	if first == nil && len(t.faults) == 0 {
		return nil
	}
	return fault.Chain(first, t.Hook)
}

// Hook decides about one request.
func (t *Timeline) Hook(now time.Time, r fault.Request) fault.Action {
	if len(t.faults) == 0 {
		return fault.Action{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.start.IsZero() {
		return fault.Action{}
	}
	var a fault.Action
	for i := range t.faults {
		f := &t.faults[i]
		from := t.start.Add(f.At.Std())
		to := from.Add(f.For.Std())
		if now.Before(from) || !now.Before(to) {
			continue
		}
		t.add(&a, f, to, r)
	}
	return a
}

// add lets one lasting fault act on a request.
func (t *Timeline) add(a *fault.Action, f *scenarios.Fault, to time.Time, r fault.Request) {
	put := r.Operation == "PutRecord" || r.Operation == "PutRecords" || r.Operation == "PutRecordBatch"
	switch {
	case f.Throttle != nil:
		if put && at(r, f.Throttle.Stream, f.Throttle.DeliveryStream) {
			a.Share = max(a.Share, float64(f.Throttle.Share))
		}
	case f.Latency != nil:
		if named(r, f.Latency.Service, f.Latency.Operation) {
			a.Delay += f.Latency.Add.Std()
		}
	case f.Error != nil:
		if a.Err == nil && named(r, f.Error.Service, f.Error.Operation) && t.random.Float64() < float64(f.Error.Share) {
			a.Err = &fault.Error{Code: f.Error.Code, Message: "injected by the scenario's faults"}
		}
	case f.Stall != nil:
		if to.After(a.Until) && named(r, "", f.Stall.Operation) && at(r, f.Stall.Stream, f.Stall.DeliveryStream) && touches(r, f.Stall) {
			a.Until = to
		}
	case f.Cut != nil:
		if !a.Cut && !a.Lost && named(r, f.Cut.Service, f.Cut.Operation) && t.random.Float64() < float64(f.Cut.Share) {
			a.Lost = f.Cut.When == scenarios.CutAnswer // what holds the request holds it before
			a.Cut = !a.Lost
		}
	}
}

// named tells whether a request is of the service and the operation, where they are given.
func named(r fault.Request, service, operation string) bool {
	return (service == "" || service == r.Service) && (operation == "" || operation == r.Operation)
}

// at tells whether a request is for the stream or the delivery stream, where one is given.
func at(r fault.Request, stream, deliveryStream string) bool {
	switch {
	case stream != "":
		return r.Service == "kinesis" && r.Resource == stream
	case deliveryStream != "":
		return r.Service == "firehose" && r.Resource == deliveryStream
	}
	return true
}

// touches tells whether a request touches the shard that hangs, where the fault is of one.
func touches(r fault.Request, f *scenarios.StallFault) bool {
	shard, one := f.Shard()
	return !one || r.Touches != nil && r.Touches(shard)
}

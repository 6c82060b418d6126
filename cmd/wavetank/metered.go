package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// metered is a target in an account whose use is counted: when the budget is reached, the load is stopped. What the
// pipeline will do with a record counts when the record is acknowledged, so that the meter is early and not late.
type metered struct {
	*aws.Target
	env   runner.Env
	meter account.Meter
	stop  func() // ends the load
	made  time.Time

	mu   sync.Mutex
	used account.Counts
}

func newMetered(t *aws.Target, e runner.Env, m account.Meter, stop func()) *metered {
	return &metered{Target: t, env: e, meter: m, stop: stop}
}

// Deploy makes the pipeline: from now on it costs.
func (m *metered) Deploy(ctx context.Context, s *scenarios.Scenario, o target.Observer) error {
	m.made = m.env.Clock.Now()
	return account.Explain(m.Target.Deploy(ctx, s, &meteredObserver{o, m}))
}

// Begin starts the process that looks at the meter.
func (m *metered) Begin(start time.Time) {
	m.Target.Begin(start)
	if m.meter.Budget > 0 {
		m.env.Clock.Go("budget", m.watch)
	}
}

// watch looks at the meter every second until the budget is reached.
func (m *metered) watch(p *clock.Proc) {
	for p.Sleep(time.Second) {
		if spent, over := m.spent(p.Now()); over {
			m.env.Note(fmt.Sprintf("the budget of %s is reached, by estimate: about %s was spent, and the load was stopped",
				m.meter.Budget, pricing.FormatUSD(spent)))
			m.stop()
			return
		}
	}
}

func (m *metered) spent(now time.Time) (float64, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.meter.Over(now.Sub(m.made), m.used)
}

// Put sends the request and counts what was stored of it.
func (m *metered) Put(p *clock.Proc, r *target.Request) {
	m.Target.Put(p, r)
	if r.Err != nil {
		return
	}
	used := usedBy(m.env.Scenario.Pipeline, r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used.PayloadUnits += used.PayloadUnits
	m.used.OnDemandBytesIn += used.OnDemandBytesIn
	m.used.OnDemandBytesOut += used.OnDemandBytesOut
	m.used.FanOutBytes += used.FanOutBytes
	m.used.OnDemandFanOut += used.OnDemandFanOut
	m.used.FirehoseBytes += used.FirehoseBytes
}

// usedBy is what the stored records of a request are billed as, on their whole way.
func usedBy(p scenarios.Pipeline, r *target.Request) (used account.Counts) {
	stream, deliveries := r.Destination.Stream, int64(1)
	onDemand, readers, fanned := false, int64(0), int64(0)
	if stream != "" {
		onDemand, fanned = p.Streams[stream].StreamMode == scenarios.OnDemand, int64(len(p.FansOut(stream)))
		readers, deliveries = streamReaders(p, stream)
	}
	for i := range r.Entries {
		if i >= len(r.Outcomes) || r.Outcomes[i].Status != target.Acked {
			continue
		}
		for _, user := range r.UsersOf(i) { // it takes aggregates apart; AWS does not say which of the two it bills: the dearer
			used.FirehoseBytes += deliveries * pricing.FirehoseBilledBytes(int64(user.Size))
		}
		size := int64(r.Entries[i].Size) + int64(len(r.Entries[i].Key))
		switch {
		case onDemand:
			used.OnDemandBytesIn += pricing.OnDemandBilledBytes(size)
			used.OnDemandBytesOut += (readers - fanned) * size
			used.OnDemandFanOut += fanned * size
		case stream != "":
			used.PayloadUnits += pricing.PayloadUnits(size)
			used.FanOutBytes += fanned * size
		}
	}
	return used
}

// streamReaders is how many read a stream, and how many of these are delivery streams.
func streamReaders(p scenarios.Pipeline, stream string) (all, deliveries int64) {
	for _, d := range p.DeliveryStreams {
		if d.Source == stream {
			deliveries++
		}
	}
	all = deliveries
	for _, c := range p.Consumers {
		if c.Stream == stream {
			all++
		}
	}
	for _, f := range p.Functions {
		for _, e := range f.EventSources {
			if e.Stream == stream {
				all++
			}
		}
	}
	return all, deliveries
}

// meteredObserver counts what is told of beyond the puts.
type meteredObserver struct {
	target.Observer
	m *metered
}

// Invoked counts an invocation. AWS rounds memory up to no less than 128 MB.
func (o *meteredObserver) Invoked(i target.Invocation) {
	memory := max(int64(o.m.env.Scenario.Pipeline.Functions[i.Function].Model.MemorySize), 128<<20)
	o.m.mu.Lock()
	o.m.used.LambdaRequests++
	o.m.used.LambdaGBSeconds += pricing.GBSeconds(i.End.Sub(i.Begin), memory)
	o.m.mu.Unlock()
	o.Observer.Invoked(i)
}

// Delivered counts an object.
func (o *meteredObserver) Delivered(d target.Delivery) {
	o.m.mu.Lock()
	o.m.used.S3Puts++
	o.m.mu.Unlock()
	o.Observer.Delivered(d)
}

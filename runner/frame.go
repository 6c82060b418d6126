package runner

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// The first and the last line of the run file.

// lagLimit is the schedule.lag p99 over which a run is invalid: the harness was too late to say anything of the target.
const lagLimit = 10 * time.Millisecond

// header is everything about the run that is known before it begins.
func (r *run) header() measure.Header {
	c, s, traits := &r.config, r.config.Scenario, r.tgt.Traits()
	h := measure.Header{
		Tool: c.Tool, Scenario: s.Name, Digest: s.Digest(), Labels: c.labels(), Seed: s.Seed,
		Target: traits.Name, Clock: measure.ClockWall, Model: s.Model, Go: runtime.Version(), Arch: runtime.GOARCH,
		DurationSeconds: s.Duration.Std().Seconds(), WarmupSeconds: s.Warmup.Std().Seconds(),
		DrainSeconds: s.Drain.Std().Seconds(), LagLimit: lagLimit.Nanoseconds(),
		Limits: traits.Limits, Load: r.plan.planned(),
	}
	if c.Virtual {
		h.Clock = measure.ClockVirtual
	} else {
		h.Started = startedAt()
	}
	for _, u := range slices.Concat(traits.Untold, r.book.untold) {
		if strings.HasSuffix(u.Prefix, ".") {
			u.Prefix += "*" // a family, as run files write it
		}
		h.CannotTell = append(h.CannotTell, measure.Trait{Name: u.Prefix, Reason: u.Reason, Measured: u.Measured})
	}
	return h
}

// end is what is known when the run is over.
func (r *run) end() measure.End {
	reason := r.ended()
	e := measure.End{
		Complete: !r.interrupted && reason == "", Drained: r.drained, ElapsedSeconds: r.elapsed.Seconds(),
		Planned: r.book.plannedN.Load(), Ledger: r.book.totals(r.tgt), Keys: r.keys(), Notes: r.book.probe.notes(),
		Shards: r.book.probe.shards(),
	}
	r.mu.Lock()
	e.Notes = append(slices.Clone(r.notes), e.Notes...)
	r.mu.Unlock()
	for _, l := range r.loaders {
		e.Offered += l.meter.inTime.Load()
	}
	if n, ok := r.tgt.(target.Noter); ok {
		e.Notes = append(e.Notes, n.Notes()...)
	}
	switch {
	case reason != "":
		e.Reason = measure.ByTarget + reason
	case r.interrupted:
		e.Reason = "interrupted"
	}
	if !r.config.Virtual {
		e.CPUShare, e.MaxRSS = r.cpu, maxRSS()
	}
	return e
}

// tableKeys is how many keys of each load the run file names.
const tableKeys = 20

// keys is the table of the keys that were offered or refused most, over all loads.
func (r *run) keys() measure.KeyTable {
	limits := r.tgt.Traits().Limits
	t := measure.KeyTable{Exact: true}
	for _, l := range r.loaders {
		of := measure.KeyLimits{Seconds: r.elapsed.Seconds(), Records: limits["shard.write.records"], Bytes: limits["shard.write.bytes"]}
		if l.plan.gather != nil {
			of.Records = math.Inf(1) // a shard does not count user records
		}
		own := l.meter.keys.Table(tableKeys, of)
		t.Exact = t.Exact && own.Exact
		t.Keys = append(t.Keys, own.Keys...)
	}
	slices.SortStableFunc(t.Keys, func(a, b measure.KeyUse) int { return cmp.Compare(b.Offered, a.Offered) })
	return t
}

package kinesis

import (
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// On-demand scaling
//
// Emulated: a shard with incoming traffic of more than 500 KB/s is split, evenly, within 15 minutes, up to the most that a
// stream takes in the region. No more of AWS's rule is needed: where no shard takes more than half of what it could, the
// stream can take twice what it does, so that the documented "double the peak" follows and is not a second mechanism. A hot key
// is split around and not helped, as on AWS.
// Source: developer guide "Choose the right mode to stream in", "Quotas and limits".
//
// Not documented, and so a choice: the window over which the rate is measured and what records, beside bytes, do
// (Model.ScalingWindow, Model.ScaleRecords); that the split comes as late as AWS's bound allows (Limits.ScaleUp); that traffic
// is what was accepted, as in IncomingBytes; that the stream stays ACTIVE; that a hot key's shard is split without end; that
// capacity is not given back (scale_down.go).

// traffic is what came into an open shard in the present window.
type traffic struct{ bytes, records int64 }

// count notes an accepted record of an on-demand stream.
func (st *stream) count(s *shard, r *record.Record) {
	if s.traffic.records == 0 {
		st.busy = append(st.busy, s)
	}
	s.traffic.records++
	s.traffic.bytes += int64(r.Size) + int64(len(r.Key))
}

// watch sees to it that what came in is looked at when the window is over, which begins now. The caller holds the stream's
// lock.
func (s *Service) watch(st *stream, now time.Time) {
	if !st.watched {
		st.watched = true
		s.after(st, now, s.cfg.Model.window(), false, review{})
	}
}

// review is the end of a window: shards that took too much are to be split.
type review struct{}

func (review) apply(s *Service, st *stream, at time.Time) {
	st.watched = false
	busy := st.busy
	st.busy = nil
	if st.mode() == ModeOnDemand {
		s.grow(st, busy, at)
		s.shrink(st, busy, at)
	}
	for _, sh := range busy {
		sh.traffic = traffic{}
	}
}

// grow sets off the splits of the shards that took too much, of those that took most where not all may be split.
func (s *Service) grow(st *stream, busy []*shard, at time.Time) {
	l := &s.cfg.Limits
	var hot []*shard
	for _, sh := range busy {
		if s.busy(sh.traffic) && sh.closed == 0 && !sh.splitting && sh.start != sh.end {
			hot = append(hot, sh)
		}
	}
	slices.SortStableFunc(hot, func(a, b *shard) int { return int(b.traffic.bytes - a.traffic.bytes) })
	room := max(l.OnDemandShards-len(st.open)-st.growing, 0)
	hot = hot[:min(room, len(hot))]
	if len(hot) == 0 {
		return
	}
	for _, sh := range hot {
		sh.splitting = true
	}
	st.growing += len(hot)
	// What rose within a window may be too little until the next is over: it is at most two windows old.
	s.after(st, at, max(l.ScaleUp-2*s.cfg.Model.window(), 0), false, growth{hot})
}

// busy tells whether traffic of one window is more than a shard is to take.
func (s *Service) busy(t traffic) bool {
	m, l := &s.cfg.Model, &s.cfg.Limits
	seconds := m.window().Seconds()
	return float64(t.bytes) > float64(l.ScaleBytes)*seconds || float64(t.records) > float64(m.scaleRecords(l))*seconds
}

// growth is the split of shards of an on-demand stream, each in its middle.
type growth struct{ shards []*shard }

func (c growth) apply(s *Service, st *stream, at time.Time) {
	st.growing -= len(c.shards)
	var keys []record.Hash
	for _, sh := range c.shards {
		sh.splitting = false
		if key, ok := middle(sh.start, sh.end); ok && sh.closed == 0 {
			keys = append(keys, key)
		}
	}
	if st.mode() == ModeOnDemand {
		s.reshape(st, st.ranges().with(keys...), at)
	}
}

// onDemandMost is how many shards an on-demand stream has in a region at most: its 10 GB/s or 200 MB/s, where 4 shards are
// 4 MB/s (developer guide "Quotas and limits"). UpdateStreamWarmThroughput writes 10 GiB/s of the same ceiling, and 10,240
// shards are what that needs.
func onDemandMost(region string) int {
	if largeRegion(region) {
		return 10_240
	}
	return 200
}

// largeRegion tells whether a region is one of the three for which "Quotas and limits" has larger defaults.
func largeRegion(region string) bool {
	return region == "us-east-1" || region == "us-west-2" || region == "eu-west-1"
}

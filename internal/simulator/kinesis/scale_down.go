package kinesis

import (
	"math"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// On-demand scaling, down
//
// Emulated: not documented, and never done unless Model.ScaleDown says after what time. Then a stream keeps the shards that
// twice the peak of that time needs, and at least those that a new stream has; of the others, neighbours that take little
// together are merged, in each window as many as there are pairs.
// Source: developer guide "Choose the right mode to stream in" has the double peak of 30 days, and nothing of giving back.

// peak is how many shards the traffic of one window needs.
type peak struct {
	at     int64 // the window's end, unix nanoseconds
	shards int
}

// shrink merges what is not needed any more. The caller holds the stream's lock; the busy shards still have their traffic.
func (s *Service) shrink(st *stream, busy []*shard, at time.Time) {
	if s.cfg.Model.ScaleDown == 0 {
		return
	}
	st.remember(peak{at.UnixNano(), s.needed(busy)}, at.Add(-s.cfg.Model.ScaleDown).UnixNano())
	most := len(st.open) - max(st.peaks[0].shards, onDemandShards)
	var keys []record.Hash
	for i := 0; i+1 < len(st.open) && len(keys) < most; i++ {
		if s.quiet(st.open[i], st.open[i+1], at) {
			keys = append(keys, st.open[i+1].start)
			i++ // a shard is merged once
		}
	}
	if len(keys) > 0 {
		s.reshape(st, st.ranges().without(keys...), at)
	}
	if len(st.open) > onDemandShards {
		s.watch(st, at) // also where nothing comes in any more
	}
}

// needed is how many shards take twice what the busy ones took in a window.
func (s *Service) needed(busy []*shard) int {
	var t traffic
	for _, sh := range busy {
		t.bytes += sh.traffic.bytes
		t.records += sh.traffic.records
	}
	seconds, l := s.cfg.Model.window().Seconds(), &s.cfg.Limits
	bytes, records := float64(t.bytes)/float64(l.WriteBytes), float64(t.records)/float64(l.WriteRecords)
	return int(math.Ceil(2 * max(bytes, records) / seconds))
}

// remember notes a window's peak and forgets those before the horizon; of the others only those that no later one exceeds
// are kept. What a stream has when it is first looked at counts as a peak.
func (st *stream) remember(p peak, horizon int64) {
	if len(st.peaks) == 0 {
		st.peaks = append(st.peaks, peak{p.at, len(st.open)})
	}
	n := len(st.peaks)
	for n > 0 && st.peaks[n-1].shards <= p.shards {
		n--
	}
	st.peaks = append(st.peaks[:n], p)
	for st.peaks[0].at <= horizon {
		st.peaks = st.peaks[1:]
	}
}

// quiet tells whether two neighbours, each seen for a whole window, can be one that need not be split.
func (s *Service) quiet(a, b *shard, at time.Time) bool {
	began := at.Add(-s.cfg.Model.window()).UnixNano()
	seen := a.started <= began && b.started <= began
	both := traffic{a.traffic.bytes + b.traffic.bytes, a.traffic.records + b.traffic.records}
	return seen && !a.splitting && !b.splitting && !s.busy(both)
}

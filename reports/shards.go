package reports

import (
	"cmp"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
)

// Shard is what one shard was offered and took in the measured seconds, by the second of arrival. Offered counts every
// attempt, retries again: reports show it as attempts.
type Shard struct {
	Stream        string           `json:"stream"`
	Shard         string           `json:"shard"`
	Offered       int64            `json:"offered"` // records
	OfferedBytes  int64            `json:"offeredBytes"`
	Accepted      int64            `json:"accepted"` // records
	AcceptedBytes int64            `json:"acceptedBytes"`
	Refused       map[string]int64 `json:"refused"`        // records, by limit: records, bytes, injected, internal
	Busiest       int64            `json:"busiest"`        // records offered in its busiest second
	BusiestAt     float64          `json:"busiestAt"`      // that second
	SecondsFull   int              `json:"secondsAtLimit"` // seconds in which it refused for a limit of its own, or took all that the limit lets through
	Burst         string           `json:"burst"`          // absorbed, sustained, or "" where it was never offered more than its limit

	seconds int
}

// What became of a burst, which is a second in which a shard is offered more than its limit.
const (
	burstAbsorbed  = "absorbed"  // nothing was refused: earlier idle seconds paid for it
	burstSustained = "sustained" // the offer went on exceeding the refill, and the rest was refused
)

// refused is how many records a shard refused for any reason.
func (s *Shard) refused() int64 {
	var n int64
	for _, v := range s.Refused {
		n += v
	}
	return n
}

// otherwise is how many records were refused for no limit of the shard's own.
func (s *Shard) otherwise() int64 { return s.refused() - s.Refused["records"] - s.Refused["bytes"] }

// perSecond is a count as a rate over the measured seconds.
func (s *Shard) perSecond(n int64) float64 { return float64(n) / float64(max(s.seconds, 1)) }

// shardSeries are the counters of one shard.
type shardSeries struct {
	offered, offeredBytes, accepted, acceptedBytes *measure.CounterData
	refused                                        map[string]*measure.CounterData // by limit
}

// at is the count of a second; a counter that is not there counts nothing.
func at(c *measure.CounterData, second int) int64 {
	if c == nil {
		return 0
	}
	return c.At(second)
}

func total(c *measure.CounterData, in span) int64 {
	if c == nil {
		return 0
	}
	return c.Sum(in.from, in.to)
}

// shardID names a shard of a stream.
type shardID struct{ stream, shard string }

// shardCounters are the run's shard.* counters by shard.
func (r *Report) shardCounters() map[shardID]*shardSeries {
	all := map[shardID]*shardSeries{}
	for _, c := range r.Run.Counters {
		id := shardID{c.Tags["stream"], c.Tags["shard"]}
		if id.shard == "" {
			continue
		}
		s := all[id]
		if s == nil {
			s = &shardSeries{refused: map[string]*measure.CounterData{}}
		}
		switch c.Name {
		case "shard.offered":
			s.offered = c
		case "shard.offeredBytes":
			s.offeredBytes = c
		case "shard.accepted":
			s.accepted = c
		case "shard.acceptedBytes":
			s.acceptedBytes = c
		case "shard.refused":
			s.refused[c.Tags["limit"]] = c
		default:
			continue
		}
		all[id] = s
	}
	return all
}

// readShards makes the table of shards, in order of stream and shard. It is empty where the target cannot see inside.
func (r *Report) readShards() []Shard {
	shards := []Shard{}
	for id, c := range r.shardCounters() {
		s := Shard{
			Stream: id.stream, Shard: id.shard, Refused: map[string]int64{}, seconds: r.measured.seconds(),
			Offered: total(c.offered, r.measured), OfferedBytes: total(c.offeredBytes, r.measured),
			Accepted: total(c.accepted, r.measured), AcceptedBytes: total(c.acceptedBytes, r.measured),
		}
		for limit, refused := range c.refused {
			if n := total(refused, r.measured); n > 0 {
				s.Refused[limit] = n
			}
		}
		r.readSeconds(&s, c)
		shards = append(shards, s)
	}
	slices.SortFunc(shards, func(a, b Shard) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Shard, b.Shard))
	})
	return shards
}

// readSeconds finds a shard's busiest second, those at its limit, and what became of its bursts.
func (r *Report) readSeconds(s *Shard, c *shardSeries) {
	records, bytes := r.limit(limitRecords), r.limit(limitBytes)
	for second := r.measured.from; second < r.measured.to; second++ {
		offered := at(c.offered, second)
		if offered > s.Busiest {
			s.Busiest, s.BusiestAt = offered, float64(second)
		}
		refused := at(c.refused["records"], second) + at(c.refused["bytes"], second)
		full := float64(at(c.accepted, second)) >= records || float64(at(c.acceptedBytes, second)) >= bytes
		if refused > 0 || full {
			s.SecondsFull++
		}
		over := float64(offered) > records || float64(at(c.offeredBytes, second)) > bytes
		switch {
		case over && refused > 0:
			s.Burst = burstSustained
		case over && s.Burst == "":
			s.Burst = burstAbsorbed
		}
	}
}

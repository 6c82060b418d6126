package scenarios

import (
	"cmp"
	"slices"
	"time"
)

// Reshard is one entry of the timeline of reshards: a call of UpdateShardCount while the load goes on. A call that the
// service refuses is noted, and the run goes on.
type Reshard struct {
	At         Duration // since the start of the load
	Stream     string   // PROVISIONED, and made for the run
	ShardCount int      // open shards that it is to have: from half to double of those it has
}

// ReshardsOf are the reshards of a stream in the order of their instants.
func (s *Scenario) ReshardsOf(stream string) []Reshard {
	var list []Reshard
	for _, r := range s.Reshards {
		if r.Stream == stream {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Reshard) int { return cmp.Compare(a.At, b.At) })
	return list
}

// MostShards is how many open shards a stream of the pipeline has at most, as far as the scenario says it.
func (s *Scenario) MostShards(stream string) int {
	most := s.Pipeline.Streams[stream].Shards()
	for _, r := range s.ReshardsOf(stream) {
		most = max(most, r.ShardCount)
	}
	return most
}

// ShardHours is what the open shards of a stream come to over a length of time from the start of the load, where each
// reshard is done at its instant.
func (s *Scenario) ShardHours(stream string, length time.Duration) float64 {
	open, since, hours := s.Pipeline.Streams[stream].Shards(), time.Duration(0), 0.0
	for _, r := range s.ReshardsOf(stream) {
		at := min(r.At.Std(), length)
		hours += float64(open) * (at - since).Hours()
		open, since = r.ShardCount, at
	}
	return hours + float64(open)*(length-since).Hours()
}

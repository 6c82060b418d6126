package reports

import (
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
)

// shardCounts is how many shards of a stream were open, from instant to instant: what the run was told, or where it was told
// nothing (it was killed) what the scenario says.
func (r *Report) shardCounts(stream string) (list []measure.ShardCount) {
	if end := r.Run.End; end != nil {
		for _, c := range end.Shards {
			if c.Stream == stream {
				list = append(list, c)
			}
		}
	}
	if list == nil {
		list = append(list, measure.ShardCount{Stream: stream, Open: r.Scenario.Pipeline.Streams[stream].Shards()})
		for _, reshard := range r.Scenario.ReshardsOf(stream) {
			list = append(list, measure.ShardCount{Stream: stream, At: reshard.At.Std().Seconds(), Open: reshard.ShardCount})
		}
	}
	slices.SortStableFunc(list, func(a, b measure.ShardCount) int {
		if a.At < b.At {
			return -1
		}
		if a.At > b.At {
			return 1
		}
		return 0
	})
	return list
}

// shardSeconds is what the open shards of a stream come to between two instants, in seconds since the start of the load.
func (r *Report) shardSeconds(stream string, from, to float64) (sum float64) {
	list := r.shardCounts(stream)
	for i, c := range list {
		until := to
		if i+1 < len(list) {
			until = min(until, list[i+1].At)
		}
		sum += float64(c.Open) * max(0, until-max(from, c.At))
	}
	return sum
}

// shardHours is shardSeconds of the whole length of a run, in hours.
func (r *Report) shardHours(stream string, length time.Duration) float64 {
	return r.shardSeconds(stream, 0, length.Seconds()) / 3600
}

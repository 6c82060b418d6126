package simulated

import (
	"context"
	"slices"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// OpenShards are the shards of a stream that take records now. It takes no time and does not count against a limit.
func (t *Target) OpenShards(_ context.Context, stream string) ([]record.Shard, error) {
	shards, err := t.world.Kinesis.Shards(stream)
	return slices.DeleteFunc(shards, func(s record.Shard) bool { return s.Closed }), err
}

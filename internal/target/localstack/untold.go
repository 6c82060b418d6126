package localstack

import (
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// The reasons, as measured on LocalStack 4.14.0.
const (
	noLimits  = "LocalStack has no shard limits: what it did not refuse, AWS might"
	noBuffers = "LocalStack's Firehose does not buffer: records are delivered as they come"
	noPushes  = "LocalStack's Kinesis polls for what it pushes by enhanced fan-out: it comes about two seconds late"
	noRetries = "LocalStack's Firehose does not send again, nor back up, what an HTTP endpoint has refused"
)

// Untold is what LocalStack measures but cannot judge a pipeline by, because it does not do what the objective rests on:
// shards without limits throttle nothing, and a delivery stream without buffers is never late. Objectives on these are
// null; what was measured is true of LocalStack and can be shown all the same. s names the delivery streams and the consumers that
// records are pushed to; nil: none.
func Untold(s *scenarios.Scenario) []target.Untold {
	untold := []target.Untold{
		{Prefix: "put.throttled", Reason: noLimits, Measured: true},
		{Prefix: "put.hit", Reason: noLimits, Measured: true},
		{Prefix: "stream.throttled", Reason: noLimits, Measured: true},
		{Prefix: "firehose.lag", Reason: noBuffers, Measured: true},
		{Prefix: "firehose.freshness", Reason: noBuffers},
	}
	if s == nil {
		return untold
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		if s.Pipeline.Consumers[name].EnhancedFanOut {
			untold = append(untold,
				target.Untold{Prefix: "stream.propagation", Reason: noPushes, Measured: true},
				target.Untold{Prefix: name + scenarios.EndToEnd, Reason: noPushes, Measured: true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		untold = append(untold, target.Untold{Prefix: name + scenarios.EndToEnd, Reason: noBuffers, Measured: true})
		if h := s.Pipeline.DeliveryStreams[name].HTTP; h != nil && h.Model.Errors > 0 {
			untold = append(untold, target.Untold{Prefix: "integrity.missing", Reason: noRetries, Measured: true})
		}
	}
	return untold
}

package simulated

import (
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// perShard are the limits of a shard that a report names, with AWS's values and the names that a scenario scales them by.
var perShard = []struct {
	name, limit string
	aws         float64
}{
	{"shard.write.records", "writeRecords", 1000},
	{"shard.write.bytes", "writeBytes", 1 << 20},
	{"shard.read.calls", "readCalls", 5},
	{"shard.read.bytes", "readBytes", 2 << 20},
}

// Traits are what the embedded AWS promises and tells, with or without bodies, under a scenario's limits. Where it refuses
// nothing, that nothing was refused says nothing of AWS.
func Traits(bodies bool, l scenarios.Limits) target.Traits {
	t := target.Traits{Name: "embedded", Bodies: bodies, Inside: true, MaxBytes: 4 << 20, Limits: map[string]float64{}}
	off := map[string]bool{}
	for _, of := range perShard {
		if times := factorOf(&l.Kinesis, of.limit); times == scenarios.Off {
			off[of.limit] = true
		} else {
			t.Limits[of.name] = of.aws * float64(times)
		}
	}
	untold := func(reason string, prefixes ...string) {
		for _, p := range prefixes {
			t.Untold = append(t.Untold, target.Untold{Prefix: p, Measured: true, Reason: reason})
		}
	}
	if off["writeRecords"] || off["writeBytes"] {
		untold("the scenario switches limits of writing off: what was not refused, AWS might", "put.throttled", "put.hit")
	}
	if off["readCalls"] || off["readBytes"] {
		untold("the scenario switches limits of reading off: what was not refused, AWS might", "stream.throttled")
	}
	return t
}

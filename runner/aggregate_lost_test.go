package runner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
)

// After a reshard the aggregates of a shard hold user records of its children, until the producer has learned of these: the KCL drops
// them. Aggregates of one key are of one shard by any map.
func TestAReshardLosesAggregatesOfAShard(t *testing.T) {
	t.Parallel()
	const split = "reshards: [{at: 4s, stream: s, shardCount: 8}]\n"
	o := tank{scenario: aggregated + "    batch: {aggregate: {}}\n" + split}.run(t)
	l, s := o.Run.End.Ledger, o.sink("consumer")
	if l.Acked != l.Offered || s.Lost == 0 || s.Lost > 2000 || s.Missing != s.Lost || s.Duplicated != 0 {
		t.Errorf("%d of %d acked; %+v", l.Acked, l.Offered, s)
	}
	if got := strings.Join(o.Run.End.Notes, "\n"); !strings.Contains(got, "consumer consumer dropped aggregates") {
		t.Errorf("notes: %s", got)
	}
	for _, name := range []string{"function", "delivery"} { // they have no such rule
		if s := o.sink(name); s.Delivered != l.Acked || s.Missing != 0 {
			t.Errorf("%+v", s)
		}
	}
	for shard := range 12 {
		from, to := 0, 4
		if shard >= 4 {
			from, to = 6, 8
		}
		tags := measure.Tags{"stream": "s", "shard": fmt.Sprintf("shardId-%012d", shard)}
		if n := o.Run.Sum("shard.accepted", tags, from, to); n == 0 || n > int64(40*(to-from)) {
			t.Errorf("shard %d took %d records from %d s to %d s", shard, n, from, to)
		}
	}

	o = tank{scenario: aggregated + "    batch: {aggregate: {by: key}}\n" + split}.run(t)
	o.comesOut("function", "delivery", "consumer")
}

// The records of a template are known by their place, which the user records of an aggregate share.
func TestAnAggregateOfUnknownUserRecordsIsRefused(t *testing.T) {
	scenario := strings.Replace(aggregated, "clickstream: {users: 300, size: 500B}", "template: {file: body.txt}", 1) + "    batch: {aggregate: {}}\n"
	o := tank{scenario: scenario, body: 100}.run(t) // nothing is rendered there
	o.comesOut("function", "delivery", "consumer")
	beside := aggregated + "    batch: {aggregate: {}}\n  - {stream: s, generator: {template: {file: body.txt}}, rate: 1/s}\n"
	for _, scenario := range []string{scenario, beside} {
		_, err := tank{scenario: scenario, body: 100, wrap: func(_ runner.Env, t target.Target) target.Target { return bodied{t} }}.try(t)
		if err == nil || !strings.Contains(err.Error(), "batch.aggregate") {
			t.Errorf("error %v", err)
		}
	}
}

// bodied is a target that wants bodies.
type bodied struct{ target.Target }

func (b bodied) Traits() target.Traits {
	traits := b.Target.Traits()
	traits.Bodies = true
	return traits
}

package simulated

import (
	"errors"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/scenarios"
)

// errUnanswered is a call that a fault of the scenario took the answer of, or held for longer than a client waits.
var errUnanswered = errors.New("it was not answered")

// reshard calls UpdateShardCount as over the wire: faults act on it, and it is called once.
func (t *Target) reshard(p *clock.Proc, r scenarios.Reshard) (open int, err error) {
	deadline := p.Now().Add(readTimeout)
	a := t.hook(p.Now(), fault.Request{
		Service: "kinesis", Operation: "UpdateShardCount", Account: Account, Region: Region, Resource: r.Stream,
	})
	if !a.After && (!held(p, a, deadline) || a.Cut) {
		return 0, errUnanswered
	}
	if a.Err == nil {
		open, err = t.updateShardCount(r)
	} else {
		err = &kinesis.Error{Code: a.Err.Code, Message: a.Err.Message}
	}
	if !answered(p, a, deadline) {
		return 0, errUnanswered
	}
	return open, err
}

func (t *Target) updateShardCount(r scenarios.Reshard) (open int, err error) {
	out, err := t.world.Kinesis.UpdateShardCount(kinesis.UpdateShardCountInput{
		StreamName: &r.Stream, TargetShardCount: new(int32(r.ShardCount)), ScalingType: new("UNIFORM_SCALING"),
	})
	if err != nil {
		return 0, err
	}
	return out.CurrentShardCount, nil
}

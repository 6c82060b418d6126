package runner

import (
	"context"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// published may be implemented by a target whose services publish metrics of their own.
type published interface {
	// CloudWatch reads what they tell of the run, once the drain is over, and waits for what comes late as long as ctx
	// lasts. It is nil where they tell nothing; it fails no run.
	CloudWatch(ctx context.Context, s *scenarios.Scenario, start, end, drained time.Time) *measure.CloudWatch
}

// cloudWatch asks the target's services what they tell of the run. The run's own figures are whole by then: what is told
// is laid beside them, and neither changes the other.
func (r *run) cloudWatch(ctx context.Context, drained time.Time) *measure.CloudWatch {
	t, ok := r.tgt.(published)
	if !ok {
		return nil
	}
	return t.CloudWatch(ctx, r.config.Scenario, r.start, r.start.Add(r.elapsed), drained)
}

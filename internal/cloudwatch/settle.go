package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
)

// readMetrics reads the metrics until they have settled or patience ends, and puts them into out. It is false where AWS
// told nothing; a note then says why.
func (r *Reader) readMetrics(ctx context.Context, out *measure.CloudWatch, told told) bool {
	wanted, pulses := catalogue(out.Resources)
	if len(wanted) == 0 {
		return false
	}
	deadline := time.Now().Add(r.wait)
	known := false
	var failed error
	for {
		read, err := r.read(ctx, wanted, &out.CloudWatchAsked)
		out.Read = time.Now().UTC().Truncate(time.Second)
		missing := len(pulses)
		switch {
		case err == nil:
			same := known && slices.EqualFunc(read, out.Metrics, samePoints)
			known, failed, out.Metrics = true, nil, read
			missing = without(read, pulses, lastMinute(&out.CloudWatchAsked))
			out.Settled = missing == 0 && same
		case lasting(err):
			told.note(refused(err, "CloudWatch", metricsAction))
			return known
		default:
			failed = err // by itself it passes: AWS was busy, or did not answer in time
		}
		left := time.Until(deadline).Round(time.Second)
		if out.Settled || left <= 0 || ctx.Err() != nil {
			break
		}
		told.phase(waiting(len(pulses)-missing, len(pulses), left))
		if !pause(ctx, min(r.every, left)) {
			break
		}
	}
	switch {
	case !known:
		told.note(refused(failed, "CloudWatch", metricsAction))
	case failed != nil:
		told.note("CloudWatch was read for the last time before it stopped answering: " + rootCause(failed).Error())
	}
	return known
}

// waiting says what is waited for.
func waiting(there, all int, left time.Duration) string {
	if there == all {
		return fmt.Sprintf("reading CloudWatch until two reads tell the same, %s at most", left)
	}
	return fmt.Sprintf("waiting for CloudWatch: %d of %d streams and functions have the load's last minute, %s at most", there, all, left)
}

// lastMinute is the minute in which the load ended.
func lastMinute(a *measure.CloudWatchAsked) int {
	return int(max(a.End.Add(-1).Sub(a.From()), 0) / time.Minute)
}

// without is how many pulses have no point in a minute or later.
func without(metrics []measure.CloudWatchMetric, pulses []int, minute int) (missing int) {
	for _, i := range pulses {
		points := metrics[i].Points
		if len(points) == 0 || points[len(points)-1].Minute < minute {
			missing++
		}
	}
	return missing
}

// samePoints tells whether two reads of a metric told the same: a minute's values grow for a while after it was published.
func samePoints(a, b measure.CloudWatchMetric) bool { return slices.Equal(a.Points, b.Points) }

package firehose

import "time"

// Retries decides when a request that an HTTP endpoint did not take is sent again. It is a model: the caller says that an
// attempt failed and waits as long as it is told.
//
// The waits double from [Limits].EndpointRetryBase to [Limits].EndpointRetryCap, each changed by up to 15 % either way. All
// together last as long as the destination's RetryOptions say: the time that passes before an endpoint has answered is
// not of them ("it doesn't include the periods during which Firehose waits for acknowledgment", API reference
// HttpEndpointRetryOptions), and the last wait is cut to what is left. The zero value retries nothing.
type Retries struct {
	left time.Duration
	next time.Duration
	most time.Duration
}

// jitter is how far a wait may be off what it doubles to (developer guide, "Understand HTTP endpoint delivery request and
// response specifications").
const jitter = 0.15

// NewRetries makes the retries of one request. duration is RetryOptions' DurationInSeconds; 0 is none.
func NewRetries(l Limits, duration time.Duration) Retries {
	return Retries{left: duration, next: l.EndpointRetryBase, most: l.EndpointRetryCap}
}

// Next is told that an attempt failed and says how long to wait before the next one; ok is false when there is none. draw, 0
// or more and less than 1, decides on the jitter.
func (r *Retries) Next(draw float64) (wait time.Duration, ok bool) {
	if r.left <= 0 {
		return 0, false
	}
	wait = time.Duration(float64(r.next) * (1 - jitter + 2*jitter*draw))
	wait = min(wait, r.left)
	r.left -= wait
	r.next = min(2*r.next, r.most)
	return wait, true
}

// drawOf is the draw of a request's nth attempt. It follows from the seed.
func drawOf(seed, request uint64, attempt int) float64 {
	return float64(mix(mix(seed^request)+uint64(attempt))>>11) / (1 << 53)
}

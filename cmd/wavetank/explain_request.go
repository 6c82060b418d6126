package main

import (
	"math"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/scenarios"
)

// httpLimits are AWS's of requests to an HTTP endpoint; they are the same in every region.
var httpLimits = firehose.DefaultLimits("us-east-1")

// request is the most that AWS sends to an HTTP endpoint at once. The zero value is an object in S3, which has no bounds.
type request struct {
	records float64         // 10,000
	bytes   scenarios.Bytes // of data, so that its body stays below 64 MiB
}

// aRequest is AWS's.
var aRequest = request{float64(httpLimits.RequestRecords), scenarios.Bytes(httpLimits.RequestSize())}

// size is what a hint of a size comes to.
func (r request) size(hint scenarios.Bytes) scenarios.Bytes {
	if r.bytes == 0 {
		return hint
	}
	return min(hint, r.bytes)
}

// intoRequests bounds the buffers: what they make are requests.
func (d *deliveryPlan) intoRequests() {
	for i := range d.buffers {
		d.buffers[i].most = aRequest
	}
}

// counted is how long it takes until a request has its most records, in seconds; infinite where it has no most.
func (b buffer) counted() float64 {
	if b.most.records == 0 {
		return math.Inf(1)
	}
	return b.most.records / b.records
}

// amount is what fills the buffer.
func (b buffer) amount() string {
	switch {
	case b.counted() < b.sized():
		return count(int64(b.most.records)) + " records"
	case b.most.size(b.hint.Size) < b.hint.Size:
		return sayBytes(float64(b.most.bytes))
	}
	return b.hint.Size.String()
}

// bound is what fills the buffer, in words: a hint of the scenario, or what AWS has of its own.
func (b buffer) bound() string {
	switch {
	case b.counted() < b.sized():
		return b.amount() + ", the most of a request"
	case b.most.size(b.hint.Size) < b.hint.Size:
		return b.amount() + ", the most whose request stays below 64 MiB"
	}
	return "the size"
}

// busiest is how many seconds are between two requests of the buffer that makes most of them.
func (d *deliveryPlan) busiest() float64 {
	every := math.Inf(1)
	for _, b := range d.buffers {
		every = min(every, b.period())
	}
	return every
}

// requestTakes is how long a request takes until it is taken or given up, in seconds, on average: its attempts and the waits
// between them. The next one of its buffer waits for that.
func requestTakes(h *scenarios.HTTPDestination) float64 {
	answer, late := answered(h.Model.Duration, httpLimits.EndpointTimeout)
	fails := 1 - (1-float64(h.Model.Errors))*(1-late)
	again := firehose.NewRetries(httpLimits, h.RetryOptions.Duration.Std())
	takes, reached := 0.0, 1.0 // the share of requests that come to this attempt
	for {
		takes += reached * answer
		reached *= fails
		wait, ok := again.Next(0.5) // the middle of the jitter
		if !ok || reached == 0 {
			return takes
		}
		takes += reached * wait.Seconds()
	}
}

// answered is how long an answer is waited for, in seconds, on average, and the share of answers that are not there in time.
func answered(d scenarios.Distribution, timeout time.Duration) (mean, late float64) {
	mean, most, median := meanDuration(d), timeout.Seconds(), d.P50.Std().Seconds()
	if d.Constant() || median == 0 {
		if mean >= most {
			return most, 1
		}
		return mean, 0
	}
	sigma := math.Sqrt(2 * math.Log(mean/median))
	z := math.Log(most/median) / sigma
	late = above(z)
	return mean*(1-above(z-sigma)) + most*late, late
}

// above is the share of a standard normal distribution that is above z.
func above(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

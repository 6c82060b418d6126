// Package calls says which calls of AWS are worth making again, and when.
package calls

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

const (
	firstWait   = 100 * time.Millisecond
	longestWait = 5 * time.Second
)

var retryable = retry.IsErrorRetryables(retry.DefaultRetryables)

// Passes tells whether an error is one that passes: a limit, a failure of the service, a connection that is cut. The SDK has
// tried again by then, a few times, which is enough for a request, and not for a program that is to run for months. A failure
// of the service within an event stream has no HTTP status, by which the SDK knows the others.
func Passes(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorFault() == smithy.FaultServer || retryable.IsErrorRetryable(err) == aws.TrueTernary
}

// Backoff is how long to wait after the n-th failure in a row, from 1 on: twice as long each time, of which half is drawn, so
// that clients which failed together do not come back together.
func Backoff(n int) time.Duration {
	half := min(firstWait<<min(n-1, 10), longestWait) / 2
	return half + rand.N(half)
}

// Wait waits, but not longer than its context lasts.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

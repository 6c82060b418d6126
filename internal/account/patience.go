package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// patience repeats a call that a limit refused, or that came before what was asked for could be done. The zero value
// waits by the wall's clock.
type patience struct {
	wait     func(context.Context, time.Duration) error
	attempts int // 0 is all of them
}

// brief is the patience of what a person waits for.
var brief = patience{attempts: 4}

// How often a call is tried and how long the pauses between are: about two and a half minutes in all, as long as AWS
// takes to make a delivery stream that is to be deleted.
const (
	attempts   = 20
	firstPause = 200 * time.Millisecond
	lastPause  = 10 * time.Second
)

// errEarly is what is not done yet and will be.
var errEarly = errors.New("it is still being deleted")

// errUnready is what was made a moment ago and has not come to the whole service.
var errUnready = errors.New("it is not ready yet")

// do tries until it succeeds, fails for good, has been tried often enough or the context ends.
func (p patience) do(ctx context.Context, try func() error) error {
	pause := firstPause
	most := cmp.Or(p.attempts, attempts)
	for n := 1; ; n++ {
		err := try()
		if err == nil || !passing(err) || ctx.Err() != nil {
			return err
		}
		if n == most {
			return fmt.Errorf("%w (tried %d times)", err, most)
		}
		if wait := p.pause(ctx, pause); wait != nil {
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

func (p patience) pause(ctx context.Context, d time.Duration) error {
	if p.wait != nil {
		return p.wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask calls an API with patience and puts its error into one line.
func ask[In, Out, Option any](
	ctx context.Context, p patience, api func(context.Context, *In, ...Option) (*Out, error), in *In,
) (out *Out, err error) {
	err = p.do(ctx, func() (err error) {
		out, err = api(ctx, in)
		return plain(err)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// busy are errors of what is being made, changed or still in use: they pass.
var busy = map[string]bool{
	"ResourceInUseException":          true, // Kinesis, Firehose, Lambda
	"ResourceConflictException":       true, // Lambda
	"ResourceNotReadyException":       true, // Lambda
	"ConcurrentModificationException": true, // Firehose
	"ConcurrentModification":          true, // IAM
	"DeleteConflict":                  true, // IAM: a policy that was deleted a moment ago
	"OperationAbortedException":       true, // CloudWatch Logs
	"OperationAborted":                true, // S3
	"BucketNotEmpty":                  true, // S3: something was delivered while it was emptied
}

// passing tells whether it makes sense to try again.
func passing(err error) bool {
	if errors.Is(err, errEarly) || errors.Is(err, errUnready) {
		return true
	}
	c := code(err)
	if _, throttled := retry.DefaultThrottleErrorCodes[c]; throttled || busy[c] {
		return true
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		s := response.HTTPStatusCode()
		return s == http.StatusTooManyRequests || s >= 500
	}
	return false
}

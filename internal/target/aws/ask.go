package aws

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// Looks at what is there share an account's limits with whoever else looks: DescribeDeliveryStream takes five a second, of
// all together. AWS, the services' quotas.
const (
	askTries = 20
	askPause = 200 * time.Millisecond
)

// ask calls something that only looks, or that may be done twice, and again for four seconds while a limit refuses it.
func ask[I, C, O any](ctx context.Context, call func(context.Context, *I, ...C) (*O, error), in *I) (out *O, err error) {
	for range askTries {
		if out, err = call(ctx, in); !throttled(err) {
			break
		}
		if pause(ctx, askPause) != nil {
			break
		}
	}
	return out, err
}

// throttled tells that a limit of requests refused a call.
func throttled(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	_, is := retry.DefaultThrottleErrorCodes[api.ErrorCode()]
	return is
}

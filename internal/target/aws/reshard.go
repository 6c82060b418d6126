package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/scenarios"
)

// reshard calls UpdateShardCount once: one that a limit refused and that came later would not be the scenario's.
func (t *Target) reshard(_ *clock.Proc, r scenarios.Reshard) (open int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	out, err := t.kinesis.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{
		StreamName: t.stream(r.Stream), TargetShardCount: aws.Int32(int32(r.ShardCount)), ScalingType: types.ScalingTypeUniformScaling,
	})
	if err != nil {
		return 0, answer(err)
	}
	return int(aws.ToInt32(out.CurrentShardCount)), nil
}

// answer is an error as the service words it, in one line; where it did not answer, the cause of that.
func answer(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return fmt.Errorf("%s: %s", api.ErrorCode(), strings.Join(strings.Fields(api.ErrorMessage()), " "))
	}
	return innermost(err)
}

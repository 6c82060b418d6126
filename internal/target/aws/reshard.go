package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

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
	if t.config.Inside == nil { // else the inside tells it itself
		t.config.Clock.Go("reshard "+r.Stream+" done", func(p *clock.Proc) { t.resharded(p, r.Stream) })
	}
	return int(aws.ToInt32(out.CurrentShardCount)), nil
}

// resharded looks until a stream that was UPDATING is ACTIVE again, and tells how many shards are open then.
func (t *Target) resharded(p *clock.Proc, stream string) {
	for p.Sleep(time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
		out, err := t.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: t.stream(stream)})
		cancel()
		if err != nil {
			continue // the limit of its calls is the account's
		}
		if d := out.StreamDescriptionSummary; d.StreamStatus == types.StreamStatusActive {
			t.observer.Resharded(p.Now(), stream, int(aws.ToInt32(d.OpenShardCount)))
			return
		}
	}
}

// answer is an error as the service words it, in one line; where it did not answer, the cause of that.
func answer(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return fmt.Errorf("%s: %s", api.ErrorCode(), strings.Join(strings.Fields(api.ErrorMessage()), " "))
	}
	return innermost(err)
}

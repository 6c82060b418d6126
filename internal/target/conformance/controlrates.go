package conformance

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// ControlPlaneLimits is the area whose cases try limits of a whole account in a region: whoever else is in it is throttled
// meanwhile.
const ControlPlaneLimits = "control plane limits"

func controlRateCases() []Case {
	needs := []string{NeedsKinesis}
	const source = "developer guide \"Quotas\""
	return []Case{
		{
			Name: "list-streams-rate", Area: ControlPlaneLimits, Needs: needs, Makes: nothing, run: listStreamsRate,
			Claim: "5 ListStreams a second, then LimitExceededException", Source: source,
		},
		{
			Name: "describe-stream-rate", Area: ControlPlaneLimits, Needs: needs, Makes: oneShard, run: describeStreamRate,
			Claim: "10 DescribeStream a second, then LimitExceededException", Source: source,
		},
		{
			Name: "describe-summary-rate", Area: ControlPlaneLimits, Needs: needs, Makes: oneShard, run: describeSummaryRate,
			Claim: "20 DescribeStreamSummary a second, then LimitExceededException", Source: source,
		},
	}
}

// controlRate offers eight times what a second takes.
func controlRate(ctx context.Context, perSecond int, call func(ctx context.Context) error) Finding {
	r, err := offerAll(ctx, 8*perSecond, call)
	if err != nil {
		return stuck(err)
	}
	return r.limited(float64(perSecond), "LimitExceededException")
}

func listStreamsRate(ctx context.Context, b *bench) Finding {
	return controlRate(ctx, 5, func(ctx context.Context) error {
		_, err := b.kinesis.ListStreams(ctx, &kinesis.ListStreamsInput{})
		return err
	})
}

func describeStreamRate(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	return controlRate(ctx, 10, func(ctx context.Context) error {
		_, err := b.kinesis.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name})
		return err
	})
}

func describeSummaryRate(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	return controlRate(ctx, 20, func(ctx context.Context) error {
		_, err := b.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: &name})
		return err
	})
}

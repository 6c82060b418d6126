package server

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func TestClientDescribesLimits(t *testing.T) {
	client, ctx := start(t, Config{}), t.Context()
	out, err := client.DescribeLimits(ctx, &sdk.DescribeLimitsInput{})
	if err != nil {
		t.Fatal(err)
	}
	if *out.ShardLimit != 20_000 || *out.OpenShardCount != 16 || *out.OnDemandStreamCount != 0 || *out.OnDemandStreamCountLimit != 50 {
		t.Errorf("%d of %d shards, %d of %d on-demand streams", *out.OpenShardCount, *out.ShardLimit, *out.OnDemandStreamCount, *out.OnDemandStreamCountLimit)
	}
	for range 20 { // one a second
		if _, err = client.DescribeLimits(ctx, &sdk.DescribeLimitsInput{}); err != nil {
			break
		}
	}
	var slow *types.LimitExceededException
	if !errors.As(err, &slow) || *slow.Message != "Rate exceeded for account 123456789012." {
		t.Errorf("twenty calls at once: %v", err)
	}
}

// TestClientWarmsUp: a commitment, a warm stream, and back.
func TestClientWarmsUp(t *testing.T) {
	client, ctx := start(t, Config{}), t.Context()
	commit := func(status types.MinimumThroughputBillingCommitmentInputStatus) (*types.MinimumThroughputBillingCommitmentOutput, error) {
		out, err := client.UpdateAccountSettings(ctx, &sdk.UpdateAccountSettingsInput{
			MinimumThroughputBillingCommitment: &types.MinimumThroughputBillingCommitmentInput{Status: status},
		})
		if err != nil {
			return nil, err
		}
		return out.MinimumThroughputBillingCommitment, nil
	}
	got, err := client.DescribeAccountSettings(ctx, &sdk.DescribeAccountSettingsInput{})
	if err != nil || got.MinimumThroughputBillingCommitment.Status != types.MinimumThroughputBillingCommitmentOutputStatusDisabled ||
		got.MinimumThroughputBillingCommitment.StartedAt != nil {
		t.Errorf("at first: %+v, %v", got, err)
	}
	on, err := commit(types.MinimumThroughputBillingCommitmentInputStatusEnabled)
	if err != nil || on.EarliestAllowedEndAt.Sub(*on.StartedAt) != 24*time.Hour || on.EndedAt != nil {
		t.Fatalf("%+v, %v", on, err)
	}
	onDemand(t, client, &sdk.CreateStreamInput{StreamName: aws.String("warm"), WarmThroughputMiBps: aws.Int32(6)})
	if d := summary(t, client, "warm"); *d.OpenShardCount != 6 || *d.WarmThroughput.CurrentMiBps != 6 {
		t.Errorf("%d shards, %+v", *d.OpenShardCount, d.WarmThroughput)
	}
	out, err := client.UpdateStreamWarmThroughput(ctx, &sdk.UpdateStreamWarmThroughputInput{StreamName: aws.String("warm"), WarmThroughputMiBps: aws.Int32(0)})
	if err != nil || *out.StreamName != "warm" || *out.WarmThroughput.TargetMiBps != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	if d := summary(t, client, "s"); d.WarmThroughput != nil {
		t.Errorf("a provisioned stream shows %+v", d.WarmThroughput)
	}
	off, err := commit(types.MinimumThroughputBillingCommitmentInputStatusDisabled)
	if err != nil || off.Status != types.MinimumThroughputBillingCommitmentOutputStatusEnabledUntilEarliestAllowedEnd {
		t.Errorf("%+v, %v", off, err)
	}
	_, err = client.UpdateStreamWarmThroughput(ctx, &sdk.UpdateStreamWarmThroughputInput{StreamName: aws.String("s"), WarmThroughputMiBps: aws.Int32(1)})
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) {
		t.Errorf("a provisioned stream: %v", err)
	}
}

package server

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const arnOfS = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"

// summary is what the real client sees of a stream.
func summary(t *testing.T, client *sdk.Client, stream string) *types.StreamDescriptionSummary {
	t.Helper()
	out, err := client.DescribeStreamSummary(t.Context(), &sdk.DescribeStreamSummaryInput{StreamName: &stream})
	if err != nil {
		t.Fatal(err)
	}
	return out.StreamDescriptionSummary
}

// read reads a shard from its beginning.
func read(t *testing.T, client *sdk.Client, stream, shard string) []types.Record {
	t.Helper()
	it, err := client.GetShardIterator(t.Context(), &sdk.GetShardIteratorInput{
		StreamName: &stream, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetRecords(t.Context(), &sdk.GetRecordsInput{ShardIterator: it.ShardIterator})
	if err != nil {
		t.Fatal(err)
	}
	return out.Records
}

// onDemand makes an on-demand stream through the real client.
func onDemand(t *testing.T, client *sdk.Client, in *sdk.CreateStreamInput) {
	t.Helper()
	in.StreamModeDetails = &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}
	if _, err := client.CreateStream(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func TestClientSetsRetention(t *testing.T) {
	client, ctx, name := start(t, Config{}), t.Context(), aws.String("s")
	steps := []struct {
		do    func(context.Context, int32) error
		hours int32
	}{
		{func(ctx context.Context, hours int32) error {
			_, err := client.IncreaseStreamRetentionPeriod(ctx, &sdk.IncreaseStreamRetentionPeriodInput{StreamName: name, RetentionPeriodHours: &hours})
			return err
		}, 8760},
		{func(ctx context.Context, hours int32) error {
			_, err := client.DecreaseStreamRetentionPeriod(ctx, &sdk.DecreaseStreamRetentionPeriodInput{StreamARN: aws.String(arnOfS), RetentionPeriodHours: &hours})
			return err
		}, 48},
	}
	for _, tt := range steps {
		if err := tt.do(ctx, tt.hours); err != nil {
			t.Fatal(err)
		}
		if got := *summary(t, client, "s").RetentionPeriodHours; got != tt.hours {
			t.Errorf("%d hours, want %d", got, tt.hours)
		}
	}
	_, err := client.IncreaseStreamRetentionPeriod(ctx, &sdk.IncreaseStreamRetentionPeriodInput{StreamName: name, RetentionPeriodHours: aws.Int32(9000)})
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) || *invalid.Message != "Maximum allowed retention period is 8760 hours. Requested retention period (9000 hours) is too long." {
		t.Errorf("9,000 hours: %v", err)
	}
}

func TestClientEncrypts(t *testing.T) {
	client, ctx, name, key := start(t, Config{}), t.Context(), aws.String("s"), aws.String("alias/aws/kinesis")
	entries := []types.PutRecordsRequestEntry{{Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0")}}
	put := func(want types.EncryptionType) {
		t.Helper()
		many, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, Records: entries})
		if err != nil || many.EncryptionType != want {
			t.Errorf("PutRecords says %+v, %v, want %q", many, err, want)
		}
		one, err := client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: name, Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0")})
		if err != nil || one.EncryptionType != want {
			t.Errorf("PutRecord says %+v, %v, want %q", one, err, want)
		}
	}
	put("")
	if _, err := client.StartStreamEncryption(ctx, &sdk.StartStreamEncryptionInput{StreamName: name, EncryptionType: types.EncryptionTypeKms, KeyId: key}); err != nil {
		t.Fatal(err)
	}
	if d := summary(t, client, "s"); d.EncryptionType != types.EncryptionTypeKms || *d.KeyId != *key {
		t.Errorf("the stream is %s with %v", d.EncryptionType, d.KeyId)
	}
	put(types.EncryptionTypeKms)
	if _, err := client.StopStreamEncryption(ctx, &sdk.StopStreamEncryptionInput{StreamName: name, EncryptionType: types.EncryptionTypeKms, KeyId: key}); err != nil {
		t.Fatal(err)
	}
	put("")
	var got []types.EncryptionType
	for _, r := range read(t, client, "s", "shardId-000000000000") {
		got = append(got, r.EncryptionType)
	}
	if !slices.Equal(got, []types.EncryptionType{"", "", "KMS", "KMS", "", ""}) {
		t.Errorf("the records are %q", got)
	}
	_, err := client.StartStreamEncryption(ctx, &sdk.StartStreamEncryptionInput{StreamName: name, EncryptionType: types.EncryptionTypeKms, KeyId: aws.String("mine")})
	var unknown *types.KMSNotFoundException
	if !errors.As(err, &unknown) {
		t.Errorf("a key of no form: %v", err)
	}
}

func TestClientMonitors(t *testing.T) {
	client, ctx, name := start(t, Config{}), t.Context(), aws.String("s")
	on, err := client.EnableEnhancedMonitoring(ctx, &sdk.EnableEnhancedMonitoringInput{StreamName: name, ShardLevelMetrics: []types.MetricsName{types.MetricsNameAll}})
	if err != nil || len(on.CurrentShardLevelMetrics) != 0 || len(on.DesiredShardLevelMetrics) != 7 || *on.StreamARN != arnOfS {
		t.Errorf("%+v, %v", on, err)
	}
	off, err := client.DisableEnhancedMonitoring(ctx, &sdk.DisableEnhancedMonitoringInput{StreamName: name, ShardLevelMetrics: []types.MetricsName{types.MetricsNameIncomingBytes}})
	if err != nil || len(off.CurrentShardLevelMetrics) != 7 || off.DesiredShardLevelMetrics[0] != types.MetricsNameIncomingRecords || *off.StreamName != "s" {
		t.Errorf("%+v, %v", off, err)
	}
	if m := summary(t, client, "s").EnhancedMonitoring; len(m) != 1 || !slices.Equal(m[0].ShardLevelMetrics, off.DesiredShardLevelMetrics) {
		t.Errorf("the stream shows %+v", m)
	}
}

// TestClientPutsTenMiB: a record of 10 MiB goes over the wire, in and out, and the next one is throttled.
func TestClientPutsTenMiB(t *testing.T) {
	client, ctx, name := start(t, Config{}), t.Context(), aws.String("s")
	data := make([]byte, 10<<20-1)
	data[len(data)-1] = 7
	in := &sdk.PutRecordInput{StreamName: name, Data: data, PartitionKey: aws.String("k")}
	_, err := client.PutRecord(ctx, in)
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) {
		t.Errorf("10 MiB before the update: %v", err)
	}
	if _, err := client.UpdateMaxRecordSize(ctx, &sdk.UpdateMaxRecordSizeInput{StreamARN: aws.String(arnOfS), MaxRecordSizeInKiB: aws.Int32(10240)}); err != nil {
		t.Fatal(err)
	}
	if got := *summary(t, client, "s").MaxRecordSizeInKiB; got != 10240 {
		t.Errorf("the stream takes %d KiB", got)
	}
	if _, err := client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: aws.String("large"), ShardCount: aws.Int32(1), MaxRecordSizeInKiB: aws.Int32(10240)}); err != nil {
		t.Fatal(err)
	}
	in.StreamName = aws.String("large")
	if _, err := client.PutRecord(ctx, in); err != nil {
		t.Fatal(err)
	}
	_, err = client.PutRecord(ctx, in)
	var slow *types.ProvisionedThroughputExceededException
	if !errors.As(err, &slow) {
		t.Errorf("the second one: %v", err)
	}
	if got := read(t, client, "large", "shardId-000000000000"); len(got) != 1 || len(got[0].Data) != len(data) || got[0].Data[len(data)-1] != 7 {
		t.Errorf("%d records come back", len(got))
	}
}

// TestClientNeedsNoKey: with AUTO distribution the real client puts without a key and reads none.
func TestClientNeedsNoKey(t *testing.T) {
	client, ctx, name := start(t, Config{}), t.Context(), aws.String("auto")
	onDemand(t, client, &sdk.CreateStreamInput{StreamName: name, RecordDistributionStrategy: types.RecordDistributionStrategyAuto})
	entries := make([]types.PutRecordsRequestEntry, 4)
	for i := range entries {
		entries[i].Data = []byte("x")
	}
	many, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, Records: entries})
	if err != nil || *many.FailedRecordCount != 0 {
		t.Fatalf("%+v, %v", many, err)
	}
	one, err := client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: name, Data: []byte("y"), PartitionKey: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, "auto", *one.ShardId); len(got) != 2 || got[0].PartitionKey != nil || *got[1].PartitionKey != "k" {
		t.Errorf("the records are %+v", got)
	}
	arn := summary(t, client, "auto").StreamARN
	if _, err := client.UpdateStreamRecordDistributionStrategy(ctx, &sdk.UpdateStreamRecordDistributionStrategyInput{
		StreamARN: arn, RecordDistributionStrategy: types.RecordDistributionStrategyUserPartitionKey,
	}); err != nil {
		t.Fatal(err)
	}
	if d := summary(t, client, "auto"); d.RecordDistributionStrategy != types.RecordDistributionStrategyUserPartitionKey {
		t.Errorf("the stream shows %s", d.RecordDistributionStrategy)
	}
	if _, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, Records: entries}); err == nil {
		t.Error("a put without keys is taken")
	}
}

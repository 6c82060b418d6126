package server

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// TestRequestsTellTheirShards: the hook learns of each request which of the stream's 16 shards it touches, and of one that
// names no shard that it does not.
func TestRequestsTellTheirShards(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	var got []int32
	var names bool
	h.cfg.Faults = func(_ time.Time, r fault.Request) fault.Action {
		got, names = nil, r.Touches != nil
		for shard := range int32(17) {
			if names && r.Touches(shard) {
				got = append(got, shard)
			}
		}
		return fault.Action{}
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	c := newClient(srv.URL, "AKID")
	stream, shard, begin := aws.String("s"), aws.String("shardId-000000000003"), aws.String("0")
	var iterator *string
	for _, tt := range []struct {
		operation string
		call      func(ctx context.Context) error
		want      []int32
		none      bool
	}{
		{"PutRecord", func(ctx context.Context) error {
			_, err := c.PutRecord(ctx, &sdk.PutRecordInput{StreamName: stream, Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: begin})
			return err
		}, []int32{0}, false},
		{"PutRecords", func(ctx context.Context) error {
			_, err := c.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: stream, Records: []types.PutRecordsRequestEntry{
				{Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: begin},
				{Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("340282366920938463463374607431768211455")},
			}})
			return err
		}, []int32{0, 15}, false},
		{"GetShardIterator", func(ctx context.Context) error {
			out, err := c.GetShardIterator(ctx, &sdk.GetShardIteratorInput{StreamName: stream, ShardId: shard, ShardIteratorType: types.ShardIteratorTypeLatest})
			if err == nil {
				iterator = out.ShardIterator
			}
			return err
		}, []int32{3}, false},
		{"GetRecords", func(ctx context.Context) error {
			_, err := c.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator})
			return err
		}, []int32{3}, false},
		{"ListShards", func(ctx context.Context) error {
			_, err := c.ListShards(ctx, &sdk.ListShardsInput{StreamName: stream})
			return err
		}, nil, true},
	} {
		if err := tt.call(t.Context()); err != nil {
			t.Errorf("%s: %v", tt.operation, err)
		}
		if names == tt.none || !slices.Equal(got, tt.want) {
			t.Errorf("%s touches the shards %d, and names any: %v; want %d", tt.operation, got, names, tt.want)
		}
	}
}

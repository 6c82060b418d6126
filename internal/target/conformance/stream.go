package conformance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// stream makes a stream of so many shards, waits until it is ACTIVE and returns its name.
func (b *bench) stream(ctx context.Context, shards int32) (string, error) {
	return b.makeStream(ctx, b.name("stream"), shards)
}

func (b *bench) makeStream(ctx context.Context, name string, shards int32) (string, error) {
	if err := b.createStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards}); err != nil {
		return "", at("CreateStream", err)
	}
	return name, b.active(ctx, name)
}

// createStream makes a stream, tagged as the owner wants it, notes that it is to be deleted and does not wait.
func (b *bench) createStream(ctx context.Context, in *kinesis.CreateStreamInput) error {
	in.Tags = b.tags()
	err := patient(ctx, func() error {
		return b.make(ctx, Stream, *in.StreamName, func(ctx context.Context) (string, error) {
			_, err := b.kinesis.CreateStream(ctx, in)
			return "", err
		})
	})
	if err != nil {
		return err
	}
	b.made("stream "+*in.StreamName, func(ctx context.Context) error {
		_, err := b.kinesis.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: in.StreamName, EnforceConsumerDeletion: aws.Bool(true)})
		return err
	})
	return nil
}

// active waits until a stream is ACTIVE.
func (b *bench) active(ctx context.Context, name string) error {
	return at("wait for ACTIVE", until(ctx, func() (bool, error) {
		d, err := b.describe(ctx, name)
		if err != nil {
			return false, err
		}
		if parts := strings.Split(aws.ToString(d.StreamARN), ":"); len(parts) == 6 {
			b.account = parts[4] // arn:aws:kinesis:region:account:stream/name
		}
		return d.StreamStatus == types.StreamStatusActive, nil
	}))
}

// status is a stream's state. The error of a stream that is not there is ResourceNotFoundException.
func (b *bench) status(ctx context.Context, name string) (types.StreamStatus, error) {
	d, err := b.describe(ctx, name)
	if err != nil {
		return "", err
	}
	return d.StreamStatus, nil
}

func (b *bench) describe(ctx context.Context, name string) (*types.StreamDescription, error) {
	var out *kinesis.DescribeStreamOutput
	err := repeat(ctx, tooOften, func() (err error) {
		out, err = b.kinesis.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name})
		return err
	})
	if err == nil && out.StreamDescription == nil {
		err = errOther
	}
	if err != nil {
		return nil, at("DescribeStream", err)
	}
	return out.StreamDescription, nil
}

// shards are a stream's shards with their ranges.
func (b *bench) shards(ctx context.Context, name string) ([]types.Shard, error) {
	var out *kinesis.ListShardsOutput
	err := patient(ctx, func() (err error) {
		out, err = b.kinesis.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name})
		return err
	})
	if err != nil {
		return nil, at("ListShards", err)
	}
	for _, s := range out.Shards {
		if s.ShardId == nil || s.HashKeyRange == nil || s.HashKeyRange.StartingHashKey == nil || s.HashKeyRange.EndingHashKey == nil {
			return nil, at("ListShards", errOther)
		}
	}
	if len(out.Shards) == 0 {
		return nil, at("ListShards", errOther)
	}
	return out.Shards, nil
}

type entry = types.PutRecordsRequestEntry

// record is an entry of a PutRecords.
func record(key string, data []byte) entry { return entry{PartitionKey: &key, Data: data} }

// records are n entries of so many bytes each, keys apart.
func records(n, size int) []entry {
	list := make([]entry, n)
	for i := range list {
		list[i] = record(fmt.Sprintf("key-%d", i), make([]byte, size))
	}
	return list
}

// offer is one PutRecords whose answer is as long as its request.
func (b *bench) offer(ctx context.Context, name string, entries ...entry) ([]types.PutRecordsResultEntry, error) {
	out, err := b.kinesis.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &name, Records: entries})
	switch {
	case err != nil:
		return nil, at("PutRecords", err)
	case len(out.Records) != len(entries):
		return nil, at("PutRecords", fmt.Errorf("%d results for %d records", len(out.Records), len(entries)))
	}
	return out.Records, nil
}

// put is offer where every record must be accepted.
func (b *bench) put(ctx context.Context, name string, entries ...entry) ([]types.PutRecordsResultEntry, error) {
	results, err := b.offer(ctx, name, entries...)
	for _, r := range results {
		if r.ErrorCode != nil || r.SequenceNumber == nil || r.ShardId == nil {
			return nil, at("PutRecords", fmt.Errorf("a record was refused: %s", aws.ToString(r.ErrorCode)))
		}
	}
	return results, err
}

// iterator gets a shard iterator.
func (b *bench) iterator(ctx context.Context, name, shard string, in kinesis.GetShardIteratorInput) (*string, error) {
	in.StreamName, in.ShardId = &name, &shard
	var out *kinesis.GetShardIteratorOutput
	err := patient(ctx, func() (err error) {
		out, err = b.kinesis.GetShardIterator(ctx, &in)
		return err
	})
	if err == nil && out.ShardIterator == nil {
		err = errOther
	}
	if err != nil {
		return nil, at("GetShardIterator "+string(in.ShardIteratorType), err)
	}
	return out.ShardIterator, nil
}

// read is one GetRecords, repeated while the shard is throttled.
func (b *bench) read(ctx context.Context, iterator *string, limit *int32) (*kinesis.GetRecordsOutput, error) {
	var out *kinesis.GetRecordsOutput
	err := patient(ctx, func() (err error) {
		out, err = b.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: limit})
		return err
	})
	return out, at("GetRecords", err)
}

// drain reads from an iterator until it has n records. Empty answers are legal, also where there are records further on.
func (b *bench) drain(ctx context.Context, iterator *string, n int) ([]types.Record, error) {
	var list []types.Record
	for iterator != nil && len(list) < n {
		out, err := b.read(ctx, iterator, nil)
		if err != nil {
			return list, err
		}
		list, iterator = append(list, out.Records...), out.NextShardIterator
		if len(list) < n {
			if err := pause(ctx, 200*time.Millisecond); err != nil {
				return list, at(fmt.Sprintf("read %d of %d records", len(list), n), err)
			}
		}
	}
	if len(list) < n {
		return list, at("read", fmt.Errorf("the shard ended after %d of %d records", len(list), n))
	}
	return list, nil
}

// horizon reads n records of a shard from its beginning.
func (b *bench) horizon(ctx context.Context, name, shard string, n int) ([]types.Record, error) {
	it, err := b.iterator(ctx, name, shard, kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	if err != nil {
		return nil, err
	}
	return b.drain(ctx, it, n)
}

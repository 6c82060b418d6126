package conformance

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
)

func sourceCases() []Case {
	needs := []string{NeedsKinesis, NeedsFirehose, NeedsS3}
	return []Case{
		{
			Name: "stream-as-source", Area: "Firehose from a stream", Needs: needs, Makes: oneShard.Plus(delivery1), run: streamAsSource, Slow: true,
			Claim:  "a delivery stream with a stream as its source delivers what is put into that from then on",
			Source: "developer guide \"Sending data using Kinesis\"",
		},
		{
			Name: "put-beside-a-source", Area: "Firehose from a stream", Needs: needs, Makes: oneShard.Plus(delivery1), run: putBesideASource, Slow: true,
			Claim:  "a put on a delivery stream with a source: InvalidArgumentException",
			Source: "AWS answer published by users",
		},
	}
}

// sourced is a stream with one record in it, and a delivery stream that reads it.
func (b *bench) sourced(ctx context.Context) (stream string, d delivery, err error) {
	stream, _, err = b.filled(ctx, 1)
	if err != nil {
		return "", d, err
	}
	about, err := b.describe(ctx, stream)
	if err != nil {
		return "", d, err
	}
	d, err = b.deliveryStream(ctx, func(in *firehose.CreateDeliveryStreamInput, to *types.ExtendedS3DestinationConfiguration) {
		in.DeliveryStreamType = types.DeliveryStreamTypeKinesisStreamAsSource
		in.KinesisStreamSourceConfiguration = &types.KinesisStreamSourceConfiguration{KinesisStreamARN: about.StreamARN, RoleARN: to.RoleARN}
		to.BufferingHints = hints(1, 1)
	})
	return stream, d, err
}

func streamAsSource(ctx context.Context, b *bench) Finding {
	stream, d, err := b.sourced(ctx)
	if err != nil {
		return refused(err)
	}
	start := time.Now()
	if _, err := b.put(ctx, stream, record("key", []byte("later"))); err != nil {
		return stuck(err)
	}
	list, err := b.arrive(ctx, d.bucket, 90*time.Second)
	lag := time.Since(start).Round(100 * time.Millisecond)
	switch {
	case err != nil:
		return stuck(err)
	case len(list) == 0:
		return doesNot("nothing delivered within %v", lag)
	}
	data, _, err := b.fetch(ctx, d.bucket, list[0].Key)
	switch {
	case err != nil:
		return stuck(err)
	case string(data) != "later":
		return differs("it delivers %q: not from LATEST", data)
	}
	return does("delivered after %v", lag)
}

func putBesideASource(ctx context.Context, b *bench) Finding {
	_, d, err := b.sourced(ctx)
	if err != nil {
		return stuck(err)
	}
	_, err = b.hand(ctx, d.name, []byte("x"))
	return wants(err, "InvalidArgumentException", "")
}

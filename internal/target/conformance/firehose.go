package conformance

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
)

func firehoseCases() []Case {
	needs, both := []string{NeedsFirehose}, []string{NeedsFirehose, NeedsS3}
	return []Case{
		{
			Name: "firehose-creating", Area: "Firehose", Needs: both, Makes: delivery1, run: firehoseCreating,
			Claim:  "a new delivery stream is CREATING and becomes ACTIVE",
			Source: "API reference CreateDeliveryStream",
		},
		{
			Name: "firehose-not-found", Area: "Firehose", Needs: needs, Makes: nothing, run: firehoseNotFound,
			Claim:  "ResourceNotFoundException: Firehose N under account A not found.",
			Source: "AWS answer published by users",
		},
		{
			Name: "firehose-501-records", Area: "Firehose", Needs: both, Makes: delivery1, run: firehose501,
			Claim:  "501 records in one PutRecordBatch are refused: ValidationException",
			Source: "developer guide \"Quota\"; service model",
		},
		{
			Name: "firehose-record-size", Area: "Firehose", Needs: both, Makes: delivery1, run: firehoseRecordSize,
			Claim:  "a record of 1,024,001 bytes is refused: ValidationException",
			Source: "service model",
		},
		{
			Name: "firehose-batch-size", Area: "Firehose", Needs: both, Makes: delivery1, run: firehoseBatchSize,
			Claim:  "a batch of more than 4 MiB is refused: InvalidArgumentException: Records size exceeds 4 MB limit",
			Source: "AWS answer published by users",
		},
		{
			Name: "firehose-put-rate", Area: "Firehose", Needs: both, Makes: delivery1, run: firehosePutRate,
			Claim:  "5 MiB a second by Direct PUT (us-east-1), then ServiceUnavailableException record by record",
			Source: "developer guide \"Quota\"",
		},
		{
			Name: "firehose-hint-alone", Area: "Firehose", Needs: both, Makes: delivery1, run: hintAlone,
			Claim:  "one buffering hint without the other is refused",
			Source: "API reference BufferingHints",
		},
	}
}

// firehoseCreating makes a delivery stream and asks at once: AWS takes tens of seconds.
func firehoseCreating(ctx context.Context, b *bench) Finding {
	start := time.Now()
	first := true
	d, err := b.newDeliveryStream(ctx, nil)
	if err != nil {
		return stuck(err)
	}
	err = until(ctx, func() (bool, error) {
		status, err := b.deliveryStatus(ctx, d.name)
		if status != types.DeliveryStreamStatusActive {
			first = false
		}
		return status == types.DeliveryStreamStatusActive, err
	})
	took := time.Since(start).Round(100 * time.Millisecond)
	switch {
	case err != nil:
		return stuck(at("wait for ACTIVE", err))
	case first:
		return differs("ACTIVE at once")
	}
	return does("ACTIVE after %v", took)
}

func firehoseNotFound(ctx context.Context, b *bench) Finding {
	name := b.name("none")
	_, err := b.hand(ctx, name, []byte("x"))
	return wants(err, "ResourceNotFoundException", "Firehose "+regexp.QuoteMeta(name)+` under account \d{12} not found\.`)
}

func firehose501(ctx context.Context, b *bench) Finding {
	d, err := b.deliveryStream(ctx, nil)
	if err != nil {
		return stuck(err)
	}
	_, err = b.hand(ctx, d.name, slices.Repeat([][]byte{[]byte("x")}, 501)...)
	return wants(err, "ValidationException", "")
}

func firehoseRecordSize(ctx context.Context, b *bench) Finding {
	d, err := b.deliveryStream(ctx, nil)
	if err != nil {
		return stuck(err)
	}
	_, err = b.firehose.PutRecord(ctx, &firehose.PutRecordInput{
		DeliveryStreamName: &d.name, Record: &types.Record{Data: make([]byte, 1_024_001)},
	})
	return wants(err, "ValidationException", "")
}

func firehoseBatchSize(ctx context.Context, b *bench) Finding {
	d, err := b.deliveryStream(ctx, nil)
	if err != nil {
		return stuck(err)
	}
	_, err = b.hand(ctx, d.name, chunk(5, 900)...)
	return wants(err, "InvalidArgumentException", "Records size exceeds 4 MB limit")
}

// firehosePutRate offers 24 MiB at once. Regions with the smaller quota refuse earlier, which is no less.
func firehosePutRate(ctx context.Context, b *bench) Finding {
	d, err := b.deliveryStream(ctx, nil)
	if err != nil {
		return stuck(err)
	}
	data := chunk(8, 500)
	var mu sync.Mutex
	accepted := 0.0
	refusals := map[string]int{}
	r, err := offerAll(ctx, 6, func(ctx context.Context) error {
		results, err := b.hand(ctx, d.name, data...)
		mu.Lock()
		defer mu.Unlock()
		for _, e := range results {
			if e.ErrorCode == nil {
				accepted += 500
			} else {
				refusals[*e.ErrorCode]++
			}
		}
		return err
	})
	if err != nil {
		return stuck(err)
	}
	for code, n := range refusals {
		r.refused[code] += n
	}
	r.what, r.offered, r.accepted = "KiB", 6*8*500, accepted
	return r.limited(5*1024, "ServiceUnavailableException")
}

func hintAlone(ctx context.Context, b *bench) Finding {
	_, err := b.direct(ctx, &types.BufferingHints{SizeInMBs: aws.Int32(1)})
	switch code := codeOf(err); {
	case strings.HasPrefix(code, "InvalidArgument"), code == "ValidationException": // AWS does not say which
		return does("%s", explain(err))
	}
	return wants(err, "InvalidArgumentException", "")
}

package conformance

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func bufferCases() []Case {
	needs := []string{NeedsFirehose, NeedsS3}
	return []Case{
		{
			Name: "buffer-interval", Area: "Firehose buffering", Needs: needs, Makes: delivery1, run: bufferInterval, Slow: true,
			Claim:  "with an interval hint of 5 s a record is delivered about 5 s later, and not at once",
			Source: "developer guide \"Configure buffer hints\"",
		},
		{
			Name: "buffer-size", Area: "Firehose buffering", Needs: needs, Makes: delivery1, run: bufferSize,
			Claim:  "with a size hint of 1 MiB nothing is delivered before there is as much, and then at once",
			Source: "developer guide \"Configure buffer hints\"",
		},
		{
			Name: "concatenation", Area: "Firehose buffering", Needs: needs, Makes: delivery1, run: concatenation, Slow: true,
			Claim:  "the records of an interval are one object, concatenated in order, without a separator",
			Source: "developer guide \"Amazon S3 object name format\"",
		},
	}
}

func bufferInterval(ctx context.Context, b *bench) Finding {
	d, err := b.direct(ctx, hints(64, 5))
	if err != nil {
		return refused(err)
	}
	start := time.Now()
	if _, err := b.hand(ctx, d.name, []byte("one record")); err != nil {
		return stuck(err)
	}
	list, err := b.arrive(ctx, d.bucket, 40*time.Second)
	lag := time.Since(start).Round(100 * time.Millisecond)
	switch {
	case err != nil:
		return stuck(err)
	case len(list) == 0:
		return doesNot("nothing delivered within %v", lag)
	case lag < 2*time.Second:
		return doesNot("not buffered: delivered after %v", lag)
	case lag < 4*time.Second, lag > 15*time.Second:
		return differs("delivered after %v", lag)
	}
	return does("delivered after %v", lag)
}

// bufferSize hands over half of the buffer, looks a second later, and then the rest and a little more.
func bufferSize(ctx context.Context, b *bench) Finding {
	d, err := b.direct(ctx, hints(1, 60))
	if err != nil {
		return refused(err)
	}
	if _, err := b.hand(ctx, d.name, chunk(4, 128)...); err != nil {
		return stuck(err)
	}
	if err := pause(ctx, time.Second); err != nil {
		return stuck(err)
	}
	list, err := b.objects(ctx, d.bucket)
	switch {
	case err != nil:
		return stuck(err)
	case len(list) > 0:
		return doesNot("not buffered: 512 KiB are delivered within a second")
	}
	if _, err := b.hand(ctx, d.name, chunk(5, 128)...); err != nil {
		return stuck(err)
	}
	start := time.Now()
	list, err = b.arrive(ctx, d.bucket, 20*time.Second)
	switch {
	case err != nil:
		return stuck(err)
	case len(list) == 0:
		return doesNot("nothing is delivered within 20 s of 1,152 KiB")
	}
	return does("%d KiB delivered %v after the buffer was full", aws.ToInt64(list[0].Size)>>10, time.Since(start).Round(100*time.Millisecond))
}

func concatenation(ctx context.Context, b *bench) Finding {
	d, err := b.direct(ctx, hints(64, 3))
	if err != nil {
		return refused(err)
	}
	for _, call := range [][][]byte{{[]byte("one"), []byte("two\n")}, {[]byte("three")}} {
		if _, err := b.hand(ctx, d.name, call...); err != nil {
			return stuck(err)
		}
	}
	list, err := b.arrive(ctx, d.bucket, 40*time.Second)
	if err != nil {
		return stuck(err)
	}
	if len(list) == 0 {
		return doesNot("nothing delivered within 40 s")
	}
	data, _, err := b.fetch(ctx, d.bucket, list[0].Key)
	switch {
	case err != nil:
		return stuck(err)
	case string(data) == "onetwo\nthree" && len(list) == 1:
		return does("one object of two calls")
	case string(data) == "onetwo\n":
		return differs("each call is an object of its own")
	}
	return differs("%d objects, the first %q", len(list), data)
}

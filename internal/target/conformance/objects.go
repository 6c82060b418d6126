package conformance

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func objectCases() []Case {
	needs := []string{NeedsFirehose, NeedsS3}
	return []Case{
		{
			Name: "object-name", Area: "Firehose objects", Needs: needs, Makes: delivery1, run: objectName,
			Claim:  "a key is prefix, yyyy/MM/dd/HH/ in UTC, and <stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid>",
			Source: "developer guide \"Amazon S3 object name format\"",
		},
		{
			Name: "prefix-expression", Area: "Firehose objects", Needs: needs, Makes: delivery1, run: prefixExpression,
			Claim:  "!{timestamp:yyyy-MM} in a prefix is the time, and no other time is appended",
			Source: "developer guide \"Custom prefixes for Amazon S3 objects\"",
		},
		{
			Name: "gzip", Area: "Firehose objects", Needs: needs, Makes: delivery1, run: gzipped,
			Claim:  "CompressionFormat GZIP: the object is gzip and its key ends in .gz",
			Source: "developer guide \"Amazon S3 object name format\"",
		},
	}
}

// delivered is the first object of a delivery stream with the shortest interval and these settings.
func (b *bench) delivered(ctx context.Context, set func(*types.ExtendedS3DestinationConfiguration)) (d delivery, first *s3types.Object, f Finding) {
	d, err := b.deliveryStream(ctx, func(_ *firehose.CreateDeliveryStreamInput, to *types.ExtendedS3DestinationConfiguration) {
		to.BufferingHints = hints(1, 1)
		set(to)
	})
	if err != nil {
		return d, nil, refused(err)
	}
	if _, err := b.hand(ctx, d.name, []byte("a record of some bytes")); err != nil {
		return d, nil, stuck(err)
	}
	list, err := b.arrive(ctx, d.bucket, 40*time.Second)
	switch {
	case err != nil:
		return d, nil, stuck(err)
	case len(list) == 0:
		return d, nil, unknown("nothing delivered within 40 s")
	}
	return d, &list[0], Finding{}
}

func objectName(ctx context.Context, b *bench) Finding {
	hour := time.Now().UTC().Format("2006/01/02/15/")
	d, o, f := b.delivered(ctx, func(to *types.ExtendedS3DestinationConfiguration) { to.Prefix = aws.String("in-") })
	if o == nil {
		return f
	}
	later := time.Now().UTC().Format("2006/01/02/15/")
	want := regexp.MustCompile("^in-(" + hour + "|" + later + ")" + regexp.QuoteMeta(d.name) +
		`-1-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	key := strings.ReplaceAll(*o.Key, d.name, "<stream>")
	if !want.MatchString(*o.Key) {
		return differs("%s", key)
	}
	return does("%s", key)
}

func prefixExpression(ctx context.Context, b *bench) Finding {
	d, o, f := b.delivered(ctx, func(to *types.ExtendedS3DestinationConfiguration) {
		to.Prefix, to.ErrorOutputPrefix = aws.String("month=!{timestamp:yyyy-MM}/"), aws.String("errors/")
	})
	if o == nil {
		return f
	}
	key := strings.ReplaceAll(*o.Key, d.name, "<stream>")
	if !regexp.MustCompile(`^month=\d{4}-\d\d/<stream>-`).MatchString(key) {
		return differs("%s", key)
	}
	return does("%s", key)
}

func gzipped(ctx context.Context, b *bench) Finding {
	d, o, f := b.delivered(ctx, func(to *types.ExtendedS3DestinationConfiguration) { to.CompressionFormat = types.CompressionFormatGzip })
	if o == nil {
		return f
	}
	data, encoding, err := b.fetch(ctx, d.bucket, o.Key)
	if err != nil {
		return stuck(err)
	}
	if string(data) == "a record of some bytes" {
		return doesNot("the object is not compressed")
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return differs("the object is neither gzip nor the record")
	}
	plain, err := io.ReadAll(z)
	switch {
	case err != nil || string(plain) != "a record of some bytes":
		return differs("the gzip does not hold the record")
	case !strings.HasSuffix(*o.Key, ".gz"):
		return differs("gzip, and the key does not end in .gz")
	}
	return does("gzip, Content-Encoding %q", encoding)
}

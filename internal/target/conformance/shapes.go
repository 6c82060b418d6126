package conformance

import (
	"context"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

func errorCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "stream-not-found", Area: "errors", Needs: needs, Makes: nothing, run: streamNotFound,
			Claim:  "ResourceNotFoundException: Stream S under account A not found.",
			Source: "kinesalite",
		},
		{
			Name: "stream-exists", Area: "errors", Needs: needs, Makes: oneShard, run: streamExists,
			Claim:  "ResourceInUseException: Stream S under account A already exists.",
			Source: "kinesalite",
		},
		{
			Name: "validation-wording", Area: "errors", Needs: needs, Makes: nothing, run: validationWording,
			Claim:  "ValidationException: 1 validation error detected: Value 'x' at 'streamName' failed to satisfy constraint: …",
			Source: "kinesalite; service model",
		},
		{
			Name: "unknown-operation", Area: "errors", Needs: needs, Makes: nothing, run: asked(request{operation: "NoSuchOperation", body: []byte("{}")}, 400, "UnknownOperationException"),
			Claim:  "an operation that does not exist: UnknownOperationException, status 400",
			Source: "kinesalite",
		},
		{
			Name: "serialization", Area: "errors", Needs: needs, Makes: nothing, run: asked(request{operation: "DescribeStream", body: []byte(`{"StreamName":5}`)}, 400, "SerializationException"),
			Claim:  "a number where a text belongs: SerializationException, status 400",
			Source: "kinesalite",
		},
		{
			Name: "no-signature", Area: "errors", Needs: needs, Makes: nothing, run: asked(request{operation: "ListStreams", body: []byte("{}"), unsigned: true}, 400, "MissingAuthenticationTokenException"),
			Claim:  "a request without a signature: MissingAuthenticationTokenException, status 400",
			Source: "kinesalite",
		},
		{
			Name: "cbor", Area: "errors", Needs: needs, Makes: nothing, run: speaksCBOR,
			Claim:  "requests and answers may be CBOR, the Java SDK's protocol",
			Source: "requests of real clients",
		},
	}
}

func streamNotFound(ctx context.Context, b *bench) Finding {
	name := b.name("none")
	_, err := b.kinesis.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name})
	return wants(err, "ResourceNotFoundException", `Stream `+regexp.QuoteMeta(name)+` under account \d{12} not found\.`)
}

func streamExists(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	err = repeat(ctx, tooOften, func() error {
		_, err := b.kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(1)})
		return err
	})
	return wants(err, "ResourceInUseException", `Stream `+regexp.QuoteMeta(name)+` under account \d{12} already exists\.`)
}

func validationWording(ctx context.Context, b *bench) Finding {
	_, err := b.kinesis.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String("two words")})
	return wants(err, "ValidationException", regexp.QuoteMeta("1 validation error detected: Value 'two words' at 'streamName' failed to satisfy "+
		"constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"))
}

// asked is a case that sends one request and expects one error.
func asked(q request, status int, code string) func(context.Context, *bench) Finding {
	return func(ctx context.Context, b *bench) Finding {
		a, err := b.send(ctx, q)
		if err != nil {
			return stuck(err)
		}
		return a.wants(status, code)
	}
}

// speaksCBOR asks with an empty map in CBOR and expects a map in CBOR.
func speaksCBOR(ctx context.Context, b *bench) Finding {
	const kind = "application/x-amz-cbor-1.1"
	a, err := b.send(ctx, request{operation: "ListStreams", kind: kind, body: []byte{0xa0}})
	switch {
	case err != nil:
		return stuck(err)
	case a.status >= 300:
		return found(Refuses, "%v", a)
	case a.kind != kind || len(a.body) == 0 || a.body[0]>>5 != 5:
		return differs("the answer is %s", a.kind)
	}
	return does("the answer is CBOR")
}

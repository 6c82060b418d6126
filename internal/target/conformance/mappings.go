package conformance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func mappingCases() []Case {
	needs := []string{NeedsLambda, NeedsKinesis}
	const recorded = "AWS recordings published by LocalStack's tests"
	return []Case{
		{
			Name: "mapping-answer", Area: "event source mappings", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Functions: 1, Mappings: 1}, run: mappingAnswer,
			Claim:  "a new mapping is Creating, with batch size 100, factor 1, no window and retries without end (-1)",
			Source: recorded,
		},
		{
			Name: "mapping-enabled", Area: "event source mappings", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Functions: 1, Mappings: 1}, run: mappingEnabled,
			Claim:  "a mapping becomes Enabled",
			Source: recorded,
		},
		{
			Name: "mapping-exists", Area: "event source mappings", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Functions: 1, Mappings: 1}, run: mappingExists,
			Claim:  "the same source and function again: ResourceConflictException, status 409",
			Source: recorded,
		},
		{
			Name: "mapping-bounds", Area: "event source mappings", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Functions: 1, Mappings: 1}, run: mappingBounds,
			Claim:  "a batch size of 10,001, a window of 301 s and a factor of 11 are refused",
			Source: "service model",
		},
		{
			Name: "mapping-settings", Area: "event source mappings", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Functions: 1, Mappings: 1}, run: mappingSettings,
			Claim:  "batch size, window and parallelization factor are kept and shown",
			Source: "API reference CreateEventSourceMapping",
		},
		{
			Name: "mapping-failure-settings", Area: "event source mappings", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Functions: 1, Mappings: 1}, run: mappingFailureSettings,
			Claim:  "bisect, retry attempts and record age are kept and shown",
			Source: "API reference CreateEventSourceMapping",
		},
		{
			Name: "mapping-not-found", Area: "event source mappings", Needs: needs, Makes: nothing, run: mappingNotFound,
			Claim:  "ResourceNotFoundException: The resource you requested does not exist.",
			Source: recorded,
		},
	}
}

// mapped makes a mapping of a stream and does not wait. set changes the request.
func (b *bench) mapped(
	ctx context.Context, function, stream string, set func(*lambda.CreateEventSourceMappingInput),
) (*lambda.CreateEventSourceMappingOutput, error) {
	d, err := b.describe(ctx, stream)
	if err != nil {
		return nil, err
	}
	in := &lambda.CreateEventSourceMappingInput{
		FunctionName: &function, EventSourceArn: d.StreamARN, StartingPosition: types.EventSourcePositionTrimHorizon,
	}
	if set != nil {
		set(in)
	}
	var out *lambda.CreateEventSourceMappingOutput
	err = b.make(ctx, Mapping, function+"/"+stream, func(ctx context.Context) (arn string, err error) {
		if out, err = b.lambda.CreateEventSourceMapping(ctx, in); err != nil {
			return "", err
		}
		return aws.ToString(out.EventSourceMappingArn), nil
	})
	if err == nil && out.UUID == nil {
		err = errOther
	}
	if err != nil {
		return nil, at("CreateEventSourceMapping", err)
	}
	b.made("mapping "+*out.UUID, func(ctx context.Context) error {
		_, err := b.lambda.DeleteEventSourceMapping(ctx, &lambda.DeleteEventSourceMappingInput{UUID: out.UUID})
		if err != nil {
			return err
		}
		return until(ctx, func() (bool, error) { // the function can be deleted once nothing is in flight
			_, err := b.lambda.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: out.UUID})
			if gone(err) {
				return true, nil
			}
			return false, err
		})
	})
	return out, nil
}

// enabled waits until a mapping is Enabled.
func (b *bench) enabled(ctx context.Context, id *string) error {
	return at("wait for Enabled", until(ctx, func() (bool, error) {
		out, err := b.lambda.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: id})
		return err == nil && aws.ToString(out.State) == "Enabled", err
	}))
}

// pair is a function and a stream to map to it.
func (b *bench) pair(ctx context.Context) (function, stream string, err error) {
	if stream, err = b.stream(ctx, 1); err != nil {
		return "", "", err
	}
	function, err = b.function(ctx, nil)
	return function, stream, err
}

func mappingAnswer(ctx context.Context, b *bench) Finding {
	function, stream, err := b.pair(ctx)
	if err != nil {
		return stuck(err)
	}
	out, err := b.mapped(ctx, function, stream, nil)
	if err != nil {
		return refused(err)
	}
	var other []string
	for _, m := range []struct {
		name      string
		got, want any
	}{
		{"State", aws.ToString(out.State), "Creating"},
		{"BatchSize", number(out.BatchSize), "100"},
		{"ParallelizationFactor", number(out.ParallelizationFactor), "1"},
		{"MaximumBatchingWindowInSeconds", number(out.MaximumBatchingWindowInSeconds), "0"},
		{"MaximumRetryAttempts", number(out.MaximumRetryAttempts), "-1"},
		{"MaximumRecordAgeInSeconds", number(out.MaximumRecordAgeInSeconds), "-1"},
		{"StateTransitionReason", aws.ToString(out.StateTransitionReason), "User action"},
	} {
		if m.got != m.want {
			other = append(other, fmt.Sprintf("%s %v", m.name, m.got))
		}
	}
	if other != nil {
		return differs("%s", strings.Join(other, ", "))
	}
	return does("as recorded")
}

// number is an optional number as text.
func number(p *int32) string {
	if p == nil {
		return "absent"
	}
	return fmt.Sprint(*p)
}

func mappingEnabled(ctx context.Context, b *bench) Finding {
	function, stream, err := b.pair(ctx)
	if err != nil {
		return stuck(err)
	}
	start := time.Now()
	out, err := b.mapped(ctx, function, stream, nil)
	if err != nil {
		return refused(err)
	}
	if err := b.enabled(ctx, out.UUID); err != nil {
		return stuck(err)
	}
	return does("Enabled after %v", time.Since(start).Round(100*time.Millisecond))
}

func mappingExists(ctx context.Context, b *bench) Finding {
	function, stream, err := b.pair(ctx)
	if err != nil {
		return stuck(err)
	}
	if _, err := b.mapped(ctx, function, stream, nil); err != nil {
		return stuck(err)
	}
	_, err = b.mapped(ctx, function, stream, nil)
	return wantsStatus(wants(err, "ResourceConflictException", ""), err, 409)
}

func mappingBounds(ctx context.Context, b *bench) Finding {
	function, stream, err := b.pair(ctx)
	if err != nil {
		return stuck(err)
	}
	var accepted []string
	for _, tt := range []struct {
		name string
		set  func(*lambda.CreateEventSourceMappingInput)
	}{
		{"BatchSize 10,001", func(in *lambda.CreateEventSourceMappingInput) {
			in.BatchSize, in.MaximumBatchingWindowInSeconds = aws.Int32(10_001), aws.Int32(1)
		}},
		{"window 301", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumBatchingWindowInSeconds = aws.Int32(301) }},
		{"factor 11", func(in *lambda.CreateEventSourceMappingInput) { in.ParallelizationFactor = aws.Int32(11) }},
	} {
		out, err := b.mapped(ctx, function, stream, tt.set)
		if err != nil {
			if codeOf(err) == "" || missing(err) {
				return stuck(err)
			}
			continue
		}
		accepted = append(accepted, tt.name)
		if _, err := b.lambda.DeleteEventSourceMapping(ctx, &lambda.DeleteEventSourceMappingInput{UUID: out.UUID}); err != nil {
			break // the next would meet this one
		}
	}
	if accepted != nil {
		return doesNot("accepted: %s", strings.Join(accepted, ", "))
	}
	if _, err := b.mapped(ctx, function, stream, nil); err != nil { // or they were refused for another reason
		return stuck(err)
	}
	return does("all three refused")
}

func mappingSettings(ctx context.Context, b *bench) Finding {
	return b.kept(ctx, func(in *lambda.CreateEventSourceMappingInput) {
		in.BatchSize, in.MaximumBatchingWindowInSeconds, in.ParallelizationFactor = aws.Int32(7), aws.Int32(3), aws.Int32(4)
	}, "7 3 4", func(m *lambda.GetEventSourceMappingOutput) string {
		return number(m.BatchSize) + " " + number(m.MaximumBatchingWindowInSeconds) + " " + number(m.ParallelizationFactor)
	})
}

func mappingFailureSettings(ctx context.Context, b *bench) Finding {
	return b.kept(ctx, func(in *lambda.CreateEventSourceMappingInput) {
		in.BisectBatchOnFunctionError, in.MaximumRetryAttempts, in.MaximumRecordAgeInSeconds = aws.Bool(true), aws.Int32(2), aws.Int32(60)
	}, "true 2 60", func(m *lambda.GetEventSourceMappingOutput) string {
		return fmt.Sprint(aws.ToBool(m.BisectBatchOnFunctionError)) + " " + number(m.MaximumRetryAttempts) + " " + number(m.MaximumRecordAgeInSeconds)
	})
}

// kept makes a mapping with settings and compares what is shown of it.
func (b *bench) kept(
	ctx context.Context, set func(*lambda.CreateEventSourceMappingInput), want string, show func(*lambda.GetEventSourceMappingOutput) string,
) Finding {
	function, stream, err := b.pair(ctx)
	if err != nil {
		return stuck(err)
	}
	out, err := b.mapped(ctx, function, stream, set)
	if err != nil {
		return refused(err)
	}
	shown, err := b.lambda.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: out.UUID})
	if err != nil {
		return stuck(at("GetEventSourceMapping", err))
	}
	if got := show(shown); got != want {
		return doesNot("shown as %s, not %s", got, want)
	}
	return does("%s", want)
}

func mappingNotFound(ctx context.Context, b *bench) Finding {
	_, err := b.lambda.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: aws.String("00000000-0000-4000-8000-000000000000")})
	return wants(err, "ResourceNotFoundException", `The resource you requested does not exist\.`)
}

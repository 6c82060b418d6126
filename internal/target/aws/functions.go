package aws

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/scenarios"
)

// receipts is the stream in which the probes leave what they saw.
const receipts = "wavetank-receipts"

// makeFunctions makes the functions that are to be made: modelled ones where the endpoint is in this process, else probes.
func (t *Target) makeFunctions(ctx context.Context, pipeline scenarios.Pipeline, seed uint64) error {
	names := slices.Sorted(maps.Keys(pipeline.Functions))
	one := func(_ context.Context, name string, f scenarios.Function) error {
		return t.config.Inside.Function(name, f)
	}
	switch {
	case len(names) == 0:
		return nil
	case t.config.Inside != nil:
	case t.config.Package == nil:
		return nil // the traits say so
	default:
		p, err := t.newProbes(ctx, seed)
		if err != nil {
			return err
		}
		one = p.function
	}
	for _, name := range names {
		f := pipeline.Functions[name]
		t.phase("making function " + name)
		if err := one(ctx, name, f); err != nil {
			return fmt.Errorf("make function %s: %w", name, err)
		}
		for _, e := range f.EventSources {
			if err := t.makeMapping(ctx, name, e); err != nil {
				return fmt.Errorf("map %s to function %s: %w", e.Stream, name, err)
			}
		}
	}
	return nil
}

// probes makes the scenario's functions as probes.
type probes struct {
	target *Target
	arch   types.Architecture
	seed   uint64
}

// pack begins to pack the probe where it is needed. done waits for it, before anything is made: what cannot be packed costs
// nothing then. stop gives it up.
func (t *Target) pack(ctx context.Context, pipeline scenarios.Pipeline) (done func() error, stop func()) {
	if len(pipeline.Functions) == 0 || t.config.Inside != nil || t.config.Package == nil {
		return func() error { return nil }, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var packing sync.WaitGroup
	var err error
	packing.Go(func() { t.packed, err = t.config.Package(ctx, runtime.GOARCH) })
	done = func() error {
		t.phase("packing the probe")
		packing.Wait()
		if err != nil {
			return fmt.Errorf("pack the probe: %w", err)
		}
		return nil
	}
	return done, func() {
		cancel()
		packing.Wait()
	}
}

// newProbes makes the stream of the probe's receipts and starts reading that.
func (t *Target) newProbes(ctx context.Context, seed uint64) (*probes, error) {
	p := &probes{target: t, seed: seed, arch: types.ArchitectureX8664}
	if runtime.GOARCH == "arm64" {
		p.arch = types.ArchitectureArm64
	}
	t.phase("making stream " + receipts)
	if err := t.makeStream(ctx, receipts, scenarios.Stream{ShardCount: 1}); err != nil {
		return nil, fmt.Errorf("make stream %s: %w", receipts, err)
	}
	if t.config.Owner != nil { // else it is told with the ceilings
		t.noteServiceClock(ctx, receipts)
	}
	return p, t.readReceipts(ctx)
}

// function makes one function and waits until it can be invoked.
func (p *probes) function(ctx context.Context, name string, f scenarios.Function) error {
	t := p.target
	settings := probe.Settings{
		Function: name, Receipts: *t.stream(receipts), Seed: p.seed,
		Duration: probe.Distribution{P50: f.Model.Duration.P50.Std(), P99: f.Model.Duration.P99.Std()},
		Errors:   float64(f.Model.Errors), ColdStart: f.Model.ColdStart.Std(),
	}
	if o := t.config.Owner; o != nil {
		if err := o.LogGroup(ctx, name); err != nil {
			return err
		}
	}
	in := &lambda.CreateFunctionInput{
		FunctionName: t.function(name), Role: aws.String(t.functionRole()), Code: &types.FunctionCode{ZipFile: t.packed},
		Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Architectures: []types.Architecture{p.arch},
		MemorySize: aws.Int32(int32(max(f.Model.MemorySize>>20, 128))), Timeout: aws.Int32(60),
		Environment: &types.Environment{Variables: settings.Environment()}, Tags: t.tags(),
	}
	err := t.make(ctx, kindFunction, name, func(ctx context.Context) (string, error) {
		out, err := t.lambda.CreateFunction(ctx, in)
		if err != nil {
			return "", err
		}
		return aws.ToString(out.FunctionArn), nil
	})
	if err != nil {
		return err
	}
	t.made.functions = append(t.made.functions, name)
	return lambda.NewFunctionActiveV2Waiter(t.lambda, func(o *lambda.FunctionActiveV2WaiterOptions) {
		o.MinDelay, o.MaxDelay = t.look(), 2*time.Second
	}).Wait(ctx, &lambda.GetFunctionInput{FunctionName: t.function(name)}, 2*time.Minute)
}

// makeMapping makes an event source mapping and waits until it is enabled.
func (t *Target) makeMapping(ctx context.Context, function string, e scenarios.EventSource) error {
	source, err := t.eventSource(ctx, function, e)
	if err != nil {
		return err
	}
	in := &lambda.CreateEventSourceMappingInput{
		FunctionName:          t.function(function),
		EventSourceArn:        source,
		StartingPosition:      types.EventSourcePosition(e.StartingPosition),
		BatchSize:             aws.Int32(int32(e.BatchSize)),
		ParallelizationFactor: aws.Int32(int32(e.ParallelizationFactor)),
	}
	if w := e.MaximumBatchingWindow.Std(); w > 0 {
		in.MaximumBatchingWindowInSeconds = aws.Int32(int32(w / time.Second))
	}
	id := ""
	err = t.make(ctx, kindMapping, function+"/"+e.Stream, func(ctx context.Context) (string, error) {
		out, err := t.lambda.CreateEventSourceMapping(ctx, in)
		if err != nil {
			return "", err
		}
		id = aws.ToString(out.UUID)
		return aws.ToString(out.EventSourceMappingArn), nil
	})
	if err != nil {
		return err
	}
	t.made.mappings = append(t.made.mappings, id)
	return t.mappingEnabled(ctx, id)
}

// eventSource is the ARN of a stream, or of a function's own consumer of it, which is registered.
func (t *Target) eventSource(ctx context.Context, function string, e scenarios.EventSource) (arn *string, err error) {
	if e.EnhancedFanOut {
		consumer, err := t.register(ctx, e.Stream, function)
		return &consumer, err
	}
	d, err := t.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: t.stream(e.Stream)})
	if err != nil {
		return nil, err
	}
	return d.StreamDescriptionSummary.StreamARN, nil
}

// mappingEnabled waits until a mapping polls.
func (t *Target) mappingEnabled(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		out, err := t.lambda.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: aws.String(id)})
		if err != nil {
			return err
		}
		if aws.ToString(out.State) == "Enabled" {
			return nil
		}
		if err := pause(ctx, t.look()); err != nil {
			return fmt.Errorf("the mapping did not become Enabled, it is %s: %w", aws.ToString(out.State), err)
		}
	}
}

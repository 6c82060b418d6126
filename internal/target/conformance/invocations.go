package conformance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/wavetank/wavetank/internal/probe"
)

func invocationCases() []Case {
	needs := []string{NeedsLambda, NeedsKinesis, NeedsFunction}
	list := []Case{
		{
			Name: "invoke-trim-horizon", run: invokeTrimHorizon,
			Claim:  "a mapping at TRIM_HORIZON sends what was there before it",
			Source: "API reference CreateEventSourceMapping",
		},
		{
			Name: "invoke-latest", run: invokeLatest,
			Claim:  "a mapping at LATEST sends what comes after it, and nothing that was there before",
			Source: "API reference CreateEventSourceMapping",
		},
		{
			Name: "invoke-batch-size", run: invokeBatchSize,
			Claim:  "a batch has at most BatchSize records",
			Source: "developer guide \"invocation-eventsourcemapping\"",
		},
		{
			Name: "invoke-window", run: invokeWindow,
			Claim:  "a window of 5 s gathers the records of 5 s in one batch",
			Source: "developer guide \"invocation-eventsourcemapping\"",
		},
		{
			Name: "invoke-order", run: invokeOrder,
			Claim:  "with factor 1 a shard's batches come one after another and in the shard's order",
			Source: "developer guide \"with-kinesis\"",
		},
		{
			Name: "invoke-factor", run: invokeFactor,
			Claim:  "with factor 4 a shard has more than one batch in flight, and each key stays in order",
			Source: "developer guide \"with-kinesis\"",
		},
		{
			Name: "invoke-retry", run: invokeRetry,
			Claim:  "a failed batch is retried whole, and nothing behind it is sent meanwhile",
			Source: "developer guide \"kinesis-on-failure\"",
		},
		{
			Name: "invoke-bisect", run: invokeBisect,
			Claim:  "with BisectBatchOnFunctionError a failed batch comes back in halves",
			Source: "developer guide \"kinesis-on-failure\"",
		},
	}
	for i := range list {
		list[i].Area, list[i].Needs, list[i].Makes, list[i].Slow = "invocations", needs, probed, true
	}
	return list
}

// patience is how long invocations are waited for: AWS takes up to minutes to begin, and backs off between retries.
const patience = 90 * time.Second

// sent puts records first, maps them from TRIM_HORIZON and watches until the function has seen them all.
func sent(ctx context.Context, b *bench, settings func(*probe.Settings), keys []string, set func(*lambda.CreateEventSourceMappingInput)) (*rig, error) {
	return sentWithin(ctx, b, patience, settings, keys, set)
}

// sentWithin is sent with another patience.
func sentWithin(
	ctx context.Context, b *bench, patience time.Duration, settings func(*probe.Settings), keys []string,
	set func(*lambda.CreateEventSourceMappingInput),
) (*rig, error) {
	r, err := b.rig(ctx, settings)
	if err != nil {
		return nil, err
	}
	if err := r.write(ctx, keys...); err != nil {
		return nil, err
	}
	if err := r.connect(ctx, set); err != nil {
		return nil, err
	}
	return r, r.watch(ctx, patience, func() bool { return r.arrived() >= len(keys) })
}

// keys are n partition keys out of so many.
func keys(n, of int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("key-%d", i%of)
	}
	return list
}

func invokeTrimHorizon(ctx context.Context, b *bench) Finding {
	r, err := sent(ctx, b, nil, keys(5, 5), nil)
	switch {
	case err != nil:
		return stuck(err)
	case r.arrived() != 5:
		return doesNot("%d of 5 records within %v", r.arrived(), patience)
	}
	return does("all five, in batches of %v", r.sizes())
}

// invokeLatest goes on putting records until one comes out: a mapping at LATEST may take a while to take its position.
func invokeLatest(ctx context.Context, b *bench) Finding {
	r, err := b.rig(ctx, nil)
	if err != nil {
		return stuck(err)
	}
	const before = 3
	if err := r.write(ctx, keys(before, before)...); err != nil {
		return stuck(err)
	}
	err = r.connect(ctx, func(in *lambda.CreateEventSourceMappingInput) { in.StartingPosition = types.EventSourcePositionLatest })
	if err != nil {
		return stuck(err)
	}
	for end := time.Now().Add(patience); r.arrived() == 0 && time.Now().Before(end); {
		if err := r.write(ctx, "later"); err != nil {
			return stuck(err)
		}
		if err := r.watch(ctx, time.Second, func() bool { return r.arrived() > 0 }); err != nil {
			return stuck(err)
		}
	}
	if r.arrived() == 0 {
		return doesNot("no record within %v", patience)
	}
	for i := range r.seen {
		for _, n := range r.batch(&r.seen[i]) {
			if n < before {
				return doesNot("it sends a record from before the mapping")
			}
		}
	}
	return does("%d of %d later records so far, none from before", r.arrived(), len(r.keys)-before)
}

func invokeBatchSize(ctx context.Context, b *bench) Finding {
	r, err := sent(ctx, b, nil, keys(10, 10), batchSize(3))
	switch {
	case err != nil:
		return stuck(err)
	case r.arrived() != 10:
		return unknown("%d of 10 records within %v", r.arrived(), patience)
	case slices.Max(r.sizes()) > 3:
		return doesNot("batches of %v records with BatchSize 3", r.sizes())
	}
	return does("batches of %v records with BatchSize 3", r.sizes())
}

// invokeWindow puts a record every half second for three seconds into a mapping that is at work already.
func invokeWindow(ctx context.Context, b *bench) Finding {
	r, err := sent(ctx, b, nil, keys(1, 1), func(in *lambda.CreateEventSourceMappingInput) {
		in.MaximumBatchingWindowInSeconds = aws.Int32(5)
	})
	if err != nil {
		return stuck(err)
	}
	if r.arrived() != 1 {
		return unknown("the mapping sends nothing within %v", patience)
	}
	first := len(r.seen)
	for range 6 {
		if err := r.write(ctx, "key"); err != nil {
			return stuck(err)
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return stuck(err)
		}
	}
	if err := r.watch(ctx, 30*time.Second, func() bool { return r.arrived() == 7 }); err != nil {
		return stuck(err)
	}
	sizes := r.sizes()[first:]
	switch {
	case r.arrived() != 7:
		return unknown("%d of 7 records within 30 s", r.arrived())
	case len(sizes) > 2: // records that fall on the edge of a window make two
		return doesNot("batches of %v records in 3 s", sizes)
	}
	return does("batches of %v records in 3 s", sizes)
}

func invokeOrder(ctx context.Context, b *bench) Finding {
	slow := func(s *probe.Settings) { s.Duration.P50 = 100 * time.Millisecond }
	r, err := sent(ctx, b, slow, keys(30, 5), batchSize(4))
	switch {
	case err != nil:
		return stuck(err)
	case r.arrived() != 30:
		return unknown("%d of 30 records within %v", r.arrived(), patience)
	}
	last := -1
	for i := range r.seen {
		for _, n := range r.batch(&r.seen[i]) {
			if n != last+1 {
				return doesNot("record %d comes after record %d", n, last)
			}
			last = n
		}
	}
	if n := r.overlap(); n > 1 {
		return doesNot("%d batches in flight at once", n)
	}
	return does("30 records in %d batches", len(r.seen))
}

// overlap is how many invocations were at work at once at most.
func (r *rig) overlap() int {
	most := 0
	for i := range r.seen {
		n := 0
		for j := range r.seen {
			if !r.seen[j].Begin.After(r.seen[i].Begin) && r.seen[j].End.After(r.seen[i].Begin) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func invokeFactor(ctx context.Context, b *bench) Finding {
	slow := func(s *probe.Settings) { s.Duration.P50 = 500 * time.Millisecond }
	r, err := sent(ctx, b, slow, keys(32, 16), func(in *lambda.CreateEventSourceMappingInput) {
		in.BatchSize, in.ParallelizationFactor = aws.Int32(2), aws.Int32(4)
	})
	switch {
	case err != nil:
		return stuck(err)
	case r.arrived() != 32:
		return unknown("%d of 32 records within %v", r.arrived(), patience)
	}
	last := map[string]int{}
	for i := range r.seen {
		for _, n := range r.batch(&r.seen[i]) {
			if n < 0 {
				return differs("a record that nobody put")
			}
			if before, ok := last[r.keys[n]]; ok && n <= before {
				return differs("a key's records change places")
			}
			last[r.keys[n]] = n
		}
	}
	if r.overlap() < 2 {
		return doesNot("one batch at a time with factor 4")
	}
	return does("up to %d batches at once with factor 4", r.overlap())
}

func failing(s *probe.Settings) { s.Errors = 1 }

func invokeRetry(ctx context.Context, b *bench) Finding {
	r, err := b.rig(ctx, failing)
	if err != nil {
		return stuck(err)
	}
	if err := r.write(ctx, keys(6, 6)...); err != nil {
		return stuck(err)
	}
	if err := r.connect(ctx, batchSize(3)); err != nil {
		return stuck(err)
	}
	if err := r.watch(ctx, patience, func() bool { return len(r.seen) >= 3 }); err != nil {
		return stuck(err)
	}
	for i := range r.seen {
		if got := r.batch(&r.seen[i]); !slices.Equal(got, []int{0, 1, 2}) {
			return doesNot("invocation %d has records %v, not [0 1 2] again", i+1, got)
		}
	}
	if len(r.seen) < 2 {
		return doesNot("%d invocations within %v", len(r.seen), patience)
	}
	return does("%d times the same three records", len(r.seen))
}

func invokeBisect(ctx context.Context, b *bench) Finding {
	r, err := b.rig(ctx, failing)
	if err != nil {
		return stuck(err)
	}
	if err := r.write(ctx, keys(8, 8)...); err != nil {
		return stuck(err)
	}
	err = r.connect(ctx, func(in *lambda.CreateEventSourceMappingInput) {
		in.BatchSize, in.BisectBatchOnFunctionError, in.MaximumRetryAttempts = aws.Int32(8), aws.Bool(true), aws.Int32(3)
	})
	if err != nil {
		return stuck(err)
	}
	smaller := func() bool {
		sizes := r.sizes()
		return len(sizes) > 1 && slices.Min(sizes) < sizes[0]
	}
	if err := r.watch(ctx, 45*time.Second, smaller); err != nil {
		return stuck(err)
	}
	switch {
	case len(r.seen) == 0:
		return unknown("no invocation within 45 s")
	case !smaller():
		return doesNot("batches of %v records", r.sizes())
	}
	return does("batches of %v records", r.sizes())
}

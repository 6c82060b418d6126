package tanktest

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// MappingOption is a setting of a function's event source mapping, or of the function.
type MappingOption func(*mappingOptions)

type mappingOptions struct {
	in      lambda.CreateEventSourceMappingInput
	model   lambda.FunctionModel
	name    string // of the function; "" has the tank make one
	bucket  string // where what is given up goes; "" is a queue
	fanOut  bool
	unheard bool // what the handler reports without being asked is meant
	err     error
}

// refuse keeps the first setting that cannot be.
func (o *mappingOptions) refuse(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf(format, args...)
	}
}

// seconds are whole ones.
func (o *mappingOptions) seconds(what string, d time.Duration) *int {
	if d%time.Second != 0 {
		o.refuse("%s(%v): it has whole seconds", what, d)
	}
	n := int(d / time.Second)
	return &n
}

// Named is the name of the function, as messages tell it; the stream's and a number.
func Named(name string) MappingOption { return func(o *mappingOptions) { o.name = name } }

// BatchSize is the most records of a batch, 1 to 10,000; 100.
func BatchSize(n int) MappingOption { return func(o *mappingOptions) { o.in.BatchSize = &n } }

// BatchingWindow is how long records are gathered for a batch, up to 300 s in whole seconds; none.
func BatchingWindow(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.in.MaximumBatchingWindowInSeconds = o.seconds("BatchingWindow", d) }
}

// ParallelizationFactor is how many batches of a shard are under way at once, 1 to 10; 1.
func ParallelizationFactor(n int) MappingOption {
	return func(o *mappingOptions) { o.in.ParallelizationFactor = &n }
}

// MaxRetries is how often a failed batch is tried again before it is given up, up to 10,000; for ever.
func MaxRetries(n int) MappingOption {
	return func(o *mappingOptions) { o.in.MaximumRetryAttempts = &n }
}

// MaxRecordAge is how old a record may get before it is given up, 60 s to 7 days; for ever.
func MaxRecordAge(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.in.MaximumRecordAgeInSeconds = o.seconds("MaxRecordAge", d) }
}

// BisectOnError splits a failed batch in two and tries each half, until the record that fails is alone.
func BisectOnError() MappingOption {
	return func(o *mappingOptions) { yes := true; o.in.BisectBatchOnFunctionError = &yes }
}

// ReportBatchItemFailures lets the handler say from which record on a batch has failed: it returns an
// events.KinesisEventResponse.
func ReportBatchItemFailures() MappingOption {
	return func(o *mappingOptions) { o.in.FunctionResponseTypes = []string{"ReportBatchItemFailures"} }
}

// NoReportBatchItemFailures says that it is meant where the handler reports failed items and the mapping does not ask for them:
// Lambda takes them for done. Without it that fails the test.
func NoReportBatchItemFailures() MappingOption { return func(o *mappingOptions) { o.unheard = true } }

// OnFailureBucket has what is given up go to a bucket of this name, with the records themselves, and not to a queue. What the
// bucket was told are the Messages of [Function.OnFailure].
func OnFailureBucket(name string) MappingOption { return func(o *mappingOptions) { o.bucket = name } }

// FromLatest begins behind the newest record. Without it a mapping begins with the oldest, TRIM_HORIZON.
func FromLatest() MappingOption { return func(o *mappingOptions) { o.in.StartingPosition = "LATEST" } }

// From begins with the first record that arrived at an instant or after it, which must not be in the future: AT_TIMESTAMP.
func From(at time.Time) MappingOption {
	return func(o *mappingOptions) {
		o.in.StartingPosition, o.in.StartingPositionTimestamp = "AT_TIMESTAMP", &lambda.Timestamp{Time: at}
	}
}

// EnhancedFanOut has the mapping read as a stream consumer of its own, to which records are pushed. Without it it polls each shard
// once a second.
func EnhancedFanOut() MappingOption { return func(o *mappingOptions) { o.fanOut = true } }

// Takes is how long an invocation takes, beside what the handler itself does: the only time that passes in it in virtual time.
func Takes(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.model.Duration = lambda.Distribution{P50: d} }
}

// Durations is Takes where it is not always as long: half of the invocations take up to p50, and one in a hundred longer than p99
// (log-normal), by draws of the tank's seed.
func Durations(p50, p99 time.Duration) MappingOption {
	return func(o *mappingOptions) { o.model.Duration = lambda.Distribution{P50: p50, P99: p99} }
}

// Timeout is how long an invocation may take, up to 15 minutes; 3 s, as of a function that does not say.
func Timeout(d time.Duration) MappingOption {
	return func(o *mappingOptions) {
		if o.model.Timeout = d; d <= 0 {
			o.refuse("Timeout(%v): it is above zero", d)
		}
	}
}

// ColdStart is how long a new execution environment takes before it runs the handler; no time.
func ColdStart(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.model.ColdStart = d }
}

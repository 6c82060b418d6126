// Package lambda is the embedded AWS Lambda of one account and region: modelled functions, and the event source mappings
// that read Kinesis streams for them.
//
// A function is not run but modelled: a [FunctionModel] says how long an invocation takes, how often it fails and what a
// cold start costs. A mapping is one poller a shard and ParallelizationFactor lanes behind it; each lane closes batches,
// has one of them in flight and retries it until it succeeds. docs/design/003-event-source-mappings.md has the rules and
// the arithmetic that follows from them.
//
// Where the rules live: batcher (when a batch is closed), backoff, record.Lineage (which shards may be read) and
// environments (warm or cold) are plain state that takes time as an argument. queue puts one mutex around the batchers of a shard.
// poller and lane are the processes: blocking code over the clock that holds no lock while it waits.
//
// The package knows streams only through its own small interface, [Streams]. A [Service] is safe for concurrent use; it
// starts processes on its clock and no goroutine. Whoever made the clock stops it, and that ends them all.
package lambda

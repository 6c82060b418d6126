// Package lambda is the embedded AWS Lambda of one account and region: functions, and the event source mappings that read
// Kinesis streams for them.
//
// A function is modelled: a [FunctionModel] says how long an invocation takes, how often it fails and what a cold start
// costs. It may be run beside that: [Code] is called in this process, in virtual time and on the wall clock alike. A mapping
// is one poller a shard and ParallelizationFactor lanes behind it; each lane closes batches, has one of them in flight and
// tries it, and what becomes of it, until it has succeeded or is given up. docs/design/003-event-source-mappings.md has the
// rules and the arithmetic that follows from them.
//
// Where the rules live: batcher (when a batch is closed), effort (halves, remainders, retries), backoff, record.Lineage (which
// shards may be read) and environments (warm or cold) are plain state that takes time as an argument, or none. queue puts one
// mutex around the batchers of a shard. poller and lane are the processes: blocking code over the clock that holds no lock
// while it waits.
//
// What is no mapping invokes a function by [Service.Invoke], synchronously.
//
// The package knows streams, and where batches go that are given up, only through its own small interfaces: [Streams],
// [Destinations], [Store]. A [Service] is safe for concurrent use; it starts processes on its clock and no goroutine. Whoever
// made the clock stops it, and that ends them all.
package lambda

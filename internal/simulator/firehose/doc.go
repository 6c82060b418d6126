// Package firehose is Amazon Data Firehose as a pipeline sees it: delivery streams that take records by Direct PUT or from
// a Kinesis stream, buffer them, and deliver objects to an object store or requests to an HTTP endpoint.
//
// The rules are plain models with the time as an argument: [Buffer] decides where one object ends and the next begins,
// the quota of Direct PUT refuses record by record. Where a delivery stream has a processor, its records go through a Lambda
// function first, in events with a buffer of their own. Around them a [Service] runs processes on its clock: a reader for
// each shard of a source stream, and a courier for each buffer that cuts it when its interval is over and delivers. Streams,
// store, functions and endpoints are reached through small interfaces of this package.
//
// A service is safe for concurrent use. No lock is held while a process waits, or while the store, a function or an endpoint is called or
// a shard is read.
//
// How buffers decide the delivery lag is written in docs/design/004-delivery-buffers.md; what of the API is not there, in
// internal/simulator/NOT_EMULATED.md.
package firehose

// Package simulator is the embedded AWS: its accounts and regions, each a world of its own with Kinesis Data Streams,
// Lambda, Firehose and an object store.
package simulator

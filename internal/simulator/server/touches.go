package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// What the fault hook is told of the shards that a request touches: what costs anything is worked out when it asks.

// touchesShard is of a request that names a shard by its id.
func touchesShard(id *string) func(int32) bool {
	named, ok := kinesis.ParseShardID(text(id))
	return func(shard int32) bool { return ok && named == shard }
}

// touchesIterator is of a request that names a shard by its iterator.
func touchesIterator(iterator *string) func(int32) bool {
	return func(shard int32) bool {
		named, ok := kinesis.IteratorShard(text(iterator))
		return ok && named == shard
	}
}

func touchesPutRecord(k *kinesis.Service, stream string, in kinesis.PutRecordInput) func(int32) bool {
	return func(shard int32) bool { return k.Touches(stream, shard, in.Hashes()) }
}

func touchesPutRecords(k *kinesis.Service, stream string, in kinesis.PutRecordsInput) func(int32) bool {
	return func(shard int32) bool { return k.Touches(stream, shard, in.Hashes()) }
}

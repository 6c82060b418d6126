// Package aggregate is the aggregation format of the Kinesis Producer Library (KPL): many user records in one record of a
// stream, so that a shard takes more than its 1,000 records a second. A [Writer] makes such a record, [Read] takes it apart as
// the Kinesis Client Library (KCL) does, [Count] counts what is in it, and a [Router] decides which user records go together.
//
// All of it is a model: it has no clock and is not safe for concurrent use.
//
// Emulated: the format and all its fields but tags, which no client uses: they are skipped; the KPL's limits, its
// prediction of the shard, and what it sends where a user record is alone; the KCL's checks, and its loss of an aggregate that
// arrived at another shard than it was made for.
// Source: awslabs/amazon-kinesis-producer, aggregation-format.md, aws/kinesis/core/{kinesis_record.cc,reducer.h,aggregator.h,shard_map.cc},
// 2026-03; awslabs/amazon-kinesis-client, AggregatorUtil.java, 2026-07.
package aggregate

import "github.com/wavetank/wavetank/internal/simulator/record"

const (
	magic      = "\xF3\x89\x9A\xC2"
	digestSize = 16 // of the MD5 of the message
	overhead   = len(magic) + digestSize
)

// The numbers of the fields of the three messages.
const (
	fieldKeys      = 1 // AggregatedRecord.partition_key_table
	fieldExplicits = 2 // AggregatedRecord.explicit_hash_key_table
	fieldRecords   = 3 // AggregatedRecord.records

	fieldKeyIndex      = 1 // Record.partition_key_index
	fieldExplicitIndex = 2 // Record.explicit_hash_key_index
	fieldData          = 3 // Record.data
	fieldTags          = 4 // Record.tags

	fieldTagKey = 1 // Tag.key
)

// UserRecord is one record of the user's: what a program gives to the KPL and gets from the KCL.
type UserRecord struct {
	Key      string      // the partition key
	Hash     record.Hash // of the partition key, or the explicit hash key
	Explicit bool        // Hash is an explicit hash key
	Size     int         // bytes of the data
	Data     []byte      // nil where a Writer only counts
}

// Range is the hash keys from Start to End, both included, as AWS writes a shard's.
type Range struct{ Start, End record.Hash }

// FullRange holds every hash key.
func FullRange() Range { return Range{End: record.Hash{Hi: ^uint64(0), Lo: ^uint64(0)}} }

// Contains tells whether a hash key is in the range.
func (r Range) Contains(h record.Hash) bool { return !h.Less(r.Start) && !r.End.Less(h) }

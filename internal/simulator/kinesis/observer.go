package kinesis

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Limit is why a record or a read was refused.
type Limit uint8

// The reasons. A record that both of its shard's limits refuse is told as LimitRecords, a read as LimitReads: calls and
// records are counted before bytes.
const (
	LimitNone     Limit = iota // accepted
	LimitRecords               // 1,000 records a second and shard
	LimitBytes                 // 1 MiB written or 2 MiB read a second and shard
	LimitReads                 // 5 reads a second and shard
	LimitInjected              // a fault: answered as a throttled record
	LimitInternal              // a fault: answered as InternalFailure
)

// String is the value of the tag `limit` in measurements.
func (l Limit) String() string {
	return [...]string{"none", "records", "bytes", "reads", "injected", "internal"}[l]
}

// Result is what became of one record of a put.
type Result struct {
	Seq   uint64 // the position within the shard; meaningful where Limit is LimitNone
	Shard int32  // the shard the record's hash belongs to
	Limit Limit

	Err *fault.Error // what a fault has a refused record answered with; nil: what its Limit says
}

// Observer is told what only the inside of the service knows. Its methods are called while the stream's lock is held, so
// that a put is seen before any read can return its records: they must be quick and must not call the service.
type Observer interface {
	// Created is told each stream that is made, before anything else of it: positions begin at 0 in each of its shards, also where a stream of
	// that name was deleted.
	Created(now time.Time, stream string)
	// Put is told each put call with all its records in order. The slices are valid during the call only.
	Put(now time.Time, stream string, recs []record.Record, res []Result)
	// Read is told each read of a shard; limit other than LimitNone is a read that was refused, and its page is empty.
	Read(now time.Time, stream string, shard int32, reader string, page record.Page, limit Limit)
	// Pushed is told each event with records that a consumer's subscription pushes; it counts against no limit of the shard's.
	Pushed(now time.Time, stream string, shard int32, consumer string, page record.Page)
	// Reshaped is told how many shards of a stream are open from an instant on, which may be past: a change comes true for the
	// first who looks at the stream after it.
	Reshaped(at time.Time, stream string, open int)
	// Trimmed is told how many records the caps took before a reader had passed them, and how many bytes these took, in memory
	// or on disk.
	Trimmed(stream string, shard int32, unread int, bytes int64)
}

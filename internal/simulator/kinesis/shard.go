package kinesis

import (
	"encoding/binary"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// shard is the model of one shard: its range, its place in the lineage, its limits and its records. Instants are unix
// nanoseconds and are given by the caller.
type shard struct {
	id         string
	start, end record.Hash // of its range, both inclusive
	parents    []int32     // two after a merge
	children   []int32     // set when it closes
	started    int64       // when it was made, unix nanoseconds
	created    int64       // the same in seconds, as in sequence numbers
	closed     int64       // unix nanoseconds; 0 is open

	records   bucket // written records
	bytes     bucket // written bytes
	reads     bucket // GetRecords calls
	out       bucket // read bytes
	iterators bucket // GetShardIterator calls

	log
	arrived int64  // of the newest record; a clock that steps back does not put records out of order
	readTo  uint64 // the furthest any reader has come

	subscriptions []*Subscription // open ones, of all consumers; nil: none

	call    uint64 // the put call that callSum belongs to
	callSum int64  // bytes accepted of that call

	traffic   traffic // of an on-demand stream's shard
	splitting bool    // its split by scaling is on its way
}

// ShardID is a shard's id: shardId- and its number in 12 digits (kinesalite).
func ShardID(number int32) string { return string(appendShardID(nil, number)) }

func appendShardID(dst []byte, number int32) []byte {
	n := uint64(uint32(number))
	dst = append(dst, "shardId-00"...)
	dst = append(dst, byte('0'+n/1e9), byte('0'+n/eightDigits%10)) // the first two of the ten digits that 32 bits may have
	return binary.LittleEndian.AppendUint64(dst, digitsOf(n%eightDigits))
}

// newShard makes a shard whose buckets are full. Its log is in memory alone.
func newShard(number int32, start, end record.Hash, l *Limits, now int64) *shard {
	return &shard{
		log: log{number: number}, id: ShardID(number), start: start, end: end, started: now, created: now / 1e9,
		records:   newBucket(l.WriteRecords, l.WriteRecordsBurst, now),
		bytes:     newBucket(l.WriteBytes, l.WriteBytesBurst, now),
		reads:     newBucket(l.ReadCalls, l.ReadCalls, now),
		out:       newBucket(l.ReadBytes, l.ReadBytes, now),
		iterators: newBucket(l.IteratorCalls, l.IteratorCalls, now),
	}
}

// begin readies the shard for the records of one put call.
func (s *shard) begin(call uint64, now int64) {
	s.call, s.callSum = call, 0
	s.records.fill(now)
	s.bytes.fill(now)
	s.arrived = max(s.arrived, now)
}

// put takes a record or says which limit refuses it. Records are counted first, so that is the limit that is told where
// both refuse; a refused record uses up neither.
//
// Bytes count as AWS rounds them ("Troubleshoot producers"): the sum of a call is rounded up to 1,024 bytes, not each
// record. Which records of the call pay for the rounding is not documented; here it is those that reach the next KB, over
// the accepted records of the call in this shard. One record alone (PutRecord) is rounded up by itself, as AWS says.
func (s *shard) put(r *record.Record, free *freeList) Limit {
	if !s.records.has(1) {
		return LimitRecords
	}
	sum := s.callSum + int64(r.Size) + int64(len(r.Key))
	cost := roundKB(sum) - roundKB(s.callSum)
	if !s.bytes.has(cost) {
		return LimitBytes
	}
	s.records.take(1)
	s.bytes.take(cost)
	s.callSum = sum
	r.Arrival, r.Seq, r.Shard = s.arrived, s.next, s.number
	s.add(r, free)
	return LimitNone
}

func roundKB(n int64) int64 { return (n + kib - 1) &^ (kib - 1) }

// admitRead counts one GetRecords call or says which limit refuses it; a refused call uses up neither. The bytes of a
// response are only known afterwards: the bucket may go into debt by one response, and the next calls wait until it is
// repaid (API reference, GetRecords: after 10 MiB, calls of the next 5 s fail).
func (s *shard) admitRead(now int64) Limit {
	s.reads.fill(now)
	s.out.fill(now)
	if !s.reads.has(1) {
		return LimitReads
	}
	if !s.out.has(0) {
		return LimitBytes
	}
	s.reads.take(1)
	return LimitNone
}

// holds tells whether a hash key is in the shard's range.
func (s *shard) holds(h record.Hash) bool { return !h.Less(s.start) && !s.end.Less(h) }

// lineage is what a reader needs to know of the shard.
func (s *shard) lineage() record.Shard {
	return record.Shard{Number: s.number, ID: s.id, Parents: s.parents, Closed: s.closed != 0, Start: s.start, End: s.end}
}

// sequence is the sequence number of a record of this shard.
func (s *shard) sequence(seq uint64, arrival int64) SequenceNumber {
	return NewSequenceNumber(s.created, s.number, seq+1, arrival/1e9)
}

// Package record is one record as the simulated services hold it, in either of its two forms.
//
// A record of ours is known by its identity (lane, number), its key, the key's hash and its size; its bytes are rendered
// only where somebody reads them. A record of bytes came over a wire and keeps its Data. Size equals the length of what
// would be rendered, always.
//
// The package also holds the two shapes in which services hand records to each other, so that none imports another.
package record

import (
	"crypto/md5"
	"encoding/binary"
	"time"
)

// Record is one record. It is a plain value; Data is never modified once the record is stored.
type Record struct {
	Lane     uint32 // of the generator; meaningful where Ours
	KeyIndex uint32 // the key's dense index in its generator; meaningful where Ours
	Number   uint64 // within the lane, from 0
	Due      int64  // unix nanoseconds; 0 where unknown
	Arrival  int64  // unix nanoseconds at the shard or the delivery stream
	Seq      uint64 // the position within its shard, from 0; with the shard it is the record's place in the stream
	Hash     Hash   // of the partition key, or the explicit hash key
	Key      string // the partition key
	Data     []byte // nil where the record is rendered on demand
	Size     int32  // bytes of data, before any encoding
	Shard    int32  // the shard's number (the counter in shardId-000000000000); -1 in a delivery stream of its own
	Ours     bool   // the identity is known: the body is a generator's
	Marker   bool   // made by the harness to see whether a sink is positioned; in no table and not in the ledger
	Explicit bool   // Hash is an explicit hash key
}

// Hash is a 128-bit hash key, big-endian halves.
type Hash struct{ Hi, Lo uint64 }

// HashKey is the hash key of a partition key: the MD5 of its UTF-8 bytes as a big-endian number (API reference, PutRecord).
func HashKey(key string) Hash {
	var buf [256]byte // the bytes of most keys, without an allocation
	sum := md5.Sum(append(buf[:0], key...))
	return Hash{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// Less orders hash keys.
func (h Hash) Less(o Hash) bool { return h.Hi < o.Hi || h.Hi == o.Hi && h.Lo < o.Lo }

// Page is the answer of one read of a shard.
type Page struct {
	Records  []Record      // in the order of the shard; appended to the caller's buffer
	Next     uint64        // the position the next read starts at
	Behind   time.Duration // how far the end of this page is behind the tip; 0 is caught up
	End      bool          // the shard is closed and read to its end
	Children []int32       // at End: the shards that follow it
}

// Shard is what a reader needs to know of one shard.
type Shard struct {
	Number  int32
	ID      string // shardId-000000000000
	Parents []int32
	Closed  bool

	Start, End Hash // its hash keys, both included; both zero where nobody tells
}

// Holds tells whether all of some records belong to the shard by their hash keys. Where nobody tells those of the shard, they do.
func (s *Shard) Holds(records []Record) bool {
	if s.Start == s.End {
		return true // no shard has one hash key alone: a split leaves each half two
	}
	for i := range records {
		if h := records[i].Hash; h.Less(s.Start) || s.End.Less(h) {
			return false
		}
	}
	return true
}

// Identify finds the identity in a record's body. It is how bytes that came over a wire become a record of ours.
type Identify func(data []byte) (lane uint32, number uint64, ok bool)

// Open appends the user records that a record of a stream holds to dst, in their order, each with the place and the arrival of
// that record. ok is false where it is no aggregate of user records but one itself: nothing is appended then.
type Open func(dst []Record, r *Record) (users []Record, ok bool)

// Render appends the body of a record of ours.
type Render func(dst []byte, r *Record) []byte

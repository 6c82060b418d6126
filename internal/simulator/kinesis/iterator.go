package kinesis

import (
	"encoding/binary"
	"time"
)

// iterator is what a shard iterator holds; to clients it is opaque, as on AWS. It may be used any number of times until
// it expires, five minutes after it was issued (API reference, GetShardIterator).
type iterator struct {
	issued  int64  // unix milliseconds
	created int64  // of the stream, unix nanoseconds: one of the same name may have been made since
	pos     uint64 // the position to read from
	shard   int32
	stream  string
}

// String is the iterator as it goes over the wire.
func (it iterator) String() string {
	b := make([]byte, 0, 160)
	b = binary.BigEndian.AppendUint64(b, uint64(it.issued))
	b = binary.BigEndian.AppendUint64(b, uint64(it.created))
	b = binary.BigEndian.AppendUint64(b, it.pos)
	b = binary.BigEndian.AppendUint32(b, uint32(it.shard))
	return seal('i', append(b, it.stream...))
}

func parseIterator(s string) (it iterator, ok bool) {
	b, ok := unseal('i', s)
	if !ok || len(b) < 29 {
		return iterator{}, false
	}
	return iterator{
		issued:  int64(binary.BigEndian.Uint64(b)),
		created: int64(binary.BigEndian.Uint64(b[8:])),
		pos:     binary.BigEndian.Uint64(b[16:]),
		shard:   int32(binary.BigEndian.Uint32(b[24:])),
		stream:  string(b[28:]),
	}, true
}

// IteratorStream is the stream that a shard iterator belongs to, or "" where it is none.
func IteratorStream(shardIterator string) string {
	it, _ := parseIterator(shardIterator)
	return it.stream
}

// IteratorShard is the shard that an iterator is of, unchecked; ok is false where it is none.
func IteratorShard(shardIterator string) (shard int32, ok bool) {
	it, ok := parseIterator(shardIterator)
	return it.shard, ok
}

// amazonTime shows unix milliseconds as AWS does in messages: Thu Jan 22 01:22:02 UTC 2015 (kinesalite).
func amazonTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("Mon Jan 02 15:04:05 MST 2006")
}

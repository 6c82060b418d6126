package kinesis

import (
	"iter"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Touches tells whether a put of records with these hash keys would touch a shard, as the stream is now: whether one of them
// lies in the range of the shard, which is open. Where the service distributes records any put may touch any open shard.
func (s *Service) Touches(stream string, shard int32, hashes iter.Seq[record.Hash]) bool {
	st, err := s.lock(stream, s.cfg.Clock.Now())
	if err != nil {
		return false
	}
	sh := st.shard(shard)
	open := sh != nil && sh.closed == 0
	auto := st.settings.Load().auto()
	st.mu.Unlock()
	if !open || auto {
		return open
	}
	for h := range hashes { // a shard's range never changes
		if sh.holds(h) {
			return true
		}
	}
	return false
}

// Hashes are the hash keys of the records, without those of entries that would be refused.
func (in *PutRecordsInput) Hashes() iter.Seq[record.Hash] {
	return func(yield func(record.Hash) bool) {
		for i := range in.Records {
			if h, ok := hashOf(in.Records[i].PartitionKey, in.Records[i].ExplicitHashKey); ok && !yield(h) {
				return
			}
		}
	}
}

// Hashes is the hash key of the record, or nothing where it would be refused.
func (in *PutRecordInput) Hashes() iter.Seq[record.Hash] {
	return func(yield func(record.Hash) bool) {
		if h, ok := hashOf(in.PartitionKey, in.ExplicitHashKey); ok {
			yield(h)
		}
	}
}

// hashOf is the hash key of a record by what its request says.
func hashOf(key, explicit *string) (record.Hash, bool) {
	switch {
	case explicit != nil:
		return ParseHash(*explicit)
	case key != nil:
		return HashKey(*key), true
	}
	return record.Hash{}, false
}

package kinesis

import (
	"unsafe"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// segment is a run of a shard's records in memory. It has one of two forms: plain, the records as they are, or packed, which
// takes little more than half of that for records that came over a wire.
type segment struct {
	base   uint64 // position of the first
	recs   []record.Record
	packed []packed
	packs  bool // the records are packed
	data   bool // some plain record holds bytes of its own
}

// packed is a record of bytes without what its place says. Its data is never nil.
type packed struct {
	hash    record.Hash
	arrival int64
	number  uint64 // its number where it is ours, else when it was due
	data    *byte
	key     *byte
	lane    uint32
	size    int32
	keySize uint16

	ours, explicit bool
}

const (
	recordCost = 112 // bytes of memory that a record takes without its data and its key
	packedCost = 64  // the same of a packed one
)

// packs tells whether nothing of a record is lost when it is packed.
func packs(r *record.Record) bool {
	if r.Due != 0 && r.Ours || r.Number != 0 && !r.Ours {
		return false // there is room for one of them
	}
	return r.Data != nil && len(r.Data) == int(r.Size) && len(r.Key) < 1<<16 && r.KeyIndex == 0 && !r.Marker
}

// cost is the memory that a plain record takes. The key of a record without data belongs to its generator.
func cost(r *record.Record) int64 {
	if r.Data == nil {
		return recordCost
	}
	return recordCost + int64(len(r.Data)) + int64(len(r.Key))
}

func newSegment(size int, packs bool) *segment {
	if packs {
		return &segment{packed: make([]packed, 0, size), packs: true}
	}
	return &segment{recs: make([]record.Record, 0, size)}
}

func (s *segment) len() int { return len(s.recs) + len(s.packed) }

func (s *segment) cap() int { return cap(s.recs) + cap(s.packed) }

// end is the position behind the last record.
func (s *segment) end() uint64 { return s.base + uint64(s.len()) }

// add appends a record and returns the memory that it takes.
func (s *segment) add(r *record.Record) int64 {
	if !s.packs {
		s.recs = append(s.recs, *r)
		s.data = s.data || r.Data != nil
		return cost(r)
	}
	number := r.Number
	if !r.Ours {
		number = uint64(r.Due)
	}
	s.packed = append(s.packed, packed{
		hash: r.Hash, arrival: r.Arrival, number: number, data: unsafe.SliceData(r.Data), key: unsafe.StringData(r.Key),
		lane: r.Lane, size: r.Size, keySize: uint16(len(r.Key)), ours: r.Ours, explicit: r.Explicit,
	})
	return packedCost + int64(r.Size) + int64(len(r.Key))
}

// record is the record at an index, of a shard.
func (p *packed) record(pos uint64, shard int32) record.Record {
	r := record.Record{
		Lane: p.lane, Arrival: p.arrival, Seq: pos, Hash: p.hash, Key: unsafe.String(p.key, p.keySize),
		Data: unsafe.Slice(p.data, p.size), Size: p.size, Shard: shard, Ours: p.ours, Explicit: p.explicit,
	}
	if p.ours {
		r.Number = p.number
	} else {
		r.Due = int64(p.number)
	}
	return r
}

// arrival is when the record at an index arrived.
func (s *segment) arrival(i int) int64 {
	if s.packs {
		return s.packed[i].arrival
	}
	return s.recs[i].Arrival
}

// cost is the memory that the records from one index to another take.
func (s *segment) cost(from, to int) (n int64) {
	switch {
	case s.packs:
		for i := from; i < to; i++ {
			n += packedCost + int64(s.packed[i].size) + int64(s.packed[i].keySize)
		}
	case s.data:
		for i := from; i < to; i++ {
			n += cost(&s.recs[i])
		}
	default:
		n = int64(to-from) * recordCost
	}
	return n
}

// forget lets go of the data of the records from one index to another.
func (s *segment) forget(from, to int) {
	switch {
	case s.packs:
		clear(s.packed[from:to])
	case s.data:
		clear(s.recs[from:to])
	}
}

// records are the records of a shard from one index to another: as they lie, or unpacked at the end of scratch, which is
// returned grown.
func (s *segment) records(from, to int, shard int32, scratch []record.Record) (recs, grown []record.Record) {
	if !s.packs {
		return s.recs[from:to], scratch
	}
	at := len(scratch)
	for i := from; i < to; i++ {
		scratch = append(scratch, s.packed[i].record(s.base+uint64(i), shard))
	}
	return scratch[at:], scratch
}

// fit is how many of the records from one index to another have room beside so many bytes of data and keys, and the bytes with
// theirs. Where there are none yet the first has room always.
func (s *segment) fit(from, to int, room, bytes int64) (n int, sum int64) {
	if !s.packs {
		return fit(s.recs[from:to], room, bytes)
	}
	for from+n < to {
		p := &s.packed[from+n]
		size := int64(p.size) + int64(p.keySize)
		if bytes > 0 && bytes+size > room {
			break
		}
		bytes += size
		n++
	}
	return n, bytes
}

// fit is the same of records as they are.
func fit(recs []record.Record, room, bytes int64) (n int, sum int64) {
	for n < len(recs) {
		size := int64(recs[n].Size) + int64(len(recs[n].Key))
		if bytes > 0 && bytes+size > room {
			break
		}
		bytes += size
		n++
	}
	return n, bytes
}

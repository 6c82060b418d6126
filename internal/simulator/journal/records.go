package journal

import (
	"encoding/binary"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// What a record's first byte says of it. What is not there takes no bytes.
const (
	hasData    = 1 << iota // bytes of its own, which may be none; without them its size is there
	isOurs                 // lane, key index and number
	isMarker               // nothing more
	hasDue                 // due, by how much it differs from the arrival
	hasHash                // a hash other than zero that is there
	isLater                // by how much it arrived later than the record before
	isExplicit             // nothing more: the hash is not the key's, or need not be
	isKeys                 // nothing more: the hash is the key's
)

// few is how many records a block may have of which the hashes are left out where they are their keys': 16 bytes of the 30 or so
// that a record has beside its data. In a larger block that saves little, and to hash its keys again costs whoever reads it.
const few = 4

// appendRecord appends a record of a block of count; before is the arrival of the one before it, or the head's.
func appendRecord(dst []byte, r *record.Record, count int, before int64) []byte {
	at := len(dst)
	dst = append(dst, 0)
	flags := byte(0)
	if r.Arrival != before {
		flags |= isLater
		dst = binary.AppendVarint(dst, r.Arrival-before)
	}
	dst = binary.AppendUvarint(dst, uint64(len(r.Key)))
	dst = append(dst, r.Key...)
	if r.Explicit {
		flags |= isExplicit
	}
	switch {
	case r.Hash == record.Hash{}:
	case count <= few && r.Hash == record.HashKey(r.Key):
		flags |= isKeys
	default:
		flags |= hasHash
		dst = binary.BigEndian.AppendUint64(dst, r.Hash.Hi)
		dst = binary.BigEndian.AppendUint64(dst, r.Hash.Lo)
	}
	if r.Ours {
		flags |= isOurs
		dst = binary.AppendUvarint(dst, uint64(r.Lane))
		dst = binary.AppendUvarint(dst, uint64(r.KeyIndex))
		dst = binary.AppendUvarint(dst, r.Number)
	}
	if r.Marker {
		flags |= isMarker
	}
	if r.Due != 0 {
		flags |= hasDue
		dst = binary.AppendVarint(dst, r.Arrival-r.Due)
	}
	if r.Data == nil {
		dst = binary.AppendUvarint(dst, uint64(uint32(r.Size)))
	} else {
		flags |= hasData
		dst = append(binary.AppendUvarint(dst, uint64(len(r.Data))), r.Data...)
	}
	dst[at] = flags
	return dst
}

// decodeRecords appends the records of a block's payload. Their Data is part of the payload.
func decodeRecords(h Head, payload []byte, dst []record.Record) ([]record.Record, error) {
	if h.Count > len(payload) {
		return dst, errBlock // a record has two bytes at least
	}
	r, before := reader{b: payload}, h.Arrival
	for i := range h.Count {
		flags := r.byte()
		rec := record.Record{Seq: h.First + uint64(i), Shard: h.Shard, Marker: flags&isMarker != 0, Ours: flags&isOurs != 0, Explicit: flags&isExplicit != 0}
		if flags&isLater != 0 {
			before += r.varint()
		}
		rec.Arrival = before
		rec.Key = string(r.bytes(r.uvarint()))
		if flags&isKeys != 0 {
			rec.Hash = record.HashKey(rec.Key)
		}
		if flags&hasHash != 0 {
			if b := r.bytes(16); b != nil {
				rec.Hash = record.Hash{Hi: binary.BigEndian.Uint64(b), Lo: binary.BigEndian.Uint64(b[8:])}
			}
		}
		if rec.Ours {
			rec.Lane, rec.KeyIndex, rec.Number = uint32(r.upTo(1<<32-1)), uint32(r.upTo(1<<32-1)), r.uvarint()
		}
		if flags&hasDue != 0 {
			rec.Due = before - r.varint()
		}
		size := r.upTo(1<<31 - 1)
		rec.Size = int32(size)
		if flags&hasData != 0 {
			rec.Data = r.bytes(size)
		}
		if r.bad {
			return dst, errBlock
		}
		dst = append(dst, rec)
	}
	if len(r.b) != 0 {
		return dst, errBlock
	}
	return dst, nil
}

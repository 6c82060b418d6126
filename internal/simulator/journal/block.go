package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Kind says what a block holds.
type Kind byte

// The kinds of blocks.
const (
	Records  Kind = 1 // a run of a shard's records
	Document Kind = 2 // the state of its owner; empty: the owner is no more

	mark  Kind = 3 // the start of what was written at once: all before it was synced; see file.appendMark
	index Kind = 4 // the heads of a file's blocks
)

// Head is what a block says of itself. Only Kind and Owner are meaningful for a document.
type Head struct {
	Kind    Kind
	Owner   uint64 // a stream, or what else has documents; see [Journal.NewOwner]
	Shard   int32
	First   uint64 // position of the first record in its shard
	Count   int    // records
	Arrival int64  // of the first record, unix nanoseconds
}

// A block is its body's length and its CRC-32C, 4 bytes each and little-endian, and its body: the head, each number as a
// varint, and the payload.
const (
	frameBytes = 8
	maxBody    = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errBlock is a block that is not whole.
var errBlock = errors.New("a block is damaged")

// appendFrame leaves room for the frame of a block that begins at the end of dst.
func appendFrame(dst []byte) []byte { return append(dst, 0, 0, 0, 0, 0, 0, 0, 0) }

// closeFrame fills in the frame of the block that begins at an offset of dst and ends with it.
func closeFrame(dst []byte, at int) {
	body := dst[at+frameBytes:]
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(body)))
	binary.LittleEndian.PutUint32(dst[at+4:], crc32.Checksum(body, castagnoli))
}

func (h *Head) append(dst []byte) []byte {
	dst = append(dst, byte(h.Kind))
	dst = binary.AppendUvarint(dst, h.Owner)
	if h.Kind != Records {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(uint32(h.Shard)))
	dst = binary.AppendUvarint(dst, h.First)
	dst = binary.AppendUvarint(dst, uint64(h.Count))
	return binary.AppendVarint(dst, h.Arrival)
}

// frame is the body of the block that b begins with, and the block's length.
func frame(b []byte) (body []byte, size int, err error) {
	if len(b) < frameBytes {
		return nil, 0, errBlock
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || n > maxBody || uint64(n) > uint64(len(b)-frameBytes) {
		return nil, 0, errBlock
	}
	body = b[frameBytes : frameBytes+int(n)]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return nil, 0, errBlock
	}
	return body, frameBytes + int(n), nil
}

// parseHead reads a body's head and returns the payload.
func parseHead(body []byte) (h Head, payload []byte, err error) {
	r := reader{b: body}
	h.Kind = Kind(r.byte())
	h.Owner = r.uvarint()
	if h.Kind == Records {
		h.Shard = int32(r.upTo(1<<31 - 1))
		h.First = r.uvarint()
		h.Count = int(r.upTo(1<<31 - 1))
		h.Arrival = r.varint()
		r.bad = r.bad || h.First+uint64(h.Count) < h.First
	}
	if r.bad || h.Kind < Records || h.Kind > index || h.Kind == mark {
		return Head{}, nil, errBlock
	}
	return h, r.b, nil
}

// reader takes a body apart. After something that is not there it is bad, and gives zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) byte() byte {
	if r.bad || len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.b)
	if r.bad || size <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

// upTo is a number of at most most.
func (r *reader) upTo(most uint64) uint64 {
	n := r.uvarint()
	if n > most {
		r.bad = true
		return 0
	}
	return n
}

// bytes are the next n bytes, not copied.
func (r *reader) bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

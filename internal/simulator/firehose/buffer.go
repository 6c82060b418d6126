package firehose

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// BufferingHints are the conditions that end an object: whichever is met first (developer guide, "Configure buffer hints").
type BufferingHints struct {
	Size     int64         // bytes of data before compression; 1 to 128 MiB, whole MiB
	Interval time.Duration // 0 to 900 s, whole seconds; 0 is zero buffering, see [Model].ZeroInterval
}

// DefaultHints are those of an S3 destination that names none.
var DefaultHints = BufferingHints{Size: 5 * mib, Interval: 300 * time.Second}

// Buffer collects the records of one object after another. It is a model: the caller says what time it is (unix
// nanoseconds) and cuts the buffer when it is Full. The zero value is always full; see [NewBuffer].
//
// An object ends right behind the record with which its bytes reach the size, so that it is never smaller than the hint
// when its size ended it. The interval counts from the instant at which the object's first record was buffered; a record
// that comes at the very instant the interval ends belongs to the next object.
type Buffer struct {
	size     int64
	interval int64
	most     int // records of one object; 0: any number
	event    eventSize
	records  []record.Record
	bytes    int64
	opened   int64
}

// eventSize keeps what is buffered within what an event can hold in JSON. The zero value holds any number.
type eventSize struct {
	most   int64 // bytes; 0: any number
	around int64 // of a record, beside its key and its data in base64
	bytes  int64
	over   bool // the next record would not fit
}

// fits counts a record, or says that it does not fit behind what is there. One alone always fits.
func (e *eventSize) fits(r *record.Record) bool {
	bytes := e.around + int64(len(r.Key)) + (int64(r.Size)+2)/3*4
	if e.over = e.bytes > 0 && e.bytes+bytes > e.most; e.over {
		return false
	}
	e.bytes += bytes
	return true
}

// NewBuffer makes an empty buffer.
func NewBuffer(h BufferingHints) Buffer {
	return Buffer{size: h.Size, interval: int64(h.Interval)}
}

// Add buffers records in their order until the object has reached its size, and returns how many that were. A buffer that
// is Full takes none.
func (b *Buffer) Add(now int64, recs []record.Record) (taken int) {
	if len(recs) == 0 || b.Full(now) {
		return 0
	}
	if len(b.records) == 0 {
		b.opened = now
	}
	bytes := b.bytes
	for taken < len(recs) && bytes < b.size && (b.most == 0 || len(b.records)+taken < b.most) && (b.event.most == 0 || b.event.fits(&recs[taken])) {
		bytes += int64(recs[taken].Size)
		taken++
	}
	b.bytes = bytes
	b.records = append(b.records, recs[:taken]...)
	return taken
}

// Full tells whether the object must be cut now: one of the hints is met.
func (b *Buffer) Full(now int64) bool {
	return b.bytes >= b.size || b.event.over || b.most > 0 && len(b.records) >= b.most || len(b.records) > 0 && now >= b.opened+b.interval
}

// Due is when the interval ends; ok is false while the buffer is empty.
func (b *Buffer) Due() (nano int64, ok bool) {
	return b.opened + b.interval, len(b.records) > 0
}

// Oldest is the arrival of the first record; ok is false while the buffer is empty.
func (b *Buffer) Oldest() (nano int64, ok bool) {
	if len(b.records) == 0 {
		return 0, false
	}
	return b.records[0].Arrival, true
}

// Cut ends the object and returns its records, which are the caller's from then on. The buffer goes on empty, in the
// memory of spare.
func (b *Buffer) Cut(spare []record.Record) (recs []record.Record, bytes int64) {
	recs, bytes = b.records, b.bytes
	b.records, b.bytes = spare[:0], 0
	b.event.bytes, b.event.over = 0, false
	return recs, bytes
}

package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrNotReceipt is the error of bytes that do not begin as a receipt does.
var ErrNotReceipt = errors.New("not a receipt of this version of wavetank")

// Parse reads a receipt that Append wrote. Times are UTC. Bytes of another kind or version are ErrNotReceipt, and a receipt
// that ends early, goes on after its end or holds more than Append writes is an error as well. Nothing is allocated
// for more records than the bytes can hold.
func Parse(b []byte) (Receipt, error) {
	if len(b) < len(magic) || string(b[:len(magic)]) != magic {
		return Receipt{}, fmt.Errorf("parse receipt of %d bytes: %w", len(b), ErrNotReceipt)
	}
	d := decoder{rest: b[len(magic):]}
	r := d.receipt()
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes after its end", len(d.rest))
	}
	if d.err != nil {
		return Receipt{}, fmt.Errorf("parse receipt of %d bytes: %w", len(b), d.err)
	}
	return r, nil
}

// decoder takes values off the front of what is left. After the first error it takes zeros.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) receipt() Receipt {
	var r Receipt
	for _, text := range []*string{&r.Function, &r.Stream, &r.Shard, &r.FirstSequenceNumber, &r.LastSequenceNumber, &r.Error} {
		*text = d.text()
	}
	r.Environment = d.fixed64()
	r.Invocation = d.uvarint()
	for _, n := range []*int{&r.Attempt, &r.ItemFailure, &r.Lost, &r.Part, &r.Parts, &r.Batch, &r.First} {
		*n = int(d.below(math.MaxInt32))
	}
	r.ItemFailure--
	r.Cold = d.below(2) == 1
	begin := d.varint()
	end := begin + d.varint()
	first := d.varint()
	last := first + d.varint()
	r.Begin, r.End = time.Unix(0, begin).UTC(), time.Unix(0, end).UTC()
	r.FirstArrival, r.LastArrival = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
	r.Records = d.records(first)
	return r
}

func (d *decoder) records(arrival int64) []Record {
	count := d.below(MaxRecords + 1)
	if count > uint64(len(d.rest)/2) { // a record takes two bytes or more
		d.fail("%d records in the %d bytes that are left", count, len(d.rest))
	}
	if d.err != nil || count == 0 {
		return nil
	}
	records := make([]Record, count)
	var lanes []lane
	sequence := ""
	for i := range records {
		rec := &records[i]
		head := d.uvarint()
		place, kind := head>>2, head&3
		switch {
		case kind == stranger:
			shared := d.below(uint64(len(sequence)) + 1)
			rec.SequenceNumber = sequence[:shared] + d.text()
			if len(rec.SequenceNumber) > maxText || rec.SequenceNumber == "" {
				d.fail("a sequence number of %d bytes", len(rec.SequenceNumber))
			}
			sequence = rec.SequenceNumber
		case kind == newLane:
			lanes = append(lanes, lane{uint32(d.below(1 << 32)), uint32(d.below(1 << 32)), d.uvarint()})
			lanes[len(lanes)-1].set(rec)
		case place >= uint64(len(lanes)):
			d.fail("a record of lane %d, of which there are %d", place, len(lanes))
		default:
			l := &lanes[place]
			if kind == nextOfLane {
				l.number++
			} else {
				l.number += uint64(d.varint())
			}
			l.set(rec)
		}
		arrival += d.varint()
		rec.Arrival = time.UnixMilli(arrival).UTC()
		if d.err != nil {
			return nil
		}
	}
	return records
}

// lane is the last record of a lane of ours.
type lane struct {
	run, lane uint32
	number    uint64
}

func (l *lane) set(r *Record) { r.Run, r.Lane, r.Number = l.run, l.lane, l.number }

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
		d.rest = nil
	}
}

// took moves on by n bytes; n is not positive where there was no value.
func (d *decoder) took(n int) bool {
	if n <= 0 {
		d.fail("it ends early")
		return false
	}
	d.rest = d.rest[n:]
	return true
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if !d.took(n) {
		return 0
	}
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if !d.took(n) {
		return 0
	}
	return v
}

// below is a number that must be less than limit.
func (d *decoder) below(limit uint64) uint64 {
	v := d.uvarint()
	if v >= limit {
		d.fail("a number of %d where at most %d is written", v, limit-1)
		return 0
	}
	return v
}

func (d *decoder) fixed64() uint64 {
	if len(d.rest) < 8 {
		d.fail("it ends early")
		return 0
	}
	v := binary.LittleEndian.Uint64(d.rest)
	d.rest = d.rest[8:]
	return v
}

func (d *decoder) text() string {
	n := int(d.below(maxText + 1))
	if n > len(d.rest) {
		d.fail("it ends early")
		return ""
	}
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}

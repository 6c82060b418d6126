package firehose_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

const mib = 1 << 20

// records makes n records of a size.
func records(n int, size int32) []record.Record {
	recs := make([]record.Record, n)
	for i := range recs {
		recs[i] = record.Record{Number: uint64(i), Size: size, Ours: true}
	}
	return recs
}

func TestBufferEndsAnObject(t *testing.T) {
	hints := firehose.BufferingHints{Size: 1000, Interval: 10 * time.Second}
	const second = int64(time.Second)
	tests := []struct {
		name  string
		at    []int64 // when one record after another comes
		size  int32
		taken int   // of them, before the buffer is full
		full  int64 // when it is, first
	}{
		{"empty is never full", nil, 0, 0, -1},
		{"the record that reaches the size is in", []int64{0, 1, 2, 3}, 400, 3, 2},
		{"exactly the size", []int64{0, 1, 2}, 500, 2, 1},
		{"one record larger than the size", []int64{5, 6}, 5000, 1, 5},
		{"the interval counts from the first record", []int64{3 * second, 12 * second, 14 * second}, 1, 2, 13 * second},
		{"a record at the end of the interval is the next object's", []int64{0, 10 * second}, 1, 1, 10 * second},
		{"empty records never reach the size", []int64{0, 1, 2, 3}, 0, 4, 10 * second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := firehose.NewBuffer(hints)
			taken := 0
			for _, at := range tt.at {
				taken += b.Add(at, records(1, tt.size))
			}
			if taken != tt.taken {
				t.Errorf("took %d records, want %d", taken, tt.taken)
			}
			if tt.full < 0 {
				if b.Full(1 << 60) {
					t.Error("an empty buffer is full")
				}
				return
			}
			if !b.Full(tt.full) {
				t.Errorf("not full at %d", tt.full)
			}
			recs, bytes := b.Cut(nil)
			if len(recs) != tt.taken || bytes != int64(tt.taken)*int64(tt.size) {
				t.Errorf("cut %d records of %d bytes, want %d of %d", len(recs), bytes, tt.taken, tt.taken*int(tt.size))
			}
			if _, ok := b.Due(); ok || b.Full(1<<60) {
				t.Error("not empty after the cut")
			}
		})
	}
}

func TestBufferTakesABatchUpToTheSize(t *testing.T) {
	b := firehose.NewBuffer(firehose.BufferingHints{Size: 1000, Interval: time.Second})
	batch := records(7, 300)
	if n := b.Add(0, batch); n != 4 {
		t.Fatalf("took %d records, want 4: 1,200 bytes are the first to reach 1,000", n)
	}
	if n := b.Add(0, batch[4:]); n != 0 {
		t.Fatalf("a full buffer took %d records", n)
	}
	first, bytes := b.Cut(nil)
	if len(first) != 4 || bytes != 1200 {
		t.Fatalf("cut %d records of %d bytes, want 4 of 1,200", len(first), bytes)
	}
	if n := b.Add(5, batch[4:]); n != 3 {
		t.Fatalf("took %d of the rest, want 3", n)
	}
	if due, ok := b.Due(); !ok || due != 5+int64(time.Second) {
		t.Errorf("due at %d, %v; want a second after the first record of this object", due, ok)
	}
	if first[0].Number != 0 || first[3].Number != 3 {
		t.Error("records of an object that was cut changed when the buffer was filled again")
	}
}

// However records come, objects keep their order, lose none, and end exactly where the first hint is met.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 100, 9}, uint16(300), uint8(3))
	f.Add([]byte{0, 0, 0, 255, 255}, uint16(1), uint8(0))
	f.Fuzz(func(t *testing.T, steps []byte, size uint16, interval uint8) {
		b := firehose.NewBuffer(firehose.BufferingHints{Size: max(int64(size), 1), Interval: time.Duration(interval)})
		var now, opened int64
		var next, out uint64
		cut := func() {
			recs, bytes := b.Cut(nil)
			var sum int64
			for i, r := range recs {
				if i == len(recs)-1 && sum >= max(int64(size), 1) {
					t.Fatal("the object goes on behind the record that reached its size")
				}
				if sum += int64(r.Size); r.Number != out {
					t.Fatalf("record %d where %d was due", r.Number, out)
				}
				out++
			}
			if len(recs) == 0 || sum != bytes || sum < max(int64(size), 1) && now < opened+int64(interval) {
				t.Fatalf("cut %d records of %d bytes at %d though no hint was met", len(recs), bytes, now)
			}
		}
		for i := 0; i+1 < len(steps); i += 2 {
			now += int64(steps[i] % 8)
			batch := records(int(steps[i]>>5)+1, int32(steps[i+1]))
			for j := range batch {
				batch[j].Number = next
				next++
			}
			for len(batch) > 0 {
				if b.Full(now) {
					cut()
				}
				if _, ok := b.Due(); !ok {
					opened = now
				}
				batch = batch[b.Add(now, batch):]
				if interval == 0 && b.Full(now) {
					cut()
				}
			}
		}
		if _, ok := b.Due(); ok {
			now += 1 << 40
			cut()
		}
		if out != next {
			t.Fatalf("%d records went in and %d came out", next, out)
		}
	})
}

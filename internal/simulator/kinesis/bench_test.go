package kinesis

import (
	"strconv"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// generous are limits that do not bind.
func generous() Limits {
	const much = 4_000_000_000
	return Limits{
		WriteRecords: much, WriteBytes: much, ReadCalls: much, ReadBytes: much, IteratorCalls: much,
		ResponseBytes: 1 << 40, RequestBytes: 1 << 40,
	}
}

func newStream(t testing.TB, cfg Config, name string, shards int32) *Service {
	t.Helper()
	if cfg.Clock == nil {
		cfg.Clock = clock.NewVirtual()
	}
	s := New(cfg)
	if err := s.CreateStream(CreateStreamInput{StreamName: &name, ShardCount: &shards}); err != nil {
		t.Fatal(err)
	}
	return s
}

// ours are n records of a generator with as many keys.
func ours(n int, size int32) []record.Record {
	recs := make([]record.Record, n)
	for i := range recs {
		key := "user-" + strconv.Itoa(i)
		recs[i] = record.Record{Number: uint64(i), Key: key, Hash: HashKey(key), Size: size, Ours: true}
	}
	return recs
}

// BenchmarkPut is the cost of storing one record of ours; a reader passes them, so memory is reused.
func BenchmarkPut(b *testing.B) {
	s := newStream(b, Config{Limits: generous(), DropRead: true}, "s", 4)
	passed, _ := s.Register("s", "r")
	recs, res := ours(500, 450), make([]Result, 500)
	now := clock.Epoch
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(recs) {
		now = now.Add(time.Millisecond)
		if err := s.Put(now, "s", recs, res); err != nil {
			b.Fatal(err)
		}
		for i := range int32(4) {
			passed(i, uint64(n/4-2000))
		}
	}
}

// BenchmarkRead is the cost of reading one record of ours out of a stream at its tip.
func BenchmarkRead(b *testing.B) {
	s := newStream(b, Config{Limits: generous()}, "s", 1)
	recs, res := ours(500, 450), make([]Result, 500)
	for range 20 {
		if err := s.Put(clock.Epoch, "s", recs, res); err != nil {
			b.Fatal(err)
		}
	}
	now := clock.Epoch
	var dst []record.Record
	b.ReportAllocs()
	for n := 0; n < b.N; n += 10_000 {
		now = now.Add(time.Millisecond)
		page, err := s.Read(now, "r", "s", 0, 0, 0, dst[:0])
		if err != nil || len(page.Records) != 10_000 {
			b.Fatal(err, len(page.Records))
		}
		dst = page.Records
	}
}

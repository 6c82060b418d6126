package firehose_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// endless is a stream every read of which gives the same number of records, at no cost of its own but their copy.
type endless struct {
	page []record.Record
	left int
}

func (e *endless) Shards(string) ([]record.Shard, error) {
	return []record.Shard{{Number: 0}, {Number: 1}, {Number: 2}, {Number: 3}}, nil
}

func (e *endless) Horizon(now time.Time, _ string) (time.Time, error) {
	return now.Add(-24 * time.Hour), nil
}

func (e *endless) Position(string, int32, record.Position) (uint64, error) { return 0, nil }

func (e *endless) Read(_ time.Time, _, _ string, _ int32, from uint64, _ int, dst []record.Record) (record.Page, error) {
	e.left -= len(e.page)
	return record.Page{Records: append(dst, e.page...), Next: from + uint64(len(e.page))}, nil
}

func (e *endless) Register(string, string) (func(int32, uint64), func()) {
	return func(int32, uint64) {}, func() {}
}

func (e *endless) Sequence(string, int32) func([]byte, *record.Record) []byte { return nil }

func benchWorld(b *testing.B, streams firehose.Streams) (*clock.Virtual, *firehose.Service) {
	b.Helper()
	v := clock.NewVirtual()
	b.Cleanup(v.Stop)
	store := objectstore.New(objectstore.Config{DropRecords: true})
	if err := store.CreateBucket(v.Now(), "bucket"); err != nil {
		b.Fatal(err)
	}
	service := firehose.New(firehose.Config{
		Clock: v, Streams: streams, Store: store,
		Limits: firehose.Limits{PutRecords: 1 << 31, PutBytes: 1 << 31, PutRequests: 1 << 31},
	})
	return v, service
}

// An operation is 500 records of 450 bytes, read from a stream of 4 shards at 2,000 records/s, buffered, cut and delivered
// to a store that keeps no records, in virtual time. The copy that the stream makes of them is in the figures.
func BenchmarkStreamSource(b *testing.B) {
	s := &endless{page: records(500, 450)}
	v, service := benchWorld(b, s)
	err := service.Create(firehose.DeliveryStream{
		Name: "d", Source: "s", Bucket: "bucket", Compression: firehose.Gzip,
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.left = 500
		v.RunWhile(func() bool { return s.left > 0 })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/500, "ns/record")
}

// An operation is a Direct PUT of 500 records of 450 bytes, buffered, cut and delivered, in virtual time.
func BenchmarkDirectPut(b *testing.B) {
	v, service := benchWorld(b, nil)
	err := service.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", Compression: firehose.Gzip,
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
	})
	if err != nil {
		b.Fatal(err)
	}
	recs, refused := records(500, 450), make([]bool, 500)
	b.ReportAllocs()
	for b.Loop() {
		if err := service.Put(v.Now(), "d", recs, refused); err != nil {
			b.Fatal(err)
		}
		v.RunUntil(v.Now().Add(250 * time.Millisecond))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/500, "ns/record")
}

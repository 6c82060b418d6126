package objectstore_test

import (
	"fmt"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// An operation is a delivery of 1 MiB in records of 450 bytes that came over a wire.
func BenchmarkPutRecords(b *testing.B) {
	var recs []record.Record
	for i := range 2331 {
		data := fmt.Appendf(nil, `{"userId":"user-%06d","page":"/products/%d","referrer":"https://example.com/search?q=%d","agent":"Mozilla/5.0 (X11; Linux x86_64)"}`, i*7919%100_000, i*31%5000, i)
		data = append(data, data...)
		data = append(data, data...)[:450]
		recs = append(recs, record.Record{Data: data, Size: 450})
	}
	for _, format := range []string{objectstore.Uncompressed, objectstore.Gzip} {
		b.Run(format, func(b *testing.B) {
			s := newStore(b, objectstore.Config{})
			b.SetBytes(int64(len(recs)) * 450)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.PutRecords(now, "bucket", "k", recs, format); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

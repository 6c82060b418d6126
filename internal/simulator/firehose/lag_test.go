package firehose_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
)

// Direct PUT, constant rate, interval first: the lag of the record that comes at phase f of its object is I − f, so that
// over a cycle it takes each of I, I − 1/r, … 1/r once: uniform over (0, I] (docs/design/004-delivery-buffers.md).
func TestLagOfDirectPutIsUniform(t *testing.T) {
	tests := []struct {
		name     string
		interval time.Duration
		gap      time.Duration
	}{
		{"10 records/s, 5 s", 5 * time.Second, 100 * time.Millisecond},
		{"2 records/s, 60 s", 60 * time.Second, 500 * time.Millisecond},
		{"1 record/s, 1 s", time.Second, time.Second},
		{"the gap does not divide the interval", 5 * time.Second, 300 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.must(w.firehose.Create(firehose.DeliveryStream{
				Name: "d", Bucket: "bucket",
				Buffering: &firehose.BufferingHints{Size: 128 * mib, Interval: tt.interval},
			}))
			const n = 600
			w.produce(n, 100, 1234567, tt.gap, w.direct("d"))
			w.run(n*tt.gap + 2*tt.interval)

			lags := w.lags()
			if len(lags) != n {
				t.Fatalf("%d records delivered, want %d", len(lags), n)
			}
			// An object holds the records of one interval from its first on.
			cycle := uint64((tt.interval + tt.gap - 1) / tt.gap)
			for i := range uint64(n) {
				want := tt.interval - time.Duration(i%cycle)*tt.gap
				if lags[i] != want {
					t.Fatalf("record %d has lag %v, want %v", i, lags[i], want)
				}
			}
		})
	}
}

// Direct PUT, size first: an object ends at the very record with which its bytes reach the size.
func TestObjectsEndAtTheSize(t *testing.T) {
	w := newWorld(t, nil)
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket",
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 900 * time.Second},
	}))
	const n, size, gap = 1000, 10_000, 20 * time.Millisecond // 500,000 bytes/s: 105 records reach 1 MiB
	const per = (mib + size - 1) / size
	start := w.clock.Now()
	w.produce(n, size, 0, gap, w.direct("d"))
	w.run(n * gap)

	if len(w.delivered) != n/per {
		t.Fatalf("%d objects, want %d", len(w.delivered), n/per)
	}
	for i, d := range w.delivered {
		last := start.Add(time.Duration((i+1)*per-1) * gap)
		if d.Bytes != per*size || len(d.Records) != per || !d.At.Equal(last) {
			t.Errorf("object %d: %d bytes, %d records at %v; want %d, %d at %v", i, d.Bytes, len(d.Records), d.At, per*size, per, last)
		}
	}
	for i, lag := range w.lags() {
		if want := time.Duration(per-1-i%per) * gap; lag != want {
			t.Fatalf("record %d has lag %v, want %v", i, lag, want)
		}
	}
}

// From a stream: a record waits for the next of its shard's reads, which are a second apart from the creation of the
// delivery stream on, and then for the end of its object, whose interval counts from the read that began it. Nothing else
// is added.
func TestLagFromAStream(t *testing.T) {
	const interval, gap, n = 5 * time.Second, 70 * time.Millisecond, 2000
	w := newWorld(t, nil)
	w.createStream("s", 1)
	w.run(345 * time.Millisecond)
	created := w.clock.Now()
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Source: "s", Bucket: "bucket",
		Buffering: &firehose.BufferingHints{Size: 128 * mib, Interval: interval},
	}))
	const offset = 123_457 * time.Microsecond // no record at the instant of a read
	w.produce(n, 100, offset, gap, w.onto("s"))
	w.run(n*gap + 10*time.Second)

	lags := w.lags()
	if len(lags) != n {
		t.Fatalf("%d records delivered, want %d", len(lags), n)
	}
	for i := range uint64(n) {
		arrival := offset + time.Duration(i)*gap // after the creation, as are all instants here
		read := arrival.Truncate(time.Second) + time.Second
		const first = time.Second // the read that began the first object
		began := first + (read - first).Truncate(interval)
		if want := began + interval - arrival; lags[i] != want {
			t.Fatalf("record %d arrived at %v and has lag %v, want %v", i, arrival, lags[i], want)
		}
	}
	if at := w.delivered[0].At.Sub(created); at != time.Second+interval {
		t.Errorf("first object at %v after the creation, want 6 s", at)
	}
}

func TestLatencyIsAddedToTheLag(t *testing.T) {
	const latency = 150 * time.Millisecond
	w := newWorld(t, func(c *firehose.Config) { c.Model.PutObjectLatency = latency })
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket",
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 2 * time.Second},
	}))
	w.produce(100, 100, 0, 100*time.Millisecond, w.direct("d"))
	w.run(20 * time.Second)
	for i, lag := range w.lags() {
		if want := 2*time.Second - time.Duration(i%20)*100*time.Millisecond + latency; lag != want {
			t.Fatalf("record %d has lag %v, want %v", i, lag, want)
		}
	}
}

func TestZeroIntervalIsTheModels(t *testing.T) {
	w := newWorld(t, func(c *firehose.Config) { c.Model.ZeroInterval = 3 * time.Second })
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib},
	}))
	w.produce(1, 100, 0, 0, w.direct("d"))
	w.run(10 * time.Second)
	if lag := w.lags()[0]; lag != 3*time.Second {
		t.Errorf("lag %v, want the model's 3 s", lag)
	}
}

package firehose_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestHeld looks at a delivery stream that has delivered one object, cannot deliver the next and buffers more.
func TestHeld(t *testing.T) {
	w := newWorld(t, nil)
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib, Interval: 2 * time.Second},
	}))
	w.produce(50, 100, 0, 100*time.Millisecond, w.direct("d"))
	held := func() (numbers []uint64) {
		w.firehose.Held(func(name, source string, recs []record.Record) {
			if name != "d" || source != "" {
				t.Errorf("of %s, source %q", name, source)
			}
			for i := range recs {
				numbers = append(numbers, recs[i].Number)
			}
		})
		return numbers
	}
	w.run(1050 * time.Millisecond) // 11 are buffered
	if got := held(); len(got) != 11 || got[0] != 0 {
		t.Errorf("buffered: %v", got)
	}
	w.run(time.Second) // the first 20 are delivered
	if got := held(); len(got) != 1 || got[0] != 20 {
		t.Errorf("after the delivery: %v", got)
	}
	for _, o := range w.delivered { // deliveries fail from now on
		w.must(w.store.Delete("bucket", o.Key))
	}
	w.must(w.store.DeleteBucket("bucket"))
	w.run(2500 * time.Millisecond) // the next 20 are cut, and 6 are buffered
	if got := held(); len(got) != 26 || got[0] != 20 || got[25] != 45 {
		t.Errorf("while deliveries fail: %v", got)
	}
}

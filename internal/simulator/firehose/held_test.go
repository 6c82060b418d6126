package firehose_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
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

// TestStages follows records through a transformation whose first invocation takes longer than the next, and fails later ones.
func TestStages(t *testing.T) {
	w := newTransforming(t, &functions{answer: each(doubled), takes: first(15 * time.Second)}, nil)
	w.produce(30, 4, 0, time.Second, w.direct("d"))
	for _, tt := range []struct {
		at   time.Duration
		want string
	}{
		{9500 * time.Millisecond, "10 untouched due 10s"},
		{15500 * time.Millisecond, "10 transforming, 6 untouched due 20s"},
		{22500 * time.Millisecond, "10 transforming, 10 ahead, 3 untouched due 30s"},
		{26500 * time.Millisecond, "20 gathered due 30s, 7 untouched due 30s"},
	} {
		w.checkStages(tt.at, tt.want)
	}
}

// What a fault keeps from the function is held for so long, and no longer.
func TestStagesOfWhatAFaultHolds(t *testing.T) {
	w := newTransforming(t, &functions{answer: each(doubled), takes: first(5 * time.Second)}, func(c *firehose.Config, _ *firehose.DeliveryStream) {
		c.Faults = func(_ time.Time, r fault.Request) (a fault.Action) {
			if r.Operation == "Invoke" {
				a.Delay = 20 * time.Second
			}
			return a
		}
	})
	w.produce(1, 4, 0, time.Second, w.direct("d"))
	w.checkStages(25*time.Second, "1 held since 10s")
	w.checkStages(31*time.Second, "1 transforming")
	w.checkStages(time.Minute, "")
}

// checkStages runs until an instant and compares what the delivery stream d holds then.
func (w *world) checkStages(at time.Duration, want string) {
	w.t.Helper()
	w.run(at - since(w.clock.Now()))
	var got []string
	w.firehose.Stages(func(s firehose.Stage) {
		text := fmt.Sprintf("%d %s", len(s.Records), [...]string{"gathered", "cut", "untouched", "transforming", "ahead", "held"}[s.Step])
		switch s.Step {
		case firehose.Gathered, firehose.Untouched:
			text += fmt.Sprintf(" due %v", s.Due.Sub(clock.Epoch))
		case firehose.Held:
			text += fmt.Sprintf(" since %v", s.Due.Sub(clock.Epoch))
		}
		if s.DeliveryStream != "d" || s.Source != "" || s.Shard != -1 {
			w.t.Errorf("of %+v", s)
		}
		got = append(got, text)
	})
	if text := strings.Join(got, ", "); text != want {
		w.t.Errorf("at %v: %s, want %s", at, text, want)
	}
}

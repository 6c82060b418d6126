package firehose_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// flaky is a store that refuses deliveries until an instant.
type flaky struct {
	firehose.Store
	until    time.Time
	attempts []time.Time
}

func (f *flaky) PutRecords(now time.Time, bucket, key string, recs []record.Record, compression string) (int64, error) {
	f.attempts = append(f.attempts, now)
	if now.Before(f.until) {
		return 0, errors.New("refused")
	}
	return f.Store.PutRecords(now, bucket, key, recs, compression)
}

// newFlakyWorld makes a world whose store refuses for a while, with a delivery stream d of 1 MiB and 5 s.
func newFlakyWorld(t *testing.T, until time.Duration, change func(*firehose.Config)) (*world, *flaky) {
	var f *flaky
	w := newWorld(t, func(c *firehose.Config) {
		f = &flaky{Store: c.Store, until: c.Clock.Now().Add(until)}
		c.Store = f
		if change != nil {
			change(c)
		}
	})
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket",
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
	}))
	return w, f
}

func TestDeliveryIsRetried(t *testing.T) {
	w, f := newFlakyWorld(t, 20*time.Second, nil)
	start := w.clock.Now()
	w.produce(40, 100, 0, time.Second, w.direct("d"))
	w.run(2 * time.Minute)

	// Cut at 5 s, retried after 1, 2, 4 and 8 s: delivered at 20 s. The objects that waited behind it follow at once.
	for i, seconds := range []int{5, 6, 8, 12, 20, 20, 20, 20, 25} {
		want := time.Duration(seconds) * time.Second
		if got := f.attempts[i].Sub(start); got != want {
			t.Errorf("attempt %d at %v, want %v", i, got, want)
		}
	}
	if len(w.lags()) != 40 {
		t.Errorf("%d of 40 records delivered", len(w.lags()))
	}
	for i, d := range w.delivered {
		if i > 0 && d.Records[0].Number != w.delivered[i-1].Records[0].Number+uint64(len(w.delivered[i-1].Records)) {
			t.Error("objects are not delivered in order")
		}
	}
}

func TestOldestIsWhatIsNotDelivered(t *testing.T) {
	w, _ := newFlakyWorld(t, 7*time.Second, nil)
	start := w.clock.Now()
	oldest := func() int { // seconds after the start
		at, ok := w.firehose.Oldest("d")
		if !ok {
			return -1
		}
		return int(at.Sub(start) / time.Second)
	}
	if oldest() != -1 {
		t.Error("an empty delivery stream has an oldest record")
	}
	w.produce(7, 100, time.Second, time.Second, w.direct("d")) // at 1 s … 7 s; cut at 6 s, delivered at 7 s
	for _, tt := range []struct{ at, want int }{{2, 1}, {5, 1}, {6, 1}, {8, 6}, {11, -1}} {
		w.clock.RunUntil(start.Add(time.Duration(tt.at) * time.Second))
		if got := oldest(); got != tt.want {
			t.Errorf("at %d s the oldest record is of %d s, want %d s", tt.at, got, tt.want)
		}
	}
	if _, ok := w.firehose.Oldest("nobody"); ok {
		t.Error("an unknown delivery stream has an oldest record")
	}
}

func TestRecordsAreDiscardedAfterTheRetention(t *testing.T) {
	w, f := newFlakyWorld(t, 1000*time.Hour, func(c *firehose.Config) { c.Model.RetryCap = time.Hour })
	w.produce(3, 100, 0, time.Second, w.direct("d"))
	w.run(26 * time.Hour)
	if len(w.discarded) != 3 || len(w.delivered) != 0 {
		t.Errorf("%d records discarded and %d objects delivered, want 3 and 0", len(w.discarded), len(w.delivered))
	}
	if last := f.attempts[len(f.attempts)-1].Sub(f.attempts[0]); last < 22*time.Hour {
		t.Errorf("the last attempt was %v after the first: it is tried for 24 h", last)
	}
	if _, ok := w.firehose.Oldest("d"); ok {
		t.Error("what was discarded is still the oldest")
	}
}

// TestASourcesRetentionCounts: records of a stream are tried for as long as the stream keeps them, and for a day where it is gone.
func TestASourcesRetentionCounts(t *testing.T) {
	for _, tt := range []struct {
		hours   int32
		deleted bool
		lives   time.Duration // they are not given up until then
	}{
		{48, false, 46 * time.Hour},
		{24, false, 22 * time.Hour},
		{48, true, 22 * time.Hour},
	} {
		t.Run(fmt.Sprintf("%d hours, deleted %v", tt.hours, tt.deleted), func(t *testing.T) {
			w, _ := newFlakyWorld(t, 1000*time.Hour, func(c *firehose.Config) { c.Model.RetryCap = time.Hour })
			w.createStream("s", 1)
			if tt.hours > 24 {
				w.must(w.streams.IncreaseStreamRetentionPeriod(kinesis.IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: &tt.hours}))
			}
			w.must(w.firehose.Create(firehose.DeliveryStream{
				Name: "of-s", Source: "s", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
			}))
			w.produce(3, 100, time.Second, time.Second, w.onto("s"))
			w.run(time.Minute)
			if tt.deleted {
				w.must(w.streams.DeleteStream(kinesis.DeleteStreamInput{StreamName: new("s")}))
			}
			w.run(tt.lives)
			if len(w.discarded) != 0 {
				t.Errorf("%d records discarded before %v", len(w.discarded), tt.lives)
			}
			w.run(4 * time.Hour)
			if len(w.discarded) != 3 || len(w.delivered) != 0 {
				t.Errorf("%d records discarded and %d objects delivered in the end, want 3 and 0", len(w.discarded), len(w.delivered))
			}
		})
	}
}

func TestDeleteDiscardsWhatIsBuffered(t *testing.T) {
	tests := []struct {
		name  string
		store time.Duration // refuses for that long
		at    time.Duration
		lost  int
	}{
		{"in the buffer", 0, 3500 * time.Millisecond, 4},
		{"in the courier's hand", time.Hour, 8500 * time.Millisecond, 9},
		{"delivered before", 0, 5500 * time.Millisecond, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, _ := newFlakyWorld(t, tt.store, nil)
			put := w.direct("d")
			stopped := false
			w.produce(10, 100, 0, time.Second, func(now time.Time, recs []record.Record) error {
				if stopped {
					return nil
				}
				return put(now, recs)
			})
			w.run(tt.at)
			if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
				t.Fatal(err)
			}
			stopped = true
			w.run(2 * time.Hour)
			if len(w.discarded) != tt.lost {
				t.Errorf("%d records discarded, want %d", len(w.discarded), tt.lost)
			}
			if err := put(w.clock.Now(), records(1, 1)); !errors.Is(err, record.ErrNotFound) {
				t.Errorf("put to a deleted delivery stream: %v", err)
			}
		})
	}
}

func TestCrowdedDirectPutRefuses(t *testing.T) {
	w, f := newFlakyWorld(t, time.Hour, func(c *firehose.Config) { c.Model.MaxPending = 2 * mib })
	w.produce(100, 100_000, 0, time.Second, w.direct("d")) // 10 MB in all; the interval cuts 500,000 bytes
	w.run(100 * time.Second)
	if w.refused == 0 {
		t.Fatal("nothing is refused though the store takes nothing")
	}
	held := 100 - w.refused
	if bytes := held * 100_000; bytes < 2*mib || bytes > 3*mib {
		t.Errorf("%d bytes are held, want 2 MiB and at most what was buffered behind", bytes)
	}
	f.until = w.clock.Now()
	w.run(5 * time.Minute)
	if len(w.lags()) != held {
		t.Errorf("%d of %d accepted records delivered", len(w.lags()), held)
	}
}

func TestOneSeedOneHistory(t *testing.T) {
	history := func(seed uint64) string {
		w := newWorld(t, func(c *firehose.Config) { c.Seed = seed; c.Model.PutObjectLatency = time.Millisecond })
		w.createStream("s", 3)
		for _, d := range []firehose.DeliveryStream{{Name: "a", Source: "s"}, {Name: "b", Source: "s", Compression: firehose.Gzip}, {Name: "c"}} {
			d.Bucket, d.Buffering = "bucket", &firehose.BufferingHints{Size: mib, Interval: 3 * time.Second}
			w.must(w.firehose.Create(d))
		}
		w.produce(500, 20_000, 0, 10*time.Millisecond, w.onto("s"))
		w.produce(500, 20_000, 0, 10*time.Millisecond, w.direct("c"))
		w.run(time.Minute)
		return w.history.String()
	}
	first := history(1)
	if first == "" || first != history(1) {
		t.Error("one seed has two histories")
	}
	if first == history(2) {
		t.Error("another seed names its objects the same")
	}
}

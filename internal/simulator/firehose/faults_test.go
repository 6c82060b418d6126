package firehose_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
)

// faulty has a hook act on the reads of shard 0 from an instant on until another.
func faulty(from, to time.Duration, a fault.Action) func(*firehose.Config) {
	return func(c *firehose.Config) {
		c.Faults = func(now time.Time, r fault.Request) fault.Action {
			since := now.Sub(clock.Epoch)
			if r.Operation != "GetRecords" || r.Resource != "s" || !r.Touches(0) || since < from || since >= to {
				return fault.Action{}
			}
			return a
		}
	}
}

// What a fault does to the reader of one shard: when it reads, and that each record is delivered once. The shard beside it
// is read as ever.
func TestFaultsActOnAReader(t *testing.T) {
	tests := []struct {
		name   string
		action fault.Action
		reads  []string // of the shard, from 2 s to 4 s
	}{
		{"nothing", fault.Action{}, []string{"2s 0", "3s 0", "4s 0"}},
		{"late", fault.Action{Delay: 50 * time.Millisecond}, []string{"2.05s 0", "3s 0", "4s 0"}},
		{"held", fault.Action{Until: clock.Epoch.Add(3300 * time.Millisecond)}, []string{"3.3s 0", "4s 0"}},
		{"refused", fault.Action{Err: &fault.Error{Code: "ProvisionedThroughputExceededException"}}, []string{"2.3s 0", "3s 0", "4s 0"}},
		{"cut", fault.Action{Cut: true}, []string{"2.3s 0", "3s 0", "4s 0"}},
		{"answered late", fault.Action{Delay: 50 * time.Millisecond, After: true}, []string{"2s 0", "3s 0", "4s 0"}},
		{"not answered", fault.Action{Lost: true}, []string{"2s 0", "2.1s 0", "2.2s 0", "2.3s 0", "3s 0", "4s 0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &tape{}
			w := newWorld(t, func(c *firehose.Config) {
				faulty(2*time.Second, 2300*time.Millisecond, test.action)(c)
				c.Streams, s.clock = s, c.Clock
			})
			s.put(0, 1)
			s.put(1, 1)
			w.must(w.firehose.Create(firehose.DeliveryStream{
				Name: "d", Source: "s", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
			}))
			w.run(1500 * time.Millisecond)
			s.put(0, 10)
			s.put(1, 10)
			w.run(2600 * time.Millisecond)
			var held, beside []string
			for _, r := range s.reads {
				switch {
				case r == "0s 0" || r == "1s 0":
				case r[len(r)-1] == '0':
					held = append(held, r)
				default:
					beside = append(beside, r)
				}
			}
			if !slices.Equal(held, test.reads) {
				t.Errorf("reads %v, want %v", held, test.reads)
			}
			if want := []string{"0s 1", "1s 1", "2s 1", "3s 1", "4s 1"}; !slices.Equal(beside, want) {
				t.Errorf("reads of the shard beside it %v, want %v", beside, want)
			}
			w.run(time.Minute)
			if n := len(w.lags()); n != 20 {
				t.Errorf("%d records delivered, want each of 20 once", n)
			}
		})
	}
}

// A reader begins with its iterator, and with what follows a shard when the list of shards may be had. A delivery stream that is
// deleted meanwhile reads no more.
func TestFaultsActOnWhatAReaderAsksFirst(t *testing.T) {
	held := fault.Action{Until: clock.Epoch.Add(3300 * time.Millisecond)}
	refused := fault.Action{Err: &fault.Error{Code: "LimitExceededException"}}
	for name, test := range map[string]struct {
		operation string
		action    fault.Action
		deleted   bool
		reads     []string // up to 4.5 s; the shard is split at 1.5 s
	}{
		"nothing":            {"", held, false, []string{"0s 0", "1s 0", "2s 0", "2s 1", "3s 1", "4s 1"}},
		"an iterator, held":  {"GetShardIterator", held, false, []string{"3.3s 0", "3.3s 1", "4.3s 1"}},
		"an iterator, not":   {"GetShardIterator", refused, false, []string{"3s 0", "3s 1", "4s 1"}},
		"a list, held":       {"ListShards", held, false, []string{"0s 0", "1s 0", "2s 0", "3.3s 1", "4.3s 1"}},
		"a list, refused":    {"ListShards", refused, false, []string{"0s 0", "1s 0", "2s 0", "3s 1", "4s 1"}},
		"a list for nobody":  {"ListShards", refused, true, []string{"0s 0", "1s 0", "2s 0"}},
		"a list, never held": {"ListShards", fault.Action{Release: make(chan struct{})}, true, []string{"0s 0", "1s 0", "2s 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := newTapeWorld(t, func(c *firehose.Config) {
				c.Faults = func(now time.Time, r fault.Request) fault.Action {
					if r.Operation != test.operation || now.Sub(clock.Epoch) >= 3*time.Second {
						return fault.Action{}
					}
					return test.action
				}
			})
			w.run(1500 * time.Millisecond)
			s.split(1, 0)
			w.run(time.Second)
			if test.deleted {
				if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
					t.Fatal(err)
				}
			}
			w.run(2 * time.Second)
			if !slices.Equal(s.reads, test.reads) {
				t.Errorf("reads %v, want %v", s.reads, test.reads)
			}
		})
	}
}

// A delivery stream that is deleted while a fault holds its reader reads no more, whatever it is held for.
func TestADeliveryStreamIsDeletedWhileItsReadsAreHeld(t *testing.T) {
	for name, a := range map[string]fault.Action{
		"until":   {Until: clock.Epoch.Add(10 * time.Second)},
		"release": {Release: make(chan struct{})},
	} {
		w, s := newTapeWorld(t, faulty(time.Second, 9*time.Second, a))
		w.run(5 * time.Second)
		if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
			t.Fatal(err)
		}
		w.run(time.Minute)
		if want := []string{"0s 0"}; !slices.Equal(s.reads, want) {
			t.Errorf("%s: reads %v, want %v", name, s.reads, want)
		}
	}
}

// What a fault does to the courier: when the bucket is asked, and when the object of 5 s is delivered, once. A delivery stream that is
// deleted meanwhile delivers nothing more.
func TestFaultsActOnACourier(t *testing.T) {
	const s = time.Second
	slow := &fault.Error{Code: "SlowDown"}
	held := clock.Epoch.Add(10 * s)
	tests := []struct {
		name     string
		action   fault.Action // until 10 s
		asked    []time.Duration
		at       time.Duration // 0: never
		deletion time.Duration
	}{
		{"nothing", fault.Action{}, []time.Duration{5 * s}, 5 * s, 0},
		{"late", fault.Action{Delay: 300 * time.Millisecond}, []time.Duration{5300 * time.Millisecond}, 5300 * time.Millisecond, 0},
		{"held", fault.Action{Until: held}, []time.Duration{10 * s}, 10 * s, 0},
		{"refused", fault.Action{Err: slow}, []time.Duration{12 * s}, 12 * s, 0}, // after 1, 2 and 4 s
		{"cut off", fault.Action{Cut: true}, []time.Duration{12 * s}, 12 * s, 0},
		{"not answered", fault.Action{Cut: true, After: true}, []time.Duration{5 * s, 6 * s, 8 * s, 12 * s}, 12 * s, 0},
		{"answered late", fault.Action{Delay: s, After: true}, []time.Duration{5 * s}, 6 * s, 0},
		{"held for a deleted one", fault.Action{Until: held}, nil, 0, 7 * s},
		{"held for ever", fault.Action{Release: make(chan struct{})}, nil, 0, 7 * s},
		{"refused for a deleted one", fault.Action{Err: slow}, nil, 0, 7 * s},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, f := newFlakyWorld(t, 0, func(c *firehose.Config) {
				c.Faults = func(now time.Time, r fault.Request) fault.Action {
					if r.Service != "s3" || r.Operation != "PutObject" || r.Resource != "bucket" || r.Touches != nil {
						t.Errorf("asked about %+v", r)
					}
					if now.Before(held) {
						return test.action
					}
					return fault.Action{}
				}
			})
			w.must(w.firehose.Put(w.clock.Now(), "d", records(10, 100), make([]bool, 10)))
			if test.deletion > 0 {
				w.run(test.deletion)
				if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
					t.Fatal(err)
				}
			}
			w.run(time.Minute)
			var asked []time.Duration
			for _, at := range f.attempts {
				asked = append(asked, at.Sub(clock.Epoch))
			}
			if !slices.Equal(asked, test.asked) {
				t.Errorf("the bucket is asked at %v, want %v", asked, test.asked)
			}
			switch {
			case test.at == 0:
				if len(w.delivered) != 0 || len(w.discarded) != 10 {
					t.Errorf("%d objects delivered and %d records discarded, want none and 10", len(w.delivered), len(w.discarded))
				}
			case len(w.delivered) != 1 || w.delivered[0].At.Sub(clock.Epoch) != test.at || len(w.lags()) != 10:
				t.Errorf("delivered %+v, want one object at %v", w.delivered, test.at)
			}
		})
	}
}

// A clock that is stopped while a fault holds a delivery stream's processes ends them all.
func TestTheClockStopsWhileAFaultHolds(t *testing.T) {
	for _, operation := range []string{"GetShardIterator", "GetRecords", "ListShards", "PutObject"} {
		w, s := newTapeWorld(t, func(c *firehose.Config) {
			c.Faults = func(_ time.Time, r fault.Request) fault.Action {
				if r.Operation != operation {
					return fault.Action{}
				}
				return fault.Action{Until: clock.Epoch.Add(time.Hour), After: operation == "PutObject"}
			}
		})
		w.run(1500 * time.Millisecond)
		s.put(0, 1)
		s.split(1, 0)
		w.run(time.Minute)
		w.clock.Stop() // it panics where a process waits again
	}
}

// An observer is told of each object that could not be stored, and why: by a fault's error, by a cut, by the store itself.
func TestAnObserverIsToldWhatIsNotStored(t *testing.T) {
	w, _ := newFlakyWorld(t, 10*time.Second, func(c *firehose.Config) {
		c.Faults = func(now time.Time, r fault.Request) (a fault.Action) {
			switch at := since(now); {
			case r.Operation != "PutObject":
			case at < 5500*time.Millisecond:
				a.Err = &fault.Error{Code: "SlowDown", Message: "please"}
			case at < 7*time.Second:
				a.Cut = true
			}
			return a
		}
	})
	w.produce(3, 100, 0, time.Second, w.direct("d"))
	w.run(time.Minute)
	if want := []string{"5s d 3: SlowDown: please", "6s d 3: a connection that was cut", "8s d 3: refused"}; !slices.Equal(w.failed, want) || len(w.delivered) != 1 {
		t.Errorf("told %q, and %d objects delivered", w.failed, len(w.delivered))
	}
}

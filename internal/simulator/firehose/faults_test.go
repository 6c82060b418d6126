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
		{"not answered", fault.Action{Cut: true, After: true}, []string{"2s 0", "2.1s 0", "2.2s 0", "2.3s 0", "3s 0", "4s 0"}},
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

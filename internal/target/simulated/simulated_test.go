package simulated_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// observer counts what the services tell.
type observer struct {
	stored    int
	consumed  []time.Duration // when the consumer got records, since the epoch
	records   int             // that it got
	delivered int
}

func (o *observer) ShardPut(_ time.Time, _ string, _ []target.Record, decisions []target.Decision) {
	for _, d := range decisions {
		if d.Limit == target.Accepted {
			o.stored++
		}
	}
}

func (o *observer) DeliveryStreamPut(_ time.Time, _ string, _ []target.Record, refused []bool) {
	for _, r := range refused {
		if !r {
			o.stored++
		}
	}
}

func (o *observer) Consumed(now time.Time, _ string, records []target.Record) {
	o.consumed = append(o.consumed, now.Sub(clock.Epoch))
	o.records += len(records)
}

func (o *observer) Delivered(d target.Delivery)                             { o.delivered += len(d.Records) }
func (o *observer) ShardRead(time.Time, string, int32, string, int, string) {}
func (o *observer) ShardPushed(time.Time, string, int32, string, int)       {}
func (o *observer) Resharded(time.Time, string, int)                        {}
func (o *observer) Trimmed(string, int32, int, int64)                       {}
func (o *observer) Discarded(time.Time, string, []target.Record)            {}
func (o *observer) Invoked(target.Invocation)                               {}
func (o *observer) Refused(time.Time, string, string)                       {}
func (o *observer) BackedUp(target.Backup)                                  {}

// deploy makes a target with a stream s, a consumer of it and a delivery stream d.
func deploy(t *testing.T, v *clock.Virtual, hook fault.Hook, more string) (*simulated.Target, *observer) {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(`
version: 1
pipeline:
  streams: {s: {shardCount: 1}}
  deliveryStreams: {d: {s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}}
  consumers: {c: {stream: s, every: 1s}}
`+more), nil)
	if err != nil {
		t.Fatal(err)
	}
	made, seen := simulated.New(simulated.Config{Clock: v, Seed: 1, Hook: hook}), &observer{}
	if err := made.Deploy(t.Context(), s, seen); err != nil {
		t.Fatal(err)
	}
	made.Begin(v.Now())
	return made, seen
}

// request is one of four records.
func request(d target.Destination) *target.Request {
	r := &target.Request{Destination: d, Timeout: 5 * time.Second}
	for n := range uint64(4) {
		r.Entries = append(r.Entries, target.Entry{Number: n, Key: "k", Size: 100, Ours: true})
	}
	return r
}

// Each action of a fault, on both kinds of puts: what the sender is told, when, and what is stored.
func TestPutUnderFaults(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name   string
		action fault.Action
		status target.Status
		took   time.Duration
		stored int
	}{
		{"none", fault.Action{}, target.Acked, 0, 4},
		{"delayed", fault.Action{Delay: 70 * ms}, target.Acked, 70 * ms, 4},
		{"held", fault.Action{Until: clock.Epoch.Add(3 * time.Second)}, target.Acked, 3 * time.Second, 4},
		{"delayed, then held no longer", fault.Action{Delay: 70 * ms, Until: clock.Epoch.Add(50 * ms)}, target.Acked, 70 * ms, 4},
		{"held for longer than its timeout", fault.Action{Delay: time.Minute}, target.Unanswered, 5 * time.Second, 0},
		{"answered later than its timeout", fault.Action{Delay: time.Minute, After: true}, target.Unanswered, 5 * time.Second, 4},
		{"answered late", fault.Action{Delay: 70 * ms, After: true}, target.Acked, 70 * ms, 4},
		{"cut off", fault.Action{Cut: true}, target.Unanswered, 0, 0},
		{"cut off after a while", fault.Action{Delay: 70 * ms, Cut: true}, target.Unanswered, 70 * ms, 0},
		{"its answer cut off", fault.Action{Cut: true, After: true}, target.Unanswered, 0, 4},
		{"its answer lost", fault.Action{Lost: true}, target.Unanswered, 0, 4},
		{"held, and its answer lost", fault.Action{Delay: 70 * ms, Lost: true}, target.Unanswered, 70 * ms, 4},
		{"held for longer than its timeout, its answer lost", fault.Action{Delay: time.Minute, Lost: true}, target.Unanswered, 5 * time.Second, 0},
		{"failed", fault.Action{Err: &fault.Error{Code: "InternalFailure"}}, target.Failed, 0, 0},
		{"throttled as a whole", fault.Action{Err: &fault.Error{Code: "ServiceUnavailableException"}}, target.Throttled, 0, 0},
		{"every record refused", fault.Action{Share: 1}, target.Throttled, 0, 0},
		{"every record refused by an error", fault.Action{Share: 1, Err: &fault.Error{Code: "ThrottlingException"}}, target.Throttled, 0, 0},
	}
	for _, d := range []target.Destination{{Stream: "s"}, {DeliveryStream: "d"}} {
		for _, test := range tests {
			t.Run(d.Name()+" "+test.name, func(t *testing.T) {
				v := clock.NewVirtual()
				defer v.Stop()
				made, seen := deploy(t, v, func(_ time.Time, r fault.Request) fault.Action {
					if strings.HasPrefix(r.Operation, "Put") && r.Service != "s3" {
						return test.action
					}
					return fault.Action{}
				}, "")
				r := request(d)
				v.Go("sender", func(p *clock.Proc) { made.Put(p, r) })
				v.RunUntil(clock.Epoch.Add(time.Minute))
				if took := r.Ended.Sub(r.Began); took != test.took || seen.stored != test.stored {
					t.Errorf("took %v with %d stored, want %v with %d", took, seen.stored, test.took, test.stored)
				}
				for i, o := range r.Outcomes {
					if o.Status != test.status {
						t.Errorf("record %d: %+v, want status %d", i, o, test.status)
					}
				}
				if d.Stream != "" && seen.records != test.stored || d.Stream == "" && seen.delivered != test.stored {
					t.Errorf("%d records consumed and %d delivered, want %d", seen.records, seen.delivered, test.stored)
				}
			})
		}
	}
}

func TestPutToNowhere(t *testing.T) {
	v := clock.NewVirtual()
	defer v.Stop()
	made, _ := deploy(t, v, nil, "")
	for _, d := range []target.Destination{{Stream: "gone"}, {DeliveryStream: "gone"}} {
		r := request(d)
		v.Go("sender", func(p *clock.Proc) { made.Put(p, r) })
		v.RunUntil(v.Now().Add(time.Second))
		if o := r.Outcomes[0]; r.Err == nil || o.Status != target.Failed || o.Reason != "ResourceNotFoundException" {
			t.Errorf("%+v: error %v, outcome %+v", d, r.Err, o)
		}
	}
}

// Faults act on a consumer's reads: what it does not get it asks for again at its next turn.
func TestConsumerUnderFaults(t *testing.T) {
	tests := []struct {
		name   string
		action fault.Action // until 2.5 s
		want   time.Duration
	}{
		{"none", fault.Action{}, time.Second},
		{"failed", fault.Action{Err: &fault.Error{Code: "InternalFailure"}}, 3 * time.Second},
		{"cut off", fault.Action{Cut: true}, 3 * time.Second},
		{"answers cut off", fault.Action{Cut: true, After: true}, 3 * time.Second},
		{"answers lost", fault.Action{Lost: true}, 3 * time.Second},
		{"delayed", fault.Action{Delay: 300 * time.Millisecond}, 1300 * time.Millisecond},
		{"held", fault.Action{Until: clock.Epoch.Add(2500 * time.Millisecond)}, 2500 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := clock.NewVirtual()
			defer v.Stop()
			made, seen := deploy(t, v, func(now time.Time, r fault.Request) fault.Action {
				if r.Operation == "GetRecords" && now.Before(clock.Epoch.Add(2500*time.Millisecond)) {
					return test.action
				}
				return fault.Action{}
			}, "")
			r := request(target.Destination{Stream: "s"})
			v.Go("sender", func(p *clock.Proc) {
				if p.Sleep(400 * time.Millisecond) {
					made.Put(p, r)
				}
			})
			v.RunUntil(clock.Epoch.Add(10 * time.Second))
			if len(seen.consumed) != 1 || seen.consumed[0] != test.want || seen.records != 4 {
				t.Errorf("%d records consumed at %v, want 4 at %v", seen.records, seen.consumed, test.want)
			}
		})
	}
}

// The profile aws takes its time: until the pipeline is ACTIVE, and for each put.
func TestProfileAWS(t *testing.T) {
	v := clock.NewVirtual()
	defer v.Stop()
	made, seen := deploy(t, v, nil, "model: aws\n")
	if waited := v.Now().Sub(clock.Epoch); waited != 30*time.Second {
		t.Errorf("the pipeline took %v, want the 30 s of a delivery stream", waited)
	}
	r := request(target.Destination{Stream: "s"})
	v.Go("sender", func(p *clock.Proc) { made.Put(p, r) })
	v.RunUntil(v.Now().Add(time.Minute))
	if took := r.Ended.Sub(r.Began); took <= 0 || seen.stored != 4 || seen.records != 4 {
		t.Errorf("a put took %v; %d stored, %d consumed", took, seen.stored, seen.records)
	}
}

func TestHeld(t *testing.T) {
	v := clock.NewVirtual()
	defer v.Stop()
	made, _ := deploy(t, v, nil, "")
	v.Go("sender", func(p *clock.Proc) {
		if p.Sleep(100 * time.Millisecond) {
			made.Put(p, request(target.Destination{Stream: "s"}))
			made.Put(p, request(target.Destination{DeliveryStream: "d"}))
		}
	})
	held := func() map[string]int {
		got := map[string]int{}
		told := made.Held(func(sink string, from target.Destination, records []target.Record) {
			got[sink+" of "+from.Name()] += len(records)
		})
		if !told {
			t.Error("it cannot tell")
		}
		return got
	}
	v.RunUntil(clock.Epoch.Add(200 * time.Millisecond))
	if got := held(); len(got) != 2 || got["c of s"] != 4 || got["d of d"] != 4 {
		t.Errorf("held on the way: %v", got)
	}
	v.RunUntil(clock.Epoch.Add(2 * time.Second))
	if got := held(); len(got) != 0 {
		t.Errorf("held in the end: %v", got)
	}
}

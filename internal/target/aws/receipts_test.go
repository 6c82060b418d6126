package aws

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/internal/target"
)

// told keeps what an observer is told of invocations.
type told struct {
	target.Observer
	invocations []target.Invocation
}

func (o *told) Invoked(i target.Invocation) { o.invocations = append(o.invocations, i) }

// TestReceipts reads receipts as they may come: whole, in parts, stored twice, of two environments, and none at all.
func TestReceipts(t *testing.T) {
	at := time.Unix(1_800_000_000, 0).UTC()
	receipt := func(env, invocation uint64, parts int, numbers ...uint64) [][]byte {
		r := probe.Receipt{
			Function: "f", Stream: "s", Shard: "shardId-000000000002", FirstSequenceNumber: "1", LastSequenceNumber: "2",
			Environment: env, Invocation: invocation, Attempt: 1, ItemFailure: -1, Parts: parts, Batch: len(numbers),
			Begin: at, End: at.Add(20 * time.Millisecond), FirstArrival: at, LastArrival: at,
		}
		var all [][]byte
		for part := range parts {
			r.Part, r.First, r.Records = part, len(numbers)*part/parts, nil
			for _, n := range numbers[r.First : len(numbers)*(part+1)/parts] {
				r.Records = append(r.Records, probe.Record{Lane: 3, Number: n, Arrival: at.Add(-time.Second)})
			}
			all = append(all, r.Append(nil))
		}
		return all
	}
	var notes []string
	o := &told{}
	tgt := &Target{
		config: Config{
			Identify: func(body []byte) (uint32, uint64, bool) { return 3, uint64(body[len(body)-3] - '0'), true },
			Note:     func(text string) { notes = append(notes, text) },
		},
		observer: o, markers: &markers{missing: map[string]target.Destination{}},
	}
	r := &receiptReader{target: tgt, from: map[uint64]*environment{}}
	var come [][]byte
	come = append(come, receipt(7, 0, 1, 1, 2)...)
	come = append(come, receipt(7, 0, 1, 1, 2)...) // stored twice
	parts := receipt(7, 1, 2, 3, 4, 5)
	come = append(come, parts[0], parts[0], parts[1], parts[1])
	come = append(come, receipt(8, 0, 1, 6)...)
	come = append(come, receipt(7, 3, 1, 7)...) // 2 was lost
	come = append(come, []byte("nonsense"))
	for _, data := range come {
		r.receipt(data, at.Add(50*time.Millisecond))
	}
	var got [][]uint64
	for _, i := range o.invocations {
		var numbers []uint64
		for _, rec := range i.Records {
			numbers = append(numbers, rec.Number)
			if !rec.Ours || rec.Shard != target.NoPlace || rec.Arrival != at.Add(-time.Second).UnixNano() {
				t.Errorf("record %+v", rec)
			}
		}
		got = append(got, numbers)
		if i.Function != "f" || i.Stream != "s" || i.Shard != 2 || i.End.Sub(i.Begin) != 20*time.Millisecond || i.Failed || i.Cold {
			t.Errorf("invocation %+v", i)
		}
	}
	if want := "[[1 2] [3 4 5] [6] [7]]"; len(got) == 0 || fmt.Sprint(got) != want {
		t.Errorf("invocations of records %v, want %s", got, want)
	}
	if len(notes) != 1 {
		t.Errorf("notes: %q", notes)
	}
}

package aws

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// request is a put of n records of a lane from a number on, of which every third was refused, answered at an instant.
func ackedRequest(lane uint32, first uint64, n int, at int64) *target.Request {
	r := &target.Request{Ended: time.Unix(0, at)}
	for i := range n {
		r.Entries = append(r.Entries, target.Entry{Lane: lane, Number: first + uint64(i)})
		o := target.Outcome{Status: target.Acked}
		if i%3 == 2 {
			o.Status = target.Throttled
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

func TestAcks(t *testing.T) {
	var a acks
	if _, ok := a.arrival(1, 5); ok {
		t.Error("something that was never put came in")
	}
	a.answered(ackedRequest(1, chunkLen-3, 9, 100))
	a.answered(ackedRequest(2, 0, 3, 200))
	for i := range 9 {
		at, ok := a.arrival(1, uint64(chunkLen-3+i))
		if want := i%3 != 2; ok != want || ok && at != 100 {
			t.Errorf("record %d: %d, %v", i, at, ok)
		}
		if _, again := a.arrival(1, uint64(chunkLen-3+i)); again {
			t.Errorf("record %d came in twice", i)
		}
	}
	if len(a.chunks) != 1 {
		t.Errorf("%d chunks are kept, want that of lane 2", len(a.chunks))
	}
}

// What comes out before its acknowledgement arrived after it was sent, and is over with both, in whatever order they come.
func TestAcksOfWhatIsOutBefore(t *testing.T) {
	a := acks{within: true}
	r := ackedRequest(1, 0, 3, 100)
	r.Began = time.Unix(0, 60)
	a.sent(r)
	if at, ok := a.arrival(1, 0); !ok || at != 60 {
		t.Errorf("out before its acknowledgement: %d, %v", at, ok)
	}
	a.sent(r) // again, as after an answer that was lost
	if _, again := a.arrival(1, 0); again {
		t.Error("it came in twice")
	}
	a.answered(r)
	if _, again := a.arrival(1, 0); again {
		t.Error("it came in twice, acknowledged")
	}
	if at, ok := a.arrival(1, 1); !ok || at != 100 {
		t.Errorf("acknowledged: %d, %v", at, ok)
	}
	if _, ok := a.arrival(1, 2); ok {
		t.Error("what was refused came in")
	}
	if len(a.chunks) != 0 {
		t.Errorf("%d chunks are kept", len(a.chunks))
	}
	r = ackedRequest(1, 5, 1, 0) // without an answer it may come out
	r.Began, r.Outcomes[0].Status = time.Unix(0, 70), target.Unanswered
	a.sent(r)
	a.answered(r)
	if at, ok := a.arrival(1, 5); !ok || at != 70 {
		t.Errorf("without an answer: %d, %v", at, ok)
	}
}

// Each delivery stream of a stream asks when a record arrived, and is told.
func TestAcksOfEachDeliveryStream(t *testing.T) {
	var s scenarios.Scenario
	s.Pipeline.DeliveryStreams = map[string]scenarios.DeliveryStream{"a": {Source: "s"}, "b": {Source: "s"}, "direct": {}}
	tgt := New(Config{Endpoint: "http://127.0.0.1:1"})
	tgt.remember(&s)
	for _, a := range tgt.delivers[target.Destination{Stream: "s"}] {
		a.answered(ackedRequest(1, 0, 1, 100))
	}
	for name, want := range map[string]bool{"a": true, "b": true, "direct": false} {
		if at, ok := tgt.acks[name].arrival(1, 0); ok != want || ok && at != 100 {
			t.Errorf("%s: %d, %v", name, at, ok)
		}
	}
}

// What never comes out does not fill the memory: the oldest is forgotten.
func TestAcksAreBounded(t *testing.T) {
	var a acks
	for i := range maxChunks + 10 {
		a.answered(ackedRequest(0, uint64(i)*chunkLen, 1, int64(i+1)))
	}
	if len(a.chunks) != maxChunks {
		t.Errorf("%d chunks are kept", len(a.chunks))
	}
	if _, ok := a.arrival(0, 0); ok {
		t.Error("the oldest is still there")
	}
	if at, ok := a.arrival(0, uint64(maxChunks+9)*chunkLen); !ok || at != maxChunks+10 {
		t.Errorf("the newest: %d, %v", at, ok)
	}
	for i := range uint64(100_000) { // all come out: their places go too
		a.answered(ackedRequest(7, i*chunkLen, 1, 1))
		a.arrival(7, i*chunkLen)
	}
	if len(a.order) > 3*maxChunks {
		t.Errorf("%d places are kept for %d chunks", len(a.order), len(a.chunks))
	}
}

// What comes out of a delivery stream are user records: an aggregate's acknowledgement is that of each.
func TestAcksOfAggregates(t *testing.T) {
	a := acks{within: true}
	r := ackedRequest(9, 0, 3, 100) // the third is refused
	for i := range uint64(3) {
		r.Users = append(r.Users, []target.Entry{{Lane: 1, Number: 2 * i}, {Lane: 2, Number: 2*i + 1}})
	}
	r.Began = time.Unix(0, 60)
	a.sent(r)
	if at, ok := a.arrival(2, 1); !ok || at != 60 {
		t.Errorf("out before the acknowledgement: %d, %t", at, ok)
	}
	a.answered(r)
	for i := range uint64(6) {
		at, ok := a.arrival(1+uint32(i%2), i)
		if want := i < 4 && i != 1; ok != want || ok && at != 100 {
			t.Errorf("user record %d: %d, %t", i, at, ok)
		}
	}
	if _, ok := a.arrival(9, 0); ok {
		t.Error("the aggregate is a record itself")
	}
}

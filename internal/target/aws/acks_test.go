package aws

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/target"
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
	a.acked(ackedRequest(1, chunkLen-3, 9, 100))
	a.acked(ackedRequest(2, 0, 3, 200))
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
	var a acks
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
	a.acked(r)
	if _, again := a.arrival(1, 0); again {
		t.Error("it came in twice, acknowledged")
	}
	if at, ok := a.arrival(1, 1); !ok || at != 100 {
		t.Errorf("acknowledged: %d, %v", at, ok)
	}
	if at, ok := a.arrival(1, 2); !ok || at != 60 { // refused, it seems
		t.Errorf("not acknowledged: %d, %v", at, ok)
	}
	r = ackedRequest(1, 2, 1, 200)
	if a.acked(r); len(a.chunks) != 0 {
		t.Errorf("%d chunks are kept", len(a.chunks))
	}
}

// What never comes out does not fill the memory: the oldest is forgotten.
func TestAcksAreBounded(t *testing.T) {
	var a acks
	for i := range maxChunks + 10 {
		a.acked(ackedRequest(0, uint64(i)*chunkLen, 1, int64(i+1)))
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
		a.acked(ackedRequest(7, i*chunkLen, 1, 1))
		a.arrival(7, i*chunkLen)
	}
	if len(a.order) > 3*maxChunks {
		t.Errorf("%d places are kept for %d chunks", len(a.order), len(a.chunks))
	}
}

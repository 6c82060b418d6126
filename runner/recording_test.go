package runner_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// recording is a target without latency that writes down the requests it gets, on either clock, and stores every record
// but those it is told to refuse.
type recording struct {
	refuse func(e *target.Entry, attempt int) bool // nil: nothing

	mu       sync.Mutex
	start    time.Time
	requests []request
	attempts map[recordedID]int
}

// request is a request as it came: when, since the start of the load, and what was in it.
type request struct {
	left    time.Duration
	to      string
	entries []recordedID
}

// recordedID is a record as the load made it.
type recordedID struct {
	lane   uint32
	number uint64
	due    int64 // since the start of the load
	key    string
	size   int32
}

func (r *recording) Traits() target.Traits {
	return target.Traits{Name: "recording", MaxBytes: 4 << 20}
}

func (r *recording) Deploy(context.Context, *scenarios.Scenario, target.Observer) error {
	r.attempts = map[recordedID]int{}
	return nil
}

func (r *recording) Begin(start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start = start
}

func (r *recording) Put(p *clock.Proc, q *target.Request) {
	if !q.MayLeave() {
		return
	}
	q.Began, q.Ended = p.Now(), p.Now()
	q.Outcomes = q.Outcomes[:0]
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := request{left: q.Began.Sub(r.start), to: q.Destination.Name()}
	for i := range q.Entries {
		e := &q.Entries[i]
		id := recordedID{e.Lane, e.Number, e.Due - r.start.UnixNano(), e.Key, e.Size}
		seen.entries = append(seen.entries, id)
		r.attempts[id]++
		o := target.Outcome{Status: target.Acked, Shard: -1}
		if r.refuse != nil && r.refuse(e, r.attempts[id]) {
			o = target.Outcome{Status: target.Throttled, Reason: "unknown", Shard: -1}
		}
		q.Outcomes = append(q.Outcomes, o)
	}
	r.requests = append(r.requests, seen)
}

// sent is what left before an instant, in the order in which it left. Two that left at one instant are told apart by
// where they went and what is in them: on the wall their senders race.
func (r *recording) sent(before time.Duration) []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := slices.DeleteFunc(slices.Clone(r.requests), func(q request) bool { return q.left >= before })
	slices.SortFunc(sent, func(a, b request) int {
		x, y := a.entries[0], b.entries[0]
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.to, b.to),
			cmp.Compare(x.due, y.due), cmp.Compare(x.lane, y.lane), cmp.Compare(x.number, y.number))
	})
	return sent
}

func (r *recording) Freshness(string, time.Time) (time.Duration, bool) { return 0, false }
func (r *recording) Held(target.Visit) bool                            { return false }
func (r *recording) Close(context.Context) error                       { return nil }

package runner

import (
	"sync"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// waiter measures a delivery once it is known which record it was of: since when that was due, and when it arrived, in
// nanoseconds since the start of the load.
type waiter func(due, arrival int64)

// waits hold what came to pass of records without an identity before their ack told which place is theirs.
type waits struct {
	start    *int64
	mu       sync.Mutex
	last     int64
	waiting  map[int64]waitingDelivery
	arrivals map[measure.Place]int64
}

type waitingDelivery struct {
	then    waiter
	arrival int64
}

func newWaits(start *int64) *waits {
	return &waits{start: start, waiting: map[int64]waitingDelivery{}, arrivals: map[measure.Place]int64{}}
}

// ticket keeps a delivery until its record is known.
func (w *waits) ticket(then waiter, r *target.Record) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	w.waiting[w.last] = waitingDelivery{then, r.Arrival - *w.start}
	return w.last
}

// arrived keeps the arrival of a record until its ack.
func (w *waits) arrived(place measure.Place, at int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arrivals[place] = at
}

// take gives back a delivery that waited.
func (w *waits) take(ticket int64) waitingDelivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.waiting[ticket]
	delete(w.waiting, ticket)
	return d
}

// arrival gives back when the record at a place arrived.
func (w *waits) arrival(place measure.Place) (at int64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok = w.arrivals[place]
	delete(w.arrivals, place)
	return at, ok
}

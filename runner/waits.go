package runner

import (
	"sync"

	"github.com/wavetank/wavetank/internal/measure"
)

// waits hold what came to pass of records without an identity before their ack told which place is theirs. They are safe
// for concurrent use.
type waits struct {
	mu       sync.Mutex
	last     int64
	waiting  map[int64]waiting
	arrivals map[measure.Place]int64 // nanoseconds since the start of the load
}

// waiting is a record that came out of a sink, and nobody knows yet which one it is. Instants are nanoseconds since the
// start of the load.
type waiting struct {
	sink               *sink
	at, begin, arrival int64
}

func newWaits() *waits {
	return &waits{waiting: map[int64]waiting{}, arrivals: map[measure.Place]int64{}}
}

// ticket keeps a delivery until its record is known.
func (w *waits) ticket(d waiting) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	w.waiting[w.last] = d
	return w.last
}

// take gives back a delivery that waited.
func (w *waits) take(ticket int64) waiting {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.waiting[ticket]
	delete(w.waiting, ticket)
	return d
}

// arrived keeps the arrival of a record until its ack.
func (w *waits) arrived(place measure.Place, at int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arrivals[place] = at
}

// arrival gives back when the record at a place arrived.
func (w *waits) arrival(place measure.Place) (at int64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok = w.arrivals[place]
	delete(w.arrivals, place)
	return at, ok
}

package lambda

import (
	"crypto/md5"
	"encoding/binary"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// queue is what lies between a shard's poller and its lanes: one batcher a lane behind one mutex, which is never held
// over a wait.
type queue struct {
	room int // waiting records at which the poller stops asking for more

	mu      sync.Mutex
	lanes   []batcher
	tries   []attempt // what each lane is at with its batch
	waiting int       // records received and in no batch yet
	held    int       // these and the ones in flight
	starved bool      // the poller waits for room
	ended   bool      // the shard is closed and read to its end
}

func newQueue(lanes, room int, each batcher) *queue {
	q := &queue{room: room, lanes: make([]batcher, lanes), tries: make([]attempt, lanes)}
	for i := range q.lanes {
		q.lanes[i] = each
	}
	return q
}

// laneOf is the lane a record goes to: the hash of its partition key, of which the lowest 32 bits are enough, modulo the lanes. AWS
// keeps the order of a partition key and documents no function; this one is ours. Aggregates of the KPL, whose partition key is
// always the same, all go to one lane: they gain nothing by more ("Processing of multiple batches", developer guide).
func laneOf(r *record.Record, lanes uint32) uint32 {
	if r.Explicit {
		return laneOfKey(r.Key, lanes)
	}
	return uint32(r.Hash.Lo) % lanes
}

// laneOfKey is the lane of a partition key whose hash is not at hand.
func laneOfKey(key string, lanes uint32) uint32 {
	if lanes == 1 {
		return 0
	}
	sum := md5.Sum([]byte(key))
	return binary.BigEndian.Uint32(sum[12:]) % lanes
}

// offer hands records to their lanes. It tells which lanes got any, a bit each.
func (q *queue) offer(now time.Time, recs []record.Record, last bool) (lanes uint32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting += len(recs)
	q.held += len(recs)
	q.ended = last
	n := uint32(len(q.lanes))
	if n == 1 && len(recs) > 0 {
		q.lanes[0].offer(now, recs)
		return 1
	}
	for i := range recs {
		lane := laneOf(&recs[i], n)
		b := &q.lanes[lane]
		if lanes&(1<<lane) == 0 {
			lanes |= 1 << lane
			b.open(now)
		}
		b.queue = append(b.queue, recs[i])
	}
	return lanes
}

// full tells whether the poller has to wait for room; if so, the take that makes room says it.
func (q *queue) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.starved = q.waiting >= q.room
	return q.starved
}

// taken is a lane's answer to what it shall do next.
type taken struct {
	batch []record.Record // to invoke with; else
	due   time.Time       // when to ask again; zero: when something is offered
	over  bool            // nothing will come any more
	room  bool            // the poller waited for room and there is some
}

// take asks a lane for its next batch.
func (q *queue) take(lane int, now time.Time) (t taken) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := &q.lanes[lane]
	t.batch, t.due = b.take(now)
	q.waiting -= len(t.batch)
	t.over = q.ended && t.batch == nil && b.waiting() == 0
	if q.starved && q.waiting < q.room {
		q.starved, t.room = false, true
	}
	return t
}

// attempt is what a lane is at with the first records of its batch.
type attempt struct {
	size  int
	sent  time.Time // they are in an invocation since then
	again time.Time // they wait to be sent again then; zero: they are in the invocation
	held  bool      // a fault holds the invocation on its way to the function
}

// trying tells what a lane is at.
func (q *queue) trying(lane int, a attempt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tries[lane] = a
}

// holds tells that a fault holds what a lane is at.
func (q *queue) holds(lane int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tries[lane].held = true
}

// settle tells that the first records of a lane's batch are done with, while others are still in flight.
func (q *queue) settle(lane, records int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held -= records
	q.lanes[lane].settle(records)
}

// done tells that all of a lane's batch is done with.
func (q *queue) done(lane int, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := &q.lanes[lane]
	q.held -= b.flight
	b.done(now)
	q.tries[lane] = attempt{}
}

// pending is how many records were received and are in no successful invocation yet.
func (q *queue) pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held
}

// over tells whether the shard was read to its end and every record of it succeeded.
func (q *queue) over() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ended && q.held == 0
}

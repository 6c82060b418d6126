package kinesis

import (
	"math/bits"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// The modes and states of a stream.
const (
	ModeProvisioned = "PROVISIONED"
	ModeOnDemand    = "ON_DEMAND"

	statusCreating = "CREATING"
	statusActive   = "ACTIVE"
	statusUpdating = "UPDATING"
	statusDeleting = "DELETING"
)

// stream is one stream with its shards. What stands above mu never changes; the rest is guarded by it.
type stream struct {
	name    string
	created time.Time
	active  time.Time // from when on it is ACTIVE
	disk    *Disk     // of its records; nil: they are in memory alone
	owner   uint64    // of what it has there
	awaits  bool      // records are readable when they are on disk, and not before

	settings atomic.Pointer[settings] // written under mu
	calls    calls
	touched  atomic.Bool // it is another than its last document says; meaningful where awaits

	mu      sync.Mutex
	changes []pending // on their way, in the order of their instants
	due     int64     // when the first of them comes, unix nanoseconds; 0: none
	deleted time.Time // when DeleteStream was called; zero: not
	gone    time.Time // from when on it is no more; meaningful where deleted is set
	dropped bool      // it is out of the service, with its records: a caller that found it before is too late
	shards  []*shard  // by number, closed ones too
	open    []*shard  // in the order of their ranges
	closed  []*shard  // that may still hold records, in the order in which they closed
	puts    uint64    // calls so far
	turn    uint64    // of the next record where the service distributes records
	eras    []era     // of encryption, in their order; empty: nothing was ever encrypted
	free    freeList
	readers []*reader

	becomes  string // the mode that it is being switched to; empty: none
	reserved int    // the most shards that it has open while it is resharded; 0: it is not
	scalings daily  // UpdateShardCount
	switches daily  // UpdateStreamMode
	applied  daily  // keys by StartStreamEncryption
	removed  daily  // keys by StopStreamEncryption

	busy    []*shard // of an on-demand stream: those that took records in the present window
	watched bool     // the window's end is among the changes
	growing int      // splits of scaling that are among the changes
	peaks   []peak   // of its traffic, highest first, which is also oldest first; only where it scales down

	consumers   []*consumer // in the order of their names
	lastRemoved int64       // the second in which the youngest consumer was created that is deleted since
	woken       []*shard    // scratch space of a put: shards with subscribers that it reached
	reached     []reached   // scratch space of a put, where awaits: the shards that it reached
	waiting     []waiting   // what is on its way to disk, in the order in which it comes there
	runs        [][]record.Record
	scratch     []record.Record
}

// route finds the open shard that holds a hash key. Equal ranges are found by one multiplication, others by search.
func (st *stream) route(h record.Hash) *shard {
	i, _ := bits.Mul64(h.Hi, uint64(len(st.open)))
	if s := st.open[i]; s.holds(h) {
		return s
	}
	n := sort.Search(len(st.open), func(i int) bool { return !st.open[i].end.Less(h) })
	return st.open[n]
}

// choose finds the open shard for a record: by its hash key or, where auto, the next in turn.
func (st *stream) choose(h record.Hash, auto bool) *shard {
	if !auto {
		return st.route(h)
	}
	st.turn++
	return st.open[(st.turn-1)%uint64(len(st.open))]
}

// put offers each record to its shard, in order, and trims what has grown too old. It returns the memory gained, which
// is negative where more was trimmed than stored.
func (st *stream) put(now int64, recs []record.Record, res []Result) (held int64) {
	st.puts++
	set := st.settings.Load()
	counted, auto := set.mode == ModeOnDemand, set.auto()
	for i := range recs {
		r := &recs[i]
		s := st.choose(r.Hash, auto)
		limit := res[i].Limit
		if limit < LimitInjected {
			if s.call != st.puts {
				s.begin(st.puts, now)
				held -= st.expire(s, now)
				if st.awaits {
					st.reached = append(st.reached, reached{s, s.next})
				} else if s.subscriptions != nil {
					st.woken = append(st.woken, s)
				}
			}
			before := s.held
			limit = s.put(r, &st.free)
			if counted && limit == LimitNone {
				st.count(s, r)
			}
			held += s.held - before
		}
		res[i].Shard, res[i].Limit, res[i].Seq = s.number, limit, r.Seq
	}
	if len(st.woken) > 0 {
		st.push()
	}
	return held
}

// push wakes the subscribers of the shards that a put reached.
func (st *stream) push() {
	for _, s := range st.woken {
		for _, sub := range s.subscriptions {
			sub.wake()
		}
	}
	clear(st.woken)
	st.woken = st.woken[:0]
}

// expire drops what is older than the retention period and returns the memory freed.
func (st *stream) expire(s *shard, now int64) (freed int64) {
	horizon := st.horizon(now)
	if s.first >= s.tip() || s.arrival(s.first) >= horizon {
		return 0
	}
	return s.drop(s.since(horizon), &st.free)
}

// shard is the shard of that number, or nil.
func (st *stream) shard(number int32) *shard {
	if number < 0 || int(number) >= len(st.shards) {
		return nil
	}
	return st.shards[number]
}

// status is the stream's state at an instant; ok is false where it is no more.
func (st *stream) status(now time.Time) (status string, ok bool) {
	switch {
	case st.dropped, !st.deleted.IsZero() && !now.Before(st.gone):
		return "", false
	case !st.deleted.IsZero():
		return statusDeleting, true
	case now.Before(st.active):
		return statusCreating, true
	case slices.ContainsFunc(st.changes, func(p pending) bool { return p.updating && now.Before(p.at) }):
		return statusUpdating, true
	}
	return statusActive, true
}

// newShard makes a shard whose records are where the stream's are.
func (st *stream) newShard(number int32, start, end record.Hash, l *Limits, now int64) *shard {
	sh := newShard(number, start, end, l, now)
	sh.disk, sh.awaits = st.disk, st.awaits
	return sh
}

// addShards makes the first shards, of equal ranges.
func (st *stream) addShards(n int, l *Limits, now int64) {
	starts := evenRanges(n)
	for i, start := range starts {
		end := maxHash
		if i+1 < n {
			end = before(starts[i+1])
		}
		st.shards = append(st.shards, st.newShard(int32(i), start, end, l, now))
	}
	st.open = slices.Clone(st.shards)
}

package measure

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// KeysConfig says what a key table counts.
type KeysConfig struct {
	Stream string // for the report
	Keys   int    // distinct keys; 0 is unbounded
	Track  int    // keys that are counted where there are more than a million or an unbounded number; default 4,096
}

// Keys counts what each partition key of one load is offered and refused: all keys where their number is known and at
// most a million, else the most offered ones, each with the most its count can be too high. It is safe for concurrent
// use; a batch takes its lock once.
type Keys struct {
	stream string

	mu    sync.Mutex
	batch KeyBatch
	exact []keyLoad // by index; nil where keys are tracked instead
	names []string  // of these, apart from what each record touches: half as many cache lines
	track tracked
}

// keyCount is one key's counts.
type keyCount struct {
	key string
	keyLoad
	error int64
}

// keyLoad is what a record of a key counts in.
type keyLoad struct {
	offered   int64
	bytes     int64
	throttled int64
	shard     int32 // plus 1; 0 is unknown
}

// NewKeys makes an empty key table.
func NewKeys(c KeysConfig) *Keys {
	k := &Keys{stream: c.Stream}
	k.batch.k = k
	if c.Keys > 0 && c.Keys <= maxDenseKeys {
		k.exact, k.names = make([]keyLoad, c.Keys), make([]string, c.Keys)
		return k
	}
	k.track = newTracked(cmp.Or(c.Track, 4096))
	return k
}

// KeyBatch is a batch of counts. It holds the table's lock from [Keys.Begin] to [KeyBatch.End].
type KeyBatch struct{ k *Keys }

// Begin begins a batch. It waits for the end of another.
func (k *Keys) Begin() *KeyBatch {
	k.mu.Lock()
	return &k.batch
}

// End ends the batch.
func (b *KeyBatch) End() { b.k.mu.Unlock() }

// Offered counts a record that is offered. index is the key's, as in the ledger; it is not used where keys are unbounded.
func (b *KeyBatch) Offered(index uint32, key string, size int32) {
	k := b.k
	if k.exact == nil {
		c := k.track.add(key)
		c.bytes += int64(size)
		return
	}
	if uint(index) >= uint(len(k.exact)) {
		return
	}
	c := &k.exact[index]
	if c.offered == 0 {
		k.names[index] = key
	}
	c.offered++
	c.bytes += int64(size)
}

// Answered counts the answer to an attempt: the shard it went to (-1 is unknown) and whether a limit refused it.
func (b *KeyBatch) Answered(index uint32, key string, shard int32, throttled bool) {
	k := b.k
	var c *keyLoad
	if k.exact == nil {
		if t := k.track.find(key); t != nil {
			c = &t.keyLoad
		}
	} else if uint(index) < uint(len(k.exact)) {
		c = &k.exact[index]
	}
	if c == nil {
		return
	}
	if shard >= 0 {
		c.shard = shard + 1
	}
	if throttled {
		c.throttled++
	}
}

// KeyLimits are what a key's share is a share of.
type KeyLimits struct {
	Seconds float64 // over which records were offered
	Records float64 // records/s a shard takes
	Bytes   float64 // bytes/s a shard takes
}

// Table gives the n keys that were offered most and the n that were refused most, by what they were offered.
func (k *Keys) Table(n int, limits KeyLimits) KeyTable {
	k.mu.Lock()
	defer k.mu.Unlock()
	counts, exact := k.track.counts, !k.track.evicted
	if k.exact != nil {
		counts, exact = make([]keyCount, len(k.exact)), true
		for i := range counts {
			counts[i] = keyCount{key: k.names[i], keyLoad: k.exact[i]}
		}
	}
	t := KeyTable{Exact: exact}
	for _, c := range top(counts, n) {
		t.Keys = append(t.Keys, c.use(k.stream, limits))
	}
	return t
}

func (c *keyCount) use(stream string, limits KeyLimits) KeyUse {
	u := KeyUse{Stream: stream, Key: c.key, Offered: c.offered, Bytes: c.bytes, Throttled: c.throttled, Error: c.error}
	if c.shard > 0 {
		u.Shard = fmt.Sprintf("shardId-%012d", c.shard-1)
	}
	if limits.Seconds > 0 && limits.Records > 0 && limits.Bytes > 0 {
		records := float64(c.offered-c.error) / limits.Seconds / limits.Records
		u.Share = max(records, float64(c.bytes)/limits.Seconds/limits.Bytes)
	}
	return u
}

// top is the n most offered and the n most throttled, by offered; of equals the first by key.
func top(counts []keyCount, n int) []*keyCount {
	var used []*keyCount
	for i := range counts {
		if counts[i].offered > 0 {
			used = append(used, &counts[i])
		}
	}
	byOffered := func(a, b *keyCount) int {
		return cmp.Or(cmp.Compare(b.offered, a.offered), cmp.Compare(a.key, b.key))
	}
	slices.SortFunc(used, byOffered)
	best := slices.Clone(used[:min(n, len(used))])
	slices.SortFunc(used, func(a, b *keyCount) int {
		return cmp.Or(cmp.Compare(b.throttled, a.throttled), byOffered(a, b))
	})
	for _, c := range used[:min(n, len(used))] {
		if c.throttled > 0 && !slices.Contains(best, c) {
			best = append(best, c)
		}
	}
	slices.SortFunc(best, byOffered)
	return best
}

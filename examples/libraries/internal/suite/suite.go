// Package suite is what the suites of the libraries have in common: records to be read, a book of what was, and faults.
package suite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// keys is how many partition keys the records of a suite have.
const keys = 20

// Key is the partition key of the i-th record of a suite. A record's data is its number, so that a key's records go up.
func Key(i int) string { return fmt.Sprintf("key-%d", i%keys) }

// Send puts the records from a number to before another into a stream, at once.
func Send(s *tanktest.Stream, from, to int) {
	var all []tanktest.Record
	for i := from; i < to; i++ {
		all = append(all, tanktest.Record{Key: Key(i), Data: []byte(strconv.Itoa(i))})
	}
	s.Send(all...)
}

// Book holds what a consumer was given. The zero value is empty.
type Book struct {
	mu    sync.Mutex
	last  map[string]int // by key, the highest number that came
	times map[int]int    // by number, how often it came
	early []string       // what came before a lower number of its key
}

// Add notes a record by its data. One that came before does not count against the order: at least once means that it may come
// again.
func (b *Book) Add(data []byte) error {
	i, err := strconv.Atoi(string(data))
	if err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.times == nil {
		b.last, b.times = map[string]int{}, map[int]int{}
	}
	b.times[i]++
	if b.times[i] > 1 {
		return nil
	}
	key := Key(i)
	if last, ok := b.last[key]; ok && i < last {
		b.early = append(b.early, fmt.Sprintf("%s: %d came after %d", key, i, last))
		return nil
	}
	b.last[key] = i
	return nil
}

// Len is how many different records came.
func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.times)
}

// Has tells whether a record came.
func (b *Book) Has(i int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.times[i] > 0
}

// Twice is how many records came more than once.
func (b *Book) Twice() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, times := range b.times {
		if times > 1 {
			n++
		}
	}
	return n
}

// Early is how many records came behind one of their key that was put after them.
func (b *Book) Early() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.early)
}

// All fails the test where one of the first n records did not come.
func (b *Book) All(t testing.TB, n int) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	missing, first := 0, 0
	for i := n - 1; i >= 0; i-- {
		if b.times[i] == 0 {
			missing, first = missing+1, i
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d records did not come, the first of them number %d", missing, n, first)
	}
}

// Complete fails the test where one of the first n records did not come, or came behind a later one of its key.
func (b *Book) Complete(t testing.TB, n int) {
	t.Helper()
	b.All(t, n)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.early) > 0 {
		t.Errorf("%d records came out of their keys' order; %s", len(b.early), b.early[0])
	}
}

// Once fails the test where a record came more than once.
func (b *Book) Once(t testing.TB) {
	t.Helper()
	if n := b.Twice(); n > 0 {
		t.Errorf("nothing has failed, and %d records came twice", n)
	}
}

// Go runs something on a goroutine until stop is called, which waits for it to return. An error other than that it was stopped
// fails the test.
func Go(t testing.TB, run func(ctx context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	}
}

// Feed puts n records into a stream over a minute of the tank's time, and splits and merges it meanwhile.
func Feed(tank *tanktest.Tank, s *tanktest.Stream, n int) {
	feed(tank, s, n, map[int]func(){15: func() { s.Split(0) }, 35: func() { s.Merge(2, 3) }}) // the two halves of shard 0
}

// FeedASplit is Feed without the merge.
func FeedASplit(tank *tanktest.Tank, s *tanktest.Stream, n int) {
	feed(tank, s, n, map[int]func(){15: func() { s.Split(0) }})
}

func feed(tank *tanktest.Tank, s *tanktest.Stream, n int, at map[int]func()) {
	for second := range 60 {
		if reshard := at[second]; reshard != nil {
			reshard()
		}
		Send(s, n*second/60, n*(second+1)/60)
		tank.Advance(time.Second)
	}
}

// Backlog puts n records into a stream of two shards that it splits and merges meanwhile, before anybody reads.
func Backlog(tank *tanktest.Tank, s *tanktest.Stream, n int) {
	third := n / 3
	Send(s, 0, third)
	s.Split(0)
	tank.Advance(time.Second)
	Send(s, third, 2*third)
	s.Merge(2, 3)
	tank.Advance(time.Second)
	Send(s, 2*third, n)
}

// Faults are what may become of a read for a while, by a name for the test.
func Faults() map[string]tanktest.Action {
	return map[string]tanktest.Action{
		"throttled":        tanktest.Fails("ProvisionedThroughputExceededException"),
		"service fails":    tanktest.Fails("InternalFailureException"),
		"iterator expires": tanktest.Fails("ExpiredIteratorException"),
		"connection cut":   tanktest.Cuts(),
		"answer lost":      tanktest.Loses(),
	}
}

// During has every request of an operation meet with an action, from now on for so long.
func During(tank *tanktest.Tank, d time.Duration, operation string, action tanktest.Action) {
	until := tank.Now().Add(d)
	tank.Hook(func(now time.Time, r tanktest.Request) tanktest.Action {
		if r.Operation != operation || !now.Before(until) {
			return tanktest.Pass()
		}
		return action
	})
}

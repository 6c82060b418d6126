// Package suite is what the suites of the consumers have in common: records to be read, and a book of what was.
package suite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// keys is how many partition keys the records of a suite have.
const keys = 20

// Record is the i-th record of a suite. A key's records have numbers that go up.
func Record(i int) (key, data string) { return fmt.Sprintf("key-%d", i%keys), strconv.Itoa(i) }

// Send puts the records from a number to before another into a stream, at once.
func Send(s *tanktest.Stream, from, to int) {
	var all []tanktest.Record
	for i := from; i < to; i++ {
		key, data := Record(i)
		all = append(all, tanktest.Record{Key: key, Data: []byte(data)})
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

// Add notes a record. One that came before does not count against the order: at least once means that it may come again.
func (b *Book) Add(key, data string) error {
	i, err := strconv.Atoi(data)
	if err != nil {
		return fmt.Errorf("read record of %s: %w", key, err)
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
	if last, ok := b.last[key]; ok && i < last {
		b.early = append(b.early, fmt.Sprintf("%s: %d came after %d", key, i, last))
		return nil
	}
	b.last[key] = i
	return nil
}

// Handle notes records.
func (b *Book) Handle(_ context.Context, _ string, records []types.Record) error {
	for _, r := range records {
		if err := b.Add(*r.PartitionKey, string(r.Data)); err != nil {
			return err
		}
	}
	return nil
}

// Len is how many different records came.
func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.times)
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

// Complete fails the test where one of the first n records is not there, or came before one of its key that is older.
func (b *Book) Complete(t testing.TB, n int) {
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
		t.Errorf("%d of %d records were not read, the first of them number %d", missing, n, first)
	}
	if len(b.early) > 0 {
		t.Errorf("%d records were read out of their keys' order; %s", len(b.early), b.early[0])
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
	for i, step := 0, n/60; i < n; i += step {
		switch i / step {
		case 15:
			s.Split(0)
		case 35: // the two halves of the shard that was split
			s.Merge(2, 3)
		}
		Send(s, i, min(i+step, n))
		tank.Advance(time.Second)
	}
}

// Backlog puts n records into a stream that it splits and merges meanwhile, before anybody reads.
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

package kinesis

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestConcurrentUse: producers, readers, a registered reader and an operator who makes and deletes streams, all at once, at
// a small cap. Readers see rising positions up to the tip, and the observer is told of every record.
func TestConcurrentUse(t *testing.T) {
	disks := map[string]func(t *testing.T) *Disk{
		"memory alone": func(*testing.T) *Disk { return nil },
		"temporary files": func(t *testing.T) *Disk {
			return spilling(t, journal.Config{FileBytes: 64 << 10}, DiskConfig{})
		},
		"kept": func(t *testing.T) *Disk { return kept(t, t.TempDir()) },
	}
	for name, disk := range disks {
		t.Run(name, func(t *testing.T) { useConcurrently(t, disk(t)) })
	}
}

func useConcurrently(t *testing.T, d *Disk) {
	c := clock.NewWall()
	defer c.Stop()
	w := &counter{}
	s := newStream(t, Config{Clock: c, Limits: generous(), Observer: w, MaxBytes: 3000 * recordCost, Disk: d}, "s", 4)
	const producers, calls, batchSize = 4, 50, 100
	var work sync.WaitGroup
	for p := range producers {
		work.Go(func() {
			recs, res := ours(batchSize, 10), make([]Result, batchSize)
			for range calls {
				for i := range recs {
					recs[i].Lane = uint32(p)
				}
				if err := s.Put(c.Now(), "s", recs, res); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Go(func() {
		for i := range 50 {
			name := fmt.Sprint("other-", i%3)
			_ = s.CreateStream(CreateStreamInput{StreamName: &name, ShardCount: new(int32(2))})
			_ = s.Put(c.Now(), name, ours(10, 1), make([]Result, 10))
			_, _ = s.ListStreams(ListStreamsInput{})
			_, _ = s.ListShards(ListShardsInput{StreamName: &name})
			_ = s.DeleteStream(DeleteStreamInput{StreamName: &name})
		}
	})
	done := make(chan struct{})
	var readers sync.WaitGroup
	got := make([]uint64, 4)
	for shard := range int32(4) {
		readers.Go(func() { got[shard] = readAll(t, s, c, shard, done) })
	}
	work.Wait()
	close(done)
	readers.Wait()
	var next uint64
	for _, n := range got {
		next += n
	}
	if next != producers*calls*batchSize {
		t.Errorf("the shards are at %d together, want %d", next, producers*calls*batchSize)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.accepted["s"] != producers*calls*batchSize {
		t.Errorf("%d records were told", w.accepted["s"])
	}
}

// readAll reads a shard until done and then to its tip, and returns the position of the tip.
func readAll(t *testing.T, s *Service, c clock.Clock, shard int32, done <-chan struct{}) (next uint64) {
	passed, end := s.Register("s", fmt.Sprint("reader-", shard))
	defer end()
	for n := range int32(4) {
		if n != shard {
			passed(n, 1<<60) // it reads one shard only
		}
	}
	for last := false; ; {
		page, err := s.Read(c.Now(), "r", "s", shard, next, 100, nil)
		if errors.Is(err, record.ErrThroughputExceeded) {
			continue
		}
		if err != nil {
			t.Error(err)
			return next
		}
		for i := range page.Records {
			if want := page.Next - uint64(len(page.Records)-i); page.Records[i].Seq != want {
				t.Errorf("record %d at position %d", page.Records[i].Seq, want)
				return next
			}
		}
		next = page.Next
		passed(shard, next)
		if last && page.Behind == 0 {
			return next
		}
		select {
		case <-done:
			last = true
		default:
		}
	}
}

type counter struct {
	mu       sync.Mutex
	accepted map[string]int
}

func (w *counter) Put(_ time.Time, stream string, _ []record.Record, res []Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.accepted == nil {
		w.accepted = map[string]int{}
	}
	for _, r := range res {
		if r.Limit == LimitNone {
			w.accepted[stream]++
		}
	}
}

func (w *counter) Read(time.Time, string, int32, string, record.Page, Limit) {}
func (w *counter) Pushed(time.Time, string, int32, string, record.Page)      {}
func (w *counter) Created(time.Time, string)                                 {}
func (w *counter) Reshaped(time.Time, string, int)                           {}
func (w *counter) Trimmed(string, int32, int, int64)                         {}

package lambda_test

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// streams is one stream, "clicks", whose records are all put in beforehand: each can be read from its arrival on.
type streams struct {
	clock clock.Clock

	mu      sync.Mutex
	shards  []record.Shard
	logs    map[int32][]record.Record
	closes  map[int32]time.Time      // shards that end, and when
	refuse  func(now time.Time) bool // reads to refuse; nil: none
	reads   []time.Time
	passed  map[int32]uint64
	expired map[int32]bool // shards that are listed no more
	lists   int
	gone    bool // unregistered
	missing bool // deleted

	retention time.Duration // 0: nothing expires
}

func newStreams(c clock.Clock, shards int) *streams {
	s := &streams{clock: c, logs: map[int32][]record.Record{}, closes: map[int32]time.Time{}, passed: map[int32]uint64{}}
	for i := range shards {
		s.shards = append(s.shards, record.Shard{Number: int32(i), ID: fmt.Sprintf("shardId-%012d", i)})
	}
	return s
}

// put adds a record to a shard. Arrivals must not decrease.
func (s *streams) put(shard int32, arrival time.Time, key string, size int32) {
	log := s.logs[shard]
	sum := md5.Sum([]byte(key))
	s.logs[shard] = append(log, record.Record{
		Number: uint64(len(log)), Arrival: arrival.UnixNano(), Seq: uint64(len(log)), Key: key, Size: size, Shard: shard,
		Hash: record.Hash{Hi: binary.BigEndian.Uint64(sum[:8]), Lo: binary.BigEndian.Uint64(sum[8:])},
	})
}

func (s *streams) Shards(stream string) ([]record.Shard, error) {
	if stream != "clicks" || s.missing {
		return nil, record.ErrNotFound
	}
	s.lists++
	var listed []record.Shard
	for _, sh := range s.shards {
		if s.expired[sh.Number] || len(sh.Parents) > 0 && !s.closed(sh.Parents[0]) {
			continue
		}
		sh.Closed = s.closed(sh.Number)
		listed = append(listed, sh)
	}
	return listed, nil
}

func (s *streams) closed(shard int32) bool {
	closes, closed := s.closes[shard]
	return closed && !s.clock.Now().Before(closes)
}

func (s *streams) Position(_ string, shard int32, at record.Position) (uint64, error) {
	log := s.logs[shard]
	from := s.clock.Now()
	switch at.Type {
	case "TRIM_HORIZON":
		return 0, nil
	case "AT_TIMESTAMP":
		from = at.At
	}
	i, _ := slices.BinarySearchFunc(log, from.UnixNano(), func(r record.Record, at int64) int { return int(r.Arrival - at) })
	return uint64(i), nil
}

func (s *streams) Read(now time.Time, _, stream string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, now)
	if stream != "clicks" || s.missing || s.expired[shard] {
		return record.Page{}, record.ErrNotFound
	}
	if s.refuse != nil && s.refuse(now) {
		return record.Page{}, fmt.Errorf("read: %w", record.ErrThroughputExceeded)
	}
	log := s.logs[shard]
	page := record.Page{Records: dst, Next: from}
	for len(page.Records) < most && page.Next < uint64(len(log)) && log[page.Next].Arrival <= now.UnixNano() {
		page.Records = append(page.Records, log[page.Next])
		page.Next++
	}
	if page.Next < uint64(len(log)) && log[page.Next].Arrival <= now.UnixNano() {
		page.Behind = now.Sub(time.Unix(0, log[page.Next].Arrival)) + 1
	}
	if closes, ok := s.closes[shard]; ok && page.Next == uint64(len(log)) && !now.Before(closes) {
		page.End = true
		for _, sh := range s.shards {
			if slices.Contains(sh.Parents, shard) {
				page.Children = append(page.Children, sh.Number)
			}
		}
	}
	return page, nil
}

func (s *streams) Register(string, string) (func(int32, uint64), func()) {
	passed := func(shard int32, next uint64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.passed[shard] = next
	}
	return passed, func() { s.gone = true }
}

func (s *streams) FindConsumer(string) error { return record.ErrNotFound }

func (s *streams) Subscribe(string, int32, uint64, func()) (record.Subscription, error) {
	return nil, record.ErrNotFound
}

// Sequence numbers begin with 8, 9, 10: their order is not that of their text.
func (s *streams) Sequence(string, int32) func([]byte, *record.Record) []byte {
	return func(dst []byte, r *record.Record) []byte { return strconv.AppendUint(dst, 8+r.Seq, 10) }
}

func (s *streams) Horizon(now time.Time, _ string) (time.Time, error) {
	if s.missing {
		return time.Time{}, record.ErrNotFound
	}
	if s.retention == 0 {
		return time.Time{}, nil
	}
	return now.Add(-s.retention), nil
}

// observer keeps what it is told.
type observer struct {
	mu          sync.Mutex
	invocations []lambda.Invocation
	refusals    []lambda.Refusal
	drops       []lambda.Drop
	received    int
	story       []string
}

func (o *observer) Received(_ time.Time, _, _ string, _ int32, recs []record.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.received += len(recs)
}

func (o *observer) Invoked(i lambda.Invocation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i.Records = slices.Clone(i.Records)
	o.invocations = append(o.invocations, i)
	o.story = append(o.story, tellInvocation(&i))
}

func (o *observer) Refused(r lambda.Refusal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.Records = slices.Clone(r.Records)
	o.refusals = append(o.refusals, r)
	o.story = append(o.story, tellRefusal(&r))
}

func (o *observer) Dropped(d lambda.Drop) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d.Records = slices.Clone(d.Records)
	o.drops = append(o.drops, d)
	o.story = append(o.story, tellDrop(&d))
}

// tank is a service on virtual time over a stream of its own.
type tank struct {
	*lambda.Service
	clock    *clock.Virtual
	streams  *streams
	observer *observer
}

func newTank(t testing.TB, shards int, c lambda.Config) *tank {
	t.Helper()
	k := &tank{clock: clock.NewVirtual(), observer: &observer{}}
	k.streams = newStreams(k.clock, shards)
	c.Account, c.Region, c.Clock, c.Streams, c.Observer = "123456789012", "ap-northeast-1", k.clock, k.streams, k.observer
	k.Service = lambda.New(c)
	t.Cleanup(k.clock.Stop)
	return k
}

// at is an instant of the run.
func at(d time.Duration) time.Time { return clock.Epoch.Add(d) }

// function makes "process-clicks".
func (k *tank) function(t testing.TB, m lambda.FunctionModel) {
	t.Helper()
	if _, err := k.CreateFunction(lambda.Function{Name: "process-clicks", Model: m}); err != nil {
		t.Fatal(err)
	}
}

// mapping makes a mapping of "process-clicks" to "clicks" with these settings and returns its UUID.
func (k *tank) mapping(t testing.TB, in lambda.CreateEventSourceMappingInput) string {
	t.Helper()
	in.FunctionName, in.EventSourceArn = "process-clicks", k.StreamARN("clicks")
	if in.StartingPosition == "" {
		in.StartingPosition = "LATEST"
	}
	m, err := k.CreateEventSourceMapping(in)
	if err != nil {
		t.Fatal(err)
	}
	return m.UUID
}

package firehose_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// tape is a stream of shards that a test writes by hand.
type tape struct {
	clock  clock.Clock
	shards []*tapeShard
	page   int // records a read gives at most
	refuse int // the next reads refused
	reads  []string
	passed map[int32]uint64
	gone   bool
}

type tapeShard struct {
	record.Shard
	recs     []record.Record
	children []int32
}

func (s *tape) shard(n int32) *tapeShard {
	for _, sh := range s.shards {
		if sh.Number == n {
			return sh
		}
	}
	sh := &tapeShard{Shard: record.Shard{Number: n, ID: fmt.Sprintf("shardId-%012d", n)}}
	s.shards = append(s.shards, sh)
	return sh
}

// put writes n records to a shard now.
func (s *tape) put(shard int32, n int) {
	sh := s.shard(shard)
	for range n {
		sh.recs = append(sh.recs, record.Record{
			Number: uint64(1000*int(shard) + len(sh.recs)), Seq: uint64(len(sh.recs)), Shard: shard,
			Arrival: s.clock.Now().UnixNano(), Size: 100, Ours: true,
		})
	}
}

// split closes shards and opens another one behind them.
func (s *tape) split(child int32, parents ...int32) {
	s.shard(child).Parents = parents
	for _, p := range parents {
		s.shard(p).Closed = true
		s.shard(p).children = append(s.shard(p).children, child)
	}
}

func (s *tape) Shards(string) ([]record.Shard, error) {
	if s.gone {
		return nil, record.ErrNotFound
	}
	var out []record.Shard
	for _, sh := range s.shards {
		out = append(out, sh.Shard)
	}
	return out, nil
}

func (s *tape) Horizon(now time.Time, _ string) (time.Time, error) {
	if s.gone {
		return time.Time{}, record.ErrNotFound
	}
	return now.Add(-24 * time.Hour), nil
}

func (s *tape) Position(_ string, shard int32, at record.Position) (uint64, error) {
	if at.Type == "LATEST" {
		return uint64(len(s.shard(shard).recs)), nil
	}
	return 0, nil
}

func (s *tape) Read(now time.Time, reader, _ string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error) {
	s.reads = append(s.reads, fmt.Sprintf("%v %d", now.Sub(clock.Epoch), shard))
	if s.gone {
		return record.Page{}, record.ErrNotFound
	}
	if s.refuse > 0 {
		s.refuse--
		return record.Page{Next: from}, fmt.Errorf("%w: for a test", record.ErrThroughputExceeded)
	}
	sh := s.shard(shard)
	to := uint64(len(sh.recs))
	if s.page > 0 {
		to = min(to, from+uint64(s.page))
	}
	p := record.Page{Records: append(dst, sh.recs[from:to]...), Next: to}
	if int(to) < len(sh.recs) {
		p.Behind = time.Second
	} else if sh.Closed {
		p.End, p.Children = true, sh.children
	}
	return p, nil
}

func (s *tape) Sequence(string, int32) func([]byte, *record.Record) []byte { return nil }

func (s *tape) Register(string, string) (func(int32, uint64), func()) {
	s.passed = map[int32]uint64{}
	return func(shard int32, next uint64) { s.passed[shard] = next }, func() {}
}

// newTapeWorld makes a world whose Firehose reads a tape of one shard with 10 records that are there already.
func newTapeWorld(t *testing.T, change ...func(*firehose.Config)) (*world, *tape) {
	s := &tape{}
	w := newWorld(t, func(c *firehose.Config) {
		c.Streams, s.clock = s, c.Clock
		for _, set := range change {
			set(c)
		}
	})
	s.put(0, 10)
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Source: "s", Bucket: "bucket",
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 10 * time.Second},
	}))
	return w, s
}

func TestReaderStartsAtTheTipAndReadsOnceASecond(t *testing.T) {
	w, s := newTapeWorld(t)
	w.run(2500 * time.Millisecond)
	s.put(0, 3)
	w.run(time.Second)
	if want := []string{"0s 0", "1s 0", "2s 0", "3s 0"}; !slices.Equal(s.reads, want) {
		t.Errorf("reads %v, want %v", s.reads, want)
	}
	w.run(time.Minute)
	if len(w.lags()) != 3 {
		t.Errorf("%d records delivered, want the 3 that came after the creation", len(w.lags()))
	}
}

func TestReaderGoesOnAtOnceWhenItIsBehind(t *testing.T) {
	w, s := newTapeWorld(t)
	s.page = 4
	w.run(1500 * time.Millisecond)
	s.put(0, 10)
	w.run(2 * time.Second)
	if want := []string{"0s 0", "1s 0", "2s 0", "2s 0", "2s 0", "3s 0"}; !slices.Equal(s.reads, want) {
		t.Errorf("reads %v, want %v", s.reads, want)
	}
}

func TestReaderRetriesARefusedRead(t *testing.T) {
	w, s := newTapeWorld(t)
	w.run(500 * time.Millisecond)
	s.refuse = 2
	w.run(2 * time.Second)
	if want := []string{"0s 0", "1s 0", "1.1s 0", "1.2s 0", "2s 0"}; !slices.Equal(s.reads, want) {
		t.Errorf("reads %v, want %v: again after 100 ms, then on the grid", s.reads, want)
	}
}

func TestReaderFollowsASplitAndAMerge(t *testing.T) {
	w, s := newTapeWorld(t)
	s.put(0, 1)
	s.split(1, 0)
	s.split(2, 0)
	s.put(1, 2)
	s.put(2, 2)
	w.run(3500 * time.Millisecond)
	s.split(3, 1, 2)
	s.put(3, 5)
	w.run(time.Minute)
	var got []uint64
	for n := range w.lags() {
		got = append(got, n)
	}
	slices.Sort(got)
	if want := []uint64{10, 1000, 1001, 2000, 2001, 3000, 3001, 3002, 3003, 3004}; !slices.Equal(got, want) {
		t.Errorf("delivered %v, want %v", got, want)
	}
}

// What follows a shard is read when the shard's last object is delivered, and that is made at once: a key keeps its order
// though a child's buffer is full long before its parent's interval is over.
func TestChildrenAreReadAfterTheirParentsLastObject(t *testing.T) {
	w, s := newTapeWorld(t, func(c *firehose.Config) { c.Model.PutObjectLatency = 300 * time.Millisecond })
	w.run(500 * time.Millisecond)
	s.put(0, 3)
	w.run(time.Second) // read at 1 s
	s.put(0, 2)
	s.split(1, 0)
	s.split(2, 0)
	s.put(1, 20_000) // 2 MB
	w.run(time.Minute)
	type object struct {
		at      time.Duration
		shard   int32
		records int
	}
	var got []object
	for _, d := range w.delivered {
		got = append(got, object{d.At.Sub(clock.Epoch), d.Records[0].Shard, len(d.Records)})
	}
	const ms = time.Millisecond
	full := 1<<20/100 + 1
	want := []object{{2300 * ms, 0, 5}, {2600 * ms, 1, full}, {12_600 * ms, 1, 20_000 - full}}
	if !slices.Equal(got, want) {
		t.Errorf("objects %v, want %v", got, want)
	}
}

func TestAReaderPassesOverShardsThatAreClosed(t *testing.T) {
	s := &tape{}
	w := newWorld(t, func(c *firehose.Config) { c.Streams = s; s.clock = c.Clock })
	s.put(0, 10)
	s.split(1, 0)
	s.split(2, 1)
	s.put(1, 5)
	s.put(2, 5)
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "d", Source: "s", Bucket: "bucket"}))
	s.put(2, 2)
	w.run(10 * time.Minute)
	if n := len(w.lags()); n != 2 {
		t.Errorf("%d records delivered, want the 2 that came after the creation", n)
	}
	if s.passed[0] != 10 || s.passed[1] != 5 {
		t.Errorf("the stream keeps the closed shards from records %d and %d on, though nobody needs them", s.passed[0], s.passed[1])
	}
}

func TestReaderEndsWithItsStream(t *testing.T) {
	w, s := newTapeWorld(t)
	s.put(0, 2)
	w.run(1500 * time.Millisecond)
	s.gone = true
	w.run(time.Minute)
	reads := len(s.reads)
	w.run(time.Minute)
	if len(w.lags()) != 2 || len(s.reads) != reads {
		t.Errorf("%d of 2 records delivered; %d reads after the stream had gone", len(w.lags()), len(s.reads)-reads)
	}
}

func TestReaderEndsWithItsDeliveryStream(t *testing.T) {
	w, s := newTapeWorld(t)
	w.run(500 * time.Millisecond)
	if _, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
		t.Fatal(err)
	}
	s.put(0, 1)
	w.run(time.Minute)
	if len(s.reads) != 1 || len(w.delivered) != 0 {
		t.Errorf("%d reads and %d objects after the delivery stream was deleted", len(s.reads)-1, len(w.delivered))
	}
}

func TestSourceMustExist(t *testing.T) {
	w := newWorld(t, nil)
	err := w.firehose.Create(firehose.DeliveryStream{Name: "d", Source: "nowhere", Bucket: "bucket"})
	var e *firehose.Error
	if !errors.As(err, &e) || e.Code != "InvalidArgumentException" {
		t.Errorf("create with an unknown source: %v", err)
	}
	if err := w.firehose.Put(w.clock.Now(), "d", nil, nil); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("what could not be created is there: %v", err)
	}
}

// A stream that takes nothing out stops the reading, and nothing is lost.
func TestReaderWaitsForACrowdedLane(t *testing.T) {
	var f *flaky
	w := newWorld(t, func(c *firehose.Config) {
		f = &flaky{Store: c.Store, until: c.Clock.Now().Add(time.Hour)}
		c.Store, c.Model.MaxPending = f, 2*mib
	})
	w.createStream("s", 1)
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Source: "s", Bucket: "bucket",
		Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
	}))
	w.produce(200, 100_000, 0, time.Second, w.onto("s"))
	w.run(200 * time.Second)
	if len(w.delivered) != 0 {
		t.Fatal("delivered though the store refuses")
	}
	f.until = w.clock.Now()
	w.run(10 * time.Minute)
	if len(w.lags()) != 200 {
		t.Errorf("%d of 200 records delivered after the store came back", len(w.lags()))
	}
}

// Aggregates of a source stream are opened before they are buffered; those of Direct PUT are not.
func TestAggregatesOfASourceStreamAreOpened(t *testing.T) {
	open := func(dst []record.Record, r *record.Record) ([]record.Record, bool) {
		if r.Number%2 == 1 {
			return dst, false
		}
		for i := range 3 {
			dst = append(dst, record.Record{Number: 10_000*uint64(i+1) + r.Number, Size: 30, Arrival: r.Arrival, Ours: true})
		}
		return dst, true
	}
	w, s := newTapeWorld(t, func(c *firehose.Config) { c.Open = open })
	w.must(w.firehose.Create(firehose.DeliveryStream{Name: "direct", Bucket: "bucket"}))
	w.must(w.firehose.Put(w.clock.Now(), "direct", []record.Record{{Number: 2, Size: 100, Ours: true}}, make([]bool, 1)))
	w.run(time.Second)
	s.put(0, 2) // 10 and 11
	w.run(10 * time.Minute)
	got := map[string][]uint64{}
	for _, d := range w.delivered {
		for _, r := range d.Records {
			got[d.DeliveryStream] = append(got[d.DeliveryStream], r.Number)
		}
	}
	if want := []uint64{10_010, 20_010, 30_010, 11}; !slices.Equal(got["d"], want) {
		t.Errorf("delivered %v of the source stream, want %v", got["d"], want)
	}
	if want := []uint64{2}; !slices.Equal(got["direct"], want) {
		t.Errorf("delivered %v of Direct PUT, want %v", got["direct"], want)
	}
}

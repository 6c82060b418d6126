package kinesis

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// halve splits a shard of the stream s in its middle.
func halve(t *testing.T, s *Service, number int32) {
	t.Helper()
	sh := s.streams["s"].shards[number]
	key, _ := middle(sh.start, sh.end)
	err := s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: &sh.id, NewStartingHashKey: new(string(AppendHash(nil, key)))})
	if err != nil {
		t.Fatal(err)
	}
}

// join merges two shards of the stream s.
func join(t *testing.T, s *Service, lower, upper int32) {
	t.Helper()
	err := s.MergeShards(MergeShardsInput{StreamName: new("s"), ShardToMerge: new(ShardID(lower)), AdjacentShardToMerge: new(ShardID(upper))})
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode checks an error's code.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if e := (*Error)(nil); !errors.As(err, &e) || e.Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

// putHash stores a record with a hash and says in which shard.
func putHash(t *testing.T, s *Service, h record.Hash) int32 {
	t.Helper()
	recs, res := []record.Record{{Key: "k", Hash: h, Size: 1, Ours: true}}, make([]Result, 1)
	if err := s.Put(s.cfg.Clock.Now(), "s", recs, res); err != nil {
		t.Fatal(err)
	}
	if res[0].Limit != LimitNone {
		t.Fatalf("refused by %s", res[0].Limit)
	}
	return res[0].Shard
}

// checkStream demands that the open shards hold every hash key once, that each child's range lies in its parents' or holds
// them, and that its sequence numbers are higher.
func checkStream(t *testing.T, st *stream) {
	t.Helper()
	next := record.Hash{}
	for i, sh := range st.open {
		if sh.closed != 0 || sh.start != next || len(sh.children) != 0 {
			t.Fatalf("open shard %d is %s [%v, %v], closed %d", i, sh.id, sh.start, sh.end, sh.closed)
		}
		next = add(sh.end, record.Hash{Lo: 1})
	}
	if next != (record.Hash{}) {
		t.Fatalf("the open shards end before %v", next)
	}
	for i, sh := range st.shards {
		if int(sh.number) != i || len(sh.parents) > 2 {
			t.Fatalf("shard %d is %s with the parents %v", i, sh.id, sh.parents)
		}
		for _, n := range sh.parents {
			p := st.shards[n]
			within := p.holds(sh.start) && p.holds(sh.end) || sh.holds(p.start) && sh.holds(p.end)
			if !within || p.closed != sh.started || !slices.Contains(p.children, sh.number) {
				t.Fatalf("%s is no child of %s", sh.id, p.id)
			}
			if p.sequence(lastIndex-1, p.closed).Compare(sh.sequence(0, sh.started)) >= 0 {
				t.Fatalf("the numbers of %s are not above those of %s", sh.id, p.id)
			}
		}
	}
}

// TestARandomHistoryOfSplitsAndMerges: whatever is split and merged, every hash key has one open shard, put finds it, and the
// records of a key have rising sequence numbers.
func TestARandomHistoryOfSplitsAndMerges(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Limits: generous()}, "s", 3)
	st := s.streams["s"]
	last := map[record.Hash]SequenceNumber{}
	keys := make([]record.Hash, 50)
	for i := range keys {
		keys[i] = record.Hash{Hi: r.Uint64(), Lo: r.Uint64()}
	}
	for i := range 200 {
		if open := len(st.open); open == 1 || r.IntN(2) == 0 {
			halve(t, s, st.open[r.IntN(open)].number)
		} else {
			n := r.IntN(open - 1)
			join(t, s, st.open[n].number, st.open[n+1].number)
		}
		checkStream(t, st)
		for _, h := range keys {
			recs, res := []record.Record{{Key: "k", Hash: h, Size: 1, Ours: true}}, make([]Result, 1)
			if err := s.Put(c.Now(), "s", recs, res); err != nil || !st.shards[res[0].Shard].holds(h) {
				t.Fatalf("%v went to shard %d, %v", h, res[0].Shard, err)
			}
			seq := st.shards[res[0].Shard].sequence(res[0].Seq, recs[0].Arrival)
			if before, had := last[h]; had && before.Compare(seq) >= 0 {
				t.Fatalf("after %d changes %s follows %s", i+1, seq, before)
			}
			last[h] = seq
		}
		c.RunUntil(c.Now().Add(time.Duration(r.IntN(3)) * 400 * time.Millisecond))
	}
}

// TestReshardingUnderLoad splits and merges while several put: what was taken is in the shards, once.
func TestReshardingUnderLoad(t *testing.T) {
	const putters, calls, records = 4, 100, 20
	s := newStream(t, Config{Limits: generous()}, "s", 2)
	var group sync.WaitGroup
	for n := range putters {
		group.Go(func() {
			recs, res := ours(records, 10), make([]Result, records)
			for i := range calls {
				for j := range recs {
					recs[j].Number = uint64((n*calls+i)*records + j)
				}
				if err := s.Put(clock.Epoch, "s", recs, res); err != nil {
					t.Error(err)
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		shards, err := s.ListShards(ListShardsInput{StreamName: new("s"), ShardFilter: &ShardFilter{Type: new("AT_LATEST")}})
		if err != nil {
			t.Fatal(err)
		}
		sh := shards.Shards[r.IntN(len(shards.Shards))]
		start, _ := ParseHash(sh.HashKeyRange.StartingHashKey)
		end, _ := ParseHash(sh.HashKeyRange.EndingHashKey)
		key, _ := middle(start, end)
		err = s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: &sh.ShardId, NewStartingHashKey: new(string(AppendHash(nil, key)))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.UpdateShardCount(UpdateShardCountInput{StreamName: new("s"), TargetShardCount: new(int32(2)), ScalingType: new("UNIFORM_SCALING")}); err != nil {
			wantCode(t, err, codeLimitExceeded) // the day's ten are used up, or half is too few
		}
	}
	group.Wait()
	seen := map[uint64]bool{}
	for _, sh := range s.streams["s"].shards {
		page, err := s.Read(clock.Epoch, "r", "s", sh.number, 0, 10_000, nil)
		if err != nil || page.End != (sh.closed != 0) {
			t.Fatalf("%s: %+v, %v", sh.id, page, err)
		}
		for _, rec := range page.Records {
			if seen[rec.Number] || !sh.holds(rec.Hash) {
				t.Fatalf("record %d is in %s, seen before: %v", rec.Number, sh.id, seen[rec.Number])
			}
			seen[rec.Number] = true
		}
	}
	if len(seen) != putters*calls*records {
		t.Errorf("%d records are in the shards, want %d", len(seen), putters*calls*records)
	}
	checkStream(t, s.streams["s"])
}

// TestTenThousandShards: one reshard and one put of a stream of ten thousand shards look at a few of them.
func TestTenThousandShards(t *testing.T) {
	s := newStream(t, Config{Limits: generous()}, "s", 10_000)
	halve(t, s, 5000)
	st := s.streams["s"]
	checkStream(t, st)
	for _, sh := range []*shard{st.open[0], st.open[5000], st.open[5001], st.open[9999], st.open[10_000]} {
		for _, h := range []record.Hash{sh.start, sh.end} {
			if got := putHash(t, s, h); got != sh.number {
				t.Errorf("%v went to shard %d, want %d", h, got, sh.number)
			}
		}
	}
	if allocs := testing.AllocsPerRun(100, func() { st.route(maxHash) }); allocs != 0 {
		t.Errorf("finding a shard takes %v allocations", allocs)
	}
}

// TestAnExpiredShard: when the retention period has passed since it closed, a shard is no longer listed and takes no memory; a
// reader that still stands in it is told of its children.
func TestAnExpiredShard(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	putHash(t, s, record.Hash{})
	c.RunUntil(clock.Epoch.Add(time.Hour))
	putHash(t, s, record.Hash{})
	halve(t, s, 0)
	closed := c.Now()
	listed := func() int {
		t.Helper()
		shards, err := s.Shards("s")
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.ListShards(ListShardsInput{StreamName: new("s")})
		if err != nil || len(out.Shards) != len(shards) {
			t.Fatalf("%d shards are listed, %d told, %v", len(out.Shards), len(shards), err)
		}
		d, err := s.DescribeStream(DescribeStreamInput{StreamName: new("s")})
		if err != nil || len(d.StreamDescription.Shards) != len(shards) {
			t.Fatalf("%d shards are described, %v", len(d.StreamDescription.Shards), err)
		}
		return len(shards)
	}
	c.RunUntil(closed.Add(minRetention))
	if n := listed(); n != 3 {
		t.Errorf("at the retention period %d shards are listed, want 3", n)
	}
	c.RunUntil(closed.Add(minRetention + 1))
	if n := listed(); n != 2 {
		t.Errorf("after it %d shards are listed, want 2", n)
	}
	if held := s.memory.Held(); held != 0 || s.streams["s"].shards[0].segs != nil {
		t.Errorf("%d bytes are held", held)
	}
	page, err := s.Read(c.Now(), "r", "s", 0, 1, 0, nil)
	if err != nil || !page.End || !slices.Equal(page.Children, []int32{1, 2}) || len(page.Records) != 0 {
		t.Errorf("a late reader sees %+v, %v", page, err)
	}
	for _, at := range []string{"TRIM_HORIZON", "LATEST"} {
		if pos, err := s.Position("s", 0, record.Position{Type: at}); err != nil || pos != 2 {
			t.Errorf("%s is %d, %v", at, pos, err)
		}
	}
}

// TestReadersOverASplit: what registered readers have passed of the parent goes, what they have not stays; the children are
// kept whole until they have been passed.
func TestReadersOverASplit(t *testing.T) {
	s := newStream(t, Config{DropRead: true}, "s", 1)
	passed, _ := s.Register("s", "r")
	for range 3 {
		putHash(t, s, record.Hash{})
	}
	halve(t, s, 0)
	for range 2 {
		putHash(t, s, maxHash)
	}
	unread := func() (n [3]int) {
		s.Unread(func(_, _ string, shard int32, recs []record.Record) { n[shard] += len(recs) })
		return n
	}
	passed(0, 1)
	if n := unread(); n != [3]int{2, 0, 2} {
		t.Errorf("unread by shard: %v", n)
	}
	passed(0, 3)
	passed(2, 1)
	if n := unread(); n != [3]int{0, 0, 1} {
		t.Errorf("unread by shard: %v", n)
	}
	if held := s.memory.Held(); held != recordCost {
		t.Errorf("%d bytes are held", held)
	}
}

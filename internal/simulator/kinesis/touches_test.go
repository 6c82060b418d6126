package kinesis

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// What a put touches follows the ranges of the shards that are open now.
func TestTouches(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	w := &watcher{}
	s := newStream(t, Config{Clock: c, Observer: w}, "s", 2)
	low, high := record.Hash{Hi: 1}, record.Hash{Hi: 1 << 63}
	touched := func(hashes ...record.Hash) (shards []int32) {
		for n := range int32(6) {
			if s.Touches("s", n, slices.Values(hashes)) {
				shards = append(shards, n)
			}
		}
		return shards
	}
	check := func(when string, want []int32, hashes ...record.Hash) {
		t.Helper()
		if got := touched(hashes...); !slices.Equal(got, want) {
			t.Errorf("%s: they touch the shards %d, want %d", when, got, want)
		}
	}
	check("nothing", nil)
	check("the first", []int32{0}, low, low)
	check("both", []int32{0, 1}, high, low)
	err := s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: new("shardId-000000000000"), NewStartingHashKey: new("85070591730234615865843651857942052864")})
	if err != nil {
		t.Fatal(err)
	}
	c.RunUntil(c.Now().Add(time.Second))
	check("a shard that was split is closed", []int32{1, 2}, high, low)
	if s.Touches("other", 0, slices.Values([]record.Hash{low})) {
		t.Error("a stream that is not there is touched")
	}
	if !slices.Equal(w.open, []int{3}) {
		t.Errorf("the observer was told of %d open shards, want 3", w.open)
	}
	key, hash, wrong := "k", "7", "x"
	in := PutRecordsInput{Records: []PutRecordsRequestEntry{{PartitionKey: &key}, {PartitionKey: &key, ExplicitHashKey: &hash}, {ExplicitHashKey: &wrong}, {}}}
	if got := slices.Collect(in.Hashes()); !slices.Equal(got, []record.Hash{HashKey("k"), {Lo: 7}}) {
		t.Errorf("hash keys %v", got)
	}
	one := PutRecordInput{PartitionKey: &key}
	if got := slices.Collect(one.Hashes()); !slices.Equal(got, []record.Hash{HashKey("k")}) {
		t.Errorf("hash keys %v", got)
	}
}

// A put into a stream whose records the service distributes may touch any shard that is open.
func TestTouchesWhereTheServiceDistributes(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := New(Config{Account: "123456789012", Region: "us-east-1", Clock: c})
	err := s.CreateStream(CreateStreamInput{
		StreamName: new("s"), StreamModeDetails: &StreamModeDetails{StreamMode: new("ON_DEMAND")}, RecordDistributionStrategy: new("AUTO"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{true, true, true, true, false} {
		if got := s.Touches("s", int32(n), slices.Values([]record.Hash{{}})); got != want {
			t.Errorf("shard %d: %v, want %v", n, got, want)
		}
	}
}

// Subscribe begins at a position, tells pages, and is held to what SubscribeToShard is.
func TestSubscribeByPosition(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	w := &watcher{}
	s := newStream(t, Config{Clock: c, Observer: w}, "s", 1)
	arn := register(t, s, "c")
	putAt(t, s, c, time.Second, ours(5, 10))
	sub, err := s.Subscribe(arn, 0, 3, func() {})
	if err != nil {
		t.Fatal(err)
	}
	page, again, err := sub.Page(c.Now())
	if err != nil || !again.IsZero() || len(page.Records) != 2 || page.Records[0].Seq != 3 || page.Next != 5 || page.End {
		t.Errorf("%+v, %v, %v", page, again, err)
	}
	if _, again, err = sub.Page(c.Now()); err != nil || !again.After(c.Now()) {
		t.Errorf("there is more, or again %v, %v", again, err)
	}
	if w.pushed != 2 || len(w.reads) != 0 {
		t.Errorf("the observer was told of %d pushed records and the reads %v", w.pushed, w.reads)
	}
	_, err = s.Subscribe(arn, 0, 0, func() {})
	want(t, err, codeInUse, "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:c")
	_, err = s.Subscribe(arn, 7, 0, func() {})
	want(t, err, codeNotFound, "Shard shardId-000000000007 in stream s under account 123456789012 does not exist")
	if err := s.FindConsumer(arn); err != nil {
		t.Error(err)
	}
	want(t, s.FindConsumer(arn+"0"), codeNotFound, "Consumer "+arn+"0, account 123456789012 not found.")
	sub.Close()
	if _, _, err := sub.Page(c.Now()); !errors.Is(err, record.ErrSubscriptionOver) {
		t.Errorf("after it was closed: %v", err)
	}
}

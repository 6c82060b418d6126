package kinesis

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// What stands at a limit is within it, unless AWS says otherwise. These tests stand at one each, and a step beyond.

// TestFiveStreamsAreCreatedAtOnce: the sixth waits until one of them is ACTIVE.
func TestFiveStreamsAreCreatedAtOnce(t *testing.T) {
	c := clock.NewVirtual()
	s := New(Config{Clock: c, Model: Model{Creating: 10 * time.Second}})
	create := func(name string) error {
		return s.CreateStream(CreateStreamInput{StreamName: &name, ShardCount: new(int32(1))})
	}
	for i := range 5 {
		c.RunUntil(clock.Epoch.Add(time.Duration(i) * time.Second))
		if err := create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	c.RunUntil(clock.Epoch.Add(10*time.Second - 1))
	want(t, create("sixth"), codeLimitExceeded, "Rate exceeded for account 123456789012: 5 streams are in the state CREATING.")
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	if err := create("sixth"); err != nil {
		t.Error(err)
	}
}

// TestTheMostShardsOfAStream: as many as the limit may be reached by UpdateShardCount.
func TestTheMostShardsOfAStream(t *testing.T) {
	for _, tt := range []struct {
		name         string
		most         int
		open, target int32
		refused      bool
	}{
		{"exactly the most", 10, 8, 10, false},
		{"one more", 10, 8, 11, true},
		{"from the most to the most", 10, 10, 10, false},
		{"from above the most to the most", 10, 11, 10, true},
		{"from above the most to below it", 10, 11, 9, false},
		{"AWS's own", 0, 6000, 10_000, false},
		{"AWS's own and one", 0, 6000, 10_001, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStream(t, Config{Limits: Limits{StreamShards: tt.most}}, "s", tt.open)
			st := s.streams["s"]
			err := s.mayScale(st, int(tt.target), clock.Epoch)
			if e := (*Error)(nil); errors.As(err, &e) != tt.refused || tt.refused && e.Code != codeLimitExceeded {
				t.Errorf("%v, want a refusal: %v", err, tt.refused)
			}
		})
	}
}

// TestAtTheTimeThatItIs: an iterator may begin at this very instant, and not a moment later.
func TestAtTheTimeThatItIs(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	c.RunUntil(clock.Epoch.Add(time.Second))
	put(t, s, "x")
	in := GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{c.Now()}}
	it := iteratorAt(t, s, in)
	if out, err := s.GetRecords(GetRecordsInput{ShardIterator: &it}); err != nil || len(out.Records) != 1 {
		t.Errorf("%d records, %v, want that of now", len(out.Records), err)
	}
	in.StreamName, in.ShardId, in.Timestamp = new("s"), new("0"), &Timestamp{c.Now().Add(1)}
	_, err := s.GetShardIterator(in)
	wantCode(t, err, codeInvalidArgument)
}

// TestAShardAtHalfItsCapacityIsNotBusy: "more than 500 KB/s" begins a byte above, in a window of any length.
func TestAShardAtHalfItsCapacityIsNotBusy(t *testing.T) {
	for _, tt := range []struct {
		window time.Duration
		in     traffic
		want   bool
	}{
		{0, traffic{bytes: 500_000 * 60, records: 500 * 60}, false},
		{0, traffic{bytes: 500_000*60 + 1}, true},
		{0, traffic{records: 500*60 + 1}, true},
		{10 * time.Second, traffic{bytes: 500_000 * 10, records: 500 * 10}, false},
		{10 * time.Second, traffic{bytes: 500_000*10 + 1}, true},
	} {
		s := New(Config{Clock: clock.NewVirtual(), Model: Model{ScalingWindow: tt.window}})
		if got := s.busy(tt.in); got != tt.want {
			t.Errorf("%+v in a window of %s is busy: %v", tt.in, tt.window, got)
		}
	}
}

// TestARecordAtTheHorizon: a record is readable when it is exactly a day old, and no longer.
func TestARecordAtTheHorizon(t *testing.T) {
	for _, tt := range []struct {
		age  time.Duration
		want int
	}{{day - 1, 1}, {day, 1}, {day + 1, 0}} {
		c := clock.NewVirtual()
		s := newStream(t, Config{Clock: c}, "s", 1)
		mustPut(t, s, c.Now(), ours(1, 1))
		c.RunUntil(clock.Epoch.Add(tt.age))
		page, err := s.Read(c.Now(), "", "s", 0, 0, 0, nil)
		if err != nil || len(page.Records) != tt.want {
			t.Errorf("after %s %d records are read, %v, want %d", tt.age, len(page.Records), err, tt.want)
		}
	}
}

// TestAConsumerThatGoesHoldsNoStream: one that is DELETING does not keep its stream from being deleted.
func TestAConsumerThatGoesHoldsNoStream(t *testing.T) {
	s := newStream(t, Config{Model: Model{Deregistering: 10 * time.Second}}, "s", 1)
	arn := register(t, s, "c")
	wantCode(t, s.DeleteStream(DeleteStreamInput{StreamName: new("s")}), codeInUse)
	if err := s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{ConsumerARN: &arn}); err != nil {
		t.Fatal(err)
	}
	if got := state(t, s, arn); got != statusDeleting {
		t.Fatalf("the consumer is %s", got)
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Error(err)
	}
}

// TestOrderingByThisSecond: a number of this second orders, one of the next is of a time to come.
func TestOrderingByThisSecond(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	c.RunUntil(clock.Epoch.Add(1500 * time.Millisecond))
	for _, tt := range []struct {
		second  int64
		refused bool
	}{{0, false}, {1, false}, {2, true}} {
		number := NewSequenceNumber(clock.Epoch.Unix(), 0, 1, clock.Epoch.Unix()+tt.second).String()
		_, err := s.PutRecord(PutRecordInput{
			StreamName: new("s"), Data: []byte("x"), PartitionKey: new("k"), SequenceNumberForOrdering: &number,
		})
		if (err != nil) != tt.refused {
			t.Errorf("a number of second %d: %v", tt.second, err)
		}
	}
}

package kinesis

import (
	"errors"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// What a reader in the process knows by position has the sequence number that a put was answered with, in a shard that was
// split off too, and when the stream is gone.
func TestSequenceIsThatOfPuts(t *testing.T) {
	v := clock.NewVirtual()
	s := newStream(t, Config{Clock: v}, "s", 1)
	v.RunUntil(clock.Epoch.Add(90 * time.Second))
	if err := s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: new(ShardID(0)), NewStartingHashKey: new("170141183460469231731687303715884105728")}); err != nil {
		t.Fatal(err)
	}
	want := map[int32][]string{}
	for range 20 {
		v.RunUntil(v.Now().Add(700 * time.Millisecond))
		for _, key := range []string{"0", "170141183460469231731687303715884105728"} {
			out, err := s.PutRecord(PutRecordInput{StreamName: new("s"), PartitionKey: new("k"), ExplicitHashKey: &key, Data: []byte("d")})
			if err != nil {
				t.Fatal(err)
			}
			want[out.SequenceNumber.Shard()] = append(want[out.SequenceNumber.Shard()], out.SequenceNumber.String())
		}
	}
	read, sequence := map[int32][]record.Record{}, map[int32]func([]byte, *record.Record) []byte{}
	for shard := range want {
		page, err := s.Read(v.Now(), "", "s", shard, 0, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		read[shard], sequence[shard] = page.Records, s.Sequence("s", shard)
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	for shard, numbers := range want {
		if len(want) != 2 || len(read[shard]) != len(numbers) {
			t.Fatalf("%d records of shard %d of %d, want %d", len(read[shard]), shard, len(want), len(numbers))
		}
		for i := range numbers {
			if got := string(sequence[shard]([]byte("n"), &read[shard][i])); got != "n"+numbers[i] {
				t.Errorf("record %d of shard %d is %s, want %s", i, shard, got, numbers[i])
			}
		}
	}
	if s.Sequence("s", 0) != nil || newStream(t, Config{}, "s", 1).Sequence("s", 1) != nil {
		t.Error("there is no such stream, or shard")
	}
}

func TestHorizonIsTheRetention(t *testing.T) {
	v := clock.NewVirtual()
	s := newStream(t, Config{Clock: v}, "s", 1)
	now := v.Now().Add(100 * time.Hour)
	v.RunUntil(now)
	if h, err := s.Horizon(now, "s"); err != nil || now.Sub(h) != 24*time.Hour {
		t.Errorf("%v, %v", now.Sub(h), err)
	}
	if err := s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: new(int32(48))}); err != nil {
		t.Fatal(err)
	}
	if h, err := s.Horizon(now, "s"); err != nil || now.Sub(h) != 24*time.Hour {
		t.Errorf("what was trimmed came back: %v, %v", now.Sub(h), err)
	}
	if h, err := s.Horizon(now.Add(40*time.Hour), "s"); err != nil || now.Add(40*time.Hour).Sub(h) != 48*time.Hour {
		t.Errorf("%v, %v", h, err)
	}
	if _, err := s.Horizon(now, "none"); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("of no stream: %v", err)
	}
}

package simulator

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestWorlds: a world is made once, set up before anybody sees it, and shares nothing with others but the cap.
func TestWorlds(t *testing.T) {
	var setups atomic.Int32
	aws := New(Config{Clock: clock.NewVirtual(), MaxBytes: 1 << 20, Setup: func(w *World) {
		setups.Add(1)
		if err := w.Kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
			t.Error(err)
		}
	}})
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for _, region := range []string{"eu-west-1", "us-east-1"} {
				w := aws.World("111122223333", region)
				if shards, err := w.Kinesis.Shards("s"); err != nil || len(shards) != 1 || w.Region != region {
					t.Errorf("the world was not set up: %v, %v", shards, err)
				}
				if w.Lambda == nil || w.Firehose == nil || w.Objects == nil {
					t.Error("a service is missing")
				}
			}
		})
	}
	work.Wait()
	if n := setups.Load(); n != 2 {
		t.Errorf("%d set-ups of two worlds", n)
	}
	a, b := aws.World("111122223333", "eu-west-1"), aws.World("111122223333", "us-east-1")
	if a == b || a != aws.World("111122223333", "eu-west-1") {
		t.Error("worlds are not told apart")
	}
	put := func(w *World) {
		recs := []record.Record{{Key: "k", Data: make([]byte, 1000), Size: 1000}}
		if err := w.Kinesis.Put(clock.Epoch, "s", recs, make([]kinesis.Result, 1)); err != nil {
			t.Fatal(err)
		}
	}
	put(a)
	held := aws.Held()
	put(b)
	if held < 1000 || aws.Held() != 2*held {
		t.Errorf("%d bytes after one world's record, %d after two", held, aws.Held())
	}
	if got := a.Kinesis.StreamARN("s"); got != "arn:aws:kinesis:eu-west-1:111122223333:stream/s" {
		t.Errorf("ARN %s", got)
	}
}

package firehose_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// ends counts by number how often a record came to an end.
type ends struct {
	mu    sync.Mutex
	times map[uint64]int
}

func (e *ends) add(recs []record.Record) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range recs {
		e.times[recs[i].Number]++
	}
}

func (e *ends) Put(time.Time, string, []record.Record, []bool)                {}
func (e *ends) Delivered(d firehose.Delivery)                                 { e.add(d.Records) }
func (e *ends) Discarded(_ time.Time, _ string, recs []record.Record, _ bool) { e.add(recs) }
func (e *ends) BackedUp(b firehose.Backup)                                    { e.add(b.Records) }
func (e *ends) Transformed(t firehose.Transformation)                         { e.add(t.Dropped) }

// uneven is a Lambda whose invocations take 0 to 6 ms, and fail at times.
type uneven struct {
	mu sync.Mutex
	n  int
}

func (f *uneven) Transform(p *clock.Proc, e *firehose.TransformEvent) (firehose.TransformAnswer, bool) {
	f.mu.Lock()
	f.n++
	n := f.n
	f.mu.Unlock()
	if !p.Sleep(time.Duration(n*5%7) * time.Millisecond) {
		return firehose.TransformAnswer{}, false
	}
	if n%6 == 0 {
		return firehose.TransformAnswer{Failure: firehose.Raised}, true
	}
	return each(func(number uint64, data []byte) firehose.Transformed {
		switch number % 5 {
		case 1:
			return firehose.Transformed{Result: firehose.ResultDropped}
		case 2:
			return firehose.Transformed{Result: firehose.ResultProcessingFailed}
		}
		return doubled(number, data)
	})(e), true
}

// On the wall, with many invocations under way, each record comes to one end, whenever the delivery stream is deleted.
func TestTransformationsOnTheWall(t *testing.T) {
	for _, after := range []time.Duration{time.Millisecond, 3 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond, time.Hour} {
		t.Run(after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { deleteAfter(t, after) })
		})
	}
}

func deleteAfter(t *testing.T, after time.Duration) {
	t.Helper()
	wall := clock.NewWall()
	defer wall.Stop()
	store := objectstore.New(objectstore.Config{})
	seen := &ends{times: map[uint64]int{}}
	service := firehose.New(firehose.Config{
		Clock: wall, Store: store, Observer: seen, Functions: &uneven{}, Limits: firehose.Limits{PutBytes: 1 << 31},
		Model: firehose.Model{RetryBase: time.Millisecond},
	})
	err := store.CreateBucket(wall.Now(), "bucket")
	if err == nil {
		err = service.Create(firehose.DeliveryStream{
			Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib},
			Processor: &firehose.LambdaProcessor{Function: "f", Buffering: &firehose.BufferingHints{Size: mib / 4}},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	const n = 256 // 16 records an event
	data := make([]byte, 1<<14)
	for i := range uint64(n) {
		if err := service.Put(wall.Now(), "d", []record.Record{{Number: i, Data: data, Size: int32(len(data))}}, make([]bool, 1)); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(after)
	service.Held(func(string, string, []record.Record) {})
	service.Oldest("d")
	if _, err := service.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	seen.mu.Lock()
	defer seen.mu.Unlock()
	for i := range uint64(n) {
		if seen.times[i] != 1 {
			t.Errorf("record %d came to %d ends", i, seen.times[i])
		}
	}
}

package firehose_test

import (
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// counter counts delivered records and tells when there are enough.
type counter struct {
	firehose.Observer
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (c *counter) Delivered(d firehose.Delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left -= len(d.Records); c.left == 0 {
		close(c.done)
	}
}

// On the wall many requests put into one delivery stream at once, while its courier delivers and others look on.
func TestConcurrentPutsOnTheWall(t *testing.T) {
	defer goleak.VerifyNone(t)
	wall := clock.NewWall()
	defer wall.Stop()
	const producers, puts, each = 8, 64, 256 // records of 1 KiB: 128 objects of 1 MiB
	store := objectstore.New(objectstore.Config{})
	if err := store.CreateBucket(wall.Now(), "bucket"); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, nil)
	seen := &counter{Observer: w, left: producers * puts * each, done: make(chan struct{})}
	service := firehose.New(firehose.Config{
		Clock: wall, Store: store, Observer: seen,
		Limits: firehose.Limits{PutRecords: 1 << 31, PutBytes: 1 << 31, PutRequests: 1 << 31},
		Model:  firehose.Model{MaxPending: 1 << 30},
	})
	err := service.Create(firehose.DeliveryStream{Name: "d", Bucket: "bucket", Compression: firehose.Gzip, Buffering: &firehose.BufferingHints{Size: mib}})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range producers {
		group.Go(func() {
			data := make([]byte, 1024)
			in := firehose.PutRecordBatchInput{DeliveryStreamName: "d"}
			for range each {
				in.Records = append(in.Records, firehose.Record{Data: data})
			}
			for range puts {
				out, err := service.PutRecordBatch(in)
				if err != nil || out.FailedPutCount != 0 {
					t.Errorf("%+v, %v", out, err)
				}
				service.Oldest("d")
			}
		})
	}
	group.Wait()
	<-seen.done
	page, err := store.List("bucket", objectstore.ListQuery{})
	if err != nil || len(page.Objects) != producers*puts*each/1024 {
		t.Errorf("%d objects, %v; want one for each MiB", len(page.Objects), err)
	}
}

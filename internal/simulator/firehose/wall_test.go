package firehose_test

import (
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
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

// moody is an HTTP endpoint that does not answer every third request in time though it has taken it, and refuses another.
type moody struct {
	mu    sync.Mutex
	calls int
}

func (m *moody) Post(now time.Time, r *firehose.Request) firehose.Answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch m.calls++; m.calls % 3 {
	case 0:
		return firehose.Answer{Failure: firehose.TimedOut}
	case 1:
		return r.Refuse(now, 503, "busy")
	}
	return r.Accept(now)
}

// reckoner counts what became of records: delivered or failed, and backed up.
type reckoner struct {
	firehose.Observer
	mu           sync.Mutex
	left, copies int
	done         chan struct{}
}

func (r *reckoner) settle() {
	if r.left == 0 && r.copies == 0 {
		close(r.done)
	}
}

func (r *reckoner) Delivered(d firehose.Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left -= len(d.Records)
	r.settle()
}

func (r *reckoner) BackedUp(b firehose.Backup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b.Failed {
		r.left -= len(b.Records)
	} else {
		r.copies -= len(b.Records)
	}
	r.settle()
}

// On the wall, puts go on while requests fail and all data are backed up. Each record is delivered or failed once, and backed
// up once.
func TestConcurrentPutsToAnEndpointOnTheWall(t *testing.T) {
	defer goleak.VerifyNone(t)
	wall := clock.NewWall()
	defer wall.Stop()
	const producers, puts, each = 4, 32, 256 // records of 1 KiB: 32 requests of 1 MiB
	store := objectstore.New(objectstore.Config{})
	if err := store.CreateBucket(wall.Now(), "bucket"); err != nil {
		t.Fatal(err)
	}
	all := producers * puts * each
	seen := &reckoner{Observer: newWorld(t, nil), left: all, copies: all, done: make(chan struct{})}
	service := firehose.New(firehose.Config{
		Clock: wall, Store: store, Observer: seen, Endpoints: &moody{},
		Limits: firehose.Limits{PutRecords: 1 << 31, PutBytes: 1 << 31, PutRequests: 1 << 31, EndpointRetryBase: time.Millisecond},
		Model:  firehose.Model{MaxPending: 1 << 30},
	})
	retry := time.Second
	err := service.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib, Interval: time.Minute},
		HTTP: &firehose.HTTPEndpoint{
			URL: "https://localhost/", BackupMode: firehose.AllData, RetryDuration: &retry, Buffering: &firehose.BufferingHints{Size: mib},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range producers {
		group.Go(func() {
			in := firehose.PutRecordBatchInput{DeliveryStreamName: "d"}
			for range each {
				in.Records = append(in.Records, firehose.Record{Data: make([]byte, 1024)})
			}
			for range puts {
				if out, err := service.PutRecordBatch(in); err != nil || out.FailedPutCount != 0 {
					t.Errorf("%+v, %v", out, err)
				}
				service.Oldest("d")
				service.Held(func(string, string, []record.Record) {})
			}
		})
	}
	group.Wait()
	<-seen.done
}

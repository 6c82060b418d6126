package tanktest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// Queue is an SQS queue as far as a mapping needs it, or a bucket in its place: it takes what the mapping tells.
type Queue struct {
	tank *Tank
	name string
	arn  string

	bucket string // that it stands for; "": it is a queue
	of     *Sink  // of the function whose failures it is told

	mu       sync.Mutex
	messages [][]byte
}

// Messages are the bodies of what was sent, in the order in which it was: JSON, as Lambda writes it.
func (q *Queue) Messages() [][]byte {
	if q.bucket != "" {
		return q.objects()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([][]byte(nil), q.messages...)
}

// objects are what a bucket was told, in the order in which it was: their keys tell the second, and are drawn within one.
func (q *Queue) objects() (bodies [][]byte) {
	k := q.tank
	k.t.Helper()
	var all []objectstore.Info
	var query objectstore.ListQuery
	for {
		page, err := k.world.Objects.List(q.bucket, query)
		k.must(err, "list bucket %s", q.bucket)
		all = append(all, page.Objects...)
		query.After = page.Next
		if !page.Truncated {
			break
		}
	}
	slices.SortFunc(all, func(a, b objectstore.Info) int { return cmp.Compare(a.Number, b.Number) })
	for _, o := range all {
		got, err := k.world.Objects.Get(q.bucket, o.Key)
		k.must(err, "read %s of bucket %s", o.Key, q.bucket)
		bodies = append(bodies, got.Body)
	}
	return bodies
}

// bucketQueue makes a bucket stand for a queue.
func (k *Tank) bucketQueue(name string) *Queue {
	k.t.Helper()
	if err := k.world.Objects.CreateBucket(k.Now(), name); err != nil && !errors.Is(err, objectstore.ErrBucketExists) {
		k.must(err, "OnFailureBucket(%q)", name)
	}
	return &Queue{tank: k, name: "bucket " + name, bucket: name, arn: "arn:aws:s3:::" + name}
}

// Failure is a batch that a mapping gave up, as its destination is told.
type Failure struct {
	Condition   string // RetryAttemptsExhausted or RecordAgeExceeded
	Attempts    int    // AWS's approximateInvokeCount: 1 also where they were never tried
	Shard       string // shardId-000000000000
	First, Last string // the sequence numbers of its first and its last record
	Size        int    // records
	At          time.Time
	Payload     string // the event, as JSON, in a bucket; "" in a queue
}

// Failures are the messages, read.
func (q *Queue) Failures() []Failure {
	k := q.tank
	k.t.Helper()
	var all []Failure
	for _, m := range q.Messages() {
		var d struct {
			RequestContext struct {
				Condition              string
				ApproximateInvokeCount int
			}
			Timestamp        time.Time
			KinesisBatchInfo struct {
				ShardID                                string `json:"shardId"`
				StartSequenceNumber, EndSequenceNumber string
				BatchSize                              int
			}
			Payload string
		}
		k.must(json.Unmarshal(m, &d), "read what %s was told", q.name)
		b := &d.KinesisBatchInfo
		all = append(all, Failure{
			d.RequestContext.Condition, d.RequestContext.ApproximateInvokeCount, b.ShardID, b.StartSequenceNumber, b.EndSequenceNumber, b.BatchSize,
			d.Timestamp, d.Payload,
		})
	}
	return all
}

// Batches fails the test where the queue was told of another number of batches, and tells of which it was told, or what became of the
// records that it could have been told of. It also fails while it can show nothing: while a load is not wholly put, and where none are wanted
// and no batch was invoked.
func (q *Queue) Batches(t testing.TB, n int) {
	t.Helper()
	if early := q.early(n); early != "" {
		t.Error(dated(q.name + ": " + early))
		return
	}
	if got := len(q.Messages()); got != n {
		t.Error(dated(fmt.Sprintf("%s was told of %d batches, not of %d%s", q.name, got, n, q.told(got < n))))
	}
}

// early says why it shows nothing yet that the queue was told of n batches; "" where it does.
func (q *Queue) early(n int) string {
	if text := q.of.stillToCome(); text != "" || n > 0 {
		return text
	}
	if text := q.of.early("Batches"); text != "" {
		return text
	}
	if !q.tank.history.invoked(q.of.name, q.of.stream.name) && len(q.Messages()) == 0 {
		return q.of.name + " was invoked with no batch: Batches has shown nothing"
	}
	return ""
}

// queues are a tank's, by their ARNs. They are what mappings send to.
type queues struct {
	mu    sync.Mutex
	byARN map[string]*Queue
}

func (k *Tank) queue(name string) *Queue {
	q := &Queue{tank: k, name: name, arn: "arn:aws:sqs:" + Region + ":" + Account + ":" + name}
	k.queues.mu.Lock()
	defer k.queues.mu.Unlock()
	k.queues.byARN[q.arn] = q
	return q
}

// Send takes what a mapping gave up.
func (q *queues) Send(_ time.Time, arn string, body []byte) error {
	q.mu.Lock()
	to := q.byARN[arn]
	q.mu.Unlock()
	if to == nil {
		return fmt.Errorf("there is no queue %s", arn)
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	to.messages = append(to.messages, append([]byte(nil), body...))
	return nil
}

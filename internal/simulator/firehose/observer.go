package firehose

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Observer is told what only the inside of the service knows. What it is given is valid during the call only. On the wall
// its methods are called concurrently. They must be quick.
type Observer interface {
	// Put is told each put call with all its records in order; refused[i] is what became of record i. Accepted records
	// have their Arrival, Seq and Shard. It is called before any of them can be delivered, with the buffer's lock held: it
	// must not call the service.
	Put(now time.Time, deliveryStream string, recs []record.Record, refused []bool)
	// Delivered is told each object when it is visible at the destination, and each request when an HTTP endpoint has taken
	// it.
	Delivered(d Delivery)
}

// Discarder may be implemented by an Observer that wants to know of accepted records that will never be delivered: those
// buffered when their delivery stream was deleted, whose delivery failed for longer than Limits.Retention, or that an HTTP
// endpoint refused for good (413). deleted tells the first of these.
type Discarder interface {
	Discarded(now time.Time, deliveryStream string, recs []record.Record, deleted bool)
}

// StoreObserver may be implemented by an Observer that wants to know of each attempt to put an object into a bucket that has failed.
// Its records are tried again, until they are delivered or discarded.
type StoreObserver interface {
	StoreFailed(now time.Time, deliveryStream string, recs []record.Record, why string)
}

// Delivery is one object that has been delivered, or one request that an HTTP endpoint has taken.
type Delivery struct {
	DeliveryStream string
	Bucket         string // "" for a request
	Key            string
	URL            string // "" for an object
	RequestID      string
	Attempts       int             // of the request, the one that was taken included
	Records        []record.Record // in the order in which they were buffered
	At             time.Time       // when it became visible, or was taken
	Bytes          int64           // of the object, -1 where it is not rendered yet; of the data in a request
}

// Attempter may be implemented by an Observer that wants to know each attempt to deliver to an HTTP endpoint. What failed
// may have been taken all the same: an endpoint that took a request and did not answer in time gets its records again.
type Attempter interface {
	Attempted(a Attempt)
}

// Attempt is one attempt to deliver a request.
type Attempt struct {
	DeliveryStream string
	URL            string
	RequestID      string
	Number         int // from 1
	Began, Ended   time.Time
	Status         int    // of the answer; 0 where there was none
	ErrorCode      string // HttpEndpoint.…; "" where the request was taken
	ErrorMessage   string
	Records        []record.Record
}

// TransformObserver may be implemented by an Observer that wants to know of the invocations that transform records, and what became
// of these.
type TransformObserver interface {
	// Transformed is told each invocation when it has ended. A record that it keeps is told when it is delivered, one that it fails
	// also by BackedUp, when that is stored.
	Transformed(t Transformation)
}

// Transformation is one invocation of a processor's function, or one that did not reach it.
type Transformation struct {
	DeliveryStream string
	Function       string
	InvocationID   string
	Attempt        int // from 1
	Began, Ended   time.Time
	Records        []record.Record // as they were sent, in the order in which they were buffered
	ErrorCode      string          // Lambda.…, where the invocation failed as one; "" where it has returned
	ErrorMessage   string
	Refused        bool            // it did not reach the function; an answer that was lost is another thing
	FunctionError  string          // the function's own, which nobody on AWS is told; "" where there is none
	Last           bool            // it is the last with these records
	Dropped        []record.Record // that it has dropped, where it is the last
	Failed         []record.Record // that go below the error prefix, where it is the last
	Codes          []string        // of each of Failed: Lambda.…
	Alien          string          // an id of the response that is of none of Records, in quotes, where one of theirs is missing; else ""
}

// BackupObserver may be implemented by an Observer that wants to know of the objects in the backup bucket of an HTTP endpoint, and
// of those below the error prefix of an S3 destination.
type BackupObserver interface {
	BackedUp(b Backup)
}

// Backup is one object in a backup bucket, or below an error prefix.
type Backup struct {
	DeliveryStream string
	Bucket         string
	Key            string
	Failed         bool            // under the error prefix: its records were given up; else of AllData
	ErrorCode      string          // of the last attempt, where Failed; of a transformation its first record's
	Codes          []string        // of each of Records, where a transformation has failed them; else nil
	Attempts       int             // where Failed
	Records        []record.Record // as they were put
	At             time.Time       // when it became visible
	Bytes          int64           // of the object; -1 where it is not rendered yet
}

// silent observes nothing.
type silent struct{}

func (silent) Put(time.Time, string, []record.Record, []bool) {}
func (silent) Delivered(Delivery)                             {}

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
	// Delivered is told each object when it is visible at the destination.
	Delivered(d Delivery)
}

// Discarder may be implemented by an Observer that wants to know of accepted records that will never be delivered: those
// buffered when their delivery stream was deleted, or whose delivery failed for longer than Limits.Retention.
type Discarder interface {
	Discarded(now time.Time, deliveryStream string, recs []record.Record)
}

// Delivery is one object that has been delivered.
type Delivery struct {
	DeliveryStream string
	Bucket         string
	Key            string
	Records        []record.Record // in the order in which they were buffered
	At             time.Time       // when it became visible
	Bytes          int64           // of the object; -1 where it is not rendered yet
}

// silent observes nothing.
type silent struct{}

func (silent) Put(time.Time, string, []record.Record, []bool) {}
func (silent) Delivered(Delivery)                             {}

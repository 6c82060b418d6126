// Package target is one pipeline under load, wherever it runs.
//
// A [Target] is dumb on purpose: it makes the pipeline, sends one request when told to and reports what became of each
// record; it never retries, paces or counts. What happens beyond the put (a shard's decisions, invocations, deliveries,
// reads) it tells an [Observer]. Its [Traits] say what it can promise and what it cannot tell, so that an objective that
// rests on such a thing is null and never silently held.
//
//   - simulated: the services called directly in virtual time
//   - aws: any endpoint that speaks the APIs, through the real SDK clients
//   - embedded: the simulator served on 127.0.0.1, loaded through aws
package target

import (
	"context"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/scenarios"
)

// Record is a record as the services hold it.
type Record = record.Record

// Target is one pipeline under load. Put is safe for concurrent use on the wall clock.
type Target interface {
	// Traits do not change.
	Traits() Traits
	// Deploy makes the scenario's pipeline and returns when every reader of it is positioned: a record put after
	// Deploy comes out at every sink.
	Deploy(ctx context.Context, s *scenarios.Scenario, o Observer) error
	// Begin tells when the load starts: the scenario's faults count from it.
	Begin(start time.Time)
	// Put sends one request and fills its outcome. It returns when the request was answered, failed or timed out.
	Put(p *clock.Proc, r *Request)
	// Freshness is the age of the oldest record that a delivery stream holds undelivered; false where the target
	// cannot tell or the stream holds none.
	Freshness(deliveryStream string, now time.Time) (time.Duration, bool)
	// Held visits what the pipeline still holds for its sinks once the clock has stopped; false where the target cannot
	// tell.
	Held(visit Visit) bool
	// Close takes the pipeline down and releases what the target holds.
	Close(ctx context.Context) error
}

// Visit is told records that are on their way to a sink. from is where the load put them. A record that is stored twice is
// told twice. The slice is valid during the call only.
type Visit func(sink string, from Destination, records []Record)

// Connector may be implemented by a target that opens connections.
type Connector interface {
	// Connections is how many requests so far opened a connection and how many went over one that was there.
	Connections() (opened, reused int64)
}

// ShardLister may be implemented by a target whose shards a producer can list, to predict where a record goes.
type ShardLister interface {
	// OpenShards are the shards of a stream that take records now.
	OpenShards(ctx context.Context, stream string) ([]record.Shard, error)
}

// Traits are what a target can promise and tell.
type Traits struct {
	Name     string             // embedded, or the endpoint's URL
	Bodies   bool               // requests carry rendered bodies
	Inside   bool               // it tells arrivals, shard decisions and reads from inside the services
	MaxBytes int                // of one request's records and keys
	Limits   map[string]float64 // the limits it enforces, by name, for the report; nil where it does not say
	Untold   []Untold
}

// Cannot tells whether a measurement is one that the target cannot tell, and why.
func (t *Traits) Cannot(name string) (reason string, cannot bool) {
	for _, u := range t.Untold {
		if strings.HasPrefix(name, u.Prefix) {
			return u.Reason, true
		}
	}
	return "", false
}

// Untold is a measurement that a target cannot tell, with the reason in words.
type Untold struct {
	Prefix string // of measurement and counter names: "lambda."
	Reason string
	// Measured tells that figures come all the same, of what the target does and the pipeline should not be judged by: they
	// are shown, and objectives on them are null.
	Measured bool
}

// NoPlace is the shard of a record whose place nobody tells.
const NoPlace = -2

// MarkerLane is the lane of marker records, which show whether a sink is positioned. No load has it.
const MarkerLane = 0xffff

// Destination is what a load is put to: a stream or a delivery stream.
type Destination struct {
	Stream         string
	DeliveryStream string
}

// Name is whichever of the two is set.
func (d Destination) Name() string {
	if d.Stream != "" {
		return d.Stream
	}
	return d.DeliveryStream
}

// Request is one put of a batch: in, the destination and the entries; out, when the call began and ended and what became
// of each entry.
type Request struct {
	Destination Destination
	Entries     []Entry
	// Users are the user records that each entry holds, itself where it is one alone. Nil where the load does not aggregate.
	Users   [][]Entry
	Timeout time.Duration // the call is given up so long after it has left

	// Leave returns when the request may leave. Put calls it once it has made the request ready and before it sends a
	// byte, on the goroutine that called Put; when it is false, Put returns without having sent anything. Nil: at once.
	Leave func() bool

	Began, Ended time.Time // Began: when it left
	Err          error     // of the whole call, for a person; each outcome says what it means for its record
	Outcomes     []Outcome
}

// UsersOf are the user records of entry i: the entry itself where the load does not aggregate.
func (r *Request) UsersOf(i int) []Entry {
	if r.Users == nil {
		return r.Entries[i : i+1]
	}
	return r.Users[i]
}

// MayLeave asks Leave, where there is one.
func (r *Request) MayLeave() bool { return r.Leave == nil || r.Leave() }

// Entry is one record of a request.
type Entry struct {
	Lane, KeyIndex uint32
	Number         uint64
	Due            int64 // unix nanoseconds
	Key            string
	Hash           record.Hash
	Size           int32
	Ours           bool   // the body carries the identity
	Explicit       bool   // Hash is sent as the explicit hash key
	Body           []byte // nil where the target takes no bodies
}

// Observer is told what happens beyond the puts. Calls may be concurrent on the wall clock; slices are valid during the
// call only.
type Observer interface {
	// ShardPut tells each decision of a stream about one call's records, in order. Only a target with Traits.Inside calls it.
	ShardPut(now time.Time, stream string, records []Record, decisions []Decision)
	// DeliveryStreamPut tells the same of a Direct PUT.
	DeliveryStreamPut(now time.Time, deliveryStream string, records []Record, refused []bool)
	// ShardRead tells of one read of a shard; limit is "" where it was answered.
	ShardRead(now time.Time, stream string, shard int32, reader string, records int, limit string)
	// ShardPushed tells of one event with records that was pushed to a consumer by enhanced fan-out.
	ShardPushed(now time.Time, stream string, shard int32, consumer string, records int)
	// Resharded tells how many shards of a stream are open from an instant on, where that is another number than before.
	Resharded(at time.Time, stream string, open int)
	// Trimmed tells of records that were removed for want of room before every reader had seen them, and of the bytes that
	// they took.
	Trimmed(stream string, shard int32, records int, bytes int64)
	// Discarded tells of records that a delivery stream had accepted, or a function's mapping received, and gave up.
	Discarded(now time.Time, sink string, records []Record)
	// Consumed tells of records that a plain consumer of the scenario received.
	Consumed(now time.Time, consumer string, records []Record)
	// Invoked tells of one invocation, when it has ended.
	Invoked(Invocation)
	// Delivered tells of one object that became visible, or one request that an HTTP endpoint took. What is taken and
	// not answered in time is sent, and told, again.
	Delivered(Delivery)
	// Refused tells of one attempt to deliver to an HTTP endpoint that failed, as far as the sender knows. Only a target
	// with Traits.Inside calls it.
	Refused(now time.Time, deliveryStream, errorCode string)
	// BackedUp tells of one object in the backup bucket of an HTTP endpoint. Only a target with Traits.Inside calls it.
	BackedUp(Backup)
}

// Decision is what a shard decided about one record.
type Decision = kinesis.Result

// What a decision can be, as far as a run tells them apart: what remains is refused by a fault.
const (
	Accepted     = kinesis.LimitNone
	LimitRecords = kinesis.LimitRecords
	LimitBytes   = kinesis.LimitBytes
)

// Invocation is one run of a function for an event source mapping. Its records are those of the stream: Lambda opens no
// aggregates. A target that is told by the function itself tells the user records that the function found in them.
type Invocation struct {
	Function  string
	Stream    string
	Shard     int32
	Attempt   int       // from 1
	Sent      time.Time // the batch was handed over
	Begin     time.Time // the handler began: later than Sent by the cold start
	End       time.Time
	Cold      bool
	Failed    bool
	Batch     int // records of the stream that it was invoked with; 0: as many as Records
	Records   []Record
	Remaining int // so many of Records, the last ones, come again though it did not fail: they were reported as failures
}

// Done are the records that have come out of it.
func (i *Invocation) Done() []Record {
	if i.Failed {
		return nil
	}
	return i.Records[:len(i.Records)-i.Remaining]
}

// Delivery is one object of a delivery stream, or one request that an HTTP endpoint took.
type Delivery struct {
	DeliveryStream string
	Key            string        // of an object
	RequestID      string        // of a request; "" for an object
	Attempt        int           // of a request, from 1: how often it has come
	At             time.Time     // visible, or taken
	Resolution     time.Duration // how exactly At is known: 0 from inside and of requests, else the observer's polling interval
	Bytes          int64         // as stored, or of a request's data; -1 not computed
	Records        []Record
}

// Backup is one object in the backup bucket of an HTTP endpoint.
type Backup struct {
	DeliveryStream string
	Where          string // s3://bucket/prefix, down to the error prefix of records whose delivery was given up
	Failed         bool   // their delivery was given up; else it is of a backup of all data
	At             time.Time
	Records        []Record
}

// Stopper may be implemented by a target whose processes wait for something that does not see the clock stop.
type Stopper interface {
	// Stop ends such waits. It is called before the clock is stopped; what is under way then is not delivered.
	Stop()
}

// Noter may be implemented by a target that has sentences for the report when a run is over.
type Noter interface {
	Notes() []string
}

// Watcher may be implemented by a target that sees deliveries some time after they have come.
type Watcher interface {
	// Unread is how many deliveries that had come at an instant were not told to the observer yet: at least one where it
	// is not known.
	Unread(at time.Time) int
}

package firehose

import (
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Streams are the Kinesis streams of the same account and region, as far as a delivery stream needs them. Errors match
// record.ErrNotFound or record.ErrThroughputExceeded.
type Streams interface {
	Shards(stream string) ([]record.Shard, error)
	Position(stream string, shard int32, at record.Position) (uint64, error)
	Horizon(now time.Time, stream string) (time.Time, error)
	Read(now time.Time, reader, stream string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error)
	Register(stream, reader string) (passed func(shard int32, next uint64), unregister func())
	// Sequence appends the sequence number of a record of a shard, also when the stream is gone; nil: there is no such shard.
	Sequence(stream string, shard int32) func(dst []byte, r *record.Record) []byte
}

// Store is where objects are delivered. size is -1 where it is not known yet. Any error is retried.
type Store interface {
	PutRecords(now time.Time, bucket, key string, records []record.Record, compression string) (size int64, err error)
}

// Config is what a Service needs. Clock and Store must be set, and Streams where delivery streams have a stream as their
// source; the zero value of every other field is its default.
type Config struct {
	Account  string // 12 digits; 123456789012
	Region   string // us-east-1
	Clock    clock.Clock
	Streams  Streams
	Store    Store
	Limits   Limits
	Model    Model
	Observer Observer        // nil: nobody is told
	Identify record.Identify // finds the identity in bodies that Direct PUT brings over a wire; nil: they have none
	Open     record.Open     // opens aggregates of a source stream; nil: nothing is one
	Seed     uint64          // of the objects' UUIDs, the requests' ids and the jitter of their retries

	Faults    fault.Hook    // acts on what is asked of source streams and buckets; nil: nothing does
	Functions Functions     // transform records; nil: no delivery stream can have a processor
	Endpoints Endpoints     // take what is sent to HTTP endpoints; nil: no delivery stream can have one
	Render    record.Render // makes bodies of records of ours for requests and error objects; nil: they have none
}

// Service is the Firehose of one account and region. It is safe for concurrent use.
type Service struct {
	config   Config
	observer Observer

	mu      sync.RWMutex
	streams map[string]*deliveryStream

	control struct {
		mu    sync.Mutex
		calls map[string]*bucket // by operation
	}
}

// New makes a service without delivery streams.
func New(c Config) *Service {
	if c.Account == "" {
		c.Account = "123456789012"
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	c.Limits = c.Limits.Complete(c.Region)
	c.Model = c.Model.withDefaults()
	s := &Service{config: c, observer: c.Observer, streams: map[string]*deliveryStream{}}
	if s.observer == nil {
		s.observer = silent{}
	}
	s.control.calls = map[string]*bucket{}
	return s
}

// Limits are the limits in force, defaults filled in.
func (s *Service) Limits() Limits { return s.config.Limits }

// Model is the model in force, defaults filled in.
func (s *Service) Model() Model { return s.config.Model }

// ARN names a delivery stream of this account and region.
func (s *Service) ARN(deliveryStream string) string {
	return "arn:aws:firehose:" + s.config.Region + ":" + s.config.Account + ":deliverystream/" + deliveryStream
}

func (s *Service) streamARN(stream string) string {
	return "arn:aws:kinesis:" + s.config.Region + ":" + s.config.Account + ":stream/" + stream
}

// Oldest is the arrival of the oldest record of a delivery stream that is not delivered yet: what CloudWatch's
// DeliveryToS3.DataFreshness and DeliveryToHttpEndpoint.DataFreshness are the age of. Of a stream source it counts what has
// been read; copies for a backup do not count. ok is false where there is no such record, or no such delivery stream.
func (s *Service) Oldest(name string) (arrival time.Time, ok bool) {
	d, err := s.find(name)
	if err != nil {
		return time.Time{}, false
	}
	var oldest int64
	for _, l := range d.lanes() {
		if nano, has := l.oldest(); has && (!ok || nano < oldest) {
			oldest, ok = nano, true
		}
	}
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(0, oldest).UTC(), true
}

func (s *Service) find(name string) (*deliveryStream, error) {
	s.mu.RLock()
	d := s.streams[name]
	s.mu.RUnlock()
	if d == nil {
		return nil, errorf(codeNotFound, "Firehose %s under account %s not found.", name, s.config.Account)
	}
	return d, nil
}

// admit counts a call of a control operation against its five calls a second.
func (s *Service) admit(operation string) error {
	now := s.config.Clock.Now().UnixNano()
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	b := s.control.calls[operation]
	if b == nil {
		full := newBucket(s.config.Limits.ControlCalls, now)
		b = &full
		s.control.calls[operation] = b
	}
	b.fill(now)
	if !b.takes(1) {
		return errorf(codeThrottling, "Rate exceeded")
	}
	return nil
}

// validName checks a delivery stream's name against the API's pattern (service model).
func validName(name string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
	switch {
	case name == "":
		return missing("deliveryStreamName")
	case len(name) > 64:
		return constraint(name, "deliveryStreamName", "Member must have length less than or equal to 64")
	case strings.Trim(name, allowed) != "":
		return constraint(name, "deliveryStreamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
	return nil
}

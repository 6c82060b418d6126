package lambda

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Streams are the Kinesis streams of the same account and region, as far as a mapping needs them. Errors match
// record.ErrNotFound or record.ErrThroughputExceeded.
type Streams interface {
	Shards(stream string) ([]record.Shard, error)
	Position(stream string, shard int32, at record.Position) (uint64, error)
	Read(now time.Time, reader, stream string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error)
	Register(stream, reader string) (passed func(shard int32, next uint64), unregister func())
	// FindConsumer is an error where there is no such stream consumer.
	FindConsumer(arn string) error
	// Subscribe opens a subscription of a stream consumer from a position on; wake is called when there is something new.
	Subscribe(consumerARN string, shard int32, from uint64, wake func()) (record.Subscription, error)
	// Sequence appends the sequence number of a record of a shard, also when the stream is gone; nil: there is no such shard.
	Sequence(stream string, shard int32) func(dst []byte, r *record.Record) []byte
	// Horizon is the instant before which a stream keeps nothing.
	Horizon(now time.Time, stream string) (time.Time, error)
}

// Config is what a Service needs. Clock and Streams must be set.
type Config struct {
	Account   string // twelve digits
	Region    string
	Clock     clock.Clock
	Streams   Streams
	Limits    Limits
	Model     Model
	Observer  Observer   // nil: nobody is told
	Seed      uint64     // of every duration, error and identifier drawn
	Functions []Function // there from the start
	Faults    fault.Hook // acts on what mappings ask of streams and send to functions; nil: nothing does

	Render       record.Render // makes bodies of records of ours for code and for objects; nil: they have none
	Destinations Destinations  // queues and topics for batches that were given up; nil: no mapping can have one
	Store        Store         // buckets for such; nil: no mapping can have one
}

// Service is the Lambda of one account and region.
type Service struct {
	account  string
	region   string
	clock    clock.Clock
	streams  Streams
	limits   Limits
	model    Model
	observer Observer
	seed     uint64
	faults   fault.Hook
	render   record.Render

	destinations Destinations
	store        Store

	mu        sync.Mutex
	functions map[string]*function
	mappings  []*mapping // in the order of their creation
	ids       *rand.Rand
}

// New makes a service. A function of Config.Functions that does not hold before [Function.Validate], or is there twice, is a
// mistake of the program and panics.
func New(c Config) *Service {
	s := &Service{
		account:   c.Account,
		region:    c.Region,
		clock:     c.Clock,
		streams:   c.Streams,
		limits:    c.Limits.withDefaults(),
		model:     c.Model.withDefaults(),
		observer:  c.Observer,
		seed:      c.Seed,
		faults:    c.Faults,
		render:    c.Render,
		functions: map[string]*function{},
		ids:       rand.New(rand.NewPCG(c.Seed, digest("ids", c.Account, c.Region))),

		destinations: c.Destinations, store: c.Store,
	}
	if s.observer == nil {
		s.observer = silent{}
	}
	for _, f := range c.Functions {
		if _, err := s.CreateFunction(f); err != nil {
			panic("lambda: function " + f.Name + ": " + err.Error())
		}
	}
	return s
}

// StreamARN names a stream of the service's own account and region.
func (s *Service) StreamARN(stream string) string {
	return "arn:aws:kinesis:" + s.region + ":" + s.account + ":stream/" + stream
}

func (s *Service) functionARN(name string) string {
	return "arn:aws:lambda:" + s.region + ":" + s.account + ":function:" + name
}

func (s *Service) mappingARN(uuid string) string {
	return "arn:aws:lambda:" + s.region + ":" + s.account + ":event-source-mapping:" + uuid
}

// digest makes one number of some names, the same in every run.
func digest(names ...string) uint64 {
	h := fnv.New64a()
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

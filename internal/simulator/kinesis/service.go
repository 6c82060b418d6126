package kinesis

import (
	"fmt"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Config is what a service is made of. Clock must be set; the zero value of every other field is its default.
type Config struct {
	Account  string // 12 digits; 123456789012
	Region   string // us-east-1
	Clock    clock.Clock
	Limits   Limits
	Model    Model
	Observer Observer        // told of puts and reads; nil: nobody
	Identify record.Identify // finds the identity in bodies that came over a wire; nil: they have none
	Render   record.Render   // renders records of ours where GetRecords answers with them; nil: their data is empty

	// DropRead drops each record as soon as every registered reader of its stream has passed it. Streams without a
	// registered reader keep theirs. Without it, records that were passed are the first to go at the cap.
	DropRead bool

	// MaxBytes caps the memory that records take, over all streams; 1 GiB. It is not used where Memory is set.
	MaxBytes int64
	// Memory is a cap shared with other services; nil: the service has its own of MaxBytes.
	Memory *Memory

	// Disk is where records are that do not fit into memory, shared with other services; nil: those that do not fit are
	// trimmed. One that outlives the process brings back what the account and region had.
	Disk *Disk

	// Store is where channels deliver; nil: no channel can be made.
	Store Store
}

// Store takes the objects of channels. No compression and no storage class are NONE and STANDARD. size is -1 where it is not known yet.
// Any error is retried.
type Store interface {
	PutRecordsAs(now time.Time, bucket, key string, records []record.Record, compression, storageClass string) (size int64, err error)
}

// Service is the Kinesis Data Streams of one account and region. It is safe for concurrent use.
type Service struct {
	cfg    Config
	memory *Memory

	mu      sync.RWMutex
	streams map[string]*stream

	quota sync.Mutex // held from the count of what the account has until what was asked for counts; taken before mu

	account    account
	resources  resources
	calls      calls
	channels   channels
	reclaiming sync.Mutex

	disk    *Disk      // nil: there is none
	owner   uint64     // of the document of the account and region
	keeping sync.Mutex // of that document: the last one written is the last one made
}

// New makes a service without streams, but for those that its disk brings back.
func New(cfg Config) *Service {
	if cfg.Account == "" {
		cfg.Account = "123456789012"
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	cfg.Limits, cfg.Model = cfg.Limits.Complete(cfg.Region), cfg.Model.withDefaults()
	s := &Service{cfg: cfg, memory: cfg.Memory, disk: cfg.Disk, streams: make(map[string]*stream)}
	if s.memory == nil {
		s.memory = NewMemory(cfg.MaxBytes)
	}
	if s.disk != nil {
		s.disk.join(s)
	}
	return s
}

// Limits are the limits in force, defaults filled in.
func (s *Service) Limits() Limits { return s.cfg.Limits }

// Model is the model in force.
func (s *Service) Model() Model { return s.cfg.Model }

// StreamARN is the ARN of a stream of that name in this account and region.
func (s *Service) StreamARN(stream string) string {
	return fmt.Sprintf("arn:aws:kinesis:%s:%s:stream/%s", s.cfg.Region, s.cfg.Account, stream)
}

// find is the stream of that name. A caller that goes on to lock it must ask lock whether it is still there.
func (s *Service) find(name string) (*stream, error) {
	s.mu.RLock()
	st := s.streams[name]
	s.mu.RUnlock()
	if st == nil {
		return nil, s.noStream(name)
	}
	return st, nil
}

// lock finds the stream of that name and locks it. A stream that is being created or deleted is there; what takes records of
// it uses lockTaking.
func (s *Service) lock(name string, now time.Time) (*stream, error) {
	st, err := s.find(name)
	if err != nil {
		return nil, err
	}
	st.mu.Lock()
	if _, there := st.status(now); !there {
		st.mu.Unlock()
		return nil, s.noStream(name)
	}
	s.settle(st, now)
	return st, nil
}

// lockTaking finds a stream that takes records and locks it. To a put, one that is CREATING is not there (kinesalite); one that
// is DELETING may still take some (API reference, DeleteStream), and here does until its end.
func (s *Service) lockTaking(name string, now time.Time) (*stream, error) {
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	if status, _ := st.status(now); status == statusCreating {
		st.mu.Unlock()
		return nil, s.noStream(name)
	}
	return st, nil
}

func (s *Service) noStream(name string) *Error {
	return errorf(codeNotFound, "Stream %s under account %s not found.", name, s.cfg.Account)
}

func (s *Service) noShard(stream, shard string) *Error {
	return errorf(codeNotFound, "Could not find shard %s in stream %s under account %s.", shard, stream, s.cfg.Account)
}

func (s *Service) throttled(stream string, shard int32) *Error {
	return &Error{Code: codeThroughput, Message: string(s.appendThrottled(nil, stream, shard))}
}

// appendThrottled appends the message of a refused record or read (seen on AWS: kinesalite pull request 87).
func (s *Service) appendThrottled(dst []byte, stream string, shard int32) []byte {
	dst = appendShardID(append(dst, "Rate exceeded for shard "...), shard)
	dst = append(append(dst, " in stream "...), stream...)
	return append(append(append(dst, " under account "...), s.cfg.Account...), '.')
}

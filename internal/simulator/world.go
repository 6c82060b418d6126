package simulator

import (
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// Config is what every world is made of. Clock must be set.
type Config struct {
	Clock clock.Clock

	// MaxBytes caps the memory that stored records take, over all worlds; 0 is 1 GiB.
	MaxBytes int64

	// Disk is where records are that do not fit into memory, over all worlds; nil: those are trimmed. The worlds that it brings
	// back are made at once.
	Disk *kinesis.Disk

	// Faults acts on what mappings and delivery streams ask of streams and buckets, and on what mappings send to functions, as the
	// wire's hook does on requests; nil: nothing does.
	Faults fault.Hook

	// The services' settings. Account, Region, Clock, Faults and the shared cap are filled in for each world.
	Kinesis  kinesis.Config // its Store is the world's
	Objects  objectstore.Config
	Lambda   lambda.Config   // its Streams and its Store are the world's; Render is the Objects' where there is none
	Firehose firehose.Config // its Streams, its Store and its Functions are the world's; Render is the Objects' where there is none

	// By how much limits differ from AWS's, or from those in the services' settings.
	ScaleKinesis, ScaleFirehose Scale

	// Setup is called once with each new world, before anybody else sees it; nil: nothing is set up. It must not ask for
	// the same world again.
	Setup func(*World)
}

// AWS is all accounts and regions. It is safe for concurrent use; its worlds' processes run on the clock, and whoever
// started that stops them.
type AWS struct {
	cfg    Config
	memory *kinesis.Memory

	mu     sync.Mutex
	worlds map[place]*World
}

type place struct{ account, region string }

// World is one account in one region.
type World struct {
	Account, Region string

	Kinesis  *kinesis.Service
	Objects  *objectstore.Service
	Lambda   *lambda.Service
	Firehose *firehose.Service

	once sync.Once
}

// New makes an AWS without worlds but for those that its disk brings back: each is made when it is first asked for.
func New(cfg Config) *AWS {
	a := &AWS{cfg: cfg, memory: kinesis.NewMemory(cfg.MaxBytes), worlds: make(map[place]*World)}
	if cfg.Disk != nil {
		cfg.Disk.Places(func(account, region string) { a.World(account, region) })
	}
	return a
}

// Clock is the clock of all worlds.
func (a *AWS) Clock() clock.Clock { return a.cfg.Clock }

// Held is how many bytes of memory the stored records take.
func (a *AWS) Held() int64 { return a.memory.Held() }

// World is the world of that account and region. It is made, and set up, when it is first asked for.
func (a *AWS) World(account, region string) *World {
	at := place{account, region}
	a.mu.Lock()
	w := a.worlds[at]
	if w == nil {
		w = &World{Account: account, Region: region}
		a.worlds[at] = w
	}
	a.mu.Unlock()
	w.once.Do(func() { a.make(w) })
	return w
}

// make gives a world its services: one line each, a service that needs another after it.
func (a *AWS) make(w *World) {
	w.Objects = objectstore.New(a.cfg.Objects)
	w.Kinesis = kinesis.New(a.kinesis(w))
	w.Lambda = lambda.New(a.lambda(w))
	w.Firehose = firehose.New(a.firehose(w))

	if a.cfg.Setup != nil {
		a.cfg.Setup(w)
	}
}

func (a *AWS) kinesis(w *World) kinesis.Config {
	c := a.cfg.Kinesis
	c.Account, c.Region, c.Clock, c.Memory = w.Account, w.Region, a.cfg.Clock, a.memory
	c.Store, c.Disk = w.Objects, a.cfg.Disk
	c.Limits = scaled(c.Limits.Complete(w.Region), a.cfg.ScaleKinesis, "iteratorAge")
	return c
}

func (a *AWS) lambda(w *World) lambda.Config {
	c := a.cfg.Lambda
	c.Account, c.Region, c.Clock, c.Streams = w.Account, w.Region, a.cfg.Clock, w.Kinesis
	c.Faults, c.Store = a.cfg.Faults, objects{w.Objects}
	if c.Render == nil { // events hold what objects do
		c.Render = a.cfg.Objects.Render
	}
	return c
}

// objects are the world's buckets as Lambda writes to them.
type objects struct{ *objectstore.Service }

func (o objects) Put(now time.Time, bucket, key string, body []byte) error {
	_, err := o.Service.Put(now, bucket, key, body, objectstore.Meta{})
	return err
}

func (a *AWS) firehose(w *World) firehose.Config {
	c := a.cfg.Firehose
	c.Account, c.Region, c.Clock = w.Account, w.Region, a.cfg.Clock
	c.Streams, c.Store, c.Faults = w.Kinesis, w.Objects, a.cfg.Faults
	c.Functions = functions{w.Lambda}
	c.Limits = scaled(c.Limits.Complete(w.Region), a.cfg.ScaleFirehose)
	if c.Render == nil { // requests and error objects hold what objects do
		c.Render = a.cfg.Objects.Render
	}
	return c
}

// functions are the world's functions as delivery streams invoke them.
type functions struct{ lambda *lambda.Service }

func (f functions) Transform(p *clock.Proc, e *firehose.TransformEvent) (a firehose.TransformAnswer, ok bool) {
	o, ok := f.lambda.Invoke(p, lambda.Call{Function: e.Function, Payload: e, Timeout: e.Timeout})
	switch {
	case o.Refused != nil:
		a.Failure, a.Code, a.Message = firehose.Refused, o.Refused.Code, o.Refused.Message
	case o.Err == lambda.ErrTimedOut:
		a.Failure, a.Error = firehose.Stopped, text(o.Error)
	case o.Err != "":
		a.Failure, a.Error = firehose.Raised, text(o.Error)
	default:
		a.Unchanged, a.Payload = !o.Ran, o.Payload
		a.Records, _ = o.Value.([]firehose.Transformed)
	}
	return a, ok
}

// text is a function's error as an observer reads it; "" where only the model has it fail.
func text(err *lambda.FunctionError) string {
	if err == nil {
		return ""
	}
	return err.Text()
}

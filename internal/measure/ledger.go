package measure

import (
	"fmt"
	"sync"
)

// MaxSinks is how many sinks a ledger follows.
const MaxSinks = 12

// LedgerConfig says what a ledger follows.
type LedgerConfig struct {
	Sinks []SinkConfig // at most MaxSinks; a sink is meant by its index here
	Lanes int          // lanes are 0 to Lanes-1
	Keys  int          // distinct partition keys, then a record's key is its index below it; 0 is unbounded, then it is any hash
}

// SinkConfig is one place where records come out.
type SinkConfig struct {
	Name       string
	Kind       string // "lambda", "firehose", "consumer"
	Stream     string // it reads; empty where it is put to directly
	Unobserved bool   // the target cannot tell what is delivered there
}

// Ledger follows each record of one load from the moment it is offered until it came out of every sink, and adds up.
//
// What happens to records is entered in batches, see [Ledger.Begin]. A record is known by its lane and number, which a
// lane counts up. Memory is held only for records that something can still happen to: 24 bytes each, in chunks that are
// freed once all of their records are acknowledged and delivered everywhere. A ledger is safe for concurrent use.
type Ledger struct {
	sinks []sink
	all   uint32 // the delivered bits of every observed sink

	mu      sync.Mutex
	batch   Batch
	lanes   []lane
	order   order
	extra   map[recordID][]extraPlace // of records stored at more than one place
	bound   map[Place]recordID        // of records that are known by their place only
	waiting waiting
	free    []*chunk

	offered, acked, givenUp, unknown int64
	unanswered                       int64 // records with an unanswered attempt
	storedTwice                      int64
	strays                           int64
}

// sink is the side of one sink, in records.
type sink struct {
	config          SinkConfig
	delivered       int64 // distinct
	deliveredAcked  int64 // of these
	dropped         int64 // distinct, and not delivered after all
	droppedAcked    int64 // of these
	again           [origins]int64
	reordered       int64
	drops           map[string]int64
	deliveredBit    uint32
	atPlaceBit      uint32
	lastNumberPlus1 []uint64 // by slot of the order
}

// recordID is a record of the load.
type recordID struct {
	lane   uint32
	number uint64
}

// NewLedger makes an empty ledger.
func NewLedger(c LedgerConfig) (*Ledger, error) {
	if len(c.Sinks) > MaxSinks {
		return nil, fmt.Errorf("make ledger: %d sinks: at most %d can be followed", len(c.Sinks), MaxSinks)
	}
	if c.Lanes < 1 {
		return nil, fmt.Errorf("make ledger: %d lanes: at least 1 is needed", c.Lanes)
	}
	l := &Ledger{
		lanes: make([]lane, c.Lanes),
		extra: make(map[recordID][]extraPlace),
		bound: make(map[Place]recordID),
		order: newOrder(c.Keys),
	}
	l.batch.l = l
	for i, config := range c.Sinks {
		s := sink{config: config, deliveredBit: deliveredBit(i), atPlaceBit: atPlaceBit(i)}
		if !config.Unobserved {
			l.all |= s.deliveredBit
			s.lastNumberPlus1 = make([]uint64, len(l.order.keys))
		}
		l.sinks = append(l.sinks, s)
	}
	return l, nil
}

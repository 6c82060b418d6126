package generators

import (
	"fmt"
	"math"
	"time"
)

// Config is what all kinds of generators have in common. The zero value is one lane at 1,000 records/s.
type Config struct {
	Seed  uint64    // of the scenario; every value, 0 too, is a seed of its own
	Run   uint32    // the run id written into bodies; it changes nothing else
	Lanes int       // 0 is 1; at most MaxLanes
	Start time.Time // the instant of offset 0: event times in bodies are Start + due, in UTC
	Rate  float64   // mean records/s of all lanes together: how much goes on at once. 0 is 1,000
	Key   string    // the member that is the partition key; "" is the kind's default

	MaxRecord int64 // bytes of the largest record, partition key included, from 1 MiB to 10 MiB; 0 is 1 MiB
}

// MaxLanes is the most lanes a generator can have: a lane is four hex digits of the identity.
const MaxLanes = 1 << 16

// maxEntities bounds users, products, sensors and accounts: each costs about 100 bytes for as long as the generator lives.
const maxEntities = 1 << 24

// Record is one drawn record, filled by Lane.Next.
type Record struct {
	Lane     uint32        // whose it is
	KeyIndex uint32        // of the key: dense, below Generator.Keys() where that is not 0
	Number   uint64        // within the lane, from 0
	Due      time.Duration // since Start, as given to Next
	Key      string        // the partition key
	Hash     [2]uint64     // MD5 of the key, big-endian halves
	Size     int32         // bytes of the body: len(Append(nil)), always
}

// Lane is one sequence of records. It belongs to one goroutine.
type Lane interface {
	// Next draws the next record. It does not allocate, except for keys that are made as records are (sessionId,
	// transactionId, random): those are cut from blocks. Content does not depend on due, except for timestamps.
	Next(due time.Duration, r *Record)
	// Append renders the body of the record of the last Next, any number of times. It allocates only to grow dst. Before
	// the first Next it renders nothing; between Seek and Next what it renders is undefined.
	Append(dst []byte) []byte
	// Seek makes the following Next draw record number n, exactly as a fresh lane would as its n-th.
	Seek(n uint64)
}

// Generator makes the records of one load. It is immutable and safe for concurrent use.
type Generator interface {
	// Kind is clickstream, sensor, transaction or template.
	Kind() string
	// Lanes is the number of lanes.
	Lanes() int
	// Share is the part of the load that belongs to a lane: the sum of what its entities weigh. All shares sum to 1.
	// A lane without entities has share 0 and no records; its Next must not be called.
	Share(lane int) float64
	// Lane makes a fresh lane at number 0.
	Lane(lane int) Lane
	// Keys is the number of distinct partition keys; 0 where new ones keep coming.
	Keys() int
	// At is the same generator with another Start: a run knows its own only when the pipeline stands.
	At(start time.Time) Generator
	// Identified tells whether bodies begin with the identity; see AppendIdentity.
	Identified() bool
}

// resolve fills in defaults and checks what all kinds share. The first of keys is the kind's default.
func (c Config) resolve(keys ...string) (Config, error) {
	switch {
	case c.Lanes < 0 || c.Lanes > MaxLanes:
		return c, fmt.Errorf("lanes: %d is outside 1 to %d", c.Lanes, MaxLanes)
	case c.Rate < 0 || c.Rate > maxRate || math.IsNaN(c.Rate):
		return c, fmt.Errorf("rate: %v is outside 0 to %v records/s", c.Rate, maxRate)
	case c.Start.UTC().Year() < 1 || c.Start.UTC().Year() > 9000:
		return c, fmt.Errorf("start: the year of %v is outside 1 to 9000", c.Start)
	}
	if c.MaxRecord == 0 {
		c.MaxRecord = maxRecord
	}
	if c.MaxRecord < maxRecord || c.MaxRecord > mostBytes {
		return c, fmt.Errorf("largest record: %d is outside %d to %d bytes", c.MaxRecord, maxRecord, mostBytes)
	}
	if c.Lanes == 0 {
		c.Lanes = 1
	}
	if c.Rate == 0 {
		c.Rate = 1000
	}
	if len(keys) == 0 {
		return c, nil
	}
	if c.Key == "" {
		c.Key = keys[0]
	}
	for _, k := range keys {
		if c.Key == k {
			return c, nil
		}
	}
	return c, fmt.Errorf("partition key: %w", unknown(c.Key, keys))
}

// checkShare refuses a share that is none.
func checkShare(name string, v float64) error {
	if !(v >= 0 && v <= 1) {
		return fmt.Errorf("%s: %v is outside 0 to 1", name, v)
	}
	return nil
}

// count resolves a number of entities whose zero value means a default.
func count(name string, v, byDefault int) (int, error) {
	if v < 0 || v > maxEntities {
		return 0, fmt.Errorf("%s: %d is outside 1 to %d", name, v, maxEntities)
	}
	if v == 0 {
		return byDefault, nil
	}
	return v, nil
}

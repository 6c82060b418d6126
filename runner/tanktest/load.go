package tanktest

import (
	"fmt"
	"sync"
	"time"

	"github.com/wavetank/wavetank/generators"
)

// Load is so many records of one kind, and how they are put.
type Load struct {
	count int
	kind  kind
	own   func(i int) Record // in place of a kind
	rate  float64            // records/s; 0: half of what the stream's shards take
	bad   int                // of them are poisoned
}

// kind is a kind of records.
type kind struct {
	name string
	make func(generators.Config) (generators.Generator, error)
}

var (
	clickstream = kind{"clickstream", func(c generators.Config) (generators.Generator, error) {
		return generators.NewClickstream(c, generators.ClickstreamConfig{})
	}}
	transaction = kind{"transaction", func(c generators.Config) (generators.Generator, error) {
		return generators.NewTransaction(c, generators.TransactionConfig{})
	}}
	sensor = kind{"sensor", func(c generators.Config) (generators.Generator, error) {
		return generators.NewSensor(c, generators.SensorConfig{})
	}}
)

// Clickstream is a load of click events in JSON; the partition key is the user's id.
func Clickstream(n int) Load { return Load{count: n, kind: clickstream} }

// Transactions is a load of transfers between accounts in JSON; the partition key is the account's id.
func Transactions(n int) Load { return Load{count: n, kind: transaction} }

// Sensors is a load of sensor readings in JSON; the partition key is the device's id.
func Sensors(n int) Load { return Load{count: n, kind: sensor} }

// Records is a load of the test's own records: record(i) makes the i-th, from 0 on. Of these only Key and Data are looked at.
func Records(n int, record func(i int) Record) Load { return Load{count: n, own: record} }

// made are the generators that tanks have in common, by kind and rate. A generator is immutable, and its entities take some
// milliseconds to make: every tank's records of a kind and a rate are the same, whatever its seed.
var made sync.Map

func (k kind) generator(rate float64) (generators.Generator, error) {
	type key struct {
		kind string
		rate float64
	}
	if g, ok := made.Load(key{k.name, rate}); ok {
		return g.(generators.Generator), nil
	}
	g, err := k.make(generators.Config{Seed: 1, Rate: rate})
	if err != nil {
		return nil, err
	}
	kept, _ := made.LoadOrStore(key{k.name, rate}, g)
	return kept.(generators.Generator), nil
}

// PutOption changes a load.
type PutOption func(*Load)

// Poison makes so many of a load's records unreadable: their JSON is cut off in the middle. Which ones is drawn from the
// tank's seed.
func Poison(n int) PutOption { return func(l *Load) { l.bad = n } }

// Rate is how many records a second are put. Without it a load takes half of what the stream's shards do, 500 each.
func Rate(perSecond float64) PutOption { return func(l *Load) { l.rate = perSecond } }

// records makes a load's records in the order in which they are due; of those that a test makes itself there is nothing to make.
func (k *Tank) records(l *Load) (*generators.Stream, error) {
	if l.count < 1 || l.bad < 0 || l.bad > l.count || l.rate <= 0 {
		return nil, fmt.Errorf("a load of %d records, %d of them poisoned, at %v a second", l.count, l.bad, l.rate)
	}
	switch {
	case l.own != nil:
		return nil, nil
	case l.kind.name == "":
		return nil, fmt.Errorf("Records(%d, nil): it wants a function that makes the records", l.count)
	}
	g, err := l.kind.generator(l.rate)
	if err != nil {
		return nil, err
	}
	long := time.Duration(float64(l.count+1) / l.rate * float64(time.Second))
	schedule, err := generators.NewSchedule([]generators.Phase{generators.Constant(l.rate, long+time.Second)}, generators.Arrivals{}, 1)
	if err != nil {
		return nil, err
	}
	return generators.NewStream(g.At(k.Now()), schedule), nil
}

// poisoned draws which records of a load are.
func (k *Tank) poisoned(l *Load) map[int]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	bad := make(map[int]bool, l.bad)
	for len(bad) < l.bad {
		bad[k.rand.IntN(l.count)] = true
	}
	return bad
}

package runner

import (
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// totals adds the ledgers up once the clock has stopped. What is acked and did not come out is pending where the pipeline
// still holds it, and lost where it does not; where the target cannot tell, all of it is pending.
func (b *book) totals(t target.Target) measure.LedgerTotals {
	c := census{book: b, held: map[*account][]int64{}, seen: map[heldRecord]bool{}}
	told := t.Held(c.visit)
	var sum measure.LedgerTotals
	for i, a := range b.accounts {
		var held []int64
		if told {
			held = c.of(a)
		}
		own := a.ledger.Totals(held)
		if i == 0 {
			sum = own
			continue
		}
		sum.Merge(own)
	}
	return sum
}

// census counts, for each sink of each account, the records that the pipeline holds and that are awaited there.
type census struct {
	book *book
	held map[*account][]int64
	seen map[heldRecord]bool // of records stored more than once: each counts once
}

type heldRecord struct {
	sink   string
	lane   uint32
	number uint64
}

// of is the counts of an account's sinks.
func (c *census) of(a *account) []int64 {
	if c.held[a] == nil {
		c.held[a] = make([]int64, len(a.sinks))
	}
	return c.held[a]
}

func (c *census) visit(sink string, from target.Destination, records []target.Record) {
	a := c.book.byDest[from]
	if a == nil {
		return // nothing was offered there
	}
	index, ok := a.sinks[sink]
	if !ok {
		return
	}
	records = c.book.probe.aggregates.opened(records, c.book.probe.aggregates.look)
	twice := a.ledger.Totals(nil).StoredTwice > 0
	batch := a.ledger.Begin()
	defer batch.End()
	for i := range records {
		r := &records[i]
		lane, number, awaited := r.Lane, r.Number, false
		switch {
		case c.book.measured(r):
			awaited = batch.Awaited(index, lane, number)
		case a.binds && !r.Ours:
			lane, number, awaited = batch.AwaitedAt(index, a.placeOf(r))
		}
		if !awaited {
			continue
		}
		if id := (heldRecord{sink, lane, number}); twice {
			if c.seen[id] {
				continue
			}
			c.seen[id] = true
		}
		c.of(a)[index]++
	}
}

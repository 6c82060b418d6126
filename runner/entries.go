package runner

import (
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// What a load enters into the book: records as they are planned, and what each attempt to put them came to.

// offered enters the records of a batch of the plan, here and in a table of keys, which counts them from base.
func (b *book) offered(entries []target.Entry, keys *measure.KeyBatch, base uint32) {
	batch := b.laneOf[entries[0].Lane].ledger.Begin()
	defer batch.End()
	start := b.start.Load()
	for i := range entries {
		e := &entries[i]
		batch.Offered(e.Lane, e.Number, e.Due-start, e.KeyIndex)
		keys.Offered(e.KeyIndex-base, e.Key, e.Size+int32(len(e.Key)))
	}
	b.plannedN.Add(int64(len(entries)))
}

// settled enters what an attempt came to. It returns how many more records are now known to be stored behind a later one
// of their key.
func (b *book) settled(j *job) (reordered int64) {
	a := b.laneOf[j.req.Entries[0].Lane]
	batch := a.ledger.Begin()
	defer batch.End()
	reordered = -batch.Reordered()
	for i := range j.req.Entries {
		e, o := &j.req.Entries[i], &j.req.Outcomes[i]
		switch {
		case j.fates[i] == acked:
			place := ackedAt(o)
			if a.binds && place != 0 {
				b.probe.joined(a, e, batch.Bind(e.Lane, e.Number, place), place)
			}
			batch.Acked(e.Lane, e.Number, place)
		case o.Status == target.Unanswered:
			batch.Unanswered(e.Lane, e.Number)
		}
		if j.fates[i] == givenUp {
			fail(batch, e, j.uncertain(i))
		}
	}
	return reordered + batch.Reordered()
}

// abandoned settles the records of a job that will not be sent again.
func (b *book) abandoned(j *job) {
	batch := b.laneOf[j.req.Entries[0].Lane].ledger.Begin()
	defer batch.End()
	for i := range j.req.Entries {
		fail(batch, &j.req.Entries[i], j.marks[i]&maybe != 0)
	}
}

// fail enters that a record was not stored, or that nobody knows.
func fail(batch *measure.Batch, e *target.Entry, uncertain bool) {
	if uncertain {
		batch.Unknown(e.Lane, e.Number)
	} else {
		batch.GivenUp(e.Lane, e.Number)
	}
}

// ignored tells the ledger whose places are those of the cooldown, where it knows records by their places.
func (b *book) ignored(j *job) {
	a := b.laneOf[j.req.Entries[0].Lane]
	if !a.binds {
		return
	}
	batch := a.ledger.Begin()
	defer batch.End()
	for i := range j.req.Outcomes {
		if place := ackedAt(&j.req.Outcomes[i]); place != 0 {
			batch.Ignore(place)
			a.waits.arrival(place)
		}
	}
}

// ackedAt is the place that an answer tells; 0 where it tells none.
func ackedAt(o *target.Outcome) measure.Place {
	if o.Status != target.Acked || o.Seq == 0 {
		return 0
	}
	return measure.PlaceOf(o.Shard, o.Seq-1)
}

package runner

import (
	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// aggregates are those of all loads that make them. A nil one opens nothing.
type aggregates struct {
	shelves map[uint32]*shelf // by lane
	bytes   record.Open       // opens those that are rendered
}

// newShelf makes the shelf of a load, whose aggregates have a lane of their own.
func (p *loads) newShelf(lane uint32) *shelf {
	if p.aggregates == nil {
		p.aggregates = &aggregates{shelves: map[uint32]*shelf{}, bytes: aggregate.Opener(p.identify)}
	}
	s := newShelf(lane)
	p.aggregates.shelves[lane] = s
	return s
}

// shelf is where an aggregate is; nil where it is rendered, or is none.
func (a *aggregates) shelf(r *target.Record) *shelf {
	if !r.Ours || r.Data != nil {
		return nil
	}
	return a.shelves[r.Lane]
}

// look appends the user records of an aggregate; ok is false where r is none.
func (a *aggregates) look(dst []target.Record, r *target.Record) (users []target.Record, ok bool) {
	switch {
	case a == nil:
		return dst, false
	case r.Data != nil:
		return a.bytes(dst, r)
	}
	if s := a.shelf(r); s != nil {
		return s.open(dst, r), true
	}
	return dst, false
}

// take is look for a sink, which will not ask for that copy again.
func (a *aggregates) take(dst []target.Record, r *target.Record) (users []target.Record, ok bool) {
	users, ok = a.look(dst, r)
	if ok {
		a.taken(r)
	}
	return users, ok
}

// opener is take for those who open records of a stream; nil where no load aggregates.
func (a *aggregates) opener() record.Open {
	if a == nil {
		return nil
	}
	return a.take
}

func (a *aggregates) taken(r *target.Record) {
	if s := a.shelf(r); s != nil {
		s.taken(r.Number)
	}
}

// stored notes that a record of a stream was stored.
func (a *aggregates) stored(r *target.Record) {
	if s := a.shelf(r); s != nil {
		s.stored(r.Number)
	}
}

// kinesisRecordsAmong counts the records of the stream among opened ones, as measuredAmong does: user records of one follow each
// other and have its place.
func (p *probe) kinesisRecordsAmong(records []target.Record) (n int64) {
	last := -1
	for i := range records {
		r := &records[i]
		if !p.book.measured(r) && r.Ours {
			continue
		}
		if last < 0 || records[last].Seq != r.Seq || records[last].Shard != r.Shard {
			n++
		}
		last = i
	}
	return n
}

// opened are records of a stream with user records in place of the aggregates; open is look or take.
func (a *aggregates) opened(records []target.Record, open record.Open) []target.Record {
	if a == nil {
		return records
	}
	all := make([]target.Record, 0, len(records))
	for i := range records {
		users, ok := open(all, &records[i])
		if !ok {
			users = append(users, records[i])
		}
		all = users
	}
	return all
}

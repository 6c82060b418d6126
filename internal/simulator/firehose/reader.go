package firehose

import (
	"errors"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reader reads one shard of the source stream into its lane.
type reader struct {
	source   *source
	lane     *lane
	quit     *clock.Signal // the delivery stream is deleted
	over     bool          // it was, or the clock is stopped
	children []int32       // that follow the shard; written before the lane is told of the end
	users    []record.Record
}

func newReader(s *source, shard int32) *reader {
	r := &reader{
		source: s,
		lane:   newLane(s.stream, shard),
		quit:   s.stream.service.config.Clock.NewSignal(),
	}
	r.lane.destination().after = func(p *clock.Proc) { s.finished(p, r) }
	return r
}

// begin starts the courier and the reader of a shard that is read from the position from on.
func (r *reader) begin(from uint64) {
	r.lane.begin()
	d := r.source.stream
	name := fmt.Sprintf("firehose %s reader %d", d.config.Name, r.lane.shard)
	d.service.config.Clock.Go(name, func(p *clock.Proc) { r.run(p, from) })
}

// run reads the shard once a second ("calls GetRecords once per second for each shard", developer guide), twice with a backup
// of all data, on a grid that begins when the reader has its iterator, and goes on at once for as long as a read leaves records behind. What is
// refused, or what a fault has fail, is asked again after Model.ReadRetry. While the lane is crowded nothing is read. The
// position was taken when the shard's turn came: an iterator that comes late is not of a later record.
func (r *reader) run(p *clock.Proc, from uint64) {
	d := r.source.stream
	c := &d.service.config
	faults := r.source.asks(p, r.lane.shard, func(until time.Time) bool { return r.pause(p, until) })
	if !r.pause(p, d.active) || !faults.Ask("GetShardIterator", c.Model.ReadRetry) {
		return
	}
	grid := p.Now()
	var buf []record.Record
	for {
		now := p.Now()
		more := false
		if !r.lane.full() {
			var page record.Page
			var err error
			page, now, err = r.read(p, faults, from, buf[:0])
			if errors.Is(err, record.ErrNotFound) {
				r.lane.end()
				return
			}
			if err != nil {
				if !r.pause(p, now.Add(c.Model.ReadRetry)) {
					return
				}
				continue
			}
			r.received(now, page)
			if page.End {
				return
			}
			more = page.Behind > 0 && page.Next > from
			from, buf = page.Next, page.Records
		}
		if !more {
			if cap(buf) > 16*len(buf)+1024 { // the room of a backlog is not kept for ever
				buf = nil
			}
			if !r.pause(p, nextOn(grid, d.readInterval(), now)) {
				return
			}
		}
	}
}

// read asks the stream for a page, as faults let it; now is when the answer is there.
func (r *reader) read(p *clock.Proc, faults *fault.Reader, from uint64, dst []record.Record) (page record.Page, now time.Time, err error) {
	d := r.source.stream
	c := &d.service.config
	a, err := faults.Before("GetRecords")
	now = p.Now()
	if err != nil {
		return page, now, err
	}
	page, err = c.Streams.Read(now, r.source.reader, d.config.Source, r.lane.shard, from, c.Model.ReadRecords, dst)
	if err == nil && (a.After || a.Lost) {
		err = faults.After(a)
		now = p.Now()
	}
	return page, now, err
}

// received hands a page to the lane. From here on the stream may drop its records.
func (r *reader) received(now time.Time, page record.Page) {
	r.lane.offer(now, r.opened(page.Records))
	r.source.passed(r.lane.shard, page.Next)
	if page.End {
		r.children = page.Children
		r.lane.end()
	}
}

// opened are records with user records in place of aggregates. Those of a source stream are opened before anything else is
// done with them ("KPL de-aggregation", developer guide, "Configure destination settings"), whatever shard they came from: AWS does
// not say that Firehose drops what the KCL drops.
func (r *reader) opened(recs []record.Record) []record.Record {
	open := r.source.stream.service.config.Open
	if open == nil {
		return recs
	}
	r.users = r.users[:0]
	for i := range recs {
		users, ok := open(r.users, &recs[i])
		if !ok {
			users = append(users, recs[i])
		}
		r.users = users
	}
	return r.users
}

// readInterval is how far two reads of a shard are apart.
func (d *deliveryStream) readInterval() time.Duration {
	if h := d.config.HTTP; h != nil && h.BackupMode == AllData {
		return d.service.config.Limits.ReadInterval / 2
	}
	return d.service.config.Limits.ReadInterval
}

// nextOn is the first instant of the grid after now.
func nextOn(grid time.Time, every time.Duration, now time.Time) time.Time {
	steps := int64(now.Sub(grid)/every) + 1
	return grid.Add(time.Duration(steps) * every)
}

// pause waits until an instant. It returns false when the process must return.
func (r *reader) pause(p *clock.Proc, until time.Time) bool {
	if !r.over {
		r.over = p.Wait(r.quit, until) != clock.Expired
	}
	return !r.over
}

func (l *lane) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.crowded()
}

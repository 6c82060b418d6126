package firehose

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// begin starts the lane's courier.
func (l *lane) begin() {
	name := "firehose " + l.stream.config.Name + " courier"
	if l.shard >= 0 {
		name += fmt.Sprintf(" %d", l.shard)
	}
	if l.backup != nil {
		l.backup.begin()
	}
	if l.copies {
		name += " of the backup"
	}
	if l.into != nil {
		l.into.begin()
		l.stream.service.config.Clock.Go(name+" to the function", l.dispatch)
		return
	}
	l.stream.service.config.Clock.Go(name, l.run)
}

// run is the courier: it cuts the buffer when its interval is over, and delivers what is cut, one object after another.
func (l *lane) run(p *clock.Proc) {
	for n := uint64(0); ; {
		o, due, over := l.next(p.Now())
		switch {
		case over:
			if l.after != nil {
				l.after(p)
			}
			return
		case o.records == nil:
			if p.Wait(l.wake, due) == clock.Stopped {
				return
			}
		case !l.deliver(p, o, n):
			return
		default:
			n++
		}
	}
}

// deliver brings the lane's nth object to where it goes. It returns false when the process must return.
func (l *lane) deliver(p *clock.Proc, o object, n uint64) bool {
	if l.posts {
		return l.post(p, o, n)
	}
	d := l.stream
	key := d.objectKey(o.records[0].Arrival, uuid(l.seed, n))
	size, at, became := l.store(p, l.wake, o, key, o.records)
	switch {
	case became == unknown:
		return false
	case became == late:
		l.discarded(o.records)
	case l.copies:
		d.backedUp(Backup{
			DeliveryStream: d.config.Name, Bucket: d.config.Bucket, Key: key, Records: o.records, At: at, Bytes: size,
		})
	default:
		d.service.observer.Delivered(Delivery{
			DeliveryStream: d.config.Name, Bucket: d.config.Bucket, Key: key, Records: o.records, At: at, Bytes: size,
		})
	}
	l.done(o)
	return true
}

// became is what became of an object on its way into the store.
type became int

const (
	unknown became = iota // the process must return
	stored
	late // it will never be stored
)

// store puts records, which are those of an object or tell of them, into the store, again and again where that fails, until
// it succeeds, the object's oldest record is older than the retention, or the delivery stream is deleted. wake wakes the process
// when that happens.
func (l *lane) store(p *clock.Proc, wake *clock.Signal, o object, key string, recs []record.Record) (size int64, at time.Time, became became) {
	d := l.stream
	s := d.service
	faults := l.faults(p, wake)
	for wait := s.config.Model.RetryBase; ; wait = min(2*wait, s.config.Model.RetryCap) {
		if l.over() || l.expired(p.Now(), o) {
			return 0, time.Time{}, late
		}
		if faults.Over() {
			return 0, time.Time{}, unknown
		}
		if latency := s.config.Model.PutObjectLatency; latency > 0 && !p.Sleep(latency) {
			return 0, time.Time{}, unknown
		}
		a, err := faults.Before("PutObject")
		if err == nil {
			size, err = s.config.Store.PutRecords(p.Now(), d.config.Bucket, key, recs, d.config.Compression)
		}
		if err == nil {
			err = faults.After(a)
		}
		now := p.Now() // on the wall making the object took its time
		if err == nil {
			return size, now, stored
		}
		if faults.Over() {
			continue
		}
		l.storeFailed(now, o, &a, err)
		if !l.pause(p, wake, now.Add(wait)) {
			return 0, time.Time{}, unknown
		}
	}
}

// storeFailed tells an observer that wants to know of an attempt to store an object that has failed, by a fault or by itself. Of copies
// nobody is told.
func (l *lane) storeFailed(now time.Time, o object, a *fault.Action, err error) {
	to, ok := l.stream.service.observer.(StoreObserver)
	if !ok || l.copies {
		return
	}
	why := err.Error()
	switch {
	case a.Err != nil:
		why = strings.TrimSuffix(a.Err.Code+": "+a.Err.Message, ": ")
	case errors.Is(err, fault.ErrFailed):
		why = "a connection that was cut"
	}
	to.StoreFailed(now, l.stream.config.Name, o.records, why)
}

// faults is the courier's hold on the hook that acts on what it puts into the bucket. A fault that holds it does so for as long as it
// lasts: how long Firehose waits for S3 is not documented.
func (l *lane) faults(p *clock.Proc, wake *clock.Signal) *fault.Reader {
	c := &l.stream.service.config
	return fault.NewReader(c.Faults, fault.ReaderConfig{
		Account: c.Account, Region: c.Region, Bucket: l.stream.config.Bucket,
		Now: p.Now, Pause: func(until time.Time) bool { return l.pause(p, wake, until) && !l.over() },
	})
}

// expired tells whether an object's oldest record has been tried for too long: of a source stream for as long as that keeps it, of
// Direct PUT for the retention (developer guide, "Handle data delivery failures"). Of a stream that is gone nobody says how
// long; here it is as long as of Direct PUT.
func (l *lane) expired(now time.Time, o object) bool {
	c, oldest := &l.stream.service.config, o.records[0].Arrival
	if l.shard >= 0 {
		if horizon, err := c.Streams.Horizon(now, l.stream.config.Source); err == nil {
			return oldest < horizon.UnixNano()
		}
	}
	return now.UnixNano()-oldest >= int64(c.Limits.Retention)
}

// pause waits until an instant, or until the lane is closed, which wake says. It returns false when the process must return.
func (l *lane) pause(p *clock.Proc, wake *clock.Signal, until time.Time) bool {
	for !l.over() {
		switch p.Wait(wake, until) {
		case clock.Stopped:
			return false
		case clock.Expired:
			return true
		}
	}
	return true
}

func (l *lane) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// discarded tells an observer that wants to know of records that will never be delivered. Of copies nobody is told: the
// records themselves are another lane's.
func (l *lane) discarded(recs []record.Record) {
	d := l.stream
	if l.copies {
		return
	}
	if o, ok := d.service.observer.(Discarder); ok {
		o.Discarded(d.service.config.Clock.Now(), d.config.Name, recs, l.over())
	}
}

// next is the object to deliver next, if any is there at that instant; else due is when there may be one, the zero time
// where that depends on more records. over tells that there will be none any more.
func (l *lane) next(now time.Time) (o object, due time.Time, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return object{}, time.Time{}, true
	}
	if l.buffer.Full(now.UnixNano()) {
		l.cut()
	}
	if len(l.pending) > 0 {
		l.busy = true
		return l.pending[0], time.Time{}, false
	}
	if nano, ok := l.buffer.Due(); ok {
		return object{}, time.Unix(0, nano), false
	}
	return object{}, time.Time{}, l.ended
}

// done takes the object that was delivered, or discarded, out of the lane. Its records' memory is used again.
func (l *lane) done(o object) {
	clear(o.records) // lets go of their data
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.busy = false
	l.waiting -= o.cost()
	l.shift()
	l.recycle(o.records)
}

// shift takes the first pending object out. The caller holds the lock.
func (l *lane) shift() {
	n := copy(l.pending, l.pending[1:])
	l.pending[n] = object{}
	l.pending = l.pending[:n]
}

// recycle keeps the memory of records that are done with to be filled again. The caller holds the lock.
func (l *lane) recycle(recs []record.Record) {
	if len(l.spare) < maxSpare {
		l.spare = append(l.spare, recs[:0])
	}
}

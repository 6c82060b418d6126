package firehose

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// processingFailed is the error output type of records that a processor has failed.
const processingFailed = "processing-failed"

// transformed is the lane before this one, where a function transforms the records of its delivery stream; else it is this one. It
// has a buffer of its own, whose objects are the invocations' events: several are with the function at once, and what it makes of
// them is handed on in their order. (AWS documents how many, and no order.)
func (l *lane) transformed() *lane {
	d := l.stream
	if d.processing == nil {
		return l
	}
	before := newBuffered(d, l.shard, *d.processing.Buffering)
	before.into, before.seed = l, mix(l.seed^digest("transform"))
	before.buffer.event = before.room()
	if l.shard >= 0 {
		before.sequence = d.service.config.Streams.Sequence(d.config.Source, l.shard)
	}
	return before
}

// destination is the lane that delivers.
func (l *lane) destination() *lane {
	if l.into != nil {
		return l.into
	}
	return l
}

// flight is an object that is with the function.
type flight struct {
	object
	number uint64
	wake   *clock.Signal // the lane is closed
	landed bool          // the function has done with it; what was cut before it may not have landed yet
	kept   []record.Record

	faults  *fault.Reader // acts on what is sent to the function
	sending bool          // the hook was asked about an invocation and has held it for no time yet
	stopped time.Time     // a fault holds its invocation since then; zero: none does. Guarded by the lane's mu
}

// held are the flight's records that are still to be delivered.
func (f *flight) held() []record.Record {
	if f.landed {
		return f.kept
	}
	return f.records
}

// dispatch cuts the buffer when its interval is over and has what is cut transformed, each object by a process of its own, as many
// at once as AWS allows.
func (l *lane) dispatch(p *clock.Proc) {
	c := &l.stream.service.config
	for n := uint64(0); ; {
		f, due, over := l.launch(p.Now())
		switch {
		case over:
			if !l.over() {
				l.into.end()
			}
			return
		case f != nil:
			f.number = n
			n++
			c.Clock.Go(fmt.Sprintf("firehose %s transformation %d/%d", l.stream.config.Name, l.shard, f.number), func(p *clock.Proc) { l.transform(p, f) })
		case p.Wait(l.wake, due) == clock.Stopped:
			return
		}
	}
}

// launch takes the object that goes to the function next, if one may at that instant; else due is when there may be one, the
// zero time where that depends on something else. over tells that there will be none any more, and that all have landed.
func (l *lane) launch(now time.Time) (f *flight, due time.Time, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, time.Time{}, true
	}
	c := &l.stream.service.config
	if l.buffer.Full(now.UnixNano()) {
		l.cut()
	}
	switch {
	case len(l.pending) == 0:
	case len(l.flights) >= c.Limits.TransformsInFlight:
		return nil, time.Time{}, false
	default:
		f = &flight{object: l.pending[0], wake: c.Clock.NewSignal()}
		l.shift()
		l.flights = append(l.flights, f)
		return f, time.Time{}, false
	}
	if nano, ok := l.buffer.Due(); ok {
		return nil, time.Unix(0, nano), false
	}
	return nil, time.Time{}, l.ended && len(l.flights) == 0
}

// transform has a flight transformed, puts what failed below the error prefix, and hands on the rest.
func (l *lane) transform(p *clock.Proc, f *flight) {
	t, ok := l.attempt(p, f)
	switch {
	case !ok:
	case t == nil:
		l.discarded(f.records)
	case len(t.failed) == 0 || l.putFailed(p, f, t):
		l.land(p.Now(), f, t.kept)
	}
}

// transformation is what has become of a flight, and how.
type transformation struct {
	settled
	attempts int
	at       time.Time // of the last attempt's end
	refused  bool      // it did not reach the function
}

// attempt invokes the function, again where that fails until the retries are over. It gives nil when the delivery stream is
// deleted, and ok is false when the process must return.
func (l *lane) attempt(p *clock.Proc, f *flight) (t *transformation, ok bool) {
	d := l.stream
	c := &d.service.config
	f.faults = l.invoker(p, f)
	wait := c.Model.RetryBase
	for n := 1; !l.over(); n++ {
		e, began := l.event(f, n), p.Now()
		a, ok := l.invoke(p, f, e)
		if !ok {
			return nil, l.over()
		}
		t := &transformation{settle(e, a, c.Limits.TransformPayload), n, p.Now(), a.Failure == Refused && !a.Lost}
		last := !t.again || n > *d.processing.Retries
		d.transformed(e, t, began, last)
		if last {
			return t, true
		}
		if !l.pause(p, f.wake, t.at.Add(wait)) {
			return nil, false
		}
		wait = min(2*wait, c.Model.RetryCap)
	}
	return nil, true
}

// invoker is a flight's hold on the hook that acts on what is sent to the function.
func (l *lane) invoker(p *clock.Proc, f *flight) *fault.Reader {
	d := l.stream
	c := &d.service.config
	return fault.NewInvoker(c.Faults, d.processing.function, fault.ReaderConfig{
		Account: c.Account, Region: c.Region, Stream: d.config.Source, Shard: l.shard, Now: p.Now,
		Pause: func(until time.Time) bool {
			if f.sending {
				f.sending = false
				l.stop(f, p.Now())
			}
			return l.pause(p, f.wake, until) && !l.over()
		},
	})
}

// stop notes since when a fault holds a flight's invocation; the zero time: none does any more.
func (l *lane) stop(f *flight, since time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.stopped = since
}

// invoke sends an event to the function and waits for its answer, as faults let it. ok is false when the process must return.
func (l *lane) invoke(p *clock.Proc, f *flight, e *TransformEvent) (a TransformAnswer, ok bool) {
	faults := f.faults
	f.sending = true
	action, err := faults.BeforeRecords("Invoke", len(e.Records))
	if !f.sending {
		l.stop(f, time.Time{})
	}
	f.sending = false
	if faults.Over() {
		return a, false
	}
	lost := TransformAnswer{Failure: Refused, Code: cut, Message: "The connection was cut."}
	switch {
	case err != nil && action.Err != nil:
		return TransformAnswer{Failure: Refused, Code: action.Err.Code, Message: action.Err.Message}, true
	case err != nil:
		return lost, true
	}
	if a, ok = l.stream.service.config.Functions.Transform(p, e); !ok {
		return a, false
	}
	if faults.After(action) != nil {
		lost.Lost = a.Failure != Refused
		a = lost
	}
	return a, !faults.Over()
}

// putFailed puts what a flight has failed with below the error prefix: one object at once, as of a request that an HTTP endpoint did
// not take. (Whether AWS gathers such records is not documented.) It returns false when the process must return.
func (l *lane) putFailed(p *clock.Proc, f *flight, t *transformation) bool {
	d := l.stream
	lines := errorLines(t.failed, d.service.config.Render, func(i int, r *record.Record, data []byte) []byte {
		return t.line(t.why[i], r, data, d.processing.arn)
	})
	key := d.key(d.errors, t.failed[0].Arrival, uuid(l.seed, f.number))
	size, at, became := l.store(p, f.wake, object{records: t.failed}, key, lines)
	switch became {
	case unknown:
		return false
	case stored:
		d.backedUp(Backup{
			DeliveryStream: d.config.Name, Bucket: d.config.Bucket, Key: key,
			Failed: true, ErrorCode: t.why[0].code, Codes: t.codes(), Attempts: t.attempts, Records: t.failed, At: at, Bytes: size,
		})
	case late:
		l.discarded(t.failed)
	}
	return true
}

// processingLine is a record below the error prefix, its members in the order and with the letters that were captured from AWS in
// 2026; the developer guide has lambdaArn.
type processingLine struct {
	RawData                []byte `json:"rawData"`
	ErrorCode              string `json:"errorCode"`
	ErrorMessage           string `json:"errorMessage"`
	AttemptsMade           int    `json:"attemptsMade"`
	ArrivalTimestamp       int64  `json:"arrivalTimestamp"`
	AttemptEndingTimestamp int64  `json:"attemptEndingTimestamp"`
	LambdaARN              string `json:"lambdaARN"`
}

func (t *transformation) line(why flaw, r *record.Record, data []byte, arn string) []byte {
	line, _ := json.Marshal(processingLine{
		RawData: data, ErrorCode: why.code, ErrorMessage: why.message, AttemptsMade: t.attempts,
		ArrivalTimestamp: time.Unix(0, r.Arrival).UnixMilli(), AttemptEndingTimestamp: t.at.UnixMilli(), LambdaARN: arn,
	}, lenient)
	return append(line, '\n')
}

// land notes what a flight has brought, and hands on what is complete in the order in which it was cut.
func (l *lane) land(now time.Time, f *flight, kept []record.Record) {
	l.mu.Lock()
	f.kept, f.landed = kept, true
	closed := l.closed
	for !closed && len(l.flights) > 0 && l.flights[0].landed {
		first := l.flights[0]
		l.flights[0], l.flights = nil, l.flights[1:]
		l.into.offer(now, first.kept)
		l.waiting -= first.cost()
		clear(first.records)
		l.recycle(first.records)
	}
	l.mu.Unlock()
	if closed {
		l.discarded(kept)
	}
	l.wake.Notify()
}

// transformed tells an observer that wants to know of an invocation.
func (d *deliveryStream) transformed(e *TransformEvent, t *transformation, began time.Time, last bool) {
	o, ok := d.service.observer.(TransformObserver)
	if !ok {
		return
	}
	told := Transformation{
		DeliveryStream: d.config.Name, Function: e.Function, InvocationID: e.InvocationID, Attempt: e.Attempt,
		Began: began, Ended: t.at, Records: e.Records, ErrorCode: t.whole.code, ErrorMessage: t.whole.message,
		Refused: t.refused, FunctionError: t.text, Last: last, Alien: t.alien,
	}
	if last {
		told.Dropped, told.Failed, told.Codes = t.dropped, t.failed, t.codes()
	}
	o.Transformed(told)
}

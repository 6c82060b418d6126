package firehose

import (
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// post sends the lane's nth object to the HTTP endpoint as one request, again where that fails until the retries are over,
// and then puts its records under the error prefix of the backup bucket. It returns false when the process must return.
func (l *lane) post(p *clock.Proc, o object, n uint64) bool {
	d := l.stream
	s := d.service
	r := l.request(o, n, p.Now())
	retries := NewRetries(s.config.Limits, *d.config.HTTP.RetryDuration)
	for {
		if l.over() || l.expired(p.Now(), o) {
			l.discarded(o.records)
			l.done(o)
			return true
		}
		r.Attempt++
		began := p.Now()
		answer := s.config.Endpoints.Post(began, &r)
		if answer.Took > 0 && !p.Sleep(min(answer.Took, r.Timeout)) {
			return false
		}
		if answer.Took >= r.Timeout {
			answer = Answer{Failure: TimedOut}
		}
		if answer.Failure == Closed {
			r.Attempt--
			if !l.pause(p, l.wake, p.Now().Add(s.config.Limits.EndpointRetryCap)) {
				return false
			}
			continue
		}
		v := judge(r.ID, answer, s.config.Limits.ResponseBytes)
		now := p.Now()
		d.attempted(&r, answer, v, began, now)
		switch {
		case v.delivered:
			s.observer.Delivered(Delivery{
				DeliveryStream: d.config.Name, URL: r.URL, RequestID: r.ID, Attempts: r.Attempt,
				Records: o.records, At: now, Bytes: o.bytes,
			})
			l.done(o)
			return true
		case v.permanent:
			l.discarded(o.records)
			l.done(o)
			return true
		}
		wait, again := retries.Next(drawOf(l.seed, n, r.Attempt))
		if !again {
			return l.giveUp(p, o, n, givenUp{verdict: v, attempts: r.Attempt, at: now})
		}
		if !l.pause(p, l.wake, now.Add(wait)) {
			return false
		}
	}
}

// request is the lane's nth.
func (l *lane) request(o object, n uint64, now time.Time) Request {
	d := l.stream
	s, h := d.service, d.config.HTTP
	return Request{
		DeliveryStream: d.config.Name, URL: h.URL, ID: uuid(mix(l.seed), n), SourceARN: s.ARN(d.config.Name),
		AccessKey: h.AccessKey, CommonAttributes: d.attributes, Gzip: h.Gzip,
		Timestamp: now, Timeout: s.config.Limits.EndpointTimeout,
		Records: o.records, Bytes: o.bytes, render: s.config.Render,
	}
}

// giveUp puts an object's records under the error prefix of the backup bucket. It returns false when the process must return.
func (l *lane) giveUp(p *clock.Proc, o object, n uint64, g givenUp) bool {
	d := l.stream
	lines := g.lines(o.records, d.service.config.Render)
	key := d.key(d.errors, o.records[0].Arrival, uuid(l.seed, n))
	size, at, became := l.store(p, l.wake, o, key, lines)
	switch became {
	case unknown:
		return false
	case stored:
		d.backedUp(Backup{
			DeliveryStream: d.config.Name, Bucket: d.config.Bucket, Key: key,
			Failed: true, ErrorCode: g.code, Attempts: g.attempts, Records: o.records, At: at, Bytes: size,
		})
	case late:
		l.discarded(o.records)
	}
	l.done(o)
	return true
}

// attempted tells an observer that wants to know of an attempt.
func (d *deliveryStream) attempted(r *Request, a Answer, v verdict, began, ended time.Time) {
	if o, ok := d.service.observer.(Attempter); ok {
		o.Attempted(Attempt{
			DeliveryStream: d.config.Name, URL: r.URL, RequestID: r.ID, Number: r.Attempt,
			Began: began, Ended: ended, Status: a.Status, ErrorCode: v.code, ErrorMessage: v.message, Records: r.Records,
		})
	}
}

// backedUp tells an observer that wants to know of an object in the backup bucket.
func (d *deliveryStream) backedUp(b Backup) {
	if o, ok := d.service.observer.(BackupObserver); ok {
		o.BackedUp(b)
	}
}

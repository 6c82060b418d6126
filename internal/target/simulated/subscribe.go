package simulated

import (
	"errors"
	"math"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// subscriber reads one shard by enhanced fan-out, as a program with SubscribeToShard in a loop does: a subscription that is
// over is followed by another, which goes on where it ended.
type subscriber struct {
	*consumer
	shard int32
	from  uint64
	users []record.Record // of a page, where aggregates are opened
	wake  *clock.Signal
}

// subscribeRetry is how long after a subscription that was refused or broken off another is asked for: a consumer may ask
// once a second and shard.
const subscribeRetry = time.Second

func (s *subscriber) run(p *clock.Proc) {
	s.wake = s.target.config.Clock.NewSignal()
	for {
		again, ok := s.subscribed(p)
		if !ok || again && !p.Sleep(subscribeRetry) {
			return
		}
	}
}

// subscribed opens a subscription and reads it to its end. ok is false at the end of the shard, or of the clock; retry tells
// that the next one must wait.
func (s *subscriber) subscribed(p *clock.Proc) (retry, ok bool) {
	deadline := p.Now().Add(readTimeout)
	a, ok := s.ask(p, "SubscribeToShard", s.shard, deadline)
	if !ok {
		return true, true
	}
	sub, err := s.streams.Subscribe(s.arn, s.shard, s.from, s.wake.Notify)
	if errors.Is(err, record.ErrNotFound) { // the stream is gone, or the shard expired before it was read to its end
		s.finished(p, s.shard, nil, subscribeRetry)
		return false, false
	}
	if err != nil {
		return true, true
	}
	defer sub.Close()
	if !answered(p, a, deadline) {
		return true, true // what was opened has been, for the five seconds of the next one
	}
	for {
		page, again, err := sub.Page(p.Now())
		switch {
		case errors.Is(err, record.ErrSubscriptionOver):
			return false, true
		case err != nil:
			return true, true
		case !again.IsZero():
			if p.Wait(s.wake, again) == clock.Stopped {
				return false, false
			}
		case !s.pushed(p):
			return true, true // what it held is pushed again
		default:
			s.from = page.Next
			if s.received(p, s.shard, &page, &s.users, subscribeRetry); page.End {
				return false, false
			}
		}
	}
}

// pushed lets faults act on an event, as on the wire: its reader waits for it as long as it takes, as the connection is open. It returns
// false where the event does not come.
func (s *subscriber) pushed(p *clock.Proc) bool {
	never := p.Now().Add(math.MaxInt64)
	a, ok := s.ask(p, "SubscribeToShardEvent", s.shard, never)
	return ok && answered(p, a, never)
}

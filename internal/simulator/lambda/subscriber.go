package lambda

import (
	"errors"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// runPushed is the poller of a mapping whose event source is a stream consumer: it holds a subscription to the shard, and
// another when that is over, from where it ended. One that is refused, taken over or broken off is asked for again after
// Model.SubscribeRetry. While the queue has no room nothing is taken from it: what is pushed waits in the stream, as behind
// HTTP/2's flow control.
func (sh *shard) runPushed(p *clock.Proc, from uint64) {
	m, s := sh.mapping, sh.mapping.service
	faults := sh.faults(p)
	for sh.roomFor(p) {
		next, over, err := sh.subscribed(p, faults, from)
		if from = next; over {
			return
		}
		switch {
		case err == nil:
			continue
		case !errors.Is(err, record.ErrNotFound):
		case m.streamGone():
			return
		case s.streams.FindConsumer(m.consumer) != nil:
			m.problem("Consumer not found: " + m.consumer)
		default: // the shard expired before it was read to its end
			sh.received(p.Now(), record.Page{Next: from, End: true})
			return
		}
		if !sh.pause(p, p.Now().Add(s.model.SubscribeRetry)) {
			return
		}
	}
}

// subscribed opens a subscription and reads it until it ends, for err where it should not have. next is where to go on; over
// tells that there is nothing to go on with.
func (sh *shard) subscribed(p *clock.Proc, faults *fault.Reader, from uint64) (next uint64, over bool, err error) {
	a, err := faults.Before("SubscribeToShard")
	if err != nil {
		return from, false, err
	}
	sub, err := sh.mapping.service.streams.Subscribe(sh.mapping.consumer, sh.number, from, sh.poll.Notify)
	if err != nil {
		return from, false, err
	}
	defer sub.Close()
	if err := faults.After(a); err != nil {
		return from, false, err
	}
	for sh.roomFor(p) {
		page, again, err := sub.Page(p.Now())
		switch {
		case errors.Is(err, record.ErrSubscriptionOver):
			return from, false, nil
		case err != nil:
			return from, false, err
		case !again.IsZero():
			if p.Wait(sh.poll, again) == clock.Stopped {
				return from, true, nil
			}
		default:
			if err := faults.Pass("SubscribeToShardEvent"); err != nil {
				return from, false, err // what it held is pushed again
			}
			from = page.Next
			if sh.received(p.Now(), page); page.End {
				return from, true, nil
			}
		}
	}
	return from, true, nil
}

package kinesis

import (
	"math/rand/v2"
	"time"
)

// pipe is what one consumer may take from one shard, whoever else reads it. It is guarded by the stream's lock.
type pipe struct {
	calls  bucket // SubscribeToShard calls
	out    bucket // pushed bytes
	opened int64  // when the last call succeeded, unix nanoseconds; 0: none has
	open   *Subscription
	rand   *rand.Rand // of Model.Push
}

// newPipe makes a pipe through which nothing has come. Its randomness is the consumer's and the shard's, so that one
// scenario has one history.
func newPipe(c *consumer, shard int32, l *Limits, now int64) *pipe {
	return &pipe{
		calls: newBucket(l.SubscribeCalls, l.SubscribeCalls, now),
		out:   newBucket(l.PushBytes, l.PushBytes, now),
		rand:  rand.New(rand.NewPCG(HashKey(c.arn).Hi, uint64(shard))),
	}
}

// pushWindow is how long after the first record of an event others may have arrived that go along with it, where
// Model.Push makes records wait.
const pushWindow = 10 * time.Millisecond

// ready is when an event may go out: as soon as the bucket has no debt. The bucket may go into debt by one event, as that
// of GetRecords does by one response; AWS documents no algorithm.
func (p *pipe) ready(now int64) int64 {
	p.out.fill(now)
	if p.out.level >= 0 {
		return now
	}
	return now + (-p.out.level+p.out.rate-1)/p.out.rate
}

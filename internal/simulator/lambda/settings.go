package lambda

import (
	"cmp"
	"time"
)

const mib = 1 << 20

// Limits mirror AWS. The zero value of each field is AWS's own value, given behind it; tests set others. Sources, read in
// November 2026: the API reference as in the Go SDK (SDK), the developer guide (DG, a page each).
type Limits struct {
	BatchSize    int           // the largest BatchSize; 10,000 (SDK CreateEventSourceMapping)
	Window       time.Duration // the largest MaximumBatchingWindowInSeconds; 300 s (SDK CreateEventSourceMapping)
	Factor       int           // the largest ParallelizationFactor; 10 (SDK CreateEventSourceMapping)
	Payload      int64         // bytes of the event of one invocation; 6 MiB (DG gettingstarted-limits)
	PollInterval time.Duration // between polls of a shard that is read to its tip; 1 s, the "base rate" (DG with-kinesis)
	Timeout      time.Duration // the longest an invocation may take; 900 s (DG gettingstarted-limits)

	RetryAttempts  int           // the largest MaximumRetryAttempts; 10,000 (SDK CreateEventSourceMapping)
	RecordAge      time.Duration // the largest MaximumRecordAgeInSeconds; 604,800 s (SDK CreateEventSourceMapping)
	LeastRecordAge time.Duration // the smallest that is not -1; 60 s (SDK CreateEventSourceMapping)
}

func (l Limits) withDefaults() Limits {
	return Limits{
		BatchSize:    cmp.Or(l.BatchSize, 10_000),
		Window:       cmp.Or(l.Window, 300*time.Second),
		Factor:       cmp.Or(l.Factor, 10),
		Payload:      cmp.Or(l.Payload, 6*mib),
		PollInterval: cmp.Or(l.PollInterval, time.Second),
		Timeout:      cmp.Or(l.Timeout, 900*time.Second),

		RetryAttempts:  cmp.Or(l.RetryAttempts, 10_000),
		RecordAge:      cmp.Or(l.RecordAge, 604_800*time.Second),
		LeastRecordAge: cmp.Or(l.LeastRecordAge, 60*time.Second),
	}
}

// Model holds what is ours because AWS documents nothing. The zero value of each field is the default given behind it,
// and the whole zero value is the profile `local`: no service time is added.
type Model struct {
	// ReadLimit is how many records a poll asks for; 10,000, the most GetRecords gives.
	ReadLimit int
	// ReadRetry is how long after a refused read the poller asks again; 100 ms. A shard answers five reads a second to all
	// its readers together: at half the distance between two of them no steady reader slower than that shuts the poller out,
	// and where the readers ask more often than five times a second, no answer is left unused.
	ReadRetry time.Duration
	// SubscribeRetry is how long after a subscription that was refused or taken over a mapping of a stream consumer asks for
	// another; 1 s, since a consumer may ask once a second and shard.
	SubscribeRetry time.Duration
	// Prefetch is how many records of a shard may wait for a batch before the poller stops asking for more; 10,000. A mapping
	// whose lanes hold more than that in one batch each is given room for those.
	Prefetch int
	// EventOverhead is the bytes a record adds to an event's JSON beside its base64 data and the text of its partition key: names,
	// sequence number, ARNs; what they are, which is about 530.
	EventOverhead int64
	// RetryBase is the wait after the first failed invocation of a batch; 500 ms. It doubles with each further failure. One
	// recording on AWS fits this (eight invocations in 60 s), a later one (one in 60 s) does not.
	RetryBase time.Duration
	// RetryCap is the longest of these waits; 60 s.
	RetryCap time.Duration
	// StartDelay is how long a new mapping stays in state Creating before its starting position is taken; none. AWS says
	// "several minutes" (DG invocation-eventsourcemapping).
	StartDelay time.Duration
	// ListInterval is how far apart a mapping lists the shards of its stream, beside when one of them comes to its end; 0 is
	// never. The end of a shard finds all that follows it, so that only a shard that follows none of the mapping's own
	// would be missed.
	ListInterval time.Duration
}

// ModelAWS is the profile `aws`. It is the same as `local`: AWS publishes no latency of a poll or an invocation, and its
// "several minutes" before a mapping polls would only delay a run.
func ModelAWS() Model { return Model{} }

func (m Model) withDefaults() Model {
	return Model{
		ReadLimit:      cmp.Or(m.ReadLimit, 10_000),
		ReadRetry:      cmp.Or(m.ReadRetry, 100*time.Millisecond),
		SubscribeRetry: cmp.Or(m.SubscribeRetry, time.Second),
		Prefetch:       cmp.Or(m.Prefetch, 10_000),
		EventOverhead:  m.EventOverhead,
		RetryBase:      cmp.Or(m.RetryBase, 500*time.Millisecond),
		RetryCap:       cmp.Or(m.RetryCap, 60*time.Second),
		StartDelay:     m.StartDelay,
		ListInterval:   m.ListInterval,
	}
}

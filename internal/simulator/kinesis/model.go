package kinesis

import (
	"math"
	"math/rand/v2"
	"time"
)

// Model is what is invented because AWS documents nothing. The zero value is the profile `local`: everything happens at
// once. The service applies the times of its streams' states and Push; the other latencies are for whoever carries requests to it (the
// wire's server, the simulated target), since a service never waits.
type Model struct {
	Creating  time.Duration // how long a new stream is CREATING
	Deleting  time.Duration // how long a deleted stream is DELETING
	Splitting time.Duration // how long a stream is UPDATING for SplitShard and MergeShards, each
	Scaling   time.Duration // the same for UpdateShardCount
	Updating  time.Duration // the same for its mode, encryption, record size and warm throughput
	Retaining time.Duration // from IncreaseStreamRetentionPeriod until nothing more is trimmed at the old period

	Registering   time.Duration // how long a new stream consumer is CREATING
	Deregistering time.Duration // how long one that is to go is DELETING

	ChannelCreating time.Duration // how long a new channel is CREATING
	ChannelUpdating time.Duration // how long one that is updated is UPDATING
	ChannelDeleting time.Duration // how long one that is to go is DELETING
	ChannelRead     time.Duration // from one read of a channel until the next; 0: 1 s
	ChannelRetry    time.Duration // from an object that was not taken until it is offered again; 0: 5 s
	// ChannelObject are the bytes of data and keys of one object of a channel at which it is delivered before its data freshness
	// is over; 0: 64 MiB. AWS writes "optimally sized objects".
	ChannelObject int64
	// ChannelRecords are the records of one object at which it is delivered likewise: what a channel holds of small ones costs more than
	// their bytes; 0: 1,000,000.
	ChannelRecords int

	Put Latency // of PutRecord and PutRecords
	Get Latency // of GetRecords

	Push         Latency       // from a record's arrival until it is pushed to a subscriber
	EventRecords int           // records of one event of SubscribeToShard; 0: 10,000
	EventBytes   int64         // data plus partition keys of one event; 0: 1 MiB. A larger record has an event of its own
	KeepAlive    time.Duration // from one event until an empty one where there is nothing to push; 0: 5 s

	// CallsOfAccount counts the calls of operations on whose rate AWS's own documents disagree for the account, as the API
	// reference says, and not for each stream, as "Quotas and limits" does.
	CallsOfAccount bool

	// On-demand scaling. AWS documents that a shard is split that takes more than 500 KB/s, not how that is measured nor what
	// many small records do; nor whether and when capacity is given back.
	ScalingWindow time.Duration // over which a shard's traffic is measured; 0: 1 min, CloudWatch's period
	ScaleDown     time.Duration // how long a peak keeps its shards; 0: for ever (scale_down.go)
	// ScaleRecords are the records a second above which a shard is split, too; 0: half of Limits.WriteRecords, as 500 KB/s are
	// half of its bytes.
	ScaleRecords int64
}

func (m *Model) window() time.Duration {
	if m.ScalingWindow == 0 {
		return time.Minute
	}
	return m.ScalingWindow
}

func (m *Model) scaleRecords(l *Limits) int64 {
	if m.ScaleRecords == 0 {
		return l.WriteRecords / 2
	}
	return m.ScaleRecords
}

// ModelAWS is the profile `aws`: typical times of the real service. None is published. Put is a guess around "on the order
// of 20-30 ms" for a round trip (StackOverflow 50914393) less the network; Creating and Deleting are what the SDK's
// waiters, which ask every 10 s, make plausible. "A few minutes" (UpdateShardCount) is three, "several minutes" (the
// retention period) five, "for a few seconds" (record size, encryption) five seconds; half a minute for a split is folklore.
// Push has the mean of 70 ms that AWS calls typical (developer guide, "Building consumers"); its tail is a guess. So are the times
// of channels.
func ModelAWS() Model {
	return Model{
		Creating:      20 * time.Second,
		Deleting:      20 * time.Second,
		Splitting:     30 * time.Second,
		Scaling:       3 * time.Minute,
		Updating:      5 * time.Second,
		Retaining:     5 * time.Minute,
		Registering:   10 * time.Second,
		Deregistering: 10 * time.Second,

		ChannelCreating: time.Minute,
		ChannelUpdating: 30 * time.Second,
		ChannelDeleting: 30 * time.Second,

		Put:  Latency{P50: 12 * time.Millisecond, P99: 60 * time.Millisecond},
		Get:  Latency{P50: 10 * time.Millisecond, P99: 50 * time.Millisecond},
		Push: Latency{P50: 63 * time.Millisecond, P99: 180 * time.Millisecond},
	}
}

func (m Model) withDefaults() Model {
	if m.EventRecords == 0 {
		m.EventRecords = 10_000
	}
	if m.EventBytes == 0 {
		m.EventBytes = 1 * mib
	}
	if m.KeepAlive == 0 {
		m.KeepAlive = 5 * time.Second
	}
	if m.ChannelRead == 0 {
		m.ChannelRead = time.Second
	}
	if m.ChannelRetry == 0 {
		m.ChannelRetry = 5 * time.Second
	}
	if m.ChannelObject == 0 {
		m.ChannelObject = 64 * mib
	}
	if m.ChannelRecords == 0 {
		m.ChannelRecords = 1_000_000
	}
	return m
}

// Latency is a log-normal distribution by two of its percentiles. The zero value is none; P99 at most P50 is the constant P50.
type Latency struct{ P50, P99 time.Duration }

// Draw draws a latency.
func (l Latency) Draw(r *rand.Rand) time.Duration {
	if l.P50 <= 0 || l.P99 <= l.P50 {
		return max(l.P50, 0)
	}
	const z99 = 2.3263478740408408 // the standard normal distribution's 99th percentile
	sigma := math.Log(float64(l.P99)/float64(l.P50)) / z99
	return time.Duration(float64(l.P50) * math.Exp(sigma*r.NormFloat64()))
}

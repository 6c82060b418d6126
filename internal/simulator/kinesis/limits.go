package kinesis

import (
	"maps"
	"time"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// Limits mirror what AWS enforces. The zero value of each field is AWS's own value, given behind it; tests and
// benchmarks set others. Rates and bursts may be up to 4,000,000,000. Sources, all read in November 2026:
// the developer guide's "Quotas and limits" (Q), the API reference as in the Go SDK (SDK), "Handle large records" (LARGE),
// "Choose the right mode to stream in" (SIZE).
type Limits struct {
	WriteRecords      int64 // records a second into one shard; 1,000 (Q)
	WriteRecordsBurst int64 // records a rested shard takes at once; one second's worth (AWS documents no figure)
	WriteBytes        int64 // bytes a second into one shard; 1 MiB (SDK CreateStream)
	WriteBytesBurst   int64 // bytes a rested shard takes at once; 0: one second's worth, at least the stream's record size (LARGE: the tank)
	RecordBytes       int64 // data plus partition key of one record where CreateStream names no size; 1 MiB (LARGE)
	RequestRecords    int   // records of one PutRecords; 500 (SDK PutRecords)
	RequestBytes      int64 // data plus partition keys of one PutRecords; 10 MiB (SDK PutRecords)

	ReadCalls       int64         // GetRecords a second from one shard, and the burst; 5 (Q)
	ReadBytes       int64         // bytes a second from one shard, and the burst; 2 MiB (Q)
	ResponseRecords int           // records of one GetRecords; 10,000 (SDK GetRecords)
	ResponseBytes   int64         // data plus partition keys of one GetRecords; 10 MiB (SDK GetRecords)
	IteratorCalls   int64         // GetShardIterator a second for one shard, and the burst; 5 (SDK GetShardIterator)
	IteratorAge     time.Duration // how long a shard iterator is valid; 5 min (SDK GetShardIterator)

	// Calls are the calls a second of control-plane operations, and the burst, by operation, where they are not to be
	// AWS's own (callRates). See Admit.
	Calls map[string]int64

	Shards          int // open shards of the account and region; 20,000 in us-east-1, us-west-2 and eu-west-1, else 1,000 (Q; provisionedMost)
	OnDemandStreams int // of the account and region; 50 (Q)
	CreatingStreams int // that are CREATING at once in the account and region; 5 (SDK CreateStream)

	StreamShards int // of one stream by UpdateShardCount; 10,000 (SDK UpdateShardCount)
	Scalings     int // UpdateShardCount in 24 hours and stream; 10 (SDK UpdateShardCount)
	ModeSwitches int // UpdateStreamMode in 24 hours and stream; 2 (SIZE)
	Encryptions  int // StartStreamEncryption with another key in 24 hours and stream, and as many StopStreamEncryption; 25 (SDK)
	Tags         int // of one resource; 50 (SDK AddTagsToStream)

	ScaleBytes     int64         // bytes a second into one shard of an on-demand stream above which it is split; 500,000 (SIZE)
	ScaleUp        time.Duration // until it is split, at most; 15 min (SIZE)
	OnDemandShards int           // of one on-demand stream; 10,240 in us-east-1, us-west-2 and eu-west-1, else 200 (Q: 10 GB/s, 200 MB/s)
	WarmMiBps      int           // warm throughput of one stream; 10,240 (SDK UpdateStreamWarmThroughput: 10 GiB/s)
	Commitment     time.Duration // how long a commitment to a minimum throughput lasts at least; 24 h ("Choose the right mode")

	Consumers          int // of one stream; 20 (SDK RegisterStreamConsumer)
	AdvantageConsumers int // the same with On-demand Advantage; 50 (SDK RegisterStreamConsumer)
	CreatingConsumers  int // of one stream that are CREATING at once; 5 (SDK RegisterStreamConsumer)

	SubscribeCalls  int64         // SubscribeToShard a second for one consumer and shard, and the burst; 1 (SDK)
	Takeover        time.Duration // after a successful SubscribeToShard, until another may take over; 5 s (SDK)
	SubscriptionAge time.Duration // how long a subscription lives; 5 min (SDK SubscribeToShard)
	PushBytes       int64         // bytes a second pushed to one consumer from one shard, and the burst; 2 MiB (SDK)

	LeastFreshness time.Duration // of a channel's data, at least; 300 s (developer guide, "Data delivery concepts")
	MostFreshness  time.Duration // the same at most; 900 s
}

// Complete fills in AWS's own values in a region.
func (l Limits) Complete(region string) Limits {
	set := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	count := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	set(&l.WriteRecords, 1000)
	set(&l.WriteRecordsBurst, l.WriteRecords)
	set(&l.WriteBytes, 1*mib)
	set(&l.RecordBytes, 1*mib)
	count(&l.RequestRecords, 500)
	set(&l.RequestBytes, 10*mib)
	set(&l.ReadCalls, 5)
	set(&l.ReadBytes, 2*mib)
	count(&l.ResponseRecords, 10_000)
	set(&l.ResponseBytes, 10*mib)
	set(&l.IteratorCalls, 5)
	if l.IteratorAge == 0 {
		l.IteratorAge = 5 * time.Minute
	}
	count(&l.Shards, provisionedMost(region))
	count(&l.OnDemandStreams, 50)
	count(&l.CreatingStreams, 5)
	calls := make(map[string]int64, len(callRates))
	for operation, rate := range callRates {
		calls[operation] = rate.calls
	}
	maps.Copy(calls, l.Calls)
	l.Calls = calls
	count(&l.StreamShards, 10_000)
	count(&l.Scalings, 10)
	count(&l.ModeSwitches, 2)
	count(&l.Encryptions, 25)
	count(&l.Tags, 50)
	count(&l.OnDemandShards, onDemandMost(region))
	set(&l.ScaleBytes, 500_000)
	if l.ScaleUp == 0 {
		l.ScaleUp = 15 * time.Minute
	}
	count(&l.WarmMiBps, 10_240)
	if l.Commitment == 0 {
		l.Commitment = 24 * time.Hour
	}
	count(&l.Consumers, 20)
	count(&l.AdvantageConsumers, 50)
	count(&l.CreatingConsumers, 5)
	set(&l.SubscribeCalls, 1)
	set(&l.PushBytes, 2*mib)
	if l.Takeover == 0 {
		l.Takeover = 5 * time.Second
	}
	if l.SubscriptionAge == 0 {
		l.SubscriptionAge = 5 * time.Minute
	}
	if l.LeastFreshness == 0 {
		l.LeastFreshness = 300 * time.Second
	}
	if l.MostFreshness == 0 {
		l.MostFreshness = 900 * time.Second
	}
	return l
}

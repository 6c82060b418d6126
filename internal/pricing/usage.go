package pricing

import "time"

// GB is the gigabyte in which AWS bills, in bytes: 2^30, as its calculator counts.
const GB = 1 << 30

// HoursPerMonth is the month of AWS's calculator.
const HoursPerMonth = 730

// Usage is what is billed, already rounded as AWS rounds it. The zero value is nothing used. Quantities are
// floating-point because a scaled usage has fractions.
type Usage struct {
	ShardHours          float64 // open shards of provisioned streams times hours
	PayloadUnits        float64 // sum of PayloadUnits over the records accepted by provisioned streams
	RetainedShardHours  float64 // those of ShardHours that keep records for longer than 24 hours
	FanOutShardHours    float64 // consumers with enhanced fan-out times open shards of provisioned streams times hours
	FanOutGB            float64 // pushed to these by all shards together, in GB; not rounded
	OnDemandStreamHours float64 // on-demand streams times hours
	OnDemandGBIn        float64 // sum of OnDemandBilledBytes over the accepted records, in GB
	OnDemandGBOut       float64 // read, by all consumers that poll together, in GB; not rounded
	OnDemandFanOutGB    float64 // pushed, to all consumers with enhanced fan-out together, in GB; not rounded
	LambdaRequests      float64 // invocations, retries included
	LambdaGBSeconds     float64 // sum of GBSeconds over the invocations
	FirehoseGB          float64 // sum of FirehoseBilledBytes over the ingested records, in GB
	S3Puts              float64 // objects written
}

type quantity struct {
	item  Item
	value *float64
}

// quantities pairs each field with its item, in the order of the table.
func (u *Usage) quantities() []quantity {
	return []quantity{
		{ShardHour, &u.ShardHours},
		{PayloadUnit, &u.PayloadUnits},
		{RetainedShardHour, &u.RetainedShardHours},
		{FanOutShardHour, &u.FanOutShardHours},
		{FanOutOut, &u.FanOutGB},
		{OnDemandStreamHour, &u.OnDemandStreamHours},
		{OnDemandIn, &u.OnDemandGBIn},
		{OnDemandOut, &u.OnDemandGBOut},
		{OnDemandFanOut, &u.OnDemandFanOutGB},
		{LambdaRequest, &u.LambdaRequests},
		{LambdaDuration, &u.LambdaGBSeconds},
		{FirehoseIngest, &u.FirehoseGB},
		{S3Put, &u.S3Puts},
	}
}

// Scale multiplies every quantity by factor.
func (u Usage) Scale(factor float64) Usage {
	for _, q := range u.quantities() {
		*q.value *= factor
	}
	return u
}

// Add sums two usages.
func (u Usage) Add(o Usage) Usage {
	other := o.quantities()
	for i, q := range u.quantities() {
		*q.value += *other[i].value
	}
	return u
}

// PerMonth scales what was used in d to a month of [HoursPerMonth] hours at the same rate. The usage of no time at all
// (d <= 0) scales to nothing.
func (u Usage) PerMonth(d time.Duration) Usage {
	if d <= 0 {
		return Usage{}
	}
	return u.Scale(HoursPerMonth / d.Hours())
}

// The steps in which AWS bills, in bytes. A KB is 1,024 bytes on both pricing pages.
const (
	payloadUnit  = 25 << 10 // AWS, Kinesis Data Streams pricing: "25KB payload chunks"
	onDemandStep = 1 << 10  // AWS, Kinesis Data Streams pricing: "rounded up to the nearest 1 KB (1,024 bytes)"
	firehoseStep = 5 << 10  // AWS, Data Firehose pricing: per record, not per call
)

// PayloadUnits is how many PUT payload units a record of size bytes is billed as on a provisioned stream: one for every
// begun 25 KB, and at least one.
func PayloadUnits(size int64) int64 { return steps(size, payloadUnit) }

// OnDemandBilledBytes is what a record of size bytes is billed as when written to an on-demand stream: full KB, and at
// least one.
func OnDemandBilledBytes(size int64) int64 { return steps(size, onDemandStep) * onDemandStep }

// FirehoseBilledBytes is what a record of size bytes is billed as by Firehose, from Direct PUT or from a stream: full
// steps of 5 KB, and at least one. Two records of 1 KB in one call are billed as 10 KB.
func FirehoseBilledBytes(size int64) int64 { return steps(size, firehoseStep) * firehoseStep }

// GBSeconds is what one invocation is billed as by Lambda: its time in full milliseconds times the function's memory
// (bytes).
func GBSeconds(d time.Duration, memory int64) float64 {
	ms := steps(max(int64(d), 0), int64(time.Millisecond))
	return float64(ms) / 1000 * float64(memory) / GB
}

// steps counts the begun steps in n, and one where n is zero.
func steps(n, step int64) int64 { return max((n+step-1)/step, 1) }

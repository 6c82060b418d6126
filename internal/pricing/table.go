package pricing

import "slices"

// Region is where the table's prices hold.
const Region = "us-east-1"

// Item names a row of the table.
type Item string

// The items of the table, in the order in which an estimate lists them.
const (
	ShardHour          Item = "kinesis.shardHour"
	PayloadUnit        Item = "kinesis.putPayloadUnit"
	RetainedShardHour  Item = "kinesis.retainedShardHour"
	FanOutShardHour    Item = "kinesis.fanOutShardHour"
	FanOutOut          Item = "kinesis.fanOutOut"
	OnDemandStreamHour Item = "kinesis.onDemandStreamHour"
	OnDemandIn         Item = "kinesis.onDemandIn"
	OnDemandOut        Item = "kinesis.onDemandOut"
	OnDemandFanOut     Item = "kinesis.onDemandFanOut"
	LambdaRequest      Item = "lambda.request"
	LambdaDuration     Item = "lambda.duration"
	FirehoseIngest     Item = "firehose.ingest"
	S3Put              Item = "s3.put"
)

// Confidence is how far a price is to be trusted.
type Confidence string

// The degrees of confidence. AWS renders the figures of its pricing pages by script, so that a page's text gives the
// rules of rounding but seldom a number: no price here was read from AWS itself.
const (
	// Medium: several independent sources agree.
	Medium Confidence = "medium"
	// Low: one third party's figure, or sources that agree only in part.
	Low Confidence = "low"
	// Own: the user's, see [ReadList].
	Own Confidence = "own"
)

// Price is one row of the table.
type Price struct {
	Item       Item
	Name       string // as a person reads it: Firehose
	Unit       string // of the quantity: GB, shard hours
	Tiers      []Tier // what one unit costs, by how many a month; at least one
	Why        string // how AWS counts it, as half a sentence
	Source     string // where the figure comes from
	Date       string // of the source, or when it was read where it bears none: 2023-09-21, or a year
	Confidence Confidence
}

// Tier is a price that holds for a part of a month's quantity.
type Tier struct {
	UpTo float64 // of a month's quantity; 0 in the last tier: no end
	USD  float64 // per unit
}

// Table is the price list, in the order of the items. It is a copy.
func Table() []Price {
	t := slices.Clone(table)
	for i := range t {
		t[i].Tiers = slices.Clone(t[i].Tiers)
	}
	return t
}

const (
	million  = 1e6
	billion  = 1e9
	thousand = 1e3
	tb       = 1 << 10 // in GB
)

var table = []Price{
	{
		Item: ShardHour, Name: "Kinesis shards", Unit: "shard hours", Tiers: flat(0.015),
		Why:    "a shard is billed by the hour, used or not",
		Source: "Trek10, blog on Kinesis prices; third-party tables of 2026 agree", Date: "2023-09-21", Confidence: Medium,
	},
	{
		Item: PayloadUnit, Name: "Kinesis puts", Unit: "PUT payload units", Tiers: flat(0.014 / million),
		Why:    "each record is billed in steps of 25 KB",
		Source: "Trek10, blog on Kinesis prices; the step: AWS, Kinesis Data Streams pricing", Date: "2023-09-21", Confidence: Medium,
	},
	{
		Item: RetainedShardHour, Name: "Kinesis extended retention", Unit: "shard hours", Tiers: flat(0.02),
		Why:    "a shard that keeps records for longer than 24 hours is billed for that by the hour",
		Source: "a third party's table", Date: "2026-05", Confidence: Low,
	},
	{
		Item: FanOutShardHour, Name: "Kinesis fan-out shards", Unit: "consumer-shard hours", Tiers: flat(0.015),
		Why:    "each consumer with enhanced fan-out is billed for each shard by the hour",
		Source: "a third party's table; another page has the consumer-shard hour too", Date: "2026-05", Confidence: Low,
	},
	{
		Item: FanOutOut, Name: "Kinesis fan-out reads", Unit: "GB", Tiers: flat(0.013),
		Why:    "each consumer with enhanced fan-out pays for what it is pushed",
		Source: "a third party's table", Date: "2026", Confidence: Low,
	},
	{
		Item: OnDemandStreamHour, Name: "Kinesis on-demand streams", Unit: "stream hours", Tiers: flat(0.04),
		Why:    "an on-demand stream is billed by the hour, used or not",
		Source: "Trek10, blog on Kinesis prices; AWS Big Data Blog on On-demand Advantage", Date: "2026-03-09", Confidence: Medium,
	},
	{
		Item: OnDemandIn, Name: "Kinesis on-demand writes", Unit: "GB", Tiers: flat(0.08),
		Why:    "each record is billed in steps of 1 KB",
		Source: "AWS Big Data Blog on On-demand Advantage; the step: AWS, Kinesis Data Streams pricing", Date: "2026-03-09", Confidence: Medium,
	},
	{
		Item: OnDemandOut, Name: "Kinesis on-demand reads", Unit: "GB", Tiers: flat(0.04),
		Why:    "every consumer of the stream pays for what it reads",
		Source: "Trek10, blog on Kinesis prices", Date: "2023-09-21", Confidence: Medium,
	},
	{
		Item: OnDemandFanOut, Name: "Kinesis on-demand fan-out reads", Unit: "GB", Tiers: flat(0.05),
		Why:    "each consumer with enhanced fan-out pays for what it is pushed",
		Source: "AWS Big Data Blog on On-demand Advantage, us-east-1", Date: "2026-03-09", Confidence: Medium,
	},
	{
		Item: LambdaRequest, Name: "Lambda requests", Unit: "requests", Tiers: flat(0.20 / million),
		Why:    "each batch is a request, and so is each retry of it",
		Source: "third-party tables, undated; consistent with one another", Date: "2026-11-23", Confidence: Medium,
	},
	{
		Item: LambdaDuration, Name: "Lambda duration", Unit: "GB-seconds",
		Tiers:  []Tier{{6 * billion, 0.0000166667}, {15 * billion, 0.000015}, {0, 0.000013334}},
		Why:    "memory times the time of each invocation, cold starts included, in steps of 1 ms (x86)",
		Source: "cloudchipr.com, AWS Lambda pricing; the step: AWS Lambda pricing, 2026-06-18", Date: "2024", Confidence: Low,
	},
	{
		Item: FirehoseIngest, Name: "Firehose", Unit: "GB",
		Tiers:  []Tier{{500 * tb, 0.029}, {2000 * tb, 0.025}, {0, 0.020}},
		Why:    "records are billed in steps of 5 KB",
		Source: "third-party note after the AWS calculator, us-east-2, 2026; 0.029 for us-east-1 in several places; the step: AWS, Data Firehose pricing", Date: "2026", Confidence: Low,
	},
	{
		Item: S3Put, Name: "S3 puts", Unit: "requests", Tiers: flat(0.005 / thousand),
		Why:    "each object is a PUT request (S3 Standard)",
		Source: "cloudkaramchari.com, S3 request prices, undated", Date: "2026-11-24", Confidence: Medium,
	},
}

func flat(usd float64) []Tier { return []Tier{{USD: usd}} }

// cost of a quantity in one month, tier by tier.
func (p *Price) cost(quantity float64) float64 {
	var usd, from float64
	for _, t := range p.Tiers {
		if t.UpTo == 0 || quantity <= t.UpTo {
			return usd + (quantity-from)*t.USD
		}
		usd += (t.UpTo - from) * t.USD
		from = t.UpTo
	}
	return usd
}

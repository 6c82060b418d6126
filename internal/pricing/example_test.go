package pricing_test

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/pricing"
)

// 60,000 records of 500 B in 30 s, on four shards and through one Firehose.
func ExampleSummary() {
	const records, size = 60_000, 500
	d := 30 * time.Second
	used := pricing.Usage{
		ShardHours:   4 * d.Hours(),
		PayloadUnits: float64(records * pricing.PayloadUnits(size)),
		FirehoseGB:   float64(records*pricing.FirehoseBilledBytes(size)) / pricing.GB,
		S3Puts:       24,
	}
	run, month := used.Estimate(), used.PerMonth(d).Estimate()
	for _, l := range month.Lines {
		fmt.Printf("%-14s %16.1f %-17s %s\n", l.Price.Name, l.Quantity, l.Price.Unit, pricing.FormatUSD(l.USD))
	}
	fmt.Println(pricing.Summary(run, month))
	// Output:
	// Kinesis shards           2920.0 shard hours       $43.80
	// Kinesis puts       5256000000.0 PUT payload units $73.58
	// Firehose                25062.6 GB                $727
	// S3 puts               2102400.0 requests          $10.51
	// less than $0.01 for this run, $855 a month at this rate, most of it Firehose (records are billed in steps of 5 KB)
}

// A team that pays more for its shards, and nothing for what is within a private agreement.
func ExampleReadList() {
	list, err := pricing.ReadList("mine.yaml", []byte("kinesis.shardHour: 0.018\ns3.put: 0\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	month := list.Estimate(pricing.Usage{ShardHours: 4 * pricing.HoursPerMonth, S3Puts: 1e6})
	fmt.Println(pricing.FormatUSD(month.Total), "by", list.Basis())
	_, err = pricing.ReadList("mine.yaml", []byte("kinesis.shardHours: 0.018\n"))
	fmt.Println(err)
	// Output:
	// $52.56 by your own prices (mine.yaml) where it has one, else list prices of us-east-1
	// mine.yaml:1:1: unknown item "kinesis.shardHours"; did you mean "kinesis.shardHour"?
}

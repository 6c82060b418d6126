package reports

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// Cost is what the run would cost on AWS, at list prices or at the user's own.
type Cost struct {
	Run     float64    `json:"run"`   // USD, for this run
	Month   float64    `json:"month"` // USD, for a month at this rate
	Region  string     `json:"region"`
	Basis   string     `json:"basis"` // whose prices these are
	Lines   []CostLine `json:"lines"` // of the month, what is used
	Summary string     `json:"summary"`
}

// CostLine is one item of a month's bill.
type CostLine struct {
	Name     string  `json:"name"`
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	USD      float64 `json:"usd"`
	Why      string  `json:"why"`    // how AWS counts it
	Source   string  `json:"source"` // of the price
	Date     string  `json:"date"`   // of the source; empty for a price of the user's own
}

// ever is every second of a run, warm-up and drain included: all of it is billed.
var ever = span{-1 << 30, 1 << 30}

// Price prices the run by a list; nil is the table of list prices. [Load] does it by the list that the run keeps.
func (r *Report) Price(l *pricing.List) {
	r.prices = l
	r.Cost = r.estimate()
}

// keptPrices reads the price list that a run keeps beside it; nil where it keeps none.
func keptPrices(dir string) (*pricing.List, error) {
	text, err := os.ReadFile(filepath.Join(dir, PricesFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the run's prices: %w", err)
	}
	l, err := pricing.ReadList(PricesFile, text)
	if err != nil {
		return nil, fmt.Errorf("read the run's prices in %s: %w", dir, err)
	}
	return l, nil
}

// estimate prices the run; nil where its sizes are not known.
func (r *Report) estimate() *Cost {
	length := time.Duration(r.elapsed() * float64(time.Second))
	used, ok := r.usage(length)
	if !ok || length <= 0 {
		return nil
	}
	run, month := r.prices.Estimate(used), r.prices.Estimate(used.PerMonth(length))
	c := &Cost{
		Run: run.Total, Month: month.Total, Region: pricing.Region, Basis: r.prices.Basis(), Summary: r.prices.Summary(run, month),
		Lines: []CostLine{},
	}
	for _, l := range month.Lines {
		c.Lines = append(c.Lines, CostLine{
			Name: l.Price.Name, Quantity: l.Quantity, Unit: l.Price.Unit, USD: l.USD,
			Why: l.Price.Why, Source: l.Price.Source, Date: l.Price.Date,
		})
	}
	return c
}

// usage counts what AWS would bill. The steps in which it rounds are taken of the mean record, which is close where
// records are far smaller than a step.
func (r *Report) usage(length time.Duration) (pricing.Usage, bool) {
	var u pricing.Usage
	p := &r.Scenario.Pipeline
	bytes := map[string]float64{} // of a mean record, by stream
	for name, s := range p.Streams {
		records, size, ok := r.accepted(name)
		if !ok {
			return u, false
		}
		bytes[name] = size
		if s.StreamMode == scenarios.OnDemand {
			u.OnDemandStreamHours += length.Hours()
			u.OnDemandGBIn += records * float64(pricing.OnDemandBilledBytes(int64(size))) / pricing.GB
			fanned := float64(len(p.FansOut(name)))
			u.OnDemandGBOut += records * size * (float64(r.readers(name)) - fanned) / pricing.GB
			u.OnDemandFanOutGB += records * size * fanned / pricing.GB
			continue
		}
		hours := r.shardHours(name, length)
		u.ShardHours += hours
		if s.Retained() {
			u.RetainedShardHours += hours
		}
		u.PayloadUnits += records * float64(pricing.PayloadUnits(int64(size)))
		fanned := float64(len(p.FansOut(name)))
		u.FanOutShardHours += hours * fanned
		u.FanOutGB += records * size * fanned / pricing.GB
	}
	for name, f := range p.Functions {
		tags := measure.Tags{"function": name}
		duration := combine(r.Run.Find("lambda.duration", tags), ever)
		invocations := float64(duration.Count())
		u.LambdaRequests += invocations
		halfStep := invocations * float64(time.Millisecond) / 2 // each is billed in full milliseconds
		u.LambdaGBSeconds += (duration.Sum() + halfStep) / 1e9 * float64(f.Model.MemorySize) / pricing.GB
	}
	for name, d := range p.DeliveryStreams {
		tags := measure.Tags{"deliveryStream": name}
		records, size := float64(combine(r.Run.Find("firehose.lag", tags), ever).Count()), bytes[d.Source]
		if d.Source != "" { // it takes aggregates apart; AWS does not say which of the two it bills
			size /= r.userRecords(measure.Tags{"stream": d.Source})
		}
		records += float64(r.Run.Sum("firehose.backedUp", tags, ever.from, ever.to)) // what an HTTP endpoint did not take
		if d.Source == "" {
			var ok bool
			if size, ok = r.Keys.bytesPerRecord(name); !ok {
				return u, false
			}
		}
		u.FirehoseGB += records * float64(pricing.FirehoseBilledBytes(int64(size))) / pricing.GB
		u.S3Puts += float64(r.Run.Sum("firehose.objects", tags, ever.from, ever.to))
	}
	return u, true
}

// accepted is how many records a stream took and the mean size of one.
func (r *Report) accepted(stream string) (records, size float64, ok bool) {
	tags := measure.Tags{"stream": stream}
	records = float64(r.Run.Sum("shard.accepted", tags, ever.from, ever.to))
	if records > 0 {
		return records, float64(r.Run.Sum("shard.acceptedBytes", tags, ever.from, ever.to)) / records, true
	}
	if records = float64(r.Run.Sum(r.storedCounter(tags), tags, ever.from, ever.to)); records == 0 {
		return 0, 0, true
	}
	size, ok = r.Keys.bytesPerRecord(stream)
	return records, size * r.userRecords(tags), ok
}

// userRecords is how many records of the load are in one of the stream.
func (r *Report) userRecords(tags measure.Tags) float64 {
	stored := r.Run.Sum(r.storedCounter(tags), tags, ever.from, ever.to)
	if stored == 0 {
		return 1
	}
	return float64(r.Run.Sum("put.acked", tags, ever.from, ever.to)) / float64(stored)
}

// readers is how many sinks read a stream.
func (r *Report) readers(stream string) int {
	n := 0
	p := &r.Scenario.Pipeline
	for _, f := range p.Functions {
		for _, source := range f.EventSources {
			if source.Stream == stream {
				n++
			}
		}
	}
	for _, d := range p.DeliveryStreams {
		if d.Source == stream {
			n++
		}
	}
	for _, c := range p.Consumers {
		if c.Stream == stream {
			n++
		}
	}
	return n
}

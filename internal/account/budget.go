package account

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// Budget is what a run may cost, in US dollars. The zero value is no budget.
type Budget float64

// ParseBudget reads 5USD, 5 USD, $5 or 0.50USD.
func ParseBudget(text string) (Budget, error) {
	number, dollar := strings.CutPrefix(strings.TrimSpace(text), "$")
	if !dollar {
		upper := strings.ToUpper(number)
		if number, dollar = strings.CutSuffix(upper, "USD"); !dollar {
			return 0, fmt.Errorf("budget %q: want dollars with their unit, such as 5USD or $5", text)
		}
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(v > 0) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("budget %q: want an amount above 0, such as 5USD or $5", text)
	}
	return Budget(v), nil
}

// String is the budget in dollars: $5.00. One of less than a cent is told as it is: $0.001.
func (b Budget) String() string {
	if b < 0.01 {
		return "$" + strconv.FormatFloat(float64(b), 'g', -1, 64)
	}
	return pricing.FormatUSD(float64(b))
}

// Counts are what a run has used until now, rounded as AWS rounds it: see package pricing.
type Counts struct {
	PayloadUnits     int64   // sum of pricing.PayloadUnits over the records acknowledged by provisioned streams
	OnDemandBytesIn  int64   // sum of pricing.OnDemandBilledBytes
	OnDemandBytesOut int64   // read from on-demand streams by all readers that poll
	FanOutBytes      int64   // pushed from provisioned streams to all consumers with enhanced fan-out
	OnDemandFanOut   int64   // the same from on-demand streams
	LambdaRequests   int64   // invocations, retries included
	LambdaGBSeconds  float64 // sum of pricing.GBSeconds
	FirehoseBytes    int64   // sum of pricing.FirehoseBilledBytes
	S3Puts           int64   // objects
}

// Meter tells what a run has cost. It is a plain value, safe for concurrent use.
type Meter struct {
	Shards          int    // of the provisioned streams, that of the receipts included
	RetainedShards  int    // those of them that keep records for longer than 24h
	FanOutShards    int    // consumers with enhanced fan-out times the shards of provisioned streams
	OnDemandStreams int    //
	Budget          Budget // 0 is none

	// Price is the price list; nil is that of package pricing.
	Price func(pricing.Usage) pricing.Estimate
}

// NewMeter makes the meter of a scenario's pipeline. The hours of a stream that is there already are billed without the
// run too: what is put there counts, and they do not. A stream that is resharded counts with the most shards it has, from
// the beginning.
func NewMeter(s *scenarios.Scenario, b Budget) Meter {
	m, made := Meter{Budget: b}, s.ToMake()
	for name, stream := range made.Streams {
		if stream.StreamMode == scenarios.OnDemand {
			m.OnDemandStreams++
		} else {
			m.Shards += s.MostShards(name)
			m.FanOutShards += s.MostShards(name) * len(s.Pipeline.FansOut(name))
			if stream.Retained() {
				m.RetainedShards += s.MostShards(name)
			}
		}
	}
	if len(made.Functions) > 0 {
		m.Shards++ // of the receipts
	}
	return m
}

// Usage is what has been used, elapsed after the pipeline was made. Each begun hour of a shard and of an on-demand stream
// counts in full: AWS prices the hour, and a budget had better be met early.
func (m Meter) Usage(elapsed time.Duration, c Counts) pricing.Usage {
	hours := math.Ceil(max(elapsed, 1).Hours())
	return pricing.Usage{
		ShardHours:          float64(m.Shards) * hours,
		RetainedShardHours:  float64(m.RetainedShards) * hours,
		FanOutShardHours:    float64(m.FanOutShards) * hours,
		FanOutGB:            float64(c.FanOutBytes) / pricing.GB,
		PayloadUnits:        float64(c.PayloadUnits),
		OnDemandStreamHours: float64(m.OnDemandStreams) * hours,
		OnDemandGBIn:        float64(c.OnDemandBytesIn) / pricing.GB,
		OnDemandGBOut:       float64(c.OnDemandBytesOut) / pricing.GB,
		OnDemandFanOutGB:    float64(c.OnDemandFanOut) / pricing.GB,
		LambdaRequests:      float64(c.LambdaRequests),
		LambdaGBSeconds:     c.LambdaGBSeconds,
		FirehoseGB:          float64(c.FirehoseBytes) / pricing.GB,
		S3Puts:              float64(c.S3Puts),
	}
}

// Spent is what that costs.
func (m Meter) Spent(elapsed time.Duration, c Counts) pricing.Estimate {
	if m.Price != nil {
		return m.Price(m.Usage(elapsed, c))
	}
	return m.Usage(elapsed, c).Estimate()
}

// Over tells what the run has cost, in US dollars, and whether the budget is reached. Without a budget it never is.
func (m Meter) Over(elapsed time.Duration, c Counts) (spent float64, over bool) {
	spent = m.Spent(elapsed, c).Total
	return spent, m.Budget > 0 && spent >= float64(m.Budget)
}

package pricing_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/pricing"
)

func TestBillingSteps(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name     string
		size     int64
		units    int64 // of 25 KB
		onDemand int64 // bytes
		firehose int64 // bytes
	}{
		{"nothing still counts once", 0, 1, 1024, 5120},
		{"one byte", 1, 1, 1024, 5120},
		{"500 B", 500, 1, 1024, 5120},
		{"exactly 1 KB", 1024, 1, 1024, 5120},
		{"one byte more", 1025, 1, 2048, 5120},
		{"4.5 KB is AWS's example of 5 KB in", 4608, 1, 5120, 5120},
		{"exactly 5 KB", 5120, 1, 5120, 5120},
		{"12 KB is AWS's example of 15 KB", 12 * 1024, 1, 12 * 1024, 15 * 1024},
		{"exactly 25 KB", 25600, 1, 25600, 25600},
		{"one byte more is a second unit", 25601, 2, 26 * 1024, 30 * 1024},
		{"45 KB is AWS's example of two units", 45 * 1024, 2, 45 * 1024, 45 * 1024},
		{"1 MiB", mib, 41, mib, 205 * 5120},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := pricing.PayloadUnits(tt.size); got != tt.units {
				t.Errorf("PayloadUnits(%d) = %d, want %d", tt.size, got, tt.units)
			}
			if got := pricing.OnDemandBilledBytes(tt.size); got != tt.onDemand {
				t.Errorf("OnDemandBilledBytes(%d) = %d, want %d", tt.size, got, tt.onDemand)
			}
			if got := pricing.FirehoseBilledBytes(tt.size); got != tt.firehose {
				t.Errorf("FirehoseBilledBytes(%d) = %d, want %d", tt.size, got, tt.firehose)
			}
		})
	}
}

func TestGBSeconds(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name   string
		d      time.Duration
		memory int64
		want   float64
	}{
		{"a second of a GB", time.Second, 1024 * mib, 1},
		{"100 ms of 256 MB", 100 * time.Millisecond, 256 * mib, 0.025},
		{"20.001 ms is 21 ms", 20*time.Millisecond + time.Microsecond, 1024 * mib, 0.021},
		{"no time is one step", 0, 1024 * mib, 0.001},
		{"negative time is one step", -time.Second, 1024 * mib, 0.001},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := pricing.GBSeconds(tt.d, tt.memory); math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("GBSeconds(%v, %d) = %v, want %v", tt.d, tt.memory, got, tt.want)
			}
		})
	}
}

func TestEstimate(t *testing.T) {
	tests := []struct {
		name     string
		usage    pricing.Usage
		total    float64
		dominant pricing.Item
	}{
		{"nothing", pricing.Usage{}, 0, ""},
		{"four shards for a month: 4 × 730 h × $0.015", pricing.Usage{ShardHours: 4 * 730}, 43.80, pricing.ShardHour},
		{"2,000 units/s for a month: 5,256 M × $0.014", pricing.Usage{PayloadUnits: 5.256e9}, 73.584, pricing.PayloadUnit},
		{"both, the puts lead", pricing.Usage{ShardHours: 4 * 730, PayloadUnits: 5.256e9}, 117.384, pricing.PayloadUnit},
		{
			"four shards that keep records for longer: 2,920 × ($0.015 + $0.02)",
			pricing.Usage{ShardHours: 4 * 730, RetainedShardHours: 4 * 730},
			102.20, pricing.RetainedShardHour,
		},
		{
			"two consumers with enhanced fan-out of four shards, 1,000 GB each: 5,840 × $0.015 + 2,000 × $0.013",
			pricing.Usage{FanOutShardHours: 2 * 4 * 730, FanOutGB: 2000},
			113.60, pricing.FanOutShardHour,
		},
		{"an on-demand stream's consumer with enhanced fan-out: 100 × $0.05", pricing.Usage{OnDemandFanOutGB: 100}, 5, pricing.OnDemandFanOut},
		{
			"an on-demand stream, 100 GB in and 200 GB out: 29.20 + 8 + 8",
			pricing.Usage{OnDemandStreamHours: 730, OnDemandGBIn: 100, OnDemandGBOut: 200},
			45.20, pricing.OnDemandStreamHour,
		},
		{
			"ten million invocations of 0.025 GB-s: 2 + 250,000 × $0.0000166667",
			pricing.Usage{LambdaRequests: 10e6, LambdaGBSeconds: 250e3},
			6.166675, pricing.LambdaDuration,
		},
		{"1,000 GB through Firehose", pricing.Usage{FirehoseGB: 1000}, 29, pricing.FirehoseIngest},
		{"Firehose, second tier: 512,000 × 0.029 + 88,000 × 0.025", pricing.Usage{FirehoseGB: 600_000}, 17_048, pricing.FirehoseIngest},
		{
			"Firehose, third tier: 512,000 × 0.029 + 1,536,000 × 0.025 + 2,000 × 0.020",
			pricing.Usage{FirehoseGB: 2_050_000},
			53_288, pricing.FirehoseIngest,
		},
		{"a million objects", pricing.Usage{S3Puts: 1e6}, 5, pricing.S3Put},
		{"of equal lines the first leads", pricing.Usage{OnDemandGBIn: 1, OnDemandGBOut: 2}, 0.16, pricing.OnDemandIn},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := tt.usage.Estimate()
			if math.Abs(e.Total-tt.total) > 1e-6*max(tt.total, 1) {
				t.Errorf("total = %v, want %v", e.Total, tt.total)
			}
			l, _, ok := e.Dominant()
			if ok != (tt.dominant != "") || l.Price.Item != tt.dominant {
				t.Errorf("dominant = %q, %v, want %q", l.Price.Item, ok, tt.dominant)
			}
			var sum float64
			for _, l := range e.Lines {
				sum += l.USD
			}
			if sum != e.Total {
				t.Errorf("lines add up to %v, total is %v", sum, e.Total)
			}
		})
	}
}

// The default scenario of the README by hand: 2,000 records/s of 500 B for 30 s on four shards, one Lambda, one Firehose.
func TestPerMonth(t *testing.T) {
	const records = 60_000
	run := pricing.Usage{
		ShardHours:   4.0 * 30 / 3600,
		PayloadUnits: records,
		FirehoseGB:   records * 5120.0 / pricing.GB,
	}
	month := run.PerMonth(30 * time.Second)
	// A month of 730 h is 2,628,000 s: 5.256e9 records.
	want := pricing.Usage{ShardHours: 2920, PayloadUnits: 5.256e9, FirehoseGB: 25062.56103515625}
	if math.Abs(month.ShardHours-want.ShardHours) > 1e-6 || math.Abs(month.PayloadUnits-want.PayloadUnits) > 1 || math.Abs(month.FirehoseGB-want.FirehoseGB) > 1e-6 {
		t.Errorf("month = %+v, want %+v", month, want)
	}
	// 43.80 + 73.584 + 25,062.561 GB × $0.029 = 726.814
	if got := month.Estimate().Total; math.Abs(got-844.198) > 0.001 {
		t.Errorf("month costs %v, want 844.198", got)
	}
	for _, d := range []time.Duration{0, -time.Second} {
		if got := run.PerMonth(d); got != (pricing.Usage{}) {
			t.Errorf("PerMonth(%v) = %+v, want nothing", d, got)
		}
	}
}

func TestAddScale(t *testing.T) {
	a := pricing.Usage{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
	if got, want := a.Add(a), a.Scale(2); got != want {
		t.Errorf("a + a = %+v, 2 a = %+v", got, want)
	}
	if want := (pricing.Usage{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}); a != want {
		t.Errorf("the receiver changed: %+v", a)
	}
	if got := len(a.Estimate().Lines); got != len(pricing.Table()) {
		t.Errorf("an estimate of everything has %d lines, the table %d", got, len(pricing.Table()))
	}
	for i, l := range a.Estimate().Lines {
		if l.Quantity != float64(i+1) {
			t.Errorf("%s has the quantity of another item: %v", l.Price.Item, l.Quantity)
		}
	}
}

func TestFormatUSD(t *testing.T) {
	tests := []struct {
		usd  float64
		want string
	}{
		{0, "$0"},
		{0.0099, "less than $0.01"},
		{0.01, "$0.01"},
		{0.034, "$0.03"},
		{9.999, "$10.00"},
		{99.99, "$99.99"},
		{99.996, "$100"},
		{812.4, "$812"},
		{999.6, "$1,000"},
		{17_048, "$17,048"},
		{1_234_567.8, "$1,234,568"},
		{-3.5, "-$3.50"},
	}
	for _, tt := range tests {
		if got := pricing.FormatUSD(tt.usd); got != tt.want {
			t.Errorf("FormatUSD(%v) = %q, want %q", tt.usd, got, tt.want)
		}
	}
}

func TestSummary(t *testing.T) {
	tests := []struct {
		name       string
		run, month pricing.Usage
		want       string
	}{
		{"nothing", pricing.Usage{}, pricing.Usage{}, "nothing that is billed"},
		{
			"no one item is more than half",
			pricing.Usage{LambdaRequests: 1},
			pricing.Usage{ShardHours: 1000, OnDemandStreamHours: 300, OnDemandGBIn: 125},
			"less than $0.01 for this run, $37.00 a month at this rate, the largest part Kinesis shards (a shard is billed by the hour, used or not)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := pricing.Summary(tt.run.Estimate(), tt.month.Estimate()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	for _, p := range pricing.Table() {
		if p.Item == "" || p.Name == "" || p.Unit == "" || p.Why == "" || p.Source == "" || p.Date == "" || p.Confidence == "" {
			t.Errorf("incomplete row: %+v", p)
		}
		if !strings.HasPrefix(p.Date, "20") {
			t.Errorf("%s: date %q", p.Item, p.Date)
		}
		last := 0.0
		for i, tier := range p.Tiers {
			if open := i == len(p.Tiers)-1; open != (tier.UpTo == 0) || !open && tier.UpTo <= last || tier.USD <= 0 {
				t.Errorf("%s: tier %d is %+v", p.Item, i, tier)
			}
			last = tier.UpTo
		}
		if len(p.Tiers) == 0 {
			t.Errorf("%s has no price", p.Item)
		}
	}
	pricing.Table()[0].Tiers[0].USD = 0
	if pricing.Table()[0].Tiers[0].USD == 0 {
		t.Error("Table hands out its own memory")
	}
}

package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

func TestParseBudget(t *testing.T) {
	tests := []struct {
		text string
		want account.Budget // 0 is refused
	}{
		{"5USD", 5},
		{"5 usd", 5},
		{"$5", 5},
		{" $0.50 ", 0.5},
		{"12.25USD", 12.25},
		{"5", 0},
		{"5EUR", 0},
		{"$", 0},
		{"USD", 0},
		{"$0", 0},
		{"-5USD", 0},
		{"$inf", 0},
		{"$nan", 0},
		{"$5USD", 0},
	}
	for _, test := range tests {
		got, err := account.ParseBudget(test.text)
		if got != test.want || (err == nil) != (test.want > 0) {
			t.Errorf("%q: %v, %v; want %v", test.text, got, err, test.want)
		}
		if err != nil && !strings.Contains(err.Error(), "such as 5USD or $5") {
			t.Errorf("%q: the error does not say what is allowed: %v", test.text, err)
		}
	}
	for b, want := range map[account.Budget]string{5: "$5.00", 0.01: "$0.01", 0.001: "$0.001", 1234567: "$1,234,567"} {
		if b.String() != want {
			t.Errorf("%v reads %s, want %s", float64(b), b, want)
		}
	}
}

// TestMeter holds the meter against the list prices by hand: a shard hour is $0.015, a million payload units $0.014.
func TestMeter(t *testing.T) {
	s := &scenarios.Scenario{Pipeline: scenarios.Pipeline{Streams: map[string]scenarios.Stream{
		"a": {ShardCount: 4}, "b": {ShardCount: 6}, "c": {StreamMode: scenarios.OnDemand},
	}}}
	tests := []struct {
		name    string
		elapsed time.Duration
		counts  account.Counts
		usd     float64
	}{
		{"just made: the first hour is begun", 0, account.Counts{}, 10*0.015 + 0.04},
		{"an hour to the nanosecond", time.Hour, account.Counts{}, 10*0.015 + 0.04},
		{"the second hour is begun", time.Hour + 1, account.Counts{}, 2 * (10*0.015 + 0.04)},
		{"100 million units", time.Minute, account.Counts{PayloadUnits: 100e6}, 0.19 + 1.4},
		{"a GB in, two out", time.Minute, account.Counts{OnDemandBytesIn: pricing.GB, OnDemandBytesOut: 2 * pricing.GB}, 0.19 + 0.08 + 2*0.04},
		{"a million invocations of a GB-second", time.Minute, account.Counts{LambdaRequests: 1e6, LambdaGBSeconds: 1e6}, 0.19 + 0.20 + 16.6667},
		{"100 GB through Firehose, 10,000 objects", time.Minute, account.Counts{FirehoseBytes: 100 * pricing.GB, S3Puts: 10_000}, 0.19 + 2.9 + 0.05},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := account.NewMeter(s, 1)
			spent, over := m.Over(test.elapsed, test.counts)
			if diff := spent - test.usd; diff > 1e-9 || diff < -1e-9 {
				t.Errorf("spent %v, want %v", spent, test.usd)
			}
			if over != (test.usd >= 1) {
				t.Errorf("over: %v at %v", over, spent)
			}
		})
	}
	if _, over := account.NewMeter(s, 0).Over(1000*time.Hour, account.Counts{}); over {
		t.Error("no budget is exceeded")
	}
	m := account.NewMeter(s, 1)
	m.Price = func(u pricing.Usage) pricing.Estimate { return pricing.Estimate{Total: 2 * u.ShardHours} }
	if spent, _ := m.Over(time.Minute, account.Counts{}); spent != 20 {
		t.Errorf("another price list: %v, want 20", spent)
	}
}

package main

import (
	"math"
	"strings"
	"testing"
)

func TestSay(t *testing.T) {
	tests := []struct {
		name      string
		got, want string
	}{
		{"nothing", sayNumber(0), "0"},
		{"next to nothing", sayNumber(0.0004), "0"},
		{"a thousandth", sayNumber(0.0012), "0.001"},
		{"three digits", sayNumber(0.3174), "0.317"},
		{"three digits from one on", sayNumber(1.2049), "1.20"},
		{"rounded up to one", sayNumber(0.9996), "1.00"},
		{"rounded up to ten", sayNumber(9.996), "10.0"},
		{"tens", sayNumber(48.78), "48.8"},
		{"rounded up to a hundred", sayNumber(99.96), "100"},
		{"whole", sayNumber(41), "41"},
		{"thousands", sayNumber(60_000.4), "60,000"},
		{"negative", sayNumber(-1500), "-1,500"},
		{"without end", sayNumber(math.Inf(1)), "∞"},
		{"bytes", sayBytes(682.4), "682 B"},
		{"kibibytes", sayBytes(2040), "1.99 KiB"},
		{"a thousand bytes", sayBytes(1000), "0.977 KiB"},
		{"mebibytes", sayBytes(1 << 20), "1 MiB"},
		{"much", sayBytes(3 << 60), "3,072 PiB"},
		{"no share", sayShare(0), "0%"},
		{"hardly any", sayShare(0.0004), "<0.1%"},
		{"some", sayShare(0.0523), "5.2%"},
		{"a whole percentage", sayShare(0.04), "4%"},
		{"most", sayShare(0.4949), "49%"},
		{"too much", sayShare(3.478), "348%"},
		{"milliseconds", sayTime(0.0205), "20.5 ms"},
		{"seconds", sayTime(102.6), "103 s"},
		{"minutes", sayTime(150), "2.50 min"},
		{"hours", sayTime(9000), "2.50 h"},
		{"one", plural(1, "shard"), "1 shard"},
		{"many", plural(1200, "shard"), "1,200 shards"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.ReplaceAll(tt.got, gap, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

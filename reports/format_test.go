package reports

import (
	"math"
	"testing"
)

func TestFormatDuration(t *testing.T) {
	for _, c := range []struct {
		name string
		ns   float64
		want string
	}{
		{"nothing", 0, "0 ms"},
		{"nanoseconds", 512, "512 ns"},
		{"microseconds", 961_400, "961 µs"},
		{"rounds into the next unit", 999_600, "1.00 ms"},
		{"three digits", 24_349_999, "24.3 ms"},
		{"one digit before the point", 1_195_000, "1.20 ms"},
		{"hundreds of milliseconds", 643_400_000, "643 ms"},
		{"a second", 999_900_000, "1.00 s"},
		{"under two minutes", 119.4e9, "119 s"},
		{"minutes", 150e9, "2.50 min"},
		{"hours", 9000e9, "2.50 h"},
		{"many hours", 8784 * 3600e9, "8,784 h"},
		{"two clocks disagree", -1_500_000, "-1.50 ms"},
		{"beyond", math.Inf(1), "> all"},
	} {
		if got := formatDuration(c.ns); got != c.want {
			t.Errorf("%s: %v is %q, want %q", c.name, c.ns, got, c.want)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"},
		{0.000123, "0.000123"},
		{0.01234, "0.0123"},
		{1.2, "1.20"},
		{9.999, "10.0"},
		{99.96, "100"},
		{561.4, "561"},
		{999.6, "1,000"},
		{1234.5, "1,235"},
		{7_192_837, "7,192,837"},
		{-2.5, "-2.50"},
		{math.Inf(1), "∞"},
	} {
		if got := formatNumber(c.v); got != c.want {
			t.Errorf("%v is %q, want %q", c.v, got, c.want)
		}
	}
}

func TestOtherFormats(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"count", formatCount(-1_234_567), "-1,234,567"},
		{"small count", formatCount(999), "999"},
		{"share", formatShare(0.699), "69.9 %"},
		{"ratio of the plan never rounds up", formatRatio(0.999999), "99.99 %"},
		{"whole plan", formatRatio(1), "100.00 %"},
		{"limit", plainZeros(formatDuration(100e6)), "100 ms"},
		{"limit with a fraction", plainZeros(formatDuration(1.5e9)), "1.5 s"},
		{"limit of thousands", plainZeros(formatRate(2000)), "2,000/s"},
		{"bytes", formatBytes(1 << 20), "1.00 MiB"},
		{"few bytes", formatBytes(612), "612 B"},
		{"clock", formatClock(17), "00:17"},
		{"hours", formatClock(3723), "1:02:03"},
		{"before the load", formatClock(-5), "-00:05"},
		{"the earliest second there is", formatClock(math.MinInt)[:1], "-"},
		{"one second", formatSpan(span{17, 18}), "00:17"},
		{"window", formatSpan(span{10, 30}), "00:10–00:30"},
		{"one", plural(1, "object"), "1 object"},
		{"several", plural(2400, "object"), "2,400 objects"},
		{"shard", shortShard("shardId-000000000012"), "…-000000000012"},
		{"no shard of ours", shortShard("unknown"), "unknown"},
		{"started", formatStarted("2026-11-24T10:15:00.5Z"), "2026-11-24 10:15:00 UTC"},
		{"started, not a time", formatStarted("today"), "today"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

package reports

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// beyondText stands for a percentile that ranks among records that never came.
const beyondText = "> all"

// formatCount writes an integer with thousands separators: 56,000.
func formatCount(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	return sign + separate(digits)
}

// separate puts a comma before every group of three digits.
func separate(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// formatNumber writes v with three significant digits, thousands separated: 0.0123, 1.20, 24.3, 561, 1,230. An integer
// above 1,000 keeps all its digits before the point.
func formatNumber(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0:
		return "-" + formatNumber(-v)
	case math.IsInf(v, 1):
		return "∞"
	}
	v = round3(v)
	if v >= 100 {
		return separate(strconv.FormatFloat(v, 'f', 0, 64))
	}
	decimals := 2 - int(math.Floor(math.Log10(v)))
	return strconv.FormatFloat(v, 'f', min(decimals, 6), 64)
}

// round3 rounds what is below 1,000 to three significant digits and the rest to an integer.
func round3(v float64) float64 {
	if v >= 1000 || v <= 0 {
		return math.Round(v)
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(v)))
	return math.Round(v*scale) / scale
}

// plainZeros drops the decimals that a written limit does not have: 100, 1.5 and not 1.50.
func plainZeros(s string) string {
	number, unit, spaced := strings.Cut(s, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	if spaced {
		return number + " " + unit
	}
	return number
}

var durationUnits = []struct {
	name string
	ns   float64 // of one
	upTo float64 // rounded, exclusive; 0 is no end
}{
	{"ns", 1, 1000},
	{"µs", 1e3, 1000},
	{"ms", 1e6, 1000},
	{"s", 1e9, 120},
	{"min", 60e9, 120},
	{"h", 3600e9, 0},
}

// formatDuration writes nanoseconds with three significant digits in the unit a person would choose: 24.3 ms, 1.20 s.
func formatDuration(ns float64) string {
	switch {
	case ns == 0:
		return "0 ms"
	case math.IsInf(ns, 1):
		return beyondText
	case ns < 0:
		return "-" + formatDuration(-ns)
	}
	for _, u := range durationUnits {
		if v := round3(ns / u.ns); u.upTo == 0 || v < u.upTo {
			return formatNumber(v) + " " + u.name
		}
	}
	return ""
}

// formatShare writes a ratio as a percentage with three significant digits: 0.1 is 10.0 %.
func formatShare(ratio float64) string {
	if math.IsInf(ratio, 1) {
		return beyondText
	}
	return formatNumber(ratio*100) + " %"
}

// formatRatio writes a ratio that is near 1 with two decimals, rounded down: what falls short never reads 100.00 %.
func formatRatio(ratio float64) string {
	return strconv.FormatFloat(math.Floor(ratio*1e4+1e-6)/100, 'f', 2, 64) + " %"
}

// formatRate writes records per second: 2,000/s.
func formatRate(perSecond float64) string { return formatNumber(perSecond) + "/s" }

// formatMiB writes bytes in MiB, without the unit.
func formatMiB(bytes float64) string { return formatNumber(bytes / (1 << 20)) }

// formatBytes writes bytes with the unit a person would choose: 512 B, 24.3 KiB, 1.20 MiB.
func formatBytes(bytes float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; bytes >= 1000 && i < len(units)-1; i++ {
		bytes /= 1024
	}
	if i == 0 {
		return formatCount(int64(math.Round(bytes))) + " B"
	}
	return formatNumber(bytes) + " " + units[i]
}

// formatClock writes a second of the load as minutes and seconds, with hours where there are some: 00:17, 1:02:03.
func formatClock(second int) string {
	if second < 0 {
		return "-" + formatClock(-max(second, -1<<30))
	}
	two := func(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
	s := two(second/60%60) + ":" + two(second%60)
	if second >= 3600 {
		s = strconv.Itoa(second/3600) + ":" + s
	}
	return s
}

// formatStarted writes an instant of a run file as a person would: 2026-11-24 10:15:00 UTC.
func formatStarted(rfc3339 string) string {
	t, err := time.Parse(time.RFC3339Nano, rfc3339)
	if err != nil {
		return rfc3339
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// formatSpan writes a window of the load: its second, or from and to.
func formatSpan(s span) string {
	if s.to-s.from <= 1 {
		return formatClock(s.from)
	}
	return formatClock(s.from) + "–" + formatClock(s.to)
}

// plural writes a count with its noun: 1 object, 24 objects.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return formatCount(n) + " " + noun + "s"
}

// shortShard is what tells a shard apart from its neighbours: …-000000000001.
func shortShard(id string) string {
	if tail, ok := strings.CutPrefix(id, "shardId-"); ok {
		return "…-" + tail
	}
	return id
}

package main

import (
	"math"
	"strconv"
	"strings"
)

// sayNumber writes three digits, or all of a whole number that has more: 0.317, 48.8, 487, 60,000.
func sayNumber(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "∞"
	case v < 0:
		return "-" + sayNumber(-v)
	case v >= 99.95:
		return count(int64(math.Round(v)))
	case v < 0.0005:
		return "0"
	}
	decimals := 3
	for _, limit := range []float64{0.9995, 9.995} {
		if v >= limit {
			decimals--
		}
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if v == math.Trunc(v) {
		text = strconv.FormatFloat(v, 'f', 0, 64)
	}
	return text
}

// sayBytes writes a size in the binary unit that leaves it below 1,000: 682 B, 1.99 KiB.
func sayBytes(v float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	unit := 0
	for v >= 1000 && unit < len(units)-1 {
		v /= 1024
		unit++
	}
	if unit == 0 {
		v = math.Round(v)
	}
	return sayNumber(v) + gap + units[unit]
}

// sayShare writes a part of a whole: 49%, 5.2%, 330%.
func sayShare(v float64) string {
	switch p := v * 100; {
	case p == 0:
		return "0%"
	case p < 0.1:
		return "<0.1%"
	case p < 9.95:
		return strings.TrimSuffix(strconv.FormatFloat(p, 'f', 1, 64), ".0") + "%"
	default:
		return sayNumber(math.Round(p)) + "%"
	}
}

// sayTime writes seconds: 20 ms, 4.1 s, 12 min.
func sayTime(seconds float64) string {
	switch {
	case seconds < 1:
		return sayNumber(seconds*1000) + gap + "ms"
	case seconds < 120:
		return sayNumber(seconds) + gap + "s"
	case seconds < 7200:
		return sayNumber(seconds/60) + gap + "min"
	}
	return sayNumber(seconds/3600) + gap + "h"
}

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1" + gap + noun
	}
	return count(int64(n)) + gap + noun + "s"
}

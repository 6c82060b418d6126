package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time. Its text is Go's without idle parts: 5s, 250ms, 1h30m.
type Duration time.Duration

// Bytes is a size in bytes. Its text has a unit: 500B, 2KiB, 1MiB; KB and MB are powers of 1,000.
type Bytes int64

// Rate is a number of records per second. Its text is 2000/s; 60/m and 3600/h are read too.
type Rate float64

// Share is a part of a whole, from 0 to 1. Its text is a percentage: 0.1%.
type Share float64

// Binary multiples of a byte.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
)

// The texts of values with units. They are the patterns of the JSON Schema too.
const decimalText = `[0-9]+(?:\.[0-9]+)?`

var (
	durationText = regexp.MustCompile(`^(0|(` + decimalText + `(ns|us|µs|ms|s|m|h))+)$`)
	bytesText    = regexp.MustCompile(`^` + decimalText + `([KMG]iB|[kKMG]B|B)$`)
	rateText     = regexp.MustCompile(`^` + decimalText + `/[smh]$`)
	shareText    = regexp.MustCompile(`^` + decimalText + `%$`)
)

// Std is d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String is d's canonical text; ParseDuration reads it back.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// ParseDuration reads a duration: 5s, 250ms, 1h30m. Every number but 0 needs its unit, and there is no sign.
func ParseDuration(text string) (Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || !durationText.MatchString(text) {
		return 0, fmt.Errorf("found %q, want a duration with its unit, such as 5s, 250ms or 1h30m", text)
	}
	return Duration(d), nil
}

// byteUnits is ordered for formatting: the largest binary unit that divides a size is written.
var byteUnits = []struct {
	suffix string
	size   float64
}{
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
	{"GB", 1e9},
	{"MB", 1e6},
	{"KB", 1e3},
	{"kB", 1e3},
	{"B", 1},
}

// String is b's canonical text; ParseBytes reads it back.
func (b Bytes) String() string {
	for _, u := range byteUnits[:3] {
		if n := int64(u.size); b != 0 && int64(b)%n == 0 {
			return strconv.FormatInt(int64(b)/n, 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10) + "B"
}

// ParseBytes reads a size: 500B, 2KiB, 1.5MiB. It must come to whole bytes.
func ParseBytes(text string) (Bytes, error) {
	if bytesText.MatchString(text) {
		for _, u := range byteUnits {
			digits, ok := strings.CutSuffix(text, u.suffix)
			if !ok {
				continue
			}
			n, err := parseDecimal(digits, 0)
			if n *= u.size; err == nil && n == math.Trunc(n) && n <= 1<<53 {
				return Bytes(n), nil
			}
			break
		}
	}
	return 0, fmt.Errorf("found %q, want a size in whole bytes with its unit, such as 500B, 2KiB or 1MiB", text)
}

// rateUnits are the seconds in a rate's denominator.
var rateUnits = []struct {
	suffix  string
	seconds float64
}{{"/s", 1}, {"/m", 60}, {"/h", 3600}}

// String is r's canonical text; ParseRate reads it back.
func (r Rate) String() string { return strconv.FormatFloat(float64(r), 'f', -1, 64) + "/s" }

// ParseRate reads a rate: 2000/s, 60/m, 3600/h.
func ParseRate(text string) (Rate, error) {
	if rateText.MatchString(text) {
		for _, u := range rateUnits {
			if digits, ok := strings.CutSuffix(text, u.suffix); ok {
				n, err := parseDecimal(digits, 0)
				return Rate(n / u.seconds), err
			}
		}
	}
	return 0, fmt.Errorf("found %q, want a rate with its unit, such as 2000/s or 60/m", text)
}

// String is s's canonical text; ParseShare reads it back. The point is moved in the text, so that nothing is rounded.
func (s Share) String() string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(float64(s), 'f', -1, 64), ".")
	fraction += "00"
	whole = strings.TrimLeft(whole+fraction[:2], "0")
	fraction = strings.TrimRight(fraction[2:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return whole + "%"
}

// ParseShare reads a percentage: 0.1%, 30%. It may be over 100%.
func ParseShare(text string) (Share, error) {
	if !shareText.MatchString(text) {
		return 0, fmt.Errorf("found %q, want a percentage, such as 0.1%% or 30%%", text)
	}
	n, err := parseDecimal(strings.TrimSuffix(text, "%"), -2)
	return Share(n), err
}

// parseDecimal reads digits with at most one point, times ten to the power given. Signs, exponents, hexadecimals and
// infinities, which strconv would take, are refused.
func parseDecimal(text string, power int) (float64, error) {
	if strings.Trim(text, "0123456789.") != "" {
		return 0, fmt.Errorf("found %q, want a number", text)
	}
	return strconv.ParseFloat(text+"e"+strconv.Itoa(power), 64)
}

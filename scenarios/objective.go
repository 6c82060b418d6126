package scenarios

import (
	"strconv"
	"strings"
	"time"
)

// Objective is one claim that a run is held to, as in
//
//	lambda.latency{function=process-clicks} p99 < 2s over 10s
//
// ParseObjective makes one.
type Objective struct {
	Text         string            // canonical: what String writes
	Line, Column int               // where it was written; 0 where nowhere
	Name         string            // a measurement, a counter, or <sink>.end_to_end
	Tags         map[string]string // only what carries all of them; nil: the whole run
	Stat         string            // p50 … p99.99, min, mean, max; "" for counters and ratios
	Op           string            // < <= == >= >
	Limit        float64           // in Unit
	Unit         string            // UnitNanoseconds, UnitRatio, UnitCount or UnitRate
	Over         time.Duration     // the length of the windows that must each hold; 0: the whole run only
}

// Units of objectives' limits.
const (
	UnitNanoseconds = "ns"
	UnitRatio       = "ratio" // 0.001 is 0.1%
	UnitCount       = "count"
	UnitRate        = "records/s"
)

// String is the objective's canonical text; ParseObjective reads it back.
func (o Objective) String() string {
	var b strings.Builder
	b.WriteString(o.Name)
	if len(o.Tags) > 0 {
		separator := "{"
		for _, tag := range sortedKeys(o.Tags) {
			b.WriteString(separator + tag + "=" + quoteTag(o.Tags[tag]))
			separator = ","
		}
		b.WriteByte('}')
	}
	if o.Stat != "" {
		b.WriteString(" " + o.Stat)
	}
	b.WriteString(" " + o.Op + " " + o.LimitText())
	if o.Over > 0 {
		b.WriteString(" over " + Duration(o.Over).String())
	}
	return b.String()
}

// LimitText is the limit with its unit: 100ms, 0.1%, 0, 2000/s.
func (o Objective) LimitText() string {
	switch o.Unit {
	case UnitNanoseconds:
		return Duration(o.Limit).String()
	case UnitRatio:
		return Share(o.Limit).String()
	case UnitRate:
		return Rate(o.Limit).String()
	}
	return strconv.FormatFloat(o.Limit, 'f', -1, 64)
}

// quoteTag writes a tag's value bare where it can be read back so.
func quoteTag(value string) string {
	if tagText.FindString(value) == value {
		return value
	}
	return strconv.Quote(value)
}

// Holds tells whether a value satisfies the objective. It is in Unit.
func (o Objective) Holds(value float64) bool {
	switch o.Op {
	case "<":
		return value < o.Limit
	case "<=":
		return value <= o.Limit
	case "==":
		return value == o.Limit
	case ">=":
		return value >= o.Limit
	case ">":
		return value > o.Limit
	}
	return false
}

// Matches tells whether the objective speaks of a measurement or counter with these tags: the name is the same and the
// tags hold all of the objective's own. An objective without tags matches every one of the name.
func (o Objective) Matches(name string, tags map[string]string) bool {
	if o.Name != name {
		return false
	}
	for tag, value := range o.Tags {
		if got, ok := tags[tag]; !ok || got != value {
			return false
		}
	}
	return true
}

// Of is the counter that a limit in UnitRatio is a part of: put.throttled is a share of put.attempts. Otherwise it is "".
func (o Objective) Of() string {
	if m, ok := measurement(o.Name); ok && o.Unit == UnitRatio {
		return m.Of
	}
	return ""
}

// Quantile is the stat as a part of 1: 0.99 for p99. It is false for stats that are no percentile.
func (o Objective) Quantile() (q float64, ok bool) {
	digits, ok := strings.CutPrefix(o.Stat, "p")
	if !ok {
		return 0, false
	}
	q, err := parseDecimal(digits, -2)
	return q, err == nil
}

package simulator

import (
	"math"
	"reflect"
	"slices"
	"time"
	"unicode"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// Scale is by how much a service's limit differs from AWS's, by the limit's name (writeRecords): 1 is AWS's own, an infinite
// one is no limit. nil leaves all as they are.
type Scale func(limit string) float64

// unlimited is what stands for no limit: a token bucket of it still counts exactly.
const unlimited = 4_000_000_000

// longest is what stands for ever.
const longest = 100 * 365 * 24 * time.Hour

// waits are the times by the name of their limit that must pass before something may be done: a looser one is shorter.
var waits = map[string]bool{"commitment": true, "scaleUp": true, "takeover": true}

// ages are the times that something lasts: a looser one is longer.
var ages = map[string]bool{"iteratorAge": true, "subscriptionAge": true}

// scaled multiplies the fields of a Limits struct, which is complete. Other durations than waits and ages are left as they are,
// unless they are scaled by name: they bound what a request may ask for, and a longer one is no looser limit as such.
func scaled[L any](limits L, scale Scale, durations ...string) L {
	if scale == nil {
		return limits
	}
	if k, ok := any(&limits).(*kinesis.Limits); ok {
		scaleTank(k, scale)
	}
	v := reflect.ValueOf(&limits).Elem()
	for i := range v.NumField() {
		field, name := v.Field(i), limitName(v.Type().Field(i).Name)
		times := scale(name)
		switch f := field.Interface().(type) {
		case time.Duration:
			switch {
			case waits[name]:
				field.SetInt(multiplied(int64(f), 1/times, int64(longest)))
			case ages[name] || slices.Contains(durations, name):
				field.SetInt(multiplied(int64(f), times, int64(longest)))
			}
		case map[string]int64:
			all := make(map[string]int64, len(f))
			for key, n := range f {
				all[key] = multiplied(n, times, unlimited)
			}
			field.Set(reflect.ValueOf(all))
		case int:
			field.SetInt(multiplied(int64(f), times, math.MaxInt32))
		case int64:
			if name != tank {
				field.SetInt(multiplied(f, times, unlimited))
			}
		}
	}
	return limits
}

// multiplied is n times a factor, 1 at least, and most at most.
func multiplied(n int64, times float64, most int64) int64 {
	if times == 1 || n == 0 { // 0 follows from other limits
		return n
	}
	return int64(min(max(1, math.Round(float64(n)*times)), float64(most)))
}

// limitName is a field's name as scenarios write it: WriteRecords is writeRecords.
func limitName(field string) string {
	r := []rune(field)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// tank is the name of the bytes that a rested shard takes at once.
const tank = "writeBytesBurst"

// scaleTank gives the tank of bytes a size of its own where its factor is not that of the rate which it follows otherwise.
func scaleTank(l *kinesis.Limits, scale Scale) {
	times := scale(tank)
	switch {
	case l.WriteBytesBurst != 0:
		l.WriteBytesBurst = multiplied(l.WriteBytesBurst, times, unlimited)
	case times != scale("writeBytes"):
		l.WriteBytesBurst = int64(min(max(1, math.Round(float64(max(l.WriteBytes, l.RecordBytes))*times)), unlimited))
	}
}

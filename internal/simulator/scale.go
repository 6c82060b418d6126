package simulator

import (
	"math"
	"reflect"
	"time"
	"unicode"
)

// Scale is by how much a service's limit differs from AWS's, by the limit's name (writeRecords): 1 is AWS's own, an infinite
// one is no limit. nil leaves all as they are.
type Scale func(limit string) float64

// unlimited is what stands for no limit: a token bucket of it still counts exactly.
const unlimited = 4_000_000_000

// scaled multiplies the fields of a Limits struct, which is complete. Durations are left as they are, unless they are
// scaled by name: they are times, not amounts, and a longer one is no looser limit as such.
func scaled[L any](limits L, scale Scale, durations ...string) L {
	if scale == nil {
		return limits
	}
	v := reflect.ValueOf(&limits).Elem()
	for i := range v.NumField() {
		field, name := v.Field(i), limitName(v.Type().Field(i).Name)
		times := scale(name)
		switch f := field.Interface().(type) {
		case time.Duration:
			for _, d := range durations {
				if d == name && times != 1 {
					field.SetInt(multiplied(int64(f), times, int64(100*365*24*time.Hour)))
				}
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
			field.SetInt(multiplied(f, times, unlimited))
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

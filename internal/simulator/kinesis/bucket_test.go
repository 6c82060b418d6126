package kinesis

import (
	"math/rand/v2"
	"testing"
)

func TestBucket(t *testing.T) {
	const second = 1_000_000_000
	tests := []struct {
		name  string
		taken int64 // at 0, of a full bucket of 1,000 at 1,000 a second
		after int64 // nanoseconds later
		want  int64 // whole tokens there
	}{
		{"full at the start", 0, 0, 1000},
		{"empty", 1000, 0, 0},
		{"a token after exactly a millisecond", 1000, 1_000_000, 1},
		{"none a nanosecond before", 1000, 999_999, 0},
		{"full again after a second", 1000, second, 1000},
		{"never more than full", 1000, 3600 * second, 1000},
		{"a debt is paid first", 3000, second, -1000},
		{"time that goes backwards adds nothing", 1000, -second, 0},
		{"centuries do not overflow", 1000, 1 << 62, 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBucket(1000, 1000, 0)
			b.take(tt.taken)
			b.fill(tt.after)
			if got := floorDiv(b.level, perToken); got != tt.want {
				t.Errorf("level = %d tokens, want %d", got, tt.want)
			}
			if !b.has(tt.want) || b.has(tt.want+1) {
				t.Errorf("has(%d) = %v, has(%d) = %v", tt.want, b.has(tt.want), tt.want+1, b.has(tt.want+1))
			}
		})
	}
}

func floorDiv(a, b int64) int64 {
	if a < 0 && a%b != 0 {
		return a/b - 1
	}
	return a / b
}

// TestBucketDoesNotDrift fills in steps of all sizes for a day and comes out to the token.
func TestBucketDoesNotDrift(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rate, day = 1 << 20, int64(86_400_000_000_000)
	b := newBucket(rate, rate, 0)
	taken := int64(0)
	for now := int64(0); now < day; now = min(day, now+r.Int64N(100_000_000)) {
		b.fill(now)
		if n := floorDiv(b.level, perToken); n > rate/2 { // never full after the start, so that nothing spills
			b.take(n)
			taken += n
		}
	}
	b.fill(day)
	taken += floorDiv(b.level, perToken)
	if want := int64(rate + rate*86_400); taken != want {
		t.Errorf("%d tokens came out of a day, want %d", taken, want)
	}
}

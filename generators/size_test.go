package generators

import (
	"math"
	"slices"
	"testing"
)

func TestSizesFollowTheDistribution(t *testing.T) {
	c := Config{Seed: 8, Rate: 100}
	for _, row := range []struct {
		name string
		size Size
		make func(s Size) (Generator, error)
	}{
		{"clickstream", Size{P50: 800, P99: 3000}, func(s Size) (Generator, error) { return NewClickstream(c, ClickstreamConfig{Size: s}) }},
		{"sensor", Size{P50: 600, P99: 5000}, func(s Size) (Generator, error) { return NewSensor(c, SensorConfig{Size: s}) }},
		{"transaction", Size{P50: 1500, P99: 64 << 10}, func(s Size) (Generator, error) { return NewTransaction(c, TransactionConfig{Size: s}) }},
		{"constant", Size{P50: 2000}, func(s Size) (Generator, error) { return NewSensor(c, SensorConfig{Size: s}) }},
		{"constant by p99", Size{P99: 2000}, func(s Size) (Generator, error) { return NewSensor(c, SensorConfig{Size: s}) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := must(row.make(row.size)).Lane(0)
			sizes := make([]int, 60_000)
			var r Record
			for i := range sizes {
				l.Next(0, &r)
				sizes[i] = int(r.Size)
			}
			slices.Sort(sizes)
			p50, p99 := float64(sizes[len(sizes)/2]), float64(sizes[len(sizes)*99/100])
			want50, want99 := float64(max(row.size.P50, row.size.P99*min(1, 1-min(1, row.size.P50)))), float64(max(row.size.P99, row.size.P50))
			if math.Abs(p50/want50-1) > 0.02 || math.Abs(p99/want99-1) > 0.06 {
				t.Errorf("p50 %v, p99 %v of %+v", p50, p99, row.size)
			}
		})
	}
}

func TestLognormalTail(t *testing.T) {
	d := newLognormal(1000, 10_000, 1, maxRecord-maxKey)
	r := random{state: 1}
	const n = 2_000_000
	over := 0
	z := 3.5 // a quantile that the tail table has to make
	limit := int32(1000 * math.Exp(z*math.Log(10)/2.3263478740408408))
	for range n {
		if d.draw(r.next()) > limit {
			over++
		}
	}
	want := n * math.Erfc(z/math.Sqrt2) / 2
	if math.Abs(float64(over)-want) > 5*math.Sqrt(want) {
		t.Errorf("%d of %d are over %d, expected %.0f", over, n, limit, want)
	}
}

func TestSizeIsNeverMoreThanTheLimit(t *testing.T) {
	l := must(NewSensor(Config{}, SensorConfig{Size: Size{P50: 500_000, P99: maxRecord - maxKey}})).Lane(0)
	var r Record
	largest := int32(0)
	for range 10_000 {
		l.Next(0, &r)
		largest = max(largest, r.Size)
	}
	if largest != maxRecord-maxKey {
		t.Errorf("the largest has %d bytes, want %d", largest, maxRecord-maxKey)
	}
}

func TestFit(t *testing.T) {
	for _, row := range []struct {
		name            string
		natural, target int32
		want            shape
	}{
		{"as it is", 100, 100, shape{size: 100}},
		{"a little more cannot be padded", 100, 108, shape{size: 100}},
		{"padded", 100, 109, shape{size: 109, pad: 9}},
		{"one goes", 100, 95, shape{size: 90, without: 1}},
		{"one goes and padding comes", 100, 99, shape{size: 99, without: 1, pad: 9}},
		{"two go", 100, 75, shape{size: 70, without: 3}},
		{"all go", 100, 1, shape{size: 40, without: 7}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := fit(row.natural, row.target, 10, 20, 30); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

// TestDocumentedSizes holds the sizes that the configurations' documentation promises.
func TestDocumentedSizes(t *testing.T) {
	for _, row := range []struct {
		name           string
		make           func(seed uint64, s Size) (Generator, error)
		least, most    int32 // natural
		smallest, rest int32 // of what is left under a size of 1 byte
	}{
		{"clickstream", func(seed uint64, s Size) (Generator, error) {
			return NewClickstream(Config{Seed: seed}, ClickstreamConfig{Size: s})
		}, 510, 850, 200, 320},
		{"sensor", func(seed uint64, s Size) (Generator, error) {
			return NewSensor(Config{Seed: seed}, SensorConfig{Size: s, Spikes: 0.1, Dropout: 0.1})
		}, 320, 370, 190, 225},
		{"transaction", func(seed uint64, s Size) (Generator, error) {
			return NewTransaction(Config{Seed: seed}, TransactionConfig{Size: s, Fraud: 0.1})
		}, 475, 595, 290, 375},
	} {
		t.Run(row.name, func(t *testing.T) {
			for seed := range uint64(5) {
				least, most := sizeRange(must(row.make(seed, Size{})))
				smallest, rest := sizeRange(must(row.make(seed, Size{P50: 1})))
				t.Logf("natural %d to %d, least %d to %d", least, most, smallest, rest)
				if least < row.least || most > row.most || smallest < row.smallest || rest > row.rest {
					t.Errorf("seed %d: outside %d to %d and %d to %d", seed, row.least, row.most, row.smallest, row.rest)
				}
			}
		})
	}
}

func sizeRange(g Generator) (least, most int32) {
	least = math.MaxInt32
	l := g.Lane(0)
	var r Record
	for range 20_000 {
		l.Next(0, &r)
		least, most = min(least, r.Size), max(most, r.Size)
	}
	return least, most
}

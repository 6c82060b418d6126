package generators

import (
	"math"
	"strings"
	"testing"
)

func TestParseSkew(t *testing.T) {
	for _, row := range []struct {
		text, want string
		skew       Skew
	}{
		{"uniform", "uniform", Uniform()},
		{"zipf(1.1)", "zipf(1.1)", Zipf(1.1)},
		{" zipf( 2 ) ", "zipf(2)", Zipf(2)},
		{"hot(0.6)", "hot(0.6)", Hot(0.6, 1)},
		{"hot(0.6,3)", "hot(0.6, 3)", Hot(0.6, 3)},
		{"hot(1, 1)", "hot(1)", Hot(1, 1)},
	} {
		t.Run(row.text, func(t *testing.T) {
			s, err := ParseSkew(row.text)
			if err != nil || s != row.skew || s.String() != row.want {
				t.Errorf("got %v, %v", s, err)
			}
			var again Skew
			text, _ := s.MarshalText()
			if err := again.UnmarshalText(text); err != nil || again != s {
				t.Errorf("%s came back as %v, %v", text, again, err)
			}
		})
	}
}

func TestParseSkewRefuses(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "want uniform, zipf(exponent), hot(share) or hot(share, keys)"},
		{"Zipf(1)", "want uniform"},
		{"zipf", "want uniform"},
		{"zipf(1", "no closing parenthesis"},
		{"zipf(x)", `exponent "x" is no number`},
		{"zipf(0)", "exponent 0 is outside"},
		{"zipf(NaN)", "exponent NaN is outside"},
		{"zipf(11)", "exponent 11 is outside"},
		{"hot(60)", "share 60 is outside"},
		{"hot(60%)", `share "60%" is no number`},
		{"hot(0.5, 0)", "number of keys 0 is less than 1"},
		{"hot(0.5, 1.5)", `number of keys " 1.5" is no whole number`},
		{"hot(0.5, 1, 2)", "want uniform"},
	} {
		t.Run(row.text, func(t *testing.T) {
			_, err := ParseSkew(row.text)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func FuzzParseSkew(f *testing.F) {
	for _, s := range []string{"uniform", "zipf(1.1)", "hot(0.6)", "hot(0.6, 3)", "hot(1e-9,7)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSkew(text)
		if err != nil {
			return
		}
		if again, err := ParseSkew(s.String()); err != nil || again != s {
			t.Errorf("%q became %v became %v, %v", text, s, again, err)
		}
	})
}

func TestPickerDrawsByWeight(t *testing.T) {
	for _, row := range []struct {
		name  string
		skew  Skew
		count int
	}{
		{"uniform", Uniform(), 7},
		{"zipf", Zipf(1.1), 50},
		{"steep", Zipf(3), 20},
		{"hot", Hot(0.6, 1), 40},
		{"three hot", Hot(0.9, 3), 10},
		{"all on one", Hot(1, 1), 5},
		{"one of one", Hot(1, 1), 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			weights, err := row.skew.weights(row.count)
			if err != nil {
				t.Fatal(err)
			}
			p := newPicker(weights, row.skew == Uniform())
			const n = 400_000
			counts := make([]int, row.count)
			r := random{state: 3}
			for range n {
				counts[p.pick(r.next())]++
			}
			for i, w := range weights {
				if sigma := math.Sqrt(n * w * (1 - w)); math.Abs(float64(counts[i])-n*w) > 4.5*sigma+1e-3*n*w {
					t.Errorf("%d was drawn %d times, expected %.0f", i, counts[i], n*w)
				}
			}
		})
	}
}

// TestHotKeyHasItsShare counts the keys of all lanes, each as long as its share says: "in the long run".
func TestHotKeyHasItsShare(t *testing.T) {
	c := Config{Seed: 5, Lanes: 4, Rate: 500}
	for _, g := range []Generator{
		must(NewClickstream(c, ClickstreamConfig{Skew: Hot(0.6, 1)})),
		must(NewTransaction(c, TransactionConfig{Skew: Hot(0.6, 1), Fraud: 0.01})),
		must(NewSensor(c, SensorConfig{Skew: Hot(0.6, 1), Spikes: 0.1})),
	} {
		t.Run(g.Kind(), func(t *testing.T) {
			const n = 400_000
			hot := 0
			for lane := range g.Lanes() {
				l := g.Lane(lane)
				var r Record
				for range int(n * g.Share(lane)) {
					l.Next(0, &r)
					if r.KeyIndex == 0 {
						hot++
					}
				}
			}
			if share := float64(hot) / n; math.Abs(share-0.6) > 0.005 {
				t.Errorf("the hot key has %.4f of the records", share)
			}
		})
	}
}

func TestEntitiesAreDistinct(t *testing.T) {
	const n = 200_000
	seen := make(map[string]bool, n)
	for _, e := range newEntities("u-", n, 99) {
		if seen[e.key] || len(e.key) != 10 || e.key[2:] != string(e.id[:]) {
			t.Fatalf("key %q, id %q, seen %v", e.key, e.id, seen[e.key])
		}
		seen[e.key] = true
	}
}

func TestPopulationDealsEveryEntityOnce(t *testing.T) {
	for _, row := range []struct{ count, lanes int }{{10, 1}, {10, 3}, {3, 4}, {1, 1}, {12, 4}} {
		p := must(newPopulation(row.count, row.lanes, Uniform()))
		sum := 0
		for lane := range row.lanes {
			sum += p.of(lane)
			if got := p.shares[lane] * float64(row.count); math.Abs(got-float64(p.of(lane))) > 1e-9 {
				t.Errorf("%+v: lane %d has %d entities and a share of %v", row, lane, p.of(lane), p.shares[lane])
			}
		}
		if sum != row.count {
			t.Errorf("%+v: lanes have %d entities", row, sum)
		}
	}
}

package measure

import (
	"math/rand/v2"
	"testing"
)

// worstByHand looks at every window anew.
func worstByHand(series []*SeriesData, scan Scan, stat Stat) (worst Window, ok bool) {
	first, last := extent(series, scan.From, scan.To)
	share := 0.0
	for at := first; at < last; at++ {
		length := 0
		for l := 1; l <= MaxWindow && at+l <= last && scan.Length == 0 && length == 0; l++ {
			if Combine(series, at, at+l).Units >= scan.Units {
				length = l
			}
		}
		if scan.Length > 0 && (at+scan.Length <= last || at == first) {
			length = min(scan.Length, last-at)
		}
		m := Combine(series, at, at+length)
		n := m.Count() + m.Censored
		if length == 0 || n == 0 {
			continue
		}
		value, beyond := stat(m)
		w, censored := Window{at, length, value, beyond}, float64(m.Censored)/float64(n)
		if !ok || scan.worse(w, worst, censored > share) {
			worst, share, ok = w, censored, true
		}
	}
	return worst, ok
}

func TestWorstEqualsLookingAtEveryWindow(t *testing.T) {
	mean := func(m *Measurement) (int64, bool) { return int64(m.Mean()), false }
	for seed := range uint64(3) {
		s := randomScript(seed)
		run := read(t, write(t, Header{}, &End{}, func(r *Recorder) {
			s.record(t, r)
			x := r.Series("put.latency", Tags{"stream": "other"}, SeriesOptions{})
			for i := range int64(30) {
				x.Record(i*second/2, (i*7919)%13*1e6)
			}
		}))
		rng := rand.New(rand.NewPCG(seed, 5))
		for range 12 {
			scan := Scan{From: FirstSecond, To: LastSecond, Units: 1 + rng.Int64N(20), Lowest: rng.IntN(3) == 0}
			if rng.IntN(3) == 0 {
				scan.Length = 1 + rng.IntN(25)
			}
			if rng.IntN(2) == 0 {
				scan.From, scan.To = rng.IntN(10), 8+rng.IntN(10)
			}
			stat := []Stat{QuantileStat(0.5), QuantileStat(0.95), QuantileStat(1), mean}[rng.IntN(4)]
			got, ok := Worst(run.Series, scan, stat)
			want, wantOK := worstByHand(run.Series, scan, stat)
			if got != want || ok != wantOK {
				t.Fatalf("seed %d, %+v: %+v, %v; want %+v, %v", seed, scan, got, ok, want, wantOK)
			}
		}
	}
}

// perSecond is a run with one unit of one value for each element.
func perSecond(t *testing.T, due int64, values ...int64) *SeriesData {
	t.Helper()
	return read(t, write(t, Header{}, nil, func(r *Recorder) {
		s := r.Series("put.latency", nil, SeriesOptions{Of: CounterRef{Name: "put.due"}})
		c := r.Counter("put.due", nil)
		for i, v := range values {
			c.Add(int64(i)*second, due)
			if v != 0 {
				s.Record(int64(i)*second, v)
			}
		}
		tick(t, r, second)
	})).Series[0]
}

func TestWorst(t *testing.T) {
	tests := map[string]struct {
		due    int64
		values []int64
		scan   Scan
		q      float64
		want   Window
		ok     bool
	}{
		"the worst second": {
			due: 1, values: []int64{1, 9, 2}, scan: Scan{To: 9, Units: 1}, q: 1, want: Window{At: 1, Length: 1, Value: 9}, ok: true,
		},
		"of equals the first": {
			due: 1, values: []int64{1, 9, 9}, scan: Scan{To: 9, Units: 1}, q: 1, want: Window{At: 1, Length: 1, Value: 9}, ok: true,
		},
		"the lowest is the worst": {
			due: 1, values: []int64{3, 9, 2}, scan: Scan{To: 9, Units: 1, Lowest: true}, q: 0, want: Window{At: 2, Length: 1, Value: 2}, ok: true,
		},
		"the warm-up is left out": {
			due: 1, values: []int64{9, 1, 2}, scan: Scan{From: 1, To: 3, Units: 1}, q: 1, want: Window{At: 2, Length: 1, Value: 2}, ok: true,
		},
		"a window grows until it has enough units": {
			due: 1, values: []int64{1, 0, 0, 9}, scan: Scan{To: 9, Units: 2}, q: 1, want: Window{At: 0, Length: 4, Value: Beyond, Beyond: true}, ok: true, // two of the four due never came
		},
		"a second in which nothing came is not an empty one": {
			due: 1, values: []int64{1, 2, 0, 3}, scan: Scan{To: 9, Length: 1}, q: 0.5, want: Window{At: 2, Length: 1, Value: Beyond, Beyond: true}, ok: true,
		},
		"two windows beyond: the larger share of censored": {
			due: 4, values: []int64{1, 0, 3}, scan: Scan{To: 9, Length: 1}, q: 1, want: Window{At: 1, Length: 1, Value: Beyond, Beyond: true}, ok: true,
		},
		"never enough units": {
			due: 1, values: []int64{1, 2, 3}, scan: Scan{To: 9, Units: 4}, q: 1,
		},
		"a run shorter than the window is one window": {
			due: 1, values: []int64{1, 5, 3}, scan: Scan{To: 9, Length: 10}, q: 1, want: Window{At: 0, Length: 3, Value: 5}, ok: true,
		},
		"nothing was measured in the range": {
			due: 1, values: []int64{1, 2}, scan: Scan{From: 5, To: 9, Units: 1}, q: 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := perSecond(t, test.due, test.values...)
			got, ok := Worst([]*SeriesData{d}, test.scan, QuantileStat(test.q))
			if got != test.want || ok != test.ok {
				t.Errorf("worst is %+v, %v; want %+v, %v", got, ok, test.want, test.ok)
			}
		})
	}
}

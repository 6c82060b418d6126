package measure

import "testing"

const (
	benchLanes = 4
	benchKeys  = 10_000
	benchBatch = 500
)

func benchLedger(b *testing.B) *Ledger {
	b.Helper()
	l, err := NewLedger(LedgerConfig{
		Sinks: []SinkConfig{{Name: "a"}, {Name: "b"}}, Lanes: benchLanes, Keys: benchKeys,
	})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// A record's whole life: offered, arrived, acked, delivered at two sinks, one of them 20 s later at 2,000 records/s. One
// operation is one record.
func BenchmarkLedgerLife(b *testing.B) {
	l := benchLedger(b)
	const late = 40_000
	for from := 0; from < b.N; from += benchBatch {
		to := min(from+benchBatch, b.N)
		each(l, from, to, func(t *Batch, i int) { t.Offered(laneOf(i), numberOf(i), int64(i), keyOf(i)) })
		each(l, from, to, func(t *Batch, i int) { t.Arrived(laneOf(i), numberOf(i), placeOfBench(i)) })
		each(l, from, to, func(t *Batch, i int) { t.Acked(laneOf(i), numberOf(i), placeOfBench(i)) })
		each(l, from, to, func(t *Batch, i int) { t.Delivered(0, laneOf(i), numberOf(i), placeOfBench(i)) })
		each(l, max(from-late, 0), to-late, func(t *Batch, i int) { t.Delivered(1, laneOf(i), numberOf(i), placeOfBench(i)) })
	}
}

func BenchmarkLedgerOffered(b *testing.B) {
	l := benchLedger(b)
	for from := 0; from < b.N; from += benchBatch {
		if from%(1<<20) < benchBatch {
			b.StopTimer()
			l = benchLedger(b)
			b.StartTimer()
		}
		each(l, from, min(from+benchBatch, b.N), func(t *Batch, i int) {
			t.Offered(laneOf(i), numberOf(i), int64(i), keyOf(i))
		})
	}
}

// With places only, as records without an identity of their own have it.
func BenchmarkLedgerBound(b *testing.B) {
	l := benchLedger(b)
	for from := 0; from < b.N; from += benchBatch {
		to := min(from+benchBatch, b.N)
		each(l, from, to, func(t *Batch, i int) { t.Offered(laneOf(i), numberOf(i), int64(i), keyOf(i)) })
		each(l, from, to, func(t *Batch, i int) {
			t.Bind(laneOf(i), numberOf(i), placeOfBench(i))
			t.Acked(laneOf(i), numberOf(i), placeOfBench(i))
		})
		each(l, from, to, func(t *Batch, i int) { t.DeliveredAt(0, placeOfBench(i), 0) })
		each(l, from, to, func(t *Batch, i int) { t.DeliveredAt(1, placeOfBench(i), 0) })
	}
}

func BenchmarkKeysExact(b *testing.B) {
	k := NewKeys(KeysConfig{Keys: benchKeys})
	t := k.Begin()
	defer t.End()
	for i := range b.N {
		t.Offered(keyOf(i), "key", 500)
	}
}

// Every key is new, the worst there is.
func BenchmarkKeysTracked(b *testing.B) {
	k := NewKeys(KeysConfig{})
	names := make([]string, 1<<16)
	for i := range names {
		names[i] = string([]byte{byte(i), byte(i >> 8), 'k', 'e', 'y'})
	}
	t := k.Begin()
	defer t.End()
	for i := range b.N {
		t.Offered(0, names[i&(1<<16-1)], 500)
	}
}

func each(l *Ledger, from, to int, enter func(*Batch, int)) {
	t := l.Begin()
	for i := from; i < to; i++ {
		enter(t, i)
	}
	t.End()
}

func laneOf(i int) uint32      { return uint32(i % benchLanes) }
func numberOf(i int) uint64    { return uint64(i / benchLanes) }
func keyOf(i int) uint32       { return uint32(i*7919) % benchKeys }
func placeOfBench(i int) Place { return PlaceOf(int32(i%4), uint64(i/4)) }

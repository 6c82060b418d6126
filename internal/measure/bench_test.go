package measure

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
)

// Latencies around 20 ms, as a batch of records has them.
func benchValues() []int64 {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]int64, 4096)
	for i := range values {
		values[i] = 10e6 + rng.Int64N(20e6)
	}
	return values
}

func BenchmarkUnitAdd(b *testing.B) {
	r := discard(b)
	s := r.Series("put.latency", nil, SeriesOptions{})
	values := benchValues()
	u := s.Unit()
	for i := range b.N {
		if i%200_000 == 0 { // a second of 200,000 records
			u.End()
			if err := r.Tick(int64(i)); err != nil {
				b.Fatal(err)
			}
			u = s.Unit()
		}
		u.Add(int64(i)*5_000, values[i&4095])
	}
	u.End()
}

func BenchmarkUnitOfOne(b *testing.B) {
	r := discard(b)
	s := r.Series("put.service", nil, SeriesOptions{})
	values := benchValues()
	for i := range b.N {
		if i%2000 == 0 {
			if err := r.Tick(int64(i)); err != nil {
				b.Fatal(err)
			}
		}
		s.Record(int64(i)*500_000, values[i&4095])
	}
}

func BenchmarkCounterAdd(b *testing.B) {
	r := discard(b)
	c := r.Counter("put.due", nil)
	for i := range b.N {
		c.Add(int64(i)*500_000, 1)
		if i%2000 == 0 {
			if err := r.Tick(int64(i)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// One tick of eight series with 2,000 values each, over two due seconds.
func BenchmarkTick(b *testing.B) {
	r := discard(b)
	series := make([]*Series, 8)
	for i := range series {
		series[i] = r.Series("series", Tags{"n": string(rune('a' + i))}, SeriesOptions{})
	}
	values := benchValues()
	for i := range b.N {
		b.StopTimer()
		for _, s := range series {
			fillSecond(s, i, values)
		}
		b.StartTimer()
		if err := r.Tick(int64(i) * second); err != nil {
			b.Fatal(err)
		}
	}
}

func fillSecond(s *Series, at int, values []int64) {
	for i := 0; i < 2000; i += 50 {
		u := s.Unit()
		for j := i; j < i+50; j++ {
			u.Add(int64(at)*second+int64(j)*500_000+900_000_000, values[(at*2000+j)&4095])
		}
		u.End()
	}
}

func BenchmarkRead(b *testing.B) {
	file := benchFile(b, 600)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHistogramOfTenMinutes(b *testing.B) {
	run, err := Read(bytes.NewReader(benchFile(b, 600)))
	if err != nil {
		b.Fatal(err)
	}
	packed := 0
	for _, d := range run.Series[0].deltas {
		packed += len(d.packed)
	}
	b.SetBytes(int64(packed))
	for b.Loop() {
		run.Series[0].Histogram(FirstSecond, LastSecond)
	}
}

func BenchmarkQuantile(b *testing.B) {
	var h Histogram
	for _, v := range benchValues() {
		h.Add(v)
	}
	for b.Loop() {
		h.Quantile(0.99, 0)
	}
}

func BenchmarkWorst(b *testing.B) {
	run, err := Read(bytes.NewReader(benchFile(b, 600)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Worst(run.Series[:1], Scan{From: 0, To: 600, Units: EnoughUnits(0.99)}, QuantileStat(0.99))
	}
}

// benchFile is a run of so many seconds with eight series of 2,000 values a second.
func benchFile(b *testing.B, seconds int) []byte {
	b.Helper()
	var file bytes.Buffer
	r, err := NewRecorder(&file, Header{Clock: ClockVirtual})
	if err != nil {
		b.Fatal(err)
	}
	values := benchValues()
	for i := range seconds {
		for n := range 8 {
			fillSecond(r.Series("series", Tags{"n": string(rune('a' + n))}, SeriesOptions{}), i, values)
		}
		if err := r.Tick(int64(i+1) * second); err != nil {
			b.Fatal(err)
		}
	}
	return file.Bytes()
}

func discard(b *testing.B) *Recorder {
	b.Helper()
	r, err := NewRecorder(io.Discard, Header{Clock: ClockVirtual})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

package generators

import (
	"strconv"
	"testing"
	"time"
)

// benchmarkStart is when the records of benchmarks begin.
var benchmarkStart = time.Date(2026, 11, 24, 10, 15, 0, 0, time.UTC)

// BenchmarkClickstream renders click events into a reused buffer, as they are offered by four lanes at 2,000 records/s.
func BenchmarkClickstream(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
	b.Run("natural", func(b *testing.B) {
		benchmarkRender(b, must(NewClickstream(c, ClickstreamConfig{Skew: Zipf(1.1)})))
	})
	b.Run("sized", func(b *testing.B) {
		benchmarkRender(b, must(NewClickstream(c, ClickstreamConfig{Skew: Zipf(1.1), Size: Size{P50: 500, P99: 2048}})))
	})
	c.Rate = 50_000
	b.Run("crowded", func(b *testing.B) { // 250,000 sessions at once, 100,000 users
		benchmarkRender(b, must(NewClickstream(c, ClickstreamConfig{Users: 100_000, Skew: Zipf(1.1)})))
	})
}

// BenchmarkTransaction renders transactions into a reused buffer.
func BenchmarkTransaction(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
	benchmarkRender(b, must(NewTransaction(c, TransactionConfig{Skew: Zipf(1.1), Fraud: 0.001})))
}

// BenchmarkSensor renders readings into a reused buffer.
func BenchmarkSensor(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
	benchmarkRender(b, must(NewSensor(c, SensorConfig{Dropout: 0.01, Spikes: 0.001})))
}

// BenchmarkCompressed renders and compresses click events of 500 B and more, which a compressed load does on both clocks.
func BenchmarkCompressed(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
	g := must(NewClickstream(c, ClickstreamConfig{Skew: Zipf(1.1), Size: Size{P50: 500, P99: 2048}}))
	for _, compression := range Compressions {
		b.Run(compression, func(b *testing.B) { benchmarkRender(b, must(Compress(g, compression))) })
	}
}

// BenchmarkTemplate renders a template into a reused buffer.
func BenchmarkTemplate(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart, Key: "customer"}
	const order = `{"id":"{{uuid}}","at":"{{now}}","customer":"c-{{int 1 5000}}","name":"{{name}}","total":{{float 1 900}},"state":"{{pick new paid sent}}"}`
	benchmarkRender(b, must(NewTemplate(c, TemplateConfig{Data: []byte(order)})))
}

// BenchmarkNext draws records and renders none of them, as virtual time does.
func BenchmarkNext(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
	size := Size{P50: 500, P99: 2048}
	session, random := c, c
	session.Key, random.Key = "sessionId", "transactionId"
	for _, row := range []struct {
		name string
		g    Generator
	}{
		{"clickstream", must(NewClickstream(c, ClickstreamConfig{Skew: Zipf(1.1), Size: size}))},
		{"clickstream-by-session", must(NewClickstream(session, ClickstreamConfig{Skew: Zipf(1.1), Size: size}))},
		{"sensor", must(NewSensor(c, SensorConfig{Dropout: 0.01, Spikes: 0.001}))},
		{"transaction", must(NewTransaction(c, TransactionConfig{Skew: Zipf(1.1), Fraud: 0.001}))},
		{"transaction-by-transaction", must(NewTransaction(random, TransactionConfig{Skew: Zipf(1.1), Fraud: 0.001}))},
	} {
		b.Run(row.name, func(b *testing.B) {
			lanes := lanesOf(row.g)
			var r Record
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				lanes[i&3].Next(time.Duration(i)*500*time.Microsecond, &r)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkStream merges four lanes, drawing and not rendering.
func BenchmarkStream(b *testing.B) {
	for _, kind := range []string{arriveConstant, arrivePoisson, arriveBursty, arriveAligned} {
		b.Run(kind, func(b *testing.B) {
			c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
			g := must(NewClickstream(c, ClickstreamConfig{Skew: Zipf(1.1), Size: Size{P50: 500, P99: 2048}}))
			st := NewStream(g, must(NewSchedule([]Phase{Constant(2000, time.Hour)}, Arrivals{Kind: kind}, 42)))
			var r Record
			b.ReportAllocs()
			for b.Loop() {
				st.Next(&r)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkSequence draws due instants of shapes that need more or less arithmetic.
func BenchmarkSequence(b *testing.B) {
	for _, row := range []struct {
		name  string
		phase Phase
	}{
		{"constant", Constant(2000, time.Hour)},
		{"ramp", Ramp(0, 4000, 100*time.Hour)},
		{"sine", Sine(2000, 1000, time.Minute, 100*time.Hour)},
	} {
		b.Run(row.name, func(b *testing.B) {
			q := must(NewSchedule([]Phase{row.phase}, Arrivals{}, 42)).Lane(0, 0.25)
			for b.Loop() {
				q.Next()
			}
		})
	}
}

// BenchmarkSeek renders a record a thousand numbers back, again and again, a million records into a lane: what reading
// an object of virtual time costs.
func BenchmarkSeek(b *testing.B) {
	c := Config{Seed: 42, Lanes: 4, Rate: 2000, Start: benchmarkStart}
	for _, g := range []Generator{
		must(NewClickstream(c, ClickstreamConfig{})), must(NewSensor(c, SensorConfig{})), must(NewTransaction(c, TransactionConfig{})),
	} {
		b.Run(g.Kind(), func(b *testing.B) {
			l := g.Lane(0)
			var r Record
			for i := 0; b.Loop(); i++ {
				l.Seek(uint64(1_000_000 + i - i%2*1000))
				l.Next(0, &r)
			}
		})
	}
}

// BenchmarkNew makes generators.
func BenchmarkNew(b *testing.B) {
	for _, users := range []int{10_000, 1_000_000} {
		b.Run("clickstream-"+strconv.Itoa(users), func(b *testing.B) {
			for b.Loop() {
				must(NewClickstream(Config{Seed: 42, Lanes: 4}, ClickstreamConfig{Users: users, Skew: Zipf(1.1)}))
			}
		})
	}
}

// benchmarkRender draws and renders records of four lanes in turn into a buffer that is used again from 1 MiB on.
func benchmarkRender(b *testing.B, g Generator) {
	lanes := lanesOf(g)
	var r Record
	buf := make([]byte, 0, 2<<20)
	bytes := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if len(buf) >= 1<<20 {
			buf = buf[:0]
		}
		lane := lanes[i&3]
		lane.Next(time.Duration(i)*500*time.Microsecond, &r)
		buf = lane.Append(buf)
		bytes += int(r.Size)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(bytes)/float64(b.N), "B/record")
}

func lanesOf(g Generator) []Lane {
	lanes := make([]Lane, g.Lanes())
	for i := range lanes {
		lanes[i] = g.Lane(i)
	}
	return lanes
}

// must is the value of a constructor that cannot fail where it is used.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

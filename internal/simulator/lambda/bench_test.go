package lambda_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// source is a stream at a constant rate that makes its records as they are read.
type source struct {
	streams
	pool []record.Record
	rate uint64 // of each shard
}

func (s *source) Read(now time.Time, _, _ string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error) {
	until := uint64(now.Sub(clock.Epoch)) * s.rate / uint64(time.Second)
	page := record.Page{Records: dst, Next: from}
	for page.Next < until && len(page.Records) < most {
		n := min(most-len(page.Records), int(until-page.Next), len(s.pool))
		page.Records = append(page.Records, s.pool[:n]...)
		page.Next += uint64(n)
	}
	if page.Next < until {
		page.Behind = 1
	}
	return page, nil
}

func (s *source) Register(string, string) (func(int32, uint64), func()) {
	return func(int32, uint64) {}, func() {}
}

// counter only counts.
type counter struct{ records, invocations int }

func (c *counter) Received(time.Time, string, string, int32, []record.Record) {}
func (c *counter) Invoked(i lambda.Invocation) {
	c.records += len(i.Records)
	c.invocations++
}

func (c *counter) Refused(lambda.Refusal) {}
func (c *counter) Dropped(lambda.Drop)    {}

// BenchmarkMapping is lambda's whole share of a record in virtual time, with 2,000 records a second over four shards. One
// operation is one record. The last has code, which looks at each record and reports none.
func BenchmarkMapping(b *testing.B) {
	for _, bb := range []struct {
		factor, batch, window int
		name                  string
		code                  lambda.Code
		types                 []string
	}{
		{1, 100, 0, "", nil, nil},
		{2, 100, 1, "", nil, nil},
		{2, 10, 0, "", nil, nil},
		{10, 100, 0, "", nil, nil},
		{1, 100, 0, "/code", reporting(1 << 60), report},
	} {
		b.Run(fmt.Sprintf("factor=%d/batch=%d/window=%ds%s", bb.factor, bb.batch, bb.window, bb.name), func(b *testing.B) {
			c := clock.NewVirtual()
			defer c.Stop()
			src := &source{streams: *newStreams(c, 4), rate: 500}
			for i := range 997 {
				src.put(0, clock.Epoch, fmt.Sprint("user-", i), 500)
			}
			src.pool = src.logs[0]
			seen := &counter{}
			s := lambda.New(lambda.Config{
				Account: "123456789012", Region: "ap-northeast-1", Clock: c, Streams: src, Observer: seen,
				Functions: []lambda.Function{{Name: "f", Code: bb.code, Model: lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms, P99: 80 * ms}}}},
			})
			_, err := s.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
				FunctionName: "f", EventSourceArn: s.StreamARN("clicks"), StartingPosition: "LATEST",
				BatchSize: &bb.batch, ParallelizationFactor: &bb.factor, MaximumBatchingWindowInSeconds: &bb.window,
				FunctionResponseTypes: bb.types,
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			c.RunWhile(func() bool { return seen.records < b.N })
			b.ReportMetric(float64(seen.records)/float64(seen.invocations), "records/invocation")
		})
	}
}

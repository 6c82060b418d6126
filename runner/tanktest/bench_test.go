package tanktest_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/wavetank/wavetank/internal/localnet"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
	"github.com/wavetank/wavetank/runner/tanktest"
)

// count is a handler that looks at what it gets and no more.
func count(n *int) func(events.KinesisEvent) error {
	return func(e events.KinesisEvent) error {
		for i := range e.Records {
			if len(e.Records[i].Kinesis.Data) > 0 {
				*n++
			}
		}
		return nil
	}
}

// BenchmarkStart is what a test with a stream and a handler costs beside an empty one.
func BenchmarkStart(b *testing.B) {
	for name, opts := range map[string][]tanktest.Option{"virtual": {tanktest.Virtual()}, "wall": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ended(b, func(t testing.TB) {
					tank := tanktest.Start(t, opts...)
					tank.Stream("orders", 1)
					tank.Handle("orders", count(new(int)))
				})
			}
		})
	}
}

// ended runs what a test does, and its cleanups.
func ended(b *testing.B, fn func(testing.TB)) {
	if err := tanktest.Try(fn); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkParallelTanks is the memory of 200 tanks at once, each with a stream, a handler and some records.
func BenchmarkParallelTanks(b *testing.B) {
	for b.Loop() {
		ended(b, func(t testing.TB) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for range 200 {
				tank := tanktest.Start(t)
				orders := tank.Stream("orders", 1)
				n := 0
				tank.Handle("orders", count(&n))
				orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.Sys)/1e6, "MB-sys")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-heap")
		})
	}
}

// BenchmarkAdvance is a day of a million records through a typed handler: at the rate that a load has by itself, so that most of
// the day the shards are polled in vain, and evenly over the whole day, three to a batch.
func BenchmarkAdvance(b *testing.B) {
	const records = 1_000_000
	for name, opts := range map[string][]tanktest.PutOption{"load": nil, "even": {tanktest.Rate(records / 86_000.0)}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ended(b, func(t testing.TB) {
					tank := tanktest.Start(t, tanktest.Virtual())
					n := 0
					orders := tank.Stream("orders", 4)
					fn := tank.Handle("orders", count(&n))
					orders.Put(tanktest.Transactions(records), opts...)
					tank.Advance(24 * time.Hour)
					fn.Delivered(t, records)
				})
			}
		})
	}
}

// BenchmarkDayInABubble is a day in which a consumer polls once a second with the real client: in a tank, and, as what the client
// and net/http alone take, against a server that gives each request the same answer.
func BenchmarkDayInABubble(b *testing.B) {
	for name, day := range map[string]func(t *testing.T){"tank": func(t *testing.T) { poll(t, 24*time.Hour) }, "bare": bareDay} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				// A bubble needs a *testing.T, which a benchmark has not.
				if !testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "day", F: day}}) {
					b.Fatal("the day failed")
				}
			}
		})
	}
}

// bareDay is as many reads as a day's, in a bubble, of a server that says that there is nothing.
func bareDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := localnet.Listen()
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = io.WriteString(w, `{"MillisBehindLatest":0,"NextShardIterator":"AAAA","Records":[]}`)
		})}
		go func() { _ = s.Serve(l) }()
		transport := &http.Transport{DialContext: l.Dial}
		client := kinesis.New(kinesis.Options{
			Region: "eu-central-1", BaseEndpoint: aws.String("http://localhost"), HTTPClient: httpclient.New(transport),
			Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		})
		iterator := aws.String("AAAA")
		for range 24 * 60 * 60 {
			out, err := client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator})
			if err != nil {
				t.Fatal(err)
			}
			iterator = out.NextShardIterator
			time.Sleep(time.Second)
		}
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkExplore is a test of a poisoned record among 1,000 under 200 seeds.
func BenchmarkExplore(b *testing.B) {
	const seeds = 200
	for b.Loop() {
		for seed := range uint64(seeds) {
			if err := tanktest.TryScript(b, seed+1, poisoned); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(seeds*b.N)/b.Elapsed().Seconds(), "seeds/s")
}

func poisoned(t testing.TB, tank *tanktest.Tank) {
	orders := tank.Stream("orders", 2)
	fn := tank.Handle("orders", func(e events.KinesisEvent) error {
		for i := range e.Records {
			if data := e.Records[i].Kinesis.Data; data[len(data)-1] != '}' {
				return errors.New("not JSON")
			}
		}
		return nil
	}, tanktest.BatchSize(100), tanktest.BisectOnError(), tanktest.MaxRetries(2))
	p := orders.Put(tanktest.Transactions(1_000), tanktest.Poison(1))
	tank.Until("all is put", p.Done)
	tank.Advance(time.Minute)
	fn.InOrder(t)
	if len(fn.OnFailure().Messages()) == 0 { // a put whose answer is lost is put again, poison and all
		t.Error("the poisoned record was not given up")
	}
}

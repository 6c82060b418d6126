package measure_test

import (
	"bytes"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
)

// A run of two seconds: the records of the second one take longer, and one of them never comes back.
func Example() {
	var file bytes.Buffer // run.jsonl
	recorder, err := measure.NewRecorder(&file, measure.Header{Scenario: "example", Clock: measure.ClockVirtual, DurationSeconds: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	latency := recorder.Series("put.latency", measure.Tags{"stream": "clicks"}, measure.SeriesOptions{
		Of: measure.CounterRef{Name: "put.due", Tags: measure.Tags{"stream": "clicks"}},
	})
	due := recorder.Counter("put.due", measure.Tags{"stream": "clicks"})
	for second := range int64(2) {
		at := second * int64(time.Second)
		request := latency.Unit()
		for record := range int64(100) {
			if second == 1 && record == 99 {
				break // it was given up
			}
			request.Add(at+record, (1+second)*int64(10*time.Millisecond)+record)
		}
		request.End()
		due.Add(at, 100)
		if err := recorder.Tick(at + int64(time.Second)); err != nil {
			fmt.Println(err)
		}
	}
	if err := recorder.Finish(measure.End{Complete: true, ElapsedSeconds: 2}); err != nil {
		fmt.Println(err)
	}

	run, err := measure.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	all := measure.Combine(run.Find("put.latency", nil), 0, 2)
	p50, _ := all.Quantile(0.5)
	_, lost := all.Quantile(1)
	fmt.Println(all.Count(), "records in", all.Units, "requests,", all.Censored, "censored")
	fmt.Println("p50", time.Duration(p50).Round(time.Millisecond), "· the highest is beyond measure:", lost)
	// Output:
	// 199 records in 2 requests, 1 censored
	// p50 10ms · the highest is beyond measure: true
}

// A record is offered, stored and delivered, then delivered again by the pipeline.
func ExampleLedger() {
	ledger, err := measure.NewLedger(measure.LedgerConfig{
		Sinks: []measure.SinkConfig{{Name: "process-clicks", Kind: "lambda", Stream: "clicks"}}, Lanes: 1, Keys: 10,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	place := measure.PlaceOf(3, 1000) // shard 3, its thousandth record
	batch := ledger.Begin()
	batch.Offered(0, 0, int64(time.Second), 7)
	batch.Acked(0, 0, place)
	due, outcome := batch.Delivered(0, 0, 0, place)
	fmt.Println(time.Duration(due), outcome == measure.First)
	_, outcome = batch.Delivered(0, 0, 0, place)
	fmt.Println(outcome == measure.Again)
	batch.End()

	sink := ledger.Totals([]int64{0}).Sinks[0]
	fmt.Println(sink.Delivered, "delivered,", sink.Missing, "missing,", sink.DuplicatedByPipeline, "duplicated by the pipeline")
	// Output:
	// 1s true
	// true
	// 1 delivered, 0 missing, 1 duplicated by the pipeline
}

func ExampleKeys() {
	keys := measure.NewKeys(measure.KeysConfig{Stream: "clicks", Keys: 2})
	batch := keys.Begin()
	for range 30_000 {
		batch.Offered(0, "user-1", 200)
		batch.Answered(0, "user-1", 2, false)
	}
	batch.End()
	for _, k := range keys.Table(10, measure.KeyLimits{Seconds: 10, Records: 1000, Bytes: 1 << 20}).Keys {
		fmt.Printf("%s takes %.0f %% of %s\n", k.Key, k.Share*100, k.Shard)
	}
	// Output:
	// user-1 takes 300 % of shardId-000000000002
}

func ExampleRead() {
	run, err := measure.Read(bytes.NewBufferString(`{"type":"header","schema":1,"scenario":"clickstream","clock":"wall"}
{"type":"counter","id":0,"name":"put.acked"}
{"type":"window","at":1,"series":[],"counters":[[0,0,1990]]}
{"type":"window","at":2,"series":[],"counters":[[0,0,10],[0,1,20`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Header.Scenario, "· acked in its first second:", run.Sum("put.acked", nil, 0, 1))
	fmt.Println("killed:", run.End == nil, "· torn:", run.Torn)
	// Output:
	// clickstream · acked in its first second: 1990
	// killed: true · torn: true
}

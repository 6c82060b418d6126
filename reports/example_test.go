package reports_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/scenarios"
)

// record makes a run file of ten seconds: 100 records/s, each acknowledged 8 to 17 ms after it was due, but for the last
// ten of second 7, which were given up.
func record() ([]byte, *scenarios.Scenario) {
	s, err := scenarios.Parse("orders", []byte(`
version: 1
duration: 10s
pipeline: {streams: {orders: {shardCount: 1}}}
load: [{stream: orders, generator: {transaction: {accounts: 100}}, rate: 100/s}]
objectives:
  - put.latency p50 < 100ms
  - put.latency p99 < 100ms
`), nil)
	if err != nil {
		panic(err)
	}
	const second, ms = int64(1e9), int64(1e6)
	var file bytes.Buffer
	rec, err := measure.NewRecorder(&file, measure.Header{
		Tool: "wavetank 0.1.0", Scenario: "orders", Seed: 1, Target: "embedded", Clock: measure.ClockVirtual, Model: "local",
		DurationSeconds: 10,
	})
	if err != nil {
		panic(err)
	}
	stream := measure.Tags{"stream": "orders"}
	due := measure.CounterRef{Name: "put.due", Tags: stream}
	latency := rec.Series("put.latency", stream, measure.SeriesOptions{Of: due})
	for i := range int64(1000) {
		at := i * second / 100
		rec.Counter(due.Name, stream).Add(at, 1)
		if at < 7900*ms || at >= 8000*ms {
			latency.Record(at, (8+i%10)*ms)
		}
	}
	err = rec.Finish(measure.End{
		Complete: true, Drained: true, ElapsedSeconds: 10, Planned: 1000, Offered: 1000,
		Ledger: measure.LedgerTotals{Offered: 1000, Acked: 990, GivenUp: 10},
	})
	if err != nil {
		panic(err)
	}
	return file.Bytes(), s
}

// A percentile ranks every record that was due: ten of a thousand never came, so p99 is the highest of what did, and the
// second in which they were due is the worst.
func ExampleBuild() {
	file, scenario := record()
	run, err := measure.Read(bytes.NewReader(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := reports.Build(run, scenario)
	if err := r.WriteText(os.Stdout, reports.TextOptions{Plain: true}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// PASS (model local: no AWS service time)
	//   2 of 2 objectives held; the run is valid (offered 100.00 % of plan)
	//
	//      objective        limit     run       worst second
	//   +  put.latency p50  < 100 ms  13.0 ms   13.0 ms at 00:07
	//   +  put.latency p99  < 100 ms  ~17.0 ms  > all at 00:07
	//
	//   stage        count  never came      p50      p90       p99  p99.9      max
	//   put.latency    990          10  13.0 ms  17.0 ms  ~17.0 ms  > all  17.0 ms
	//   ~ rests on fewer than 10/(1-q) requests, invocations or objects: an anecdote
	//
	//   ledger   1,000 offered = 990 acked + 10 given up
	//   on AWS   less than $0.01 for this run, $10.95 a month at this rate, most of it
	//            Kinesis shards (a shard is billed by the hour, used or not)
}

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file, scenario := record()
	for name, text := range map[string][]byte{reports.RunFile: file, reports.ScenarioFile: scenario.Resolved()} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			fmt.Println(err)
			return
		}
	}
	r, err := reports.Load(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := r.WriteAll(dir); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Headline())
	fmt.Println("exit code", r.ExitCode())
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		fmt.Println(e.Name())
	}
	fmt.Println(err)
	// Output:
	// PASS (model local: no AWS service time)
	// exit code 0
	// histograms.hlog
	// junit.xml
	// put.latency.hgrm
	// report.html
	// result.json
	// run.jsonl
	// scenario.yaml
	// summary.md
	// <nil>
}

package runner_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// BenchmarkSimulateThroughput tells how many records a second pass through the whole of a run in virtual time: drawn, put
// in requests, routed and admitted by two limits a shard, read under the shard's read limits, delivered, measured in every
// histogram, and followed by the ledger, which must close. With -cpu 1 that is one core's. The records are lines of a file,
// replayed, each with a key of its own: the generator that costs least.
func BenchmarkSimulateThroughput(b *testing.B) {
	for _, row := range []struct {
		name, sinks string
		sinkCount   int
	}{
		{"consumer", "  consumers: {reader: {stream: s, every: 200ms}}", 1},
		{"function and delivery stream", `
  functions: {f: {model: {duration: 20ms}, eventSources: [{stream: s, batchSize: 500, maximumBatchingWindow: 1s}]}}
  deliveryStreams: {d: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 5s}}}}`, 2},
	} {
		b.Run(row.name, func(b *testing.B) { benchmarkThroughput(b, row.sinks, row.sinkCount) })
	}
}

func benchmarkThroughput(b *testing.B, sinks string, sinkCount int) {
	const rate, seconds, shards = 25_000, 400, 50
	dir := b.TempDir()
	var lines strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&lines, "{\"key\":\"k-%08x\",\"text\":%q}\n", i*0x9E3779B1%(1<<32), strings.Repeat("0123456789", 20))
	}
	if err := os.WriteFile(filepath.Join(dir, "lines.jsonl"), []byte(lines.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(dir, "throughput.yaml")
	text := fmt.Sprintf(`
version: 1
duration: %ds
drain: 1m
pipeline:
  streams: {s: {shardCount: %d}}
%s
load:
  - stream: s
    generator: {template: {file: lines.jsonl}}
    partitionKey: key
    rate: %d/s
    batch: {records: 500, linger: 100ms}
`, seconds, shards, sinks, rate)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	s, err := scenarios.ReadFile(file, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var records int64
	cpu := runner.CPUTime()
	for i := 0; b.Loop(); i++ {
		records += throughput(b, s, filepath.Join(dir, fmt.Sprint(i)), sinkCount)
	}
	cpu = runner.CPUTime() - cpu
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(records), "cpu-ns/record")
}

// throughput runs the scenario once and tells how many records it was, all of which are accounted for.
func throughput(b *testing.B, s *scenarios.Scenario, dir string, sinks int) int64 {
	err := runner.Run(b.Context(), runner.Config{
		Scenario: s, Dir: dir, Virtual: true,
		Target: func(e runner.Env) target.Target {
			return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed})
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	defer b.StartTimer()
	file, err := os.ReadFile(filepath.Join(dir, "run.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	file = bytes.TrimSuffix(file, []byte("\n"))
	var end measure.End
	if err := json.Unmarshal(file[bytes.LastIndexByte(file, '\n')+1:], &end); err != nil {
		b.Fatal(err)
	}
	l := end.Ledger
	if l.Offered != end.Planned || l.Acked != l.Offered || len(l.Sinks) != sinks || l.PutReordered+l.StoredTwice != 0 {
		b.Fatalf("of %d planned records: %+v", end.Planned, l)
	}
	for _, sink := range l.Sinks {
		if sink.Delivered != l.Offered || sink.Missing+sink.Duplicated+sink.Reordered != 0 {
			b.Fatalf("of %d records: %+v", l.Offered, sink)
		}
	}
	return l.Offered
}

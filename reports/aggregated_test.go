package reports

import (
	"bytes"
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// built is a report of a run of ten seconds whose counters and keys are given.
func built(t *testing.T, pipeline string, count func(*measure.Recorder), keys ...measure.KeyUse) *Report {
	t.Helper()
	var file bytes.Buffer
	rec, err := measure.NewRecorder(&file, measure.Header{DurationSeconds: 10})
	if err != nil {
		t.Fatal(err)
	}
	count(rec)
	table := measure.KeyTable{Exact: true, Keys: keys}
	if err := rec.Finish(measure.End{Complete: true, Drained: true, ElapsedSeconds: 10, Keys: table}); err != nil {
		t.Fatal(err)
	}
	run, err := measure.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("s", []byte("version: 1\npipeline: "+pipeline+"\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return Build(run, s)
}

// 200 MB/s of 500 B fill 400 shards by their records and half as many in aggregates, whatever another stream's records weigh. A
// function that reads no aggregates is not spoken of.
func TestAggregatesAreToldInShards(t *testing.T) {
	r := built(t, "{streams: {s: {}, other: {}}}", func(rec *measure.Recorder) {
		s := measure.Tags{"stream": "s"}
		for second := range int64(10) {
			rec.Counter("put.acked", s).Add(second*1e9, 400_000)
			rec.Counter("put.kinesisRecords", s).Add(second*1e9, 4_000)
		}
		f, g := measure.Tags{"function": "f"}, measure.Tags{"function": "g"}
		rec.Counter("lambda.records", f).Add(0, 5_000)
		rec.Counter("lambda.kinesisRecords", f).Add(0, 50)
		rec.Counter("lambda.records", g).Add(0, 70)
		rec.Counter("lambda.kinesisRecords", g).Add(0, 70)
	}, measure.KeyUse{Stream: "s", Key: "k", Offered: 10, Bytes: 5_000}, measure.KeyUse{Stream: "other", Key: "k", Offered: 10, Bytes: 500_000})
	want := []string{
		"s: 4,000,000 user records acknowledged in 40,000 records of the stream (400,000/s in 4,000/s), 100 in each; " +
			"attempts, refusals and shards count the latter. Shards that it fills, at least: 191; one by one 400",
		"f: invoked with 5,000 user records in 50 records of streams; its batch size counts the latter",
	}
	if got := r.aggregated(); !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// What is not observed inside costs by the sizes that were offered to it, and not by those of other streams.
func TestCostGoesByAStreamsOwnSizes(t *testing.T) {
	r := built(t, "{streams: {small: {}, large: {}}}", func(rec *measure.Recorder) {
		rec.Counter("put.acked", measure.Tags{"stream": "small"}).Add(0, 1_000)
		rec.Counter("put.acked", measure.Tags{"stream": "large"}).Add(0, 1_000)
	}, measure.KeyUse{Stream: "small", Key: "k", Offered: 1_000, Bytes: 500_000}, measure.KeyUse{Stream: "large", Key: "k", Offered: 1_000, Bytes: 100_000_000})
	for stream, want := range map[string]float64{"small": 500, "large": 100_000} {
		if _, size, ok := r.accepted(stream); size != want || !ok {
			t.Errorf("a record of %s has %v bytes, want %v", stream, size, want)
		}
	}
	if size, ok := r.Keys.bytesPerRecord("unknown"); size != 50_250 || !ok {
		t.Errorf("one of a stream without known keys has %v, want the mean of all", size)
	}
}

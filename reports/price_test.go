package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// A run that keeps prices of the user's own is priced by them, again and again, and says so wherever it says what it costs.
func TestPricesOfOnesOwn(t *testing.T) {
	y := short(t, "integrity.missing == 0")
	dir := t.TempDir()
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(RunFile, y.file(t))
	write(ScenarioFile, y.scenario.Resolved())
	listed, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if listed.Cost.Basis != "list prices of us-east-1" || strings.Contains(listed.Cost.Summary, "your own") {
		t.Errorf("by %s: %s", listed.Cost.Basis, listed.Cost.Summary)
	}
	write(PricesFile, []byte("kinesis.shardHour: 15\n"))
	r, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Cost.Run < 100*listed.Cost.Run {
		t.Errorf("$%g with shards at 1,000 times the price, $%g before", r.Cost.Run, listed.Cost.Run)
	}
	const says = "by your own prices (prices.yaml)"
	if !strings.HasSuffix(r.Cost.Summary, says) {
		t.Errorf("summary %q", r.Cost.Summary)
	}
	if page := pageOf(t, r); !strings.Contains(page, says) || !strings.Contains(page, "where it has one, else list prices of us-east-1") {
		t.Error("the page does not say whose prices they are")
	}
	r.Price(nil)
	if r.Cost.Summary != listed.Cost.Summary {
		t.Errorf("without the list: %q, want %q", r.Cost.Summary, listed.Cost.Summary)
	}
	write(PricesFile, []byte("kinesis.shardHour: cheap\n"))
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "prices.yaml:1:20: kinesis.shardHour: found \"cheap\"") {
		t.Errorf("error %v", err)
	}
	var table *pricing.List
	write(PricesFile, table.YAML())
	if r, err = Load(dir); err != nil || r.Cost.Run != listed.Cost.Run {
		t.Errorf("the table written out: $%g, error %v, want $%g", r.Cost.Run, err, listed.Cost.Run)
	}
}

// Shards are billed from the instant of a reshard on, and more where they keep records for longer.
func TestCostOfReshardedStreams(t *testing.T) {
	r := short(t, "integrity.missing == 0").report(t)
	before, ok := r.usage(time.Hour)
	if !ok {
		t.Fatal("the run has no usage")
	}
	for name, stream := range r.Scenario.Pipeline.Streams {
		stream.RetentionPeriod = scenarios.Duration(168 * time.Hour)
		r.Scenario.Pipeline.Streams[name] = stream
		r.Scenario.Reshards = append(r.Scenario.Reshards, scenarios.Reshard{
			At: scenarios.Duration(30 * time.Minute), Stream: name, ShardCount: 2 * stream.ShardCount,
		})
	}
	after, _ := r.usage(time.Hour)
	if want := 1.5 * before.ShardHours; after.ShardHours != want || after.RetainedShardHours != want || before.RetainedShardHours != 0 {
		t.Errorf("%v shard hours, %v of them retained, want %v and all", after.ShardHours, after.RetainedShardHours, want)
	}
}

// A reshard that was refused costs nothing, and one that came late counts from when it came.
func TestCostOfReshardsAsTheyWere(t *testing.T) {
	r := short(t, "integrity.missing == 0").report(t)
	const name = "click-stream"
	r.Scenario.Reshards = []scenarios.Reshard{{At: scenarios.Duration(30 * time.Minute), Stream: name, ShardCount: 8}}
	for _, test := range []struct {
		name   string
		counts []measure.ShardCount
		want   float64
	}{
		{"done, as far as the scenario tells", nil, 4*0.5 + 8*0.5},
		{"refused", []measure.ShardCount{{Stream: name, Open: 4}}, 4},
		{"late", []measure.ShardCount{{Stream: name, Open: 4}, {Stream: name, At: 45 * 60, Open: 8}}, 4*0.75 + 8*0.25},
		{"told in another order", []measure.ShardCount{{Stream: name, Open: 4}, {Stream: name, At: 45 * 60, Open: 8}, {Stream: name, At: 15 * 60, Open: 6}}, 4*0.25 + 6*0.5 + 8*0.25},
	} {
		r.Run.End.Shards = test.counts
		if used, _ := r.usage(time.Hour); used.ShardHours != test.want || used.FanOutShardHours != 0 {
			t.Errorf("%s: %v shard hours, want %v", test.name, used.ShardHours, test.want)
		}
	}
}

// Who reads by enhanced fan-out pays for each shard by the hour, and for what is pushed.
func TestCostOfFanOut(t *testing.T) {
	r := short(t, "integrity.missing == 0").report(t)
	const name = "click-stream"
	records, size, _ := r.accepted(name)
	r.Scenario.Pipeline.Consumers = map[string]scenarios.Consumer{
		"one": {Stream: name, EnhancedFanOut: true}, "two": {Stream: name, EnhancedFanOut: true}, "polls": {Stream: name},
	}
	used, _ := r.usage(time.Hour)
	if want := 2 * records * size / pricing.GB; used.FanOutShardHours != 2*4 || used.FanOutGB != want || want == 0 {
		t.Errorf("%v consumer-shard hours and %v GB, want 8 and %v", used.FanOutShardHours, used.FanOutGB, want)
	}
	polling := float64(r.readers(name) - 2)
	stream := r.Scenario.Pipeline.Streams[name]
	stream.StreamMode, stream.ShardCount = scenarios.OnDemand, 0
	r.Scenario.Pipeline.Streams[name] = stream
	used, _ = r.usage(time.Hour)
	if of := records * size / pricing.GB; used.OnDemandFanOutGB != 2*of || used.OnDemandGBOut != polling*of || used.FanOutGB != 0 {
		t.Errorf("%v GB pushed and %v read on demand, want %v and %v", used.OnDemandFanOutGB, used.OnDemandGBOut, 2*of, polling*of)
	}
}

// Where nothing inside tells what the shards took, puts are what was acknowledged: records of the stream, not the user records in them.
func TestCostOfAggregates(t *testing.T) {
	cost := func(aggregates bool) *Cost {
		return built(t, "{streams: {s: {}}}", func(rec *measure.Recorder) {
			tags := measure.Tags{"stream": "s"}
			rec.Counter("put.acked", tags).Add(0, 10_000)
			if aggregates {
				rec.Counter("put.kinesisRecords", tags).Add(0, 100)
			}
		}, measure.KeyUse{Stream: "s", Key: "k", Offered: 10_000, Bytes: 5_000_000}).Cost
	}
	puts := func(c *Cost) float64 {
		for _, l := range c.Lines {
			if l.Name == "Kinesis puts" {
				return l.Quantity
			}
		}
		return 0
	}
	alone, together := puts(cost(false)), puts(cost(true))
	if ratio := alone / together; ratio < 49.9 || ratio > 50.1 { // 10,000 of a unit each, 100 of 50,000 bytes and two units each
		t.Errorf("%v units without aggregates, %v with them", alone, together)
	}
}

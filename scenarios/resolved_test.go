package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// ignorePlaces leaves out where things were written.
var ignorePlaces = cmpopts.IgnoreFields(Objective{}, "Line", "Column")

// TestResolved holds the resolved form of a scenario that uses every key, and that it is the same scenario.
func TestResolved(t *testing.T) {
	s, err := ReadFile("testdata/full.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Resolved()
	const golden = "testdata/full.resolved.yaml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("resolved (-want +got):\n%s", diff)
	}
	again, err := Parse("testdata/full.yaml", got, nil)
	if err != nil {
		t.Fatalf("parse the resolved form: %v", err)
	}
	if diff := cmp.Diff(s, again, ignorePlaces); diff != "" {
		t.Errorf("the resolved form is another scenario (-first +again):\n%s", diff)
	}
	if s.Digest() != again.Digest() {
		t.Errorf("digests differ: %s and %s", s.Digest(), again.Digest())
	}
	if err := s.Validate(); err != nil {
		t.Errorf("validate: %v", err)
	}
}

// TestEveryKeyIsTested finds keys of the tables that testdata/full.yaml does not use.
func TestEveryKeyIsTested(t *testing.T) {
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := os.ReadFile("testdata/full.resolved.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	schema.Defs["scenario"] = struct{ Properties map[string]any }{schema.Properties}
	for shape, definition := range schema.Defs {
		for key := range definition.Properties {
			if !regexp.MustCompile(`\b` + key + `:`).Match(append(text, resolved...)) {
				t.Errorf("the key %s of a %s is nowhere in testdata/full.yaml", key, shape)
			}
		}
	}
}

// TestOldRun reads a resolved scenario far from its files: the trace is in it, and the template is known by its digest.
func TestOldRun(t *testing.T) {
	text, err := os.ReadFile("testdata/full.resolved.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(filepath.Join(t.TempDir(), "scenario.yaml"), text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.Resolved(), text) {
		t.Error("the resolved form is not the same without the files")
	}
	load := &s.Load[3]
	if load.Generator.Template.Data != nil {
		t.Fatal("the template has data, from nowhere")
	}
	if _, err := load.NewSchedule(s); err != nil {
		t.Errorf("make the schedule: %v", err)
	}
	_, err = load.NewGenerator(s, 1, time.Unix(0, 0))
	if err == nil || !strings.Contains(err.Error(), "orders.jsonl is not where the scenario is") {
		t.Errorf("make the generator: found %v, want that the file is not there", err)
	}
}

func TestDefaults(t *testing.T) {
	const head = "version: 1\npipeline: {streams: {orders: {}}}\n"
	load := func(more string) string {
		return head + "load: [{stream: orders, generator: {clickstream: {}}, " + more + "}]\n"
	}
	rows := []struct {
		name, text, want string // want is a line of the resolved form
	}{
		{"seed of nothing", head, "seed: 1"},
		{"seed 0", head + "seed: 0\n", "seed: 1"},
		{"duration of nothing", head, "duration: 30s"},
		{"duration of a rate", load("rate: 1/s"), "duration: 30s"},
		{"duration of phases", load("phases: [{hold: {rate: 1/s, for: 1m}}, {hold: {rate: 2/s, for: 30s}}]"), "duration: 1m30s"},
		{"duration beside phases", load("phases: [{hold: {rate: 1/s, for: 1m}}]") + "duration: 5s\n", "duration: 5s"},
		{"drain of nothing", head, "drain: 15s"},
		{
			"drain of a batching window",
			"version: 1\npipeline: {streams: {orders: {}}, functions: {f: {eventSources: [{stream: orders, maximumBatchingWindow: 20s}]}}}\n",
			"drain: 35s",
		},
		{"drain of a delivery stream", "version: 1\npipeline: {deliveryStreams: {d: {s3: {bucket: orders}}}}\n", "drain: 5m15s"},
		{"objectives without a sink", head, "objectives: []"},
		{"objectives with a sink", "version: 1\npipeline: {functions: {f: }}\n", "  - integrity.missing == 0"},
		{"objectives that are empty", "version: 1\npipeline: {functions: {f: }}\nobjectives: []\n", "objectives: []"},
		{"shards", head, "      shardCount: 1"},
		{"partition key", load("rate: 1/s"), "    partitionKey: userId"},
		{"arrivals", load("rate: 1/s"), "    arrivals: constant"},
		{"spike", load("phases: [{spike: {base: 1/s, peak: 2/s, for: 1m}}]"), "          at: 20s"},
		{"spike that is wide", load("phases: [{spike: {base: 1/s, peak: 2/s, width: 50s, for: 1m}}]"), "          at: 10s"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s, err := Parse("defaults.yaml", []byte(row.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(s.Resolved()); !strings.Contains("\n"+got, "\n"+row.want+"\n") {
				t.Errorf("found no line %q in\n%s", row.want, got)
			}
		})
	}
}

func TestComplete(t *testing.T) {
	minimal := func() Scenario {
		return Scenario{
			Name:     "orders",
			Pipeline: Pipeline{Streams: map[string]Stream{"orders": {}}, Functions: map[string]Function{"process": {}}},
			Load:     []Load{{Stream: "orders", Generator: Generator{Transaction: &Transaction{}}, Rate: 10}},
		}
	}
	t.Run("fills defaults in", func(t *testing.T) {
		s := minimal()
		if err := s.Complete(); err != nil {
			t.Fatal(err)
		}
		written, err := Parse("orders.yaml", []byte(`
version: 1
pipeline: {streams: {orders: }, functions: {process: }}
load: [{stream: orders, generator: {transaction: }, rate: 10/s}]
`), nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written, &s, ignorePlaces); diff != "" {
			t.Errorf("built in Go (-written +built):\n%s", diff)
		}
	})
	t.Run("keeps a template's data", func(t *testing.T) {
		s := minimal()
		s.Load[0].Generator = Generator{Template: &Template{File: "mine.jsonl", Data: []byte(`{"id":1}`)}}
		if err := s.Complete(); err != nil {
			t.Fatal(err)
		}
		if got := string(s.Load[0].Generator.Template.Data); got != `{"id":1}` {
			t.Errorf("found %q", got)
		}
	})
	t.Run("is idempotent", func(t *testing.T) {
		s, err := ReadFile("testdata/full.yaml", nil)
		if err != nil {
			t.Fatal(err)
		}
		before := s.Resolved()
		s.Drain = 1 // zero would be the default
		s.Load[0].Batch.Linger, s.Load[0].Retry.Backoff, s.Load[1].Generator.Sensor.Dropout = 1, 1, 1
		s.Load[1].Phases[5].Spike.At = 1
		s.Pipeline.DeliveryStreams["from-stream"] = s.Pipeline.DeliveryStreams["direct"]
		first := s.Resolved()
		if err := s.Complete(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(first), string(s.Resolved())); diff != "" || bytes.Equal(before, first) {
			t.Errorf("completed twice (-first +again):\n%s", diff)
		}
	})
	t.Run("answers mistakes with paths", func(t *testing.T) {
		s := minimal()
		s.Load[0].Stream, s.Load[0].Rate = "order", -1
		const want = `load.0.rate: found "-1/s", want a rate above 0/s up to 100000000/s, such as 2000/s
load.0.stream: unknown stream "order"; did you mean "orders"? (known: orders)`
		if err := s.Complete(); err == nil || err.Error() != want {
			t.Errorf("found %v\nwant %s", err, want)
		}
		if s.Duration != 0 {
			t.Error("the scenario was changed")
		}
		if err := s.Validate(); err == nil {
			t.Error("validate found nothing")
		}
	})
}

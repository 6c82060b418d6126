package scenarios

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7) // it must say itself that it is 2020-12
	c.AssertFormat()
	if err := c.AddResource("scenario.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	if schema.DraftVersion != 2020 {
		t.Fatalf("found draft %d", schema.DraftVersion)
	}
	return schema
}

// asJSON is what an editor checks: YAML as JSON values.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaAccepts(t *testing.T) {
	schema := compileSchema(t)
	texts := map[string][]byte{}
	for _, e := range Library() {
		texts[e.Name], _ = Source(e.Name)
		s, err := Open(e.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		texts[e.Name+" resolved"] = s.Resolved()
	}
	for _, name := range []string{"full", "full.resolved"} {
		text, err := os.ReadFile("testdata/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			if err := schema.Validate(asJSON(t, text)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compileSchema(t)
	const head = "version: 1\npipeline: {streams: {orders: {}}}\n"
	load := func(with string) string {
		return head + "load: [{stream: orders, generator: {sensor: {}}, " + with + "}]\n"
	}
	if err := schema.Validate(asJSON(t, []byte(load("rate: 1/s")))); err != nil {
		t.Fatalf("the base of the rows: %v", err)
	}
	rows := []struct{ name, text string }{
		{"nothing", "{}"},
		{"version 2", strings.Replace(head, "1", "2", 1)},
		{"an unknown key", head + "warmpu: 2s\n"},
		{"a duration without unit", head + "duration: 30\n"},
		{"no shards", "version: 1\npipeline: {streams: {orders: {shardCount: 0}}}\n"},
		{"a stream's name", "version: 1\npipeline: {streams: {a/b: {}}}\n"},
		{"a mode", "version: 1\npipeline: {streams: {orders: {streamMode: ONDEMAND}}}\n"},
		{"a batch size", "version: 1\npipeline: {functions: {f: {eventSources: [{stream: orders, batchSize: 10001}]}}}\n"},
		{"one hint alone", "version: 1\npipeline: {deliveryStreams: {d: {s3: {bucket: orders, bufferingHints: {size: 1MiB}}}}}\n"},
		{"a negative rate", load("rate: -1/s")},
		{"a rate without unit", load("rate: 2000")},
		{"rate and phases", load("rate: 1/s, phases: []")},
		{"neither rate nor phases", load("lanes: 1")},
		{"two targets", load("deliveryStream: d, rate: 1/s")},
		{"two phases in one", load("phases: [{hold: {rate: 1/s, for: 1s}, ramp: {from: 1/s, to: 2/s, over: 1s}}]")},
		{"arrivals", load("rate: 1/s, arrivals: poison")},
		{"arrivals with a parameter", load("rate: 1/s, arrivals: {bursty: {dispersion: 0}}")},
		{"a fault that is none", head + "faults: [{at: 1s, for: 1s}]\n"},
		{"two faults in one", head + "faults: [{at: 1s, for: 1s, stall: {}, latency: {add: 1s}}]\n"},
		{"an objective", head + "objectives: [{put.hit: 0}]\n"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if err := schema.Validate(asJSON(t, []byte(row.text))); err == nil {
				t.Errorf("the schema accepts\n%s", row.text)
			}
		})
	}
}

func ExampleJSONSchema() {
	for line := range strings.Lines(string(JSONSchema())) {
		if strings.Contains(line, `"$schema"`) {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output: "$schema": "https://json-schema.org/draft/2020-12/schema",
}

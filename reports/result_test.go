package reports

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wavetank/wavetank/internal/measure"
)

func TestResultsFollowTheSchema(t *testing.T) {
	schema := compileSchema(t)
	for _, c := range []struct {
		name   string
		change func(*toy)
	}{
		{"whole", nil},
		{"killed", func(y *toy) { y.killed = 4 }},
		{"in virtual time", func(y *toy) { y.before = func(h *measure.Header) { h.Clock = measure.ClockVirtual } }},
		{"of a target that tells little", func(y *toy) {
			y.untold = []measure.Trait{{Name: "lambda.*", Reason: "no function is deployed"}}
			y.before = func(h *measure.Header) { h.Limits, h.Labels = nil, nil }
		}},
		{"with nothing measured", func(y *toy) { y.before = func(h *measure.Header) { h.WarmupSeconds = 60 } }},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := short(t, "put.latency p99 < 1ms", "lambda.latency p99 < 2s", "integrity.missing == 0", "goodput > 1/s", "put.hit < 1%")
			if c.change != nil {
				c.change(y)
			}
			checkSchema(t, schema, y.report(t))
		})
	}
	t.Run("of a hot shard", func(t *testing.T) { checkSchema(t, schema, whole(t, "hot-shard")) })
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ResultSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("result.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func checkSchema(t *testing.T, schema *jsonschema.Schema, r *Report) {
	t.Helper()
	var text bytes.Buffer
	if err := r.WriteResult(&text); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v\n%s", err, text.String()[:min(text.Len(), 2000)])
	}
}

// The schema refuses what a result cannot be: its rules bite.
func TestSchemaRefuses(t *testing.T) {
	schema := compileSchema(t)
	for _, c := range []struct {
		name   string
		change func(result map[string]any)
	}{
		{"an unknown member", func(r map[string]any) { r["extra"] = 1 }},
		{"an unknown verdict", func(r map[string]any) { r["verdict"] = "maybe" }},
		{"a missing member", func(r map[string]any) { delete(r, "measurements") }},
		{"another version", func(r map[string]any) { r["schema"] = 2 }},
		{"a text for a number", func(r map[string]any) { r["durationSeconds"] = "6s" }},
	} {
		var text bytes.Buffer
		if err := short(t).report(t).WriteResult(&text); err != nil {
			t.Fatal(err)
		}
		var result map[string]any
		if err := json.Unmarshal(text.Bytes(), &result); err != nil {
			t.Fatal(err)
		}
		c.change(result)
		changed, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("%s is accepted", c.name)
		}
	}
}

// A whole-run measurement is the merge of its tagged ones, and warm-up is in neither.
func TestResultSumsUp(t *testing.T) {
	r := short(t).report(t)
	res := r.Result()
	var whole, tagged int64
	for _, m := range res.Measurements {
		if m.Name == "put.latency" && len(m.Tags) == 0 {
			whole = m.Count
		} else if m.Name == "put.latency" {
			tagged += m.Count
		}
	}
	due := r.Run.Sum("put.due", nil, 1, 6)
	if whole == 0 || whole != tagged || whole != due {
		t.Errorf("whole %d, tagged %d, due after the warm-up %d", whole, tagged, due)
	}
	if all := r.Run.Sum("put.due", nil, 0, 6); res.Ledger.Offered != all {
		t.Errorf("the ledger holds %d, due with the warm-up were %d", res.Ledger.Offered, all)
	}
	for _, name := range []string{"put.acked", "integrity.missing"} {
		found := false
		for _, c := range res.Counters {
			found = found || c.Name == name && len(c.Tags) == 0
		}
		if !found {
			t.Errorf("no counter %s of the whole run", name)
		}
	}
}

// What is measured although a pipeline should not be judged by it is shown, and says so.
func TestWhatIsNotJudgedIsShown(t *testing.T) {
	y := short(t)
	y.untold = []measure.Trait{{Name: "firehose.lag", Reason: "it does not buffer", Measured: true}}
	shown := 0
	for _, m := range y.report(t).Result().Measurements {
		switch {
		case m.Name != "firehose.lag" && m.NotJudged != "":
			t.Errorf("%s is not judged: %s", m.Name, m.NotJudged)
		case m.Name == "firehose.lag":
			if shown++; m.NotJudged != "it does not buffer" || m.P50 == nil {
				t.Errorf("firehose.lag: %+v", m)
			}
		}
	}
	if shown == 0 {
		t.Error("firehose.lag is left out")
	}
}

func TestUntoldMeasurementsAreLeftOut(t *testing.T) {
	y := short(t)
	y.untold = []measure.Trait{{Name: "lambda.*", Reason: "no function is deployed"}}
	for _, m := range y.report(t).Result().Measurements {
		if strings.HasPrefix(m.Name, "lambda.") {
			t.Errorf("%s is told", m.Name)
		}
	}
}

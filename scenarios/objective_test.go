package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseObjective(t *testing.T) {
	rows := []struct {
		name, text string
		want       Objective
	}{
		{
			"a percentile", "put.latency p99 < 100ms",
			Objective{Name: "put.latency", Stat: "p99", Op: "<", Limit: 1e8, Unit: UnitNanoseconds},
		},
		{
			"without spaces", "put.latency p99<100ms",
			Objective{Text: "put.latency p99 < 100ms", Name: "put.latency", Stat: "p99", Op: "<", Limit: 1e8, Unit: UnitNanoseconds},
		},
		{
			"many nines", "put.latency p99.99 <= 1s",
			Objective{Name: "put.latency", Stat: "p99.99", Op: "<=", Limit: 1e9, Unit: UnitNanoseconds},
		},
		{
			"the maximum", "firehose.freshness max < 1m",
			Objective{Name: "firehose.freshness", Stat: "max", Op: "<", Limit: 6e10, Unit: UnitNanoseconds},
		},
		{
			"a share", "put.hit < 0.1%",
			Objective{Name: "put.hit", Op: "<", Limit: 0.001, Unit: UnitRatio},
		},
		{
			"a count", "put.throttled == 0",
			Objective{Name: "put.throttled", Op: "==", Unit: UnitCount},
		},
		{
			"a large count", "put.offered >= 1000000",
			Objective{Name: "put.offered", Op: ">=", Limit: 1e6, Unit: UnitCount},
		},
		{
			"a rate", "goodput > 119940/m",
			Objective{Text: "goodput > 1999/s", Name: "goodput", Op: ">", Limit: 1999, Unit: UnitRate},
		},
		{
			"windows", "firehose.lag p95 < 15s over 10s",
			Objective{Name: "firehose.lag", Stat: "p95", Op: "<", Limit: 15e9, Unit: UnitNanoseconds, Over: 10 * time.Second},
		},
		{
			"a sink's own", "clicks.to-s3.end_to_end p50 < 1s",
			Objective{Name: "clicks.to-s3.end_to_end", Stat: "p50", Op: "<", Limit: 1e9, Unit: UnitNanoseconds},
		},
		{
			"tags", `put.throttled{shard=shardId-000000000001,stream=a} == 0`,
			Objective{Name: "put.throttled", Tags: map[string]string{"stream": "a", "shard": "shardId-000000000001"}, Op: "==", Unit: UnitCount},
		},
		{
			"tags with spaces", `put.throttled { stream = a , key = "x, \"y\"" } == 0`,
			Objective{
				Text: `put.throttled{key="x, \"y\"",stream=a} == 0`, Name: "put.throttled",
				Tags: map[string]string{"stream": "a", "key": `x, "y"`}, Op: "==", Unit: UnitCount,
			},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if row.want.Text == "" {
				row.want.Text = row.text
			}
			got, err := ParseObjective(row.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("objective (-want +got):\n%s", diff)
			}
			if again, err := ParseObjective(got.String()); err != nil || !cmp.Equal(again, got) {
				t.Errorf("%s comes back as %+v, %v", got, again, err)
			}
		})
	}
}

func TestParseObjectiveMistakes(t *testing.T) {
	const counters = "; want such as "
	rows := []struct {
		name, text string
		column     int
		want       string
	}{
		{"nothing", "", 1, "found no measurement, want such as put.latency p99 < 100ms"},
		{"no name", "< 100ms", 1, "found no measurement, want such as put.latency p99 < 100ms"},
		{"near a name", "put.latancy p99 < 1s", 1, `unknown measurement "put.latancy"; did you mean "put.latency"?`},
		{"no sink", ".end_to_end p99 < 1s", 1, `unknown measurement ".end_to_end" (known: ` + strings.Join(MeasurementNames(), ", ") + ", <sink>.end_to_end)"},
		{"no stat", "put.latency < 1s", 13, "put.latency is a distribution and needs a stat, such as put.latency p99 < 100ms"},
		{
			"an average", "put.latency avg < 1s", 13,
			`unknown stat "avg"; did you mean "mean"? (known: min, mean, p50, p75, p90, p95, p99, p99.9, p99.99, max)`,
		},
		{
			"a percentile over 100", "put.latency p101 < 1s", 13,
			`unknown stat "p101"; did you mean "p50"? (known: min, mean, p50, p75, p90, p95, p99, p99.9, p99.99, max)`,
		},
		{
			"the zeroth percentile", "put.latency p0.0 < 1s", 13,
			`unknown stat "p0.0"; did you mean "p50"? (known: min, mean, p50, p75, p90, p95, p99, p99.9, p99.99, max)`,
		},
		{
			"a stat of a counter", "put.throttled p99 < 1%", 15,
			`found "p99", but put.throttled is a number and has no percentiles` + counters + "put.throttled == 0",
		},
		{"one equals sign", "put.throttled = 0", 15, `found "=", want "=="`},
		{"not equal", "put.throttled != 0", 15, `found "!=", want one of < <= == >= >`},
		{"no op", "put.throttled 0", 15, `found "0", but put.throttled is a number and has no percentiles` + counters + "put.throttled == 0"},
		{"no limit", "put.throttled ==", 17, `found "", want a whole number or a percentage of put.attempts`},
		{"a limit without unit", "put.latency p99 < 100", 19, `found "100", want a duration up to 2400h, such as 100ms`},
		{"a share of time", "put.latency p99 < 1%", 19, `found "1%", want a duration up to 2400h, such as 100ms`},
		{"half a record", "put.throttled < 0.5", 17, `found "0.5", want a whole number or a percentage of put.attempts`},
		{"more than all", "put.throttled < 101%", 17, `found "101%", want a whole number or a percentage of put.attempts`},
		{"a share of nothing", "put.attempts < 1%", 16, `found "1%", want a whole number`},
		{"negative", "put.throttled < -1", 17, `found "-1", want a whole number or a percentage of put.attempts`},
		{"goodput in percent", "goodput > 99%", 11, `found "99%", want a rate, such as 2000/s`},
		{"more behind", "put.hit == 0 always", 14, `found "always", want nothing or "over" and a duration`},
		{"ovr", "put.hit == 0 ovr 10s", 14, `found "ovr", want nothing or "over" and a duration; did you mean "over"?`},
		{"over nothing", "put.hit == 0 over", 18, `found "", want whole seconds from 1s to 1h`},
		{"over half a second", "put.hit == 0 over 500ms", 19, `found "500ms", want whole seconds from 1s to 1h`},
		{"over and more", "put.hit == 0 over 5s 6s", 22, `found "6s" at the end, want nothing or "over" and a duration`},
		{"windows of the ledger", "integrity.missing == 0 over 10s", 24, "integrity.missing is told once, after the drain; it has no windows"},
		{
			"an unknown tag", "put.hit{streem=a} == 0", 9,
			`unknown tag "streem"; did you mean "stream"? (known: stream, deliveryStream, function, consumer, sink, shard, limit, key, origin, connection)`,
		},
		{
			"no tag", "put.hit{} == 0", 9,
			`unknown tag "" (known: stream, deliveryStream, function, consumer, sink, shard, limit, key, origin, connection)`,
		},
		{"a tag without value", "put.hit{stream} == 0", 15, "the tag stream has no value, want such as {stream=…}"},
		{"a tag with an empty value", "put.hit{stream=} == 0", 16, "found no value for the tag, want a name or a quoted text"},
		{"a tag twice", "put.hit{stream=a,stream=b} == 0", 18, "the tag stream is there twice"},
		{"open tags", "put.hit{stream=a == 0", 18, `the tags are not closed, want "}"`},
		{"columns are characters", `put.hit{key="日本"} = 0`, 19, `found "=", want "=="`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o, err := ParseObjective(row.text)
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("found %+v, %v, want an Error", o, err)
			}
			if wrong.Column != row.column || wrong.Message != row.want {
				t.Errorf("found %d: %s\n want %d: %s", wrong.Column, wrong.Message, row.column, row.want)
			}
		})
	}
}

func TestObjectiveHolds(t *testing.T) {
	rows := []struct {
		op                 string
		below, same, above bool
	}{
		{"<", true, false, false},
		{"<=", true, true, false},
		{"==", false, true, false},
		{">=", false, true, true},
		{">", false, false, true},
		{"", false, false, false},
	}
	for _, row := range rows {
		o := Objective{Op: row.op, Limit: 2}
		if o.Holds(1) != row.below || o.Holds(2) != row.same || o.Holds(3) != row.above {
			t.Errorf("%q: 1, 2 and 3 against 2 hold %v, %v, %v", row.op, o.Holds(1), o.Holds(2), o.Holds(3))
		}
	}
}

func TestObjectiveMatches(t *testing.T) {
	whole := Objective{Name: "put.latency"}
	tagged := Objective{Name: "put.latency", Tags: map[string]string{"stream": "a"}}
	rows := []struct {
		name string
		o    Objective
		of   string
		tags map[string]string
		want bool
	}{
		{"the whole", whole, "put.latency", nil, true},
		{"the whole, of a part", whole, "put.latency", map[string]string{"stream": "a"}, true},
		{"another name", whole, "put.response", nil, false},
		{"the tag", tagged, "put.latency", map[string]string{"stream": "a", "shard": "1"}, true},
		{"another value", tagged, "put.latency", map[string]string{"stream": "b"}, false},
		{"no tag", tagged, "put.latency", nil, false},
	}
	for _, row := range rows {
		if got := row.o.Matches(row.of, row.tags); got != row.want {
			t.Errorf("%s: found %v, want %v", row.name, got, row.want)
		}
	}
}

func TestObjectiveQuantile(t *testing.T) {
	for stat, want := range map[string]float64{"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999, "max": 0, "": 0} {
		if q, ok := (Objective{Stat: stat}).Quantile(); q != want || ok != (want > 0) {
			t.Errorf("%s: found %v, %v, want %v", stat, q, ok, want)
		}
	}
}

func TestVocabulary(t *testing.T) {
	for _, m := range Measurements() {
		t.Run(m.Name, func(t *testing.T) {
			if m.Doc == "" || (m.Per == "") != (m.Unit != UnitNanoseconds) {
				t.Errorf("incomplete: %+v", m)
			}
			if _, ok := measurement(m.Of); m.Of != "" && !ok {
				t.Errorf("a share of %s, which is no name", m.Of)
			}
			p := objectiveParser{subject: m}
			if _, err := ParseObjective(p.example()); err != nil {
				t.Errorf("the example %q is refused: %v", p.example(), err)
			}
		})
	}
}

// FuzzParseObjective holds that what is read is written so that it is read again, and that nothing panics.
func FuzzParseObjective(f *testing.F) {
	for _, text := range []string{
		"put.latency p99 < 100ms", "put.hit < 0.1%", "firehose.lag p95 < 15s over 10s", "integrity.missing == 0",
		`lambda.latency{function=process-clicks,key="a b"} p99.9 <= 2s`, "goodput >= 1990/s", "x.end_to_end max < 1h", "put.throttled{", "put.hit < 1e9%",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObjective(text)
		if err != nil {
			return
		}
		again, err := ParseObjective(o.String())
		if err != nil {
			t.Fatalf("%q is written %q, which is refused: %v", text, o, err)
		}
		if !cmp.Equal(o, again) {
			t.Fatalf("%q is written %q and read as another (-first +again):\n%s", text, o, cmp.Diff(o, again))
		}
	})
}

func ExampleParseObjective() {
	o, err := ParseObjective("lambda.latency{function=process-clicks} p99 < 2s over 10s")
	if err != nil {
		fmt.Println(err)
		return
	}
	q, _ := o.Quantile()
	fmt.Println(o.Name, o.Tags["function"], q, o.Op, o.LimitText(), o.Over)
	fmt.Println(o.Holds(1.9e9), o.Holds(2.1e9))
	// Output:
	// lambda.latency process-clicks 0.99 < 2s 10s
	// true false
}

func TestObjectiveOf(t *testing.T) {
	for text, want := range map[string]string{
		"put.hit < 1%": "put.offered", "put.throttled < 1%": "put.attempts", "put.hit < 1": "", "put.latency p99 < 1s": "", "goodput > 1/s": "",
	} {
		o, err := ParseObjective(text)
		if err != nil {
			t.Fatal(err)
		}
		if o.Of() != want {
			t.Errorf("%s: found a share of %q, want %q", text, o.Of(), want)
		}
	}
}

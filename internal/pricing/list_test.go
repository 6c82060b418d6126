package pricing_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/pricing"
)

func TestReadList(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // the error, or nothing
	}{
		{"one item", "kinesis.shardHour: 0.018\n", ""},
		{"nothing for nothing", "kinesis.shardHour: 0\n", ""},
		{"by the million", "kinesis.putPayloadUnit: 0.0165/million", ""},
		{"tiers", "firehose.ingest: [{upTo: 512000, usd: 0.033}, {usd: 0.03}]", ""},
		{"comments and another order", "# ours\ns3.put: 0.0054/thousand # eu\nkinesis.shardHour: 0.018", ""},

		{"no file", "", `p.yaml:1:1: found no prices, want items with what one unit costs, such as kinesis.shardHour: 0.015`},
		{"prose", "cheap", `p.yaml:1:1: found no prices, want items with what one unit costs, such as kinesis.shardHour: 0.015`},
		{"an empty mapping", "{}", `p.yaml:1:1: found no prices, want items with what one unit costs, such as kinesis.shardHour: 0.015`},
		{"no YAML", "a: [", `p.yaml:1:4: cannot be read as YAML: sequence end token ']' not found`},
		{"no text", "\xff", `p.yaml:1:1: is not UTF-8 text`},
		{"two documents", "s3.put: 1\n---\ns3.put: 1", `p.yaml:3:7: a second YAML document begins here; a price list is one`},
		{"an unknown item", "kinesis.shardHours: 0.018", `p.yaml:1:1: unknown item "kinesis.shardHours"; did you mean "kinesis.shardHour"?`},
		{"half an item", "shardHour: 0.018", `p.yaml:1:1: unknown item "shardHour"; did you mean "kinesis.shardHour"?`},
		{"nothing near", "dynamo: 0.018", `p.yaml:1:1: unknown item "dynamo" (known: kinesis.shardHour, kinesis.putPayloadUnit, kinesis.retainedShardHour, kinesis.fanOutShardHour, kinesis.fanOutOut, kinesis.onDemandStreamHour, kinesis.onDemandIn, kinesis.onDemandOut, kinesis.onDemandFanOut, lambda.request, lambda.duration, firehose.ingest, s3.put)`},
		{"twice", "s3.put: 1\nkinesis.shardHour: 1\ns3.put: 2", `p.yaml:3:1: s3.put: the item is there twice, first at line 1`},
		{"nothing", "kinesis.shardHour:", `p.yaml:1:1: kinesis.shardHour: found nothing, want the US dollars that one shard hour costs, such as 0.015, or a list of tiers`},
		{"a currency", "kinesis.shardHour: 0.015 USD", `p.yaml:1:20: kinesis.shardHour: found "0.015 USD", want the US dollars that one shard hour costs, such as 0.015, or a list of tiers`},
		{"negative", "lambda.request: -0.2/million", `p.yaml:1:17: lambda.request: found "-0.2/million", want the US dollars that one request costs, such as 0.2/million, or a list of tiers`},
		{"an exponent", "lambda.request: 2e-7", `p.yaml:1:17: lambda.request: found "2e-7", want the US dollars that one request costs, such as 0.2/million, or a list of tiers`},
		{"too much", "s3.put: 1000000", `p.yaml:1:9: s3.put: found "1000000", want the US dollars that one request costs, such as 5/million, or a list of tiers`},
		{"quoted", `s3.put: "1"`, `p.yaml:1:9: s3.put: found "1", want the US dollars that one request costs, such as 5/million, or a list of tiers`},
		{"a mapping", "s3.put: {usd: 1}", `p.yaml:1:9: s3.put: found a mapping, want the US dollars that one request costs, such as 5/million, or a list of tiers`},
		{"an alias", "s3.put: &a 1\nlambda.request: *a", `p.yaml:1:9: s3.put: found "&", want the US dollars that one request costs, such as 5/million, or a list of tiers
p.yaml:2:17: lambda.request: found "*", want the US dollars that one request costs, such as 0.2/million, or a list of tiers`},
		{"no tiers", "firehose.ingest: []", `p.yaml:1:18: firehose.ingest: found 0 tiers, want 1 to 20`},
		{"a tier that is none", "firehose.ingest: [0.029]", `p.yaml:1:19: firehose.ingest: found "0.029" as a tier, want one such as {upTo: 1000, usd: 0.029}`},
		{"a tier without a price", "firehose.ingest: [{upTo: 5}, {usd: 1}]", `p.yaml:1:19: firehose.ingest: a tier has no usd, want what one GB costs in it`},
		{"an unknown key", "firehose.ingest: [{from: 5, usd: 1}]", `p.yaml:1:20: firehose.ingest: unknown key "from" of a tier (known: upTo, usd)`},
		{"a key twice", "firehose.ingest: [{usd: 5, usd: 1}]", `p.yaml:1:28: firehose.ingest: usd is there twice`},
		{"up to nothing", "firehose.ingest: [{upTo: 0, usd: 1}, {usd: 1}]", `p.yaml:1:26: firehose.ingest: upTo: found "0", want a number of GB above 0, such as 512000`},
		{"an end at the end", "firehose.ingest: [{upTo: 5, usd: 1}]", `p.yaml:1:19: firehose.ingest: the last tier has an upTo, want none: it is for all that is beyond the others`},
		{"no end before the end", "firehose.ingest: [{usd: 1}, {usd: 1}]", `p.yaml:1:19: firehose.ingest: a tier before the last has no upTo, want the GB of a month up to which it is for`},
		{"falling", "firehose.ingest: [{upTo: 5, usd: 1}, {upTo: 5, usd: 1}, {usd: 1}]", `p.yaml:1:38: firehose.ingest: found upTo 5 behind 5, want it to rise`},
		{"all mistakes at once", "a: 1\ns3.put: x", `p.yaml:1:1: unknown item "a" (known: kinesis.shardHour, kinesis.putPayloadUnit, kinesis.retainedShardHour, kinesis.fanOutShardHour, kinesis.fanOutOut, kinesis.onDemandStreamHour, kinesis.onDemandIn, kinesis.onDemandOut, kinesis.onDemandFanOut, lambda.request, lambda.duration, firehose.ingest, s3.put)
p.yaml:2:9: s3.put: found "x", want the US dollars that one request costs, such as 5/million, or a list of tiers`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := pricing.ReadList("p.yaml", []byte(tt.text))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
			if err == nil && (l.Own() == 0 || !bytes.Equal(l.Text(), []byte(tt.text))) {
				t.Errorf("%d own prices of the text %q", l.Own(), l.Text())
			}
		})
	}
}

func TestListEstimates(t *testing.T) {
	l, err := pricing.ReadList("mine.yaml", []byte("kinesis.shardHour: 0.03\nfirehose.ingest: [{upTo: 10, usd: 1}, {usd: 0.5}]"))
	if err != nil {
		t.Fatal(err)
	}
	u := pricing.Usage{ShardHours: 100, FirehoseGB: 14, S3Puts: 1000}
	e := l.Estimate(u)
	if want := 100*0.03 + 10 + 4*0.5 + 0.005; !near(e.Total, want) {
		t.Errorf("%g, want %g", e.Total, want)
	}
	if got := u.Estimate().Total; near(got, e.Total) {
		t.Errorf("the table's prices became %g too", got)
	}
	if got, want := l.Summary(e, e), "; by your own prices (mine.yaml)"; !strings.HasSuffix(got, want) {
		t.Errorf("summary %q, want it to end in %q", got, want)
	}
	puts := pricing.Usage{S3Puts: 1000}
	if got := l.Summary(l.Estimate(puts), l.Estimate(puts)); strings.Contains(got, "your own") {
		t.Errorf("summary %q, though no price of it is the user's", got)
	}
	if got, want := l.Basis(), "your own prices (mine.yaml) where it has one, else list prices of us-east-1"; got != want {
		t.Errorf("basis %q, want %q", got, want)
	}
	for _, line := range e.Lines {
		own := line.Price.Source == "mine.yaml" && line.Price.Date == "" && line.Price.Confidence == pricing.Own
		if want := line.Price.Item != pricing.S3Put; own != want {
			t.Errorf("%s: from %s of %q", line.Price.Item, line.Price.Source, line.Price.Date)
		}
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// What is written to begin from reads as the table it was written of.
func TestListIsWrittenAsItReads(t *testing.T) {
	var table *pricing.List
	if table.Own() != 0 || table.Name() != "" || table.Text() != nil || table.Basis() != "list prices of us-east-1" {
		t.Error("no list is not the table")
	}
	l, err := pricing.ReadList("all.yaml", table.YAML())
	if err != nil {
		t.Fatalf("%v\n%s", err, table.YAML())
	}
	if diff := cmp.Diff(pricing.Table(), l.Prices(), cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".Source" || name == ".Date" || name == ".Confidence"
	}, cmp.Ignore())); diff != "" {
		t.Errorf("-table +read:\n%s", diff)
	}
	if got := l.Basis(); got != "your own prices (all.yaml)" {
		t.Errorf("basis %q", got)
	}
}

// FuzzReadList holds that no text makes the reader panic, that every refusal names a place, and that what is read is
// written so that it reads the same.
func FuzzReadList(f *testing.F) {
	f.Add((*pricing.List)(nil).YAML())
	for _, text := range []string{
		"kinesis.shardHour: 0.015", "firehose.ingest: [{upTo: 1.5, usd: 0.029/billion}, {usd: 0}]", "s3.put: 1e3", "s3.put: 0x1",
		"? s3.put\n: 1", "<<: *a", "s3.put: !!str 1", "s3.put: |\n  1", "{s3.put: 1}", "a: [", "s3.put: 999999999.999999999999999999",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := pricing.ReadList("p.yaml", text)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.HasPrefix(line, "p.yaml:") {
					t.Fatalf("a mistake without its place: %q", err)
				}
			}
			return
		}
		again, err := pricing.ReadList("p.yaml", l.YAML())
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, l.YAML())
		}
		for i, p := range l.Prices() {
			if diff := cmp.Diff(p.Tiers, again.Prices()[i].Tiers); diff != "" {
				t.Fatalf("%s: -read +written and read:\n%s", p.Item, diff)
			}
		}
	})
}

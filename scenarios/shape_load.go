package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/nearest"
)

var loadShape = shape[Load]{
	name: "load",
	doc:  "One stream of records offered to the pipeline, open-loop.",
	keys: []key[Load]{
		row("stream", named(streamNames), func(l *Load) *string { return &l.Stream },
			"The stream that the records go into."),
		row("deliveryStream", named(deliveryStreamNames), func(l *Load) *string { return &l.DeliveryStream },
			"The delivery stream that the records go into, by Direct PUT."),
		row("generator", generatorShape.codec(), func(l *Load) *Generator { return &l.Generator },
			"What the records are.", required),
		row("partitionKey", text(256), func(l *Load) *string { return &l.PartitionKey },
			"Which member of a record is its partition key: userId or sessionId (clickstream), sensorId or siteId (sensor), "+
				"accountId or transactionId (transaction), any member or random (template).",
			derived("the first of the generator's; random for a template")),
		row("rate", someRate, func(l *Load) *Rate { return &l.Rate },
			"Records per second, for the whole duration."),
		row("phases", listOf(phaseShape.codec()), func(l *Load) *[]Phase { return &l.Phases },
			"How the rate goes, one phase after another."),
		row("arrivals", arrivals, func(l *Load) *Arrivals { return &l.Arrivals },
			"How records are spread around the rate.", byDefault(Constant)),
		row("lanes", integer(1, 1024), func(l *Load) *int { return &l.Lanes },
			"Independent sequences that the records are drawn in; a key belongs to one.", byDefault("4")),
		row("batch", batchShape.codec(), func(l *Load) *Batch { return &l.Batch },
			"How records are gathered into requests.", byDefault("{}")),
		row("retry", retryShape.codec(), func(l *Load) *Retry { return &l.Retry },
			"What becomes of records that the target refused.", byDefault("{}")),
	},
	groups: []group{exactly("stream", "deliveryStream"), exactly("rate", "phases")},
	finish: finishLoad,
}

// finishLoad fills in the partition key, checks it against the generator, and wants phases where they are given.
func finishLoad(d *decoder, n *node, l *Load) {
	keys := l.Generator.partitionKeys()
	switch {
	case l.PartitionKey == "" && len(keys) > 0:
		l.PartitionKey = keys[0]
	case l.PartitionKey == "":
		l.PartitionKey = RandomKey
	case len(keys) > 0 && !slices.Contains(keys, l.PartitionKey):
		d.errorf(n.get("partitionKey"), "found %q, want %s of a %s%s",
			clip(l.PartitionKey), list(keys), l.Generator.Kind(), nearest.Hint(l.PartitionKey, keys))
	}
	checkGenerator(d, n, l)
	if l.Batch.Aggregate != nil && l.DeliveryStream != "" {
		d.errorf(n.at("batch", "aggregate"), "found beside deliveryStream, which does not open aggregates of Direct PUT; want a load into a stream")
	}
	if l.Rate == 0 && len(l.Phases) == 0 {
		d.errorf(n.at("phases"), "found no phase, want at least one")
	}
	if total := phasesDuration(l.Phases); total < 0 || total > longest {
		d.errorf(n.at("phases"), "found more than %v in all, want at most that", longest)
	}
}

// checkGenerator finds what only the generator itself can tell of a user's own records, and accounts that a lane would lack.
func checkGenerator(d *decoder, n *node, l *Load) {
	if t := l.Generator.Template; t != nil && t.Data != nil {
		_, err := l.Generator.build(generators.Config{Lanes: l.Lanes, Key: l.PartitionKey})
		if err != nil {
			d.errorf(n.at("generator", "template", "file"), "%v", err)
		}
	}
	if t := l.Generator.Transaction; t != nil && t.Accounts < 2*l.Lanes {
		d.errorf(n.at("generator", "transaction", "accounts"), "found %d, want at least two for each of the %d lanes", t.Accounts, l.Lanes)
	}
}

var batchShape = shape[Batch]{
	name: "batch",
	doc:  "How records are gathered into requests: one leaves when it is full or its first record has waited for the linger.",
	keys: []key[Batch]{
		row("records", integer(1, 500), func(b *Batch) *int { return &b.Records },
			"Records of a request, at most; AWS takes up to 500.", byDefault("500")),
		row("linger", duration(0, Duration(time.Hour)), func(b *Batch) *Duration { return &b.Linger },
			"How long a record may wait for others.", byDefault("20ms")),
		row("timeout", duration(Duration(time.Millisecond), Duration(time.Hour)), func(b *Batch) *Duration { return &b.Timeout },
			"How long to wait for the answer to an attempt.", byDefault("5s")),
		row("inFlight", integer(1, 65_536), func(b *Batch) *int { return &b.InFlight },
			"Requests at once, at most.", byDefault("256")),
		row("aggregate", pointer(aggregateShape.codec()), func(b *Batch) **Aggregate { return &b.Aggregate },
			"Records are user records, gathered into those of the stream in the KPL's format."),
	},
}

// KPL: AggregationMaxSize (from 64 B; more than a stream takes is of no use), AggregationMaxCount, RecordMaxBufferedTime.
var aggregateShape = shape[Aggregate]{
	name: "aggregate",
	doc: "How user records are gathered into records of the stream, in the format of the Kinesis Producer Library (KPL). One is closed " +
		"when it is full or its first user record has waited for the buffered time.",
	keys: []key[Aggregate]{
		row("size", size(64, largestRecord, 1), func(a *Aggregate) *Bytes { return &a.Size },
			"Bytes of a record of the stream, at most; with its partition key it is held to what the stream takes (maxRecordSize).", byDefault("50KiB")),
		row("count", integer(1, math.MaxUint32), func(a *Aggregate) *int { return &a.Count },
			"User records in one, at most.", byDefault("4294967295")),
		row("by", oneOf([]string{ByShard, ByKey}), func(a *Aggregate) *string { return &a.By },
			"What goes together: what goes to the same shard by the producer's map of the shards, or what has the same partition key.", byDefault(ByShard)),
		row("maxBufferedTime", duration(0, Duration(time.Hour)), func(a *Aggregate) *Duration { return &a.MaxBufferedTime },
			"How long a user record may wait for others; what it is in may wait for the linger besides.", byDefault("100ms")),
	},
}

var retryShape = shape[Retry]{
	name: "retry",
	doc:  "What becomes of records that the target refused. The SDK's own retries are off.",
	keys: []key[Retry]{
		row("attempts", integer(1, 100), func(r *Retry) *int { return &r.Attempts },
			"Attempts in all; 1 is no retry.", byDefault("3")),
		row("backoff", duration(0, Duration(time.Hour)), func(r *Retry) *Duration { return &r.Backoff },
			"Wait before the second attempt; it doubles from one to the next.", byDefault("100ms")),
	},
}

// arrivals is a word, or a mapping of one word to its parameter.
var arrivals = codec[Arrivals]{
	decode: func(d *decoder, n *node) Arrivals {
		if !n.scalar() {
			return arrivalsShape.decode(d, n)
		}
		a := Arrivals{Kind: arrivalsWord.decode(d, n)}
		switch a.Kind {
		case Bursty:
			a.Dispersion = 10
		case Aligned:
			a.Period = Duration(time.Minute)
		}
		return a
	},
	encode: func(a Arrivals, m mode) *node {
		switch a.Kind {
		case Bursty:
			return mappingOf("bursty", burstyShape.encode(a, m))
		case Aligned:
			return mappingOf("aligned", textNode(a.Period.String()))
		}
		return arrivalsWord.encode(a.Kind, m)
	},
	schema: func(w *schemaWriter) map[string]any {
		return map[string]any{"anyOf": []any{arrivalsWord.schema(w), arrivalsShape.schema(w)}}
	},
}

var arrivalsWord = oneOf([]string{Constant, Poisson, Bursty, Aligned})

var arrivalsShape = shape[Arrivals]{
	name: "arrivals",
	doc:  "Arrivals with a parameter of their own.",
	keys: []key[Arrivals]{
		row("bursty", burstyShape.codec(), func(a *Arrivals) *Arrivals { return a },
			"In clumps."),
		row("aligned", duration(Duration(time.Millisecond), day), func(a *Arrivals) *Duration { return &a.Period },
			"All at the full mark of this period."),
	},
	groups: []group{exactly("bursty", "aligned")},
	finish: func(_ *decoder, n *node, a *Arrivals) {
		a.Kind = Bursty
		if n.has("aligned") {
			a.Kind = Aligned
		}
	},
}

var burstyShape = shape[Arrivals]{
	name: "bursty",
	doc:  "Arrivals in clumps.",
	keys: []key[Arrivals]{
		row("dispersion", decimal(1, 100_000), func(a *Arrivals) *float64 { return &a.Dispersion },
			"Variance of the counts over their mean; 1 is Poisson.", byDefault("10")),
	},
}

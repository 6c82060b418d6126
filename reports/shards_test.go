package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// recorded is a report of counters alone: what is counted in each second of a ten-second run.
func recorded(t *testing.T, count func(rec *measure.Recorder, second int64), end *measure.End) *Report {
	t.Helper()
	y := short(t, "put.throttled == 0")
	var file bytes.Buffer
	h := y.header()
	h.DurationSeconds, h.WarmupSeconds = 10, 0
	rec, err := measure.NewRecorder(&file, h)
	if err != nil {
		t.Fatal(err)
	}
	for s := range int64(10) {
		count(rec, s*second)
		if err := rec.Tick((s + 1) * second); err != nil {
			t.Fatal(err)
		}
	}
	if end == nil {
		end = &measure.End{}
	}
	end.Complete, end.Drained, end.ElapsedSeconds = true, true, 10
	if err := rec.Finish(*end); err != nil {
		t.Fatal(err)
	}
	run, err := measure.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	return Build(run, y.scenario)
}

func TestShards(t *testing.T) {
	for _, c := range []struct {
		name                               string
		offered, accepted, refused         func(second int64) int64
		burst                              string
		full                               int
		busiest, totalOffered, totalRefuse int64
	}{
		{
			name:    "far below the limit",
			offered: flat(400), accepted: flat(400), refused: flat(0),
			busiest: 400, totalOffered: 4000,
		},
		{
			name:    "exactly at the limit",
			offered: flat(1000), accepted: flat(1000), refused: flat(0),
			full: 10, busiest: 1000, totalOffered: 10000,
		},
		{
			name:    "a burst that idle seconds paid for",
			offered: spike(100, 1500), accepted: spike(100, 1500), refused: flat(0),
			burst: burstAbsorbed, full: 1, busiest: 1500, totalOffered: 2400,
		},
		{
			name:    "a burst that was refused",
			offered: flat(3000), accepted: flat(1000), refused: flat(2000),
			burst: burstSustained, full: 10, busiest: 3000, totalOffered: 30000, totalRefuse: 20000,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := &toy{}
			r := recorded(t, func(rec *measure.Recorder, at int64) {
				rec.Counter("shard.offered", y.shardTags(0, "")).Add(at, c.offered(at/second))
				rec.Counter("shard.accepted", y.shardTags(0, "")).Add(at, c.accepted(at/second))
				rec.Counter("shard.refused", y.shardTags(0, "records")).Add(at, c.refused(at/second))
			}, nil)
			if len(r.Shards) != 1 {
				t.Fatalf("%d shards", len(r.Shards))
			}
			s := r.Shards[0]
			if s.Burst != c.burst || s.SecondsFull != c.full || s.Busiest != c.busiest || s.Offered != c.totalOffered || s.refused() != c.totalRefuse {
				t.Errorf("%+v", s)
			}
		})
	}
}

func flat(n int64) func(int64) int64 { return func(int64) int64 { return n } }

func spike(base, peak int64) func(int64) int64 {
	return func(second int64) int64 {
		if second == 7 {
			return peak
		}
		return base
	}
}

func TestCauseSaysWhetherASplitHelps(t *testing.T) {
	const shard = "shardId-000000000000"
	for _, c := range []struct {
		name  string
		limit string
		key   measure.KeyUse
		says  string
	}{
		{
			"one key is too hot", "records",
			measure.KeyUse{Key: "hot", Offered: 30000, Throttled: 19000, Share: 3},
			"all by its limit of 1,000 records/s. Key hot alone offers 300 % of a shard's limit: no split helps it.",
		},
		{
			"one key is most of it", "bytes",
			measure.KeyUse{Key: "warm", Offered: 9000, Throttled: 15000, Share: 0.9},
			"all by its limit of 1 MiB/s. Key warm alone is 75.0 % of what it refused, and offers 90.0 % of a shard's limit in the " +
				"mean of the run: in its peaks a split may not help.",
		},
		{
			"many keys", "records",
			measure.KeyUse{Key: "one", Offered: 200, Throttled: 150, Share: 0.02},
			"Its hottest key, one, offers only 2.00 % of the limit by itself: the shard has too many keys, and a split helps.",
		},
		{
			"a fault of the scenario", "injected",
			measure.KeyUse{Key: "hot", Offered: 30000, Share: 3},
			"all by a fault of the scenario.",
		},
		{
			"the target does not say", "unknown",
			measure.KeyUse{Key: "hot", Offered: 30000, Share: 3},
			"all by a limit that the target does not name.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := &toy{}
			c.key.Stream, c.key.Shard = "click-stream", shard
			end := &measure.End{Keys: measure.KeyTable{Exact: true, Keys: []measure.KeyUse{c.key}}}
			r := recorded(t, func(rec *measure.Recorder, at int64) {
				rec.Counter("put.throttled", y.shardTags(0, c.limit)).Add(at, 2000)
			}, end)
			cause := r.Objectives[0].Cause
			if cause == nil || !strings.HasSuffix(cause.Text, c.says) {
				t.Errorf("cause %+v, want %q at its end", cause, c.says)
			}
		})
	}
}

func TestRefusedReadsNameTheReader(t *testing.T) {
	r := recorded(t, func(rec *measure.Recorder, at int64) {
		for shard := range 3 {
			for reader, n := range map[string]int64{"dashboard": 1, "lambda/score": 4} {
				tags := (&toy{}).shardTags(shard, "reads")
				tags["consumer"] = reader
				rec.Counter("stream.throttled", tags).Add(at, n)
			}
		}
	}, nil)
	f := r.refusal(readsRefused, span{2, 4}, nil)
	want := "shardId-000000000000 of click-stream refused 10 reads in 00:02–00:04, all by its limit of 5 reads/s, " +
		"8 of them of lambda/score; 2 other shards did likewise."
	if got := f.text(r, span{2, 4}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A key whose shard refused for no limit of its own, as under an injected throttle, is nobody's victim.
func TestVictims(t *testing.T) {
	for limit, want := range map[string]string{"records": "victim of its neighbours", "injected": "", "unknown": ""} {
		y := &toy{}
		tags := y.shardTags(0, limit)
		end := &measure.End{Keys: measure.KeyTable{Exact: true, Keys: []measure.KeyUse{
			{Stream: tags["stream"], Shard: tags["shard"], Key: "cold", Offered: 10, Throttled: 1, Share: 0.01},
		}}}
		r := recorded(t, func(rec *measure.Recorder, at int64) { rec.Counter("put.throttled", tags).Add(at, 2) }, end)
		if got := r.Keys.Keys[0].verdict(); got != want {
			t.Errorf("refused by %s: %q, want %q", limit, got, want)
		}
	}
}

// Where nobody tells a shard's limit, a key has no share of it: 0 % would be a claim.
func TestKeyWithoutLimit(t *testing.T) {
	for share, want := range map[float64]string{0: "–", 0.5: "50.0 %", 3: "300 %"} {
		if got := (&Key{Share: share}).shareText(); got != want {
			t.Errorf("a share of %v is written %s, want %s", share, got, want)
		}
	}
}

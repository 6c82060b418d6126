package reports

import (
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

func TestObjectives(t *testing.T) {
	for _, c := range []struct {
		name      string
		objective string
		change    func(*toy)
		holds     string // yes, no, null
		reason    string // part of it
		check     func(*testing.T, *Objective)
	}{
		{name: "percentile below", objective: "put.latency p99 < 100ms", holds: "yes"},
		{name: "percentile above", objective: "put.latency p99 < 1ms", holds: "no"},
		{name: "of one stream", objective: "put.latency{stream=click-stream} p50 < 100ms", holds: "yes"},
		{name: "of no stream", objective: "put.latency{stream=other} p50 < 100ms", holds: "null", reason: "no value of it was measured"},
		{name: "end to end", objective: "process-clicks.end_to_end p50 < 10s", holds: "yes"},
		{name: "a count", objective: "put.acked >= 1900", holds: "yes"},
		{name: "a count that is not there", objective: "put.throttled == 0", holds: "yes"},
		{name: "a share", objective: "put.acked >= 100%", holds: "yes"},
		{name: "goodput", objective: "goodput > 300/s", holds: "yes"},
		{name: "goodput of one sink", objective: "goodput{sink=clicks-to-s3} > 300/s", holds: "yes"},
		{name: "goodput of no sink", objective: "goodput{sink=other} > 300/s", holds: "null", reason: "no such sink"},
		{name: "ledger", objective: "integrity.missing == 0", holds: "yes"},
		{name: "ledger as a share", objective: "integrity.missing < 0.1%", holds: "yes"},
		{
			name: "ledger of a sink", objective: "integrity.lost{sink=clicks-to-s3} == 0", holds: "no",
			change: func(y *toy) { y.after = func(e *measure.End) { e.Ledger.Sinks[0].Lost = 7 } },
			check: func(t *testing.T, o *Objective) {
				if *o.Value != 7 || o.Cause == nil || !strings.Contains(o.Cause.Text, "clicks-to-s3: 7 acknowledged and lost") {
					t.Errorf("value %v, cause %+v", *o.Value, o.Cause)
				}
			},
		},
		{
			name: "duplicates of which the maker is not always known", objective: "integrity.duplicated{sink=clicks-to-s3} == 0", holds: "no",
			change: func(y *toy) {
				y.after = func(e *measure.End) {
					s := &e.Ledger.Sinks[0]
					s.Duplicated, s.DuplicatedByProducer, s.DuplicatedByPipeline = 6, 2, 3
				}
			},
			check: func(t *testing.T, o *Objective) {
				want := "clicks-to-s3: 2 by the producer's retries, 3 by the pipeline, 1 by one of the two (where these records are stored is not known)."
				if *o.Value != 6 || o.Cause == nil || o.Cause.Text != want {
					t.Errorf("value %v, cause %+v", *o.Value, o.Cause)
				}
			},
		},
		{
			name: "duplicates of which all makers are known", objective: "integrity.duplicated{sink=clicks-to-s3} == 0", holds: "no",
			change: func(y *toy) {
				y.after = func(e *measure.End) { e.Ledger.Sinks[0].Duplicated, e.Ledger.Sinks[0].DuplicatedByPipeline = 3, 3 }
			},
			check: func(t *testing.T, o *Objective) {
				if o.Cause == nil || o.Cause.Text != "clicks-to-s3: 0 by the producer's retries, 3 by the pipeline." {
					t.Errorf("cause %+v", o.Cause)
				}
			},
		},
		{
			name: "ledger with a sink that is not observed", objective: "integrity.missing == 0", holds: "null",
			reason: "nothing is known of what process-clicks delivered",
			change: func(y *toy) { y.after = func(e *measure.End) { e.Ledger.Sinks[1].Observed = false } },
		},
		{
			name: "ledger that is broken without it", objective: "integrity.missing == 0", holds: "no",
			change: func(y *toy) {
				y.after = func(e *measure.End) { e.Ledger.Sinks[0].Missing, e.Ledger.Sinks[1].Observed = 1, false }
			},
		},
		{
			name: "ledger of a killed run", objective: "integrity.missing == 0", holds: "null", reason: "killed",
			change: func(y *toy) { y.killed = 4 },
		},
		{
			name: "a measurement the target cannot tell", objective: "put.arrival p99 < 1s", holds: "null", reason: "from outside",
			change: func(y *toy) {
				y.untold = []measure.Trait{{Name: "put.arrival", Reason: "it cannot be seen from outside"}}
			},
		},
		{
			name: "a share of a counter it cannot tell", objective: "put.hit < 1%", holds: "null", reason: "late",
			change: func(y *toy) { y.untold = []measure.Trait{{Name: "put.offered", Reason: "late"}} },
		},
		{
			name: "thin", objective: "firehose.lag p99 < 1m", holds: "yes",
			check: func(t *testing.T, o *Objective) {
				if !o.Thin || !strings.HasPrefix(o.runText(), "~") || !o.Worst.Thin {
					t.Errorf("thin %v, run %q, worst %+v", o.Thin, o.runText(), o.Worst)
				}
			},
		},
		{
			name: "every window", objective: "put.latency p75 < 30ms over 2s", holds: "no",
			change: func(y *toy) { y.slow = [2]int{3, 4}; y.late = 3 },
			check: func(t *testing.T, o *Objective) {
				if o.Worst.Seconds != 2 || o.Second == nil || o.Second.Seconds != 1 || o.Second.At != 3 {
					t.Errorf("worst %+v, second %+v", o.Worst, o.Second)
				}
			},
		},
		{
			name: "the whole run only", objective: "put.latency p75 < 30ms", holds: "yes",
			change: func(y *toy) { y.slow = [2]int{3, 4}; y.late = 3 },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := short(t, c.objective)
			if c.change != nil {
				c.change(y)
			}
			r := y.report(t)
			o := &r.Objectives[0]
			if got := told3(o.Holds); got != c.holds {
				t.Fatalf("holds %s, want %s: %+v", got, c.holds, o)
			}
			if !strings.Contains(o.Reason, c.reason) || (o.Reason == "") != (c.holds != "null") {
				t.Errorf("reason %q, want %q in it", o.Reason, c.reason)
			}
			if c.check != nil {
				c.check(t, o)
			}
		})
	}
}

func told3(holds *bool) string {
	switch {
	case holds == nil:
		return "null"
	case *holds:
		return "yes"
	}
	return "no"
}

// A shard that refuses two thirds does not look fast: what was given up ranks beyond any limit.
func TestHotShardIsNamed(t *testing.T) {
	r := whole(t, "hot-shard")
	if r.Verdict != Fail {
		t.Fatalf("verdict %s", r.Verdict)
	}
	for i := range r.Objectives {
		o := &r.Objectives[i]
		if !o.broken() || o.Cause == nil {
			t.Fatalf("%s: holds %s, cause %v", o.Text, told3(o.Holds), o.Cause)
		}
		c := o.Cause
		if c.Shard != "shardId-000000000002" || c.Limit != "records" || c.Key != "user-000017" || c.KeyShare < 2.9 {
			t.Errorf("%s: cause %+v", o.Text, c)
		}
		if o.Text == "put.latency p99 < 500ms" && (!o.Beyond || o.Value != nil || o.Never < 0.4) {
			t.Errorf("%s: value %v, beyond %v, never %v", o.Text, o.Value, o.Beyond, o.Never)
		}
		if strings.HasPrefix(o.Text, "put.") {
			if !strings.Contains(c.Text, "Key user-000017 alone offers 300 % of a shard's limit: no split helps it.") {
				t.Errorf("%s: %s", o.Text, c.Text)
			}
			if o.Worst.Tags["shard"] != c.Shard || o.Worst.Tags["limit"] != "records" {
				t.Errorf("%s: worst %+v", o.Text, o.Worst)
			}
		}
	}
}

package runner_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
)

// TestBothClocksSendTheSameBatches runs one scenario in virtual time and on the wall's clock, which a testing/synctest
// bubble makes exact, against a target without latency: the same requests leave at the same instants with the same
// records in them, retries included.
func TestBothClocksSendTheSameBatches(t *testing.T) {
	t.Parallel()
	everyFifth := func(e *target.Entry, attempt int) bool { return e.Number%5 == 0 && attempt < 3 }
	tests := []struct {
		name, load string
		refuse     func(*target.Entry, int) bool
	}{
		{"constant", "rate: 1000/s, batch: {records: 50}", nil},
		{"poisson", "rate: 500/s, arrivals: poisson", nil},
		{"bursty, no linger", "rate: 300/s, arrivals: {bursty: {dispersion: 30}}, batch: {linger: 0s, records: 7}", nil},
		{"aligned", "rate: 200/s, arrivals: {aligned: 1s}, batch: {records: 100}", nil},
		{"a ramp that ends at nothing", "phases: [{ramp: {from: 400/s, to: 0/s, over: 3s}}]", nil},
		{"refusals and retries", "rate: 400/s, arrivals: poisson, retry: {attempts: 4, backoff: 70ms}", everyFifth},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := tank{scenario: `
duration: 3s
drain: 1s
pipeline:
  streams: {s: {shardCount: 2}, other: {shardCount: 1}}
load:
  - {stream: s, generator: {clickstream: {users: 100}}, ` + test.load + `}
  - {stream: other, generator: {sensor: {sensors: 10}}, rate: 20/s, batch: {linger: 33ms}}
`}.open(t)
			send := func(t *testing.T, virtual bool) []request {
				made := &recording{refuse: test.refuse}
				err := runner.Run(t.Context(), runner.Config{
					Scenario: s, Dir: filepath.Join(t.TempDir(), "run"), Virtual: virtual,
					Target: func(runner.Env) target.Target { return made },
				})
				if err != nil {
					t.Fatal(err)
				}
				return made.sent(s.Duration.Std())
			}
			virtual := send(t, true)
			var wall []request
			synctest.Test(t, func(t *testing.T) { wall = send(t, false) })
			if len(virtual) < 30 {
				t.Fatalf("only %d requests", len(virtual))
			}
			if diff := cmp.Diff(virtual, wall, cmp.AllowUnexported(request{}, recordedID{})); diff != "" {
				t.Errorf("requests (-virtual +wall):\n%.2000s", diff)
			}
			inOrder(t, virtual)
		})
	}
}

// inOrder checks that each lane's records are sent for the first time in the order of their numbers, none left out.
func inOrder(t *testing.T, requests []request) {
	t.Helper()
	type lane struct {
		to   string
		lane uint32
	}
	next := map[lane]uint64{}
	var last time.Duration
	for _, q := range requests {
		if q.left < last {
			t.Fatalf("a request left at %v after one at %v", q.left, last)
		}
		last = q.left
		for _, e := range q.entries {
			l := lane{q.to, e.lane}
			switch {
			case e.number == next[l]:
				next[l]++
			case e.number > next[l]:
				t.Fatalf("record %d of lane %d was sent before record %d", e.number, e.lane, next[l])
			}
			if int64(q.left) < e.due {
				t.Fatalf("record %d of lane %d left at %v, before it was due at %v", e.number, e.lane, q.left, time.Duration(e.due))
			}
		}
	}
}

// On the wall, too, an interrupt ends the load, and what was offered is drained and judged.
func TestInterruptOnTheWall(t *testing.T) {
	s := tank{scenario: `
duration: 1h
drain: 10s
pipeline:
  streams: {s: {shardCount: 1}}
load:
  - {stream: s, generator: {clickstream: {users: 10}}, rate: 100/s}
`}.open(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		c := runner.Config{
			Scenario: s, Dir: filepath.Join(t.TempDir(), "run"),
			Target: func(runner.Env) target.Target { return &recording{} },
		}
		if err := runner.Run(ctx, c); err != nil {
			t.Fatal(err)
		}
		r, err := reports.Load(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		end := r.Run.End
		if end.Complete || !end.Drained || end.Reason != "interrupted" || end.ElapsedSeconds < 4.9 || end.ElapsedSeconds > 5 {
			t.Errorf("complete %v, drained %v, reason %q, %v s", end.Complete, end.Drained, end.Reason, end.ElapsedSeconds)
		}
		if l := end.Ledger; l.Offered < 490 || l.Acked != l.Offered {
			t.Errorf("ledger: %+v", l)
		}
	})
}

package runner_test

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// crammed offers 120 records of 50 KB to a stream whose reader is held until all are decided about, of which some 80 have
// room where a test says so.
const crammed = `
duration: 2s
limits: off
pipeline:
  streams: {s: {shardCount: 1}}
  functions: {f: {model: {duration: 1ms}, eventSources: [{stream: s, batchSize: 1000, enhancedFanOut: true}]}}
load:
  - {stream: s, generator: {clickstream: {users: 50, size: 50KB}}, rate: 60/s, batch: {records: 10}, retry: {attempts: 1}}
objectives: [put.givenUp == 0]
`

// holding holds what a stream pushes until so many records were accepted or refused.
type holding struct {
	target.Observer
	left    atomic.Int64
	once    sync.Once
	release chan struct{}
}

func (h *holding) ShardPut(now time.Time, stream string, records []target.Record, decisions []target.Decision) {
	h.Observer.ShardPut(now, stream, records, decisions)
	if h.left.Add(-int64(len(records))) <= 0 {
		h.once.Do(func() { close(h.release) })
	}
}

func (h *holding) hook(_ time.Time, r fault.Request) fault.Action {
	if r.Operation == "SubscribeToShardEvent" {
		return fault.Action{Release: h.release}
	}
	return fault.Action{}
}

// cram runs a scenario on the embedded target.
func cram(t *testing.T, s *scenarios.Scenario) *outcome {
	t.Helper()
	h := &holding{release: make(chan struct{})}
	h.left.Store(120)
	dir := filepath.Join(t.TempDir(), "run")
	err := runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Target: func(e runner.Env) target.Target {
		return embedded.New(embedded.Config{
			Clock: e.Clock, Seed: e.Seed, Identify: e.Identify, Next: e.Next, Skip: e.Skip, Note: e.Note, End: e.End, Hook: h.hook,
			Observe: func(o target.Observer) target.Observer {
				h.Observer = o
				return h
			},
		})
	}})
	return outcomeOf(t, dir, err)
}

// note is the note of a report that begins so; "" where there is none.
func (o *outcome) note(beginning string) string {
	for _, n := range o.Run.End.Notes {
		if strings.HasPrefix(n, beginning) {
			return n
		}
	}
	return ""
}

const (
	trimmedNote = "memory and disk were full: "
	refusedNote = "there was no room for more records: "
)

// Where neither memory nor disk has room, a run trims, refuses or ends, as its scenario says. Nothing in it is about how long
// anything takes.
func TestStorageOfAScenario(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, storage string
		verdict       reports.Verdict
		check         func(t *testing.T, o *outcome, l *measure.LedgerTotals, f measure.SinkTotals)
	}{
		{"room for all", "drain: 30s\n", reports.Pass, func(t *testing.T, o *outcome, l *measure.LedgerTotals, f measure.SinkTotals) {
			if f.Delivered != l.Offered || o.note(trimmedNote)+o.note(refusedNote) != "" {
				t.Errorf("%d of %d delivered; notes %q", f.Delivered, l.Offered, o.Run.End.Notes)
			}
		}},
		{"trim", "drain: 4s\nstorage: {memory: 1MiB, disk: 3MiB}\n", reports.Pass, func(t *testing.T, o *outcome, l *measure.LedgerTotals, f measure.SinkTotals) {
			trimmed := o.total("stream.trimmed") // those too that come while the run drains, which no ledger counts
			if l.Acked != l.Offered || f.Lost < 20 || f.Lost > trimmed {
				t.Errorf("%d of %d acked, %d trimmed, %d lost", l.Acked, l.Offered, trimmed, f.Lost)
			}
			if n := o.note(trimmedNote); !strings.Contains(n, " MiB, before every reader had seen them") || o.note(refusedNote) != "" {
				t.Errorf("notes %q", o.Run.End.Notes)
			}
		}},
		{"refuse", "drain: 30s\nstorage: {memory: 1MiB, disk: 3MiB, full: refuse}\n", reports.Fail, func(t *testing.T, o *outcome, l *measure.LedgerTotals, f measure.SinkTotals) {
			if refused := o.total("put.failed"); refused < 20 || l.GivenUp != refused || f.Delivered != l.Acked || o.total("stream.trimmed") != 0 {
				t.Errorf("%d refused, %d given up, %d acked, %d delivered", refused, l.GivenUp, l.Acked, f.Delivered)
			}
			const want = "storage.memory 1MiB and storage.disk 3MiB are full, and storage.full is refuse"
			if n := o.note(refusedNote); !strings.HasSuffix(n, want) || o.note(trimmedNote) != "" {
				t.Errorf("notes %q", o.Run.End.Notes)
			}
		}},
		{"fail", "drain: 30s\nstorage: {memory: 1MiB, disk: 3MiB, full: fail}\n", reports.Invalid, func(t *testing.T, o *outcome, _ *measure.LedgerTotals, _ measure.SinkTotals) {
			const want = "target: there is no room for more records: storage.memory 1MiB and storage.disk 3MiB are full, and storage.full is fail"
			if e := o.Run.End; e.Complete || e.Reason != want || !strings.Contains(o.Sentence(), want) || o.ExitCode() != 4 {
				t.Errorf("complete: %v, reason %q, exit code %d: %s", e.Complete, e.Reason, o.ExitCode(), o.Sentence())
			}
			if n := o.total("stream.trimmed"); n != 0 {
				t.Errorf("%d trimmed", n)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := cram(t, tank{scenario: crammed + test.storage}.open(t))
			if o.Verdict != test.verdict && o.Validity.OfferedRatio != nil && *o.Validity.OfferedRatio > 0.99 {
				t.Errorf("verdict %s, want %s: %s", o.Verdict, test.verdict, o.Sentence())
			}
			test.check(t, o, &o.Run.End.Ledger, o.sink("f"))
		})
	}
}

// Elsewhere a scenario's storage is a note, and the run is as it is without.
func TestStorageInVirtualTime(t *testing.T) {
	o := tank{scenario: crammed + "storage: {memory: 1MiB, disk: 1MiB, full: fail}\n"}.run(t)
	o.comesOut("f")
	if n := o.note("storage is of the embedded target: in virtual time "); n == "" || !o.Run.End.Complete {
		t.Errorf("complete: %v, notes %q", o.Run.End.Complete, o.Run.End.Notes)
	}
	if o := (tank{scenario: crammed}).run(t); len(o.Run.End.Notes) != 1 { // that limits are not AWS's
		t.Errorf("notes without it: %q", o.Run.End.Notes)
	}
}

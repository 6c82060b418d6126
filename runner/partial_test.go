package runner_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/target"
)

// reporter tells the invocation with a record as one that reported it, and then what follows from that: the record and those
// behind it in an invocation of their own.
type reporter struct {
	target.Observer
	number uint64
}

func (r *reporter) Invoked(i target.Invocation) {
	at := number(i.Records, r.number)
	if at < 0 {
		r.Observer.Invoked(i)
		return
	}
	again := i
	again.Records = i.Records[at:]
	i.Remaining = len(again.Records)
	r.Observer.Invoked(i)
	r.Observer.Invoked(again)
}

// A part of an invocation that succeeded has come out, and what its response has tried again has not: the ledger is that of
// a run without failures, and an invocation more is counted with its records.
func TestAPartOfAnInvocationComesOut(t *testing.T) {
	t.Parallel()
	whole := tank{scenario: threeSinks}.run(t)
	parted := tank{scenario: threeSinks, observe: func(o target.Observer) target.Observer { return &reporter{o, 404} }}.run(t)
	if diff := cmp.Diff(whole.Run.End.Ledger, parted.Run.End.Ledger); diff != "" {
		t.Errorf("ledger (-whole +parted):\n%s", diff)
	}
	more := func(name string) int64 { return parted.total(name) - whole.total(name) }
	if n := more("lambda.invocations"); n != 1 {
		t.Errorf("%d invocations more, want 1", n)
	}
	if n := more("lambda.records"); n < 1 || n > 50 {
		t.Errorf("%d records more, want those that were tried again", n)
	}
	if n := more("lambda.errors"); n != 0 {
		t.Errorf("%d errors: a report is none", n)
	}
}

// A function that always fails holds its records until the stream's retention is over. They are then given up, which the run
// says, and lost to the ledger.
func TestRecordsExpireBehindAFunctionThatFails(t *testing.T) {
	t.Parallel()
	o := tank{scenario: `
duration: 25h
drain: 1m
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    f: {model: {errors: 100%}, eventSources: [{stream: s, batchSize: 10}]}
load:
  - {stream: s, generator: {clickstream: {users: 5}}, rate: 0.01/s}
`}.run(t)
	s := o.sink("f")
	if s.Delivered != 0 || s.Lost == 0 || s.Pending == 0 || s.Lost+s.Pending != o.Run.End.Ledger.Acked {
		t.Errorf("of %d records %+v", o.Run.End.Ledger.Acked, s)
	}
	if got, want := o.note("event source mappings"), fmt.Sprintf("event source mappings gave up %d records that no invocation had succeeded with", s.Lost); got != want {
		t.Errorf("noted %q, want %q", got, want)
	}
}

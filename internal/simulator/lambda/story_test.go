package lambda_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// code is a function of a test.
type code func(ctx context.Context, e *lambda.Event) lambda.Result

func (c code) Invoke(ctx context.Context, e *lambda.Event) lambda.Result { return c(ctx, e) }

// run makes "process-clicks" of code.
func (k *tank) run(t testing.TB, m lambda.FunctionModel, c code) {
	t.Helper()
	if _, err := k.CreateFunction(lambda.Function{Name: "process-clicks", Role: "arn:aws:iam::123456789012:role/r", Model: m, Code: c}); err != nil {
		t.Fatal(err)
	}
}

// failing is code that fails with an error wherever one of these records is in the event.
func failing(seqs ...uint64) code {
	return func(_ context.Context, e *lambda.Event) lambda.Result {
		for _, r := range e.Records {
			if slices.Contains(seqs, r.Seq) {
				return lambda.Result{Err: &lambda.FunctionError{Type: "errorString", Message: "poison"}}
			}
		}
		return lambda.Result{}
	}
}

// reporting is code that reports these records as failures.
func reporting(seqs ...uint64) code {
	return func(_ context.Context, e *lambda.Event) lambda.Result {
		var failures []string
		for i, r := range e.Records {
			if slices.Contains(seqs, r.Seq) {
				failures = append(failures, e.SequenceNumber(i))
			}
		}
		return lambda.Result{Failures: failures}
	}
}

// late is code that takes an hour.
func late(c code) code {
	return func(ctx context.Context, e *lambda.Event) lambda.Result {
		r := c(ctx, e)
		r.Took = time.Hour
		return r
	}
}

// story is what a tank's observer was told, in order: "1.5s 0-4 #2 Unhandled" is the second attempt of the records 0 to 4, sent
// at 1.5 s; "+3 again" tells how many of them are tried again; "!" is records that were given up, and after how many attempts.
func (o *observer) Story() string { return strings.Join(o.story, "\n") }

func span(recs []record.Record) string {
	first, last := recs[0].Seq, recs[len(recs)-1].Seq
	if first == last {
		return strconv.FormatUint(first, 10)
	}
	return fmt.Sprintf("%d-%d", first, last)
}

func since(at time.Time) time.Duration { return at.Sub(clock.Epoch) }

func tellInvocation(i *lambda.Invocation) string {
	line := fmt.Sprintf("%v %s #%d", since(i.Sent), span(i.Records), i.Attempt)
	if i.Err != "" {
		line += " " + i.Err
	}
	if i.Remaining > 0 {
		line += fmt.Sprintf(" +%d again", i.Remaining)
	}
	return line
}

func tellDrop(d *lambda.Drop) string {
	return fmt.Sprintf("%v %s ! %s after %d", since(d.At), span(d.Records), d.Condition, d.Attempts)
}

func tellRefusal(r *lambda.Refusal) string {
	return fmt.Sprintf("%v %s refused: %s", since(r.At), span(r.Records), r.Code)
}

// checkStory compares what was told with lines that a row of a table holds.
func (k *tank) checkStory(t *testing.T, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if got, want := k.observer.Story(), strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// checkEnds wants each record of the stream to have come to exactly one end.
func (k *tank) checkEnds(t *testing.T) {
	t.Helper()
	ends := k.observer.succeeded()
	for _, d := range k.observer.drops {
		for _, r := range d.Records {
			ends[[2]uint64{uint64(r.Shard), r.Seq}]++
		}
	}
	for shard, log := range k.streams.logs {
		for _, r := range log {
			if n := ends[[2]uint64{uint64(shard), r.Seq}]; n != 1 {
				t.Fatalf("record %d of shard %d came to %d ends", r.Seq, shard, n)
			}
		}
	}
	held := 0
	k.Held(func(_, _ string, _ int32, recs []record.Record) { held += len(recs) })
	if held != 0 {
		t.Errorf("%d records are held", held)
	}
}

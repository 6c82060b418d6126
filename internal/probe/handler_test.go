package probe

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/generators"
)

// bench is a handler with a clock of its own and a stream of receipts in memory.
type bench struct {
	*Handler
	now    time.Time
	slept  []time.Duration
	log    bytes.Buffer
	stored []Receipt
	keys   []string
	puts   int
	put    func(n int) error             // what the n-th put answers, from 0; nil stores all
	took   time.Duration                 // of a put
	atPut  func(r Receipt, at time.Time) // sees each receipt when it is stored
}

func newBench(s Settings) *bench {
	b := &bench{now: arrived.Add(time.Second)}
	s.Function, s.Receipts = "probe", "receipts"
	b.Handler = NewHandler(Config{
		Settings: s, Receipts: b, Environment: 5, Log: &b.log,
		Now: func() time.Time { return b.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			b.slept = append(b.slept, d)
			b.now = b.now.Add(d)
			return ctx.Err()
		},
	})
	return b
}

func (b *bench) Put(_ context.Context, key string, data []byte) error {
	b.now = b.now.Add(b.took)
	b.puts++
	if b.put != nil {
		if err := b.put(b.puts - 1); err != nil {
			return err
		}
	}
	r, err := Parse(data)
	if err != nil {
		return err
	}
	if b.atPut != nil {
		b.atPut(r, b.now)
	}
	b.stored, b.keys = append(b.stored, r), append(b.keys, key)
	return nil
}

// eventOf is an event as Lambda sends it: one record of ours for each number, of lane 3.
func eventOf(shard int, numbers ...int) []byte {
	var records []string
	for _, n := range numbers {
		body := append(generators.AppendIdentity(nil, 0xabc, 3, uint64(n)), `"a":1}`...)
		records = append(records, eventRecord(shard, n, body))
	}
	return []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

func eventRecord(shard, n int, body []byte) string {
	id := fmt.Sprintf("shardId-%012d", shard)
	return fmt.Sprintf(`{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"1","sequenceNumber":"%s","data":"%s",`+
		`"approximateArrivalTimestamp":%d.%03d},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"%s:%s",`+
		`"eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::123456789012:role/lambda-role","awsRegion":"us-east-2",`+
		`"eventSourceARN":"arn:aws:kinesis:us-east-2:123456789012:stream/clicks"}`,
		sequence(n), base64.StdEncoding.EncodeToString(body), arrived.Unix(), 123+n, id, sequence(n))
}

func sequence(n int) string { return fmt.Sprintf("4959033827149025660855969%031d", n) }

func TestReceiptOfABatch(t *testing.T) {
	b := newBench(Settings{Duration: Distribution{P50: 20 * ms}, ColdStart: 250 * ms})
	b.took = 7 * ms
	sent := b.now
	answer, err := b.Invoke(t.Context(), []byte(`{"Records":[`+
		eventRecord(6, 3, append(generators.AppendIdentity(nil, 0xabc, 3, 17), `"a":1}`...))+`,`+
		eventRecord(6, 1, []byte("not ours"))+`]}`))
	if err != nil || string(answer) != `{"batchItemFailures":[]}` {
		t.Fatalf("answered %s, %v", answer, err)
	}
	want := Receipt{
		Function: "probe", Stream: "clicks", Shard: "shardId-000000000006",
		FirstSequenceNumber: sequence(3), LastSequenceNumber: sequence(1),
		Environment: 5, Attempt: 1, Cold: true, ItemFailure: -1, Parts: 1, Batch: 2,
		Begin: sent.Add(250 * ms), End: sent.Add(270 * ms),
		FirstArrival: arrived.Add(1 * ms), LastArrival: arrived.Add(3 * ms),
		Records: []Record{
			{Run: 0xabc, Lane: 3, Number: 17, Arrival: arrived.Add(3 * ms)},
			{SequenceNumber: sequence(1), Arrival: arrived.Add(1 * ms)},
		},
	}
	if len(b.stored) != 1 || !reflect.DeepEqual(b.stored[0], want) {
		t.Errorf("left %+v\nwant %+v", b.stored, want)
	}
	if b.keys[0] != "probe/clicks/shardId-000000000006" {
		t.Errorf("the key is %q", b.keys[0])
	}
}

// TestReceiptsInOrder invokes an environment several times: only the first is cold, a batch that comes again counts.
func TestReceiptsInOrder(t *testing.T) {
	b := newBench(Settings{ColdStart: 250 * ms})
	for _, event := range [][]byte{eventOf(0, 1, 2, 3), eventOf(1, 1, 2), eventOf(0, 1, 2), eventOf(0, 1), eventOf(0, 2, 3)} {
		if _, err := b.Invoke(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, r := range b.stored {
		got = append(got, fmt.Sprintf("%d %s %t %d×%d", r.Invocation, r.Shard[18:], r.Cold, r.Batch, r.Attempt))
	}
	want := []string{"0 00 true 3×1", "1 01 false 2×1", "2 00 false 2×2", "3 00 false 1×3", "4 00 false 2×1"}
	if !slices.Equal(got, want) {
		t.Errorf("left %q\nwant %q", got, want)
	}
	if !slices.Equal(b.slept, []time.Duration{250 * ms}) {
		t.Errorf("slept %v, want the cold start only", b.slept)
	}
}

func TestFailures(t *testing.T) {
	rows := []struct {
		name     string
		settings Settings
		event    []byte
		error    string // in the receipt
		answer   func(r Receipt) string
	}{
		{"none", Settings{}, eventOf(0, 1, 2), "", func(Receipt) string { return `{"batchItemFailures":[]}` }},
		{"all", Settings{Errors: 1}, eventOf(0, 1, 2), ErrorDrawn, nil},
		{
			"all are partial",
			Settings{PartialFailures: 1, ReportBatchItemFailures: true},
			eventOf(0, 1, 2, 3, 4), "",
			func(r Receipt) string {
				return `{"batchItemFailures":[{"itemIdentifier":"` + sequence(r.ItemFailure+1) + `"}]}`
			},
		},
		{"failing outranks reporting", Settings{Errors: 1, PartialFailures: 1, ReportBatchItemFailures: true}, eventOf(0, 1, 2), ErrorDrawn, nil},
		{"not JSON", Settings{}, []byte(`Records`), ErrorEvent, nil},
		{"of something else", Settings{}, []byte(`{"Records":[{"eventSource":"aws:sqs","messageId":"1"}]}`), ErrorEvent, nil},
		{"without a shard", Settings{}, bytes.ReplaceAll(eventOf(0, 1), []byte("shardId-000000000000:"), nil), ErrorEvent, nil},
		{"not of a stream", Settings{}, bytes.ReplaceAll(eventOf(0, 1), []byte(":stream/"), []byte(":table/")), ErrorEvent, nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(row.settings)
			for n := range 20 {
				answer, err := b.Invoke(t.Context(), row.event)
				if len(b.stored) != n+1 {
					t.Fatalf("%d receipts after %d invocations", len(b.stored), n+1)
				}
				r := b.stored[n]
				var failed *Failure
				if errors.As(err, &failed) != (row.error != "") || r.Error != row.error || failed != nil && failed.Reason != row.error {
					t.Fatalf("failed with %v, the receipt says %q, want %q", err, r.Error, row.error)
				}
				if row.answer != nil && string(answer) != row.answer(r) {
					t.Fatalf("answered %s, want %s", answer, row.answer(r))
				}
				if reports := row.settings.PartialFailures > 0 && row.error == ""; reports != (r.ItemFailure >= 0) {
					t.Fatalf("the first to fail is %d", r.ItemFailure)
				}
			}
		})
	}
}

// TestEveryRecordMayFailFirst draws the first to fail over the whole batch.
func TestEveryRecordMayFailFirst(t *testing.T) {
	b := newBench(Settings{PartialFailures: 1, ReportBatchItemFailures: true})
	var seen [4]int
	for range 200 {
		if _, err := b.Invoke(t.Context(), eventOf(0, 1, 2, 3, 4)); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range b.stored {
		seen[r.ItemFailure]++
	}
	if slices.Min(seen[:]) < 25 {
		t.Errorf("the records failed first %v times, want about 50 each", seen)
	}
}

// TestSameSeedSameHistory runs one environment twice, and then another.
func TestSameSeedSameHistory(t *testing.T) {
	s := Settings{Seed: 7, Duration: Distribution{20 * ms, 80 * ms}, Errors: 0.3, PartialFailures: 0.3, ReportBatchItemFailures: true}
	history := func(environment uint64) []Receipt {
		b := newBench(s)
		b.Handler.Environment = environment
		for n := range 50 {
			_, _ = b.Invoke(t.Context(), eventOf(0, n, n+1)) // some fail: the receipts say so
		}
		for i := range b.stored {
			b.stored[i].Environment = 0
		}
		return b.stored
	}
	one := history(1)
	if !reflect.DeepEqual(one, history(1)) {
		t.Error("one seed and environment have two histories")
	}
	if reflect.DeepEqual(one, history(2)) {
		t.Error("two environments have one history")
	}
}

func TestNoRecordsNoReceipt(t *testing.T) {
	b := newBench(Settings{Errors: 1, ColdStart: 250 * ms, Duration: Distribution{P50: time.Second}})
	answer, err := b.Invoke(t.Context(), []byte(`{}`))
	if err != nil || string(answer) != `{"batchItemFailures":[]}` || b.puts != 0 || !slices.Equal(b.slept, []time.Duration{250 * ms}) {
		t.Errorf("answered %s, %v after %d puts; slept %v", answer, err, b.puts, b.slept)
	}
	_, _ = b.Invoke(t.Context(), eventOf(0, 1)) // fails, as all do
	if b.stored[0].Cold {
		t.Error("the environment was started before")
	}
}

// TestTimeout stores the receipt of an invocation that will be stopped before it is.
func TestTimeout(t *testing.T) {
	b := newBench(Settings{Duration: Distribution{P50: 5 * time.Second}})
	deadline := b.now.Add(3 * time.Second)
	var at time.Time
	b.atPut = func(_ Receipt, now time.Time) { at = now }
	_, err := b.Invoke(deadlineOf{t.Context(), deadline}, eventOf(0, 1))
	var failed *Failure
	if !errors.As(err, &failed) || failed.Reason != ErrorTimedOut {
		t.Fatalf("failed with %v", err)
	}
	if len(b.stored) != 1 || b.stored[0].Error != ErrorTimedOut || !b.stored[0].End.Equal(deadline) || !at.Equal(deadline.Add(-reserve)) {
		t.Errorf("left %+v at %v, the deadline is %v", b.stored, at, deadline)
	}
	if !b.now.Equal(deadline.Add(overrun)) {
		t.Errorf("went on until %v, want Lambda to have ended it at %v", b.now, deadline)
	}
}

// deadlineOf is a context that has a deadline by the bench's clock.
type deadlineOf struct {
	context.Context
	at time.Time
}

func (d deadlineOf) Deadline() (time.Time, bool) { return d.at, true }

func TestCPUWork(t *testing.T) {
	b := newBench(Settings{Work: CPU, Duration: Distribution{P50: 20 * ms}})
	looks := 0
	b.Handler.Now = func() time.Time {
		looks++
		b.now = b.now.Add(ms)
		return b.now
	}
	if _, err := b.Invoke(t.Context(), eventOf(0, 1)); err != nil {
		t.Fatal(err)
	}
	if r := b.stored[0]; len(b.slept) != 0 || r.End.Sub(r.Begin) < 20*ms || looks < 20 {
		t.Errorf("slept %v, took %v in %d looks at the clock", b.slept, r.End.Sub(r.Begin), looks)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Invoke(ctx, eventOf(0, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("the work of an invocation that ended: %v", err)
	}
}

func TestInvocationEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, s := range map[string]Settings{
		"cold start": {ColdStart: time.Second}, "work": {Duration: Distribution{P50: time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			s.Function, s.Receipts = "probe", "receipts"
			h := NewHandler(Config{Settings: s, Receipts: newBench(s)})
			if _, err := h.Invoke(ctx, eventOf(0, 1)); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

package lambda_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// register makes a consumer of the stream clicks and returns its ARN.
func (p *pair) register(t *testing.T, name string) string {
	t.Helper()
	out, err := p.kinesis.RegisterStreamConsumer(kinesis.RegisterStreamConsumerInput{
		StreamARN: new(p.kinesis.StreamARN("clicks")), ConsumerName: &name,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Consumer.ConsumerARN
}

func (p *pair) mapConsumer(t *testing.T, in lambda.CreateEventSourceMappingInput) *lambda.EventSourceMappingConfiguration {
	t.Helper()
	in.FunctionName, in.StartingPosition = "process-clicks", "LATEST"
	m, err := p.CreateEventSourceMapping(in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A mapping of a stream consumer invokes its function as soon as records are put, without a read of the shard; windows and
// batch sizes are those of any mapping. Its subscription is renewed when its five minutes are over.
func TestAMappingOfAConsumerIsPushedTo(t *testing.T) {
	p := newPair(t, kinesis.Limits{})
	arn := p.register(t, "c")
	m := p.mapConsumer(t, lambda.CreateEventSourceMappingInput{EventSourceArn: arn, BatchSize: new(10)})
	if m.EventSourceArn != arn {
		t.Errorf("its source is %s, want %s", m.EventSourceArn, arn)
	}
	const puts = 40
	p.clock.Go("producer", func(proc *clock.Proc) {
		for range puts {
			if !proc.Sleep(17 * time.Second) { // 680 s: beyond two renewals
				return
			}
			p.put(proc.Now(), 25, 100)
		}
	})
	p.clock.RunUntil(at(12 * time.Minute))
	if n := len(p.observer.invocations); n != 3*puts || p.observer.received != 25*puts {
		t.Fatalf("%d invocations of %d records, want %d of %d", n, p.observer.received, 3*puts, 25*puts)
	}
	for i, in := range p.observer.invocations {
		put := at(time.Duration(i/3+1) * 17 * time.Second)
		if want := put.Add(time.Duration(i%3) * 20 * ms); !in.Sent.Equal(want) || len(in.Records) != []int{10, 10, 5}[i%3] {
			t.Fatalf("invocation %d of %d records was sent at %v, want %v", i, len(in.Records), in.Sent.Sub(at(0)), want.Sub(at(0)))
		}
	}
	if n := len(p.reads.answered) + len(p.reads.refused); n != 0 {
		t.Errorf("it polled: %v", p.reads.answered)
	}
}

func TestAMappingOfAConsumerWaitsForItsWindow(t *testing.T) {
	p := newPair(t, kinesis.Limits{})
	p.mapConsumer(t, lambda.CreateEventSourceMappingInput{
		EventSourceArn: p.register(t, "c"), BatchSize: new(100), MaximumBatchingWindowInSeconds: new(3),
	})
	p.clock.Go("producer", func(proc *clock.Proc) {
		for range 4 {
			if !proc.Sleep(time.Second) {
				return
			}
			p.put(proc.Now(), 1, 100)
		}
	})
	p.clock.RunUntil(at(10 * time.Second))
	first := p.observer.invocations[0]
	if len(first.Records) != 4 || !first.Sent.Equal(at(4*time.Second)) {
		t.Errorf("%d records were sent at %v, want the 4 of a window from 1 s to 4 s", len(first.Records), first.Sent.Sub(at(0)))
	}
}

// A function that fails holds its shard up; what is pushed meanwhile waits in the stream, and comes when it succeeds.
func TestAMappingOfAConsumerThatIsBehind(t *testing.T) {
	p := newPair(t, kinesis.Limits{WriteRecords: 1 << 20})
	p.mapConsumer(t, lambda.CreateEventSourceMappingInput{EventSourceArn: p.register(t, "c"), BatchSize: new(10_000)})
	if err := p.DeleteFunction("process-clicks"); err != nil {
		t.Fatal(err)
	}
	p.clock.Go("producer", func(proc *clock.Proc) {
		for range 700 { // 35,000 records in 700 s, where 10,000 may wait behind a batch
			p.put(proc.Now(), 50, 10)
			if !proc.Sleep(time.Second) {
				return
			}
		}
	})
	p.clock.RunUntil(at(700 * time.Second))
	if n := p.observer.received; n != 50+10_000 {
		t.Errorf("%d records were received, want what there is room for: 10,050", n)
	}
	if _, err := p.CreateFunction(lambda.Function{Name: "process-clicks"}); err != nil {
		t.Fatal(err)
	}
	p.clock.RunUntil(at(20 * time.Minute))
	got := map[uint64]int{}
	for _, in := range p.observer.invocations {
		for _, r := range in.Records {
			got[r.Seq]++
		}
	}
	if len(got) != 35_000 {
		t.Errorf("%d distinct records came, want 35,000", len(got))
	}
	for seq, n := range got {
		if n != 1 {
			t.Fatalf("record %d came %d times", seq, n)
		}
	}
}

// Two sources of one function are one conflict only where they are the same; a consumer that is not there is refused.
func TestSourcesOfAFunction(t *testing.T) {
	p := newPair(t, kinesis.Limits{})
	one, two := p.register(t, "one"), p.register(t, "two")
	create := func(source string) error {
		_, err := p.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
			FunctionName: "process-clicks", EventSourceArn: source, StartingPosition: "LATEST",
		})
		return err
	}
	tests := []struct{ name, source, code, message string }{
		{"a consumer", one, "", ""},
		{"another", two, "", ""},
		{"the stream itself", p.StreamARN("clicks"), "", ""},
		{"the first again", one, lambda.CodeConflict, "mapping already exists"},
		{"one that is not there", p.StreamARN("clicks") + "/consumer/three:1", lambda.CodeInvalidParameter, "Consumer not found: "},
		{"one of no stream", p.StreamARN("orders") + "/consumer/one:1", lambda.CodeInvalidParameter, "Stream not found: "},
		{"one of another region", strings.Replace(one, "ap-northeast-1", "eu-west-1", 1), lambda.CodeInvalidParameter, "Stream not found: "},
	}
	for _, test := range tests {
		err := create(test.source)
		var e *lambda.Error
		switch {
		case test.code == "":
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
		case !errors.As(err, &e) || e.Code != test.code || !strings.Contains(e.Message, test.message):
			t.Errorf("%s: %v, want %s: %s", test.name, err, test.code, test.message)
		}
	}
}

// A consumer that is deregistered stops its mapping, which says so; a mapping that is deleted ends its subscription.
func TestAMappingWithoutItsConsumer(t *testing.T) {
	p := newPair(t, kinesis.Limits{})
	arn := p.register(t, "c")
	m := p.mapConsumer(t, lambda.CreateEventSourceMappingInput{EventSourceArn: arn})
	p.clock.RunUntil(at(10 * time.Second))
	if err := p.kinesis.DeregisterStreamConsumer(kinesis.DeregisterStreamConsumerInput{ConsumerARN: &arn}); err != nil {
		t.Fatal(err)
	}
	p.put(p.clock.Now(), 5, 10)
	p.clock.RunUntil(at(20 * time.Second))
	got, err := p.GetEventSourceMapping(m.UUID)
	if err != nil || got.LastProcessingResult != "PROBLEM: Consumer not found: "+arn || p.observer.received != 0 {
		t.Errorf("%+v, %v, %d records received", got, err, p.observer.received)
	}
	if _, err := p.DeleteEventSourceMapping(m.UUID); err != nil {
		t.Fatal(err)
	}
	other := p.register(t, "d")
	m = p.mapConsumer(t, lambda.CreateEventSourceMappingInput{EventSourceArn: other})
	p.clock.RunUntil(at(30 * time.Second))
	if _, err := p.DeleteEventSourceMapping(m.UUID); err != nil {
		t.Fatal(err)
	}
	p.clock.RunUntil(at(31 * time.Second))
	if _, err := p.GetEventSourceMapping(m.UUID); err == nil {
		t.Error("the deleted mapping is still there")
	}
	p.put(p.clock.Now(), 5, 10)
	p.clock.RunUntil(at(40 * time.Second))
	if p.observer.received != 0 {
		t.Errorf("%d records were received by what is deleted", p.observer.received)
	}
}

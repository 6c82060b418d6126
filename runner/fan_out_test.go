package runner_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/runner"
)

// fanningOut is a stream that is read by enhanced fan-out, by a consumer and by a function, and polled beside that. It is
// longer than a subscription lives, and resharded.
const fanningOut = `
duration: 12m
drain: 60s
pipeline:
  streams: {s: {shardCount: 2}}
  functions:
    function: {model: {duration: 700ms}, eventSources: [{stream: s, batchSize: 200, parallelizationFactor: 2, enhancedFanOut: true}]}
  consumers:
    polled: {stream: s, every: 1s}
    pushed: {stream: s, enhancedFanOut: true}
load:
  - {stream: s, generator: {clickstream: {users: 200}}, rate: 60/s, lanes: 4, batch: {records: 50, linger: 100ms}}
reshards:
  - {at: 3m, stream: s, shardCount: 4}
  - {at: 7m, stream: s, shardCount: 3}
`

// propagation is what a consumer's records took from their arrival.
func (o *outcome) propagation(consumer string) *measure.Measurement {
	return measure.Combine(o.Run.Find("stream.propagation", measure.Tags{"consumer": consumer}), measure.FirstSecond, measure.LastSecond)
}

// Subscriptions that live for five minutes, and a stream that is resharded meanwhile: every record comes out once and in
// order, at once where it is pushed and at the next read where it is polled.
func TestFanOut(t *testing.T) {
	o := tank{scenario: fanningOut}.run(t)
	o.comesOut("function", "polled", "pushed")
	for consumer, latest := range map[string]time.Duration{"polled": time.Second, "pushed": 0} {
		if m := o.propagation(consumer); m.Count() == 0 || m.Max() > int64(latest) || latest > 0 && m.Max() == 0 {
			t.Errorf("%s: %d values up to %v, want up to %v", consumer, m.Count(), time.Duration(m.Max()), latest)
		}
	}
	for _, consumer := range []string{"pushed", "function"} {
		if n, puts := o.total("stream.events", "consumer", consumer), o.total("put.requests"); n < puts || n > 4*puts {
			t.Errorf("%s was pushed %d events of %d puts, want one a put and shard", consumer, n, puts)
		}
		if n := o.total("stream.reads", "consumer", consumer); n != 0 {
			t.Errorf("%s polled %d times", consumer, n)
		}
	}
	if n := o.total("stream.reads", "consumer", "polled"); n < 12*60*2 {
		t.Errorf("polled only %d times", n)
	}
	var text strings.Builder
	if err := o.WriteMarkdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"- reads: s, each second and shard, of 5: polled 1.0", "- pushed: s by enhanced fan-out, events each second and shard: function "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, text.String())
		}
	}
	if again := (tank{scenario: fanningOut}).run(t); !bytes.Equal(o.file(), again.file()) {
		t.Error("a second run has another file")
	}
}

// With AWS's typical times a stream and its consumers take a while until they are ACTIVE, and a push until it is there.
func TestFanOutWithAWSsTimes(t *testing.T) {
	o := tank{scenario: "model: aws\n" + strings.Replace(fanningOut, "12m", "8m", 1)}.run(t)
	o.comesOut("function", "polled", "pushed")
	if m := o.propagation("pushed"); m.Mean() < 60e6 || m.Mean() > 80e6 || m.Min() < 1e6 || m.Max() > 1e9 {
		t.Errorf("pushed after %v in the mean, from %v to %v, want AWS's 70ms", time.Duration(m.Mean()), time.Duration(m.Min()), time.Duration(m.Max()))
	}
}

// Calls and events that are refused, cut off, delayed and held lose nothing and double nothing.
func TestFanOutUnderFaults(t *testing.T) {
	const short = `
duration: 40s
drain: 60s
pipeline:
  streams: {s: {shardCount: 2}}
  consumers: {pushed: {stream: s, enhancedFanOut: true}}
load:
  - {stream: s, generator: {clickstream: {users: 200}}, rate: 100/s, batch: {records: 50, linger: 100ms}}
`
	tests := []struct {
		name, fault string
		least, most time.Duration // of the longest propagation
	}{
		{"an event fails", "{at: 8s, for: 250ms, error: {service: kinesis, operation: SubscribeToShardEvent, code: InternalFailureException}}", time.Second, 5 * time.Second},
		{"an event is cut off", "{at: 8s, for: 250ms, cut: {service: kinesis, operation: SubscribeToShardEvent}}", time.Second, 5 * time.Second},
		{"events are late", "{at: 8s, for: 5s, latency: {service: kinesis, operation: SubscribeToShardEvent, add: 300ms}}", 300 * time.Millisecond, 700 * time.Millisecond},
		{"events are held", "{at: 8s, for: 5s, stall: {stream: s, operation: SubscribeToShardEvent}}", 4 * time.Second, 5 * time.Second},
		{ // it is open all the same: the next one must wait for its five seconds
			"an event fails, and another subscription is not answered",
			"{at: 8s, for: 250ms, error: {service: kinesis, operation: SubscribeToShardEvent, code: InternalFailureException}}, " +
				"{at: 9s, for: 500ms, cut: {service: kinesis, operation: SubscribeToShard, when: answer}}",
			5500 * time.Millisecond, 6500 * time.Millisecond,
		},
		{"events that are late for longer than a request would wait", "{at: 8s, for: 250ms, latency: {service: kinesis, operation: SubscribeToShardEvent, add: 40s}}", 40 * time.Second, 41 * time.Second},
		{
			"neither an event nor another subscription",
			"{at: 8s, for: 5s, error: {service: kinesis, operation: SubscribeToShardEvent, code: InternalFailureException}}, " +
				"{at: 9s, for: 10s, error: {service: kinesis, operation: SubscribeToShard, code: InternalFailureException}}",
			10 * time.Second, 12 * time.Second,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := tank{scenario: short + "faults: [" + test.fault + "]\n"}.run(t)
			o.comesOut("pushed")
			if longest := time.Duration(o.propagation("pushed").Max()); longest < test.least || longest > test.most {
				t.Errorf("the last came %v late, want %v to %v", longest, test.least, test.most)
			}
		})
	}
}

// A consumer that somebody deregisters, or takes a subscription over from, in the middle of a load.
func TestFanOutIsTakenOver(t *testing.T) {
	var stolen int
	scenario, _, _ := strings.Cut(strings.Replace(fanningOut, "12m", "1m", 1), "reshards:")
	o := tank{
		scenario: scenario,
		wrap: func(e runner.Env, made target.Target) target.Target {
			e.Clock.Go("thief", func(p *clock.Proc) {
				if !p.SleepUntil(clock.Epoch.Add(20 * time.Second)) {
					return
				}
				k := made.(*simulated.Target).World().Kinesis
				list, err := k.ListStreamConsumers(kinesis.ListStreamConsumersInput{StreamARN: new(k.StreamARN("s"))})
				if err != nil {
					t.Error(err)
					return
				}
				for _, c := range list.Consumers {
					sub, err := k.Subscribe(c.ConsumerARN, 0, 0, func() {})
					if err != nil {
						t.Error(err)
						continue
					}
					stolen++
					sub.Close()
				}
			})
			return made
		},
	}.run(t)
	o.comesOut("function", "polled", "pushed")
	if stolen != 2 {
		t.Errorf("%d subscriptions were taken over, want 2", stolen)
	}
	if longest := time.Duration(o.propagation("pushed").Max()); longest < 4*time.Second || longest > 7*time.Second {
		t.Errorf("it was read again after %v, want 5 s, for which one that took over keeps others away", longest)
	}
}

// The same over the wire, through the real client: subscriptions, a reshard, a fault, and a mapping of a consumer.
func TestFanOutOverTheWire(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 3s
drain: 30s
pipeline:
  streams: {s: {shardCount: 2}}
  functions:
    function: {model: {duration: 5ms}, eventSources: [{stream: s, batchSize: 50, enhancedFanOut: true}]}
  consumers:
    pushed: {stream: s, enhancedFanOut: true}
    polled: {stream: s, every: 250ms}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 300/s, lanes: 2, batch: {records: 20}}
reshards:
  - {at: 1s, stream: s, shardCount: 4}
faults:
  - {at: 2500ms, for: 200ms, stall: {stream: s, operation: SubscribeToShardEvent}}
`}.open(t)
	o := serve(t, s, nil)
	o.comesOut("function", "pushed", "polled")
	for _, consumer := range []string{"pushed", "function"} {
		if o.total("stream.events", "consumer", consumer) == 0 || o.total("stream.reads", "consumer", consumer) != 0 {
			t.Errorf("%s: %d events, %d reads", consumer, o.total("stream.events", "consumer", consumer), o.total("stream.reads", "consumer", consumer))
		}
	}
	if n := o.total("stream.reads"); n == 0 { // GetRecords does not say whose it is
		t.Error("the other did not poll")
	}
	if m := o.propagation("pushed"); m.Count() == 0 || m.Censored != 0 {
		t.Errorf("%d values, %d censored", m.Count(), m.Censored)
	}
}

// A target without consumers, or without subscriptions, refuses the scenario before the load, and says what would help.
func TestFanOutWhereThereIsNone(t *testing.T) {
	t.Parallel()
	const helps = "enhanced fan-out (without enhancedFanOut it polls, which every target can): UnknownOperationException: not here"
	for operation, want := range map[string]string{
		"RegisterStreamConsumer": "start consumer pushed: register it as a consumer of s for " + helps,
		"SubscribeToShard":       "start consumer pushed: subscribe to shardId-000000000000 of s for " + helps,
	} {
		s := tank{scenario: `
duration: 1s
pipeline:
  streams: {s: {}}
  consumers: {pushed: {stream: s, enhancedFanOut: true}}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 10/s}
`}.open(t)
		err := runner.Run(t.Context(), runner.Config{
			Scenario: s, Dir: filepath.Join(t.TempDir(), "run"),
			Target: func(e runner.Env) target.Target {
				return embedded.New(embedded.Config{
					Clock: e.Clock, Seed: e.Seed, Identify: e.Identify, Next: e.Next,
					Hook: func(_ time.Time, r fault.Request) fault.Action {
						if r.Operation == operation {
							return fault.Action{Err: &fault.Error{Code: "UnknownOperationException", Message: "not here"}}
						}
						return fault.Action{}
					},
				})
			},
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", operation, err, want)
		}
	}
}

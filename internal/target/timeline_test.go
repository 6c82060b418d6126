package target

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/scenarios"
)

func TestTimeline(t *testing.T) {
	const s = scenarios.Duration(time.Second)
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	put := fault.Request{Service: "kinesis", Operation: "PutRecords", Resource: "clicks"}
	direct := fault.Request{Service: "firehose", Operation: "PutRecordBatch", Resource: "archive"}
	read := fault.Request{Service: "kinesis", Operation: "GetRecords", Resource: "clicks"}
	faults := []scenarios.Fault{
		{At: 1 * s, For: s, Throttle: &scenarios.ThrottleFault{Stream: "clicks", Share: 0.3}},
		{At: 1 * s, For: 2 * s, Throttle: &scenarios.ThrottleFault{Stream: "clicks", Share: 0.1}},
		{At: 3 * s, For: s, Latency: &scenarios.LatencyFault{Add: scenarios.Duration(40 * time.Millisecond)}},
		{At: 3 * s, For: s, Latency: &scenarios.LatencyFault{Service: "kinesis", Operation: "PutRecords", Add: scenarios.Duration(2 * time.Millisecond)}},
		{At: 5 * s, For: s, Error: &scenarios.ErrorFault{Service: "kinesis", Code: "InternalFailure", Share: 1}},
		{At: 5 * s, For: s, Error: &scenarios.ErrorFault{Operation: "PutRecordBatch", Code: "ServiceUnavailableException", Share: 0}},
		{At: 7 * s, For: s, Stall: &scenarios.StallFault{Stream: "clicks"}},
		{At: 7 * s, For: 2 * s, Stall: &scenarios.StallFault{Operation: "PutRecords"}},
		{At: 7 * s, For: 3 * s, Stall: &scenarios.StallFault{DeliveryStream: "archive"}},
		{At: 11 * s, For: s, Cut: &scenarios.CutFault{Operation: "PutRecords", When: scenarios.CutAnswer, Share: 1}},
		{At: 11 * s, For: s, Cut: &scenarios.CutFault{Service: "firehose", When: scenarios.CutRequest, Share: 1}},
		{At: 11 * s, For: s, Cut: &scenarios.CutFault{When: scenarios.CutRequest}},
		{At: 13 * s, For: 2 * s, Stall: &scenarios.StallFault{Stream: "clicks"}},
		{At: 13 * s, For: s, Cut: &scenarios.CutFault{When: scenarios.CutAnswer, Share: 1}},
		{At: 13 * s, For: s, Latency: &scenarios.LatencyFault{Add: scenarios.Duration(time.Millisecond)}},
	}
	tests := []struct {
		name    string
		at      time.Duration
		request fault.Request
		want    fault.Action
		code    string // of the error
	}{
		{"before the first", 999 * time.Millisecond, put, fault.Action{}, ""},
		{"the largest share wins", time.Second, put, fault.Action{Share: 0.3}, ""},
		{"one is over", 2 * time.Second, put, fault.Action{Share: 0.1}, ""},
		{"reads are not throttled", time.Second, read, fault.Action{}, ""},
		{"another stream is not", time.Second, fault.Request{Service: "kinesis", Operation: "PutRecords", Resource: "other"}, fault.Action{}, ""},
		{"delays add up", 3500 * time.Millisecond, put, fault.Action{Delay: 42 * time.Millisecond}, ""},
		{"delays of every service", 3500 * time.Millisecond, direct, fault.Action{Delay: 40 * time.Millisecond}, ""},
		{"an instant at which one is over", 4 * time.Second, put, fault.Action{}, ""},
		{"an error", 5 * time.Second, read, fault.Action{}, "InternalFailure"},
		{"an error of no share", 5 * time.Second, direct, fault.Action{}, ""},
		{"the longest stall wins", 7 * time.Second, put, fault.Action{Until: start.Add(9 * time.Second)}, ""},
		{"a stall of one stream holds its reads", 7 * time.Second, read, fault.Action{Until: start.Add(8 * time.Second)}, ""},
		{"an answer is cut off", 11 * time.Second, put, fault.Action{Lost: true}, ""},
		{"what holds a request holds it before its answer is cut off", 13 * time.Second, put, fault.Action{
			Lost: true, Until: start.Add(15 * time.Second), Delay: time.Millisecond,
		}, ""},
		{"a request is cut off", 11 * time.Second, direct, fault.Action{Cut: true}, ""},
		{"a cut of no share", 11 * time.Second, read, fault.Action{}, ""},
		{"a stall of a delivery stream", 9 * time.Second, direct, fault.Action{Until: start.Add(10 * time.Second)}, ""},
	}
	timeline := NewTimeline(faults, 1)
	if a := timeline.Hook(start.Add(time.Second), put); a != (fault.Action{}) {
		t.Errorf("before the load begins: %+v", a)
	}
	timeline.Begin(start)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := timeline.Hook(start.Add(test.at), test.request)
			code := ""
			if got.Err != nil {
				code, got.Err = got.Err.Code, nil
			}
			if got != test.want || code != test.code {
				t.Errorf("got %+v with error %q, want %+v with %q", got, code, test.want, test.code)
			}
		})
	}
}

func TestErrorsHaveTheirShare(t *testing.T) {
	draw := func(seed uint64) (failed int) {
		timeline := NewTimeline([]scenarios.Fault{{
			For: scenarios.Duration(time.Hour), Error: &scenarios.ErrorFault{Code: "InternalFailure", Share: 0.25},
		}}, seed)
		start := time.Unix(0, 0)
		timeline.Begin(start)
		for range 10_000 {
			if timeline.Hook(start, fault.Request{}).Err != nil {
				failed++
			}
		}
		return failed
	}
	first := draw(1)
	if first < 2300 || first > 2700 {
		t.Errorf("%d of 10,000 requests failed, want a quarter", first)
	}
	if draw(1) != first {
		t.Error("the same seed fails other requests")
	}
}

func TestRefusal(t *testing.T) {
	tests := []struct {
		code string
		want Outcome
	}{
		{"ProvisionedThroughputExceededException", Outcome{Status: Throttled, Reason: "unknown", Shard: -1}},
		{"ServiceUnavailableException", Outcome{Status: Throttled, Reason: "unknown", Shard: -1}},
		{"InternalFailure", Outcome{Status: Failed, Reason: "InternalFailure", Shard: -1}},
		{"ResourceNotFoundException", Outcome{Status: Failed, Reason: "ResourceNotFoundException", Shard: -1}},
	}
	for _, test := range tests {
		if got := Refusal(test.code); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.code, got, test.want)
		}
	}
}

func TestCannot(t *testing.T) {
	traits := Traits{Untold: []Untold{{Prefix: "lambda.", Reason: "no function"}}}
	if reason, cannot := traits.Cannot("lambda.latency"); !cannot || reason != "no function" {
		t.Errorf("lambda.latency: %v, %q", cannot, reason)
	}
	if _, cannot := traits.Cannot("put.latency"); cannot {
		t.Error("put.latency cannot be told")
	}
}

// Where nothing ever acts there is no hook, so that nobody asks one for each read.
func TestTimelineBehindAHook(t *testing.T) {
	held := func(time.Time, fault.Request) fault.Action { return fault.Action{Delay: time.Second} }
	faults := []scenarios.Fault{{For: scenarios.Duration(time.Minute), Latency: &scenarios.LatencyFault{Add: scenarios.Duration(time.Hour)}}}
	tests := []struct {
		name   string
		first  fault.Hook
		faults []scenarios.Fault
		want   time.Duration // of delay; 0: there is no hook
	}{
		{"neither", nil, nil, 0},
		{"a hook", held, nil, time.Second},
		{"faults", nil, faults, time.Hour},
		{"both", held, faults, time.Second},
	}
	for _, test := range tests {
		timeline := NewTimeline(test.faults, 1)
		timeline.Begin(time.Unix(0, 0))
		h := timeline.Behind(test.first)
		if (h == nil) != (test.want == 0) {
			t.Errorf("%s: there is a hook: %v", test.name, h != nil)
		}
		if h == nil {
			continue
		}
		if got := h(time.Unix(1, 0), fault.Request{}).Delay; got != test.want {
			t.Errorf("%s: delayed by %v, want %v", test.name, got, test.want)
		}
	}
}

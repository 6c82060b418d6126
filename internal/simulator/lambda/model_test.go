package lambda

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBackoffDoublesUpToItsCap(t *testing.T) {
	m := Model{}.withDefaults()
	for failed, want := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 7: 32 * time.Second, 8: time.Minute, 1_000_000: time.Minute,
	} {
		if got := m.backoff(failed); got != want {
			t.Errorf("after %d failures: %v, want %v", failed, got, want)
		}
	}
}

func TestDistributionDraws(t *testing.T) {
	for _, tt := range []struct {
		name string
		d    Distribution
	}{
		{"nothing", Distribution{}},
		{"constant by p50", Distribution{P50: 20 * time.Millisecond}},
		{"constant by p99", Distribution{P99: 20 * time.Millisecond}},
		{"constant by both", Distribution{P50: 20 * time.Millisecond, P99: 20 * time.Millisecond}},
		{"log-normal", Distribution{P50: 20 * time.Millisecond, P99: 80 * time.Millisecond}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			draws := make([]time.Duration, 100_000)
			for i := range draws {
				draws[i] = tt.d.draw(r)
			}
			slices.Sort(draws)
			want := Distribution{P50: max(tt.d.P50, tt.d.P99), P99: max(tt.d.P50, tt.d.P99)}
			if tt.name == "log-normal" {
				want = tt.d
			}
			near(t, "p50", draws[len(draws)/2], want.P50)
			near(t, "p99", draws[len(draws)*99/100], want.P99)
		})
	}
}

func near(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if math.Abs(float64(got-want)) > 0.03*float64(want) {
		t.Errorf("%s: %v, want %v ± 3 %%", what, got, want)
	}
}

func TestEnvironmentIsUsedAgainOrStarted(t *testing.T) {
	var e environments
	for i, s := range []struct {
		acquire, keep bool
		cold          bool
	}{
		{acquire: true, cold: true},  // the first
		{acquire: true, cold: true},  // a second beside it
		{keep: true},                 // one is free
		{acquire: true, cold: false}, // and used again
		{keep: false},                // one timed out and is let go
		{keep: true},
		{acquire: true, cold: false},
		{acquire: true, cold: true},
	} {
		if !s.acquire {
			e.release(s.keep)
			continue
		}
		if cold := e.acquire(); cold != s.cold {
			t.Fatalf("step %d: cold is %v", i, cold)
		}
	}
}

func TestInvocationIsModelled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		name  string
		model FunctionModel
		begin time.Duration // of the first, which is cold
		end   time.Duration
		err   string
	}{
		{"constant", FunctionModel{Duration: Distribution{P50: time.Second}, Timeout: time.Minute}, 0, time.Second, ""},
		{
			"the cold start comes before the beginning",
			FunctionModel{Duration: Distribution{P50: time.Second}, ColdStart: 250 * time.Millisecond, Timeout: time.Minute},
			250 * time.Millisecond, 1250 * time.Millisecond, "",
		},
		{"an error takes as long as a success", FunctionModel{Duration: Distribution{P50: time.Second}, Errors: 1, Timeout: time.Minute}, 0, time.Second, ErrUnhandled},
		{"a timeout ends it", FunctionModel{Duration: Distribution{P50: time.Minute}, Timeout: 3 * time.Second}, 0, 3 * time.Second, ErrTimedOut},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := function{Function: Function{Model: tt.model}}
			var in, again invocation
			f.invoke(epoch, r, &in)
			if !in.cold || in.begin != epoch.Add(tt.begin) || in.end != epoch.Add(tt.end) || in.err != tt.err {
				t.Errorf("got %+v", in)
			}
			f.ended(&in)
			if f.invoke(epoch, r, &again); again.cold != (tt.err == ErrTimedOut) {
				t.Errorf("the next one is cold: %v", again.cold)
			}
		})
	}
}

func TestErrorsComeAtTheirShare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := function{Function: Function{Model: FunctionModel{Errors: 0.1, Timeout: time.Minute}}}
	failed := 0
	for range 100_000 {
		var in invocation
		if f.invoke(epoch, r, &in); in.err != "" {
			failed++
		}
	}
	if failed < 9_700 || failed > 10_300 {
		t.Errorf("%d of 100,000 failed, want a tenth", failed)
	}
}

func TestTimestampIsSecondsWithMilliseconds(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1545084650.987": time.UnixMilli(1545084650987),
		"1700000000":     time.Unix(1700000000, 0),
		"0":              time.Unix(0, 0),
	} {
		var ts Timestamp
		if err := ts.UnmarshalJSON([]byte(text)); err != nil || !ts.Equal(want) {
			t.Errorf("%s: %v, %v", text, ts, err)
		}
		if back, _ := ts.MarshalJSON(); string(back) != text {
			t.Errorf("%s is written %s", text, back)
		}
	}
	for _, text := range []string{`"2026-01-01"`, "-1", "NaN", "1e300", "{}", ""} {
		var ts Timestamp
		if err := ts.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s is read as %v", text, ts)
		}
	}
}

func FuzzTimestamp(f *testing.F) {
	f.Add("1545084650.987")
	f.Fuzz(func(t *testing.T, text string) {
		var ts Timestamp
		if ts.UnmarshalJSON([]byte(text)) != nil {
			return
		}
		out, _ := ts.MarshalJSON()
		var again Timestamp
		if err := again.UnmarshalJSON(out); err != nil || !again.Equal(ts.Time) || strings.Contains(string(out), "e") {
			t.Errorf("%q is %v, written %s, read %v (%v)", text, ts, out, again, err)
		}
	})
}

func FuzzResolve(f *testing.F) {
	for _, name := range []string{
		"process-clicks", "f:$LATEST", "f:PROD", "123456789012:function:f", "arn:aws:lambda:ap-northeast-1:123456789012:function:f",
		"arn:aws-cn:lambda:cn-north-1:123456789012:function:f:1", "", ":", "arn:aws:lambda:::function:f", "f/g",
	} {
		f.Add(name)
	}
	s := Service{account: "123456789012", region: "ap-northeast-1"}
	f.Fuzz(func(t *testing.T, name string) {
		bare, _, err := s.resolve(name)
		if err != nil {
			return
		}
		if !validName(bare) || !strings.Contains(name, bare) {
			t.Fatalf("%q is the function %q", name, bare)
		}
		if again, here, err := s.resolve(s.functionARN(bare)); again != bare || !here || err != nil {
			t.Errorf("the ARN of %q is that of %q (%v, %v)", bare, again, here, err)
		}
	})
}

func FuzzResolveSource(f *testing.F) {
	for _, arn := range []string{
		"arn:aws:kinesis:ap-northeast-1:123456789012:stream/clicks", "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
		"arn:aws:kinesis:ap-northeast-1:123456789012:stream/clicks/consumer/c:1", "arn:aws:sqs:ap-northeast-1:123456789012:q", "clicks", "",
	} {
		f.Add(arn)
	}
	s := Service{account: "123456789012", region: "ap-northeast-1"}
	f.Fuzz(func(t *testing.T, arn string) {
		stream, consumer, err := s.resolveSource(arn)
		if err != nil {
			return
		}
		if consumer != "" && (consumer != arn || !strings.HasPrefix(arn[strings.Index(arn, ":stream/"):], ":stream/"+stream+"/consumer/")) {
			t.Errorf("%q is the consumer %q of the stream %q", arn, consumer, stream)
		}
		if again, none, err := s.resolveSource(s.StreamARN(stream)); again != stream || none != "" || err != nil {
			t.Errorf("%q is the stream %q, whose ARN is that of %q (%v)", arn, stream, again, err)
		}
	})
}

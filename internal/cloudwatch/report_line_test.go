package cloudwatch

import (
	"testing"
	"time"
)

const (
	coldLine = "REPORT RequestId: 3f0d8c9a-1b2c-4d5e-8f90-a1b2c3d4e5f6\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tInit Duration: 98.76 ms\t\n"
	jsonLine = `{"time":"2026-11-24T10:15:30.000Z","type":"platform.report","record":{"requestId":"3f0d8c9a","metrics":{"durationMs":12.34,"billedDurationMs":13,"memorySizeMB":128,"maxMemoryUsedMB":64,"initDurationMs":98.76},"status":"success"}}`
)

func TestParseReport(t *testing.T) {
	cold := report{duration: 12340 * time.Microsecond, billed: 13 * time.Millisecond, init: 98760 * time.Microsecond, memorySize: 128 << 20, maxMemory: 64 << 20}
	warm := cold
	warm.init = 0
	failed := warm
	failed.failed = true
	for _, test := range []struct {
		name, line string
		want       report
		ok         bool
	}{
		{"a cold start", coldLine, cold, true},
		{"warm", "REPORT RequestId: 3f\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t", warm, true},
		{
			"with a trace", "REPORT RequestId: 3f\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t\nXRAY TraceId: 1-5\tSegmentId: 7\tSampled: true\t",
			warm, true,
		},
		{
			"that timed out", "REPORT RequestId: 3f\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tStatus: timeout",
			failed, true,
		},
		{
			"that failed", "REPORT RequestId: 3f\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tStatus: error\tError Type: Runtime.ExitError",
			failed, true,
		},
		{"in JSON", jsonLine, cold, true},
		{
			"in JSON, failed", `{"type":"platform.report","record":{"metrics":{"durationMs":12.34,"billedDurationMs":13.0,"memorySizeMB":128,"maxMemoryUsedMB":64},"status":"error"}}`,
			failed, true,
		},
		{"the start", "START RequestId: 3f Version: $LATEST", report{}, false},
		{"a line that quotes one", "I saw REPORT RequestId: 3f\tDuration: 1 ms\tBilled Duration: 1 ms", report{}, false},
		{"without what is billed", "REPORT RequestId: 3f\tDuration: 12.34 ms\t", report{}, false},
		{"a duration that none has", "REPORT RequestId: 3f\tDuration: 1e99 ms\tBilled Duration: 13 ms\t", report{}, false},
		{"a duration that is no number", "REPORT RequestId: 3f\tDuration: NaN ms\tBilled Duration: 13 ms\t", report{}, false},
		{"another event of the platform", `{"type":"platform.start","record":{"metrics":{"durationMs":1,"billedDurationMs":1}}}`, report{}, false},
		{"a log line of the function's", `{"type":"platform.report"}`, report{}, false},
		{"a negative duration", `{"type":"platform.report","record":{"metrics":{"durationMs":-1,"billedDurationMs":1}}}`, report{}, false},
		{"half an object", `{"type":"platform.report","record":`, report{}, false},
		{"nothing", "", report{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := parseReport(test.line)
			if ok != test.ok || ok && got != test.want {
				t.Errorf("%+v %v, want %+v %v", got, ok, test.want, test.ok)
			}
		})
	}
}

// FuzzParseReport holds that no line of a log makes a duration or a memory that no invocation has.
func FuzzParseReport(f *testing.F) {
	for _, line := range []string{coldLine, jsonLine, "REPORT RequestId:", "REPORT RequestId: a\tDuration: -0 ms\tBilled Duration: Inf ms", "{"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, ok := parseReport(line)
		if !ok {
			return
		}
		for _, d := range []time.Duration{r.duration, r.billed, r.init} {
			if d < 0 || d > longest {
				t.Errorf("a duration of %v", d)
			}
		}
		for _, n := range []int64{r.memorySize, r.maxMemory} {
			if n < 0 || n > 1<<40 {
				t.Errorf("a memory of %d bytes", n)
			}
		}
		var l tally
		l.add(&r)
	})
}

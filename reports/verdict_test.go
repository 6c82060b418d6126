package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name       string
		objectives []string
		change     func(*toy)
		want       Verdict
		code       int
		says       string // part of the sentence
	}{
		{
			name: "all held", objectives: []string{"put.latency p99 < 100ms", "integrity.missing == 0"},
			want: Pass, code: 0, says: "2 of 2 objectives held; the run is valid (offered 100.00 % of plan, schedule.lag p99",
		},
		{name: "no objectives", want: Pass, code: 0, says: "no objectives; the run is valid"},
		{
			name: "one broken", objectives: []string{"put.latency p99 < 1ms", "integrity.missing == 0"},
			want: Fail, code: 3, says: "1 of 2 objectives broken; the run is valid",
		},
		{
			name: "one cannot be told", objectives: []string{"stream.propagation p99 < 1s", "integrity.missing == 0"},
			want: Pass, code: 0, says: "1 of 2 objectives held, 1 cannot be told",
		},
		{
			name: "none can be told", objectives: []string{"lambda.latency p99 < 2s"},
			change: func(y *toy) { y.untold = []measure.Trait{{Name: "lambda.*", Reason: "no function is deployed"}} },
			want:   Invalid, code: 4, says: "no objective could be told: no function is deployed",
		},
		{
			name: "the harness offered too little", objectives: []string{"integrity.missing == 0"},
			change: func(y *toy) { y.after = func(e *measure.End) { e.Offered = e.Planned * 98 / 100 } },
			want:   Invalid, code: 4, says: "the harness offered 9",
		},
		{
			name: "the harness was late", objectives: []string{"integrity.missing == 0"},
			change: func(y *toy) { y.before = func(h *measure.Header) { h.LagLimit = 1000 } },
			want:   Invalid, code: 4, says: "over its limit of 1 µs",
		},
		{
			name: "the harness had no CPU left", objectives: []string{"integrity.missing == 0"},
			change: func(y *toy) { y.after = func(e *measure.End) { e.CPUShare = 0.93 } },
			want:   Invalid, code: 4, says: "the harness used 93.0 % of its CPU, more than 80 %",
		},
		{
			name: "killed", objectives: []string{"put.latency p99 < 100ms"},
			change: func(y *toy) { y.killed = 4 },
			want:   Invalid, code: 4, says: "the run was killed",
		},
		{
			name: "interrupted and drained", objectives: []string{"integrity.missing == 0"},
			change: func(y *toy) {
				y.after = func(e *measure.End) { e.Complete, e.Reason, e.ElapsedSeconds = false, "interrupted", 4.5 }
			},
			want: Pass, code: 0, says: "cut short after 00:04 of 00:06: interrupted",
		},
		{
			name: "ended by its target", objectives: []string{"integrity.missing == 0"},
			change: func(y *toy) {
				y.after = func(e *measure.End) { e.Complete, e.Reason, e.ElapsedSeconds = false, "target: the disk is full", 4.5 }
			},
			want: Invalid, code: 4, says: "says nothing about the target: the run was cut short after 00:04 of 00:06: target: the disk is full",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := short(t, c.objectives...)
			if c.change != nil {
				c.change(y)
			}
			r := y.report(t)
			if r.Verdict != c.want || r.ExitCode() != c.code {
				t.Errorf("verdict %s, exit code %d; want %s, %d\n%s", r.Verdict, r.ExitCode(), c.want, c.code, r.Sentence())
			}
			if !strings.Contains(r.Sentence(), c.says) {
				t.Errorf("says %q, want %q in it", r.Sentence(), c.says)
			}
			if r.Validity.Valid != (c.want != Invalid) {
				t.Errorf("valid is %v", r.Validity.Valid)
			}
		})
	}
}

// A broken objective that holds once the late seconds are left out says something about the harness, not the target.
func TestBrokenOnlyWhereTheHarnessWasLate(t *testing.T) {
	for _, c := range []struct {
		name      string
		objective string
		late      int
		only      bool
	}{
		{"only there", "put.latency max < 100ms", 3, true},
		{"only there, by windows", "put.latency p50 < 100ms over 1s", 3, true},
		{"elsewhere too", "put.latency max < 20ms", 3, false},
		{"elsewhere too, by windows", "put.latency p50 < 1ms over 1s", 3, false},
		{"the ledger knows no seconds", "integrity.reordered > 0", 3, false},
		{"nobody was late", "put.latency max < 20ms", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := short(t, c.objective)
			y.late = c.late
			y.before = func(h *measure.Header) { h.LagLimit = 200 * ms }
			r := y.report(t)
			if c.late > 0 && !slices.Equal(r.late, []int{3, 4}) { // its last request leaves in the next second
				t.Fatalf("late seconds are %v", r.late)
			}
			if !r.Objectives[0].broken() {
				t.Fatalf("%s is not broken", c.objective)
			}
			if r.Objectives[0].Late != c.only {
				t.Errorf("broken only in late seconds: %v, want %v", r.Objectives[0].Late, c.only)
			}
			said := strings.Contains(r.Sentence(), "is broken only in seconds in which the harness itself was late")
			if said != c.only || c.only && r.Verdict != Invalid {
				t.Errorf("verdict %s: %s", r.Verdict, r.Sentence())
			}
		})
	}
}

func TestHeadlineNamesWhatTheNumbersStandFor(t *testing.T) {
	for _, c := range []struct{ target, model, want string }{
		{"embedded", "local", "PASS (model local: no AWS service time)"},
		{"embedded", "aws", "PASS (model aws: typical service times, not measured on AWS)"},
		{"embedded", "other", "PASS (model other)"},
		{"http://localhost:4566", "local", "PASS (target http://localhost:4566)"},
	} {
		y := short(t)
		y.before = func(h *measure.Header) { h.Target, h.Model = c.target, c.model }
		if got := y.report(t).Headline(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

package probe

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestSettingsByEnvironment(t *testing.T) {
	for name, want := range map[string]Settings{
		"least": {Function: "probe", Receipts: "receipts"},
		"all": {
			Function: "probe", Receipts: "receipts", Endpoint: "http://127.0.0.1:4566", Seed: math.MaxUint64,
			Duration: Distribution{20 * ms, 80 * ms}, Work: CPU, Errors: 0.01, ColdStart: 250 * ms,
			ReportBatchItemFailures: true, PartialFailures: 0.1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := want.Environment()
			if len(env[Variable]) > 1024 { // Lambda takes 4 KB for all variables
				t.Errorf("%d bytes", len(env[Variable]))
			}
			got, err := FromEnvironment(func(name string) string { return env[name] })
			if err != nil || got != want {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
			}
		})
	}
}

func TestSettingsRefused(t *testing.T) {
	rows := []struct{ name, text, want string }{
		{"not set", ``, "WAVETANK_PROBE is not set"},
		{"not JSON", `probe`, "invalid character"},
		{"an unknown key", `{"function":"f","receipts":"r","durations":1}`, `unknown field "durations"`},
		{"no function", `{"receipts":"r"}`, `function ""`},
		{"no receipts", `{"function":"f"}`, `receipts ""`},
		{"other work", `{"function":"f","receipts":"r","work":"io"}`, `want "sleep" or "cpu"`},
		{"more than all fail", `{"function":"f","receipts":"r","errors":1.5}`, "errors 1.5"},
		{"fewer than none", `{"function":"f","receipts":"r","reportBatchItemFailures":true,"partialFailures":-1}`, "partialFailures -1"},
		{"nobody listens", `{"function":"f","receipts":"r","partialFailures":0.5}`, "Lambda ignores them"},
		{"a negative duration", `{"function":"f","receipts":"r","duration":{"p50":-1}}`, "is negative"},
		{"percentiles the wrong way round", `{"function":"f","receipts":"r","duration":{"p50":2,"p99":1}}`, "below its p50"},
		{"a negative cold start", `{"function":"f","receipts":"r","coldStart":-1}`, "coldStart -1ns"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := FromEnvironment(func(string) string { return row.text })
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, row.want)
			}
		})
	}
	if err := (Settings{Function: "f", Receipts: "r", Errors: math.NaN()}).Check(); err == nil {
		t.Error("a share that is no number is let through")
	}
}

func TestDraws(t *testing.T) {
	s := Settings{Seed: 7, Duration: Distribution{20 * ms, 80 * ms}, Errors: 0.1, PartialFailures: 0.3}
	const n = 20_000
	durations := make([]time.Duration, n)
	fails, partial := 0, 0
	for i := range uint64(n) {
		d := s.draw(99, i)
		if d != s.draw(99, i) {
			t.Fatal("a draw is another the second time")
		}
		if d.from < 0 || d.from >= 1 {
			t.Fatalf("from %v", d.from)
		}
		durations[i] = d.duration
		if d.fails {
			fails++
		}
		if d.partial {
			partial++
		}
	}
	slices.Sort(durations)
	// Four standard deviations of an order statistic or a count around what was asked for.
	for _, v := range []struct {
		what            string
		got, want, give float64
	}{
		{"p50 in ms", durations[n/2].Seconds() * 1000, 20, 0.45},
		{"p99 in ms", durations[n*99/100].Seconds() * 1000, 80, 5.1},
		{"errors", float64(fails), n * 0.1, 170},
		{"partial failures", float64(partial), n * 0.3, 260},
	} {
		if math.Abs(v.got-v.want) > v.give {
			t.Errorf("%s: %v, want %v within %v", v.what, v.got, v.want, v.give)
		}
	}
	same := 0
	for i := range uint64(1000) {
		if s.draw(99, i).duration == s.draw(100, i).duration {
			same++
		}
	}
	if same > 0 {
		t.Errorf("two environments drew the same %d times", same)
	}
	without := s
	without.Errors, without.PartialFailures = 0, 0
	if a, b := s.draw(1, 2), without.draw(1, 2); a.duration != b.duration || a.from != b.from {
		t.Error("one setting shifts another's draws")
	}
}

func TestConstantDurations(t *testing.T) {
	for _, d := range []Distribution{{P50: 20 * ms}, {P99: 20 * ms}, {20 * ms, 20 * ms}} {
		if got := (Settings{Duration: d}).draw(1, 2).duration; got != 20*ms {
			t.Errorf("%+v drew %v", d, got)
		}
	}
	if got := (Settings{}).draw(1, 2).duration; got != 0 {
		t.Errorf("no duration drew %v", got)
	}
}

//go:build wallclock

package runner_test

import (
	"cmp"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/scenarios"
)

// What the arithmetic says, once on the wall's clock: through the SDK and HTTP, with the machine's own lateness. These
// tests need a machine that has nothing else to do.

// A shard of the embedded target takes 1,000 records and 1 MiB a second once its burst is used up, ± 1 %.
func TestShardTakesWhatItsLimitSaysWall(t *testing.T) {
	const seconds = 12
	tests := []struct {
		name       string
		rate, size int // size: data and key
		limit      string
		want       float64 // records a second
	}{
		{"3,000 records/s of 100 B", 3000, 100, "records", 1000},
		{"300 records/s of 10 KiB", 300, 10 * kib, "bytes", 102.4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := serve(t, tank{scenario: oneShard(test.rate, seconds, ""), body: test.size - keySize}.open(t), nil)
			const begin = 2 // the burst is over
			got := float64(o.count(begin, seconds, "shard.accepted")) / (seconds - begin)
			if math.Abs(got/test.want-1) > 0.01 {
				t.Errorf("%v records/s accepted, want %v ± 1 %%", got, test.want)
			}
			if n, of := o.total("put.throttled", "limit", test.limit), o.total("put.throttled"); n != of || n == 0 {
				t.Errorf("%d of %d refusals by %s", n, of, test.limit)
			}
			if ratio := float64(o.total("put.offered")) / float64(o.total("put.due")); ratio < 0.99 {
				t.Errorf("%.2f %% was offered in time: the machine is too busy for this test", 100*ratio)
			}
		})
	}
}

// A target that answers nothing for 2 s: requests keep leaving on time, and every record that was due then has the stall
// in its latency.
func TestStalledTargetWall(t *testing.T) {
	s := tank{scenario: fmt.Sprintf(steady, 256) + "faults: [{at: 4s, for: 2s, stall: {stream: s}}]\n"}.open(t)
	o := serve(t, s, nil)
	if p99, _ := o.of("schedule.lag").Quantile(0.99); p99 > at(10*time.Millisecond) {
		t.Errorf("schedule.lag p99 is %v: requests did not leave on time", time.Duration(p99))
	}
	const slack = 100 * time.Millisecond
	for second := range 10 {
		m := o.Run.Find("put.latency", nil)[0].Histogram(second, second+1)
		low, high := time.Duration(0), slack
		switch second {
		case 4:
			low, high = time.Second, 2*time.Second+slack
		case 5:
			low, high = 0, time.Second+slack
		}
		if m.Count() != 100 || m.Min() < at(low) || m.Max() > at(high) {
			t.Errorf("second %d: %d records from %v to %v, want 100 from %v to %v", second, m.Count(),
				time.Duration(m.Min()), time.Duration(m.Max()), low, high)
		}
		if mean := time.Duration(m.Mean()); second == 5 && (mean < 450*time.Millisecond || mean > 600*time.Millisecond) {
			t.Errorf("second 5: a mean of %v, want 500 ms", mean)
		}
	}
}

// Every scenario of the library can be run on this machine's own clock, and comes to the verdict it was written for.
func TestLibraryWall(t *testing.T) {
	verdicts := map[string]reports.Verdict{"hot-shard": reports.Fail} // else pass
	for _, of := range scenarios.Library() {
		t.Run(of.Name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			duration := "12s"
			if of.Name == "sensor" {
				duration = "22s" // two bursts after its warm-up
			}
			s, err := scenarios.Open(of.Name, []string{"duration=" + duration})
			if err != nil {
				t.Fatal(err)
			}
			o := serve(t, s, nil)
			for again := 0; o.Verdict == reports.Invalid && again < 2; again++ {
				t.Logf("tried again, the machine was busy: %v", o.Validity.Reasons)
				o = serve(t, s, nil)
			}
			if want := cmp.Or(verdicts[of.Name], reports.Pass); o.Verdict != want {
				t.Errorf("verdict %s, want %s: %v", o.Verdict, want, o.Validity.Reasons)
			}
		})
	}
}

// BenchmarkOfferedWall offers the built-in scenario for 30 s and tells how much of the plan left in time, the harness's own
// lateness and its memory.
func BenchmarkOfferedWall(b *testing.B) {
	s, err := scenarios.Open("clickstream", nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o := serve(b, s, nil)
		lag, _ := o.of("schedule.lag").Quantile(0.99)
		b.ReportMetric(100*float64(o.Run.End.Offered)/float64(o.Run.End.Planned), "%offered")
		b.ReportMetric(float64(lag)/1e6, "ms-lag-p99")
		b.ReportMetric(float64(o.Run.End.MaxRSS)/1e6, "MB-rss")
		b.ReportMetric(100*o.Run.End.CPUShare, "%cpu")
	}
}

package main

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wavetank/wavetank/runner"
)

func TestLoadText(t *testing.T) {
	half := runner.Status{Phase: "load", Elapsed: 15 * time.Second, Duration: 30 * time.Second}
	calm := figures{offered: 2000, attempts: 2000, acked: 2000, put: 24100 * time.Microsecond, lambda: 1020 * time.Millisecond, firehose: 5400 * time.Millisecond}
	storm := figures{offered: 5000, attempts: 14_900, acked: 2500, throttled: 48_000, retried: true, put: 320 * time.Millisecond, lambda: 1020 * time.Millisecond, firehose: 5400 * time.Millisecond}
	packed := figures{offered: 400_000, attempts: 4_100, acked: 388_276, aggregates: true, stored: 3_962, put: 24100 * time.Microsecond, lambda: -1, firehose: -1}
	refused := packed
	refused.retried, refused.throttled = true, 138
	young := figures{put: -1, lambda: -1, firehose: -1}
	tests := []struct {
		name  string
		f     figures
		width int
		want  string
	}{
		{"all", calm, 138, "00:15/00:30  offered 2,000/s  acked 2,000/s  throttled 0  put p99 24.1ms  lambda p99 1.02s  firehose p95 5.40s"},
		{"100 columns", calm, 98, "00:15/00:30  offered 2,000/s  throttled 0  put p99 24.1ms  lambda p99 1.02s  firehose p95 5.40s"},
		{"80 columns", calm, 78, "00:15  offered 2,000/s  put p99 24.1ms  lambda p99 1.02s  firehose p95 5.40s"},
		{"60 columns", calm, 58, "00:15  2,000/s  put 24.1ms  lambda 1.02s  firehose 5.40s"},
		{"40 columns", calm, 38, "00:15  put 24.1ms  lambda 1.02s"},
		{"retries are apart", storm, 138, "00:15/00:30  offered 5,000/s  attempts 14,900/s  acked 2,500/s  throttled 48,000  put p99 320ms  lambda p99 1.02s  firehose p95 5.40s"},
		{"retries at 100 columns", storm, 98, "00:15  offered 5,000/s  throttled 48,000  put p99 320ms  lambda p99 1.02s  firehose p95 5.40s"},
		{"retries at 80 columns", storm, 78, "00:15  5,000/s  throttled 48,000  put 320ms  lambda 1.02s  firehose 5.40s"},
		{"retries at 40 columns", storm, 38, "00:15  throttled 48,000  put 320ms"},
		{"aggregates", packed, 138, "00:15/00:30  offered 400,000/s  acked 388,276/s in 3,962 Kinesis records/s  throttled 0  put p99 24.1ms"},
		{"aggregates at 80 columns", packed, 78, "00:15/00:30  offered 400,000/s  acked 388,276/s  throttled 0  put p99 24.1ms"},
		{"aggregates sent again", refused, 158, "00:15/00:30  offered 400,000/s  attempts 4,100 Kinesis records/s  acked 388,276/s in 3,962 Kinesis records/s  throttled 138  put p99 24.1ms"},
		{"aggregates sent again at 100 columns", refused, 98, "00:15/00:30  offered 400,000/s  attempts 4,100 Kinesis records/s  throttled 138  put p99 24.1ms"},
		{"nothing measured", young, 78, "00:15/00:30  offered 0/s  acked 0/s  throttled 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := loadText(half, tt.f, tt.width); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	for width := range 140 {
		for _, f := range []figures{calm, storm, packed, refused, young} {
			if n := utf8.RuneCountInString(loadText(half, f, width)); n > width {
				t.Errorf("%d characters of %d", n, width)
			}
			if n := utf8.RuneCountInString(drainText(half, f, time.Minute, width)); n > width {
				t.Errorf("drain: %d characters of %d", n, width)
			}
		}
	}
}

func TestDrainText(t *testing.T) {
	s := runner.Status{Phase: "drain", Open: 1467}
	f := figures{throttled: 48_000, put: 320 * time.Millisecond, lambda: 1020 * time.Millisecond, firehose: -1}
	tests := []struct {
		name  string
		since time.Duration
		width int
		want  string
	}{
		{"just begun", time.Second, 98, "draining  1,467 records on their way  throttled 48,000  put p99 320ms  lambda p99 1.02s"},
		{"for a while", 12 * time.Second, 98, "draining 12 s  1,467 records on their way  throttled 48,000  put p99 320ms  lambda p99 1.02s"},
		{"80 columns", 12 * time.Second, 78, "draining 12 s  1,467 open  throttled 48,000  put p99 320ms  lambda p99 1.02s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := drainText(s, f, tt.since, tt.width); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

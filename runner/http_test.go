package runner_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
)

// onPost acts on the nth attempt to deliver to the run's receiver, counted from 0.
func onPost(n int, a fault.Action) fault.Hook {
	count := 0
	return func(_ time.Time, r fault.Request) fault.Action {
		if r.Service != "http" {
			return fault.Action{}
		}
		if count++; count == n+1 {
			return a
		}
		return fault.Action{}
	}
}

// A request is posted when an object would be put, or when the one before it was taken, and its records are out when the
// receiver has taken its time: the rule of docs/design/004-delivery-buffers.md with that time as ℓ.
func TestHTTPLagIsTheClosedForm(t *testing.T) {
	t.Parallel()
	const seconds, rate, size, most = 60, 10, 100, 60
	tests := []struct {
		name     string
		stream   bool
		interval time.Duration
		answer   time.Duration
	}{
		{"Direct PUT, at once", false, 5 * time.Second, 0},
		{"Direct PUT, a constant answer", false, 5 * time.Second, 700 * time.Millisecond},
		{"a stream, a constant answer", true, 3 * time.Second, 250 * time.Millisecond},
		{"a receiver that falls behind", true, time.Second, 1300 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pipeline, dest := "deliveryStreams: {d: {", "deliveryStream: d"
			if test.stream {
				pipeline, dest = "streams: {s: {shardCount: 1}}\n  deliveryStreams: {d: {source: s, ", "stream: s"
			}
			o := tank{scenario: fmt.Sprintf(`
duration: %ds
drain: 2m
pipeline:
  %s http: {bufferingHints: {size: 1MiB, interval: %v}, model: {duration: %v}}, s3: {bucket: failed}}}
load:
  - {%s, generator: {template: {file: body.txt}}, rate: %d/s, lanes: 1, batch: {records: 1}}
`, seconds, pipeline, test.interval, test.answer, dest, rate), body: size}.run(t)

			dues := constant(rate, seconds+most) // the cooldown's records fill the same buffers
			buffered := slices.Clone(dues)
			if test.stream {
				for i, due := range dues {
					buffered[i] = (due + 1e9 - 1) / 1e9 * 1e9
				}
			}
			taken, request := cuts(buffered, size, mib, test.interval)
			before, of := int64(0), -1
			for i := range taken {
				if request[i] != of {
					of = request[i]
					before = max(taken[i], before) + test.answer.Nanoseconds()
				}
				taken[i] = before
			}
			lag := values{}
			o.seen.each(seconds*time.Second, func(_, n int, l *life) {
				out, _ := l.landed("d")
				wantInstant(t, fmt.Sprintf("record %d is taken", n), out.at, taken[n])
				lag.add(dues[n], taken[n]-dues[n])
			})
			o.holds("firehose.lag", lag)
			o.holds("d.end_to_end", lag)
			if n := o.total("firehose.objects"); n != 0 {
				t.Errorf("%d objects, want none", n)
			}
		})
	}
}

// A receiver that refuses everything for 10 s: the request is sent again after 1 s, then twice as long each time, 15 % more or
// less (Firehose's developer guide), and in the end everything is out, once.
func TestReceiverRefusesForTenSeconds(t *testing.T) {
	t.Parallel()
	var posts []time.Duration
	k := tank{scenario: `
duration: 40s
drain: 1m
pipeline:
  deliveryStreams: {d: {http: {bufferingHints: {size: 1MiB, interval: 5s}}, s3: {bucket: failed}}}
load:
  - {deliveryStream: d, generator: {clickstream: {users: 1}}, rate: 10/s, lanes: 1, batch: {records: 1}}
faults:
  - {at: 10s, for: 10s, error: {service: http, code: ServiceUnavailable}}
`, hook: func(now time.Time, r fault.Request) fault.Action {
		if r.Service == "http" {
			posts = append(posts, time.Duration(since(now)))
		}
		return fault.Action{}
	}}
	o := k.run(t)

	var refused []time.Duration
	for _, at := range posts {
		if at >= 10*time.Second && at < 20*time.Second {
			refused = append(refused, at)
		}
	}
	first := slices.Index(posts, refused[0])
	attempts := posts[first : first+len(refused)+1] // with the one that was taken
	if len(refused) != 4 {
		t.Errorf("refused at %v, want 4 attempts in 10 s", refused)
	}
	for i := 1; i < len(attempts); i++ {
		wait, want := attempts[i]-attempts[i-1], time.Second<<(i-1)
		if wait < want*85/100 || wait > want*115/100 {
			t.Errorf("wait %d is %v, want %v ± 15 %%", i, wait, want)
		}
	}
	s := o.sink("d")
	if s.Delivered != 400 || s.Missing != 0 || s.Duplicated != 0 || s.Reordered != 0 || s.Dropped != 0 {
		t.Errorf("%+v", s)
	}
	if n := o.total("firehose.refused"); n != int64(len(refused)) {
		t.Errorf("%d attempts counted as refused, want %d", n, len(refused))
	}
	// The request that was refused waited for its buffer first.
	taken := attempts[len(attempts)-1]
	if got, want := o.of("firehose.lag").Max(), taken-refused[0]+5*time.Second; got != want.Nanoseconds() {
		t.Errorf("the longest lag is %v, want %v", time.Duration(got), want)
	}
}

// What the receiver never takes is in the backup bucket, and the ledger says where.
func TestBackupIsADropOnPurpose(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"FailedDataOnly", "AllData"} {
		t.Run(mode, func(t *testing.T) {
			o := tank{scenario: fmt.Sprintf(`
duration: 20s
drain: 90s
pipeline:
  streams: {s: {shardCount: 1}}
  deliveryStreams:
    d:
      source: s
      http: {bufferingHints: {size: 1MiB, interval: 5s}, retryOptions: {duration: 4s}, s3BackupMode: %s}
      s3: {bucket: failed, prefix: a/}
load:
  - {stream: s, generator: {clickstream: {users: 1}}, rate: 10/s, lanes: 1, batch: {records: 1}}
faults:
  - {at: 8s, for: 9s, error: {service: http, code: ServiceUnavailable}}
`, mode)}.run(t)
			s := o.sink("d")
			if s.Dropped == 0 || s.Delivered+s.Dropped != 200 || s.Missing != 0 || s.Lost != 0 || s.Duplicated != 0 {
				t.Errorf("%+v", s)
			}
			want := []measure.Drop{{Where: "s3://failed/a/http-endpoint-failed/", Records: s.Dropped}}
			if diff := cmp.Diff(want, s.Drops); diff != "" {
				t.Errorf("drops (-want +got):\n%s", diff)
			}
			if n := o.total("firehose.backedUp"); n != s.Dropped {
				t.Errorf("%d records counted as backed up, want %d", n, s.Dropped)
			}
			if n := o.of("firehose.lag").Count(); n != s.Delivered {
				t.Errorf("%d lags of %d records delivered", n, s.Delivered)
			}
		})
	}
}

// Each fault of an attempt is counted as what it is.
func TestFaultsOfTheReceiver(t *testing.T) {
	t.Parallel()
	const scenario = `
duration: 20s
drain: 10m
pipeline:
  streams: {s: {shardCount: 1}}
  deliveryStreams: {d: {source: s, http: {bufferingHints: {size: 1MiB, interval: 4s}, retryOptions: {duration: %v}}, s3: {bucket: failed}}}
load:
  - {stream: s, generator: {clickstream: {users: 1}}, rate: 10/s, lanes: 1, batch: {records: 1}}
`
	const records, request = 200, 40 // 4 pages of a second
	tests := []struct {
		name    string
		retry   string
		action  fault.Action
		refused int64
		want    func(*measure.SinkTotals)
	}{
		{"nothing happens", "300s", fault.Action{}, 0, func(*measure.SinkTotals) {}},
		{"an answer is cut off", "300s", fault.Action{Cut: true, After: true}, 1, func(s *measure.SinkTotals) {
			s.Duplicated, s.DuplicatedByPipeline = request, request
		}},
		{"a request is cut off", "300s", fault.Action{Cut: true}, 1, func(*measure.SinkTotals) {}},
		{"an answer comes too late", "300s", fault.Action{Delay: 4 * time.Minute}, 1, func(s *measure.SinkTotals) {
			s.Duplicated, s.DuplicatedByPipeline = request, request
		}},
		{"an answer comes late", "300s", fault.Action{Delay: 2 * time.Minute}, 0, func(*measure.SinkTotals) {}},
		{"a request is refused", "300s", fault.Action{Err: &fault.Error{Code: "ServiceUnavailable"}}, 1, func(*measure.SinkTotals) {}},
		{"a request is refused for the last time", "0s", fault.Action{Err: &fault.Error{Code: "ServiceUnavailable"}}, 1, func(s *measure.SinkTotals) {
			s.Delivered, s.Dropped = records-request, request
			s.Drops = []measure.Drop{{Where: "s3://failed/http-endpoint-failed/", Records: request}}
		}},
		{"what was taken is backed up all the same", "0s", fault.Action{Cut: true, After: true}, 1, func(*measure.SinkTotals) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := tank{scenario: fmt.Sprintf(scenario, test.retry), hook: onPost(2, test.action)}.run(t)
			want := measure.SinkTotals{Name: "d", Kind: "firehose", Stream: "s", Observed: true, Delivered: records}
			test.want(&want)
			if diff := cmp.Diff(want, o.sink("d")); diff != "" {
				t.Errorf("the sink (-want +got):\n%s", diff)
			}
			if n := o.total("firehose.refused"); n != test.refused {
				t.Errorf("%d attempts counted as refused, want %d", n, test.refused)
			}
		})
	}
}

// One seed has one history of the receiver's own draws, too.
func TestOneSeedOneReceiver(t *testing.T) {
	t.Parallel()
	run := func(seed int) []byte {
		return tank{scenario: fmt.Sprintf(`
seed: %d
duration: 30s
pipeline:
  streams: {s: {shardCount: 2}}
  deliveryStreams: {d: {source: s, http: {bufferingHints: {size: 1MiB, interval: 1s}, model: {duration: {p50: 20ms, p99: 2s}, errors: 30%%}}, s3: {bucket: failed}}}
load:
  - {stream: s, generator: {clickstream: {}}, rate: 100/s}
`, seed)}.run(t).file()
	}
	first := run(1)
	if !bytes.Equal(first, run(1)) {
		t.Error("the same seed gives another run file")
	}
	if bytes.Equal(first, run(2)) {
		t.Error("another seed gives the same run file")
	}
}

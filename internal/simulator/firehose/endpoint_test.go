package firehose_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// endpoint is an HTTP endpoint in virtual time. It takes every request, or answers as it is told.
type endpoint struct {
	answer   func(now time.Time, r *firehose.Request) firehose.Answer
	requests []firehose.Request // without their records
	bodies   []string
}

func (e *endpoint) Post(now time.Time, r *firehose.Request) firehose.Answer {
	body, err := r.AppendBody(nil)
	if err != nil {
		return firehose.Answer{Failure: firehose.ConnectionFailed, Detail: err.Error()}
	}
	one := *r
	one.Records = nil
	e.requests, e.bodies = append(e.requests, one), append(e.bodies, string(body))
	if e.answer == nil {
		return r.Accept(now)
	}
	return e.answer(now, r)
}

func TestRequestBody(t *testing.T) {
	at := time.UnixMilli(1578090901599)
	tests := []struct {
		name    string
		records []record.Record
		want    string
	}{
		{"AWS's example", []record.Record{{Data: []byte("hello"), Size: 5}, {Data: []byte("hello world"), Size: 11}}, `{"requestId":"id","timestamp":1578090901599,"records":[{"data":"aGVsbG8="},{"data":"aGVsbG8gd29ybGQ="}]}`},
		{"an empty record", []record.Record{{Data: []byte{}}}, `{"requestId":"id","timestamp":1578090901599,"records":[{"data":""}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := firehose.Request{ID: "id", Timestamp: at, Records: tt.records}
			got, err := r.AppendBody([]byte("in front: "))
			if err != nil || string(got) != "in front: "+tt.want {
				t.Errorf("%s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
	r := firehose.Request{Records: []record.Record{{Size: 5, Ours: true}}}
	if _, err := r.AppendBody(nil); err == nil || !strings.Contains(err.Error(), "set Render") {
		t.Errorf("a record without bytes: %v", err)
	}
}

func TestRetries(t *testing.T) {
	const middle = 0.5 // no jitter
	tests := []struct {
		name     string
		duration time.Duration
		draw     float64
		want     []time.Duration // all waits
	}{
		{"none", 0, middle, nil},
		{"less than the first wait", time.Second / 2, middle, []time.Duration{time.Second / 2}},
		{"just the first", time.Second, middle, []time.Duration{time.Second}},
		{"the last is cut", 10 * time.Second, middle, []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 3 * time.Second}},
		{"capped at 120 s", 500 * time.Second, middle, []time.Duration{
			1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second,
			120 * time.Second, 120 * time.Second, 120 * time.Second, 13 * time.Second,
		}},
		{"15 % less", 3 * time.Second, 0, []time.Duration{850 * time.Millisecond, 1700 * time.Millisecond, 450 * time.Millisecond}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := firehose.NewRetries(firehose.Limits{EndpointRetryBase: time.Second, EndpointRetryCap: 120 * time.Second}, tt.duration)
			for i, want := range tt.want {
				if got, ok := r.Next(tt.draw); !ok || got != want {
					t.Errorf("wait %d is %v, %v; want %v", i, got, ok, want)
				}
			}
			if got, ok := r.Next(tt.draw); ok {
				t.Errorf("one more wait of %v", got)
			}
		})
	}
}

// An endpoint that is down for ten seconds of retries; the draws are those of no jitter.
func ExampleNewRetries() {
	r := firehose.NewRetries(firehose.Limits{EndpointRetryBase: time.Second, EndpointRetryCap: 2 * time.Minute}, 10*time.Second)
	for wait, ok := r.Next(0.5); ok; wait, ok = r.Next(0.5) {
		fmt.Println("again after", wait)
	}
	fmt.Println("to the error prefix")
	// Output:
	// again after 1s
	// again after 2s
	// again after 4s
	// again after 3s
	// to the error prefix
}

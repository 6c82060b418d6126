package localstack

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

func TestDescribe(t *testing.T) {
	const health = `{"services": {"kinesis": "running", "s3": "available"}, "edition": "community", "version": "4.14.0"}`
	tests := []struct {
		name    string
		answers map[string]string // by path
		want    string            // "" where it is not LocalStack
	}{
		{"community", map[string]string{
			"/_localstack/health": health,
			"/_localstack/info":   `{"version": "4.14.0:abc", "edition": "community", "is_license_activated": false, "uptime": 12}`,
		}, "LocalStack 4.14.0 (community)"},
		{"health alone", map[string]string{"/_localstack/health": health}, "LocalStack 4.14.0 (community)"},
		{"an old one keeps its version elsewhere", map[string]string{
			"/_localstack/health": `{"services": {}}`, "/_localstack/info": `{"version": "2.0.0:abc", "edition": "pro"}`,
		}, "LocalStack 2.0.0 (pro)"},
		{"one that says nothing", map[string]string{"/_localstack/health": `{"services": {}}`}, "LocalStack"},
		{"another service", nil, ""},
		{"a page for everything", map[string]string{"/_localstack/health": "<html>"}, ""},
		{"JSON of something else", map[string]string{"/_localstack/health": `{"status": "up"}`}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer, ok := test.answers[r.URL.Path]
				if !ok {
					http.NotFound(w, r)
					return
				}
				fmt.Fprint(w, answer)
			}))
			defer server.Close()
			info, is := Describe(t.Context(), server.URL+"/")
			if is != (test.want != "") || is && info.String() != test.want {
				t.Errorf("%v %+v", is, info)
			}
		})
	}
	if _, is := Describe(t.Context(), "http://"+freePort(t)); is {
		t.Error("nobody listens")
	}
}

// TestDescribeGivesUp asks an endpoint that never answers.
func TestDescribeGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel() // in place of the two seconds
		<-r.Context().Done()
	}))
	defer server.Close()
	if _, is := Describe(ctx, server.URL); is {
		t.Error("it is not")
	}
}

func ExampleDescribe() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"services": {"kinesis": "running"}, "edition": "community", "version": "4.14.0"}`)
	}))
	defer server.Close()
	if info, is := Describe(context.Background(), server.URL); is {
		fmt.Println(info, "has kinesis", info.Services["kinesis"])
	}
	// Output: LocalStack 4.14.0 (community) has kinesis running
}

func ExampleUnavailable() {
	_, err := Start(context.Background(), Config{Getenv: environ("DOCKER_HOST", "unix:///nowhere/docker.sock")})
	fmt.Println(err)
	// Output: no Docker: there is no socket at /nowhere/docker.sock: start Docker, or let DOCKER_HOST say where it listens
}

func TestUntold(t *testing.T) {
	s := &scenarios.Scenario{}
	s.Pipeline.DeliveryStreams = map[string]scenarios.DeliveryStream{"clicks-to-s3": {}}
	traits := target.Traits{Untold: Untold(s)}
	for name, why := range map[string]string{
		"put.throttled": "limits", "put.hit": "limits", "stream.throttled": "limits",
		"firehose.lag": "buffer", "firehose.freshness": "buffer", "clicks-to-s3.end_to_end": "buffer",
		"put.latency": "", "put.response": "", "lambda.latency": "", "process-clicks.end_to_end": "", "integrity.missing": "",
	} {
		if reason, cannot := traits.Cannot(name); cannot != (why != "") || !strings.Contains(reason, why) {
			t.Errorf("%s: %q", name, reason)
		}
	}
	refusing := &scenarios.HTTPDestination{Model: scenarios.ReceiverModel{Errors: 0.1}}
	s.Pipeline.DeliveryStreams["clicks-to-http"] = scenarios.DeliveryStream{HTTP: refusing}
	traits.Untold = Untold(s)
	if reason, cannot := traits.Cannot("integrity.missing"); !cannot || !strings.Contains(reason, "send again") {
		t.Errorf("integrity.missing behind an endpoint that refuses: %q", reason)
	}
	if _, cannot := traits.Cannot("stream.propagation"); cannot {
		t.Error("stream.propagation is not told, though nothing is pushed")
	}
	s.Pipeline.Consumers = map[string]scenarios.Consumer{"polled": {}, "pushed": {EnhancedFanOut: true}}
	traits.Untold = Untold(s)
	for name, want := range map[string]bool{"stream.propagation": true, "pushed.end_to_end": true, "polled.end_to_end": false} {
		if reason, cannot := traits.Cannot(name); cannot != want {
			t.Errorf("%s beside a consumer that is pushed to: %q", name, reason)
		}
	}
	if got := len(Untold(nil)); got != 5 {
		t.Errorf("%d without a scenario", got)
	}
}

package main

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
	"github.com/wavetank/wavetank/scenarios"
)

// serving is a wavetank serve that runs in this process.
type serving struct {
	t      *testing.T
	url    string
	banner string
	stderr lockedBuffer
	end    context.CancelFunc
	done   chan error
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var servedAt = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// start serves on a free port and returns when that is announced, which is in one write.
func start(t *testing.T, environment map[string]string, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &serving{t: t, end: cancel, done: make(chan error, 1)}
	r, w := io.Pipe()
	c := newServe(env{stdout: w, stderr: &s.stderr, getenv: func(name string) string { return environment[name] }})
	c.SetArgs(append(args, "--port", "0"))
	go func() {
		s.done <- c.ExecuteContext(ctx)
		_ = w.Close()
	}()
	t.Cleanup(func() { cancel(); _ = r.Close() })
	buf := make([]byte, 64<<10)
	n, err := r.Read(buf)
	if err != nil {
		t.Fatalf("serve ended: %v", <-s.done)
	}
	s.banner = string(buf[:n])
	if s.url = servedAt.FindString(s.banner); s.url == "" {
		t.Fatalf("no address in %s", s.banner)
	}
	return s
}

// stop is ^C.
func (s *serving) stop() {
	s.t.Helper()
	s.end()
	if err := <-s.done; err != nil {
		s.t.Errorf("serve ended with %v", err)
	}
}

func (s *serving) config(region, key string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &s.url, Credentials: credentials.NewStaticCredentialsProvider(key, "any", ""), RetryMaxAttempts: 1,
		HTTPClient: httpclient.New(nil),
	}
}

// holds lists what an account has in a region.
func (s *serving) holds(region, key string) (streams, functions []string) {
	s.t.Helper()
	k, err := kinesis.NewFromConfig(s.config(region, key)).ListStreams(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := lambda.NewFromConfig(s.config(region, key)).ListFunctions(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range l.Functions {
		functions = append(functions, *f.FunctionName)
	}
	return k.StreamNames, functions
}

func TestServe(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := start(t, map[string]string{"AWS_REGION": "ap-northeast-1", "AWS_DEFAULT_REGION": "eu-west-1"},
		"clickstream", "--function", "process-clicks=model", "--function", "other=p50:5ms", "-v")
	both := []string{"other", "process-clicks"}
	tests := []struct {
		name, region, key  string
		streams, functions []string
	}{
		{"where the pipeline is", "ap-northeast-1", "any", []string{"click-stream"}, both},
		{"its account by number", "ap-northeast-1", "123456789012", []string{"click-stream"}, both},
		{"another region", "us-east-1", "any", nil, both},
		{"another account", "ap-northeast-1", "210987654321", nil, both},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			streams, functions := s.holds(tt.region, tt.key)
			if diff := cmp.Diff(tt.streams, streams, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("streams (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.functions, functions); diff != "" {
				t.Errorf("functions (-want +got):\n%s", diff)
			}
		})
	}
	for _, want := range []string{
		"region ap-northeast-1", "clickstream, made in ap-northeast-1", "click-stream  4 shards ─┬─ process-clicks",
		"other           takes 5ms", "export AWS_ENDPOINT_URL=" + s.url + " AWS_DEFAULT_REGION=ap-northeast-1",
		"aws kinesis put-record --stream-name click-stream", "aws s3 ls --recursive s3://clicks",
	} {
		if !strings.Contains(s.banner, want) {
			t.Errorf("the banner lacks %q:\n%s", want, s.banner)
		}
	}
	s.stop()
	if log := s.stderr.String(); !strings.Contains(log, "operation=Kinesis_20131202.ListStreams status=200") {
		t.Errorf("no line for ListStreams in the log:\n%s", log)
	}
}

// Without a scenario there is nothing but the functions of the flags; without -v nothing is logged.
func TestServeNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := start(t, nil, "--account", "999999999999")
	streams, functions := s.holds("us-east-1", "any")
	if len(streams)+len(functions) > 0 {
		t.Errorf("there are %v and %v", streams, functions)
	}
	if !strings.Contains(s.banner, "Account 999999999999, region us-east-1") || !strings.Contains(s.banner, "aws kinesis create-stream") {
		t.Errorf("banner:\n%s", s.banner)
	}
	s.stop()
	if log := s.stderr.String(); log != "" {
		t.Errorf("logged:\n%s", log)
	}
}

func TestParseFunctions(t *testing.T) {
	const ms = scenarios.Duration(time.Millisecond)
	tests := []struct {
		name, flag string
		want       scenarios.FunctionModel
		err        string
	}{
		{"the default", "f=model", scenarios.FunctionModel{Duration: scenarios.Distribution{P50: 20 * ms, P99: 20 * ms}}, ""},
		{"a distribution", "f=p50:20ms,p99:80ms,errors:1%", scenarios.FunctionModel{Duration: scenarios.Distribution{P50: 20 * ms, P99: 80 * ms}, Errors: 0.01}, ""},
		{"a median alone", "f=p50:5ms", scenarios.FunctionModel{Duration: scenarios.Distribution{P50: 5 * ms, P99: 5 * ms}}, ""},
		{"a percentile alone", "f=p99:90ms", scenarios.FunctionModel{Duration: scenarios.Distribution{P50: 90 * ms, P99: 90 * ms}}, ""},
		{"all of it", "f=coldStart:250ms,memorySize:256MiB,errors:0%,p50:1s,p99:1s", scenarios.FunctionModel{
			Duration: scenarios.Distribution{P50: 1000 * ms, P99: 1000 * ms}, ColdStart: 250 * ms, MemorySize: 256 * scenarios.MiB,
		}, ""},
		{"no model", "f", scenarios.FunctionModel{}, "want NAME=model"},
		{"an empty model", "f=", scenarios.FunctionModel{}, "want NAME=model"},
		{"an unknown part", "f=p95:1s", scenarios.FunctionModel{}, `found "p95"`},
		{"no unit", "f=p50:20", scenarios.FunctionModel{}, `p50: found "20", want a duration`},
		{"a wrong order", "f=p50:2s,p99:1s", scenarios.FunctionModel{}, "below its p50"},
		{"too many errors", "f=errors:101%", scenarios.FunctionModel{}, "not between 0 and 1"},
		{"a bad name", "a b=model", scenarios.FunctionModel{}, "functionName"},
		{"no name", "=model", scenarios.FunctionModel{}, "functionName"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseFunctions([]string{tt.flag})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got %v, want an error with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]scenarios.FunctionModel{"f": tt.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// ledger is an owner that keeps what it is told, and a transport that sees what is really made.
type ledger struct {
	t       *testing.T
	next    http.RoundTripper
	record  map[string]bool // kind and name
	roles   []string
	logs    []string
	mu      sync.Mutex
	created map[string]int64 // kind and name: of a stream its shards, of a stream on demand 0, else 1
}

func (l *ledger) Name(kind, base string) string {
	if kind == "" {
		l.t.Errorf("%s is of no kind", base)
	}
	return "tank-" + base
}

// Tags are none: the embedded server does not emulate those of buckets and delivery streams. Against moto there are.
func (l *ledger) Tags() map[string]string { return nil }

func (l *ledger) Make(ctx context.Context, kind, name string, create func(context.Context) (string, error)) error {
	if l.record[kind+" "+name] {
		l.t.Errorf("%s %s is made twice through its owner", kind, name)
	}
	l.record[kind+" "+name] = true
	_, err := create(ctx)
	if err != nil {
		delete(l.record, kind+" "+name)
	}
	return err
}

func (l *ledger) Role(_ context.Context, base string) (string, error) {
	l.roles = append(l.roles, base)
	return "arn:aws:iam::123456789012:role/" + base, nil
}

func (l *ledger) LogGroup(_ context.Context, function string) error {
	l.logs = append(l.logs, l.Name(Function, function))
	return nil
}

// RoundTrip notes what a request makes, where it is accepted.
func (l *ledger) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := l.next.RoundTrip(r)
	if err == nil && resp.StatusCode < 300 {
		l.note(r, body)
	}
	return resp, err
}

func (l *ledger) note(r *http.Request, body []byte) {
	var in struct {
		StreamName, DeliveryStreamName, FunctionName, EventSourceArn string
		ShardCount                                                   int64
	}
	_ = json.Unmarshal(body, &in) // what is no JSON makes a bucket, if anything
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	what, n := "", int64(1)
	switch path := r.URL.Path; {
	case operation == "CreateStream":
		what, n = Stream+" "+in.StreamName, in.ShardCount
	case operation == "CreateDeliveryStream":
		what = DeliveryStream + " " + in.DeliveryStreamName
	case r.Method == http.MethodPost && strings.HasPrefix(path, "/2015-03-31/functions"):
		what = Function + " " + in.FunctionName
	case r.Method == http.MethodPost && strings.HasPrefix(path, "/2015-03-31/event-source-mappings"):
		what = Mapping + " " + in.FunctionName + "/" + in.EventSourceArn[strings.LastIndex(in.EventSourceArn, "/")+1:]
	case r.Method == http.MethodPut && strings.Count(strings.Trim(path, "/"), "/") == 0:
		what = Bucket + " " + strings.Trim(path, "/")
	default:
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.created[what] = n
}

// made is what was made, as a case declares it.
func (l *ledger) made() (m Makes) {
	for what, n := range l.created {
		switch kind, _, _ := strings.Cut(what, " tank-"); {
		case kind == Stream && n == 0:
			m.OnDemandStreams++
		case kind == Stream:
			m.Streams, m.Shards = m.Streams+1, m.Shards+int(n)
		case kind == Bucket:
			m.Buckets++
		case kind == DeliveryStream:
			m.DeliveryStreams++
		case kind == Function:
			m.Functions++
		case kind == Mapping:
			m.Mappings++
		}
	}
	return m
}

func TestCasesMakeWhatTheySay(t *testing.T) { testMakes(t, false) }

// testMakes holds that all that a case makes is on its owner's record, bears its owner's name, and is what the plan of a run
// in an account counts.
func testMakes(t *testing.T, slow bool) {
	url := serve(t)
	resharded := map[string]bool{"split-shard": true, "update-shard-count": true} // the embedded server does neither
	for i, k := range Cases() {
		if k.Slow != slow || embedded[k.Name] == Unknown {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			transport := fit(&http.Transport{})
			defer transport.CloseIdleConnections()
			l := &ledger{t: t, next: transport, record: map[string]bool{}, created: map[string]int64{}}
			account := credentials.NewStaticCredentialsProvider(fmt.Sprintf("%012d", i+1), "secret", "")
			_, err := Run(t.Context(), Endpoint{URL: url, Credentials: account, Transport: l}, Options{Only: []string{k.Name}, Owner: l})
			if err != nil {
				t.Fatal(err)
			}
			for what := range l.created {
				if !l.record[what] || !strings.Contains(what, "tank-"+k.Name) {
					t.Errorf("%s is made past its owner, or by another name", what)
				}
			}
			got, want := l.made(), k.Makes
			got.Consumers = want.Consumers // the embedded server has none
			if resharded[k.Name] {
				got.Shards++
			}
			if k.Name == "firehose-hint-alone" { // what it makes is refused here
				got.Mappings, got.DeliveryStreams = want.Mappings, want.DeliveryStreams
			}
			if got != want {
				t.Errorf("it makes %+v, and says %+v", got, want)
			}
			known := Names([]Case{k}, l.Name)
			for what := range l.created {
				if kind, name, _ := strings.Cut(what, " tank-"); kind != Mapping && !slices.Contains(known, "tank-"+name) {
					t.Errorf("%s has a name that nobody knows before: %v", what, known)
				}
			}
			if len(l.logs) != want.Functions || len(l.roles) != min(want.Functions, 1)+min(want.DeliveryStreams, 1) {
				t.Errorf("%d log groups for %d functions, roles %v", len(l.logs), want.Functions, l.roles)
			}
		})
	}
}

// TestMakesOf counts what a plan says.
func TestMakesOf(t *testing.T) {
	cases, err := Choose(Options{Only: []string{"put-500-records", "gzip", "invoke-latest"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Makes{Streams: 1 + 2 + 2, Shards: 1 + 2 + 2, Functions: 2, Mappings: 2, Buckets: 1, DeliveryStreams: 1} // the question first
	if got := MakesOf(cases); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	names := strings.Join(Names(cases, func(kind, base string) string { return kind + " " + base }), ", ")
	if want := "stream first-function-stream, stream first-function-seen, function first-function-code, stream put-500-records-stream, " +
		"bucket gzip-bucket, delivery stream gzip-flow, stream invoke-latest-stream, stream invoke-latest-seen, function invoke-latest-code"; names != want {
		t.Errorf("%s; want %s", names, want)
	}
}

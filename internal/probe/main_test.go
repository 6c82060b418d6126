package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain is the probe where the tests start their own binary as one.
func TestMain(m *testing.M) {
	if os.Getenv(RuntimeAPI) != "" {
		fmt.Fprintln(os.Stderr, Main(context.Background(), nil))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// world is Lambda's Runtime API and Kinesis, around one function.
type world struct {
	api, kinesis *httptest.Server
	events       chan []byte // to be invoked with
	leave        func()      // the Runtime API goes away
	happened     chan happening
	throttles    int // of the first puts

	process *os.Process
	ended   chan struct{} // closed when the process has
	said    bytes.Buffer  // once it has ended, what it wrote
	err     error         // and how it ended
}

// happening is one request: what it was, and its body.
type happening struct {
	what string // "put", or the last part of a path of the Runtime API: "response", "error", "init"
	body []byte
}

func newWorld(t *testing.T) *world {
	w := &world{events: make(chan []byte, 8), happened: make(chan happening, 64), ended: make(chan struct{})}
	w.leave = sync.OnceFunc(func() { close(w.events) })
	w.api = httptest.NewServer(http.HandlerFunc(w.runtime))
	w.kinesis = httptest.NewServer(http.HandlerFunc(w.put))
	t.Cleanup(func() { w.leave(); w.api.Close(); w.kinesis.Close() })
	return w
}

// runtime is the Runtime API as AWS documents it: see runtimes-api.
func (w *world) runtime(rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Path == "/2018-06-01/runtime/invocation/next" {
		select {
		case <-r.Context().Done():
		case event, ok := <-w.events:
			if !ok {
				http.Error(rw, "gone", http.StatusInternalServerError)
				return
			}
			rw.Header().Set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
			rw.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
			rw.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-2:123456789012:function:probe")
			_, _ = rw.Write(event)
		}
		return
	}
	what := map[string]string{
		"/2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response": "response",
		"/2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/error":    "error",
		"/2018-06-01/runtime/init/error":                                               "init",
	}[r.URL.Path]
	body, err := io.ReadAll(r.Body)
	if what == "" || err != nil {
		what = fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	w.happened <- happening{what, body}
	rw.WriteHeader(http.StatusAccepted)
}

// put is PutRecord and nothing else.
func (w *world) put(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		StreamName, PartitionKey string
		Data                     []byte
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Amz-Target") != "Kinesis_20131202.PutRecord" || in.StreamName != "receipts" {
		w.happened <- happening{fmt.Sprintf("%s of %q: %v", r.Header.Get("X-Amz-Target"), in.StreamName, err), nil}
	}
	rw.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if w.throttles > 0 {
		w.throttles--
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(rw, `{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded"}`)
		return
	}
	w.happened <- happening{"put", in.Data}
	_, _ = io.WriteString(rw, `{"ShardId":"shardId-000000000000","SequenceNumber":"1"}`)
}

// start starts the probe as Lambda does.
func (w *world) start(t *testing.T, variables map[string]string) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = []string{
		RuntimeAPI + "=" + strings.TrimPrefix(w.api.URL, "http://"), "AWS_ENDPOINT_URL=" + w.kinesis.URL, "AWS_REGION=us-east-2",
		"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_LAMBDA_FUNCTION_NAME=probe",
		"GOCOVERDIR=" + t.TempDir(), // where the tests are built with -cover
	}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = &w.said, &w.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.process = cmd.Process
	go func() {
		defer close(w.ended)
		w.err = cmd.Wait()
	}()
	t.Cleanup(func() { w.stop(t) })
}

// stop ends the process, as Lambda does: without a word.
func (w *world) stop(t *testing.T) {
	if err := w.process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	<-w.ended
}

// next is what happens next.
func (w *world) next(t *testing.T) happening {
	t.Helper()
	select {
	case h := <-w.happened:
		return h
	case <-w.ended:
	}
	select {
	case h := <-w.happened: // the last before it ended
		return h
	default:
		t.Fatalf("the process ended: %v: %s", w.err, &w.said)
		return happening{}
	}
}

// TestMainInLambda runs the real loop of aws-lambda-go in a process of its own, through a throttle.
func TestMainInLambda(t *testing.T) {
	w := newWorld(t)
	w.throttles = 1
	s := Settings{Function: "probe", Receipts: "receipts", Duration: Distribution{P50: ms}}
	w.start(t, s.Environment())
	for n, event := range [][]byte{eventOf(0, 1, 2, 3), eventOf(0, 4)} {
		before := time.Now()
		w.events <- event
		put, answered := w.next(t), w.next(t)
		if put.what != "put" || answered.what != "response" || string(answered.body) != `{"batchItemFailures":[]}` {
			t.Fatalf("happened: %s, then %s with %s; want the receipt put and then the response", put.what, answered.what, answered.body)
		}
		r, err := Parse(put.body)
		if err != nil {
			t.Fatal(err)
		}
		if r.Invocation != uint64(n) || r.Cold != (n == 0) || r.Batch != []int{3, 1}[n] || r.Records[0].Number != uint64(1+3*n) ||
			r.Begin.Before(before) || r.End.Sub(r.Begin) < ms {
			t.Errorf("left %+v", r)
		}
	}
	w.stop(t)
	if w.said.Len() > 0 {
		t.Errorf("wrote %s", &w.said)
	}
}

func TestMainFailingInvocations(t *testing.T) {
	w := newWorld(t)
	w.start(t, Settings{Function: "probe", Receipts: "receipts", Errors: 1}.Environment())
	for range 2 { // it goes on after a failure
		w.events <- eventOf(0, 1)
		put, answered := w.next(t), w.next(t)
		var said struct{ ErrorType, ErrorMessage string }
		if err := json.Unmarshal(answered.body, &said); err != nil || put.what != "put" || answered.what != "error" || said.ErrorType != "Failure" {
			t.Fatalf("happened: %s, then %s with %s", put.what, answered.what, answered.body)
		}
		if r, err := Parse(put.body); err != nil || r.Error != ErrorDrawn {
			t.Errorf("left %+v, %v", r, err)
		}
	}
}

// TestMainCannotStart tells Lambda, and ends.
func TestMainCannotStart(t *testing.T) {
	rows := []struct {
		name      string
		variables map[string]string
		want      string
	}{
		{"no settings", nil, "WAVETANK_PROBE is not set"},
		{"wrong settings", map[string]string{Variable: `{"function":"probe"}`}, `receipts ""`},
		{"no region", map[string]string{Variable: `{"function":"f","receipts":"r"}`, "AWS_REGION": ""}, "AWS_REGION is not set"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			w.start(t, row.variables)
			<-w.ended
			var exit *exec.ExitError
			said := w.said.String()
			if !errors.As(w.err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said, row.want) || strings.Count(said, "\n") != 1 {
				t.Errorf("ended with %v, wrote %q, want one line with %q", w.err, said, row.want)
			}
			told := w.next(t)
			var e struct{ ErrorType, ErrorMessage string }
			if err := json.Unmarshal(told.body, &e); err != nil || told.what != "init" || e.ErrorType != "Probe.Settings" || !strings.Contains(e.ErrorMessage, row.want) {
				t.Errorf("told Lambda by %s: %s", told.what, told.body)
			}
		})
	}
}

// TestMainEndsWithLambda ends when the Runtime API goes away.
func TestMainEndsWithLambda(t *testing.T) {
	w := newWorld(t)
	w.start(t, Settings{Function: "probe", Receipts: "receipts"}.Environment())
	w.events <- []byte(`{}`)
	if h := w.next(t); h.what != "response" {
		t.Fatalf("happened: %s with %s", h.what, h.body)
	}
	w.leave()
	<-w.ended
	if w.err == nil || !strings.Contains(w.said.String(), "/runtime/invocation/next") {
		t.Errorf("ended with %v, wrote %q", w.err, &w.said)
	}
}

// TestMainWithoutLambda finds nobody to tell that it cannot start.
func TestMainWithoutLambda(t *testing.T) {
	w := newWorld(t)
	w.leave()
	w.api.Close()
	w.start(t, nil)
	<-w.ended
	if said := w.said.String(); w.err == nil || strings.Count(said, "\n") != 1 || !strings.Contains(said, "report failed start") || !strings.Contains(said, "WAVETANK_PROBE is not set") {
		t.Errorf("ended with %v, wrote %q", w.err, said)
	}
}

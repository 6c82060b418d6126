package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// putSome puts n records of one call with the real client.
func putSome(t *testing.T, client *sdk.Client, n int) (*sdk.PutRecordsOutput, error) {
	t.Helper()
	records := make([]types.PutRecordsRequestEntry, n)
	for i := range records {
		records[i] = types.PutRecordsRequestEntry{Data: []byte("x"), PartitionKey: aws.String("k")}
	}
	return client.PutRecords(t.Context(), &sdk.PutRecordsInput{StreamName: aws.String("s"), Records: records})
}

// touched is how many of the stream's shards a request touches.
func touched(r fault.Request) (n int) {
	for shard := range int32(16) {
		if r.Touches(shard) {
			n++
		}
	}
	return n
}

// stored is how many records the stream holds.
func stored(t *testing.T, h *Server) (n uint64) {
	t.Helper()
	svc := h.cfg.AWS.World("123456789012", "eu-west-1").Kinesis
	for shard := range int32(16) {
		page, err := svc.Read(time.Now(), "test", "s", shard, 0, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		n += page.Next
	}
	return n
}

// TestFaults: each action of the hook does to a PutRecords of ten records what it says.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		action fault.Action
		code   string // of the client's error; "cut": the connection is closed; "": none
		status int
		failed int // records
		stored uint64
	}{
		{"nothing", fault.Action{}, "", 200, 0, 10},
		{"an error", fault.Action{Err: &fault.Error{Code: "LimitExceededException", Message: "no"}}, "LimitExceededException", 400, 0, 0},
		{"an error of the service", fault.Action{Err: &fault.Error{Code: "InternalFailureException", Message: "oops"}}, "InternalFailureException", 500, 0, 0},
		{"an error with a status", fault.Action{Err: &fault.Error{Code: "Teapot", Status: 418}}, "Teapot", 418, 0, 0},
		{"a cut", fault.Action{Cut: true}, "cut", 0, 0, 0},
		{"an answer cut off", fault.Action{Cut: true, After: true}, "cut", 0, 0, 10},
		{"a lost answer", fault.Action{Lost: true}, "cut", 0, 0, 10},
		{"all records refused", fault.Action{Share: 1}, "", 200, 10, 0},
		{"an instant that has passed", fault.Action{Until: clock.Epoch}, "", 200, 0, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newServer(t, kinesis.Limits{})
			asked := make(chan fault.Request, 1)
			h.cfg.Faults = func(_ time.Time, r fault.Request) fault.Action {
				if n := touched(r); n != 1 {
					t.Errorf("records of one key touch %d shards", n)
				}
				r.Touches = nil
				asked <- r
				return tt.action
			}
			srv := httptest.NewServer(h)
			defer srv.Close()
			out, err := putSome(t, newClient(srv.URL, "AKID"), 10)
			want := fault.Request{Service: "kinesis", Operation: "PutRecords", Account: "123456789012", Region: "eu-west-1", Resource: "s", Records: 10}
			if got := <-asked; !reflect.DeepEqual(got, want) {
				t.Errorf("the hook was asked about %+v, want %+v", got, want)
			}
			var api smithy.APIError
			var status interface{ HTTPStatusCode() int }
			switch {
			case tt.code == "cut":
				if !errors.Is(err, io.EOF) {
					t.Errorf("error %v, want a closed connection", err)
				}
			case tt.code == "":
				if err != nil || int(*out.FailedRecordCount) != tt.failed {
					t.Errorf("%+v, %v", out, err)
				}
			case !errors.As(err, &api) || api.ErrorCode() != tt.code || !errors.As(err, &status) || status.HTTPStatusCode() != tt.status:
				t.Errorf("error %v, want %s with status %d", err, tt.code, tt.status)
			}
			if n := stored(t, h); n != tt.stored {
				t.Errorf("%d records are stored, want %d", n, tt.stored)
			}
		})
	}
}

// TestShareOfRecords: over many records the share is met, and one seed makes one choice.
func TestShareOfRecords(t *testing.T) {
	run := func(seed uint64) (pattern string) {
		h := New(Config{AWS: newServer(t, kinesis.Limits{}).cfg.AWS, Seed: seed})
		for range 10_000 {
			pattern += string('0' + byte(h.refuse(&fault.Action{Share: 0.3})))
		}
		return pattern
	}
	a := run(1)
	if n := 10_000 - strings.Count(a, "0"); n < 2800 || n > 3200 {
		t.Errorf("%d of 10,000 records are refused by a share of 0.3", n)
	}
	if a != run(1) || a == run(2) {
		t.Error("the choice does not follow the seed")
	}
}

// TestErrorOfAShare: an error beside a share fails the chosen records and not the call.
func TestErrorOfAShare(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	action := fault.Action{Share: 1, Err: &fault.Error{Code: "InternalFailure"}}
	h.cfg.Faults = func(time.Time, fault.Request) fault.Action { return action }
	put := `{"StreamName":"s","Records":[{"Data":"","PartitionKey":"k"}]}`
	for code, limit := range map[string]string{"InternalFailure": "x", "ProvisionedThroughputExceededException": "i"} {
		action.Err = &fault.Error{Code: code}
		a := ask(h, "POST", kinesisTarget+"PutRecords", put)
		if a.Code != 200 || !strings.Contains(a.Body.String(), `"ErrorCode":"`+code+`"`) {
			t.Errorf("%s: answered %d %s", code, a.Code, a.Body)
		}
		if got := a.Header().Get(LimitsHeader); got != limit {
			t.Errorf("%s: %s is %q, want %q", code, LimitsHeader, got, limit)
		}
	}
	action.Err = &fault.Error{Code: "KMSThrottlingException", Message: "no"}
	for _, cbor := range []bool{false, true} {
		entry := map[string]any{"Data": []byte("x"), "PartitionKey": "k"}
		_, _, got := askIn(t, h, cbor, "PutRecords", map[string]any{"StreamName": "s", "Records": []any{entry}})
		if text := fmt.Sprint(got); !strings.Contains(text, "ErrorCode:KMSThrottlingException ErrorMessage:no]") {
			t.Errorf("in CBOR %v: it answers %s", cbor, text)
		}
	}
	if a := ask(h, "POST", kinesisTarget+"ListStreams", `{}`); a.Code == 200 {
		t.Error("a call without records passes an error that has a share")
	}
}

// TestAFaultTellsThatItIsOne: what a fault refuses of a put, as a whole or record by record, is told apart from what the service itself
// refuses. Of other calls nothing is told.
func TestAFaultTellsThatItIsOne(t *testing.T) {
	refused := &fault.Error{Code: "ServiceUnavailableException"}
	const (
		one   = `{"StreamName":"s","Data":"","PartitionKey":"k"}`
		three = `{"StreamName":"s","Records":[{"Data":"","PartitionKey":"k"},{"Data":"","PartitionKey":"k"},{"Data":"","PartitionKey":"k"}]}`
		batch = `{"DeliveryStreamName":"d","Records":[{"Data":"YQ=="},{"Data":"YQ=="},{"Data":"YQ=="}]}`
	)
	tests := []struct {
		name, target, body string
		action             fault.Action
		want               string
	}{
		{"a call for records", kinesisTarget + "PutRecords", three, fault.Action{Err: refused}, "i"},
		{"a call for one", kinesisTarget + "PutRecord", one, fault.Action{Err: refused}, "i"},
		{"a call for a batch", firehoseTarget + "PutRecordBatch", batch, fault.Action{Err: refused}, "i"},
		{"another call", kinesisTarget + "ListShards", `{"StreamName":"s"}`, fault.Action{Err: refused}, ""},
		{"records", kinesisTarget + "PutRecords", three, fault.Action{Share: 1}, "iii"},
		{"a batch's records", firehoseTarget + "PutRecordBatch", batch, fault.Action{Share: 1}, "iii"},
		{"nothing, of records", kinesisTarget + "PutRecords", three, fault.Action{}, "r"},
		{"nothing, of a batch", firehoseTarget + "PutRecordBatch", batch, fault.Action{}, "q"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			worlds := simulator.New(simulator.Config{
				Clock: clock.NewVirtual(), Kinesis: kinesis.Config{Limits: kinesis.Limits{WriteRecords: 2}},
				Firehose: firehose.Config{Limits: firehose.Limits{PutRecords: 2}},
			})
			world := worlds.World("123456789012", "eu-west-1")
			err := errors.Join(
				world.Kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}),
				world.Objects.CreateBucket(clock.Epoch, "objects"),
				world.Firehose.Create(firehose.DeliveryStream{Name: "d", Bucket: "objects"}),
			)
			if err != nil {
				t.Fatal(err)
			}
			h := New(Config{AWS: worlds, Faults: func(time.Time, fault.Request) fault.Action { return tt.action }})
			if a := ask(h, "POST", tt.target, tt.body); a.Header().Get(LimitsHeader) != tt.want {
				t.Errorf("%s is %q, want %q; %d %s", LimitsHeader, a.Header().Get(LimitsHeader), tt.want, a.Code, a.Body)
			}
		})
	}
}

// TestHeldRequests: a delay, a hold until an instant, a hold until a release and the model's own latency take exactly
// their time; a client that goes away ends them.
func TestHeldRequests(t *testing.T) {
	tests := []struct {
		name   string
		action func(now time.Time) fault.Action
		model  kinesis.Model
		want   time.Duration
	}{
		{"a delay", func(time.Time) fault.Action { return fault.Action{Delay: 2 * time.Second} }, kinesis.Model{}, 2 * time.Second},
		{"an instant", func(now time.Time) fault.Action { return fault.Action{Until: now.Add(3 * time.Second)} }, kinesis.Model{}, 3 * time.Second},
		{"a late answer", func(time.Time) fault.Action { return fault.Action{Delay: time.Second, After: true} }, kinesis.Model{}, time.Second},
		{"a delay and then an error", func(time.Time) fault.Action {
			return fault.Action{Delay: time.Second, Err: &fault.Error{Code: "X"}}
		}, kinesis.Model{}, time.Second},
		{"the model", func(time.Time) fault.Action { return fault.Action{} }, kinesis.Model{Put: kinesis.Latency{P50: 5 * time.Millisecond}}, 5 * time.Millisecond},
	}
	body := `{"StreamName":"s","Records":[{"Data":"","PartitionKey":"k"}]}`
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newServerWith(t, kinesis.Config{Model: tt.model})
				h.cfg.Faults = func(now time.Time, _ fault.Request) fault.Action { return tt.action(now) }
				begin := time.Now()
				ask(h, "POST", kinesisTarget+"PutRecords", body)
				if took := time.Since(begin); took != tt.want {
					t.Errorf("took %v, want %v", took, tt.want)
				}
			})
		})
	}
	t.Run("a release", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, release := newServer(t, kinesis.Limits{}), make(chan struct{})
			h.cfg.Faults = func(time.Time, fault.Request) fault.Action { return fault.Action{Release: release} }
			var done atomic.Bool
			go func() { ask(h, "POST", kinesisTarget+"PutRecords", body); done.Store(true) }()
			synctest.Wait()
			if done.Load() {
				t.Error("the request was not held")
			}
			close(release)
			synctest.Wait()
			if !done.Load() {
				t.Error("the request was not let go")
			}
		})
	})
	t.Run("a client that goes away", func(t *testing.T) {
		h := newServer(t, kinesis.Limits{})
		h.cfg.Faults = func(time.Time, fault.Request) fault.Action { return fault.Action{Delay: time.Hour} }
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header = http.Header{"Content-Type": {jsonType}, "Authorization": {authorization}, "X-Amz-Date": {"20261124T000000Z"}, "X-Amz-Target": {kinesisTarget + "PutRecords"}}
		ctx, cancel := contextGone()
		defer cancel()
		defer func() {
			if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
				t.Error("the request was not given up")
			}
		}()
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
	})
}

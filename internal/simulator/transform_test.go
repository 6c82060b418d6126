package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// upper is a function that makes capitals of what it is sent, as JSON.
func upper(e *lambda.Event) lambda.Result {
	var event struct {
		Records []struct {
			RecordID string `json:"recordId"`
			Data     []byte `json:"data"`
		} `json:"records"`
	}
	if err := json.Unmarshal(e.AppendJSON(nil), &event); err != nil {
		return lambda.Result{Err: &lambda.FunctionError{Type: "errorString", Message: err.Error()}}
	}
	type one struct {
		RecordID string `json:"recordId"`
		Result   string `json:"result"`
		Data     []byte `json:"data"`
	}
	var response struct {
		Records []one `json:"records"`
	}
	for _, r := range event.Records {
		response.Records = append(response.Records, one{r.RecordID, "Ok", []byte(strings.ToUpper(string(r.Data)))})
	}
	payload, err := json.Marshal(response)
	if err != nil {
		return lambda.Result{Err: &lambda.FunctionError{Type: "errorString", Message: err.Error()}}
	}
	return lambda.Result{Payload: payload, Took: time.Second}
}

// A processor's function is the world's: how it ends is what Lambda says.
func TestProcessorsInvokeTheirWorld(t *testing.T) {
	tests := []struct {
		name     string
		function lambda.Function
		body     string
		code     string
		attempts int
		at       time.Duration
	}{
		{"code", lambda.Function{Name: "f", Code: code(upper)}, "CLICK", "", 0, 2 * time.Second},
		{"a model", lambda.Function{Name: "f", Model: lambda.FunctionModel{Duration: lambda.Distribution{P50: 3 * time.Second}}}, "click", "", 0, 4 * time.Second},
		{"a model that fails", lambda.Function{Name: "f", Model: lambda.FunctionModel{Errors: 1}}, "", "Lambda.FunctionError", 4, 7 * time.Second},
		{"a timeout", lambda.Function{Name: "f", Model: lambda.FunctionModel{Timeout: time.Second / 2}, Code: code(upper)}, "", "Lambda.FunctionTimedOut", 4, 9 * time.Second},
		{"five minutes", lambda.Function{Name: "f", Model: lambda.FunctionModel{Duration: lambda.Distribution{P50: 6 * time.Minute}}}, "", "Lambda.FunctionTimedOut", 4, 20*time.Minute + 7*time.Second},
		{"no function", lambda.Function{Name: "g"}, "", "Lambda.ResourceNotFound", 4, 7 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			virtual := clock.NewVirtual()
			defer virtual.Stop()
			w := simulator.New(simulator.Config{Clock: virtual}).World("123456789012", "us-east-1")
			if err := w.Objects.CreateBucket(virtual.Now(), "bucket"); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Lambda.CreateFunction(tt.function); err != nil {
				t.Fatal(err)
			}
			none := &firehose.BufferingHints{Size: 1 << 20}
			err := w.Firehose.Create(firehose.DeliveryStream{
				Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: 1 << 20, Interval: time.Second},
				Processor: &firehose.LambdaProcessor{Function: "f", Buffering: none},
			})
			if err != nil {
				t.Fatal(err)
			}
			put := []record.Record{{Data: []byte("click"), Size: 5}}
			if err := w.Firehose.Put(virtual.Now(), "d", put, make([]bool, 1)); err != nil {
				t.Fatal(err)
			}
			start := virtual.Now()
			virtual.RunUntil(start.Add(time.Hour))
			list, err := w.Objects.List("bucket", objectstore.ListQuery{})
			if err != nil || len(list.Objects) != 1 {
				t.Fatalf("%+v, %v", list, err)
			}
			o, err := w.Objects.Get("bucket", list.Objects[0].Key)
			if err != nil {
				t.Fatal(err)
			}
			// The zero buffer of the processor takes a second, and so does the destination's.
			if at := o.Modified.Sub(start) - time.Second; at != tt.at {
				t.Errorf("after %v, want %v", at, tt.at)
			}
			if tt.code == "" {
				if string(o.Body) != tt.body {
					t.Errorf("%s", o.Body)
				}
				return
			}
			var line struct {
				ErrorCode    string `json:"errorCode"`
				AttemptsMade int    `json:"attemptsMade"`
				RawData      []byte `json:"rawData"`
			}
			if err := json.Unmarshal(o.Body, &line); err != nil || line.ErrorCode != tt.code || line.AttemptsMade != tt.attempts || string(line.RawData) != "click" {
				t.Errorf("%s, %v", o.Body, err)
			}
		})
	}
}
